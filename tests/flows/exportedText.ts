import type { DatongClient } from '../../clients/sdk/datongClient.ts';
import type { CallContext } from '../../clients/sdk/types.ts';
import type { TestHub } from '../hub.ts';

/** A file of all rows that a consumer requests, made by the job of the hub and downloaded. */
export async function exportedText(
  { hub }: TestHub,
  client: DatongClient,
  dataset: string,
  format: 'ndjson' | 'csv',
  context: CallContext,
): Promise<string> {
  const requested = (await client.exports.ask(dataset, { format }, context)).json;
  await hub.runner.run('makeExports');
  const ready = (await client.exports.state(dataset, requested.id)).json;
  const pieces: Uint8Array[] = [];
  for await (const piece of client.exports.bytes(ready, context)) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}
