// npm run bench [-- --only SECTION,…] [--peers NAME,…] [--workloads TEXT] [--rounds N] [--seconds N] [--write]
//
// Sections: parse, lookup, reload, proxy. With --write the tables and a JSON file for the next comparison go to docs/.
import { readFileSync, writeFileSync } from 'node:fs';
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
const parts: string[] = [];
const results: { figures: Record<string, unknown>; rows: Row[] } = { figures: {}, rows: [] };

function say(text: string): void {
  parts.push(text);
  console.log(text);
}

for (const [name, section] of Object.entries(SECTIONS)) {
  if (!wanted.includes(name)) continue;
  const rows = await section.measure();
  results.figures[name] = rows;
  say(figuresTable(section.title, rows));
}

if (wanted.includes('proxy')) {
  const only = flags.peers?.split(',') ?? [];
  for (const { name } of PEERS.filter((peer) => !peer.available('bare')))
    console.warn(`bench: ${name} is not here and left out`);
  for (const workload of WORKLOADS.filter(({ name }) => name.includes(flags.workloads ?? ''))) {
    const rows = await compare(workload, { rounds: Number(flags.rounds), seconds: Number(flags.seconds), only });
    results.rows.push(...rows);
    say(workloadTable(workload.name, rows));
  }
}

if (flags.write) {
  const docs = join(import.meta.dirname, '..', '..', 'docs');
  const page = join(docs, 'performance.md');
  const marker = '<!-- figures -->';
  const [before = ''] = readFileSync(page, 'utf8').split(marker);
  const how = `Measured on ${machine()}; medians of ${flags.rounds} interleaved rounds of ${flags.seconds} s, one proxy thread, wrk with one thread.`;
  writeFileSync(page, `${before}${marker}\n\n${how}\n\n${parts.join('\n')}`);
  writeFileSync(join(docs, 'performance.json'), `${JSON.stringify({ machine: machine(), ...results }, null, 2)}\n`);
}
