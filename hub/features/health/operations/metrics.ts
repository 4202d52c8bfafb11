import { operationsWith } from '../../../pipeline/operation.ts';
import type { HubMetrics } from './hubMetrics.ts';

/** GET /metrics: counters in the text format of Prometheus. */
export const metrics = operationsWith<HubMetrics>()('metrics', {
  kind: 'none',
  run: async (_call, hubMetrics) => {
    const { contentType, body } = await hubMetrics.text();
    return { entry: 'none', status: 200, contentType, body: Buffer.from(body) };
  },
});
