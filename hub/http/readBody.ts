import type { IncomingMessage } from 'node:http';
import { Problem } from '../../terms/problem.ts';

const empty = new Uint8Array(0);

/**
 * The whole body, as it was on the wire. A body that announces more than the limit is refused before a byte of it is read; one that
 * announces nothing, as soon as it exceeds the limit.
 * @throws Problem body_too_large; the connection must be closed after the reply, since the rest was not read
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Uint8Array> {
  const announced = Number(request.headers['content-length'] ?? '0');
  if (announced > limit) throw tooLarge(limit);
  if (request.headers['transfer-encoding'] === undefined && announced === 0) return empty;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        request.removeAllListeners('data').pause();
        reject(tooLarge(limit));
      } else chunks.push(chunk);
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

const tooLarge = (limit: number): Problem =>
  new Problem('body_too_large', { limit }, { expected: `<= ${limit}`, headers: { connection: 'close' } });
