/** Payload of a message → rows as lines of JSON. Pure. An unreadable part is returned with a rule, never dropped. */
import { formatNamed } from '../../../adapters/formats.ts';
import { once } from '../../../adapters/reading/reader.ts';
import { checkedOptions } from '../../../adapters/reading/optionsCheck.ts';
import {
  hasExactNumbers,
  isExactNumber,
  parseMarkingInexact,
  parseQuotingInexact,
} from '../../../terms/jsonText.ts';
import { Problem } from '../../../terms/problem.ts';
import { isObject } from '../../../terms/isObject.ts';
import { maxBytesOfCall, maxRowsOfCall } from '../../sdk/pushUntilAnswered.ts';
import { ngsiLdRecords, sensorThingsRecords, UnreadablePayload } from './payloadStandards.ts';

export const payloadKinds = ['json', 'csv', 'sensorthings', 'ngsi-ld'] as const;
export type PayloadKind = (typeof payloadKinds)[number];
export type Scalar = string | number | boolean | null;

/** How the messages of one subscription become rows. */
export interface RowShape {
  readonly payload: PayloadKind;
  /** of CSV: its columns in order, and whether each is a number */
  readonly columns?: Readonly<Record<string, 'text' | 'number'>>;
  readonly separator?: string;
  /** field → path in the record; absent: the record has the fields of the schema */
  readonly fields?: Readonly<Record<string, string>>;
  /** field → level of the topic, from 1 */
  readonly topicFields?: Readonly<Record<string, number>>;
  readonly constants?: Readonly<Record<string, Scalar>>;
}

/** A part of a payload that is no row. `index` is its place in the payload, from 0; absent: the whole payload. */
export interface BadPart {
  readonly rule: string;
  readonly index?: number;
  /** its record, where the payload has several */
  readonly text?: string;
}

export interface ReadPayload {
  /** each a line of JSON without control characters */
  readonly rows: readonly string[];
  readonly bad: readonly BadPart[];
}

/** Bytes of one payload, at most. */
const maxPayloadBytes: number = 2 ** 20;

export async function readPayload(shape: RowShape, topic: string, payload: Uint8Array): Promise<ReadPayload> {
  try {
    if (payload.length > maxPayloadBytes) throw new UnreadablePayload('payload.large');
    const read = await readParts(shape, topic, payload);
    const { rows, bad } = read;
    if (rows.length + bad.length === 0) throw new UnreadablePayload('payload.empty');
    return rows.length + bad.length > 1 ? read : { rows, bad: bad.map(({ text: _, ...part }) => part) };
  } catch (error) {
    if (error instanceof UnreadablePayload) return { rows: [], bad: [{ rule: error.rule }] };
    throw error;
  }
}

/** The parts of a payload, counted as they are added: its bytes do not limit theirs, because parts may share members. */
class Parts {
  readonly rows: string[] = [];
  readonly bad: BadPart[] = [];
  private bytes = 0;

  /** @throws UnreadablePayload payload.rows */
  addRow(row: string): void {
    this.rows.push(row);
    this.count(row);
  }

  /** @throws UnreadablePayload payload.rows */
  addBad(part: Required<BadPart>): void {
    this.bad.push(part);
    this.count(part.text);
  }

  private count(text: string): void {
    this.bytes += Buffer.byteLength(text) + 1;
    if (this.rows.length + this.bad.length > maxRowsOfCall || this.bytes > maxBytesOfCall)
      throw new UnreadablePayload('payload.rows');
  }
}

async function readParts(shape: RowShape, topic: string, payload: Uint8Array): Promise<ReadPayload> {
  if (shape.payload === 'csv') return csvRows(shape, topic, payload);
  const text = textOf(payload);
  const value = parsed(text);
  // a record that needs no change is sent to the hub unchanged, which then checks its numbers and names
  if (shape.payload === 'json' && isObject(value) && addsNothing(shape))
    return { rows: [text.replaceAll(/[\r\n\t]/g, ' ').trim()], bad: [] };
  const records = recordsOf(shape, value);
  let written: readonly unknown[] | undefined;
  const parts = new Parts();
  addRecords(
    parts,
    records.map((record) => (isObject(record) ? record : undefined)),
    { shape, topic },
    {
      place: (index) => index,
      text: (index) => {
        written ??= recordsOf(shape, parseQuotingInexact(text));
        return JSON.stringify(written[index]);
      },
    },
  );
  return parts;
}

const addsNothing = ({ fields, topicFields, constants }: RowShape): boolean =>
  fields === undefined && topicFields === undefined && constants === undefined;

/** @throws UnreadablePayload payload.encoding */
export function textOf(payload: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(payload);
  } catch {
    throw new UnreadablePayload('payload.encoding');
  }
}

/** The value, with its inexact numbers marked (`hasExactNumbers`). @throws UnreadablePayload payload.json */
export function parsed(text: string): unknown {
  try {
    return parseMarkingInexact(text);
  } catch {
    throw new UnreadablePayload('payload.json');
  }
}

function recordsOf({ payload }: RowShape, value: unknown): readonly unknown[] {
  if (payload === 'sensorthings') return sensorThingsRecords(value);
  if (payload === 'ngsi-ld') return ngsiLdRecords(value);
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

type Record_ = Readonly<Record<string, unknown>>;

/** Adds records as rows, or as bad parts. @param sent place of a record in the payload, and its text @throws UnreadablePayload payload.rows */
function addRecords(
  parts: Parts,
  records: readonly (Record_ | undefined)[],
  { shape, topic }: { readonly shape: RowShape; readonly topic: string },
  sent: { readonly place: (index: number) => number; readonly text: (index: number) => string },
): void {
  if (records.length > maxRowsOfCall) throw new UnreadablePayload('payload.rows');
  const levels = topic.split('/');
  for (const [index, record] of records.entries()) {
    const row = record === undefined ? undefined : shaped(record, shape, levels);
    const rule = row === undefined ? 'payload.shape' : hasExactNumbers(row) ? undefined : 'number.inexact';
    if (rule === undefined) parts.addRow(JSON.stringify(row));
    else parts.addBad({ rule, index: sent.place(index), text: sent.text(index) });
  }
}

/** The row of a record. A path that meets nothing gives null. */
function shaped(record: Record_, shape: RowShape, levels: readonly string[]): Record_ {
  const { fields, topicFields = {}, constants = {} } = shape;
  const selected =
    fields === undefined
      ? record
      : Object.fromEntries(Object.entries(fields).map(([field, path]) => [field, valueAt(record, path)]));
  const ofTopic = Object.entries(topicFields).map(([field, level]) => [field, levels[level - 1] ?? null]);
  return { ...selected, ...(Object.fromEntries(ofTopic) as Record_), ...constants };
}

/** The member named by the whole path, else the one that its parts lead to. */
function valueAt(record: Record_, path: string): unknown {
  if (Object.hasOwn(record, path)) return record[path];
  let value: unknown = record;
  for (const part of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return null;
    value = (value as Record_)[part];
  }
  return value;
}

async function csvRows(shape: RowShape, topic: string, payload: Uint8Array): Promise<ReadPayload> {
  const { columns = {}, separator = ',' } = shape;
  const names = Object.keys(columns);
  const format = formatNamed('csv');
  const options = checkedOptions(format, { encoding: 'utf-8', separator, headerRows: [], columns: names });
  const parts = new Parts();
  try {
    for await (const batch of format.read(once(payload), options)) {
      if (batch.kind !== 'table') continue;
      for (const { line, problems, raw } of batch.bad)
        parts.addBad({
          rule: problems[0]?.rule ?? 'payload.csv',
          index: line - 1,
          text: JSON.stringify(raw),
        });
      const cellsOf = [...batch.records];
      const records = cellsOf.map((cells) => typedCells(names, columns, cells));
      addRecords(
        parts,
        records,
        { shape, topic },
        {
          place: (index) => (batch.lines[index] ?? 1) - 1,
          text: (index) => JSON.stringify(cellsOf[index]),
        },
      );
    }
  } catch (error) {
    if (error instanceof Problem) throw new UnreadablePayload(error.code.replace('file_', 'payload.'));
    throw error;
  }
  return parts;
}

const decimal = /^(?:\+(?=\d))?(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;

/** Cells by column; an empty cell is null. Inexact numbers are marked as in JSON. @returns undefined where a number is invalid */
function typedCells(
  names: readonly string[],
  columns: Readonly<Record<string, 'text' | 'number'>>,
  cells: readonly unknown[],
): Record_ | undefined {
  const record: Record<string, unknown> = {};
  for (const [i, name] of names.entries()) {
    const cell = cells[i];
    const text = typeof cell === 'string' ? cell : '';
    if (text === '') record[name] = null;
    else if (columns[name] === 'text') record[name] = text;
    else {
      const [, number] = decimal.exec(text.trim()) ?? [];
      if (number === undefined) return undefined;
      record[name] = isExactNumber(number) ? Number(number) : Infinity;
    }
  }
  return record;
}
