/**
 * The text of one table, decoded by the code page that the options, a .cpg file or the header name, in this order. Without one, the text
 * itself determines it, from the first bytes above 7F on. A guess, or a contradiction with the header, is reported once.
 */
import { isAscii } from 'node:buffer';
import { CellDecoder } from '../reading/text/cellDecoder.ts';
import { recordProblem } from '../reading/rowRules.ts';
import { readsAsUtf8 } from '../reading/text/utf8Lines.ts';
import type { RowProblem } from '../../terms/rowProblem.ts';
import { guessedEncoding } from '../reading/text/guessEncoding.ts';
import type { TableBuilder } from '../reading/reader.ts';
import { decoderOf } from '../reading/text/decoder.ts';
import { dosPages } from '../reading/text/dosPages.ts';
import { encodingLabels, encodingOf } from '../reading/text/encodings.ts';

export interface NamedCodePage {
  readonly encoding: string;
  /** a header is often wrong: programs write it without checking */
  readonly by: 'options' | 'cpg' | 'header';
}

type Note = (batch: TableBuilder) => void;

export class TableText {
  /** many cells at once; undefined for pages that the platform's decoder lacks */
  cells: CellDecoder | undefined;
  /** a text decoded alone since the flag was reset is valid UTF-8, although another code page is used */
  contradicted = false;
  private decoder: ByteDecoder;
  private encoding = 'utf-8';
  /** whether the file as a whole is doubted for its encoding */
  isFileDoubted = false;
  private readonly named: NamedCodePage | undefined;
  private isChecked: boolean;
  private note: Note | undefined;

  /** @throws Problem encoding_unknown */
  constructor(named: NamedCodePage | undefined) {
    this.named = named;
    this.isChecked = named !== undefined && named.by !== 'header';
    this.decoder = byteDecoder('utf-8');
    this.use(nameOf(named?.encoding ?? 'utf-8'));
  }

  /** Whether text with bytes above 7F must be passed to `detectEncoding` before it is decoded. */
  get undecided(): boolean {
    return !this.isChecked;
  }

  /** Chooses the code page by a text of the table; ASCII text does not decide. */
  detectEncoding(sample: Uint8Array): void {
    if (this.isChecked || isAscii(sample)) return;
    this.isChecked = true;
    const { encoding, proven } = guessedEncoding(sample);
    const declared = this.named?.encoding;
    if (declared === undefined) {
      this.use(encoding);
      this.note = (batch) => {
        if (proven) batch.warnings.push(recordProblem(0, 'encoding.shown', encoding, { encoding }));
        else doubt(batch, 'encoding.guessed', { encoding });
      };
    } else if (proven && encoding !== declared) {
      this.isFileDoubted = true;
      this.note = (batch) => doubt(batch, 'encoding.contradicted', { declared, encoding });
    }
  }

  /** Reports, once, how the code page was determined. */
  report(batch: TableBuilder): void {
    this.note?.(batch);
    this.note = undefined;
  }

  /** undefined where bytes are not valid */
  decode(bytes: Uint8Array): string | undefined {
    if (!this.isChecked) this.detectEncoding(bytes);
    this.contradicted ||= this.isUtf8(bytes, 0, bytes.length);
    return this.decoder.decode(bytes);
  }

  /** Whether a text is valid UTF-8, although another code page is used. */
  isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
    return !this.isFileDoubted && this.encoding !== 'utf-8' && readsAsUtf8(bytes, start, end);
  }

  /** The doubt about such a text. */
  contradiction(line: number, column: number, header: string): RowProblem {
    const facts = { declared: this.encoding, encoding: 'utf-8' };
    return { ...recordProblem(line, 'encoding.contradicted', 'text', facts), column, header };
  }

  private use(encoding: string): void {
    this.encoding = encoding;
    this.decoder = byteDecoder(encoding);
    const { label } = this.decoder;
    this.cells = label === undefined ? undefined : new CellDecoder(label);
  }
}

function doubt(
  batch: TableBuilder,
  rule: 'encoding.guessed' | 'encoding.contradicted',
  facts: { readonly encoding: string; readonly declared?: string },
): void {
  batch.doubts.push({ record: 'file', problem: recordProblem(0, rule, facts.encoding, facts) });
}

/** The decoder's name for a label of the options; other code pages have one name each. */
const nameOf = (encoding: string): string =>
  encodingLabels.includes(encoding) ? encodingOf(encoding) : encoding;

interface ByteDecoder {
  /** undefined where bytes are not valid */
  readonly decode: (bytes: Uint8Array) => string | undefined;
  /** label of the platform's decoder, undefined for a DOS page */
  readonly label: string | undefined;
}

/** A decoder of short texts by label, DOS pages included. @throws Problem encoding_unknown */
function byteDecoder(encoding: string): ByteDecoder {
  const page = dosPages[encoding];
  if (page !== undefined) {
    const decode = (bytes: Uint8Array): string =>
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
        .toString('latin1')
        .replaceAll(/[\x80-\xff]/g, (byte) => page.charAt(byte.charCodeAt(0) - 0x80));
    return { decode, label: undefined };
  }
  const decoder = decoderOf(encoding, true);
  return {
    label: encoding,
    decode: (bytes) => {
      try {
        return decoder.decode(bytes);
      } catch {
        return undefined;
      }
    },
  };
}
