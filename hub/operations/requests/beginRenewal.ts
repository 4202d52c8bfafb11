import type { components } from '../../../api/openapi.ts';
import { latestEnd } from '../../../policies/documents/checkTerm.ts';
import type { Agreement } from '../../../policies/documents/agreement.ts';
import { parseAgreement } from '../../../policies/documents/parseDocument.ts';
import { civilDateInChina, civilDateText, startOfDayInChina } from '../../../terms/civilDate.ts';
import { Problem } from '../../../terms/problem.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { effectTogether } from '../../registry/effectTogether.ts';
import { policyDocumentVersions, type PolicyDocumentRow } from '../../store/policy/policyDocuments.ts';
import type { Services } from '../services.ts';
import { goneIn, inChina } from '../requestTemplates/templateAgreement.ts';

type Schemas = components['schemas'];

/**
 * GET /v1/policy/documents/{document}/renewal: what renews an agreement, word for word as its last version in force said it, in the next
 * version and for another term of the same length. Nothing is asked for by it: what comes of it is a request like any other.
 * @throws Problem not_found, renewal_waits, renewal_outdated, approval_by_import_only, policy_invalid, policy_does_not_compile
 */
export async function beginRenewal(
  call: Call<StaffCaller>,
  { database, registry }: Services,
): Promise<Outcome> {
  const id = call.params['document'] ?? '';
  const versions = await policyDocumentVersions(database.app, id);
  const last = versions.findLast(wasInForce);
  const newest = versions.at(-1);
  if (last === undefined || newest === undefined || last.kind !== 'Agreement') throw new Problem('not_found');
  if (newest.state === 'submitted')
    throw new Problem('renewal_waits', { agreement: id, version: newest.version });
  const { consumer, provider } = last;
  const before = parseAgreement(JSON.parse(last.text), `${id}@${last.version}`);
  if (before.approval !== undefined) throw new Problem('approval_by_import_only');
  const valid = renewedTerm(before, call.now);
  await registry.refresh();
  const gone = goneIn(before.grants, registry.current.datasets);
  if (gone.length > 0) throw new Problem('renewal_outdated', { agreement: id, gone: gone.join(' ') });
  return allowed(
    200,
    {
      of: last.version,
      ...(await wanted(before, newest.version + 1, valid)),
    } satisfies Schemas['AgreementRenewal'],
    {
      facts: {
        change: { document: `${id}@${last.version}`, digest: last.digest },
        ...(consumer === null ? {} : { consumer }),
        ...(provider === null ? {} : { provider }),
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
    // what the hub writes by itself it writes anew, of the fields that are there by now
    if (agreement.automatic === true && grant !== undefined && purpose !== undefined)
      return { automatic: { dataset: grant.dataset, consumer: consumer ?? '', purpose, valid: term } };
    const document = JSON.parse(agreement.canonical) as object;
    const renewed = parseAgreement({ ...document, version, valid: term }, id);
    await effectTogether(database.app, renewed);
    return { document: JSON.parse(renewed.canonical) as Schemas['PolicyDocument'] };
  }
}

/** What was sent back, or gave way to another before it was approved, was never in force. */
const wasInForce = ({ state, approver, automatic, tightening }: PolicyDocumentRow): boolean =>
  state === 'active' ||
  state === 'suspended' ||
  state === 'revoked' ||
  (state === 'superseded' && (approver !== null || automatic || tightening));

/** From today on, as long again as the last term behind its end or, where that has passed, behind today; no longer than a term may be. */
function renewedTerm({ valid, basis }: Agreement, now: number): Agreement['valid'] {
  const today = startOfDayInChina(civilDateText(civilDateInChina(now)));
  const [from, until] = [Date.parse(valid.from), Date.parse(valid.until)];
  const end = Math.max(today, until) + (until - from);
  return { from: inChina(today), until: inChina(Math.min(end, latestEnd(basis, today))) };
}
