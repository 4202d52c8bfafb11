import type { Division } from '../reading/division.ts';
import { encodingOf, isWide } from '../reading/text/encodings.ts';
import { byteOrderMark } from '../reading/text/sniffEncoding.ts';
import type { FixedOptions } from './options.ts';

/** Fixed-width records of one line each are records wherever the file is cut at a line end. */
export function divideFixed(options: FixedOptions, start: Uint8Array): Division | undefined {
  if (!options.lineEnds || options.recordLines > 1) return undefined;
  if (isWide(encodingOf(options.encoding)) || byteOrderMark(start) !== undefined) return undefined;
  return {
    maxRecordBytes: options.maxRecordBytes,
    pairs: undefined,
    head: options.skipLines + 1,
    later: (): FixedOptions => ({ ...options, skipLines: 0, inside: true }),
  };
}
