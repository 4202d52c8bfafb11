import type { Pool } from 'pg';
import { Problem } from '../../../../terms/problem.ts';
import type { Reader } from '../reader.ts';
import { inSnapshot, type Transaction } from '../transaction.ts';
import { faultOf } from './compareRows.ts';
import { sealingOf } from './rowSealing.ts';
import type { SealedName } from './rules.ts';
import { rowsOfOwner } from './sealStore.ts';

/**
 * Checks all rows of one owner before a decision that depends on them, e.g. the steps of a request: each row must have a valid seal, and
 * each seal must have its row.
 * @param owner first part of their keys
 * @throws Problem rows_unauthenticated
 */
export async function refuseAlteredRows(reader: Reader, name: SealedName, owner: string): Promise<void> {
  const sealing = sealingOf(reader);
  const key = sealing?.digests?.key;
  if (sealing === undefined || key === undefined) return;
  for (const row of await rowsOfOwner(reader, name, owner)) {
    if (faultOf(key, name, row) === undefined) continue;
    sealing.suspect();
    throw new Problem('rows_unauthenticated', { table: name });
  }
}

/**
 * Reads a row and what belongs to it, after all rows of the owner were compared. Rows and seals are read in one snapshot, so a row that is
 * altered and changed back between the two reads is found.
 * @throws Problem rows_unauthenticated
 */
export const unalteredRows = <T>(
  pool: Pool,
  names: readonly SealedName[],
  owner: string,
  read: (snapshot: Transaction) => Promise<T>,
): Promise<T> =>
  inSnapshot(pool, async (snapshot) => {
    for (const name of names) await refuseAlteredRows(snapshot, name, owner);
    return read(snapshot);
  });
