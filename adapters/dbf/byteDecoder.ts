import { decoderOf } from '../reading/text/decoder.ts';
import { dosPages } from '../reading/text/dosPages.ts';
import { encodingLabels, encodingOf } from '../reading/text/encodings.ts';

export interface ByteDecoder {
  /** undefined where bytes are not valid */
  readonly decode: (bytes: Uint8Array) => string | undefined;
  /** label of the platform's decoder, undefined for a DOS page */
  readonly label: string | undefined;
}

/** A decoder of short texts by label, DOS pages included. @throws Problem encoding_unknown */
export function byteDecoder(encoding: string): ByteDecoder {
  const page = dosPages[encoding];
  if (page !== undefined) {
    const decode = (bytes: Uint8Array): string =>
      String.fromCharCode(
        ...Array.from(bytes, (byte) => (byte < 0x80 ? byte : page.charCodeAt(byte - 0x80))),
      );
    return { decode, label: undefined };
  }
  const label = encodingLabels.includes(encoding) ? encodingOf(encoding) : encoding;
  const decoder = decoderOf(label, true);
  return {
    label,
    decode: (bytes) => {
      try {
        return decoder.decode(bytes);
      } catch {
        return undefined;
      }
    },
  };
}
