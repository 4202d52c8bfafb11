/**
 * The body of one call → rows as COPY tuples, and its bad rows. Each row is validated by the same compiled schema as a file's. Without a
 * mapping a row is stored without conversion.
 */
import type { KeyObject } from 'node:crypto';
import { ElementScanner } from '../../../../adapters/json/elementScanner.ts';
import { featureReader, featureTexts } from '../../../../adapters/json/geoJson.ts';
import { readJsonRecord } from '../../../../adapters/json/json.ts';
import type { JsonOptions } from '../../../../adapters/json/options.ts';
import { rowOf } from '../../../../adapters/mapping/bind.ts';
import type { CompiledMapping } from '../../../../adapters/mapping/compile.ts';
import type { Doubt } from '../../../../adapters/reading/doubt.ts';
import { treeBatch, type BadRecord, type CellGroup } from '../../../../adapters/reading/reader.ts';
import type { RowSink } from '../../../../adapters/translate.ts';
import { breather } from '../../../../machine/yieldIfSlow.ts';
import { compileSchema } from '../../../../schemas/compile.ts';
import type { Surroundings } from '../../../../schemas/surroundings.ts';
import { Problem } from '../../../../terms/problem.ts';
import { classOfValue, type RowProblem } from '../../../../terms/rowProblem.ts';
import { maxRows, timeFault, timeProblem } from '../../../domain/byCall.ts';
import type { IntakeRules } from '../../../domain/intakeRules.ts';
import { periodLength } from '../../../domain/periods.ts';
import { layoutOf } from '../../../domain/rowTable/layout.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import { intakeRulesOf } from '../../../registry/store/datasets.ts';
import { placeFieldOf } from '../../placeFieldOf.ts';
import { CopyRows } from '../translation/copyRows.ts';
import { ownMemory } from '../translation/shelf.ts';
import { retainedPeriods, periodIsOver } from '../translateBatch.ts';
import { asTheyAre, fieldOfDoubt, mapped } from './takeRecords.ts';

/** Rows of one call. Row numbers start at 1, in the order of the body. */
export interface ReadRows {
  /** tuples of COPY … FROM STDIN (FORMAT binary) */
  readonly tuples: Uint8Array;
  /** number of each row, and the end of its tuple */
  readonly rows: Float64Array;
  readonly ends: Uint32Array;
  /** `line` is the number of the row */
  readonly bad: readonly BadRecord[];
  readonly records: number;
  readonly skipped: number;
  readonly repeated: number;
  /** rows with a doubt that the mapping accepts */
  readonly doubted: number;
  /** number of bad rows for which the whole call is refused */
  readonly refusing: number;
  /** numbers of the rows that delete the row of their key */
  readonly deletes: ReadonlySet<number>;
  /** numbers of the rows of each period, where they are partitioned by period */
  readonly periods: ReadonlyMap<string, readonly number[]>;
  /** the rows by their number, of a dataset whose rows several departments change */
  readonly images: ReadonlyMap<number, Readonly<Record<string, unknown>>>;
  /** a row as received, for the quarantine */
  readonly raw: (row: number) => BadRecord['raw'];
}

export interface CallBody {
  readonly bytes: Uint8Array;
  /** one object a line (NDJSON), one list, or GeoJSON: a FeatureCollection or a Feature */
  readonly form: 'lines' | 'list' | 'geojson';
}

interface Reading {
  readonly subjectKey: KeyObject;
  readonly surroundings: Surroundings;
  /** Unix milliseconds, database clock */
  readonly now: number;
  /** fields whose value was accepted before: a doubt about it does not exclude the row. Absent: none */
  readonly isStored?: (field: string) => boolean;
}

/** Rows that are read before other work may run. */
const slice = 250;
const maxDepth = 64;

/**
 * @param mapping reads JSON; absent: the rows have the fields of the schema
 * @throws Problem rows_malformed, rows_too_many, geojson_crs, geojson_without_place
 */
export async function readRows(
  body: CallBody,
  dataset: LiveDataset,
  mapping: CompiledMapping | undefined,
  { subjectKey, surroundings, now, isStored }: Reading,
): Promise<ReadRows> {
  const { schema } = dataset;
  const recordIn = readerOf(body, dataset);
  const texts = textsOf(body);
  const compiled = compileSchema(schema, surroundings);
  const sink = new CallSink(dataset, mapping, { subjectKey, now });
  const read = mapping === undefined ? asTheyAre(compiled, sink.take) : mapped(compiled, mapping, sink.take);
  const breathe = breather();
  const bad: BadRecord[] = [];
  let skipped = 0;
  let doubted = 0;
  for (let from = 0; from < texts.length; from += slice) {
    const records: CellGroup[] = [];
    const lines: number[] = [];
    const doubts: Doubt[] = [];
    for (const [i, text] of texts.slice(from, from + slice).entries()) {
      const one = recordIn(text, from + i + 1, maxDepth);
      if ('problems' in one) bad.push(one);
      else {
        for (const problem of one.signs.doubts)
          if (isStored?.(fieldOfDoubt(problem)) !== true) doubts.push({ record: records.length, problem });
        records.push(one.record);
        lines.push(from + i + 1);
      }
    }
    const account = read({ ...treeBatch(), records, lines, doubts });
    bad.push(...account.bad);
    skipped += account.skipped;
    doubted += account.doubted.length;
    await breathe();
  }
  return {
    ...sink.taken(),
    bad: bad.sort((a, b) => a.line - b.line),
    records: texts.length,
    skipped,
    doubted,
    raw: (row) => {
      const one = recordIn(texts[row - 1] ?? '', 0, maxDepth);
      return 'problems' in one ? one.raw : one.record;
    },
  };
}

/** @throws Problem geojson_without_place */
const readerOf = ({ form }: CallBody, dataset: LiveDataset): typeof readJsonRecord =>
  form === 'geojson' ? featureReader(placeFieldOf(dataset)) : readJsonRecord;

/** Removes a byte order mark at the start, as the readers of files do. */
const decoder = new TextDecoder('utf-8', { fatal: true });

/** The text of each row. @throws Problem rows_malformed, rows_too_many, geojson_crs */
function textsOf({ bytes, form }: CallBody): readonly string[] {
  let texts: readonly string[];
  try {
    const text = decoder.decode(bytes);
    texts = textIn[form](text);
  } catch (cause) {
    if (cause instanceof Problem && ['rows_malformed', 'geojson_crs'].includes(cause.code)) throw cause;
    throw new Problem('rows_malformed', {}, { cause });
  }
  if (texts.length === 0 || texts.length > maxRows)
    throw new Problem('rows_too_many', { rows: texts.length, most: maxRows });
  return texts;
}

const textIn: Readonly<Record<CallBody['form'], (text: string) => readonly string[]>> = {
  lines: (text) => text.split('\n').filter((line) => line.trim() !== ''),
  list: elementsOf,
  geojson: (text) => featureTexts(text, maxDepth),
};

/** @throws Problem rows_malformed, json_malformed */
function elementsOf(text: string): readonly string[] {
  if (!/^[ \t\r\n]*\[/.test(text)) throw new Problem('rows_malformed');
  const scanner = new ElementScanner([], { maxChars: text.length + 1, maxDepth, isOneList: true });
  return scanner.feed(text, true).map((element) => element.text);
}

/** Whether a mapping can read the rows of a call: JSON records, each of them whole. */
export const readsWholeRecords = ({ format, options }: CompiledMapping): boolean =>
  format === 'json' && (options as JsonOptions).rows === '';

/** Receives valid rows: checks each against the rules of its dataset that a schema cannot state, and writes it. */
class CallSink {
  private readonly copied: CopyRows;
  private readonly names: readonly string[];
  private readonly dataset: LiveDataset;
  private readonly rules: IntakeRules;
  private readonly now: number;
  private readonly retained: ReturnType<typeof retainedPeriods>;
  private readonly keyPlaces: readonly number[];
  private readonly wholes: readonly number[];
  private readonly keys = new Map<string, number>();
  private readonly periods = new Map<string, number[]>();
  private readonly deletes = new Set<number>();
  private readonly images = new Map<number, Readonly<Record<string, unknown>>>();
  private repeated = 0;
  private refusing = 0;

  constructor(
    dataset: LiveDataset,
    mapping: CompiledMapping | undefined,
    { subjectKey, now }: { readonly subjectKey: KeyObject; readonly now: number },
  ) {
    const { schema } = dataset;
    this.dataset = dataset;
    this.names = (mapping?.fields.map(({ target }) => target) ?? schema.fields).map(({ name }) => name);
    this.copied = new CopyRows({ schema, subjectKey }, this.names);
    this.rules = intakeRulesOf(dataset.row);
    this.now = now;
    this.retained = retainedPeriods(dataset, now);
    this.keyPlaces = schema.primaryKey.map((name) => this.names.indexOf(name));
    this.wholes = layoutOf(schema)
      .columns.filter(({ kind }) => kind === 'integer')
      .map(({ field }) => this.names.indexOf(field));
  }

  /** @param line number of the row */
  readonly take: RowSink = (values, line) => {
    const refused = this.refused(values, line);
    if (refused !== undefined) return [refused];
    const key = JSON.stringify(this.keyPlaces.map((place) => values[place]));
    const first = this.keys.get(key);
    if (first !== undefined) {
      this.repeated += 1;
      return [this.repetition(values, line, first)];
    }
    this.copied.first = line - 1;
    const problems = this.copied.add(values, line, 0);
    if (problems !== undefined) return problems;
    this.keys.set(key, line);
    this.note(values, line);
    return undefined;
  };

  taken(): Omit<ReadRows, 'bad' | 'records' | 'skipped' | 'doubted' | 'raw'> {
    const { tuples, rows, ends } = this.copied.taken(ownMemory);
    const { repeated, deletes, refusing, images, periods } = this;
    return { tuples, rows, ends, repeated, deletes, refusing, images, periods };
  }

  /** The rules that the schema cannot state. */
  private refused(values: readonly unknown[], line: number): RowProblem | undefined {
    for (const place of this.wholes) {
      const value = values[place];
      if (typeof value === 'number' && !Number.isSafeInteger(value)) return this.inexact(line, place);
    }
    const time = this.rules.byCall?.time;
    const fault = time === undefined ? undefined : timeFault(time, this.of(values, time.field), this.now);
    if (time !== undefined && fault !== undefined) {
      if (fault.refuses) this.refusing += 1;
      return timeProblem(fault.rule, line, time.field, this.of(values, time.field));
    }
    const { retained } = this;
    const day = retained === undefined ? undefined : this.of(values, retained.column.field);
    return retained !== undefined && typeof day === 'string' && day < retained.first
      ? periodIsOver(line, retained.column.field, retained.first, day)
      : undefined;
  }

  private note(values: readonly unknown[], line: number): void {
    const { periods, deleteWhere, cases } = this.rules;
    if (cases !== undefined) this.images.set(line, rowOf(this.names, values));
    if (periods !== undefined) {
      const period = String(this.of(values, periods.field)).slice(0, periodLength[periods.every]);
      const lines = this.periods.get(period);
      if (lines === undefined) this.periods.set(period, [line]);
      else lines.push(line);
    }
    const mark = deleteWhere === undefined ? undefined : this.of(values, deleteWhere.field);
    const text = typeof mark === 'number' || typeof mark === 'boolean' ? String(mark) : mark;
    if (typeof text === 'string' && deleteWhere?.is.includes(text) === true) this.deletes.add(line);
  }

  private of(values: readonly unknown[], field: string): unknown {
    return values[this.names.indexOf(field)];
  }

  private repetition(values: readonly unknown[], line: number, first: number): RowProblem {
    const field = this.dataset.schema.primaryKey.join('+');
    const got = classOfValue(rowOf(this.names, values)[this.dataset.schema.primaryKey[0] ?? ''], false);
    return {
      line,
      column: 0,
      header: '',
      field,
      rule: 'key.repeated',
      got,
      message: {
        zh: `主键与本次调用中第 ${first} 行相同`,
        en: `has the same key as row ${first} of this call`,
      },
    };
  }

  private inexact(line: number, place: number): RowProblem {
    const field = this.names[place] ?? '';
    return {
      line,
      column: 0,
      header: '',
      field,
      rule: 'number.inexact',
      got: 'number',
      message: { zh: '整数过大，无法精确保存', en: 'is a whole number too large to be stored exactly' },
    };
  }
}
