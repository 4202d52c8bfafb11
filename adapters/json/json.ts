/** JSON documents and NDJSON. */
import { withoutEndMarks } from '../reading/text/endMarks.ts';
import { hasInexactNumber, withoutStrings } from '../../terms/jsonText.ts';
import { Problem } from '../../terms/problem.ts';
import { countDoubt } from '../reading/countDoubt.ts';
import { recordProblem, type RowRule } from '../reading/rowRules.ts';
import {
  treeBatch,
  type BadRecord,
  type Bytes,
  type CellGroup,
  type Format,
  type TreeBatch,
} from '../reading/reader.ts';
import { encodingOf } from '../reading/text/encodings.ts';
import { byteOrderMark, wideWithoutMark } from '../reading/text/sniffEncoding.ts';
import { streamText } from '../reading/text/streamText.ts';
import { textBytes } from '../reading/text/textBytes.ts';
import { suspectText } from '../reading/text/textBlock.ts';
import { withoutEchoes } from '../reading/text/textSigns.ts';
import { treeSigns, type TreeSigns } from '../reading/text/treeSigns.ts';
import { Utf8InText } from '../reading/text/utf8InText.ts';
import { ElementScanner, type Element, type TextPlace } from './elementScanner.ts';
import { jsonOptionsSchema, type JsonOptions } from './options.ts';

export const json: Format = {
  name: 'json',
  title: { zh: 'JSON 与 NDJSON', en: 'JSON and NDJSON' },
  optionsSchema: jsonOptionsSchema,
  read: (bytes, options) => readJson(bytes, options as JsonOptions),
};

/** @throws Problem file_empty, file_encoding_wrong, json_malformed, json_rows_missing, json_rows_repeated, file_record_too_long */
async function* readJson(bytes: Bytes, options: JsonOptions): AsyncGenerator<TreeBatch> {
  let elements: ((text: string, last: boolean) => Element[]) | undefined;
  let scanner: ElementScanner | undefined;
  let held = '';
  let records = 0;
  const begin = (last: boolean): void => {
    if (elements !== undefined || (!last && !held.includes('\n') && held.length < 65_536)) return;
    if (isLines(held, options)) elements = lineSplitter(options.maxRecordChars, place);
    else {
      const opened = new ElementScanner(
        options.rows.split('/').slice(1),
        {
          maxChars: options.maxRecordChars,
          maxDepth: options.maxDepth,
          ...place,
        },
        options.count?.split('/').slice(1),
      );
      scanner = opened;
      elements = (text, end) => opened.feed(text, end);
    }
  };
  let utf8: Utf8InText | undefined;
  let place: TextPlace = { firstByte: 0, bytesOf: textBytes('utf-8') };
  const encodingOfStart = (start: Uint8Array): string => {
    const encoding = jsonEncoding(start, options.encoding);
    utf8 = Utf8InText.in(encoding);
    place = { firstByte: byteOrderMark(start)?.length ?? 0, bytesOf: textBytes(encoding) };
    return encoding;
  };
  for await (const text of streamText(bytes, encodingOfStart)) {
    held += text;
    begin(false);
    if (elements === undefined) continue;
    const found = elements(held, false);
    records += found.length;
    yield batchOf(found, options, utf8);
    held = '';
  }
  begin(true);
  const found = elements?.(held, true) ?? [];
  const batch = batchOf(found, options, utf8);
  const { rows, count } = options;
  if (scanner !== undefined && rows !== '' && !scanner.found)
    throw new Problem('json_rows_missing', { rows });
  const problem =
    count === undefined ? undefined : countDoubt(scanner?.declared, records + found.length, count);
  for (const doubt of [problem, utf8?.fileDoubt()])
    if (doubt !== undefined) batch.doubts.push({ record: 'file', problem: doubt });
  yield batch;
}

function jsonEncoding(start: Uint8Array, label: string): string {
  const mark = byteOrderMark(start);
  if (mark !== undefined) return mark.encoding;
  return label === 'auto' ? (wideWithoutMark(start.subarray(0, 256)) ?? 'utf-8') : encodingOf(label);
}

function isLines(start: string, options: JsonOptions): boolean {
  if (options.layout !== 'auto') return options.layout === 'lines';
  if (options.rows !== '') return false;
  const first = start.trimStart().split('\n', 1)[0] ?? '';
  return first.startsWith('{') && parsed(first) !== undefined;
}

/** Lines that are not empty. */
function lineSplitter(
  limit: number,
  { firstByte, bytesOf }: TextPlace,
): (text: string, last: boolean) => Element[] {
  let rest = '';
  let line = 0;
  /** of the first character of `rest` */
  let byte = firstByte;
  return (text, last) => {
    const whole = last ? withoutEndMarks(rest + text) : rest + text;
    const lines = whole.split('\n');
    rest = last ? '' : (lines.pop() ?? '');
    const check = (one: string, index: number): void => {
      const length = one.endsWith('\r') ? one.length - 1 : one.length;
      if (length <= limit) return;
      const before = lines.slice(0, index).map((each) => `${each}\n`);
      const place = { line: line + index + 1, byte: byte + bytesOf(before.join('')) };
      throw new Problem('file_record_too_long', { ...place, limit });
    };
    for (const [index, one] of lines.entries()) check(one, index);
    check(rest, lines.length);
    byte += bytesOf(whole.slice(0, whole.length - rest.length));
    return lines.flatMap((one) => {
      line += 1;
      // also trims a byte order mark, as in joined files
      const held = one.trim();
      return held === '' ? [] : [{ text: held, line }];
    });
  };
}

function batchOf(
  elements: readonly Element[],
  options: JsonOptions,
  utf8: Utf8InText | undefined,
): TreeBatch {
  const batch = treeBatch();
  for (const { text, line } of elements) {
    const read = readJsonRecord(text, line, options.maxDepth);
    if ('problems' in read) batch.bad.push(read);
    else {
      const { doubts, warnings } = withOther(read.signs, text, line, utf8);
      for (const problem of doubts) batch.doubts.push({ record: batch.records.length, problem });
      for (const warning of warnings) batch.warnings.push(warning);
      batch.records.push(read.record);
      batch.lines.push(line);
    }
  }
  return batch;
}

/** One record: its value and the signs of damage in its texts, or why it is bad. @param line of the file, or number of the record */
export function readJsonRecord(
  text: string,
  line: number,
  maxDepth: number,
): { readonly record: CellGroup; readonly signs: TreeSigns } | BadRecord {
  const value = parsed(text);
  const isSuspect = suspectText(text);
  const rule = value === undefined ? 'json.malformed' : faultOf(value, text, maxDepth, isSuspect);
  if (rule === undefined) {
    const record = value as CellGroup;
    const isEscaped = text.includes('\\u') && escapedSign.test(text);
    return { record, signs: isSuspect || isEscaped ? treeSigns(record, line) : nothing };
  }
  return {
    line,
    problems: [recordProblem(line, rule, `text, ${text.length} chars`)],
    raw: { text },
  };
}

/** Escapes that may encode a sign of damage: few of the characters between U+0FFF and U+4000 are one. */
const escapedSign = /\\u(?:0|11[56]|180[b-f]|20[0-6]|3164|[4-9e-f])/i;
const nothing: TreeSigns = { doubts: [], warnings: [] };

/** The signs, and a doubt about a text of another encoding. */
function withOther(signs: TreeSigns, text: string, line: number, utf8: Utf8InText | undefined): TreeSigns {
  const other = utf8?.mayBeIn(text) === true ? utf8.doubt(text, line) : undefined;
  return other === undefined ? signs : { ...signs, doubts: withoutEchoes([other, ...signs.doubts]) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function faultOf(value: unknown, text: string, maxDepth: number, isSuspect: boolean): RowRule | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'json.shape';
  const members = membersWithin(value, maxDepth);
  if (members === undefined) return 'json.depth';
  if (members !== colons(text) && members !== colons(withoutStrings(text))) return 'json.repeated';
  if (hasInexactNumber(text)) return 'json.number';
  if (isSuspect || text.includes('\\u0000')) {
    if (text.includes('\0') || /(?<!\\)(?:\\\\)*\\u0000/.test(text)) return 'text.nul';
    if (text.includes('\ufffd')) return 'encoding.lost';
  }
  return hasHalfCharacter(value, text) ? 'encoding.lost' : undefined;
}

/** Half of a character, which only an escape can encode. */
const hasHalfCharacter = (value: object, text: string): boolean =>
  /\\u[dD][89a-fA-F]/.test(text) && /\\ud[89a-f]/.test(JSON.stringify(value));

/** Counts colons after quotation marks: usually one per member; white space between them, and texts, may distort the count. */
function colons(text: string): number {
  if (/"\s+:/.test(text)) return text.split(':').length - 1;
  let count = 0;
  for (let at = text.indexOf('":'); at >= 0; at = text.indexOf('":', at + 2)) count += 1;
  return count;
}

/** Number of members of all objects in a value; undefined where it is nested more deeply than `left`. */
function membersWithin(value: object, left: number): number | undefined {
  if (left === 0) return undefined;
  const inner: unknown[] = Object.values(value);
  let count = Array.isArray(value) ? 0 : inner.length;
  for (const one of inner) {
    if (typeof one !== 'object' || one === null) continue;
    const members = membersWithin(one, left - 1);
    if (members === undefined) return undefined;
    count += members;
  }
  return count;
}
