import { asIs } from '../../../../terms/bilingual.ts';
import type { components } from '../../../../api/openapi.ts';
import { consumerOf, type Agreement, type UpperApproval } from '../../../../policies/documents/agreement.ts';
import { parseAgreement } from '../../../../policies/documents/parseDocument.ts';
import { sameGap, type AnswerGap } from '../../../../policies/questions/gapOf.ts';
import { Problem } from '../../../../terms/problem.ts';
import { holdsIdentityNumber } from '../../../domain/holdsIdentityNumber.ts';
import { effectTogether } from '../../../registry/compileTogether.ts';
import {
  insertPolicyDocument,
  movePolicyDocument,
  policyDocumentVersions,
  type PolicyDocumentRow,
} from '../../../registry/store/policy/policyDocuments.ts';
import { insertApproval, isImported } from '../store/approvals.ts';
import {
  refuseGap,
  stateInForce,
  supersedable,
  supersedeOlder,
} from '../../agreements/operations/activate.ts';
import { checkPseudonyms } from '../../agreements/operations/checkPseudonyms.ts';
import { checkNumber } from '../../agreements/operations/parties.ts';
import { checkSharing } from '../../agreements/operations/submitPolicyDocument.ts';
import { registered } from '../../registry/operations/registration.ts';
import type { Services } from '../../common/services.ts';
import { versionNotNext } from '../../common/versionNotNext.ts';
import { proposing } from '../../../domain/cells.ts';
import { anyOf } from '../../../pipeline/ownership.ts';
import { providerOf, datasetId } from '../../../../terms/ids.ts';
import { proposable } from '../../proposals/operations/proposable.ts';

type Imported = components['schemas']['ImportedApproval'];

/**
 * An approval that waits for confirmation. Its gap states until when no answer is given; the second person accepts the digest of
 * both.
 */
export type StoredApproval = Imported & { readonly gap?: AnswerGap };

/** The stored proposal, with the gap that the second person is shown. @param now Unix milliseconds */
async function storedApproval(
  body: Imported,
  { database }: Pick<Services, 'database'>,
  now: number,
): Promise<StoredApproval> {
  const { gap } = await effectTogether(database.app, parseAgreement(body.document, 'document'), now);
  return gap === undefined ? body : { ...body, gap };
}

/**
 * POST /v1/requests/imports: grants exactly what an upper platform has approved, without another request. A steward of the data office
 * imports it. A second person of the provider confirms it, or of the office where the provider has no such person. The agreement names the
 * approval, and so does the entry of every answer under it.
 * @throws Problem approval_unfit, already_registered, parties_differ, version_not_next, policy_invalid, policy_does_not_compile,
 *   sharing_refused, answers_would_break (there is another gap by now than the proposal says)
 */
export const importApproval = proposable('importApproval', {
  permission: { 'office steward': proposing },
  owner: (call) => anyOf(providerOf(datasetId(call.body.dataset))),
  secondPerson: true,
  bodyToStore: (call, services) => storedApproval(call.body, services, call.now),
  run: async (call, { database }, { author, approver }) => {
    const body = call.body;
    const { app } = database;
    const { exchange } = call;
    const agreement = parseAgreement(body.document, 'document');
    const approval = checkedApproval(agreement, body);
    if (await isImported(app, approval))
      throw new Problem('already_registered', { what: asIs(`${approval.number} ${approval.resource}`) });
    const versions = await policyDocumentVersions(app, agreement.id);
    await checkNumber(app, agreement, versions);
    const expected = (versions.at(-1)?.version ?? 0) + 1;
    if (agreement.version !== expected)
      throw versionNotNext(
        `Agreement ${agreement.id}`,
        expected,
        agreement.version,
        '/body/document/version',
      );
    await checkSharing(app, agreement);
    const effect = await effectTogether(app, agreement, call.now);
    await checkPseudonyms(app, agreement, effect);
    // the second person accepts the gap that the proposal shows
    if (approver !== null && !sameGap(effect.gap, 'gap' in body ? body.gap : undefined)) refuseGap(effect);
    const older = supersedable(versions);
    const state = stateInForce(older);
    const { id, version, kind, canonical: text, digest, provider } = agreement;
    const row: PolicyDocumentRow = {
      id,
      version,
      kind,
      text,
      digest,
      provider,
      consumer: consumerOf(agreement),
      state: 'submitted',
      automatic: false,
      signatures: [],
      author,
      approver: null,
      writtenAgainst: older?.version ?? null,
      tightening: false,
      stops: older?.stops ?? {},
    };
    const what = `${id}@${version}`;
    const outcome = registered({
      kind: 'Approval',
      id,
      version: String(version),
      digest,
      registered: undefined,
      versioned: true,
      work: async (transaction) => {
        await supersedeOlder(transaction, row, older, exchange);
        await insertPolicyDocument(transaction, row, exchange);
        const move = {
          id,
          version,
          from: 'submitted',
          to: state,
          approver: approver ?? author,
          exchange,
        } as const;
        if (!(await movePolicyDocument(transaction, move)))
          throw new Problem('transition_not_allowed', {
            what: `Agreement ${what}`,
            state: 'submitted',
            act: 'approve',
          });
        await insertApproval(transaction, approval, { id, version }, exchange);
      },
      change: { document: what, state },
    });
    return {
      ...outcome,
      facts: {
        ...outcome.facts,
        agreement: id,
        provider,
        consumer: consumerOf(agreement),
        approval: { ...approval },
      },
    };
  },
});

/**
 * The grant must equal the approval: these fields, in clear or masked, within this term, and nothing else.
 * @throws Problem approval_unfit
 */
function checkedApproval(
  { approval, grants, valid, automatic }: Agreement,
  { dataset, fields, from, until }: Imported,
): UpperApproval {
  const [grant, ...others] = grants;
  if (approval === undefined || automatic === true)
    throw unfit('/body/document/approval', '文档没有写明批复', 'the document names no approval');
  const named = [approval.number, approval.resource];
  if (named.some((text) => holdsIdentityNumber(text)))
    throw new Problem('text_identity_number', {}, { at: '/body/document/approval' });
  if (grant?.dataset !== dataset || others.length > 0)
    throw unfit('/body/document/grants', '批复只涉及一个数据资源', 'the approval is about one dataset alone');
  const granted = Object.keys(grant.fields);
  if (granted.length !== fields.length || !granted.every((name) => fields.includes(name)))
    throw unfit(
      '/body/document/grants/0/fields',
      '数据项与批复不一致',
      'the fields are not those that were approved',
    );
  if ((grant.facts ?? []).length > 0 || (grant.aggregates ?? []).length > 0)
    throw unfit('/body/document/grants/0', '批复的是数据项', 'what was approved are fields');
  if (Date.parse(valid.from) < Date.parse(from) || Date.parse(valid.until) > Date.parse(until))
    throw unfit('/body/document/valid', '期限超出批复', 'the term goes beyond the approval');
  return approval;
}

const unfit = (at: string, zh: string, en: string): Problem =>
  new Problem('approval_unfit', { reason: { zh, en } }, { at });
