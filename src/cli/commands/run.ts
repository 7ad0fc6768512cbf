import { filterVariables } from '../../../filters/index.ts';
import { filterEnvironment, optionsHelp, readConfig, unknownVariables } from '../../config/index.ts';
import { type DemoUpstream, startDemoUpstream } from '../../demo/index.ts';
import { startGateway } from '../../gateway/index.ts';
import { banner } from '../banner.ts';
import type { Command } from '../command.ts';
import { Signals } from '../signals.ts';

/** `sluice run`: serves until it is told to stop. */
export const command: Command = {
  summary: 'serves; routes and filters are reloaded live',
  usage: `sluice run [options]

Options, with one dash or two. Each can be given in the environment as well (SLUICE_ROUTES_FILE …), and in the YAML file
of --config-file. Flags of Skipper's that mean nothing here are taken, and told of.

${optionsHelp()}`,

  async run(args, io) {
    const config = readConfig(args, process.env, (note) => io.err(`sluice: ${note}\n`));
    Object.assign(process.env, filterEnvironment(config));
    const signals = new Signals();
    let demo: DemoUpstream | null = null;
    try {
      if (config.demo) demo = await startDemoUpstream();
      const gateway = await startGateway(config, [], unknownVariables(process.env, filterVariables));
      signals.hangup = () => void gateway.reopenLogs();
      const served = gateway.serving.then(() => {
        if (config.demo && gateway.port !== 0) io.err(banner(gateway.port, gateway.supportPort));
      });
      try {
        await Promise.race([signals.stop, served.then(() => signals.stop)]);
      } catch (error) {
        await gateway.close();
        throw error;
      }
      void signals.again.then(async (code) => {
        await gateway.cut();
        process.exit(code);
      });
      await gateway.close();
      return 0;
    } finally {
      await demo?.close();
    }
  },
};
