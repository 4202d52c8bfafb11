/**
 * Findings of `compareRows`, and what two persons decide about one: the row gets a new seal, or is removed. A decision names the digest of
 * what they saw, so it has no effect on a row that changed in between.
 */
import { createHash, type KeyObject } from 'node:crypto';
import type { Pool } from 'pg';
import type { Reader } from '../reader.ts';
import { inSnapshotWithin } from '../untilAborted.ts';
import { faultOf, shownKey, type RowFinding } from './compareRows.ts';
import { sealingOf } from './rowSealing.ts';
import { isSealed, ruleOf, type SealedName } from './rules.ts';
import {
  allRows,
  inPortions,
  lockedSum,
  lockSum,
  readRows,
  readSums,
  removeFoundRow,
  removeSeals,
  writeSeals,
  writeSum,
  type SelectedRow,
} from './sealStore.ts';
import { added, removed, rowMac, type Summed, type TableDigests, type TableSum } from './seals.ts';
import { defined } from '../../../../terms/defined.ts';

/** What a decision about a found row does: `seal` accepts what the database holds, `remove` removes it. */
export type FoundAct = 'seal' | 'remove';

export interface FoundRow {
  readonly code: RowFinding['code'];
  readonly table: SealedName;
  /** absent: the finding concerns the set of sealed rows of the table */
  readonly row?: SelectedRow;
  /** number and sum of the seals that the table has now; only without `row` */
  readonly seals?: Summed;
  /** number of seals that the table should have; absent: its sum is missing or has no valid MAC */
  readonly storedCount?: number;
  /** SHA-256 of what was found */
  readonly digest: string;
  readonly acts: readonly FoundAct[];
}

const actsOf: Readonly<Record<RowFinding['code'], readonly FoundAct[]>> = {
  row_altered: ['seal', 'remove'],
  row_unsealed: ['seal', 'remove'],
  row_missing: ['remove'],
  rows_rolled_back: ['seal'],
};

/** SHA-256 of what was found, so that a second person accepts the same. */
export const digestOfFound = (...parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

const digestOfRow = (table: SealedName, { key, content, entry, mac }: SelectedRow): string =>
  digestOfFound('datong found row 1', table, key, content, entry, mac?.toString('hex') ?? null);

/**
 * Reads the row or table of a finding again.
 * @param about of the finding: table and shown key, or the table only
 * @param maxMs time after which the comparison ends
 * @returns undefined where it is in order now
 * @throws the driver's error of a cancelled statement
 */
export async function foundRow(pool: Pool, about: string, maxMs: number): Promise<FoundRow | undefined> {
  const digests = sealingOf(pool)?.digests;
  const [table = '', ...rest] = about.split(' ');
  if (digests === undefined || !isSealed(table)) return undefined;
  return inSnapshotWithin(pool, maxMs, (snapshot) =>
    rest.length === 0
      ? findSet(snapshot, digests, table)
      : findRow(snapshot, digests.key, table, rest.join(' ')),
  );
}

async function findRow(
  snapshot: Reader,
  key: KeyObject,
  table: SealedName,
  shown: string,
): Promise<FoundRow | undefined> {
  let one: FoundRow | undefined;
  for await (const rows of inPortions<SelectedRow>(snapshot, allRows(table)))
    for (const row of rows) {
      const code = shownKey(table, row.key) === shown ? faultOf(key, table, row) : undefined;
      if (code !== undefined)
        one ??= { code, table, row, digest: digestOfRow(table, row), acts: actsOf[code] };
    }
  return one;
}

const digestOfSet = (table: SealedName, { count, sum }: Summed, stored: TableSum | undefined): string =>
  digestOfFound('datong found rows 1', table, count, sum.toString(16), stored?.version ?? null);

async function findSet(
  snapshot: Reader,
  digests: TableDigests,
  table: SealedName,
): Promise<FoundRow | undefined> {
  let [count, sum] = [0, 0n];
  for await (const rows of inPortions<SelectedRow>(snapshot, allRows(table)))
    for (const { mac } of rows) if (mac !== null) [count, sum] = [count + 1, added(sum, mac)];
  const stored = (await readSums(snapshot, digests.key, [table], false)).get(table);
  if (stored?.count === count && stored.sum === sum && digests.isNewest(table, stored)) return undefined;
  const digest = digestOfSet(table, { count, sum }, stored);
  return {
    code: 'rows_rolled_back',
    table,
    seals: { count, sum },
    digest,
    acts: actsOf.rows_rolled_back,
    ...defined({ storedCount: stored?.count }),
  };
}

/** Values of a row by column, for the persons who decide. Secret and long values are shown as their SHA-256. */
export function shownValues({ table, row }: FoundRow): readonly { column: string; value: string }[] {
  const { content } = row ?? {};
  if (content === undefined || content === null) return [];
  return ruleOf(table).sealed.flatMap((column, at) => {
    const value = content[at] ?? null;
    if (value === null) return [];
    const isShown = value.length <= maxShown && !hidden.test(column) && !/\d{17}[\dX]/i.test(value);
    return [
      { column, value: isShown ? value : `sha256:${createHash('sha256').update(value).digest('hex')}` },
    ];
  });
}

const maxShown = 4_000;
/** Columns with secrets, with hashes of credentials, or with identifiers of persons. */
const hidden =
  /^(hash|secret|former_secret|first|second|sealed|sealed_key|subject|subjects|tokens|attempts|commitment|guardian|jws|target|cells|scan|key_hash|claim|said)$/;

/**
 * Applies the decision of two persons, in the transaction of its log entry.
 * @returns false where the row has changed since
 * @throws Problem rows_unauthenticated where the set of sealed rows of the table has to be accepted first
 */
export async function decideFoundRow(
  transaction: Reader,
  one: FoundRow,
  { act, entry }: { readonly act: FoundAct; readonly entry: string },
): Promise<boolean> {
  const digests = sealingOf(transaction)?.digests;
  if (digests === undefined) return false;
  const { table, row, seals } = one;
  if (seals !== undefined) return acceptSet(transaction, digests, one, seals);
  const before = await lockedSum(transaction, digests, table);
  const [now] = await readRows(transaction, table, [row?.key ?? '']);
  if (now === undefined || digestOfRow(table, now) !== one.digest) return false;
  let { count, sum } = before;
  if (now.mac !== null) [count, sum] = [count - 1, removed(sum, now.mac)];
  if (now.content === null) await removeSeals(transaction, table, [now.key]);
  else {
    const mac = rowMac(digests.key, table, { key: now.key, content: now.content, entry });
    [count, sum] = [count + 1, added(sum, mac)];
    await writeSeals(transaction, table, [{ key: now.key, mac, entry }]);
  }
  await writeNext(transaction, digests, table, digests.next(table, before, { count, sum }));
  // the row has a valid seal now, so it is removed like any row: a trigger reports it, and the commit removes the seal
  if (act === 'remove' && now.content !== null)
    await removeFoundRow(transaction, table, Object.keys(ruleOf(table).key), now.key);
  return true;
}

async function acceptSet(
  transaction: Reader,
  digests: TableDigests,
  { table, digest }: FoundRow,
  seals: Summed,
): Promise<boolean> {
  await lockSum(transaction, table);
  const stored = (await readSums(transaction, digests.key, [table], false)).get(table);
  // each act of the hub raises the version, so an equal digest means equal seals
  if (digestOfSet(table, seals, stored) !== digest) return false;
  await writeNext(transaction, digests, table, digests.nextForAll(table, stored, seals));
  return true;
}

async function writeNext(
  transaction: Reader,
  digests: TableDigests,
  table: SealedName,
  next: TableSum,
): Promise<void> {
  await writeSum(transaction, digests.key, table, next);
  digests.written(transaction, table, next);
}
