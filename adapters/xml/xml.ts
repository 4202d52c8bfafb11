/** XML files and SOAP bodies. Strictly well-formed; no DOCTYPE, so no entities of the document's own and nothing outside of it. */
import { SaxesParser } from 'saxes';
import { Problem } from '../../terms/problem.ts';
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
import { RowCollector, type Attributes } from './rowCollector.ts';
import { xmlEncoding } from './xmlEncoding.ts';

export const xml: Format = {
  name: 'xml',
  title: { zh: 'XML 与 SOAP', en: 'XML and SOAP' },
  optionsSchema: xmlOptionsSchema,
  read: (bytes, options) => readXml(bytes, options as XmlOptions),
};

/** @throws Problem file_empty, file_encoding_wrong, xml_malformed, xml_doctype, file_limit_exceeded */
export async function* readXml(bytes: Bytes, options: XmlOptions): AsyncGenerator<TreeBatch> {
  const events = new XmlEvents(options);
  for await (const text of streamText(bytes, (start) => xmlEncoding(start, options.encoding))) {
    events.feed(text);
    if (events.batch.records.length >= batchRecords) yield events.take();
  }
  events.close();
  yield events.take();
}

const longestPiece = 65_536;

class XmlEvents {
  batch: TreeBuilder = treeBatch();
  private readonly options: XmlOptions;
  private readonly parser: {
    write: (text: string) => unknown;
    close: () => unknown;
    readonly line: number;
    readonly columnIndex: number;
  };
  private readonly rows: RowCollector;
  /** characters since the parser last told of anything: bounds texts, tags and comments before they are complete */
  private silent = 0;
  private begun = false;
  private prolog = '';
  private prologLines = 0;

  constructor(options: XmlOptions) {
    this.options = options;
    this.rows = new RowCollector(options);
    this.parser =
      options.namespaces === undefined ? this.plainParser() : this.namespaceParser(options.namespaces);
  }

  feed(text: string): void {
    for (let i = 0; i < text.length; i += longestPiece) {
      const piece = text.slice(i, i + longestPiece);
      if (!this.begun) this.refuseDoctype(piece);
      this.silent += piece.length;
      this.parser.write(piece);
      if (this.silent > this.options.maxTextChars + longestPiece) {
        throw new Problem('file_limit_exceeded', {
          place: `XML ${this.parser.line}`,
          what: 'text',
          limit: this.options.maxTextChars,
        });
      }
    }
  }

  close(): void {
    this.parser.close();
  }

  take(): TreeBatch {
    const full = this.batch;
    this.batch = treeBatch();
    return full;
  }

  /** Before the parser sees it: a DOCTYPE may be as long as the file. Comments before the root may hold anything. */
  private refuseDoctype(piece: string): void {
    const seen = (this.prolog + piece).replaceAll(/<!--[\s\S]*?-->/g, (comment) =>
      comment.replaceAll(/[^\n]/g, ''),
    );
    const comment = seen.indexOf('<!--');
    const code = comment < 0 ? seen : seen.slice(0, comment);
    const at = code.search(/<!DOCTYPE/i);
    if (at >= 0)
      throw new Problem('xml_doctype', { line: this.prologLines + code.slice(0, at).split('\n').length });
    // enough to know a comment or a DOCTYPE that goes on in the next piece
    this.prologLines += (code.slice(0, -9).match(/\n/g) ?? []).length;
    this.prolog = comment < 0 ? code.slice(-9) : `${code.slice(-9)}<!--${seen.slice(-2)}`;
  }

  private begin(name: string, attributes: Attributes): void {
    this.begun = true;
    this.prolog = '';
    this.silent = 0;
    this.rows.start(name, attributes, this.parser.line);
  }

  private readonly onText = (text: string): void => {
    this.silent = 0;
    this.rows.text(text);
  };

  private readonly onEnd = (): void => {
    this.silent = 0;
    this.rows.end(this.batch);
  };

  private readonly onError = (error: Error): never => {
    const what = error.message.replace(/^[^ ]*?\d+:\d+: /, '').slice(0, 80);
    throw new Problem('xml_malformed', { line: this.parser.line, column: this.parser.columnIndex + 1, what });
  };

  /** Prefixes are dropped: elements and attributes go by their local names. */
  private plainParser(): SaxesParser {
    const parser = new SaxesParser({ position: false });
    parser.on('opentag', ({ name, attributes }) => {
      const found: [string, string][] = [];
      for (const attribute in attributes) {
        if (attribute === 'xmlns' || attribute.startsWith('xmlns:')) continue;
        const value = attributes[attribute] ?? '';
        found.push([localName(attribute), typeof value === 'string' ? value : value.value]);
      }
      this.begin(localName(name), found);
    });
    this.listen(parser);
    return parser;
  }

  /** Elements and attributes of the named namespaces carry our prefix, whatever the document's is. */
  private namespaceParser(
    namespaces: Readonly<Record<string, string>>,
  ): SaxesParser<{ xmlns: true; position: false }> {
    const prefixOf = new Map(Object.entries(namespaces).map(([prefix, uri]) => [uri, prefix]));
    const named = (uri: string, local: string): string => {
      const prefix = prefixOf.get(uri);
      return prefix === undefined ? local : `${prefix}:${local}`;
    };
    const parser = new SaxesParser({ xmlns: true, position: false });
    parser.on('opentag', (tag) => {
      const found = Object.values(tag.attributes)
        .filter(({ prefix, name }) => prefix !== 'xmlns' && name !== 'xmlns')
        .map(({ uri, local, value }): [string, string] => [named(uri, local), value]);
      this.begin(named(tag.uri, tag.local), found);
    });
    this.listen(parser);
    return parser;
  }

  /** Few handlers: the parser keeps each as a property of its own, and with too many of them it becomes slow. */
  private listen(parser: SaxesParser | SaxesParser<{ xmlns: true; position: false }>): void {
    const plain = parser as SaxesParser;
    plain.on('text', this.onText);
    plain.on('cdata', this.onText);
    plain.on('closetag', this.onEnd);
    plain.on('error', this.onError);
  }
}

const locals = new Map<string, string>();

/** The name without its prefix; remembered, for documents repeat few names. */
function localName(name: string): string {
  const known = locals.get(name);
  if (known !== undefined) return known;
  const local = name.slice(name.indexOf(':') + 1);
  if (locals.size < 10_000) locals.set(name, local);
  return local;
}
