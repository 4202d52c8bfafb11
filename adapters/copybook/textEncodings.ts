import { encodingLabels } from '../reading/text/encodings.ts';

/** Encodings of the ASCII family, so that digits are digits; `ascii` itself is strict here. */
export const asciiEncodings: readonly string[] = encodingLabels.filter(
  (label) => !/^utf-16|ascii$/.test(label),
);

/** Encodings of the text of a record. */
export const textEncodings: readonly string[] = ['ebcdic', 'ascii', ...asciiEncodings];
