import { Problem } from '../../../terms/problem.ts';
import type { RequestHead } from '../../../certs/message.ts';
import { headerOf } from '../../pipeline/requestChecks.ts';

export interface ByteRange {
  readonly from: number;
  /** not included */
  readonly to: number;
  readonly partial: boolean;
}

/**
 * The bytes of a reply by `Range` (RFC 9110 §14). Of several ranges it has the first one that the file has: a reply may contain less than
 * requested (§15.3.7), and `content-range` states what it contains. Another unit than bytes is ignored (§14.2), and so is a range under
 * `If-Range` (§13.1.5): replies have no validator that it could name.
 * @param bytes length of the file
 * @param maxAtOnce bytes of one reply: longer files are read piece by piece
 * @throws Problem header_duplicate, range_invalid, range_wanted
 */
export function rangeOf(head: Pick<RequestHead, 'rawHeaders'>, bytes: number, maxAtOnce: number): ByteRange {
  const [, unit, specifiers = ''] = /^([\w!#$%&'*+.^`|~-]+)=(.*)$/.exec(headerOf(head, 'range') ?? '') ?? [];
  if (unit?.toLowerCase() !== 'bytes' || headerOf(head, 'if-range') !== undefined) {
    if (bytes > maxAtOnce) throw new Problem('range_wanted', { bytes, most: maxAtOnce });
    return { from: 0, to: bytes, partial: false };
  }
  const ranges = specifiers
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map((one) => specified(one, bytes));
  const found = ranges.find((one) => one !== undefined && one.from < one.to);
  if (found === undefined || ranges.includes(undefined))
    throw new Problem(
      'range_invalid',
      { bytes },
      { at: 'range', headers: { 'content-range': `bytes */${bytes}` } },
    );
  return { from: found.from, to: Math.min(found.to, found.from + maxAtOnce), partial: true };
}

/** One range, `FROM-TO`, `FROM-` or `-LAST`; empty where the file does not have it, undefined where it is no range. */
function specified(text: string, bytes: number): { readonly from: number; readonly to: number } | undefined {
  const [found, first = '', last = ''] = /^(\d*)-(\d*)$/.exec(text) ?? [];
  if (found === undefined || found === '-') return undefined;
  if (first === '') return { from: Math.max(0, bytes - Number(last)), to: bytes };
  if (last !== '' && Number(last) < Number(first)) return undefined;
  return { from: Number(first), to: last === '' ? bytes : Math.min(Number(last) + 1, bytes) };
}

/** The headers of a reply with one range of a file. */
export const rangeHeaders = (
  { from, to, partial }: ByteRange,
  bytes: number,
): Readonly<Record<string, string>> => ({
  'accept-ranges': 'bytes',
  ...(partial ? { 'content-range': `bytes ${from}-${to - 1}/${bytes}` } : {}),
});
