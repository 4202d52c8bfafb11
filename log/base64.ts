/** Strict base64: exactly the form that an encoder writes, so that one value has one text. */

/**
 * RFC 4648 §4 with padding; undefined for any other text. The decoder skips unknown characters, so the length is compared to detect them.
 * It also accepts characters of base64url and nonzero unused bits, which are checked separately.
 */
export const fromBase64 = (text: string): Buffer | undefined =>
  isForeign(text) ? undefined : whole(text, Buffer.from(text, 'base64'));

const isForeign = (text: string): boolean =>
  text.length % 4 !== 0 || text.includes('-') || text.includes('_');

const pad = 0x3d;
/** Characters before one or two padding characters whose unused bits are zero. */
const lastSigns = { 1: 'AEIMQUYcgkosw048', 2: 'AQgw' } as const;

/** The bytes, if an encoder writes this text for them. */
const whole = (text: string, bytes: Buffer): Buffer | undefined =>
  isWhole(text, bytes.length) ? bytes : undefined;

/** Whether the text encodes exactly this number of bytes, in the form that an encoder writes. */
function isWhole(text: string, bytes: number): boolean {
  const { length } = text;
  const padding = text.charCodeAt(length - 1) !== pad ? 0 : text.charCodeAt(length - 2) !== pad ? 1 : 2;
  if (bytes !== (length / 4) * 3 - padding) return false;
  return padding === 0 || lastSigns[padding].includes(text.charAt(length - 1 - padding));
}

/**
 * Decodes as `fromBase64` does, into a buffer that must have space for three quarters of the text's length.
 * @returns the number of bytes, undefined for any other text
 */
export function base64Into(text: string, into: Buffer, at: number): number | undefined {
  const length = isForeign(text) ? -1 : into.write(text, at, (text.length / 4) * 3, 'base64');
  return isWhole(text, length) ? length : undefined;
}

const roomSize = 1024 * 1024;

/**
 * Decodes very many short values as `fromBase64` does. They are concatenated in large buffers, because allocating and collecting many
 * small ones costs more than the decoding. Retaining one value retains its buffer.
 */
export class Base64Decoder {
  private room = Buffer.alloc(0);
  private free = 0;

  decode(text: string): Buffer | undefined {
    const longest = (text.length / 4) * 3;
    if (isForeign(text) || longest > roomSize / 16) return fromBase64(text);
    if (this.free + longest > this.room.length) {
      this.room = Buffer.allocUnsafeSlow(roomSize);
      this.free = 0;
    }
    const end = this.free + this.room.write(text, this.free, longest, 'base64');
    const bytes = whole(text, this.room.subarray(this.free, end));
    this.free = end;
    return bytes;
  }
}

export const toBase64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

export const toBase64url = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
