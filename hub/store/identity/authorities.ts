/** The intermediate authorities after the first, and the lists of the root; and which root followed which. */
import type { Reader } from '../database/reader.ts';

/** How many roots came after the hub's first: what belongs to another one than the last counts no more. */
const standing = '(SELECT coalesce(max(nth), 0) FROM authority_root)';

export interface KeptAuthorities {
  /** PEM, without the hub's first */
  readonly certificates: readonly string[];
  /** PEM, the newest; undefined while the first one counts */
  readonly list: string | undefined;
  /** whether any certificate was ever issued here */
  readonly issued: boolean;
  /** pins of the roots that two persons accepted to follow the one that stands */
  readonly accepted: readonly string[];
}

export async function keptAuthorities(reader: Reader): Promise<KeptAuthorities> {
  const { rows: certificates } = await reader.query<{ certificate: string }>(
    `SELECT certificate FROM authority_intermediate WHERE root = ${standing} ORDER BY serial`,
  );
  const { rows: lists } = await reader.query<{ list: string }>(
    `SELECT list FROM authority_root_list WHERE root = ${standing} ORDER BY number DESC LIMIT 1`,
  );
  const { rows: found } = await reader.query<{ issued: boolean }>(
    'SELECT EXISTS (SELECT FROM certificate) AS issued',
  );
  const { rows: accepted } = await reader.query<{ pin: string }>(
    `SELECT pin FROM authority_root_accepted WHERE after = ${standing} ORDER BY pin`,
  );
  return {
    accepted: accepted.map(({ pin }) => pin),
    certificates: certificates.map(({ certificate }) => certificate),
    list: lists[0]?.list,
    issued: found[0]?.issued === true,
  };
}

/** @param exchange of the entry that takes it; null: it came back from a key folder */
export async function keepIntermediate(
  reader: Reader,
  { serial, certificate }: { readonly serial: string; readonly certificate: string },
  exchange: string | null,
): Promise<void> {
  await reader.query(
    `INSERT INTO authority_intermediate (serial, certificate, exchange, root) VALUES ($1, $2, $3::uuid, ${standing})
     ON CONFLICT (serial) DO NOTHING`,
    [serial, certificate, exchange],
  );
}

/** @param exchange as for an intermediate authority */
export async function keepRootList(
  reader: Reader,
  { number, list }: { readonly number: number; readonly list: string },
  exchange: string | null,
): Promise<void> {
  await reader.query(
    `INSERT INTO authority_root_list (number, list, exchange, root) VALUES ($1, $2, $3::uuid, ${standing})
     ON CONFLICT (root, number) DO NOTHING`,
    [number, list, exchange],
  );
}

/** Another root may follow the one that stands. @param exchange of the entry by which two persons accepted it */
export async function acceptRoot(reader: Reader, pin: string, exchange: string): Promise<void> {
  await reader.query(
    `INSERT INTO authority_root_accepted (after, pin, exchange) VALUES (${standing}, $1, $2::uuid)
     ON CONFLICT (after, pin) DO NOTHING`,
    [pin, exchange],
  );
}

/**
 * It follows: what the roots before it signed counts no more, and neither does what else was accepted to follow them.
 * @param exchange of the entry that takes it
 */
export async function followRoot(reader: Reader, pin: string, exchange: string): Promise<void> {
  await reader.query(
    `INSERT INTO authority_root (nth, pin, exchange)
     SELECT ${standing} + 1, $1, $2::uuid
      WHERE EXISTS (SELECT FROM authority_root_accepted WHERE after = ${standing} AND pin = $1)`,
    [pin, exchange],
  );
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
