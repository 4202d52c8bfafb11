/** Parses a copybook into a tree of items. */
import { defined } from '../../../terms/defined.ts';
import { Problem } from '../../../terms/problem.ts';
import { clauseNames, ClauseWords, invalid, usages, type Occurs, type Usage } from './clauseWords.ts';
import { copybookStatements, type Statement } from './copybookSource.ts';
import { notSupported } from './notSupported.ts';
import { parsePicture, type Picture } from './picture.ts';

export interface Item {
  readonly level: number;
  readonly name: string;
  readonly filler: boolean;
  readonly line: number;
  readonly picture?: Picture;
  readonly usage: Usage;
  readonly sign?: SignPlace;
  /** SYNCHRONIZED, by its own clause or a parent group's */
  readonly sync: boolean;
  readonly occurs?: Occurs;
  readonly redefines?: string;
  readonly children: readonly Item[];
}

export interface SignPlace {
  readonly leading: boolean;
  readonly separate: boolean;
}

type OpenItem = { -readonly [K in keyof Item]: Item[K] } & { readonly children: OpenItem[] };

/** Maximum number of items: a record of a few bytes may have them all, as views of each other or as a line without its blanks. */
const maxItems = 10_000;

/** @returns the 01 (or topmost) items. @throws Problem copybook_invalid */
export function parseCopybook(source: string): readonly Item[] {
  const roots: OpenItem[] = [];
  const open: OpenItem[] = [];
  let items = 0;
  for (const statement of copybookStatements(source)) {
    if (isEmbeddedSql(statement)) continue;
    const level = levelOf(statement);
    if (level === 66 || level === 88) {
      refuseItemIn(statement);
      continue;
    }
    while (open.length > 0 && (open.at(-1)?.level ?? 0) >= level) open.pop();
    const parent = open.at(-1);
    if (parent?.picture !== undefined) throw invalid(statement, statement.words.slice(0, 2).join(' '));
    const item = itemOf(statement, level, parent);
    if ((items += 1) > maxItems)
      throw invalid(statement, item.name, {
        zh: `最多 ${maxItems} 项`,
        en: `a copybook has at most ${maxItems} items`,
      });
    (parent?.children ?? roots).push(item);
    open.push(item);
  }
  if (roots.length === 0) throw new Problem('copybook_invalid', { line: 1, what: 'no fields' });
  return roots;
}

/** The table declaration that a database generator writes before the record. */
const isEmbeddedSql = ({ words }: Statement): boolean =>
  words[0]?.toUpperCase() === 'EXEC' && words.at(-1)?.toUpperCase() === 'END-EXEC';

/** Refuses a name of values, or of a range of items, that contains another item: the period before it is missing. */
function refuseItemIn(statement: Statement): void {
  const words = new ClauseWords(statement);
  words.position = 2;
  words.skipToClause();
  while (!words.done) {
    const word = words.next();
    if (word !== 'VALUE' && word !== 'VALUES') throw invalid(statement, word);
    words.skipToClause();
  }
}

function levelOf(statement: Statement): number {
  const [word = ''] = statement.words;
  if (!/^\d{1,2}$/.test(word) || Number(word) === 0) throw invalid(statement, word);
  return Number(word) === 77 ? 1 : Number(word);
}

/** USAGE, SIGN and SYNCHRONIZED of a group apply to every item below it without its own clause. */
function itemOf(statement: Statement, level: number, parent: OpenItem | undefined): OpenItem {
  const reader = new ClauseWords(statement);
  const second = statement.words[1]?.toUpperCase();
  const isNamed = second !== undefined && !clauseNames.has(second);
  const name = isNamed ? (statement.words[1] ?? '') : 'FILLER';
  reader.position = isNamed ? 2 : 1;
  const { usage = 'display', sign, sync = false } = parent ?? {};
  const item: OpenItem = {
    level,
    name,
    filler: name.toUpperCase() === 'FILLER',
    line: statement.line,
    usage,
    ...defined({ sign }),
    sync,
    children: [],
  };
  applyClauses(item, reader, statement);
  const { picture } = item;
  // SIGN of a group applies to signed items below it; for an unsigned item it would shift all that follows
  if (picture !== undefined && item.sign !== sign && !(picture.kind === 'number' && picture.signed))
    throw invalid(statement, `${name} SIGN`, notSupported.unsignedSign);
  return item;
}

/** @throws Problem copybook_invalid for a second clause of a kind: it belongs to another item, whose period before it is missing */
function applyClauses(item: OpenItem, reader: ClauseWords, statement: Statement): void {
  const clauses = new Set<ClauseKind>();
  while (!reader.done) {
    const clause = applyClause(item, reader, statement);
    if (clause === undefined) continue;
    if (clauses.has(clause)) throw invalid(statement, `${item.name} ${clause} … ${clause}`);
    clauses.add(clause);
  }
}

/** Clauses that do not change how bytes are read. */
const unusedClauses: ReadonlySet<string> = new Set([
  'VALUE',
  'VALUES',
  'INDEXED',
  'ASCENDING',
  'DESCENDING',
  'BLANK',
  'JUST',
  'JUSTIFIED',
  'GLOBAL',
  'EXTERNAL',
]);

function pictureOf(text: string, reader: ClauseWords, statement: Statement): Picture {
  const picture = parsePicture(text);
  if (picture !== undefined) return picture;
  const reason = /^S.*\./i.test(reader.last) ? notSupported.signedPoint : undefined;
  throw invalid(statement, `PIC ${reader.last}`, reason);
}

/** Clauses that an item has once. */
type ClauseKind = 'USAGE' | 'PIC' | 'REDEFINES' | 'OCCURS' | 'SIGN' | 'SYNC';

/** Reads the next clause of a statement into its item. @throws Problem copybook_invalid */
function applyClause(item: OpenItem, reader: ClauseWords, statement: Statement): ClauseKind | undefined {
  const word = reader.next();
  const usage = usages[word];
  if (usage !== undefined) {
    item.usage = usage;
    return 'USAGE';
  }
  if (unusedClauses.has(word)) {
    reader.skipToClause();
    return undefined;
  }
  switch (word) {
    case 'USAGE':
    case 'SIGN':
      reader.skip('IS');
      return undefined;
    case 'PIC':
    case 'PICTURE':
      reader.skip('IS');
      item.picture = pictureOf(reader.next(), reader, statement);
      return 'PIC';
    case 'REDEFINES':
      item.redefines = reader.nextRaw();
      return 'REDEFINES';
    case 'OCCURS':
      item.occurs = reader.occurs();
      return 'OCCURS';
    case 'LEADING':
    case 'TRAILING':
      item.sign = { leading: word === 'LEADING', separate: reader.skip('SEPARATE') };
      reader.skip('CHARACTER');
      return 'SIGN';
    case 'SYNC':
    case 'SYNCHRONIZED':
      item.sync = true;
      if (!reader.skip('LEFT')) reader.skip('RIGHT');
      return 'SYNC';
    default:
      throw invalid(statement, word, /^COMP(?:UTATIONAL)?-9$/.test(word) ? notSupported.comp9 : undefined);
  }
}
