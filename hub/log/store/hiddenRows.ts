/**
 * Looks up rows of the log as searches do, index by index. PostgreSQL does not compare an index with its table: a superuser can take a row
 * out of an index, or have the index lead to another row. The row is then in the table, and no search finds it.
 */
import { byIndexes } from '../../platform/database/byIndexes.ts';
import type { Pool } from '../../platform/database/database.ts';
import type { Reader } from '../../platform/database/reader.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { partitionSize } from './partitions.ts';

/** What re-verification read of entries `from … to − 1` from their tables. */
export interface ReadRows {
  readonly from: number;
  readonly to: number;
  readonly entries: readonly { readonly index: number; readonly id: string }[];
  /** the rows of subject tokens, ascending, with the number of their tokens */
  readonly subjects: readonly { readonly index: number; readonly tokens: number }[];
}

/** A row that an index does not lead to, or leads to by another value. */
export interface HiddenRow {
  /** of its entry */
  readonly index: number;
  /** name of the index */
  readonly by: string;
  readonly table: 'audit_entry' | 'audit_subject';
}

/** The rows that a look-up by an index does not find. */
export const hiddenRows = (pool: Pool, read: ReadRows): Promise<readonly HiddenRow[]> =>
  byIndexes(pool, async (snapshot) => [
    ...(await hiddenByPlace(snapshot, read)),
    ...(await hiddenByExchange(snapshot, read)),
    ...(await hiddenByRange(snapshot, read)),
    ...(await hiddenByToken(snapshot, read)),
  ]);

type Row = { readonly idx: string };

/** As `entriesAt` finds entries, each by itself: an index can lead to another row of the same range. */
async function hiddenByPlace(reader: Reader, { entries }: ReadRows): Promise<HiddenRow[]> {
  const { rows } = await reader.query<Row>(
    `SELECT wanted.idx FROM unnest($1::bigint[]) AS wanted (idx)
      WHERE wanted.idx IS DISTINCT FROM (SELECT idx FROM audit_entry WHERE idx = wanted.idx OFFSET 0)`,
    [entries.map(({ index }) => index)],
  );
  return rows.map(({ idx }) => {
    const index = Number(idx);
    return { index, by: `audit_entry_${partitionOf(index)}_pkey`, table: 'audit_entry' };
  });
}

const partitionOf = (index: number): number => Math.floor(index / partitionSize);

/**
 * As `entriesOfExchanges` finds entries, each by itself, but in their own partition alone where the server then answers by the index of
 * exchanges. It could prefer the primary key for the bounds of the partition.
 */
async function hiddenByExchange(reader: Reader, { entries }: ReadRows): Promise<HiddenRow[]> {
  const hidden: HiddenRow[] = [];
  for (const partition of new Set(entries.map(({ index }) => partitionOf(index)))) {
    const own = entries.filter(({ index }) => partitionOf(index) === partition);
    const by = `audit_entry_${partition}_id_idx`;
    const lookUp = (bounds: string): string =>
      `SELECT wanted.idx FROM unnest($1::bigint[], $2::uuid[]) AS wanted (idx, id), LATERAL (
         SELECT array_agg(idx) AS places, array_agg(id) AS ids FROM audit_entry WHERE id = wanted.id ${bounds}) AS led
        WHERE (wanted.idx = ANY (led.places) AND wanted.id = ALL (led.ids)) IS NOT TRUE`;
    const within = lookUp(
      `AND idx >= ${partition * partitionSize} AND idx < ${(partition + 1) * partitionSize}`,
    );
    const values = [own.map(({ index }) => index), own.map(({ id }) => id)];
    const { rows: plan } = await reader.query(`EXPLAIN (FORMAT JSON) ${within}`, values);
    const isServed = JSON.stringify(plan).includes(`"${by}"`);
    const { rows } = await reader.query<Row>(isServed ? within : lookUp(''), values);
    for (const { idx } of rows) hidden.push({ index: Number(idx), by, table: 'audit_entry' });
  }
  return hidden;
}

/** As all reads of tokens by their entry find them. */
async function hiddenByRange(reader: Reader, { from, to, subjects }: ReadRows): Promise<HiddenRow[]> {
  const { rows } = await reader.query<Row>('SELECT idx FROM audit_subject WHERE idx >= $1 AND idx < $2', [
    from,
    to,
  ]);
  const found = new Set(rows.map(({ idx }) => Number(idx)));
  return subjects.flatMap(({ index }) =>
    found.has(index) ? [] : [{ index, by: 'audit_subject_idx', table: 'audit_subject' }],
  );
}

/** Tokens that one statement looks up, unless one row has more: a part of a stream has 8,000. A statement ends within seconds. */
const ofStatement = 20_000;

/** Ranges of entries with as many tokens together. */
function* slices({ to, subjects }: ReadRows): Generator<readonly [first: number, end: number]> {
  let [first, tokens] = [subjects[0]?.index ?? to, 0];
  for (const one of subjects) {
    if (tokens > 0 && tokens + one.tokens > ofStatement) {
      yield [first, one.index];
      [first, tokens] = [one.index, 0];
    }
    tokens += one.tokens;
  }
  if (tokens > 0) yield [first, to];
}

/** Rows of one FETCH. */
const fetched = 1_000;
/**
 * Of the rows outside the range that a token leads to, one in so many is returned. A FETCH thus ends after some ten thousands of rows, also
 * for a token of millions of entries.
 */
const oneIn = 64;

interface TokenRow extends Row {
  /** in hex */
  readonly token: string;
}

/**
 * As `entriesOfTokens` finds them, each token by itself: a row of several persons can be hidden from one of them. `idx + 0` is served by no
 * index, so that the index of tokens answers.
 */
async function hiddenByToken(snapshot: Transaction, read: ReadRows): Promise<HiddenRow[]> {
  const hidden: HiddenRow[] = [];
  for (const [first, end] of slices(read)) {
    const { rows: own } = await snapshot.query<TokenRow>(
      `SELECT DISTINCT idx, encode(token, 'hex') AS token FROM audit_subject, unnest(tokens) AS token
        WHERE idx >= $1 AND idx < $2 AND token IS NOT NULL`,
      [first, end],
    );
    const tokens = new Set(own.map(({ token }) => token));
    const found: TokenRow[] = [];
    for await (const row of ledTo(snapshot, tokens, [first, end]))
      if (Number(row.idx) >= first && Number(row.idx) < end) found.push(row);
    for (const index of unequal(own, found))
      hidden.push({ index, by: 'audit_subject_tokens', table: 'audit_subject' });
  }
  return hidden;
}

/** The rows that the index of tokens leads to: all of the range, and some of the others. */
async function* ledTo(
  snapshot: Transaction,
  tokens: ReadonlySet<string>,
  [first, end]: readonly [first: number, end: number],
): AsyncGenerator<TokenRow> {
  await snapshot.query(
    `DECLARE led_to NO SCROLL CURSOR FOR SELECT wanted.token, led.idx FROM unnest($1::text[]) AS wanted (token), LATERAL (
       SELECT idx FROM audit_subject WHERE tokens && ARRAY[decode(wanted.token, 'hex')]
          AND (idx + 0 >= $2 AND idx + 0 < $3 OR abs(hashint8(idx) % ${oneIn}) = 0) OFFSET 0) AS led`,
    [[...tokens], first, end],
  );
  for (;;) {
    const { rows } = await snapshot.query<TokenRow>(`FETCH ${fetched} FROM led_to`);
    if (rows.length === 0) break;
    yield* rows;
  }
  await snapshot.query('CLOSE led_to');
}

/** Entries of the rows that only one of two lists has. */
function unequal(own: readonly TokenRow[], found: readonly TokenRow[]): ReadonlySet<number> {
  const placeOf = ({ idx, token }: TokenRow): string => `${idx} ${token}`;
  const [mine, others] = [new Set(own.map(placeOf)), new Set(found.map(placeOf))];
  return new Set(
    [
      ...own.filter((row) => !others.has(placeOf(row))),
      ...found.filter((row) => !mine.has(placeOf(row))),
    ].map(({ idx }) => Number(idx)),
  );
}
