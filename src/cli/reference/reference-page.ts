import { type Arg, type Example, signature } from '../../plugin/index.ts';
import type { ArgEntry, Entry, Reference } from './reference.ts';
import { FILTER_TASKS, isOf, PREDICATE_TASKS, type Task } from './tasks.ts';

const EXAMPLES =
  'In the examples the lines behind `// >` are a request, `// >>` what the backend gets, `// <<` what it answers (if it says more than 200), `// <` what the client gets.';

const PREDICATES = `When a route matches: all its predicates must. ${EXAMPLES}`;

const FILTERS = `What a route does to requests, in its order, and to responses, in the reverse order. ${EXAMPLES}

Arguments are numbers and texts. What a text is to be stands behind the name:

- *template*: text with placeholders: \`\${name}\` (a path parameter), \`\${request.header.NAME}\`, \`\${request.query.NAME}\`, \`\${request.cookie.NAME}\`, \`\${request.method}\`, \`\${request.scheme}\` (http or https), \`\${request.host}\`, \`\${request.path}\`, \`\${request.rawQuery}\`, \`\${request.source}\` and \`\${request.sourceFromLast}\` (the first and the last address of X-Forwarded-For that trusted proxies vouch for, else the peer), \`\${request.clientIP}\` (the first too) and, in the response phase, \`\${response.header.NAME}\`
- *regexp*: a regular expression in RE2 syntax, not anchored; runs in linear time
- *duration*: such as "1m30s" or "250ms"`;

const BALANCERS =
  'How `<algorithm, "endpoint", …>` chooses. The share of an endpoint stands in its query: `"http://a:8080?weight=3"`.';

/** The reference as Markdown pages, by file name. */
export function referencePages({ predicates, filters, balancers }: Reference): Readonly<Record<string, string>> {
  return {
    'predicates.md': page('Predicates', PREDICATES, predicates, PREDICATE_TASKS),
    'filters.md': page('Filters', FILTERS, filters, FILTER_TASKS),
    'balancers.md': page('Balancing algorithms', BALANCERS, balancers, []),
  };
}

/** What there is in short, each entry, and what is not available. */
function page(title: string, intro: string, list: readonly Entry[], tasks: readonly Task[]): string {
  const refused = list.filter((entry) => entry.refused !== undefined);
  const known = list.filter((entry) => entry.refused === undefined);
  const parts = [
    `# ${title}\n`,
    '<!-- Generated from the specs by npm run docs. -->\n',
    `${intro}\n`,
    '## Overview\n',
    `${overview(known, tasks)}\n`,
    ...known.map(referenceSection),
  ];
  if (refused.length > 0) parts.push(refusedTable(refused));
  return parts.join('\n');
}

/** The names with their summaries, by task; those of no task behind them. */
function overview(known: readonly Entry[], tasks: readonly Task[]): string {
  const left = new Set(known);
  const parts = tasks.flatMap((task) => {
    const members = [...left].filter(({ name }) => isOf(task, name));
    for (const member of members) left.delete(member);
    return members.length === 0 ? [] : [`### ${task.title}\n\n${members.map(contentsLine).join('\n')}`];
  });
  const others = [...left].map(contentsLine).join('\n');
  if (others !== '') parts.push(parts.length === 0 ? others : `### Others\n\n${others}`);
  return parts.join('\n\n');
}

function contentsLine({ name, summary }: Entry): string {
  return `- [${name}](#${name.toLowerCase()}): ${summary}`;
}

function refusedTable(refused: readonly Entry[]): string {
  const rows = refused.map((entry) => `| \`${entry.name}\` | ${entry.refused} |`);
  return [
    '## Not available\n',
    "Words of Skipper's that `sluice check` knows and refuses.\n",
    '| name | why |',
    '|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** The reference of one name in Markdown. */
export function referenceSection(entry: Entry): string {
  if (entry.refused !== undefined) return `## ${entry.name}\n\nNot available: ${entry.refused}.\n`;
  const parts = [`## ${entry.name}\n`, `${entry.summary}${phaseWords(entry)}\n`];
  if (entry.args.length > 0) {
    parts.push(
      `\`${entry.name}${signature(entry.args as unknown as Arg<unknown>[])}\`\n`,
      `${entry.args.map(argLine).join('\n')}\n`,
    );
  }
  if (entry.details !== undefined) parts.push(`${entry.details}\n`);
  if (entry.aliases !== undefined)
    parts.push(`Also known as ${entry.aliases.map((alias) => `\`${alias}\``).join(', ')}.\n`);
  parts.push(...entry.examples.map(exampleBlock));
  if (entry.source !== undefined) parts.push(`Source: ${entry.source}\n`);
  return parts.join('\n');
}

function phaseWords({ phase }: Entry): string {
  return phase === undefined || phase === 'none' ? '' : ` Acts on the ${phase}.`;
}

function argLine(entry: ArgEntry): string {
  const presence = entry.rest
    ? entry.min === 0
      ? 'any number'
      : `at least ${entry.min}`
    : entry.optional
      ? 'optional'
      : '';
  const fallback = isTelling(entry.default) ? `default \`${JSON.stringify(entry.default)}\`` : '';
  const notes = [presence, fallback].filter((note) => note !== '').join(', ');
  return `- \`${entry.name}\` (${entry.type.replaceAll('|', '\\|')}${notes === '' ? '' : `; ${notes}`})${entry.doc === undefined ? '' : `: ${entry.doc}`}`;
}

/** Whether a default can be shown as it would be written in a route; others stand in the argument's text. */
function isTelling(fallback: unknown): boolean {
  return typeof fallback === 'number' || (typeof fallback === 'string' && fallback !== '');
}

function exampleBlock(example: Example): string {
  const { request, origin, response, upstream, trustedProxies } = example;
  const options = trustedProxies === undefined ? [] : [`// with --trusted-proxies ${trustedProxies.join(',')}`];
  const lines = ['```eskip', ...options, example.route];
  const asked = `${request?.method ?? 'GET'} ${request?.target ?? '/'}`;
  lines.push(`// > ${asked}`, ...headerLines('>', request?.headers), ...bodyLine('>', request?.body));
  if (upstream === null) lines.push('// nothing is sent upstream');
  else if (upstream !== undefined) lines.push(...upstreamLines(upstream));
  if (origin !== undefined && upstream !== null) lines.push(...answerLines('<<', origin));
  if (response !== undefined) lines.push(...answerLines('<', response));
  return `${example.title === undefined ? '' : `${example.title}:\n\n`}${lines.join('\n')}\n\`\`\`\n`;
}

function upstreamLines(upstream: NonNullable<Example['upstream']>): string[] {
  const line = [upstream.method ?? '', upstream.target ?? ''].filter((part) => part !== '').join(' ');
  return [
    ...(line === '' ? [] : [`// >> ${line}`]),
    ...headerLines('>>', upstream.headers),
    ...bodyLine('>>', upstream.body),
  ];
}

function answerLines(mark: string, { status = 200, headers, body }: NonNullable<Example['response']>): string[] {
  return [`// ${mark} ${status}`, ...headerLines(mark, headers), ...bodyLine(mark, body)];
}

function headerLines(mark: string, headers: Readonly<Record<string, string | RegExp | null>> | undefined): string[] {
  return Object.entries(headers ?? {}).map(
    ([name, value]) => `// ${mark} ${value === null ? `(no ${name})` : `${name}: ${value}`}`,
  );
}

function bodyLine(mark: string, body: string | RegExp | undefined): string[] {
  return body === undefined || body === ''
    ? []
    : [`// ${mark} | ${typeof body === 'string' ? JSON.stringify(body) : body}`];
}
