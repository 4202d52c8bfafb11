import type { components } from '../../../../api/openapi.ts';
import type { Agreement } from '../../../../policies/documents/agreement.ts';
import { parseAgreement } from '../../../../policies/documents/parseDocument.ts';
import { hasSharedPseudonyms } from '../../../../policies/plans/linkages.ts';
import { Problem } from '../../../../terms/problem.ts';
import { allowed } from '../../../pipeline/call.ts';
import { effectTogether } from '../../../registry/compileTogether.ts';
import {
  policyDocumentVersions,
  type PolicyDocumentRow,
} from '../../../registry/store/policy/policyDocuments.ts';
import { goneIn } from './templates/requestTemplates.ts';
import { own } from '../../../domain/cells.ts';
import { ofAgreementConsumer } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { latestEnd } from '../../../../policies/documents/documentChecks.ts';
import { dayInChina, inChina, startOfDayInChina } from '../../../../terms/civilDate.ts';
import { present } from '../../../../terms/defined.ts';

const dayLength = 86_400_000;

/**
 * Another term of the same length, in whole days, at most the maximum term. It begins today, not after the end of the last one. The
 * approved version replaces the one in force at once, so a later begin would leave a time without answers.
 * @param now Unix milliseconds
 */
export function renewedTerm(
  { valid, basis }: Pick<Agreement, 'valid' | 'basis'>,
  now: number,
): Agreement['valid'] {
  const today = startOfDayInChina(dayInChina(now));
  const days = Math.ceil((Date.parse(valid.until) - Date.parse(valid.from)) / dayLength);
  return {
    from: inChina(today),
    until: inChina(Math.min(today + days * dayLength, latestEnd(basis, today))),
  };
}

type Schemas = components['schemas'];

/**
 * GET /v1/policy/documents/{document}/renewal: the renewal of an agreement. It repeats the text of its last version in force as the next
 * version, for another term of the same length. This call requests nothing: the result is submitted like any other request.
 * @throws Problem not_found, renewal_waits, renewal_outdated, renewal_of_emergency, approval_by_import_only, policy_invalid,
 *   policy_does_not_compile
 */
export const beginRenewal = operation('beginRenewal', {
  kind: 'inspect',
  permission: { 'office steward': own, steward: own },
  owner: ofAgreementConsumer,
  run: async (call, { database, registry }) => {
    const id = call.params.document;
    const versions = await policyDocumentVersions(database.app, id);
    const last = versions.findLast(wasInForce);
    const newest = versions.at(-1);
    if (last === undefined || newest === undefined || last.kind !== 'Agreement')
      throw new Problem('not_found');
    if (newest.state === 'submitted')
      throw new Problem('renewal_waits', { agreement: id, version: newest.version });
    const { consumer, provider } = last;
    const before = parseAgreement(JSON.parse(last.text), `${id}@${last.version}`);
    if (before.approval !== undefined) throw new Problem('approval_by_import_only');
    // renewals in sequence would exceed the thirty days that checkTerm allows
    if (before.basis.type === 'emergency') throw new Problem('renewal_of_emergency', { agreement: id });
    const valid = renewedTerm(before, call.now);
    await registry.refresh();
    const gone = goneIn(before.grants, registry.current.datasets);
    if (gone.length > 0) throw new Problem('renewal_outdated', { agreement: id, gone: gone.join(' ') });
    return allowed<'beginRenewal'>(
      200,
      {
        of: last.version,
        ...(await wanted(before, newest.version + 1, valid)),
      } satisfies Schemas['AgreementRenewal'],
      {
        facts: {
          change: { document: `${id}@${last.version}`, digest: last.digest },
          ...present({ consumer, provider }),
        },
      },
    );

    async function wanted(
      agreement: Agreement,
      version: number,
      term: Agreement['valid'],
    ): Promise<Omit<Schemas['AgreementRenewal'], 'of'>> {
      const [grant] = agreement.grants;
      const [purpose] = agreement.purposes;
      // an automatic agreement is written again by the hub, with the fields that exist now
      if (agreement.automatic === true && grant !== undefined && purpose !== undefined)
        return { automatic: { dataset: grant.dataset, consumer: consumer ?? '', purpose, valid: term } };
      const document = JSON.parse(agreement.canonical) as object;
      const again = parseAgreement({ ...document, version, valid: term }, id);
      const { after } = await effectTogether(database.app, again, call.now);
      const isShared = after.agreements.get(id)?.all.some(hasSharedPseudonyms) === true;
      // a new version has its own pseudonyms for each provider
      const renewed = isShared ? parseAgreement({ ...document, version, valid: term, format: 2 }, id) : again;
      return { document: JSON.parse(renewed.canonical) as Schemas['PolicyDocument'] };
    }
  },
});

/** A version that was returned, or replaced before its approval, was never in force. */
const wasInForce = ({ state, approver, automatic, tightening }: PolicyDocumentRow): boolean =>
  state === 'active' ||
  state === 'suspended' ||
  state === 'revoked' ||
  (state === 'superseded' && (approver !== null || automatic || tightening));
