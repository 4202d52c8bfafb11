/** The records that `datong rows push` reads: a line each, the elements of one JSON array, or the features of a GeoJSON document. */
import { createReadStream, readFileSync } from 'node:fs';
import { ElementScanner } from '../../adapters/json/elementScanner.ts';
import { featureTexts } from '../../adapters/json/geoJson.ts';
import { maxBytesOfCall } from '../sdk/pushUntilAnswered.ts';

export interface PushedRecord {
  /** what `at` counts, from 1 */
  readonly unit: 'line' | 'record' | 'feature';
  readonly at: number;
  /** without a line end; undefined where it is longer than a call may be */
  readonly text: string | undefined;
}

/** Nesting of a record that is read. */
const maxDepth = 64;
/** Longer records are in no call. */
const maxChars = maxBytesOfCall;

/**
 * Reads as the text arrives, and buffers at most one record and one piece of the stream. A text whose first character is `[` is one array.
 * @param chunks UTF-8 text in pieces
 * @throws Problem json_malformed, file_record_too_long or file_line_over_limit for an array that cannot be read to its end
 */
export async function* recordsIn(chunks: AsyncIterable<string>): AsyncGenerator<PushedRecord> {
  let read: Reader | undefined;
  for await (const chunk of chunks) {
    // also a byte order mark is white space
    const first = read === undefined ? chunk.trimStart() : '';
    if (first !== '') read = first.startsWith('[') ? elements() : lines();
    if (read !== undefined) yield* read(chunk, false);
  }
  if (read !== undefined) yield* read('', true);
}

type Reader = (chunk: string, last: boolean) => readonly PushedRecord[];

function elements(): Reader {
  // the array is one level
  const scanner = new ElementScanner([], { maxChars, maxDepth: maxDepth + 1, isOneList: true });
  let before = 0;
  return (chunk, last) => {
    const found = scanner.feed(chunk, last);
    const records = found.map(({ text }, nth): PushedRecord => ({
      unit: 'record',
      at: before + nth + 1,
      text: oneLine(text),
    }));
    before += found.length;
    return records;
  };
}

function lines(): Reader {
  let held: string[] = [];
  let length = 0;
  let at = 0;
  const line = (): readonly PushedRecord[] => {
    const text = length > maxChars ? undefined : held.join('').trim();
    [held, length, at] = [[], 0, at + 1];
    return text === '' ? [] : [{ unit: 'line', at, text }];
  };
  return (chunk, last) => {
    const records: PushedRecord[] = [];
    for (const [nth, part] of chunk.split('\n').entries()) {
      if (nth > 0) records.push(...line());
      length += part.length;
      if (length <= maxChars) held.push(part);
    }
    if (last) records.push(...line());
    return records;
  };
}

/** A line with commas that begins no JSON: the head of a table. */
export const looksLikeCsv = ({ unit, text = '' }: PushedRecord): boolean =>
  unit === 'line' && text.includes(',') && !/^\ufeff?\s*[[{]/.test(text) && !isJson(text);

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** @throws Problem as featureTexts. The file is read whole, as its reference system may be named at its end */
export function* featuresIn(file: string | undefined): Generator<PushedRecord> {
  for (const [nth, text] of featureTexts(readFileSync(file ?? 0, 'utf8'), maxDepth).entries())
    yield { unit: 'feature', at: nth + 1, text: oneLine(text) };
}

/** A text in JSON has no line end. */
const oneLine = (json: string): string => json.replaceAll(/[\r\n]+/g, ' ');

/** @param file standard input without one */
export const textOf = (file: string | undefined): AsyncIterable<string> =>
  file === undefined ? process.stdin.setEncoding('utf8') : createReadStream(file, { encoding: 'utf8' });
