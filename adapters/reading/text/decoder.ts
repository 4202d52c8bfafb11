import { TextDecoder } from 'node:util';

/** Decodes whole texts. */
export interface Decoder {
  /** @throws TypeError when it is fatal and the bytes are not valid */
  readonly decode: (bytes: Uint8Array) => string;
}

/** Characters of the bytes 80–9F in windows-1252; 81, 8D, 8F, 90 and 9D have none and remain controls. */
const upper = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const controls = /[\x80-\x9f]/g;

const windows1252: Decoder = {
  decode: (bytes) =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      .toString('latin1')
      .replace(controls, (control) => upper[control.charCodeAt(0) - 0x80] ?? control),
};

/**
 * A decoder by its name, for texts that are decoded whole. windows-1252 is decoded here: Node 20 turns its bytes 80–9F (including the euro
 * sign) into controls, and with `ignoreBOM` loses an FF at the beginning. A byte order mark is not removed.
 */
export function decoderOf(encoding: string, fatal: boolean): Decoder {
  return encoding === 'windows-1252' ? windows1252 : new TextDecoder(encoding, { fatal, ignoreBOM: true });
}
