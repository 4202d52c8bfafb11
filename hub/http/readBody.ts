import type { IncomingMessage } from 'node:http';
import { Problem } from '../../terms/problem.ts';
import type { HeldBody } from './bodiesInFlight.ts';

const empty = new Uint8Array(0);

/**
 * The whole body, as it was on the wire. A body that announces more than the limit is refused before a byte of it is read; one that
 * announces nothing, as soon as it exceeds the limit.
 * @param held accounts for the memory, where it is counted; the caller releases it
 * @throws Problem body_too_large, hub_busy; the connection must be closed after the reply, since the rest was not read
 */
export async function readBody(
  request: IncomingMessage,
  limit: number,
  held?: HeldBody,
): Promise<Uint8Array> {
  const announced = Number(request.headers['content-length'] ?? '0');
  if (announced > limit) throw tooLarge(limit);
  if (request.headers['transfer-encoding'] === undefined && announced === 0) return empty;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = (why: Problem): void => {
      request.removeAllListeners('data').pause();
      reject(why);
    };
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        stop(tooLarge(limit));
        return;
      }
      if (held?.take(chunk.length) === false) stop(busy());
      else chunks.push(chunk);
    });
    request.once('end', () =>
      resolve(chunks.length === 1 ? (chunks[0] ?? empty) : Buffer.concat(chunks, size)),
    );
    request.once('error', reject);
    request.once('aborted', () => reject(new ClientGone()));
  });
}

/** The other side closed the connection: there is nobody to answer. */
export class ClientGone extends Error {}

const busy = (): Problem =>
  new Problem('hub_busy', {}, { headers: { 'retry-after': '1', connection: 'close' } });

const tooLarge = (limit: number): Problem =>
  new Problem('body_too_large', { limit }, { expected: `<= ${limit}`, headers: { connection: 'close' } });
