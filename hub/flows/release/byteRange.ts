import { Problem } from '../../../terms/problem.ts';

export interface ByteRange {
  readonly from: number;
  /** not included */
  readonly to: number;
  readonly partial: boolean;
}

/**
 * One range of RFC 9110 §14.1.2; a reply may contain less than requested.
 * @param maxAtOnce bytes of one reply: longer files are read piece by piece
 * @throws Problem range_invalid, range_wanted
 */
export function rangeOf(header: string | undefined, bytes: number, maxAtOnce: number): ByteRange {
  if (header === undefined) {
    if (bytes > maxAtOnce) throw new Problem('range_wanted', { bytes, most: maxAtOnce });
    return { from: 0, to: bytes, partial: false };
  }
  const [, first, last] = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(header) ?? [];
  const from = Number(first);
  const end = last === undefined || last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1);
  if (first === undefined || from > end)
    throw new Problem(
      'range_invalid',
      { bytes },
      { at: 'range', headers: { 'content-range': `bytes */${bytes}` } },
    );
  return { from, to: Math.min(end + 1, from + maxAtOnce), partial: true };
}

/** The headers of a reply with one range of a file. */
export const rangeHeaders = (
  { from, to, partial }: ByteRange,
  bytes: number,
): Readonly<Record<string, string>> => ({
  'accept-ranges': 'bytes',
  ...(partial ? { 'content-range': `bytes ${from}-${to - 1}/${bytes}` } : {}),
});
