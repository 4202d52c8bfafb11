/** Options of XML that the others leave without effect. */
import type { Bilingual } from '../../terms/bilingual.ts';
import { pointerTo } from '../../schemas/jsonSchema.ts';
import type { UnusedOption } from '../reading/unusedOption.ts';
import type { XmlOptions } from './options.ts';

const why: Bilingual = {
  zh: '该值在 rows 所指的记录之内：carry 只带入记录之前的值',
  en: 'the value is inside the records that rows names: carry adds values before them',
};

export function unusedXmlOptions({ rows, carry = {} }: XmlOptions): readonly UnusedOption[] {
  return Object.entries(carry)
    .filter(([, path]) => isWithin(path, rows))
    .map(([name]) => ({ path: pointerTo('/carry', name), why }));
}

/** Whether every place that a path matches is inside a record; the attributes of the element that is the record are not. */
function isWithin(path: string, rows: string): boolean {
  const records = stepsOf(rows);
  const steps = stepsOf(path);
  const last = steps.at(-1) ?? '';
  const isAttribute = last.startsWith('@');
  if (isAttribute) steps.pop();
  // the element of a record is the last of these steps, or one before it
  const within = steps.slice(0, isAttribute ? -1 : undefined);
  if (isAnywhere(rows))
    return within.some((_, at) => fits(within.slice(Math.max(0, at + 1 - records.length), at + 1), records));
  // the root is the record, and all else is inside
  if (records.length === 1) return within.length > 0;
  return !isAnywhere(path) && fits(within.slice(0, records.length), records);
}

const fits = (steps: readonly string[], records: readonly string[]): boolean =>
  steps.length === records.length && records.every((record, at) => record === '*' || record === steps[at]);

const isAnywhere = (path: string): boolean => path.startsWith('//');
const stepsOf = (path: string): string[] => path.replace(/^\/+/, '').split('/');
