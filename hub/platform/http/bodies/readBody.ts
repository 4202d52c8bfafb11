import type { IncomingMessage } from 'node:http';
import { ClientGone, Unlogged } from '../../../pipeline/unlogged.ts';
import { Problem } from '../../../../terms/problem.ts';
import { smallBody, type HeldBody } from './bodiesInFlight.ts';

const empty = new Uint8Array(0);

/** Minimum rate of a body that is not small. */
export interface BodyPace {
  /** bytes a second, on average */
  readonly least: number;
  /** milliseconds before the rate is enforced */
  readonly grace: number;
}

const usualPace: BodyPace = { least: 16 << 10, grace: 5_000 };

/**
 * Reads the whole body, as it was on the wire. A body whose `content-length` exceeds the limit is rejected before a byte is read. A
 * chunked body is rejected when it exceeds the limit. A body that stalls is rejected when it falls below the minimum rate.
 * @param held counts the memory; the caller releases it
 * @throws Problem body_too_large, request_timeout; Unlogged hub_busy; ClientGone. The connection must be closed after the reply, since
 * the rest was not read
 */
export async function readBody(
  request: IncomingMessage,
  limit: number,
  held?: HeldBody,
  pace: BodyPace = usualPace,
): Promise<Uint8Array> {
  const announced = Number(request.headers['content-length'] ?? '0');
  if (announced > limit) throw tooLarge(limit);
  const chunked = request.headers['transfer-encoding'] !== undefined;
  if (!chunked && announced === 0) return empty;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const started = performance.now();
    // a small body takes little memory, and requestTimeout bounds it
    const pacing =
      chunked || announced > smallBody ? setInterval(checkPace, pace.grace / 5).unref() : undefined;
    const stop = (why: Error): void => {
      clearInterval(pacing);
      request.removeAllListeners('data').pause();
      reject(why);
    };
    function checkPace(): void {
      const late = performance.now() - started - pace.grace;
      if (late > 0 && size < (late / 1000) * pace.least) stop(tooSlow());
    }
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        stop(tooLarge(limit));
        return;
      }
      if (held?.take(chunk.length) === false) stop(busy());
      else chunks.push(chunk);
    });
    request.once('end', () => {
      clearInterval(pacing);
      resolve(chunks.length === 1 ? (chunks[0] ?? empty) : Buffer.concat(chunks, size));
    });
    request.once('error', stop);
    request.once('aborted', () => stop(new ClientGone()));
  });
}

const busy = (): Unlogged =>
  new Unlogged(new Problem('hub_busy', {}, { headers: { 'retry-after': '1', connection: 'close' } }));

const tooSlow = (): Problem => new Problem('request_timeout', {}, { headers: { connection: 'close' } });

const tooLarge = (limit: number): Problem =>
  new Problem('body_too_large', { limit }, { expected: `<= ${limit}`, headers: { connection: 'close' } });
