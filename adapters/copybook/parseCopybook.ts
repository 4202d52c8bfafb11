/** A copybook as a tree of items. */
import { Problem } from '../../terms/problem.ts';
import { copybookStatements, type Statement } from './copybookSource.ts';
import { parsePicture, type Picture } from './picture.ts';

export type Usage = 'display' | 'binary' | 'comp5' | 'float' | 'double' | 'packed';

export interface Occurs {
  readonly least: number;
  readonly most: number;
  /** field that says how many, with the groups that qualify it, nearest first */
  readonly dependingOn?: readonly string[];
}

export interface Item {
  readonly level: number;
  readonly name: string;
  readonly filler: boolean;
  readonly line: number;
  readonly picture?: Picture;
  readonly usage: Usage;
  readonly sign?: { readonly leading: boolean; readonly separate: boolean };
  readonly occurs?: Occurs;
  readonly redefines?: string;
  readonly children: readonly Item[];
}

interface OpenItem extends Item {
  readonly children: OpenItem[];
  readonly ownUsage: Usage | undefined;
}

const usages: Readonly<Record<string, Usage>> = {
  DISPLAY: 'display',
  'DISPLAY-1': 'display',
  NATIONAL: 'display',
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

const clauses = new Set([
  ...Object.keys(usages),
  ...[
    'PIC',
    'PICTURE',
    'USAGE',
    'REDEFINES',
    'OCCURS',
    'SIGN',
    'LEADING',
    'TRAILING',
    'VALUE',
    'VALUES',
    'BLANK',
    'JUST',
    'JUSTIFIED',
  ],
  ...['SYNC', 'SYNCHRONIZED', 'GLOBAL', 'EXTERNAL', 'INDEXED', 'ASCENDING', 'DESCENDING', 'DEPENDING'],
]);

/** @returns the 01 (or topmost) items. @throws Problem copybook_invalid */
export function parseCopybook(source: string): readonly Item[] {
  const roots: OpenItem[] = [];
  const open: OpenItem[] = [];
  for (const statement of copybookStatements(source)) {
    const level = levelOf(statement);
    if (level === 66 || level === 88) continue;
    while (open.length > 0 && (open.at(-1)?.level ?? 0) >= level) open.pop();
    const parent = open.at(-1);
    if (parent?.picture !== undefined) throw invalid(statement, statement.words.slice(0, 2).join(' '));
    const item = itemOf(statement, level, parent?.ownUsage);
    (parent?.children ?? roots).push(item);
    open.push(item);
  }
  if (roots.length === 0) throw new Problem('copybook_invalid', { line: 1, what: 'no fields' });
  return roots;
}

const invalid = ({ line }: Statement, what: string): Problem =>
  new Problem('copybook_invalid', { line, what: what.slice(0, 60) });

function levelOf(statement: Statement): number {
  const [word = ''] = statement.words;
  if (!/^\d{1,2}$/.test(word) || Number(word) === 0) throw invalid(statement, word);
  return Number(word) === 77 ? 1 : Number(word);
}

function itemOf(statement: Statement, level: number, inherited: Usage | undefined): OpenItem {
  const reader = new Clauses(statement);
  const second = statement.words[1]?.toUpperCase();
  const named = second !== undefined && !clauses.has(second);
  const name = named ? (statement.words[1] ?? '') : 'FILLER';
  reader.position = named ? 2 : 1;
  const item: { -readonly [K in keyof OpenItem]: OpenItem[K] } = {
    level,
    name,
    filler: name.toUpperCase() === 'FILLER',
    line: statement.line,
    usage: inherited ?? 'display',
    ownUsage: inherited,
    children: [],
  };
  while (!reader.done) clause(item, reader, statement);
  return item;
}

function clause(
  item: { -readonly [K in keyof OpenItem]: OpenItem[K] },
  reader: Clauses,
  statement: Statement,
): void {
  const word = reader.next();
  const usage = usages[word];
  if (usage !== undefined) {
    item.usage = usage;
    item.ownUsage = usage;
    return;
  }
  switch (word) {
    case 'USAGE':
      reader.skip('IS');
      return;
    case 'PIC':
    case 'PICTURE': {
      reader.skip('IS');
      const picture = parsePicture(reader.next());
      if (picture === undefined) throw invalid(statement, `PIC ${reader.last}`);
      item.picture = picture;
      return;
    }
    case 'REDEFINES':
      item.redefines = reader.nextRaw();
      return;
    case 'OCCURS':
      item.occurs = reader.occurs();
      return;
    case 'SIGN':
      reader.skip('IS');
      return;
    case 'LEADING':
    case 'TRAILING':
      item.sign = { leading: word === 'LEADING', separate: reader.skip('SEPARATE') };
      reader.skip('CHARACTER');
      return;
    case 'VALUE':
    case 'VALUES':
    case 'INDEXED':
    case 'ASCENDING':
    case 'DESCENDING':
    case 'BLANK':
    case 'JUST':
    case 'JUSTIFIED':
    case 'GLOBAL':
    case 'EXTERNAL':
      reader.skipToClause();
      return;
    default:
      throw invalid(statement, word);
  }
}

/** Walks the words of one statement. */
class Clauses {
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
    while (!this.done && !clauses.has(this.statement.words[this.position]?.toUpperCase() ?? ''))
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
    return { least: most === first ? 0 : first, most, ...(dependingOn === undefined ? {} : { dependingOn }) };
  }

  private count(): number {
    const word = this.next();
    const count = Number(word);
    if (!/^\d{1,7}$/.test(word) || count > 1_000_000) throw invalid(this.statement, `OCCURS ${word}`);
    return count;
  }
}
