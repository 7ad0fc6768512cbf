import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import type { Row } from './compare.ts';

/** What the figures were measured on. */
export function machine(): string {
  const model = cpus()[0]?.model ?? 'unknown CPU';
  return `${cpus().length} × ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${kernel()}, Node ${process.version}`;
}

function kernel(): string {
  try {
    return `Linux ${readFileSync('/proc/sys/kernel/osrelease', 'latin1').trim()}`;
  } catch {
    return process.platform;
  }
}

/** One workload as a Markdown table, each peer beside nginx. */
export function workloadTable(workload: string, rows: readonly Row[]): string {
  const nginx = rows.find(({ peer }) => peer === 'nginx');
  const head =
    '| proxy | requests/s | p50 ms | p99 ms | CPU µs/request | × nginx | RSS MiB | MiB/s | errors |\n|---|---|---|---|---|---|---|---|---|';
  const lines = rows.map((row) => {
    const ratio = nginx === undefined ? '' : (row.cpuMicros / nginx.cpuMicros).toFixed(2);
    const cells = [
      row.peer,
      Math.round(row.requestsPerSecond),
      row.p50Ms.toFixed(2),
      row.p99Ms.toFixed(2),
      row.cpuMicros.toFixed(1),
      ratio,
      Math.round(row.residentMiB),
      row.mibPerSecond.toFixed(1),
      row.errors,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return `### ${workload}\n\n${head}\n${lines.join('\n')}\n`;
}

/** A plain table of figures. */
export function figuresTable(title: string, rows: readonly Readonly<Record<string, string | number>>[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  const body = rows.map((row) => line(columns.map((column) => row[column] ?? '')));
  return `### ${title}\n\n${line(columns)}\n|${'---|'.repeat(columns.length)}\n${body.join('\n')}\n`;
}
