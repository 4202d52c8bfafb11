/** Signs of damaged text in the values of a record that is a tree. */
import type { RowProblem } from '../../../terms/rowProblem.ts';
import type { Cell, CellGroup } from '../reader.ts';
import { cellWarning } from './cellFaults.ts';
import { textDoubt } from './textSigns.ts';

/** Signs in the texts of a record. */
export interface TreeSigns {
  readonly doubts: readonly RowProblem[];
  readonly warnings: readonly RowProblem[];
}

/** The signs in the texts of a record, each with its path as mappings write it. @param record no deeper than the limit of its format */
export function treeSigns(record: CellGroup, line: number): TreeSigns {
  const doubts: RowProblem[] = [];
  const warnings: RowProblem[] = [];
  const look = (value: Cell, path: string): void => {
    if (typeof value === 'string') {
      const place = { line, column: 0, header: path };
      const doubt = textDoubt(value, place);
      if (doubt !== undefined) doubts.push(doubt);
      const warning = cellWarning(value, place);
      if (warning !== undefined) warnings.push(warning);
    } else if (typeof value === 'object' && value !== null)
      for (const [name, inner] of Object.entries(value)) look(inner, `${path}/${name}`);
  };
  for (const [name, value] of Object.entries(record)) look(value, name);
  return { doubts, warnings };
}

/** All texts of a record, one per line. */
export function textOf(record: CellGroup): string {
  const lines: string[] = [];
  const look = (value: Cell): void => {
    if (typeof value === 'string') lines.push(value);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(look);
  };
  look(record);
  return lines.join('\n');
}
