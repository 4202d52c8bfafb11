import type { Call, Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';

export async function metrics(_call: Call, services: Pick<Services, 'metrics'>): Promise<Outcome> {
  const { contentType, body } = await services.metrics.text();
  return { entry: 'none', status: 200, contentType, body: Buffer.from(body) };
}
