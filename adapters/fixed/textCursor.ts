/** Maps byte positions of records to positions in their decoded text, for encodings whose characters determine their own length. */

/** Bytes of the character at `at` × 8, + 4 where `suspectText` or `mayHoldMarks` may match it, + its UTF-16 units. */
type CharacterSize = (bytes: Uint8Array, at: number, lead: number) => number;

const doubtful = 4;

/** In two-byte codes, the user-defined areas are AAA1–AFFE, F8A1–FEFE and A140–A7A0 (GB 18030); A1xx–A9xx also contain single ones. */
const gb18030: CharacterSize = (bytes, at, lead) => {
  // the euro sign of Windows code page 936, the only character of one byte
  if (lead === 0x80) return 1 * 8 + 1;
  const trail = bytes[at + 1] ?? 0;
  if (trail >= 0x30 && trail <= 0x39) return 4 * 8 + doubtful + (lead >= 0x90 ? 2 : 1);
  const userDefined = (lead >= 0xa1 && lead <= 0xaf) || lead >= 0xf8;
  return 2 * 8 + (userDefined || isWronglyDecoded(bytes, at, lead, trail) ? doubtful : 0) + 1;
};
/** 烫 (CCCC), 屯 (CDCD), 锟 (EFBF) and the first bytes of UTF-8 read as GBK (E480–E9BF). */
function isWronglyDecoded(bytes: Uint8Array, at: number, lead: number, trail: number): boolean {
  if (lead === trail) return (lead & 0xfe) === 0xcc;
  if (lead === 0xef && trail === 0xbf) return true;
  return lead >= 0xe4 && lead <= 0xe9 && trail <= 0xbf && isSecond(bytes, at + 2);
}
/** Whether the bytes are the third of a UTF-8 character read as GBK, and the first of the next one. */
function isSecond(bytes: Uint8Array, at: number): boolean {
  const lead = bytes[at] ?? 0;
  const trail = bytes[at + 1] ?? 0;
  return lead >= 0x81 && lead <= 0xbf && trail >= 0xe2 && trail <= 0xef;
}

/** U+E000–U+FFFF begin with EE and EF, planes 15 and 16 with F3 and F4; controls, bidi marks and others with C2, C3, CD, D8, E1 and E2. */
const utf8: CharacterSize = (bytes, at, lead) => {
  if (lead >= 0xf0) return 4 * 8 + (lead >= 0xf3 ? doubtful : 0) + 2;
  if (lead < 0xe0) return 2 * 8 + (lead <= 0xc3 || lead === 0xcd || lead === 0xd8 ? doubtful : 0) + 1;
  const isDoubtful = lead >= 0xee || lead <= 0xe2 || wronglyDecoded.has((lead << 8) | (bytes[at + 1] ?? 0));
  return 3 * 8 + (isDoubtful ? doubtful : 0) + 1;
};
/** The first two bytes of 烫, 屯 and 锟, and of the filler of Hangul. */
const wronglyDecoded = new Set([0xe783, 0xe5b1, 0xe994, 0xe385]);
/** ASCII characters that are controls, except the line ends between records, or that begin a mark of a spreadsheet: ' = and `. */
const markedAscii = Uint8Array.from({ length: 128 }, (_, code) =>
  (code < 0x20 && code !== 0x0a && code !== 0x0d) || [0x7f, 0x27, 0x3d, 0x60].includes(code) ? doubtful : 0,
);
const single: CharacterSize = () => 1 * 8 + doubtful + 1;

const sizes: Readonly<Record<string, CharacterSize>> = { gb18030, 'utf-8': utf8 };
const severalBytes = new Set(['big5', 'shift_jis', 'euc-jp', 'euc-kr']);

/** Advances through bytes that are known to be valid, counting UTF-16 units. */
export class TextCursor {
  /** whether a possibly suspect character was passed since `open` */
  doubtful = false;
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

  /** Moves to the first byte of a block. */
  open(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.at = 0;
    this.unit = 0;
    this.doubtful = false;
  }

  /**
   * Text positions of the bytes `start + edges[i]`, ascending and at or after those of the last call.
   * @param positions receives them, from `first` on
   * @returns false where one of them is inside a character
   */
  positions(start: number, edges: Int32Array, positions: Int32Array, first: number): boolean {
    const { bytes, size } = this;
    let { at, unit } = this;
    let flags = 0;
    for (let i = 0; i < edges.length; i += 1) {
      const byte = start + (edges[i] ?? 0);
      while (at < byte) {
        const lead = bytes[at] ?? 0;
        if (lead < 0x80) {
          flags |= markedAscii[lead] ?? 0;
          at += 1;
          unit += 1;
        } else {
          const packed = size(bytes, at, lead);
          at += packed >> 3;
          unit += packed & 3;
          flags |= packed;
        }
      }
      if (at !== byte) return false;
      positions[first + i] = unit;
    }
    this.at = at;
    this.unit = unit;
    if ((flags & doubtful) !== 0) this.doubtful = true;
    return true;
  }
}
