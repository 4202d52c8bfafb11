/** Escape sequences of HL7 v2 (chapter 2.7) in the texts of one message. */
import { decoderOf } from '../reading/text/decoder.ts';
import type { Separators } from './separators.ts';

/** One class of characters, repeated: its length needs no stack. */
const hexadecimal = /^X[0-9A-Fa-f]+$/;

export class Escapes {
  /** number of the field being read */
  field = 0;
  private readonly unread = new Set<number>();
  private readonly separators: Separators;
  private readonly encoding: string;

  /** @param encoding of the file, which also applies to the bytes of an X sequence */
  constructor(separators: Separators, encoding: string) {
    this.separators = separators;
    this.encoding = encoding;
  }

  /** Decodes a text. */
  read(text: string): string {
    const mark = this.separators.escape;
    if (mark === undefined || !text.includes(mark)) return text;
    let out = '';
    let at = 0;
    for (;;) {
      const open = text.indexOf(mark, at);
      const close = open < 0 ? -1 : text.indexOf(mark, open + 1);
      if (close < 0) {
        if (open >= 0) this.unread.add(this.field);
        return out + text.slice(at);
      }
      const replacement = this.meaning(text.slice(open + 1, close));
      if (replacement === undefined) {
        // not an escape: the second mark may begin one
        this.unread.add(this.field);
        out += text.slice(at, close);
        at = close;
      } else {
        out += text.slice(at, open) + replacement;
        at = close + 1;
      }
    }
  }

  /**
   * The fields read since the last call whose sequences remained unchanged: local or unknown ones, a mark without its counterpart, bytes
   * that are no text in the encoding of the file.
   */
  takeUnread(): number[] {
    if (this.unread.size === 0) return [];
    const fields = [...this.unread];
    this.unread.clear();
    return fields;
  }

  private meaning(code: string): string | undefined {
    if (code[0] !== 'X' || code.length % 2 === 0 || !hexadecimal.test(code))
      return plainMeaning(code, this.separators);
    try {
      return decoderOf(this.encoding, true).decode(Buffer.from(code.slice(1), 'hex'));
    } catch {
      return undefined;
    }
  }
}

function plainMeaning(code: string, separators: Separators): string | undefined {
  switch (code) {
    case 'F':
      return separators.field;
    case 'S':
      return separators.component;
    case 'T':
      return separators.subcomponent;
    case 'R':
      return separators.repetition;
    case 'E':
      return separators.escape;
    case 'H':
    case 'N':
    case '.fi':
    case '.nf':
      return '';
    case '.br':
    case '.ce':
      return '\n';
    default:
      return spacing(code);
  }
}

/** `.sp` skips lines, `.sk` skips characters, `.in` and `.ti` indent. */
function spacing(code: string): string | undefined {
  const match = /^\.(sp|sk|in|ti)\s*([+-]?\d{0,3})$/.exec(code);
  if (match === null) return undefined;
  const count = Math.min(100, Math.abs(Number(match[2] === '' ? 1 : match[2])));
  if (match[1] === 'sp') return '\n'.repeat(count);
  return match[1] === 'sk' ? ' '.repeat(count) : '';
}
