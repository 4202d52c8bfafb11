import type { RowProblem } from '../../terms/rowProblem.ts';
import { recordProblem } from '../reading/rowRules.ts';
import type { FixedOptions } from './options.ts';

/** Bytes that a record must have: as declared, else up to the end of its last column. */
export const leastBytes = ({ recordLength, columns }: FixedOptions): number =>
  recordLength ?? Math.max(...columns.map((c) => c.start + c.length * (c.occurs ?? 1)));

/** Whether a record is too short or too long. @param found its bytes */
export function lengthFault(
  { recordLength, short }: FixedOptions,
  least: number,
  found: number,
  line: number,
): RowProblem | undefined {
  const facts = { expected: least, found };
  if (found < least && short === 'bad') return recordProblem(line, 'fixed.short', `${found} bytes`, facts);
  if (recordLength !== undefined && found > recordLength)
    return recordProblem(line, 'fixed.long', `${found} bytes`, facts);
  return undefined;
}
