// npm run bench [-- --only SECTION,…] [--peers NAME,…] [--workloads TEXT,…] [--rounds N] [--seconds N] [--write]
//
// Sections: parse, lookup, reload, proxy. With --write the tables and a JSON file for the next comparison go to docs/.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compare, type Row } from './compare.ts';
import { PEERS } from './peers.ts';
import { figuresTable, machine, workloadTable } from './report.ts';
import { SECTIONS } from './sections.ts';
import { WORKLOADS } from './workloads.ts';

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string' },
    peers: { type: 'string' },
    workloads: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
  },
});
const wanted = flags.only?.split(',') ?? [...Object.keys(SECTIONS), 'proxy'];

type Figures = readonly Readonly<Record<string, string | number>>[];

/** What docs/performance.json holds. */
interface BenchRecord {
  machine: string;
  how: string;
  figures: Record<string, Figures>;
  rows: Row[];
}

/** Where the figures begin in docs/performance.md. */
const MARKER = '<!-- figures -->';
const results: Pick<BenchRecord, 'figures' | 'rows'> = { figures: {}, rows: [] };

for (const [name, section] of Object.entries(SECTIONS)) {
  if (!wanted.includes(name)) continue;
  const rows = await section.measure();
  results.figures[name] = rows;
  console.log(figuresTable(section.title, rows));
}

if (wanted.includes('proxy')) {
  const only = flags.peers?.split(',') ?? [];
  for (const { name } of PEERS.filter((peer) => !peer.available('bare')))
    console.warn(`bench: ${name} is not here and left out`);
  const named = flags.workloads?.split(',') ?? [''];
  for (const workload of WORKLOADS.filter(({ name }) => named.some((part) => name.includes(part)))) {
    const rows = await compare(workload, { rounds: Number(flags.rounds), seconds: Number(flags.seconds), only });
    results.rows.push(...rows);
    console.log(workloadTable(workload.name, rows));
  }
}

if (flags.write) {
  const docs = join(import.meta.dirname, '..', '..', 'docs');
  const how = `medians of ${flags.rounds} interleaved rounds of ${flags.seconds} s, one proxy thread, wrk with one thread`;
  const record = mergedRecord(join(docs, 'performance.json'), { machine: machine(), how, ...results });
  writeFileSync(join(docs, 'performance.json'), `${JSON.stringify(record, null, 2)}\n`);
  const page = join(docs, 'performance.md');
  const [before = ''] = readFileSync(page, 'utf8').split(MARKER);
  writeFileSync(page, `${before}${MARKER}\n\nMeasured on ${record.machine}; ${record.how}.\n\n${tables(record)}`);
}

/** The record of the last run with what this one measured in its place: a run may be of a part only. */
function mergedRecord(path: string, now: BenchRecord): BenchRecord {
  if (!existsSync(path)) return now;
  const last = JSON.parse(readFileSync(path, 'utf8')) as BenchRecord;
  const measured = new Set(now.rows.map(({ workload }) => workload));
  const rows = [...last.rows.filter(({ workload }) => !measured.has(workload)), ...now.rows];
  return { ...now, figures: { ...last.figures, ...now.figures }, rows };
}

function tables({ figures, rows }: BenchRecord): string {
  const sections = Object.entries(SECTIONS).filter(([name]) => figures[name] !== undefined);
  const workloads = WORKLOADS.filter(({ name }) => rows.some(({ workload }) => workload === name));
  return [
    ...sections.map(([name, { title }]) => figuresTable(title, figures[name] as Figures)),
    ...workloads.map(({ name }) =>
      workloadTable(
        name,
        rows.filter(({ workload }) => workload === name),
      ),
    ),
  ].join('\n');
}
