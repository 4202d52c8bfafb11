import type { SchemaField } from '../../schemas/datasetSchema.ts';
import type { Check, FieldChecks } from '../../schemas/fieldChecks.ts';
import { CellMemo } from './cellMemo.ts';
import { Doubted, Fault } from './fault.ts';
import type { BoundField } from './fieldProgram.ts';
import type { RecordCursor } from './recordCursor.ts';

/** In place of a value: the field has none, or a wrong one, and its record gives no row. */
export const wrong: unique symbol = Symbol('wrong');

/** Reads one field of record after record. */
export class FieldReader {
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

  /** From now on the field's own check is made here, and remembered with its value. */
  checkWith(checks: FieldChecks): void {
    this.check = checks.ofField.get(this.name);
    this.memo = new CellMemo(); // what it holds was not checked
  }

  /** Its value, or a Doubted; undefined leaves it out. @returns `wrong` where there is none */
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
