import { DEMO_PORTS, startDemoUpstream } from '../../src/demo/index.ts';
import { freePort } from './origin.ts';
import { startTestProxy, type TestProxy } from './proxy.ts';

/** A proxy with the embedded upstream of `sluice run --demo` behind it, on free ports. Closed by the test. */
export interface DemoProxy {
  readonly proxy: TestProxy;
  /** The text with the ports of this upstream in the place of those that demo routes name. */
  localised(text: string): string;
  close(): Promise<void>;
}

/** Starts the upstream and a proxy without routes. */
export async function startDemoProxy(): Promise<DemoProxy> {
  const ports = await Promise.all(DEMO_PORTS.map(freePort));
  const demo = await startDemoUpstream(ports);
  const proxy = await startTestProxy('');
  return {
    proxy,
    localised: (text) => DEMO_PORTS.reduce((done, port, at) => done.replaceAll(String(port), String(ports[at])), text),
    async close() {
      await proxy.close();
      await demo.close();
    },
  };
}
