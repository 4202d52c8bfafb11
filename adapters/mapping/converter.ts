/** The one conversion of a field: code, date, datetime, number or boolean; without one, the conversion required by the target's type. */
import type { CodeLists } from '../../schemas/codelists/codeLists.ts';
import type { SchemaField } from '../../schemas/datasetSchema.ts';
import type { FieldSpec } from './document.ts';
import { Fault } from './fault.ts';
import { codeStep } from './steps/codeStep.ts';
import { dateStep, dateTimeStep } from './steps/dateStep.ts';
import { decimalReader, exactInteger, exactNumber, scaler } from './steps/numberStep.ts';

export interface Converter {
  readonly run: (text: string) => unknown;
  /** whether the mapping names the conversion */
  readonly named: boolean;
}

const booleanFault = new Fault(
  'boolean.unknown',
  '不是约定的“是/否”写法',
  'is neither of the texts for yes and no',
);

const listOf = (value: string | readonly string[]): readonly string[] =>
  typeof value === 'string' ? [value] : value;

export function converter(spec: FieldSpec, target: SchemaField, codeLists: CodeLists): Converter {
  if (spec.code !== undefined) return { run: codeStep(spec.code, spec.otherCode, codeLists), named: true };
  const settings = { calendar: spec.calendar ?? 'gregorian', pivot: spec.pivot ?? 30 } as const;
  if (spec.date !== undefined)
    return { run: dateStep({ ...settings, patterns: listOf(spec.date) }), named: true };
  if (spec.datetime !== undefined) {
    return { run: dateTimeStep({ ...settings, patterns: listOf(spec.datetime) }, spec.zone), named: true };
  }
  const numeric = target.type === 'number' || target.type === 'integer';
  if (spec.number !== undefined || spec.times !== undefined || spec.scale !== undefined || numeric) {
    const named = spec.number !== undefined || spec.times !== undefined || spec.scale !== undefined;
    return { run: numberConversion(spec, target), named };
  }
  if (spec.boolean !== undefined)
    return { run: booleanStep(spec.boolean.true, spec.boolean.false), named: true };
  if (target.type === 'boolean') return { run: booleanStep(['true', '1'], ['false', '0']), named: false };
  return { run: (text) => text, named: false };
}

function numberConversion(spec: FieldSpec, target: SchemaField): (text: string) => unknown {
  const read = decimalReader(spec.number === undefined || spec.number === true ? {} : spec.number);
  const scale = scaler(spec.times, spec.scale);
  const finish: (text: string) => unknown =
    target.type === 'integer' ? exactInteger : target.type === 'number' ? exactNumber : (text) => text;
  return (text) => {
    const plain = read(text);
    if (typeof plain !== 'string') return plain;
    const scaled = scale === undefined ? plain : scale(plain);
    return typeof scaled === 'string' ? finish(scaled) : scaled;
  };
}

function booleanStep(yes: readonly string[], no: readonly string[]): (text: string) => boolean | Fault {
  const values = new Map<string, boolean>([
    ...yes.map((t) => [t, true] as const),
    ...no.map((t) => [t, false] as const),
  ]);
  return (text) => values.get(text) ?? booleanFault;
}
