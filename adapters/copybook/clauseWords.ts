/** The words of one statement of a copybook, read one after another. */
import { Problem } from '../../terms/problem.ts';
import type { Statement } from './copybookSource.ts';

/** How an elementary item stands in the record. */
export type Usage = 'display' | 'dbcs' | 'national' | 'binary' | 'comp5' | 'float' | 'double' | 'packed';

export interface Occurs {
  /** the most items that there can be */
  readonly most: number;
  /** field that says how many, with the groups that qualify it, nearest first */
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
};

/** Words that begin a clause; anything else in the second place of a statement is its name. */
export const clauseNames: ReadonlySet<string> = new Set([
  ...Object.keys(usages),
  ...['PIC', 'PICTURE', 'USAGE', 'REDEFINES', 'OCCURS', 'SIGN', 'LEADING', 'TRAILING', 'VALUE', 'VALUES'],
  ...['BLANK', 'JUST', 'JUSTIFIED', 'SYNC', 'SYNCHRONIZED', 'GLOBAL', 'EXTERNAL'],
  ...['INDEXED', 'ASCENDING', 'DESCENDING', 'DEPENDING'],
]);

export const invalid = ({ line }: Pick<Statement, 'line'>, what: string): Problem =>
  new Problem('copybook_invalid', { line, what: what.slice(0, 60) });

/** Walks the words; every step forward that finds none is a `copybook_invalid` with the statement's line. */
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

  skipToClause(): void {
    while (!this.done && !clauseNames.has(this.statement.words[this.position]?.toUpperCase() ?? ''))
      this.position += 1;
  }

  occurs(): Occurs {
    const first = this.count();
    const most = this.skip('TO') ? this.count() : first;
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
    return { most, ...(dependingOn === undefined ? {} : { dependingOn }) };
  }

  private count(): number {
    const word = this.next();
    const count = Number(word);
    if (!/^\d{1,7}$/.test(word) || count > 1_000_000) throw invalid(this.statement, `OCCURS ${word}`);
    return count;
  }
}
