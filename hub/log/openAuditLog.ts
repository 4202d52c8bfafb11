/** Opens the log: verifies that the database continues what was signed, writes the first entry of a new log, reads recent nonces. */
import { LeafPacker } from '../../log/packing/packLeaf.ts';
import { signTimedCheckpoint } from '../../log/checkpoint.ts';
import type { NoteVerifier } from '../../log/note/noteKey.ts';
import { extendByHashes } from '../../log/tree/extendTree.ts';
import type { TreeState } from '../../log/tree/growTree.ts';
import { sameHash } from '../../log/hash.ts';
import { Problem } from '../../terms/problem.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import type { HubKeys } from '../platform/keys/hubKeys.ts';
import { appendFlush } from './store/flush.ts';
import { readHead, newestMoment } from './store/head.ts';
import { ensurePartitions } from './store/partitions.ts';
import { entriesSeen, entryHashes } from './store/seen.ts';
import type { Database, Pool } from '../platform/database/database.ts';
import { unavailable } from '../platform/database/failure.ts';
import type { Reader } from '../platform/database/reader.ts';
import { withTransaction, type Transaction } from '../platform/database/transaction.ts';
import { type AuditLog, theHub } from './draft.ts';
import { entry } from './entry.ts';
import { freshCheckpoints } from './freshCheckpoint.ts';
import { trustedHead, type HeadSeal, type LogHead } from './head.ts';
import { hubDraft } from './hubDraft.ts';
import {
  HighWater,
  readHighWater,
  refuseOtherHub,
  backUpLostState,
  backUpRowVersions,
  writeHighWater,
  type RecordedTree,
} from './highWater.ts';
import { acceptedLoss, isAcceptedAfter } from './acceptedLoss.ts';
import { agreeOnLogKeys, logKeysIn, recordLogKeys, refuseOtherLogKeys } from './agreedKeys.ts';
import { planFlush } from './writer/planFlush.ts';
import { refuseForeignGuards } from './writer/follower.ts';
import { LogWriter } from './writer/logWriter.ts';
import { beginSealing, readRowVersions, sealUnsealed } from './sealAtStart.ts';
import { logKeyRotations } from './store/logKeys.ts';
import { nonceLife, NonceMemory } from './writer/replayMemory.ts';
import type { SignTree } from './writer/publisher.ts';
import { waitingFor } from './writer/waiting.ts';

export interface AuditLogOptions {
  readonly database: Database;
  readonly keys: Pick<HubKeys, 'log' | 'headMac'>;
  /** folder of the hub's own files, outside the database */
  readonly stateDir: string;
  /** drafts that may wait before new ones are refused with log_busy (default 10,000) */
  readonly queue?: number;
  /** true: continues although the newest entries have a later time than the database's clock (acceptClock.ts) */
  readonly acceptsClock?: boolean;
  /** true: continues from a database that is older than the recorded tree (acceptOlder.ts) */
  readonly acceptsOlder?: boolean;
  /** called when the high-water file, or the entry of a clock's jump, could not be written */
  readonly onStateError?: (error: unknown) => void;
}

/** The log of one process. Several processes may have the same log open. */
export interface OpenedAuditLog extends AuditLog {
  /** the tree that `checkpoint()` signs, with its frontier, so that proofs read no nodes of the right edge */
  signedTree(): TreeState;
  /** number of entries that this process knows to be durable */
  size(): number;
  /** number of entries that this process has taken and not yet written or refused */
  waiting(): number;
  /** Stops appending until the operator has acted. */
  halt(problem: Problem): void;
  /** why nothing can be appended until the operator has acted; undefined without a fault */
  broken(): Problem | undefined;
}

const chunk = 10_000;

/** What a check knows of the log: enough to prove entries, nothing to append. */
export interface VerifiedLog extends Pick<OpenedAuditLog, 'checkpoint' | 'storedTree' | 'signedTree'> {
  /** the tree recorded in the state folder, where the log must continue it */
  readonly known: TreeState | undefined;
  /** entries of a recorded tree whose loss the operator has accepted in another process of the hub */
  readonly accepted: number | undefined;
  /** the log continues the recorded tree, but from a database that was restored to an older state after it: rows are older than known */
  readonly isRestored: boolean;
}

/**
 * What `openAuditLog` refuses, without writing anything; it is also what `serve --check` runs.
 * @param options.hasGuards false: the database is of an earlier release, whose triggers and functions differ
 * @throws Problem log_behind, clock_behind_log, log_inconsistent, keys_differ, keys_missing, state_of_other_hub
 */
export async function verifyLog({
  database,
  keys,
  stateDir,
  acceptsClock,
  acceptsOlder,
  hasGuards = true,
}: Omit<AuditLogOptions, 'queue' | 'onStateError'> & {
  readonly hasGuards?: boolean;
}): Promise<VerifiedLog> {
  const { app } = database;
  await refuseOtherHub(stateDir, keys.log.name);
  if (hasGuards) await refuseForeignGuards(app);
  await refuseOtherLogKeys(app, keys);
  keys.log.learn(await logKeyRotations(app));
  await readRowVersions({ keys, stateDir });
  // read before the head: another process may append between the two reads
  const known = acceptsOlder === true ? undefined : await readHighWater(stateDir, keys.log.verifiers());
  const seal = { key: keys.headMac, origin: keys.log.name };
  const { tree } = trustedHead(await readHead(app, false), seal);
  const accepted = await continuedAfterLoss(app, tree, known);
  const isRestored = known !== undefined && !accepted && (await isAcceptedAfter(app, tree, known.size));
  if (acceptsClock !== true) await newestEntry(database);
  const now = database.now();
  const checkpoint = signTimedCheckpoint(tree.size, tree.root, now, ...keys.log.signers(now));
  return {
    checkpoint: () => checkpoint,
    signedTree: () => tree,
    storedTree: () => Promise.resolve(tree),
    known: accepted ? undefined : known,
    accepted: accepted ? known?.size : undefined,
    isRestored,
  };
}

/**
 * Whether the log does not continue the recorded tree, and an entry accepts that loss: `datong hub restore --accept-older` in another
 * process of this hub, whose own record was as new as this one. A decision accepts one loss: a tree that was recorded after it, and is
 * missing now, was lost a second time.
 * @throws Problem log_behind, log_inconsistent where no entry accepts it
 */
async function continuedAfterLoss(
  pool: Pool,
  tree: TreeState,
  known: RecordedTree | undefined,
): Promise<boolean> {
  try {
    await checkContinues(pool, tree, known);
    return false;
  } catch (error) {
    if (!(error instanceof Problem) || known === undefined) throw error;
    const loss = await acceptedLoss(pool, tree, known.size);
    if (loss === undefined) throw error;
    const time = known.time ?? loss.at;
    if (time > loss.at) throw error;
    if (known.size <= loss.known && time < loss.at) return true;
    // this process had signed more than the one that accepted, or possibly after it: its operator decides once more
    throw new Problem('log_behind', { size: loss.accepted, known: known.size }, { cause: error });
  }
}

/**
 * @throws Problem log_behind (the database is older than what was signed), clock_behind_log, log_inconsistent, keys_differ, keys_missing,
 *   state_of_other_hub, database_unavailable
 */
export async function openAuditLog(options: AuditLogOptions): Promise<OpenedAuditLog> {
  const { database, keys, stateDir } = options;
  const seal = { key: keys.headMac, origin: keys.log.name };
  const sign: SignTree = ({ size, root }) => {
    const now = database.now();
    return {
      checkpoint: signTimedCheckpoint(size, root, now, ...keys.log.signers(now)),
      rotations: keys.log.rotations(),
    };
  };
  try {
    const { known, accepted, isRestored } = await verifyLog(options);
    if (accepted !== undefined) await backUpLostState(stateDir, accepted);
    else if (known !== undefined && isRestored) await backUpRowVersions(stateDir, known.size);
    await agreeOnLogKeys(database.app, keys.log);
    const nonces = new NonceMemory();
    const versions = await beginSealing(options);
    const { head, genesis } = await startingHead(options, seal, known);
    await recordLogKeys(database.app, keys);
    const newest = options.acceptsClock === true ? undefined : await newestEntry(database);
    if (newest !== undefined) database.clock.notBefore(newest);
    await fillNonces(database.app, head.tree.size, database.now(), nonces);
    await ensurePartitions(database.owner, head.tree.size);
    const highWater = new HighWater(stateDir, options.onStateError ?? (() => undefined));
    await writeHighWater(stateDir, head.tree, sign(head.tree).checkpoint);
    const writer = new LogWriter({
      database,
      seal,
      sign,
      keysIn: (reader) => logKeysIn(reader, keys.log),
      highWater,
      head,
      nonces,
      queue: options.queue ?? 10_000,
    });
    await sealUnsealed(database, { genesis, append: (draft) => writer.append(draft) });
    database.onClockJump(({ reason, milliseconds }) => {
      const draft = hubDraft('followClock', database.now(), { reason, milliseconds });
      writer.append(draft).catch((error: unknown) => options.onStateError?.(error));
    });
    return {
      append: (draft) => writer.append(draft),
      hasNonce: (keyid, nonce, exchange) => nonces.has(keyid, nonce, exchange),
      taken: (claim) => writer.taken(claim),
      epoch: () => writer.head.epoch,
      checkpoint: () => writer.checkpoint,
      freshCheckpoint: freshCheckpoints(writer, { database, seal, sign }),
      storedTree: async () => trustedHead(await readHead(database.app, false), seal).tree,
      signedTree: () => writer.signedTree,
      size: () => writer.head.tree.size,
      waiting: () => writer.waiting,
      halt: (problem) => writer.halt(problem),
      broken: () => writer.broken,
      close: async () => {
        await writer.close();
        await versions.flush();
      },
    };
  } catch (error) {
    throw error instanceof Problem ? error : unavailable(error);
  }
}

/** maximum difference in ms between the clocks of two processes */
const tolerance = 2_000;

/** Times of the log do not decrease. @returns the newest one, Unix ms @throws Problem clock_behind_log */
async function newestEntry(database: Database): Promise<number | undefined> {
  const newest = await newestMoment(database.app);
  const ahead = (newest ?? 0) - database.now();
  if (ahead > tolerance) throw new Problem('clock_behind_log', { seconds: Math.ceil(ahead / 1000) });
  return newest;
}

/** The verified head. A new log gets its first entry here, in the transaction that found it empty. */
async function startingHead(
  { database, keys }: AuditLogOptions,
  seal: HeadSeal,
  known: TreeState | undefined,
): Promise<{ readonly head: LogHead; readonly genesis?: string }> {
  return withTransaction(database.app, async (transaction) => {
    const head = trustedHead(await readHead(transaction, true), seal);
    await checkContinues(transaction, head.tree, known);
    return head.tree.size === 0 ? writeGenesis(transaction, head, keys.log, seal, database.now()) : { head };
  });
}

/** @throws Problem log_behind, log_inconsistent unless the log is the recorded tree with entries appended */
export async function checkContinues(
  reader: Reader,
  tree: TreeState,
  known: TreeState | undefined,
): Promise<void> {
  if (known === undefined) return;
  if (tree.size < known.size) throw new Problem('log_behind', { size: tree.size, known: known.size });
  let grown = known;
  while (grown.size < tree.size) {
    const hashes = await entryHashes(reader, grown.size, Math.min(grown.size + chunk, tree.size));
    if (hashes.length === 0)
      throw new Problem('log_inconsistent', {
        what: { zh: `缺少第 ${grown.size} 条`, en: `entry ${grown.size} is missing` },
      });
    grown = extendByHashes(grown, hashes);
  }
  if (grown.size !== tree.size || !sameHash(grown.root, tree.root)) {
    throw new Problem('log_inconsistent', {
      what: {
        zh: `不是在 ${known.size} 条时签名的那份日志`,
        en: `not the log that was signed at ${known.size}`,
      },
    });
  }
}

async function writeGenesis(
  transaction: Transaction,
  empty: LogHead,
  { name: origin, vkey }: Pick<NoteVerifier, 'name' | 'vkey'>,
  seal: HeadSeal,
  now: number,
): Promise<{ readonly head: LogHead; readonly genesis: string }> {
  const first = entry({
    exchange: uuid7(now),
    now,
    operation: 'genesis',
    kind: 'genesis',
    actor: theHub,
    facts: { change: { origin, vkey } },
    carried: undefined,
  });
  const noWaiter = (): void => undefined;
  const plan = planFlush([waitingFor(first, new LeafPacker(), noWaiter, noWaiter)], empty, seal);
  await appendFlush(transaction, plan.flush);
  return { head: plan.head, genesis: first.leaf.id };
}

/** Reads backwards until a whole chunk is older than any request that could still be valid. */
async function fillNonces(reader: Reader, size: number, now: number, nonces: NonceMemory): Promise<void> {
  const oldest = now / 1000 - nonceLife;
  for (let end = size; end > 0; end -= chunk) {
    const entries = await entriesSeen(reader, Math.max(0, end - chunk), end);
    for (const { nonce, at } of entries) {
      if (nonce !== undefined && at >= oldest) nonces.use(nonce.keyid, nonce.nonce);
    }
    if (entries.every((entry) => entry.at < oldest)) return;
  }
}
