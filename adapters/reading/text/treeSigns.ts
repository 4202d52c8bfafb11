/** Signs of damaged text in the values of a record that is a tree. */
import type { RowProblem } from '../../../terms/rowProblem.ts';
import type { Cell, CellGroup } from '../reader.ts';
import { textDoubt } from './textSigns.ts';

/** The doubts about the texts of a record, each with its path as mappings write it. @param record no deeper than the limit of its format */
export function treeDoubts(record: CellGroup, line: number): RowProblem[] {
  const found: RowProblem[] = [];
  const look = (value: Cell, path: string): void => {
    if (typeof value === 'string') {
      const doubt = textDoubt(value, { line, column: 0, header: path });
      if (doubt !== undefined) found.push(doubt);
    } else if (typeof value === 'object' && value !== null)
      for (const [name, inner] of Object.entries(value)) look(inner, `${path}/${name}`);
  };
  for (const [name, value] of Object.entries(record)) look(value, name);
  return found;
}

/** All texts of a record, a line each. */
export function textOf(record: CellGroup): string {
  const lines: string[] = [];
  const look = (value: Cell): void => {
    if (typeof value === 'string') lines.push(value);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(look);
  };
  look(record);
  return lines.join('\n');
}
