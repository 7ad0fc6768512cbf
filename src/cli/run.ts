import { optionsHelp, readConfig } from '../config/index.ts';
import { type DemoUpstream, startDemoUpstream } from '../demo/index.ts';
import { startGateway } from '../main.ts';
import type { Command } from './command.ts';

/** `sluice run`: serves until it is told to stop. */
export const command: Command = {
  summary: 'serves; routes and filters are reloaded live',
  usage: `sluice run [options]

Options, with one dash or two; each can be given in the environment as well (SLUICE_ROUTES_FILE …):
${optionsHelp()}`,

  async run(args, io) {
    const config = readConfig(args, process.env);
    let demo: DemoUpstream | null = null;
    try {
      if (config.demo) demo = await startDemoUpstream();
      const gateway = await startGateway(config);
      if (config.demo) io.err(banner(gateway.port, gateway.supportPort));
      await stopSignal();
      await gateway.close();
      return 0;
    } finally {
      await demo?.close();
    }
  },
};

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process as it is. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const stop = (): void => {
      if (asked) process.exit(130);
      asked = true;
      resolve();
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
  });
}

function banner(port: number, supportPort: number | null): string {
  return `
  Sluice serves http://localhost:${port}. Try:

    curl localhost:${port}/
    curl localhost:${port}/api/anything?q=1
    curl -i localhost:${port}/old/page
    curl localhost:${supportPort ?? port}/routes

  Then edit routes/main.eskip and save: it is live.

`;
}
