import type { Leaf, LeafActor } from '../../log/leaf.ts';
import { Problem } from '../../terms/problem.ts';
import { uuid7 } from '../../terms/uuid7.ts';
import type { AuditLog, EntryDraft } from '../audit/draft.ts';
import type { Act, ActContext } from './act.ts';

/** Who does an act, as far as it was authenticated, and what a refused one merely said. */
export interface Performer {
  readonly actor: LeafActor;
  readonly claimedDepartment?: string;
}

interface ManagementDraft extends EntryDraft<ManagementDraft> {
  readonly leaf: Leaf;
}

/**
 * Prepares an act and does it by its entry. What refuses it, before or in its transaction, becomes a denied entry.
 * @param now Unix milliseconds
 * @throws Problem of the act, once the denial is durable; log_unavailable, log_busy
 */
export async function perform<R>(
  audit: AuditLog,
  operation: string,
  performer: Performer,
  now: number,
  prepare: (context: ActContext) => Promise<Act<R>>,
): Promise<R> {
  const exchange = uuid7(now);
  const leaf = (decided: Pick<Leaf, 'decision' | 'code' | 'change'>): Leaf => ({
    v: 1,
    id: exchange,
    at: new Date(now).toISOString(),
    kind: 'management',
    operation,
    ...decided,
    ...performer,
  });
  try {
    const act = await prepare({ exchange, now });
    await audit.append(
      draftOf(leaf({ decision: 'allow', change: act.change }), {
        ...(act.work === undefined ? {} : { work: act.work }),
        bumpsEpoch: act.bumpsEpoch,
      }),
    );
    return act.reply;
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500) throw error;
    await audit.append(draftOf(leaf({ decision: 'deny', code: error.code }), {}));
    throw error;
  }
}

function draftOf(leaf: Leaf, more: Pick<ManagementDraft, 'work' | 'bumpsEpoch'>): ManagementDraft {
  return {
    leaf,
    claims: {},
    ...more,
    whenLost: () => {
      throw new Problem('internal_error'); // it claims nothing, so it can lose nothing
    },
  };
}
