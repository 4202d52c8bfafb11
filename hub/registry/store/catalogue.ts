/** Entries of the catalogue (目录条目), one row per revision. */
import { allSealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import type { Reader } from '../../platform/database/reader.ts';
import type { Knex } from 'knex';
import type { Alternative, Sought } from '../../domain/catalogue.ts';
import { momentOf, readMoment, composer, narrowed, rowsOf } from '../../platform/database/values.ts';
import {
  byDepartment,
  bySound,
  countUpTo,
  itself,
  pageRows,
  readForTotal,
  totalFrom,
  type ListOrder,
  type ListTotal,
  type OrderedPage,
  type PageRows,
} from '../../platform/database/pages.ts';
import { isLinked, lastPublished } from './datasetLists.ts';

export interface CatalogueRow {
  /** `<department>.<slug>` */
  readonly id: string;
  readonly revision: number;
  readonly department: string;
  readonly document: object;
  readonly digest: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly category: string;
  readonly sharing: string;
  readonly datasets: readonly string[];
}

/** Search data derived from the entry and its datasets. */
export interface CatalogueSearch {
  readonly words: string;
  readonly grams: readonly string[];
  /** only the titles, in the form of `words` and `grams` */
  readonly titleWords: string;
  readonly titleGrams: readonly string[];
  readonly tags: readonly string[];
}

const catalogueColumns =
  'id, revision, department, document, digest, title_zh AS "titleZh", title_en AS "titleEn", category, sharing, datasets';

/** The live revision. */
export async function catalogueEntry(reader: Reader, id: string): Promise<CatalogueRow | undefined> {
  const { rows } = await reader.query<CatalogueRow>(
    `SELECT ${catalogueColumns} FROM catalogue_entry WHERE id = $1 AND NOT superseded`,
    [id],
  );
  return rows[0];
}

/** The live revisions of several entries, unordered. */
export async function catalogueEntries(reader: Reader, ids: readonly string[]): Promise<CatalogueRow[]> {
  const { rows } = await reader.query<CatalogueRow>(
    `SELECT ${catalogueColumns} FROM catalogue_entry WHERE id = ANY ($1) AND NOT superseded`,
    [ids],
  );
  return rows;
}

/** Live entries to which a dataset is linked: they decide how it may be shared. @throws Problem rows_unauthenticated */
export const entriesOfDataset = (reader: Reader, dataset: string): Promise<CatalogueRow[]> =>
  allSealedRows<CatalogueRow>(
    reader,
    'catalogue_entry',
    `SELECT ${catalogueColumns} FROM catalogue_entry WHERE datasets @> ARRAY[$1] AND NOT superseded ORDER BY id`,
    [dataset],
  );

/** Whether there are entries that link a dataset, and all of them share it unconditionally. */
export const opens = (entries: readonly Pick<CatalogueRow, 'sharing'>[]): boolean =>
  entries.length > 0 && entries.every(({ sharing }) => sharing === 'unconditional');

/** Whether its live entries share a dataset unconditionally. */
export const isOpened = async (reader: Reader, dataset: string): Promise<boolean> =>
  opens(await entriesOfDataset(reader, dataset));

/** Live entries of other departments that have all of these semantic tags. */
export async function sameTags(
  reader: Reader,
  department: string,
  tags: readonly string[],
): Promise<Pick<CatalogueRow, 'id' | 'department'>[]> {
  const { rows } = await reader.query<Pick<CatalogueRow, 'id' | 'department'>>(
    'SELECT id, department FROM catalogue_entry WHERE department <> $1 AND tags @> $2 AND NOT superseded ORDER BY id LIMIT 20',
    [department, tags],
  );
  return rows;
}

/** Rows per statement: an import is written in small parts, so that others can run in between. */
const rowsAtOnce = 50;

/** Inserts revisions; each replaces the live one. @param actingPersons two persons (table constraint) */
export async function insertEntries(
  reader: Reader,
  rows: readonly (CatalogueRow & CatalogueSearch)[],
  actingPersons: { readonly author: string; readonly approver: string | null },
  exchange: string,
): Promise<void> {
  await reader.query('UPDATE catalogue_entry SET superseded = true WHERE id = ANY ($1) AND NOT superseded', [
    rows.map(({ id }) => id),
  ]);
  for (let from = 0; from < rows.length; from += rowsAtOnce)
    await insertSome(reader, rows.slice(from, from + rowsAtOnce), actingPersons, exchange);
}

async function insertSome(
  ...[reader, rows, actingPersons, exchange]: Parameters<typeof insertEntries>
): Promise<void> {
  await reader.query(
    `INSERT INTO catalogue_entry (id, revision, department, document, digest, title_zh, title_en, category, sharing, datasets,
       words, grams, title_words, title_grams, tags, author, approver, registered_by)
     SELECT r.id, r.revision, r.department, r.document, r.digest, r."titleZh", r."titleEn", r.category, r.sharing, r.datasets,
       r.words, r.grams, r."titleWords", r."titleGrams", r.tags, $2, $3, $4
       FROM jsonb_to_recordset($1::jsonb) AS r (id text, revision integer, department text, document jsonb, digest text,
         "titleZh" text, "titleEn" text, category text, sharing text, datasets text[], words text, grams text[],
         "titleWords" text, "titleGrams" text[], tags text[])`,
    [JSON.stringify(rows), actingPersons.author, actingPersons.approver, exchange],
  );
}

/** Updates the derived data. */
export async function deriveEntry(
  reader: Reader,
  { id, revision }: Pick<CatalogueRow, 'id' | 'revision'>,
  { words, grams, titleWords, titleGrams, tags }: CatalogueSearch,
): Promise<void> {
  await reader.query(
    'UPDATE catalogue_entry SET words = $3, grams = $4, title_words = $5, title_grams = $6, tags = $7 WHERE id = $1 AND revision = $2 AND NOT superseded',
    [id, revision, words, grams, titleWords, titleGrams, tags],
  );
}

/** Live entries after an id, ordered by id. */
export async function liveEntriesAfter(
  reader: Reader,
  after: string,
  maxEntries: number,
): Promise<CatalogueRow[]> {
  const { rows } = await reader.query<CatalogueRow>(
    `SELECT ${catalogueColumns} FROM catalogue_entry WHERE id > $1 AND NOT superseded ORDER BY id LIMIT $2`,
    [after, maxEntries],
  );
  return rows;
}

interface CatalogueFilter {
  /** words; the entries are then in the order of their rank */
  readonly sought: Sought | undefined;
  readonly department: string | undefined;
  /** a class, including its subclasses */
  readonly category: string | undefined;
  readonly sharing: string | undefined;
  readonly frequency: string | undefined;
  /** class of data: general or important */
  readonly dataClass: string | undefined;
  /** semantic tag of a field */
  readonly tag: string | undefined;
  /** a linked dataset had a batch published on this day (YYYY-MM-DD, China) or later */
  readonly since: string | undefined;
  /** has data now, or should have data and has none */
  readonly linking: 'linked' | 'awaited' | undefined;
}

interface CatalogueFound extends CatalogueRow {
  /**
   * 3: the title contains the words as entered; 2: the title contains each of them or a synonym; 1: found elsewhere; 0: most pairs of
   * characters match
   */
  readonly rank: number;
  readonly updateFrequency: string;
  readonly dataClass: string;
  readonly registeredAt: number;
  /** Unix milliseconds of the last batch of a linked dataset; null if there is none */
  readonly updated: number | null;
}

type Stored = Omit<CatalogueFound, 'registeredAt'> & { readonly moment: string };

const readFound = ({ moment, ...row }: Stored): CatalogueFound => ({
  ...row,
  registeredAt: readMoment(moment),
});

/** The place of an entry in the list. */
export const placeOfEntry = ({ rank, id }: Pick<CatalogueFound, 'rank' | 'id'>): string => `${rank}~${id}`;

/** Live entries: those that match words best first, all in the order of the page. @param page its cursor is a `placeOfEntry` */
export async function pageCatalogue(
  reader: Reader,
  wanted: CatalogueFilter,
  page: OrderedPage,
): Promise<PageRows<CatalogueFound>> {
  const { sought } = wanted;
  const [rank = '', id] = page.after?.split('~') ?? [];
  if (sought === undefined) {
    const list = {
      columns: columnsOf(usualRank),
      from: 'catalogue_entry AS e',
      order,
      narrow: (rows: Knex.QueryBuilder): void => narrow(rows, wanted),
    };
    return pageRows(reader, list, { ...page, after: id }, readFound);
  }
  const after = id === undefined ? undefined : { rank: Number(rank), id };
  const rows = await rankedEntries(reader, { ...wanted, sought }, { ...page, after });
  return page.isCounted === true
    ? { rows, total: await totalOfRanks(reader, { ...wanted, sought }) }
    : { rows };
}

/** Rank of an entry in a list without words. */
const usualRank = 1;

const order: ListOrder = {
  table: 'catalogue_entry',
  alias: 'e',
  only: (row) => `NOT ${row}.superseded`,
  id: ['id'],
  sorts: {
    id: itself,
    title: (row) => [bySound(`${row}.title_zh`)],
    department: (row) => [byDepartment(`${row}.department`)],
  },
  usual: 'id',
};

type Ranked = CatalogueFilter & { readonly sought: Sought };

/**
 * The best first, then by id. Each rank is a separate query that returns rows by id. Frequent words are thus found after a few rows, and rare
 * ones through their pairs of characters. Ranking all matches would read the pairs of every one.
 */
async function rankedEntries(
  reader: Reader,
  wanted: Ranked,
  {
    after,
    maxRows,
    isBackwards = false,
  }: Omit<OrderedPage, 'after'> & {
    readonly after: { readonly rank: number; readonly id: string } | undefined;
  },
): Promise<CatalogueFound[]> {
  const found: CatalogueFound[] = [];
  for (const rank of ranksFrom(ranksOf(wanted.sought), after?.rank, isBackwards)) {
    if (found.length >= maxRows) break;
    // approximate matches are only used if there are no others
    if (rank === 0 && found.length > 0) continue;
    const query = composer.select(composer.raw(columnsOf(rank))).from('catalogue_entry AS e');
    (await narrowingTo(reader, rank, wanted))(query);
    if (after?.rank === rank) query.where('id', isBackwards ? '<' : '>', after.id);
    const rows = await rowsOf<Stored>(
      reader,
      query.orderBy('id', isBackwards ? 'desc' : 'asc').limit(maxRows - found.length),
    );
    found.push(...rows.map(readFound));
  }
  return found;
}

/** The ranks that a page can have, in the direction of reading. @param last rank of the entry that the page continues at */
function ranksFrom(
  ranks: readonly number[],
  last: number | undefined,
  isBackwards: boolean,
): readonly number[] {
  const ordered = isBackwards ? ranks.toReversed() : ranks;
  if (last === undefined) return ordered;
  // a cursor of another search may have a rank that this one has not
  const rest = ordered.includes(last) ? ordered.slice(ordered.indexOf(last)) : [];
  return last === 0 ? rest : rest.filter((rank) => rank > 0);
}

async function totalOfRanks(reader: Reader, wanted: Ranked): Promise<ListTotal> {
  let read = 0;
  for (const rank of ranksOf(wanted.sought)) {
    if (read >= readForTotal || (rank === 0 && read > 0)) break;
    const rows = composer.select(composer.raw('1')).from('catalogue_entry AS e');
    (await narrowingTo(reader, rank, wanted))(rows);
    read += await countUpTo(reader, rows, readForTotal - read);
  }
  return totalFrom(read);
}

/** Narrows a query to the entries of one rank. An entry has one rank, or 0 in addition. */
async function narrowingTo(
  reader: Reader,
  rank: number,
  wanted: Ranked,
): Promise<(query: Knex.QueryBuilder) => void> {
  const near = rank === 0 ? await nearBy(reader, wanted.sought) : undefined;
  return (query) => {
    query.whereRaw('NOT superseded');
    narrow(query, wanted);
    if (near === undefined) asRanked(query, rank, wanted.sought);
    else query.whereRaw(...near);
  };
}

const updated = lastPublished('e.datasets');

const columnsOf = (rank: number): string =>
  `${catalogueColumns}, update_frequency AS "updateFrequency", data_class AS "dataClass", ${rank}::integer AS rank,
  ${momentOf('registered_at')} AS moment, (extract(epoch FROM ${updated}) * 1000)::double precision AS updated`;

/** The best first. */
const ranksOf = ({ pairs }: Sought): readonly number[] => (pairs.length < 3 ? [3, 2, 1] : [3, 2, 1, 0]);

function narrow(
  query: Knex.QueryBuilder,
  { department, category, sharing, frequency, dataClass, tag, since, linking }: CatalogueFilter,
): void {
  narrowed(query, { department, sharing, update_frequency: frequency, data_class: dataClass });
  if (category !== undefined)
    query.whereRaw("(category = ? OR category LIKE ? || '/%')", [category, category]);
  if (tag !== undefined) query.whereRaw('tags @> ARRAY[?]', [tag]);
  if (since !== undefined)
    query.whereRaw(
      unguessed(
        `EXISTS (SELECT 1 FROM batch AS b WHERE b.dataset = ANY (e.datasets) AND b.retranslates IS NULL AND b.published_at >= ?::date::timestamp AT TIME ZONE 'Asia/Shanghai')`,
      ),
      [since],
    );
  if (linking === 'linked') query.whereRaw(unguessed(isLinked('e')));
  if (linking === 'awaited') query.whereRaw(`sharing <> 'none' AND NOT ${unguessed(isLinked('e'))}`);
}

/** Runs contain only letters and digits, so no special characters of LIKE. */
const holding = (run: string): string => `%${run}%`;

/** Texts of one or two characters need no further test: the comparison of pairs decides them. */
const longer = (run: string): boolean => [...run].length > 2;

/**
 * A condition that the planner estimates as true for every second row: its own estimate, one in two hundred, makes it sort rows that it
 * would find quickly.
 */
const unguessed = (condition: string): string => `CASE WHEN ${condition} THEN true ELSE false END`;

const holds = (column: string): string => unguessed(`${column} LIKE ?`);

/** A condition, with the values of its parameters. */
type Condition = readonly [sql: string, values: readonly (string | number | string[])[]];

const all = (conditions: readonly Condition[]): Condition => joined(conditions, ' AND ');

const joined = (conditions: readonly Condition[], word: string): Condition => [
  `(${conditions.map(([sql]) => sql).join(word)})`,
  conditions.flatMap(([, values]) => values),
];

/** A condition that one of the two columns contains a text. The indexed test comes first. */
const occurs = (column: 'title' | 'all', { text, grams }: Alternative): Condition => {
  const [pairs, words] = column === 'title' ? ['title_grams', 'title_words'] : ['grams', 'words'];
  const narrowing: Condition = [`${pairs} @> ?::text[]`, [[...grams]]];
  return longer(text) ? all([narrowing, [holds(words), [holding(text)]]]) : narrowing;
};

/** A condition that it contains each piece or a synonym of it. */
const everyPiece = (column: 'title' | 'all', { pieces }: Sought): Condition =>
  all(pieces.map((alternatives) => joined(anyOf(column, alternatives), ' OR ')));

/** Alternatives of one pair are asked for at once: each condition would read the pairs of the row again. */
function anyOf(column: 'title' | 'all', alternatives: readonly Alternative[]): readonly Condition[] {
  const isPair = ({ text, grams }: Alternative): boolean => grams.length === 1 && !longer(text);
  const pairs = alternatives.filter(isPair).flatMap(({ grams }) => grams);
  const others = alternatives.filter((one) => !isPair(one)).map((one) => occurs(column, one));
  const name = column === 'title' ? 'title_grams' : 'grams';
  return pairs.length === 0 ? others : [[`${name} && ?::text[]`, [pairs]], ...others];
}

/** The words as entered, in sequence. */
const asAsked = ({ runs, grams }: Sought): Condition => {
  const phrase = runs.join(' ');
  const narrowing: Condition = ['title_grams @> ?::text[]', [[...grams]]];
  return longer(phrase) ? all([narrowing, [holds('title_words'), [holding(phrase)]]]) : narrowing;
};

function asRanked(query: Knex.QueryBuilder, rank: number, sought: Sought): void {
  const ranked: Readonly<Record<number, readonly (readonly [Condition, boolean])[]>> = {
    3: [[asAsked(sought), true]],
    2: [
      [everyPiece('title', sought), true],
      [asAsked(sought), false],
    ],
    1: [
      [everyPiece('all', sought), true],
      [everyPiece('title', sought), false],
      [asAsked(sought), false],
    ],
  };
  for (const [[sql, values], holding] of ranked[rank] ?? [])
    query.whereRaw(holding ? sql : `NOT ${unguessed(sql)}`, [...values]);
}

/** Entries with a pair are counted up to this number: pairs with more are equally frequent. */
const maxCounted = 500;

/**
 * The condition that an entry has more than half of the pairs. Such an entry has at least one of any half of them, so the index is asked
 * for the rarest half only: comparing every entry that has a frequent pair would take seconds.
 */
async function nearBy(reader: Reader, { pairs }: Sought): Promise<[sql: string, values: Knex.Value[]]> {
  const { rows: rarest } = await reader.query<{ pair: string }>(
    `SELECT pair FROM unnest($1::text[]) AS pair
      ORDER BY (SELECT count(*) FROM (SELECT FROM catalogue_entry WHERE grams @> ARRAY[pair] AND NOT superseded LIMIT $2) AS counted), pair
      LIMIT $3`,
    [[...pairs], maxCounted, Math.ceil(pairs.length / 2)],
  );
  return [
    'grams && ?::text[] AND cardinality(ARRAY(SELECT unnest(?::text[]) INTERSECT SELECT unnest(grams))) * 2 > ?::integer',
    [rarest.map(({ pair }) => pair), [...pairs], pairs.length],
  ];
}
