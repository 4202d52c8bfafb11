/** A compiled mapping bound to the columns of one file: record → row, or the record's problems. */
import type { CompiledSchema } from '../../schemas/compile.ts';
import type { SchemaField } from '../../schemas/datasetSchema.ts';
import { classOfValue, type RowProblem } from '../../terms/rowProblem.ts';
import type { Cell, RawRecord } from '../reader.ts';
import { CellBinder, type BoundCell, type Layout } from './cells.ts';
import type { CompiledMapping } from './compile.ts';
import type { SkipSpec } from './document.ts';
import { Fault } from './fault.ts';
import { bindField } from './fieldProgram.ts';
import { spreadsheetDamage } from './spreadsheetDamage.ts';
import { rowRules } from '../rowRules.ts';

export type Row = Record<string, unknown>;

export interface BoundMapping {
  /** a valid row, `skip`, or undefined: then `explain` says why */
  readonly row: (record: RawRecord) => Row | 'skip' | undefined;
  /** Every problem of a record that gave no row; never empty for such a record. */
  readonly explain: (record: RawRecord, line: number) => RowProblem[];
  /** the problem of a record whose key stood on the line `first` already */
  readonly repeated: (line: number, first: number) => RowProblem;
}

/** @throws Problem mapping_column_missing, mapping_column_doubled */
export function bindMapping(mapping: CompiledMapping, schema: CompiledSchema, layout: Layout): BoundMapping {
  const binder = new CellBinder(layout);
  const fields = mapping.fields.map(({ target, spec }) => ({ target, ...bindField(spec, target, binder) }));
  const skips = (mapping.document.skipIf ?? []).map((spec) => skipTest(spec, binder));
  binder.finish();

  const names = fields.map((field) => field.target.name);
  const programs = fields.map((field) => field.program);
  const { check } = schema;

  const row = (record: RawRecord): Row | 'skip' | undefined => {
    for (const skip of skips) if (skip(record)) return 'skip';
    const made: Row = {};
    for (let i = 0; i < programs.length; i += 1) {
      const value = programs[i]?.(record);
      if (value instanceof Fault) return undefined;
      if (value !== undefined) made[names[i] ?? ''] = value;
    }
    return check(made) ? made : undefined;
  };

  const explain = (record: RawRecord, line: number): RowProblem[] => {
    const problems: RowProblem[] = [];
    const made: Row = {};
    const faulted = new Set<string>();
    for (const { target, program, cell } of fields) {
      const value = program(record);
      if (value instanceof Fault) {
        faulted.add(target.name);
        problems.push(problemOf(value, target, cell, record, line));
      } else if (value !== undefined) made[target.name] = value;
    }
    for (const found of schema.explain(made)) {
      if (faulted.has(found.field) || faulted.has(found.pointer.slice(1))) continue;
      const field = fields.find(({ target }) => target.name === found.field);
      const damage = field === undefined ? undefined : damageOf(field.target, field.cell, record);
      problems.push({
        line,
        column: field?.cell?.column ?? 0,
        header: field?.cell?.header ?? '',
        field: found.field,
        rule: damage ?? found.rule,
        got: found.valueClass,
        message: damage === undefined ? found.message : rowRules[damage],
      });
    }
    return problems;
  };

  const keyField = fields.find(({ target }) => target.name === schema.schema.primaryKey[0]);
  const repeated = (line: number, first: number): RowProblem => ({
    line,
    column: keyField?.cell?.column ?? 0,
    header: keyField?.cell?.header ?? '',
    field: schema.schema.primaryKey.join(', '),
    rule: 'key.repeated',
    got: `same key as line ${first}`,
    message: { zh: `主键与第 ${first} 行重复`, en: `repeats the key of line ${first}` },
  });

  return { row, explain, repeated };
}

function problemOf(
  fault: Fault,
  target: SchemaField,
  cell: BoundCell | undefined,
  record: RawRecord,
  line: number,
): RowProblem {
  const damage = damageOf(target, cell, record);
  return {
    line,
    column: cell?.column ?? 0,
    header: cell?.header ?? '',
    field: target.name,
    rule: damage ?? fault.rule,
    got: classOfValue(cell?.get(record) ?? null, showsShape(target)),
    message: damage === undefined ? fault.message : rowRules[damage],
  };
}

/** Only text can have been a long number that a spreadsheet spoiled. */
const damageOf = (
  target: SchemaField,
  cell: BoundCell | undefined,
  record: RawRecord,
): ReturnType<typeof spreadsheetDamage> =>
  target.type === 'string' && cell !== undefined ? spreadsheetDamage(cell.get(record)) : undefined;

/** The character shape of a value says too much about a sensitive one. */
const showsShape = (target: SchemaField): boolean =>
  target.sensitivity === 'L1' || target.sensitivity === 'L2';

function skipTest(spec: SkipSpec, binder: CellBinder): (record: RawRecord) => boolean {
  const cell = binder.bind(spec.from);
  const text = (value: Cell): string => (typeof value === 'object' ? '' : String(value ?? '')).trim();
  if (spec.empty === true) return (record) => text(cell.get(record)) === '';
  const values = new Set(typeof spec.is === 'string' ? [spec.is] : (spec.is ?? []));
  return (record) => values.has(text(cell.get(record)));
}
