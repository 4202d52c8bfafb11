/**
 * Detects UTF-8 in text that was decoded by another encoding, for formats whose records are extracted from text. It encodes the text again
 * and checks the bytes. Nearly all text is excluded by its first characters.
 */
import type { RowProblem } from '../../../terms/rowProblem.ts';
import { recordProblem } from '../rowRules.ts';
import { decoderOf } from './decoder.ts';
import { isWide } from './encodings.ts';
import { readsAsUtf8 } from './utf8Lines.ts';

/** First bytes of Chinese characters and marks in UTF-8. */
const leads = [0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xef];
const beyondAscii = /[^\0-\x7f]+/g;
const lost = '\ufffd';

export class Utf8InText {
  /** records whose text is valid UTF-8 */
  private found = 0;
  /** text beyond ASCII that is not valid UTF-8 occurred too */
  private agreed = false;
  private readonly encoding: string;
  private readonly starts: RegExp;
  private readonly others: RegExp;
  private bytesOf: ReadonlyMap<string, readonly number[]> | undefined;

  private constructor(encoding: string) {
    this.encoding = encoding;
    const first = startsOf(encoding);
    this.starts = new RegExp(`(?:^|[\\0-\\x7f])[${first}]`);
    this.others = new RegExp(`[\\0-\\x7f][^\\0-\\x7f${first}]`);
  }

  /** Undefined for UTF-8 and UTF-16, whose text cannot be UTF-8 by mistake. @param encoding the decoder's name */
  static in(encoding: string): Utf8InText | undefined {
    return encoding === 'utf-8' || isWide(encoding) ? undefined : new Utf8InText(encoding);
  }

  /** Whether a text may contain UTF-8; called for all text, records or not. */
  mayBeIn(text: string): boolean {
    this.agreed ||= this.others.test(text);
    return this.starts.test(text);
  }

  /** The doubt about a record with a word that is valid UTF-8. @param header the path of the text, '' for the whole record */
  doubt(text: string, line: number, header = ''): RowProblem | undefined {
    if (!this.starts.test(text)) return undefined;
    const words = text.match(beyondAscii) ?? [];
    if (!words.some((word) => this.isUtf8(word))) return undefined;
    this.found += 1;
    return { ...this.problem(line), header };
  }

  /** The doubt about the whole file: all of its text beyond ASCII is valid UTF-8. */
  fileDoubt(): RowProblem | undefined {
    return this.found === 0 || this.agreed ? undefined : this.problem(0);
  }

  private problem(line: number): RowProblem {
    const facts = { declared: this.encoding, encoding: 'utf-8' };
    return recordProblem(line, 'encoding.contradicted', 'text', facts);
  }

  private isUtf8(word: string): boolean {
    this.bytesOf ??= bytesOfCharacters(this.encoding);
    const bytes: number[] = [];
    for (const character of word) {
      const written = this.bytesOf.get(character);
      if (written === undefined) return false;
      bytes.push(...written);
    }
    return readsAsUtf8(Uint8Array.from(bytes));
  }
}

/** The first characters of UTF-8 text that was decoded by an encoding. */
function startsOf(encoding: string): string {
  const found = new Set<string>();
  for (const lead of leads)
    for (let second = 0x80; second <= 0xbf; second += 1) {
      const [first = lost] = decoderOf(encoding, false).decode(Uint8Array.of(lead, second));
      if (first !== lost && first > '\u007f') found.add(first);
    }
  return [...found].join('');
}

/** Each character of one byte or two, and its bytes. */
function bytesOfCharacters(encoding: string): ReadonlyMap<string, readonly number[]> {
  const decoder = decoderOf(encoding, false);
  const table = new Map<string, readonly number[]>();
  const put = (...bytes: number[]): void => {
    const text = decoder.decode(Uint8Array.from(bytes));
    if (text.length === 1 && text !== lost && !table.has(text)) table.set(text, bytes);
  };
  for (let lead = 0x80; lead <= 0xff; lead += 1) put(lead);
  for (let lead = 0x81; lead <= 0xfe; lead += 1)
    for (let trail = 0x80; trail <= 0xfe; trail += 1) put(lead, trail);
  return table;
}
