/** Begins to seal rows when the log is opened, and seals the rows of tables that are not sealed yet. */
import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { sealingOf } from '../platform/database/authenticated/rowSealing.ts';
import { hasSumsWithoutWriters, lockSums } from '../platform/database/authenticated/sealStore.ts';
import type { Database } from '../platform/database/database.ts';
import { withTransaction } from '../platform/database/transaction.ts';
import type { HubKeys } from '../platform/keys/hubKeys.ts';
import type { Entry } from './entry.ts';
import { hubDraft } from './hubDraft.ts';
import { RowVersions } from './rowVersions.ts';

/** The key of seals, derived from the key of the log's head. */
const rowKey = (headMac: KeyObject): KeyObject =>
  createSecretKey(Buffer.from(hkdfSync('sha256', headMac.export(), '', 'datong rows 1', 32)));

/** Only reads the file of versions, to check it. @throws Problem log_inconsistent when it is damaged */
export const readRowVersions = ({
  keys,
  stateDir,
}: {
  readonly keys: Pick<HubKeys, 'headMac'>;
  readonly stateDir: string;
}): Promise<RowVersions> => RowVersions.open(stateDir, rowKey(keys.headMac), () => undefined);

/** @throws Problem log_inconsistent when the file of versions is damaged */
export async function beginSealing({
  database,
  keys,
  stateDir,
  onStateError,
}: {
  readonly database: Pick<Database, 'app'>;
  readonly keys: Pick<HubKeys, 'headMac'>;
  readonly stateDir: string;
  readonly onStateError?: (error: unknown) => void;
}): Promise<RowVersions> {
  const key = rowKey(keys.headMac);
  const versions = await RowVersions.open(stateDir, key, onStateError ?? (() => undefined));
  await versions.begin(() => hasSumsWithoutWriters(database.app));
  sealingOf(database.app)?.begin(key, versions);
  return versions;
}

/**
 * Seals the rows of tables without a sum. For a new log this is part of its first entry. For a database from an earlier release, or a
 * table that this release seals first, an entry `sealRows` is written.
 */
export async function sealUnsealed(
  { app, owner, now }: Pick<Database, 'app' | 'owner' | 'now'>,
  {
    genesis,
    append,
  }: {
    readonly genesis: string | undefined;
    readonly append: (draft: Entry<undefined>) => Promise<unknown>;
  },
): Promise<void> {
  const sealing = sealingOf(app);
  if (sealing === undefined || (await sealing.unsealedTables(app)).length === 0) return;
  await withTransaction(owner, async (transaction) => {
    // several processes may start at once
    await lockSums(transaction);
    const names = await sealing.unsealedTables(transaction);
    if (names.length === 0) return;
    if (genesis !== undefined) {
      await sealing.sealTables(transaction, names, genesis);
      return;
    }
    const draft = hubDraft('sealRows', now(), { tables: names.length });
    const rows = await sealing.sealTables(transaction, names, draft.leaf.id);
    if (rows > 0) await append(draft);
  });
}
