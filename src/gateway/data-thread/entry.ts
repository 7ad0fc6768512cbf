// The entry of a data thread. A compile cache is of a thread, and has to be there before the rest is loaded.
import { enableCompileCache } from 'node:module';

enableCompileCache();
await import('./data-thread.ts');
