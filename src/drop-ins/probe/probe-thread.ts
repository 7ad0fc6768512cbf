// The entry of a probe: a thread that imports drop-ins before anybody else does, says what came of it, and goes.
import { enableCompileCache } from 'node:module';

enableCompileCache();
const { startProbe } = await import('./probe.ts');
startProbe();
