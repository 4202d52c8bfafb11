import { policyDocumentLife } from '../../../domain/agreement.ts';
import { transition } from '../../../domain/lifeCycle.ts';
import { Problem } from '../../../../terms/problem.ts';
import {
  movePolicyDocument,
  voidOlderWaiting,
  type PolicyDocumentRow,
} from '../../../registry/store/policy/policyDocuments.ts';
import type { ConsentEffect } from '../../../registry/compileTogether.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';

/** The version that a newer version replaces. */
export const supersedable = (versions: readonly PolicyDocumentRow[]): PolicyDocumentRow | undefined =>
  versions.find(({ state }) => state === 'active' || state === 'suspended');

/**
 * Rejects a document that would cause a period without answers and that comes into force without a person having seen that effect. If the
 * version in force is stopped, no answers are lost.
 * @throws Problem answers_would_break
 */
export function refuseGap({ gap }: Pick<ConsentEffect, 'gap'>): void {
  if (gap === undefined || gap.stopped === true) return;
  const { version, until } = gap;
  const term =
    until === undefined
      ? { zh: '期限已过', en: 'is over' }
      : { zh: `到 ${until} 才开始`, en: `begins at ${until}` };
  throw new Problem('answers_would_break', { version, term }, { at: '/valid' });
}

/** A new version takes over the state of its predecessor: a stop of the old version also stops the new one. */
export const stateInForce = (older: PolicyDocumentRow | undefined): 'active' | 'suspended' =>
  older?.state === 'suspended' ? 'suspended' : 'active';

/**
 * A version can be decided only against the version it was written for. A late approval cannot bring back an older version.
 * @throws Problem version_stale
 */
export function refuseStale(row: PolicyDocumentRow, versions: readonly PolicyDocumentRow[]): void {
  const inForce = supersedable(versions)?.version;
  if ((inForce ?? null) === row.writtenAgainst) return;
  throw new Problem('version_stale', {
    what: `${row.kind} ${row.id}@${row.version}`,
    standing: inForce ?? '–',
    next: (versions.at(-1)?.version ?? 0) + 1,
  });
}

/**
 * Supersedes the version in force and older versions that still wait, in the transaction of the new version's entry.
 * @throws Problem transition_not_allowed when a concurrent action changed the older version first
 */
export async function supersedeOlder(
  transaction: Transaction,
  row: Pick<PolicyDocumentRow, 'id' | 'version'>,
  older: PolicyDocumentRow | undefined,
  exchange: string,
): Promise<void> {
  await voidOlderWaiting(transaction, { id: row.id, before: row.version, exchange });
  if (older === undefined) return;
  const what = `${older.kind} ${older.id}@${older.version}` as const;
  const to = transition(policyDocumentLife, what, older.state, 'supersede');
  const { id, version, state: from } = older;
  if (!(await movePolicyDocument(transaction, { id, version, from, to, exchange }))) {
    throw new Problem('transition_not_allowed', { what, state: from, act: 'supersede' });
  }
}
