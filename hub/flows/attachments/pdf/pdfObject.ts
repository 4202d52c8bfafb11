/**
 * Reads one object of a PDF (ISO 32000-2 §7.3) from its first byte on, piece by piece, as a reader of PDF does: text in strings and comments
 * is not syntax, and names are decoded (`/J#61vaScript`). Reports what a stored file must not contain.
 */
import type { Bilingual } from '../../../../terms/bilingual.ts';

const named = (zh: string, en: string): Bilingual => ({ zh, en });

const javaScript = named('PDF 含有 JavaScript', 'the PDF contains JavaScript');
const launch = named('PDF 含有启动程序的动作', 'the PDF contains an action that starts a program');
const media = named('PDF 含有播放媒体的动作', 'the PDF contains an action that plays media');
const richMedia = named('PDF 含有富媒体或三维模型', 'the PDF contains rich media or a 3D model');
const otherFile = named('PDF 内嵌有其他文件', 'the PDF contains another file');
const openedFile = named('PDF 含有打开其他文件的动作', 'the PDF contains an action that opens another file');
const form = named(
  'PDF 含有向外提交或导入数据的动作',
  'the PDF contains an action that submits or imports data',
);
const xfa = named('PDF 含有 XFA 表单', 'the PDF contains an XFA form');
const encrypted = named(
  'PDF 已加密，无法检查；请去掉密码和权限限制后再上传',
  'the PDF is encrypted and cannot be checked; remove its password and restrictions first',
);
/** The syntax is damaged, or such that two readers may understand it differently. */
export const unreadable = named(
  'PDF 的结构损坏或不合惯例，无法检查',
  'the structure of the PDF is damaged or unusual, so that it cannot be checked',
);

/** Kinds of actions (§12.6.4), annotations (§12.5.6) and streams, by the key that names them. All others are accepted. */
const refusedKinds: ReadonlyMap<string, ReadonlyMap<string, Bilingual>> = new Map([
  [
    'S',
    new Map([
      ['JavaScript', javaScript],
      ['Launch', launch],
      ['GoToE', openedFile],
      ['GoToR', openedFile],
      ['SubmitForm', form],
      ['ImportData', form],
      ['Sound', media],
      ['Movie', media],
      ['Rendition', media],
      ['GoTo3DView', richMedia],
      ['RichMediaExecute', richMedia],
    ]),
  ],
  [
    'Subtype',
    new Map([
      ['FileAttachment', otherFile],
      ['Sound', media],
      ['Movie', media],
      ['RichMedia', richMedia],
      ['3D', richMedia],
    ]),
  ],
  ['Type', new Map([['EmbeddedFile', otherFile]])],
]);
/** Keys of dictionaries that are refused with any value. */
const refusedKeys: ReadonlyMap<string, Bilingual> = new Map([
  ['EF', otherFile],
  ['EmbeddedFiles', otherFile],
  ['XFA', xfa],
  ['Encrypt', encrypted],
]);

/** Filters of streams (§7.4), with the short forms that some readers accept, and the keys of their parameters. */
const filters: ReadonlySet<string> = new Set([
  ...['FlateDecode', 'LZWDecode', 'ASCIIHexDecode', 'ASCII85Decode', 'RunLengthDecode', 'CCITTFaxDecode'],
  ...['JBIG2Decode', 'DCTDecode', 'JPXDecode', 'BrotliDecode', 'Crypt', 'DecodeParms'],
  ...['Fl', 'LZW', 'AHx', 'A85', 'RL', 'CCF', 'DCT', 'DP'],
]);

/** What the dictionary of an object stream has, each once, sorted: another filter, or a second one, is not unpacked here. */
const packedNames = ['First', 'FlateDecode', 'N'];

/** White space, marks, names, numbers and words. */
const token =
  /[\0\t\n\f\r ]+|<<|>>|[%()<>[\]{}]|\/[^\0\t\n\f\r ()<>[\]{}/%]*|[+\-.\d]+|[^\0\t\n\f\r ()<>[\]{}/%]+/y;
const blanks: ReadonlySet<string> = new Set('\0\t\n\f\r ');
const marks: ReadonlySet<string> = new Set('()<>[]{}');
/** The first character of a token that the next piece may continue. */
const continues = /[^\0\t\n\f\r %([\]{})]/;
/** Longer tokens are read in parts: no name or number is as long. */
const maxTokenChars = 1_024;
const maxDepth = 500;

/** An object stream (§7.5.7): other objects, packed. */
export interface PackedObjects {
  readonly count: number;
  /** offset of the first object in the unpacked bytes */
  readonly first: number;
}

export class PdfObject {
  /** what the object must not contain */
  fault: Bilingual | undefined;
  /** the object is complete: the rest of the text is not part of it */
  isComplete = false;
  /** the object is a stream of packed objects, whose bytes follow */
  packed: PackedObjects | undefined;

  private readonly isPacked: boolean;
  private mode: 'syntax' | 'comment' | 'string' | 'hex' = 'syntax';
  /** parentheses that are open in a string */
  private open = 0;
  private isEscaped = false;
  /** the start of a token that the next piece continues */
  private rest = '';
  private readonly containers: ('[' | '<')[] = [];
  /** a dictionary has ended, and `stream` may follow */
  private isEnded = false;
  /** the last name, and how many tokens followed it */
  private key = '';
  private since = 0;
  /** only object streams have this key */
  private hasFirst = false;
  /** the first names that the dictionary of an object stream has once, and the values of two of them */
  private readonly names: string[] = [];
  private first: number | undefined;
  private count: number | undefined;
  /** some value is in another object */
  private isIndirect = false;

  /** @param isPacked in an object stream, where no object is a stream */
  constructor(isPacked = false) {
    this.isPacked = isPacked;
  }

  /** Reads on. @param piece one character a byte @returns how many characters of it were read: all of them, unless the object is complete */
  read(piece: string): number {
    const text = this.rest + piece;
    const before = this.rest.length;
    this.rest = '';
    let at = 0;
    while (at < text.length && !this.isComplete && this.fault === undefined)
      at = this.mode === 'syntax' ? this.readToken(text, at) : this.skip(text, at);
    return Math.max(0, at - before);
  }

  private skip(text: string, at: number): number {
    if (this.mode === 'string') return this.skipString(text, at);
    const end = this.mode === 'hex' ? text.indexOf('>', at) : at + text.slice(at).search(/[\r\n]/);
    if (end < at) return text.length;
    const wasValue = this.mode === 'hex';
    this.mode = 'syntax';
    if (wasValue) this.endValue();
    return end + 1;
  }

  private skipString(text: string, from: number): number {
    let at = from;
    if (this.isEscaped) {
      this.isEscaped = false;
      at += 1;
    }
    const next = /[()\\]/g;
    for (;;) {
      next.lastIndex = at;
      const mark = next.exec(text);
      if (mark === null) return text.length;
      at = mark.index + 1;
      if (mark[0] === '\\') {
        if (at === text.length) this.isEscaped = true;
        at += 1;
      } else this.open += mark[0] === '(' ? 1 : -1;
      if (this.open === 0) {
        this.mode = 'syntax';
        this.endValue();
        return at;
      }
      if (at >= text.length) return text.length;
    }
  }

  private readToken(text: string, at: number): number {
    token.lastIndex = at;
    token.test(text);
    const end = token.lastIndex;
    const mark = text[at] ?? '';
    if (end === text.length && end - at < maxTokenChars && continues.test(mark)) {
      this.rest = text.slice(at);
      return end;
    }
    if (blanks.has(mark)) return end;
    if (mark === '%') this.mode = 'comment';
    else if (this.isEnded) this.endDictionary(text.slice(at, end));
    else if (mark === '/') this.takeName(decoded(text.slice(at + 1, end)));
    else if (marks.has(mark)) this.takeMark(mark, end - at === 2);
    else this.takeWord(text.slice(at, end));
    return end;
  }

  private takeMark(mark: string, isDouble: boolean): void {
    if (mark === '(') {
      this.mode = 'string';
      this.open = 1;
    } else if (mark === '[' || (mark === '<' && isDouble)) this.begin(mark);
    else if (mark === ']' || (mark === '>' && isDouble)) this.end(mark);
    else if (mark === '<') this.mode = 'hex';
  }

  private begin(mark: '[' | '<'): void {
    this.containers.push(mark);
    this.since += 1;
    if (this.containers.length > maxDepth) this.fault = unreadable;
  }

  /** An end without its beginning is skipped, as readers do. */
  private end(mark: ']' | '>'): void {
    if (this.containers.at(-1) !== (mark === '>' ? '<' : '[')) return;
    this.containers.pop();
    if (this.containers.length === 0 && mark === '>' && !this.isPacked) this.isEnded = true;
    else this.endValue();
  }

  private takeName(name: string): void {
    this.fault ??=
      refusedKeys.get(name) ?? (this.since === 0 ? refusedKinds.get(this.key)?.get(name) : undefined);
    this.key = name;
    this.since = 0;
    if (name === 'First') this.hasFirst = true;
    if ((name === 'First' || name === 'N' || filters.has(name)) && this.names.length <= packedNames.length)
      this.names.push(name === 'Fl' ? 'FlateDecode' : name);
    if (this.containers.length === 0) this.isComplete = true;
  }

  private takeWord(word: string): void {
    const ofKey = this.since === 0 ? this.key : '';
    if (word === 'R') this.takeReference();
    else if (ofKey === 'First') this.first ??= Number(word);
    else if (ofKey === 'N') this.count ??= Number(word);
    this.endValue();
  }

  /** A kind that is in another object is not seen here; no program that makes PDFs writes it so. */
  private takeReference(): void {
    const ofKey = this.since === 2 ? this.key : '';
    if (ofKey === 'S' || ofKey === 'Subtype') this.fault = unreadable;
    if (ofKey !== 'Length' && ofKey !== 'Extends') this.isIndirect = true;
  }

  private endValue(): void {
    this.since += 1;
    if (this.containers.length === 0) this.isComplete = true;
  }

  /** After a dictionary: it is that of a stream, or the whole object. */
  private endDictionary(word: string): void {
    this.isComplete = true;
    if (word !== 'stream' || !this.hasFirst) return;
    const { first = -1, count = -1 } = this;
    // of two values of a key, readers choose differently; and programs that make PDFs use no other filter here
    const isPlain = !this.isIndirect && this.names.toSorted().join() === packedNames.join();
    if (isPlain && [first, count].every((one) => Number.isSafeInteger(one) && one >= 0))
      this.packed = { first, count };
    else this.fault = unreadable;
  }
}

/** A name with its codes (`#61`) as letters. */
const decoded = (name: string): string =>
  name.includes('#')
    ? name.replaceAll(/#([0-9a-fA-F]{2})/g, (_, code: string) =>
        String.fromCharCode(Number.parseInt(code, 16)),
      )
    : name;
