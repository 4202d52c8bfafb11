/** XML files and SOAP bodies. Strictly well-formed; no DOCTYPE, so no entities of the document's own and nothing outside of it. */
import {
  batchRecords,
  treeBatch,
  type Bytes,
  type Format,
  type TreeBatch,
  type TreeBuilder,
} from '../reader.ts';
import { streamText } from '../text/streamText.ts';
import { xmlOptionsSchema, type XmlOptions } from './options.ts';
import type { Listener } from './listener.ts';
import { RowCollector } from './rowCollector.ts';
import { LocalNames, NamespaceScope, type Attributes } from './scope.ts';
import { Tokenizer } from './tokenizer.ts';
import { xmlEncoding } from './xmlEncoding.ts';

export const xml: Format = {
  name: 'xml',
  title: { zh: 'XML 与 SOAP', en: 'XML and SOAP' },
  optionsSchema: xmlOptionsSchema,
  read: (bytes, options) => readXml(bytes, options as XmlOptions),
};

/** @throws Problem file_empty, file_encoding_wrong, xml_malformed, xml_doctype, file_limit_exceeded */
export async function* readXml(bytes: Bytes, options: XmlOptions): AsyncGenerator<TreeBatch> {
  const records = new XmlRecords(options);
  for await (const text of streamText(bytes, (start) => xmlEncoding(start, options.encoding))) {
    records.tokenizer.feed(text);
    if (records.batch.records.length >= batchRecords) yield records.take();
  }
  records.tokenizer.close();
  yield records.take();
}

/** Hears what the document holds, and gathers its records. */
class XmlRecords implements Listener {
  batch: TreeBuilder = treeBatch();
  readonly tokenizer: Tokenizer;
  private readonly rows: RowCollector;

  constructor(options: XmlOptions) {
    this.rows = new RowCollector(options);
    const { namespaces } = options;
    const scope = namespaces === undefined ? new LocalNames() : NamespaceScope.outermost(namespaces);
    this.tokenizer = new Tokenizer(this, scope, options.maxTextChars);
  }

  take(): TreeBatch {
    const full = this.batch;
    this.batch = treeBatch();
    return full;
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

  readAhead(_text: string, at: number): number {
    return at;
  }
}
