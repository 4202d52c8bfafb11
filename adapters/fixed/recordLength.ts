import type { RowProblem } from '../../terms/rowProblem.ts';
import { recordProblem } from '../reading/rowRules.ts';
import type { FixedOptions } from './options.ts';

/** Minimum number of bytes of a record: as declared, otherwise up to the end of its last column. */
export const minBytes = ({ recordLength, columns }: FixedOptions): number =>
  recordLength ?? Math.max(...columns.map((c) => c.start + c.length * (c.occurs ?? 1)));

/** Whether a record is too short or too long. @param found its bytes */
export function lengthFault(
  { recordLength, short, unit }: FixedOptions,
  least: number,
  found: number,
  line: number,
): RowProblem | undefined {
  const isShort = found < least && short === 'bad';
  if (!isShort && (recordLength === undefined || found <= recordLength)) return undefined;
  // characters are counted as two bytes each
  const inUnits =
    unit === 'characters' ? { expected: least >> 1, found: found >> 1 } : { expected: least, found };
  const rule = isShort ? 'fixed.short' : 'fixed.long';
  return unit === 'characters'
    ? recordProblem(line, `${rule}-characters`, `${inUnits.found} characters`, inUnits)
    : recordProblem(line, rule, `${found} bytes`, inUnits);
}
