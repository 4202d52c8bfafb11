/** Acts of the hub itself. The entry is durable before its effects are visible, and a process that lost the job performs none. */
import type { Leaf } from '../../../log/leaf.ts';
import { Problem } from '../../../terms/problem.ts';
import { uuid7 } from '../../../machine/uuid7.ts';
import { type AuditLog, theHub } from '../../log/draft.ts';
import { entry, type EntryParts } from '../../log/entry.ts';
import type { Transaction } from '../database/transaction.ts';
import { holdsJob } from './store/jobs.ts';

export interface ActFacts
  extends
    Pick<
      Leaf,
      'dataset' | 'provider' | 'consumer' | 'agreement' | 'change' | 'rows' | 'stream' | 'connector'
    >,
    Pick<EntryParts<undefined>, 'facts' | 'subjects' | 'claims' | 'answer' | 'request'> {
  /** the name in the entry; default: the job's name */
  readonly operation?: string;
  /** the id of the entry; absent: a new one */
  readonly exchange?: string;
  /**
   * kind of the act: incoming rows are `intake`, deleted rows `retire`, the end of a stream `release`, reads of staff `inspect`, all else
   * `management`
   */
  readonly kind?: 'management' | 'intake' | 'retire' | 'release' | 'inspect';
  /** `'skip'`: the rows changed in the meantime; nothing is stored, and there is no entry */
  readonly work?: (transaction: Transaction, exchange: string) => Promise<void> | Promise<'skip' | undefined>;
  /** see `EntryDraft` */
  readonly placed?: EntryParts<undefined>['placed'];
  /** see `EntryDraft` */
  readonly confirm?: EntryParts<undefined>['confirm'];
  readonly bumpsEpoch?: boolean;
}

/** Ends the transaction of an act whose work returned `'skip'`. */
class Skipped extends Error {}

export interface Act {
  /** the id of its entry; of a skipped act there is none */
  readonly exchange: string;
  readonly isSkipped?: true;
}

/**
 * @param now Unix milliseconds @throws Problem job_taken_over, log_unavailable, log_busy or quota_exhausted for a lost claim, and
 * the errors of the work
 */
export async function performAct(
  audit: AuditLog,
  job: { readonly name: string; readonly fencing: number; readonly owner: string },
  now: number,
  {
    operation,
    exchange = uuid7(now),
    kind,
    work,
    placed,
    confirm,
    bumpsEpoch,
    facts,
    subjects,
    claims,
    answer,
    request,
    ...more
  }: ActFacts,
): Promise<Act> {
  const draft = entry({
    exchange,
    now,
    operation: operation ?? job.name,
    kind: kind ?? 'management',
    actor: theHub,
    facts: { ...more, ...facts },
    subjects,
    claims,
    answer,
    request,
    epoch: claims?.epoch,
    work: async (transaction) => {
      if (!(await holdsJob(transaction, job))) throw new Problem('job_taken_over', { job: job.name });
      if ((await work?.(transaction, exchange)) === 'skip') throw new Skipped();
    },
    placed,
    confirm,
    bumpsEpoch,
    carried: undefined,
    decideAgain: (lost) => {
      throw new Problem(lost === 'quotas' ? 'quota_exhausted' : 'log_busy');
    },
  });
  try {
    await audit.append(draft);
  } catch (error) {
    if (!(error instanceof Skipped)) throw error;
    return { exchange, isSkipped: true };
  }
  return { exchange };
}
