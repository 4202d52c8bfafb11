/** Compiles one target field's steps into one function from record to value. The order is fixed and documented in docs/adapters.md. */
import type { SchemaField } from '../../schemas/datasetSchema.ts';
import { ownFormats } from '../../schemas/formats/index.ts';
import type { Surroundings } from '../../schemas/surroundings.ts';
import { isPlaceSchema } from '../../schemas/places/point.ts';
import type { Cell, RawRecord } from '../reading/reader.ts';
import type { BoundCell, CellBinder, CellUse } from './cells.ts';
import type { FieldSpec } from './document.ts';
import { Doubted, Fault } from './fault.ts';
import { storedMark, textDamage, type TextDamage } from './spreadsheetDamage.ts';
import { converter } from './converter.ts';
import { pointStep } from './steps/pointStep.ts';
import { trimmedTexts } from './trimmedTexts.ts';
import { cleaningStep, shapingStep } from './steps/textSteps.ts';

/** A value for the target field; undefined omits it; a Fault states why there is none, a Doubted why it may be wrong. */
export type FieldProgram = (record: RawRecord) => unknown;

export interface BoundField {
  readonly program: FieldProgram;
  /** the program of a field built from `cell` alone: equal cells give equal values */
  readonly ofCell: ((cell: Cell) => unknown) | undefined;
  /** the cell that problems of this field refer to; undefined for constants */
  readonly cell: BoundCell | undefined;
}

export const requiredFault = new Fault('required', '缺少必填的值', 'has no value, but the field is required');
const nestedFault = new Fault(
  'nested',
  '该位置是一组值，不是单个值',
  'is a group of values where one value is wanted',
);
const severalFault = new Fault(
  'several',
  '该位置有多个值：请在路径中写明取第几个（HL7 如 PID-3[2].1、OBX[1]-5，其他如 items/0/name）',
  'occurs several times: name in the path which one is meant (HL7: PID-3[2].1, OBX[1]-5; others: items/0/name)',
);
/** Why a group or a list is no value. */
const groupFault = (cell: object): Fault => (Array.isArray(cell) ? severalFault : nestedFault);

export function bindField(
  spec: FieldSpec,
  target: SchemaField,
  binder: CellBinder,
  surroundings: Surroundings,
  isKey: boolean,
): BoundField {
  if (spec.when !== undefined) return bindCases(spec, target, binder, surroundings, isKey);
  if (spec.const !== undefined) {
    const value = spec.const;
    return { program: () => value, ofCell: undefined, cell: undefined };
  }
  if (spec.join !== undefined) {
    const cells = spec.join.map((from) => binder.bind(from, useOf(spec, target)));
    const text = joiner(cells, spec.sep ?? '');
    const run = steps(spec, target, surroundings);
    return { program: (record) => run(text(record)), ofCell: undefined, cell: cells[0] };
  }
  const cell = binder.bind(spec.from ?? '', useOf(spec, target));
  const { get } = cell;
  const ofCell = steps(
    spec,
    target,
    surroundings,
    damageOf(spec, target, { isKey, header: cell.header, isTree: binder.isTree }),
  );
  return { program: (record) => ofCell(get(record)), ofCell, cell };
}

const useOf = (spec: FieldSpec, target: SchemaField): CellUse => ({
  asText: !isDate(spec, target) && spec.asWritten !== true,
  dropsInvisible: spec.dropInvisible === true,
});

/** Possible damage by a spreadsheet in a cell that becomes a text without a conversion; undefined where damage is not possible. */
function damageOf(
  spec: FieldSpec,
  target: SchemaField,
  { isKey, header, isTree }: { readonly isKey: boolean; readonly header: string; readonly isTree: boolean },
): ((text: string) => TextDamage | undefined) | undefined {
  const isConverted = [
    spec.code,
    spec.date,
    spec.datetime,
    spec.number,
    spec.times,
    spec.scale,
    spec.boolean,
  ].some((step) => step !== undefined);
  if (target.type !== 'string' || spec.asWritten === true || isConverted || notText.has(target.format ?? ''))
    return undefined;
  if (!isTree) return (text) => textDamage(text, isKey, header);
  return (text) => textDamage(text, isKey, header) ?? storedMark(text);
}

/** Formats of texts that are numbers, dates or times. */
const notText: ReadonlySet<string> = new Set(['decimal', 'date', 'date-time', 'time', 'duration']);

/** Whether a field takes a date or a time, by its conversion or by its own format. */
const isDate = (spec: FieldSpec, { format }: SchemaField): boolean =>
  spec.date !== undefined || spec.datetime !== undefined || format === 'date' || format === 'date-time';

/** Joined cells; missing where all of them are. */
function joiner(cells: readonly BoundCell[], separator: string): (record: RawRecord) => Cell {
  return (record) => {
    let text = '';
    let filled = false;
    for (const [index, cell] of cells.entries()) {
      const value = cell.get(record);
      if (typeof value === 'object' && value !== null) return value;
      if (value !== null && value !== undefined && value !== '') filled = true;
      text += index === 0 ? String(value ?? '') : separator + String(value ?? '');
    }
    return filled ? text : null;
  };
}

function bindCases(
  spec: FieldSpec,
  target: SchemaField,
  binder: CellBinder,
  surroundings: Surroundings,
  isKey: boolean,
): BoundField {
  const cases = (spec.when ?? []).map(({ from, is, use }) => ({
    cell: binder.bind(from),
    values: trimmedTexts(is),
    field: bindField(use, target, binder, surroundings, isKey),
  }));
  const otherwise =
    spec.else === undefined ? undefined : bindField(spec.else, target, binder, surroundings, isKey);
  const absent = absentValue(spec, target);
  return {
    cell: cases[0]?.cell,
    ofCell: undefined,
    program: (record) => {
      for (const { cell, values, field } of cases) {
        const value = cell.get(record);
        if (typeof value === 'object' && value !== null) return groupFault(value);
        if (values.has(String(value ?? '').trim())) return field.program(record);
      }
      return otherwise === undefined ? absent : otherwise.program(record);
    },
  };
}

function steps(
  spec: FieldSpec,
  target: SchemaField,
  { codeLists, today }: Surroundings,
  damage?: (text: string) => TextDamage | undefined,
): (cell: Cell) => unknown {
  const clean = cleaningStep(spec);
  const shape = shapingStep(spec);
  // cleaned like the cells that they are compared with
  const nulls =
    spec.nullIf === undefined ? undefined : new Set(spec.nullIf.map((one) => clean?.(one) ?? one));
  const absent = absentValue(spec, target);
  const toPoint = isPlaceSchema(target.schema) ? pointStep(spec.point ?? {}) : undefined;
  const convert =
    toPoint === undefined
      ? converter(spec, target, codeLists)
      : { run: toPoint, named: spec.point !== undefined };
  // the schema runs a check that is the field's own format, once
  const check = spec.check === target.format ? undefined : checker(spec.check, today);
  const takesAsIs = takesTyped(target, clean ?? shape ?? spec.nullIf ?? convert.named);
  const ofText = (written: string): unknown => {
    let text = clean === undefined ? written : clean(written);
    if (text === '' && spec.keepEmpty !== true) return absent;
    if (nulls?.has(text) === true) return absent;
    const rule = damage?.(text);
    if (shape !== undefined) {
      const shaped = shape(text);
      if (typeof shaped !== 'string') return shaped;
      text = shaped;
    }
    let value = convert.run(text);
    if (check !== undefined && !(value instanceof Fault)) value = check(value);
    return rule === undefined || value instanceof Fault ? value : new Doubted(value, rule);
  };
  return (cell) => {
    if (cell === null || cell === undefined) return absent;
    if (typeof cell === 'string') return ofText(cell);
    if (toPoint !== undefined && typeof cell === 'object' && !Array.isArray(cell)) return toPoint(cell);
    if (takesAsIs(cell)) return cell;
    return typeof cell === 'object' ? groupFault(cell) : ofText(String(cell));
  };
}

/** Result for a missing value: the default, null, an absent member, or a fault. */
function absentValue(spec: FieldSpec, target: SchemaField): unknown {
  if (spec.default !== undefined) return spec.default;
  if (target.nullable) return null;
  return target.required ? requiredFault : undefined;
}

/** Values of typed formats may pass without becoming text, where no step needs text. */
function takesTyped(target: SchemaField, textStep: unknown): (cell: Cell) => boolean {
  if (target.type === 'object') return (cell) => typeof cell === 'object' && !Array.isArray(cell);
  if (target.type === 'array') return (cell) => Array.isArray(cell);
  if (textStep !== undefined && textStep !== false) return () => false;
  if (target.type === 'boolean') return (cell) => typeof cell === 'boolean';
  if (target.type === 'number') return (cell) => typeof cell === 'number';
  if (target.type === 'integer') return (cell) => Number.isSafeInteger(cell);
  return () => false;
}

function checker(
  name: string | undefined,
  today: Surroundings['today'],
): ((value: unknown) => unknown) | undefined {
  const format = name === undefined ? undefined : ownFormats(today)[name];
  if (name === undefined || format === undefined) return undefined;
  const faults = new Map<string, Fault>();
  return (value) => {
    const part = typeof value === 'string' ? format(value) : undefined;
    if (part === undefined) return value;
    let fault = faults.get(part);
    if (fault === undefined) {
      fault = new Fault(
        `${name}.${part}`,
        `不符合 ${name} 的规则（${part}）`,
        `fails the check ${name} (${part})`,
      );
      faults.set(part, fault);
    }
    return fault;
  };
}
