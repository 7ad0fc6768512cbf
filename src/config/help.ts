import type { OptionSpec } from './option.ts';
import { environmentName } from './read.ts';
import { fatedFlags } from './skipper-flags.ts';
import { OPTION_GROUPS, OPTIONS, type OptionGroup } from './table.ts';

/** The lines of --help that list the options, by group. */
export function optionsHelp(): string {
  return OPTION_GROUPS.map(groupHelp).join('\n\n');
}

function groupHelp({ title, options }: OptionGroup): string {
  const lines = Object.entries(options).map(
    ([name, spec]) =>
      `  --${name}${spec.value === undefined ? '' : ` ${spec.value}`}\n        ${spec.doc}${shownDefault(spec)}`,
  );
  return `${title}:\n${lines.join('\n')}`;
}

/** The page of the reference that lists the options, by group. */
export function optionsPage(): string {
  const intro = `Options of \`sluice run\`, with one dash or two. Each can be given in the environment too, under the name in the last column, and in a file (\`--config-file\`): a YAML mapping whose keys are the names without dashes, with lists for options that may be given several times. A flag counts before the environment, and that before the file.`;
  const parts = ['# Options', '<!-- Generated from the option table by npm run docs. -->', intro];
  return `${[...parts, ...OPTION_GROUPS.map(groupTable), ...skipperTables()].join('\n\n')}\n`;
}

/** The flags of Skipper's that are none of these. */
function skipperTables(): string[] {
  const rows = (kind: 'idle' | 'refused'): string =>
    fatedFlags()
      .filter(([name, fate]) => fate.kind === kind && !(name in OPTIONS))
      .map(([name, { why }]) => `| \`--${name}\` | ${why} |`)
      .join('\n');
  const head = '| flag | why |\n|---|---|';
  return [
    "## Skipper's flags without effect",
    'They are taken, and at the start one line tells that they have no effect.',
    `${head}\n${rows('idle')}`,
    "## Skipper's flags that are refused",
    `${head}\n${rows('refused')}`,
  ];
}

function groupTable({ title, options }: OptionGroup): string {
  const rows = Object.entries(options).map(([name, spec]) => {
    const fallback = shownDefault(spec).replace(/^ \(default (.*)\)$/, '`$1`');
    return `| \`--${name}\` | ${spec.type} | ${fallback} | ${spec.doc} | \`${environmentName(name)}\` |`;
  });
  const head = '| option | type | default | meaning | environment |\n|---|---|---|---|---|';
  return `## ${title}\n\n${head}\n${rows.join('\n')}`;
}

function shownDefault(spec: OptionSpec<unknown>): string {
  const { fallback, type } = spec;
  if (fallback === '' || fallback === false || Array.isArray(fallback)) return '';
  return ` (default ${type === 'duration' ? `${(fallback as number) / 1000}s` : fallback})`;
}
