import { Problem } from '../../../../terms/problem.ts';
import type { Reader } from '../reader.ts';
import { faultOf } from './compareRows.ts';
import { sealingOf } from './rowSealing.ts';
import type { SealedName } from './rules.ts';
import { rowsOfOwner } from './sealStore.ts';

/**
 * For a decision that rests on several rows of one thing, such as the steps of a request: each has a valid seal, and each seal has its row.
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
