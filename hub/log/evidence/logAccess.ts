/** Services needed to read the log. `Services` of hub/features/common includes them. */
import { openCheckpoint, type Checkpoint } from '../../../log/checkpoint.ts';
import { Problem } from '../../../terms/problem.ts';
import type { HubKeys } from '../../platform/keys/hubKeys.ts';
import { checkpointsBelow } from '../store/checkpoints.ts';
import type { Database } from '../../platform/database/database.ts';
import type { AuditLog } from '../draft.ts';
import type { OpenedAuditLog } from '../openAuditLog.ts';

export interface LogAccess {
  readonly database: Pick<Database, 'app'>;
  /** `signedTree`, if the process has the log open, avoids reading the tree's right edge */
  readonly audit: Pick<AuditLog, 'checkpoint'> & Partial<Pick<OpenedAuditLog, 'signedTree'>>;
  readonly keys: Pick<HubKeys, 'log'>;
}

/** The newest checkpoint of this process, as note and parsed. Everything that is returned refers to it. */
export function newestCheckpoint({ audit, keys }: LogAccess): Checkpoint & { readonly note: string } {
  const note = audit.checkpoint();
  return { ...openCheckpoint(note, keys.log.verifiers()), note };
}

/** A signed state of the log. */
export type StoredCheckpoint = Checkpoint & { readonly note: string };

/** The newest stored checkpoints below a size, ascending. Rows that this log's key did not sign are skipped. */
export async function storedCheckpoints(
  { database, keys }: LogAccess,
  size: number,
  maxCheckpoints: number,
): Promise<StoredCheckpoint[]> {
  const trusted = keys.log.verifiers();
  const stored = await checkpointsBelow(database.app, size, maxCheckpoints);
  return stored.flatMap(({ size: wanted, note }) => {
    try {
      const checkpoint = openCheckpoint(note, trusted);
      return checkpoint.size === wanted ? [{ ...checkpoint, note }] : [];
    } catch (error) {
      if (error instanceof Problem) return [];
      throw error;
    }
  });
}
