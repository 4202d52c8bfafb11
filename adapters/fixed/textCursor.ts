/** Where the bytes of a line stand in its decoded text, for encodings whose characters tell their length by themselves. */

/** Bytes and UTF-16 units of the character that begins at `at`. Packed: bytes × 4 + units. */
type CharacterSize = (bytes: Uint8Array, at: number, lead: number) => number;

const gb18030: CharacterSize = (bytes, at, lead) => {
  const trail = bytes[at + 1] ?? 0;
  if (trail < 0x30 || trail > 0x39) return 2 * 4 + 1;
  return 4 * 4 + (lead >= 0x90 ? 2 : 1);
};
const utf8: CharacterSize = (_bytes, _at, lead) =>
  lead >= 0xf0 ? 4 * 4 + 2 : lead >= 0xe0 ? 3 * 4 + 1 : 2 * 4 + 1;
const single: CharacterSize = () => 1 * 4 + 1;

const sizes: Readonly<Record<string, CharacterSize>> = { gb18030, 'utf-8': utf8 };
const severalBytes = new Set(['big5', 'shift_jis', 'euc-jp', 'euc-kr']);

/** Walks forward through bytes that are known to be valid, counting UTF-16 units. */
export class TextCursor {
  private readonly size: CharacterSize;
  private bytes: Uint8Array = new Uint8Array(0);
  private at = 0;
  private unit = 0;

  constructor(size: CharacterSize) {
    this.size = size;
  }

  /** Undefined for encodings that must be decoded cell by cell. */
  static of(encoding: string): TextCursor | undefined {
    return severalBytes.has(encoding) ? undefined : new TextCursor(sizes[encoding] ?? single);
  }

  /** Begins at the first byte of a block. */
  open(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.at = 0;
    this.unit = 0;
  }

  /** Text position of a byte at or after the last one; −1 where it stands inside a character. */
  unitAt(byte: number): number {
    const { bytes, size } = this;
    let { at, unit } = this;
    while (at < byte) {
      const lead = bytes[at] ?? 0;
      if (lead < 0x80) {
        at += 1;
        unit += 1;
      } else {
        const packed = size(bytes, at, lead);
        at += packed >> 2;
        unit += packed & 3;
      }
    }
    this.at = at;
    this.unit = unit;
    return at === byte ? unit : -1;
  }
}
