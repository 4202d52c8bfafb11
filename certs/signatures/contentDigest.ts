import { hash, timingSafeEqual } from 'node:crypto';
import { Problem } from '../../terms/problem.ts';

const prefix = 'sha-256=:';
const length = prefix.length + 44 + 1;

/** The Content-Digest header of a body (RFC 9530 §2), with SHA-256 as its only algorithm. */
export function contentDigest(body: Uint8Array): string {
  return `${prefix}${hash('sha256', body, 'base64')}:`;
}

/**
 * Checks the form of the header, before the body is read.
 * @throws Problem digest_missing, digest_malformed
 */
export function requireDigest(header: string | undefined): string {
  if (header === undefined)
    throw new Problem('digest_missing', {}, { check: 'digest', at: 'content-digest' });
  const base64 = header.slice(prefix.length, -1);
  const shaped = header.length === length && header.startsWith(prefix) && header.endsWith(':');
  if (!shaped || Buffer.from(base64, 'base64').toString('base64') !== base64) {
    throw new Problem(
      'digest_malformed',
      {},
      {
        check: 'digest',
        at: 'content-digest',
        expected: 'sha-256=:<44 characters of base64>:',
        received: `${header.length} characters`,
      },
    );
  }
  return header;
}

/** @throws Problem digest_mismatch, with the digest of the body that arrived */
export function checkContentDigest(header: string, body: Uint8Array): void {
  const actual = contentDigest(body);
  if (actual.length === header.length && timingSafeEqual(Buffer.from(actual), Buffer.from(header))) return;
  throw new Problem(
    'digest_mismatch',
    {},
    {
      check: 'digest',
      at: 'content-digest',
      expected: `${actual} (${body.length} bytes received)`,
      received: header,
    },
  );
}
