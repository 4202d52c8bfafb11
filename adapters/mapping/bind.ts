/** Binds a compiled mapping to the columns of one file: record → row, or the record's problems. */
import type { CompiledSchema } from '../../schemas/compile.ts';
import type { Check, FieldChecks } from '../../schemas/fieldChecks.ts';
import type { SchemaField } from '../../schemas/datasetSchema.ts';
import { classOfValue, type RowProblem } from '../../terms/rowProblem.ts';
import type { UseOfDoubts } from '../reading/doubt.ts';
import type { Cell, RawRecord } from '../reading/reader.ts';
import { CellBinder, type BoundCell, type Layout } from './cells.ts';
import type { CompiledMapping } from './compile.ts';
import type { SkipSpec } from './document.ts';
import { Doubted, Fault } from './fault.ts';
import { bindField, requiredFault, type BoundField } from './fieldProgram.ts';
import { trimmedTexts } from './trimmedTexts.ts';
import type { RecordCursor } from './recordCursor.ts';
import { spreadsheetDamage } from './spreadsheetDamage.ts';
import { rowRules } from '../reading/rowRules.ts';
import { CellMemo } from './cellMemo.ts';

/** Marker for a missing or wrong value: its record gives no row. */
const wrong: unique symbol = Symbol('wrong');

/** Reads one field of successive records. */
class FieldReader {
  readonly name: string;
  private readonly required: boolean;
  private readonly program: BoundField['program'];
  private readonly column: number | undefined;
  private readonly ofCell: BoundField['ofCell'];
  private memo = new CellMemo();
  private check: Check | undefined;

  constructor(target: SchemaField, { program, ofCell, cell }: BoundField) {
    this.name = target.name;
    this.required = target.required;
    this.program = program;
    this.ofCell = ofCell;
    this.column = cell?.index;
  }

  /** Runs the field's own check here from now on, and caches its result with the value. */
  checkWith(checks: FieldChecks): void {
    this.check = checks.ofField.get(this.name);
    this.memo = new CellMemo(); // the cached values were not checked
  }

  /** Its value, or a Doubted; undefined omits it. @returns `wrong` where there is no value */
  value(cursor: RecordCursor): unknown {
    const { column, ofCell, memo } = this;
    const { cut, row } = cursor;
    if (cut === undefined || column === undefined || ofCell === undefined)
      return this.checked(this.program(cursor.record()));
    const start = cut.start(row, column);
    const end = cut.end(row, column);
    if (memo.find(cut, start, end)) return memo.value;
    const value = this.checked(ofCell(cut.finish(column, cut.text.slice(start, end))));
    memo.keep(start, end, value);
    return value;
  }

  private checked(value: unknown): unknown {
    if (typeof value === 'object' && value instanceof Fault) return wrong;
    if (typeof value === 'object' && value instanceof Doubted)
      return this.checked(value.value) === wrong ? wrong : value;
    if (this.check === undefined) return value;
    if (value === undefined) return this.required ? wrong : undefined;
    return this.check(value) ? value : wrong;
  }
}

export type Row = Record<string, unknown>;

/** Number of records from which a file counts as long. */
const longFile = 1_000;

/** Result of a record: a valid row, one that a rule omits, or one whose problems `explain` lists. */
export type Outcome = 'row' | 'skip' | 'wrong';

export interface BoundMapping {
  /** the mapped fields, in the order of the schema and of `values` */
  readonly names: readonly string[];
  /** Reads the record under the cursor into `values`: one value a mapped field, undefined where the row omits it. */
  readonly read: (cursor: RecordCursor, values: unknown[]) => Outcome;
  /** whether the last `read` returned a doubtful value */
  readonly isDoubted: () => boolean;
  /** the doubts about those values */
  readonly doubted: (record: RawRecord, line: number) => readonly RowProblem[];
  /** Every problem of a record that gave no row; never empty for such a record. */
  readonly explain: (record: RawRecord, line: number) => RowProblem[];
  /** the problem of a record whose key already occurred on the line `first` */
  readonly repeated: (line: number, first: number) => RowProblem;
  /** position of a schema field in the file; none where it is built from several columns, or from none */
  readonly placeOf: (field: string) => Pick<RowProblem, 'column' | 'header'>;
  readonly doubts: UseOfDoubts;
  /** whether a doubt about a record concerns data that the mapping reads */
  readonly reads: (doubt: RowProblem) => boolean;
}

/** @throws Problem mapping_column_missing, mapping_column_doubled */
export function bindMapping(mapping: CompiledMapping, schema: CompiledSchema, layout: Layout): BoundMapping {
  const binder = new CellBinder(layout);
  const fields = mapping.fields.map(({ target, spec }) => {
    const isKey = schema.schema.primaryKey.includes(target.name);
    const bound = bindField(spec, target, binder, schema.surroundings, isKey);
    return { target, ...(isKey ? neverNull(bound) : bound) };
  });
  const skips = (mapping.document.skipIf ?? []).map((spec) => skipTest(spec, binder));
  binder.finish();

  const names = fields.map((field) => field.target.name);
  const readers = fields.map((field) => new FieldReader(field.target, field));
  let together: Check | undefined = schema.check;
  let rows = 0;
  /** fields whose values are in doubt, and the doubts */
  let inDoubt: readonly (readonly [field: number, doubt: Doubted])[] = [];

  /** Switches to one compiled check per field, which pays off in a long file. */
  const takeApart = (): void => {
    const checks = schema.fields();
    if (checks === undefined) return;
    for (const reader of readers) reader.checkWith(checks);
    ({ together } = checks);
  };

  const read = (cursor: RecordCursor, values: unknown[]): Outcome => {
    if (skips.length > 0) {
      const record = cursor.record();
      for (const skip of skips) if (skip(record)) return 'skip';
    }
    if ((rows += 1) === longFile) takeApart();
    if (inDoubt.length > 0) inDoubt = [];
    for (let i = 0; i < readers.length; i += 1) {
      const value = readers[i]?.value(cursor);
      if (value === wrong) return 'wrong';
      if (typeof value === 'object' && value instanceof Doubted) {
        inDoubt = [...inDoubt, [i, value]];
        values[i] = value.value;
      } else values[i] = value;
    }
    return together === undefined || together(rowOf(names, values)) ? 'row' : 'wrong';
  };

  const doubted = (record: RawRecord, line: number): readonly RowProblem[] =>
    inDoubt.flatMap(([index, { rule }]) => {
      const field = fields[index];
      return field === undefined ? [] : [problemOf(reasonOf(rule), field.target, field.cell, record, line)];
    });

  const placeOf = (name: string): Pick<RowProblem, 'column' | 'header'> => {
    const cell = fields.find(({ target }) => target.name === name)?.cell;
    return { column: cell?.column ?? 0, header: cell?.header ?? '' };
  };

  const explain = (record: RawRecord, line: number): RowProblem[] => {
    const problems: RowProblem[] = [];
    const made: Row = {};
    const faulted = new Set<string>();
    for (const { target, program, cell } of fields) {
      const found = program(record);
      const value = found instanceof Doubted ? found.value : found;
      if (value instanceof Fault) {
        faulted.add(target.name);
        const reason = damageOf(target, cell, record) ?? value;
        problems.push(problemOf(reason, target, cell, record, line));
      } else if (value !== undefined) made[target.name] = value;
    }
    for (const found of schema.explain(made)) {
      if (faulted.has(found.field) || faulted.has(found.pointer.slice(1))) continue;
      const field = fields.find(({ target }) => target.name === found.field);
      const { rule, message } = (field && damageOf(field.target, field.cell, record)) ?? found;
      const place = placeOf(found.field);
      problems.push({ line, ...place, field: found.field, rule, got: found.valueClass, message });
    }
    return problems;
  };

  const repeated = (line: number, first: number): RowProblem => ({
    line,
    ...placeOf(schema.schema.primaryKey[0] ?? ''),
    field: schema.schema.primaryKey.join(', '),
    rule: 'key.repeated',
    got: `same key as line ${first}`,
    message: { zh: `主键与第 ${first} 行重复`, en: `repeats the key of line ${first}` },
  });

  return {
    names,
    read,
    isDoubted: () => inDoubt.length > 0,
    doubted,
    explain,
    repeated,
    placeOf,
    doubts: mapping.doubts,
    reads: (doubt) => binder.reads(doubt),
  };
}

/**
 * The field of a key, whose null is a missing value. No database finds the row with a null in its key again: each submission would add it
 * once more. Schemas that were registered formerly may allow it.
 */
function neverNull({ program, ofCell, cell }: BoundField): BoundField {
  const present = (value: unknown): unknown => (value === null ? requiredFault : value);
  return {
    program: (record) => present(program(record)),
    ofCell: ofCell === undefined ? undefined : (from) => present(ofCell(from)),
    cell,
  };
}

/** The row that values make. */
export function rowOf(names: readonly string[], values: readonly unknown[]): Row {
  const row: Row = {};
  for (let i = 0; i < names.length; i += 1) {
    const value = values[i];
    if (value !== undefined) row[names[i] ?? ''] = value;
  }
  return row;
}

type Reason = Pick<RowProblem, 'rule' | 'message'>;

const reasonOf = (rule: keyof typeof rowRules): Reason => ({ rule, message: rowRules[rule] });

const problemOf = (
  { rule, message }: Reason,
  target: SchemaField,
  cell: BoundCell | undefined,
  record: RawRecord,
  line: number,
): RowProblem => ({
  line,
  column: cell?.column ?? 0,
  header: cell?.header ?? '',
  field: target.name,
  rule,
  got: classOfValue(cell?.get(record) ?? null, showsShape(target)),
  message,
});

/** Only text can be a long number that a spreadsheet damaged. */
function damageOf(target: SchemaField, cell: BoundCell | undefined, record: RawRecord): Reason | undefined {
  if (target.type !== 'string' || cell === undefined) return undefined;
  const rule = spreadsheetDamage(cell.get(record));
  return rule === undefined ? undefined : reasonOf(rule);
}

/** The character shape of a value reveals too much about a sensitive one. */
const showsShape = (target: SchemaField): boolean =>
  target.sensitivity === 'L1' || target.sensitivity === 'L2';

function skipTest(spec: SkipSpec, binder: CellBinder): (record: RawRecord) => boolean {
  const cell = binder.bind(spec.from);
  // a group or a list is neither empty nor equal to a text
  const text = (value: Cell): string | undefined =>
    typeof value === 'object' && value !== null ? undefined : String(value ?? '').trim();
  if (spec.empty === true) return (record) => text(cell.get(record)) === '';
  if (spec.begins !== undefined) {
    const begins = spec.begins.map((one) => one.trimStart());
    return (record) => {
      const found = text(cell.get(record));
      return found !== undefined && begins.some((one) => found.startsWith(one));
    };
  }
  const values = trimmedTexts(spec.is ?? []);
  return (record) => {
    const found = text(cell.get(record));
    return found !== undefined && values.has(found);
  };
}
