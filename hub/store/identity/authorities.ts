/** The intermediate authorities after the first, and the lists of the root. */
import type { Reader } from '../database/reader.ts';

export interface KeptAuthorities {
  /** PEM, without the hub's first */
  readonly certificates: readonly string[];
  /** PEM, the newest; undefined while the first one counts */
  readonly list: string | undefined;
  /** whether any certificate was ever issued here */
  readonly issued: boolean;
}

export async function keptAuthorities(reader: Reader): Promise<KeptAuthorities> {
  const { rows: certificates } = await reader.query<{ certificate: string }>(
    'SELECT certificate FROM authority_intermediate ORDER BY serial',
  );
  const { rows: lists } = await reader.query<{ list: string }>(
    'SELECT list FROM authority_root_list ORDER BY number DESC LIMIT 1',
  );
  const { rows: found } = await reader.query<{ issued: boolean }>(
    'SELECT EXISTS (SELECT FROM certificate) AS issued',
  );
  return {
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
    `INSERT INTO authority_intermediate (serial, certificate, exchange) VALUES ($1, $2, $3::uuid)
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
    `INSERT INTO authority_root_list (number, list, exchange) VALUES ($1, $2, $3::uuid)
     ON CONFLICT (number) DO NOTHING`,
    [number, list, exchange],
  );
}

/** Ids of the keys of authorities that wait for their second person: every process needs their files by then. */
export async function comingAuthorities(reader: Reader): Promise<string[]> {
  const { rows } = await reader.query<{ id: string }>(
    `SELECT p.body::jsonb ->> 'id' AS id FROM proposal p
      WHERE p.operation = 'replaceAuthority' AND p.state = 'waiting' AND p.body::jsonb ->> 'id' IS NOT NULL
      ORDER BY p.id`,
  );
  return rows.map(({ id }) => id);
}
