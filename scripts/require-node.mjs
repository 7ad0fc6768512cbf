// Loaded before TypeScript is, by the npm scripts: a Node that cannot run Sluice says so in words instead of a syntax error.
// It comes to that where npm was told to run no install scripts (--ignore-scripts): one of them brings the Node we run on.
import { readFileSync } from 'node:fs';

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const oldest = Number(/\d+/.exec(engines.node)[0]);

if (Number.parseInt(process.versions.node, 10) < oldest) {
  console.error(`Sluice runs on Node ${oldest} or later; this is ${process.version} (${process.execPath}).
Either of these helps:
  npm rebuild node     brings the Node that is pinned here; npm leaves it out under --ignore-scripts
  a Node ${oldest} or later in PATH`);
  process.exit(1);
}
