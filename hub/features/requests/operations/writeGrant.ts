/**
 * Writes an approved request as a version of an agreement. The departments sign and approve it like any other, or it is in force at once.
 */
import { consumerOf } from '../../../../policies/documents/agreement.ts';
import { parseAgreement } from '../../../../policies/documents/parseDocument.ts';
import type { PolicyDocumentState } from '../../../domain/agreement.ts';
import type { RequestStanding } from '../../../domain/requests/standing.ts';
import { effectTogether } from '../../../registry/compileTogether.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import {
  insertPolicyDocument,
  policyDocumentVersions,
} from '../../../registry/store/policy/policyDocuments.ts';
import { updateRequest } from '../store/requests.ts';
import type { Call } from '../../../pipeline/call.ts';
import { checkUnconditional, holdUnconditional } from '../../agreements/operations/automatic.ts';
import { checkNumber } from '../../agreements/operations/parties.ts';
import {
  refuseGap,
  stateInForce,
  supersedable,
  supersedeOlder,
} from '../../agreements/operations/activate.ts';
import { versionNotNext } from '../../common/versionNotNext.ts';

export interface WrittenGrant {
  readonly state: PolicyDocumentState;
  /** in force with its entry */
  readonly atOnce: boolean;
  readonly work: (transaction: Transaction, request: string) => Promise<void>;
}

/**
 * The author is the person who made the request, so they cannot approve it. Data that is shared unconditionally needs no signatures.
 * @throws Problem parties_differ, version_not_next (another version came meanwhile), sharing_not_unconditional, sharing_without_entry,
 *   policy_does_not_compile, answers_would_break
 */
export async function writeGrant(
  reader: Reader,
  { document, maker }: Pick<RequestStanding, 'document' | 'maker'>,
  { exchange, now }: Pick<Call, 'exchange' | 'now'>,
): Promise<WrittenGrant> {
  const agreement = parseAgreement(JSON.parse(document), 'document');
  const versions = await policyDocumentVersions(reader, agreement.id);
  await checkNumber(reader, agreement, versions);
  const expected = (versions.at(-1)?.version ?? 0) + 1;
  if (agreement.version !== expected)
    throw versionNotNext(`Agreement ${agreement.id}`, expected, agreement.version);
  const atOnce = agreement.automatic === true;
  // the hub approves by the sharing type that holds now, not by that at the time of the request
  if (atOnce) await checkUnconditional(reader, agreement);
  const effect = await effectTogether(reader, agreement, now);
  if (atOnce) refuseGap(effect);
  const older = supersedable(versions);
  const state: PolicyDocumentState = atOnce ? stateInForce(older) : 'submitted';
  return {
    state,
    atOnce,
    work: async (transaction, request) => {
      const { id, version, kind, canonical: text, digest, provider } = agreement;
      const row = { id, version, kind, text, digest, state, provider };
      if (atOnce) await holdUnconditional(transaction, agreement);
      if (atOnce) await supersedeOlder(transaction, row, older, exchange);
      await insertPolicyDocument(
        transaction,
        {
          ...row,
          automatic: atOnce,
          consumer: consumerOf(agreement),
          signatures: [],
          author: maker,
          approver: null,
          writtenAgainst: older?.version ?? null,
          tightening: false,
          stops: atOnce ? (older?.stops ?? {}) : {},
        },
        exchange,
      );
      await updateRequest(transaction, request, { closed: true, version });
    },
  };
}
