import type { Call, Outcome } from '../../gate/call.ts';
import type { HubMetrics } from './hubMetrics.ts';

export async function metrics(_call: Call, told: HubMetrics): Promise<Outcome> {
  const { contentType, body } = await told.text();
  return { entry: 'none', status: 200, contentType, body: Buffer.from(body) };
}
