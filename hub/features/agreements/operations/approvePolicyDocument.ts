import { isSamePerson } from '../../../domain/standIn.ts';
import { viewsWith } from '../../../../policies/joint/jointViews.ts';
import { parsePolicyDocument } from '../../../../policies/documents/parseDocument.ts';
import { Problem } from '../../../../terms/problem.ts';
import { policyDocumentLife } from '../../../domain/agreement.ts';
import { transition } from '../../../domain/lifeCycle.ts';
import {
  movePolicyDocument,
  policyDocumentVersions,
} from '../../../registry/store/policy/policyDocuments.ts';
import { refuseDoneOnBehalf } from '../../common/onBehalfOf.ts';
import type { Services } from '../../common/services.ts';
import { refuseStale, stateInForce, supersedable, supersedeOlder } from './activate.ts';
import { gapSentence } from '../../../../policies/questions/gapOf.ts';
import { effectTogether, type ConsentEffect } from '../../../registry/compileTogether.ts';
import { requiredParties } from '../../../registry/policyContext.ts';
import { checkPseudonyms } from './checkPseudonyms.ts';
import { missingParties, checkSameParties, checkActingPersons } from './parties.ts';
import { checkMandated } from '../../mandates/operations/checkMandated.ts';
import { answer, missingSignature } from './submitPolicyDocument.ts';
import { decided } from '../../../domain/cells.ts';
import { anyOf } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/**
 * Four eyes: puts a submitted document into force after all parties signed. The approver must not be the submitter. The older version is
 * superseded in the same transaction. The approval covers the text and what it loosens today, identified by the digests of both.
 * @throws Problem not_found, version_exists (another text was read), effect_not_accepted (it now loosens something else, or no access),
 *   mandate_refused (a signature by mandate is no longer valid), both_sides, transition_not_allowed, version_stale, parties_differ,
 *   four_eyes, policy_signature_missing, keys_of_one_hand, made_by_unread, pseudonym_format, linkage_ended, rows_unauthenticated, and any
 *   compile problem with the policy now in force
 */
export const approvePolicyDocument = operation('approvePolicyDocument', {
  kind: 'management',
  permission: decided,
  owner: async (call, { database }) => {
    const rows = await policyDocumentVersions(database.app, call.params.document);
    return anyOf(rows.find(({ version }) => version === Number(call.params.version))?.provider);
  },
  run: async (call, services) => {
    const { digest, effect } = call.body;
    const { app } = services.database;
    const versions = await policyDocumentVersions(app, call.params.document);
    const row = versions.find(({ version }) => version === Number(call.params.version));
    if (row === undefined) throw new Problem('not_found');
    const what = `${row.kind} ${row.id}@${row.version}` as const;
    if (row.digest !== digest) throw new Problem('version_exists', { what });
    const approver = call.caller.person;
    const inForce = row.state === 'active' || row.state === 'suspended';
    if (inForce && row.approver === approver) return answer(200, row, [], false);
    transition(policyDocumentLife, what, row.state, 'approve');
    refuseStale(row, versions);
    if (isSamePerson(call.caller, row.author)) throw new Problem('four_eyes');
    await refuseDoneOnBehalf(call.caller, { document: row }, services);
    const document = parsePolicyDocument(row.text, what);
    checkSameParties(
      document,
      versions.filter(({ version }) => version < row.version),
    );
    const missing = missingParties(
      requiredParties(document, services.identity.departments()),
      row.signatures,
    );
    if (missing.length > 0) throw missingSignature(missing);
    await checkActingPersons(app, row.signatures);
    const today = await effectTogether(app, document, call.now);
    await checkPseudonyms(app, document, today);
    effectAccepted({ ...today, digest: today.toApprove }, effect, call.caller.department, services);
    await checkMandated(call.caller, { row, document, effect: today.digest }, services);
    const older = supersedable(versions);
    const stops = older?.stops ?? {};
    const to = stateInForce(older);
    return answer(200, { ...row, state: to, stops }, [], true, {
      change: { effect: today.toApprove, loosens: today.loosens.length },
      work: async (transaction) => {
        await supersedeOlder(transaction, row, older, call.exchange);
        const { id, version, state: from } = row;
        const move = { id, version, from, to, approver, stops, exchange: call.exchange };
        if (!(await movePolicyDocument(transaction, move))) {
          throw new Problem('transition_not_allowed', { what, state: from, act: 'approve' });
        }
      },
      bumpsEpoch: true,
    });
  },
});

/**
 * Checks that the approver names the digest of the effect. The effect covers what the document loosens today, what a consumer can combine
 * because of it, and until when no calls are answered. A person who signs by mandate names the same without the last part. The data office
 * sees the whole effect; a provider sees its own parts.
 * @param effect the digest that the approver must name, and the gap if it is part of the effect
 * @throws Problem effect_not_accepted, with the content of the union and today's digest
 */
export function effectAccepted(
  effect: Pick<ConsentEffect, 'digest' | 'unions' | 'gap'>,
  named: string | undefined,
  approver: string | undefined,
  { identity }: Services,
): void {
  if (named === effect.digest) return;
  const isOffice = approver === undefined || identity.department(approver)?.dataOffice === true;
  const views = isOffice ? effect.unions : viewsWith(effect.unions, ({ provider }) => provider === approver);
  throw new Problem(
    'effect_not_accepted',
    { digest: effect.digest },
    {
      at: '/body/effect',
      findings: [
        ...views.map(({ consumer, subject, about, tells, parts, ...more }) => ({
          code: 'joint_view',
          consumer,
          subject,
          about,
          tells,
          parts,
          ...('others' in more ? { others: more.others } : {}),
        })),
        ...(effect.gap === undefined
          ? []
          : [{ code: 'no_answers', ...effect.gap, message: gapSentence(effect.gap) }]),
      ],
    },
  );
}
