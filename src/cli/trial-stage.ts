import { EndpointRegistry } from '../balance/index.ts';
import { defaultConfig } from '../config/index.ts';
import { readTlsFiles, upstreamOptions } from '../gateway/index.ts';
import { NO_METRICS } from '../plugin/index.ts';
import { closeRouteBackend, type RouteBackend, routeBackend } from '../proxy/index.ts';
import type { GenerationChange, Stage, StageFault, TableSlice } from '../reload/index.ts';
import type { Registry, RouteRecord } from '../routes/index.ts';
import { type ProvisionEnv, ProvisionError, provisionRoute } from '../routing/index.ts';
import { Upstream } from '../upstream/index.ts';
import { builtinRegistry } from '../vocabulary/index.ts';

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * A stage on which nothing is served: each route is made once, as data threads make it, and let go at once, to hear what
 * stands in its way. Of drop-ins it knows the names; their code was tried by probes before.
 */
export class TrialStage implements Stage {
  async prepare({ names = builtinRegistry(), slices }: GenerationChange): Promise<StageFault[]> {
    const env = trialEnv(names);
    const faults: StageFault[] = [];
    for (const json of slices()) {
      for (const record of (JSON.parse(json) as TableSlice).put) {
        const fault = trial(record, env);
        if (fault !== null) faults.push(fault);
      }
    }
    return faults;
  }

  async commit(): Promise<void> {}

  async abort(): Promise<void> {}
}

function trial(record: RouteRecord, env: ProvisionEnv<RouteBackend>): StageFault | null {
  try {
    provisionRoute(record, env).retire();
    return null;
  } catch (error) {
    if (error instanceof ProvisionError) return { kind: 'route', message: error.message, fault: error };
    const fault = { routeId: record.id, part: 'backend' as const, index: 0, argIndex: -1 };
    return { kind: 'route', message: String(error), fault };
  }
}

function trialEnv(registry: Registry): ProvisionEnv<RouteBackend> {
  const config = defaultConfig();
  const options = upstreamOptions(config, readTlsFiles(config));
  const upstream = new Upstream(options, new EndpointRegistry(), { balancers: registry.balancers });
  return {
    registry,
    predicateEnv: { draining: () => false },
    filterEnv: (routeId) => ({ routeId, log: SILENT, metrics: NO_METRICS }),
    makeBackend: (backend, routeId) => routeBackend(backend, routeId, upstream),
    closeBackend: closeRouteBackend,
  };
}
