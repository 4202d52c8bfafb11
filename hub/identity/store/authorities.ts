/** Stores the intermediate authorities after the first, the revocation lists of the root, and the succession of roots. */
import type { Reader } from '../../platform/database/reader.ts';

/** A row that reports which root followed which: log entries decide whether that is so. */
export interface ReportedRoot {
  readonly nth: number;
  readonly pin: string;
  /** the entry that is reported to have taken it */
  readonly exchange: string;
}

export interface StoredAuthorities {
  /** PEM, without the root's first */
  readonly certificates: readonly string[];
  /** PEM; empty while only the key folder's list counts */
  readonly lists: readonly string[];
  /** whether any certificate was ever issued here */
  readonly issued: boolean;
  /** whether a list of any root is known, earlier roots included */
  readonly listed: boolean;
  /** reported entries that accepted roots to follow it */
  readonly accepted: readonly string[];
}

/** The reported roots after the first. */
export async function reportedRoots(reader: Reader): Promise<readonly ReportedRoot[]> {
  const { rows } = await reader.query<{ nth: string; pin: string; exchange: string }>(
    'SELECT nth, pin, exchange FROM authority_root ORDER BY nth',
  );
  return rows.map(({ nth, pin, exchange }) => ({ nth: Number(nth), pin, exchange }));
}

/** @param nth number of the root that signed them: 0 for the first */
export async function storedAuthorities(reader: Reader, nth: number): Promise<StoredAuthorities> {
  const { rows: certificates } = await reader.query<{ certificate: string }>(
    'SELECT certificate FROM authority_intermediate WHERE root = $1 ORDER BY digest',
    [nth],
  );
  const { rows: lists } = await reader.query<{ list: string }>(
    'SELECT list FROM authority_root_list WHERE root = $1 ORDER BY digest',
    [nth],
  );
  const { rows: found } = await reader.query<{ issued: boolean; listed: boolean }>(
    'SELECT EXISTS (SELECT FROM certificate) AS issued, EXISTS (SELECT FROM authority_root_list) AS listed',
  );
  const { rows: accepted } = await reader.query<{ exchange: string }>(
    'SELECT DISTINCT exchange FROM authority_root_accepted WHERE after = $1 ORDER BY exchange',
    [nth],
  );
  return {
    accepted: accepted.map(({ exchange }) => exchange),
    certificates: certificates.map(({ certificate }) => certificate),
    lists: lists.map(({ list }) => list),
    issued: found[0]?.issued === true,
    listed: found[0]?.listed === true,
  };
}

/**
 * Stores an authority. If the same text is stored already, it counts unchanged; a row that only took its serial does not prevent this.
 * @param one with the number of its root
 * @param exchange of the entry that takes it; null: it came back from a key folder
 */
export async function storeIntermediate(
  reader: Reader,
  one: { readonly root: number; readonly serial: string; readonly certificate: string },
  exchange: string | null,
): Promise<void> {
  await reader.query(
    `INSERT INTO authority_intermediate (serial, certificate, exchange, root) VALUES ($1, $2, $3::uuid, $4)
     ON CONFLICT (root, digest) DO NOTHING`,
    [one.serial, one.certificate, exchange, one.root],
  );
}

/** @param one and @param exchange as for an intermediate authority */
export async function storeRootList(
  reader: Reader,
  one: { readonly root: number; readonly number: number; readonly list: string },
  exchange: string | null,
): Promise<void> {
  await reader.query(
    `INSERT INTO authority_root_list (number, list, exchange, root) VALUES ($1, $2, $3::uuid, $4)
     ON CONFLICT (root, digest) DO NOTHING`,
    [one.number, one.list, exchange, one.root],
  );
}

/** Records that another root may follow the root of that number. @param exchange of the entry by which two persons accepted it */
export async function acceptRoot(
  reader: Reader,
  { after, pin }: { readonly after: number; readonly pin: string },
  exchange: string,
): Promise<void> {
  await reader.query('INSERT INTO authority_root_accepted (after, pin, exchange) VALUES ($1, $2, $3::uuid)', [
    after,
    pin,
    exchange,
  ]);
}

/**
 * Records that a root follows. What the earlier roots signed no longer counts, and neither do other acceptances to follow them.
 * @param one with its number @param exchange of the entry that takes it
 * @returns false where another process took that number in between
 */
export async function followRoot(
  reader: Reader,
  { nth, pin }: { readonly nth: number; readonly pin: string },
  exchange: string,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    'INSERT INTO authority_root (nth, pin, exchange) VALUES ($1, $2, $3::uuid) ON CONFLICT (nth) DO NOTHING',
    [nth, pin, exchange],
  );
  return rowCount === 1;
}

/** Ids of the keys of authorities that wait for their second person: every process needs their files by then. */
export async function comingAuthorities(reader: Reader): Promise<string[]> {
  const { rows } = await reader.query<{ id: string }>(
    `SELECT p.body::jsonb ->> 'id' AS id FROM proposal p
      WHERE p.operation = 'replaceAuthority' AND p.state = 'waiting' AND p.body::jsonb ->> 'id' IS NOT NULL
        -- the key of another root's comes with its folder, when every process is started anew
        AND p.body::jsonb ->> 'root' IS NULL
      ORDER BY p.id`,
  );
  return rows.map(({ id }) => id);
}
