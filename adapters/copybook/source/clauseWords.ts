/** The words of one statement of a copybook, read one after another. */
import { asIs, type Bilingual } from '../../../terms/bilingual.ts';
import { Problem } from '../../../terms/problem.ts';
import type { Statement } from './copybookSource.ts';
import { defined } from '../../../terms/defined.ts';

/** Representation of an elementary item in the record. */
export type Usage =
  'display' | 'dbcs' | 'national' | 'binary' | 'comp5' | 'compx' | 'float' | 'double' | 'packed' | 'packed6';

export interface Occurs {
  /** maximum number of items */
  readonly most: number;
  /** minimum, where a count field contains the number */
  readonly least: number;
  /** field that contains the number, with the groups that qualify it, nearest first */
  readonly dependingOn?: readonly string[];
}

export const usages: Readonly<Record<string, Usage>> = {
  DISPLAY: 'display',
  'DISPLAY-1': 'dbcs',
  NATIONAL: 'national',
  BINARY: 'binary',
  COMP: 'binary',
  COMPUTATIONAL: 'binary',
  'COMP-4': 'binary',
  'COMPUTATIONAL-4': 'binary',
  'COMP-5': 'comp5',
  'COMPUTATIONAL-5': 'comp5',
  'COMP-1': 'float',
  'COMPUTATIONAL-1': 'float',
  'COMP-2': 'double',
  'COMPUTATIONAL-2': 'double',
  'COMP-3': 'packed',
  'COMPUTATIONAL-3': 'packed',
  'PACKED-DECIMAL': 'packed',
  // Micro Focus: without a sign, and binary numbers of the minimum number of bytes
  'COMP-6': 'packed6',
  'COMPUTATIONAL-6': 'packed6',
  'COMP-X': 'compx',
  'COMPUTATIONAL-X': 'compx',
};

/** Words that begin a clause; any other second word of a statement is its name. */
export const clauseNames: ReadonlySet<string> = new Set([
  ...Object.keys(usages),
  ...['PIC', 'PICTURE', 'USAGE', 'REDEFINES', 'OCCURS', 'SIGN', 'LEADING', 'TRAILING', 'VALUE', 'VALUES'],
  ...['BLANK', 'JUST', 'JUSTIFIED', 'SYNC', 'SYNCHRONIZED', 'GLOBAL', 'EXTERNAL'],
  ...['INDEXED', 'ASCENDING', 'DESCENDING', 'DEPENDING'],
]);

/** Words in a VALUE clause. */
const afterNumbers: ReadonlySet<string> = new Set([
  ...['THRU', 'THROUGH', 'ALL', 'WHEN', 'SET', 'TO', 'FALSE', 'IS', 'ARE', 'IN', 'NULL', 'NULLS'],
  ...['ZERO', 'ZEROS', 'ZEROES', 'SPACE', 'SPACES', 'QUOTE', 'QUOTES'],
  ...['HIGH-VALUE', 'HIGH-VALUES', 'LOW-VALUE', 'LOW-VALUES'],
]);

/** @param why reason, where it is more than an unknown name */
export const invalid = ({ line }: Pick<Statement, 'line'>, what: string, why?: Bilingual): Problem =>
  new Problem(
    'copybook_invalid',
    { line, what: asIs(what.slice(0, 60)) },
    why === undefined ? {} : { findings: [{ message: why }] },
  );

/** Cursor over the words; every required word that is missing is a `copybook_invalid` with the statement's line. */
export class ClauseWords {
  position = 0;
  private readonly statement: Statement;

  constructor(statement: Statement) {
    this.statement = statement;
  }

  get done(): boolean {
    return this.position >= this.statement.words.length;
  }

  get last(): string {
    return this.statement.words[this.position - 1] ?? '';
  }

  nextRaw(): string {
    const word = this.statement.words[this.position];
    if (word === undefined) throw invalid(this.statement, `${this.last} ?`);
    this.position += 1;
    return word;
  }

  next(): string {
    return this.nextRaw().toUpperCase();
  }

  skip(word: string): boolean {
    if (this.statement.words[this.position]?.toUpperCase() !== word) return false;
    this.position += 1;
    return true;
  }

  /** @throws Problem copybook_invalid for another item in the clause: the period before it is missing */
  skipToClause(): void {
    while (!this.done && !clauseNames.has(this.statement.words[this.position]?.toUpperCase() ?? '')) {
      if (this.beginsItem()) throw invalid(this.statement, `${this.nextRaw()} ${this.nextRaw()}`);
      this.position += 1;
    }
  }

  /** Whether a level number and a name come next. Only these words may follow a number in a clause. */
  private beginsItem(): boolean {
    const [level = '', name = '', literal = ''] = this.statement.words.slice(
      this.position,
      this.position + 3,
    );
    return (
      /^(?:0?[1-9]|[1-4]\d|66|77|88)$/.test(level) &&
      /^[\p{L}\d][\p{L}\d_-]*$/u.test(name) &&
      /\p{L}/u.test(name) &&
      !clauseNames.has(name.toUpperCase()) &&
      !afterNumbers.has(name.toUpperCase()) &&
      // X'C1'
      !/^["']/.test(literal)
    );
  }

  occurs(): Occurs {
    const first = this.count();
    const ranges = this.skip('TO');
    const most = ranges ? this.count() : first;
    this.skip('TIMES');
    let dependingOn: string[] | undefined;
    for (;;) {
      if (this.skip('DEPENDING')) {
        this.skip('ON');
        dependingOn = [this.nextRaw()];
        while (this.skip('OF') || this.skip('IN')) dependingOn.push(this.nextRaw());
      } else if (this.skip('ASCENDING') || this.skip('DESCENDING') || this.skip('INDEXED'))
        this.skipToClause();
      else break;
    }
    return { least: ranges ? first : 0, most, ...defined({ dependingOn }) };
  }

  private count(): number {
    const word = this.next();
    const count = Number(word);
    if (!/^\d{1,7}$/.test(word) || count > 1_000_000) throw invalid(this.statement, `OCCURS ${word}`);
    return count;
  }
}
