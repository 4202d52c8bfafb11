/** The intermediate authorities after the first, and the lists of the root; and which root followed which. */
import type { Reader } from '../database/reader.ts';

export interface KeptAuthorities {
  /** PEM, without the hub's first */
  readonly certificates: readonly string[];
  /** PEM, the newest; undefined while the first one counts */
  readonly list: string | undefined;
  /** whether any certificate was ever issued here */
  readonly issued: boolean;
  /** whether a list of any root is known, be it of one before */
  readonly listed: boolean;
  /** how many roots came after the first */
  readonly nth: number;
  /** the last of them, and the entry that took it; undefined: the first one stands */
  readonly standing: { readonly pin: string; readonly exchange: string } | undefined;
  /** entries by which roots are said to have been accepted to follow it */
  readonly accepted: readonly string[];
}

/** How many roots came after the first, and the last of them. */
export async function standingRoot(reader: Reader): Promise<Pick<KeptAuthorities, 'nth' | 'standing'>> {
  const { rows } = await reader.query<{ nth: string; pin: string; exchange: string }>(
    'SELECT nth, pin, exchange FROM authority_root ORDER BY nth DESC LIMIT 1',
  );
  const [row] = rows;
  return row === undefined
    ? { nth: 0, standing: undefined }
    : { nth: Number(row.nth), standing: { pin: row.pin, exchange: row.exchange } };
}

export async function keptAuthorities(reader: Reader): Promise<KeptAuthorities> {
  const root = await standingRoot(reader);
  const { rows: certificates } = await reader.query<{ certificate: string }>(
    'SELECT certificate FROM authority_intermediate WHERE root = $1 ORDER BY serial',
    [root.nth],
  );
  const { rows: lists } = await reader.query<{ list: string }>(
    'SELECT list FROM authority_root_list WHERE root = $1 ORDER BY number DESC LIMIT 1',
    [root.nth],
  );
  const { rows: found } = await reader.query<{ issued: boolean; listed: boolean }>(
    'SELECT EXISTS (SELECT FROM certificate) AS issued, EXISTS (SELECT FROM authority_root_list) AS listed',
  );
  const { rows: accepted } = await reader.query<{ exchange: string }>(
    'SELECT DISTINCT exchange FROM authority_root_accepted WHERE after = $1 ORDER BY exchange',
    [root.nth],
  );
  return {
    ...root,
    accepted: accepted.map(({ exchange }) => exchange),
    certificates: certificates.map(({ certificate }) => certificate),
    list: lists[0]?.list,
    issued: found[0]?.issued === true,
    listed: found[0]?.listed === true,
  };
}

/** @param one with the number of the root it is of @param exchange of the entry that takes it; null: it came back from a key folder */
export async function keepIntermediate(
  reader: Reader,
  one: { readonly root: number; readonly serial: string; readonly certificate: string },
  exchange: string | null,
): Promise<void> {
  await reader.query(
    `INSERT INTO authority_intermediate (serial, certificate, exchange, root) VALUES ($1, $2, $3::uuid, $4)
     ON CONFLICT (serial) DO NOTHING`,
    [one.serial, one.certificate, exchange, one.root],
  );
}

/** @param one and @param exchange as for an intermediate authority */
export async function keepRootList(
  reader: Reader,
  one: { readonly root: number; readonly number: number; readonly list: string },
  exchange: string | null,
): Promise<void> {
  await reader.query(
    `INSERT INTO authority_root_list (number, list, exchange, root) VALUES ($1, $2, $3::uuid, $4)
     ON CONFLICT (root, number) DO NOTHING`,
    [one.number, one.list, exchange, one.root],
  );
}

/** Another root may follow the one of that number. @param exchange of the entry by which two persons accepted it */
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
 * It follows: what the roots before it signed counts no more, and neither does what else was accepted to follow them.
 * @param after number of the root that it follows @param exchange of the entry that takes it
 * @returns false where another one followed that one meanwhile
 */
export async function followRoot(
  reader: Reader,
  { after, pin }: { readonly after: number; readonly pin: string },
  exchange: string,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `INSERT INTO authority_root (nth, pin, exchange) SELECT $1::bigint + 1, $2, $3::uuid
      WHERE (SELECT coalesce(max(nth), 0) FROM authority_root) = $1::bigint
     ON CONFLICT (nth) DO NOTHING`,
    [after, pin, exchange],
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
