import type { IncomingMessage } from 'node:http';
import { Problem } from '../../../terms/problem.ts';

/**
 * A body comes as it is, in chunks at most: of any other transfer coding (RFC 9112 §6.1) the parser would hand on the coded bytes, and a
 * proxy in front may have decoded them.
 * @throws Problem malformed_http
 */
export function refuseTransferCodings({ headers }: IncomingMessage): void {
  const coding = headers['transfer-encoding'];
  if (coding === undefined || coding.toLowerCase() === 'chunked') return;
  throw new Problem(
    'malformed_http',
    {},
    { at: 'transfer-encoding', expected: 'chunked', headers: { connection: 'close' } },
  );
}
