import type { PublicOperation } from '../managed.ts';

export const metrics: PublicOperation = async (_call, services) => {
  const { contentType, body } = await services.metrics.text();
  return { status: 200, contentType, body: Buffer.from(body) };
};
