/**
 * Reads XML files and SOAP bodies. Strictly well-formed; no DOCTYPE, so the document can define no entities and refer to nothing outside.
 */
import { Problem } from '../../terms/problem.ts';
import { countDoubt } from '../reading/countDoubt.ts';
import { batchRecords, treeBatch, type Bytes, type Format } from '../reading/reader.ts';
import { streamText } from '../reading/text/streamText.ts';
import { suspectText } from '../reading/text/textBlock.ts';
import { mayBeDamaged, misreadStarts } from '../reading/text/misreadText.ts';
import { textSign, withoutEchoes } from '../reading/text/textSigns.ts';
import { textOf, treeSigns } from '../reading/text/treeSigns.ts';
import { Utf8InText } from '../reading/text/utf8InText.ts';
import { xmlOptionsSchema, type XmlOptions } from './options.ts';
import { unusedXmlOptions } from './unusedOptions.ts';
import type { Listener } from '../reading/markup/listener.ts';
import { RowCollector } from './rowCollector.ts';
import { KnownShapes } from './shapes/knownShapes.ts';
import { LocalNames, NamespaceScope, type Attributes, type Scope } from '../reading/markup/scope.ts';
import { ShapedRecords, type XmlBatch } from './shapes/shapedRecords.ts';
import { Tokenizer } from '../reading/markup/tokenizer.ts';
import { xmlEncoding } from '../reading/markup/xmlEncoding.ts';

export const xml: Format = {
  name: 'xml',
  title: { zh: 'XML 与 SOAP', en: 'XML and SOAP' },
  optionsSchema: xmlOptionsSchema,
  unused: (options) => unusedXmlOptions(options as XmlOptions),
  read: (bytes, options) => readXml(bytes, options as XmlOptions),
};

/** Maximum number of characters processed at once. */
const maxPieceLength = 65_536;
/** Maximum length of a sign of damage in characters: a reference such as `&#x0000200b;` and its neighbour. */
const maxSignLength = 64;

/** @throws Problem file_empty, file_encoding_wrong, xml_malformed, xml_doctype, xml_rows_missing, file_line_over_limit */
export async function* readXml(bytes: Bytes, options: XmlOptions): AsyncGenerator<XmlBatch> {
  const records = new XmlRecords(options);
  const { tokenizer } = records;
  const encodingOf = (start: Uint8Array): string => {
    const encoding = xmlEncoding(start, options.encoding);
    records.utf8 = Utf8InText.in(encoding);
    return encoding;
  };
  let before = '';
  for await (const text of streamText(bytes, encodingOf, tokenizer.source.lastLine)) {
    for (let at = 0; at < text.length; at += maxPieceLength) {
      const piece = text.slice(at, at + maxPieceLength);
      records.look(before + piece); // a sign may be cut in two
      before = piece.slice(-maxSignLength);
      tokenizer.feed(piece);
      if (records.batch.records.length >= batchRecords) yield records.take();
    }
  }
  tokenizer.close();
  yield records.finish();
}

/** Whether a text refers by number to a character that may be a sign of damage: `&#x200b;`. */
function refersToSuspect(text: string): boolean {
  for (let at = text.indexOf('&#'); at >= 0; at = text.indexOf('&#', at + 2)) {
    const [whole = '', hex, decimal = ''] =
      /^&#(?:x0*([\da-f]{1,6})|0*(\d{1,7}));/i.exec(text.slice(at, at + 40)) ?? [];
    const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
    if (code === 0 || code > 0x10ffff) continue;
    const character = String.fromCodePoint(code);
    // wrong decoding leaves several characters; of all others one is enough
    if (mayBegin(character) ? isReference(text, at + whole.length) : textSign(character) !== undefined)
      return true;
  }
  return false;
}

const mayBegin = (character: string): boolean =>
  /[\u00c0-\u00fe]/.test(character) || misreadStarts.includes(character);
const isReference = (text: string, at: number): boolean => text.startsWith('&#', at);

const xmlBatch = (): XmlBatch => ({ ...treeBatch(), records: new ShapedRecords() });

/** Receives the content of the document, and collects its records. */
class XmlRecords implements Listener {
  batch = xmlBatch();
  readonly tokenizer: Tokenizer;
  private readonly options: XmlOptions;
  /** records in the batches already returned */
  private found = 0;
  /** detects UTF-8 in a document of another encoding */
  utf8: Utf8InText | undefined;
  /** the text of this batch may contain doubtful text, as may the previous one, whose last record may be in this one */
  private suspect = false;
  private before = false;
  private readonly rows: RowCollector;
  private readonly shapes: KnownShapes;
  /** the last element that began outside of records: its shape is learned if it was a record */
  private last:
    { text: string; at: number; around: readonly string[]; scope: Scope; delivered: number } | undefined;

  constructor(options: XmlOptions) {
    this.options = options;
    this.rows = new RowCollector(options);
    this.shapes = new KnownShapes(options);
    const { namespaces } = options;
    const scope = namespaces === undefined ? new LocalNames() : NamespaceScope.outermost(namespaces);
    this.tokenizer = new Tokenizer(this, scope, options.maxTextChars);
  }

  take(): XmlBatch {
    const full = this.batch;
    this.found += full.records.length;
    if (this.suspect || this.before) this.addSigns(full);
    this.before = this.suspect;
    this.suspect = false;
    this.batch = xmlBatch();
    return full;
  }

  /** Marks text that is about to be read, where its records may contain doubtful text. */
  look(text: string): void {
    const mayBeOther = this.utf8?.mayBeIn(text) === true;
    this.suspect ||= mayBeOther || (mayBeDamaged(text) && suspectText(text));
    this.suspect ||= refersToSuspect(text);
  }

  private addSigns({ records, lines, doubts, warnings }: XmlBatch): void {
    for (let record = 0; record < records.length; record += 1) {
      const tree = records.built(record);
      const line = lines[record] ?? 0;
      const other = this.utf8?.doubt(textOf(tree), line);
      const signs = treeSigns(tree, line);
      const found = other === undefined ? signs.doubts : withoutEchoes([other, ...signs.doubts]);
      for (const problem of found) doubts.push({ record, problem });
      for (const warning of signs.warnings) warnings.push(warning);
    }
  }

  /** Returns the remaining records, and the findings on their number. @throws Problem xml_rows_missing */
  finish(): XmlBatch {
    const { declared, emptyList } = this.rows;
    const { rows, count } = this.options;
    const batch = this.take();
    if (this.found === 0 && !emptyList && declared !== 0) throw new Problem('xml_rows_missing', { rows });
    const problem = count === undefined ? undefined : countDoubt(declared, this.found, count);
    for (const doubt of [problem, this.utf8?.fileDoubt()])
      if (doubt !== undefined) batch.doubts.push({ record: 'file', problem: doubt });
    return batch;
  }

  start(name: string, attributes: Attributes): void {
    this.rows.start(name, attributes, this.tokenizer.line);
  }

  text(text: string): void {
    this.rows.text(text);
  }

  end(): void {
    this.rows.end(this.batch);
  }

  leaf(name: string, text: string): void {
    this.rows.leaf(name, text, this.tokenizer.line, this.batch);
  }

  readAhead(text: string, at: number, scope: Scope): number {
    const { rows, shapes, last } = this;
    if (!rows.between) return at;
    if (last?.text === text && rows.delivered === last.delivered + 1)
      shapes.learn(text, last.at, last.around, last.scope);
    const around = rows.around();
    const after = shapes.any
      ? shapes.read(text, at, around, scope, rows.carriedValues, this.batch, this.tokenizer.source.lineAt)
      : at;
    this.last = after > at ? undefined : { text, at, around, scope, delivered: rows.delivered };
    return after;
  }
}
