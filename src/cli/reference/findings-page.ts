import { CODES } from '../../routes/index.ts';

/** The page of the reference that lists the codes of findings. */
export function findingsPage(): string {
  const rows = Object.entries(CODES).map(([code, { severity, means }]) => `| \`${code}\` | ${severity} | ${means} |`);
  return `# Findings

What \`sluice check\` prints and \`sluice run\` logs about routes and drop-ins, in the same words. A finding is printed as
\`file:line:column: code: message\`, a warning with \`warning:\` before its code; then the line follows, with carets under the
place. \`sluice check --json\` prints objects with \`file\`, \`line\`, \`column\`, \`severity\`, \`code\`, \`message\` and, where one is
likely, \`suggestion\`.

Codes are stable: scripts may rely on them. An error keeps a route, a file or a drop-in from being used, and makes
\`sluice check\` exit with 1; a warning keeps nothing from being used, and fails \`sluice check --strict\` only.

| code | severity | what it means |
|---|---|---|
${rows.join('\n')}
`;
}
