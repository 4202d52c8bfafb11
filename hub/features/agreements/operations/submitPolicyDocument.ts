import { consumerOf, type Agreement } from '../../../../policies/documents/agreement.ts';
import { parsePolicyDocument } from '../../../../policies/documents/parseDocument.ts';
import type { PolicyDocument } from '../../../../policies/documents/storedDocument.ts';
import { sandboxPurpose } from '../../../../policies/sandbox/sandboxPurpose.ts';
import { pointer } from '../../../../policies/finding.ts';
import { Problem } from '../../../../terms/problem.ts';
import { datasetById } from '../../../registry/store/datasets.ts';
import {
  insertPolicyDocument,
  isMandated,
  policyDocumentVersions,
  setPolicySignatures,
  type PolicyDocumentRow,
  type PolicySignature,
} from '../../../registry/store/policy/policyDocuments.ts';
import { procedureForNewRequest } from '../../requests/store/procedures.ts';
import type { Pool } from '../../../platform/database/database.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import {
  allowed,
  DecideAfresh,
  type AllowedOutcome,
  type Outcome,
  type LoggedEffects,
} from '../../../pipeline/call.ts';
import type { BodyOf } from '../../../pipeline/contract.ts';
import type { LeafFacts } from '../../../log/entry.ts';
import { refuseGap, stateInForce, supersedable, supersedeOlder } from './activate.ts';
import { holdsIdentityNumber } from '../../../domain/holdsIdentityNumber.ts';
import { stopSides } from '../../../domain/stops.ts';
import { holdUnconditional, writeAutomatic } from './automatic.ts';
import { effectTogether, mayTighten } from '../../../registry/compileTogether.ts';
import { requiredParties, type Party } from '../../../registry/policyContext.ts';
import { checkPseudonyms } from './checkPseudonyms.ts';
import { checkSignatures, missingParties, partiesOfSubmission, checkNumber } from './parties.ts';
import { versionNotNext } from '../../common/versionNotNext.ts';
import { everywhere, own } from '../../../domain/cells.ts';
import { anyOf } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { present } from '../../../../terms/defined.ts';

/**
 * Accepts an agreement or a restriction: parses it, compiles it together with the policy in force, and checks its signatures. It then
 * waits for approval. Two kinds come into force at once, submitted by one person and without signatures: an agreement that the hub wrote
 * for an unconditionally shared dataset, and a document that only tightens the policy in force.
 *
 * The same version with the same text may be submitted again to add a signature.
 * @throws Problem policy_invalid, parties_differ, version_exists, version_not_next, policy_signature_invalid, sharing_refused,
 *   automatic_by_hub_only, sharing_not_unconditional, sharing_without_entry, compliance_check_first, answers_would_break,
 *   pseudonym_format, linkage_ended, text_identity_number
 */
export const submitPolicyDocument = operation('submitPolicyDocument', {
  kind: 'management',
  permission: { operator: everywhere, 'office steward': everywhere, steward: own },
  owner: (call) => anyOf(...partiesOfSubmission(call.body)),
  run: async (call, services) => {
    const { body } = call;
    const { app } = services.database;
    const document = await documentIn(app, body);
    const versions = await policyDocumentVersions(app, document.id);
    await checkNumber(app, document, versions);
    const parties = requiredParties(document, services.identity.departments());
    const offered = await checkSignatures(app, document, parties, signaturesIn(body));
    const known = versions.find((row) => row.version === document.version);
    if (known !== undefined) return submittedAgain(document, known, parties, offered);
    refuseOtherVersion(document, versions);
    if (document.kind === 'Agreement') await checkSharing(app, document);
    const automatic = 'automatic' in body;
    if (automatic) await refuseUnchecked(app);
    const effect = await effectTogether(app, document, call.now);
    await checkPseudonyms(app, document, effect);
    if (automatic) refuseGap(effect);
    const older = supersedable(versions);
    const narrower = document.kind === 'Restriction' || older !== undefined;
    const tightening =
      !automatic && narrower && mayTighten(effect, document, versions, services.registry.current);
    const atOnce = automatic || tightening;
    const missing = atOnce ? [] : missingParties(parties, offered);
    const row = {
      ...rowOf(document, offered, call.caller.person),
      ...(atOnce ? takenOver(older) : waiting),
      writtenAgainst: older?.version ?? null,
      tightening,
    };
    return answer(201, row, missing, true, {
      // records why the document has no signatures
      ...(tightening ? { change: { tightening } } : {}),
      work: async (transaction) => {
        if (automatic && document.kind === 'Agreement') await holdUnconditional(transaction, document);
        if (atOnce) await supersedeOlder(transaction, row, older, call.exchange);
        await insertPolicyDocument(transaction, row, call.exchange);
      },
      bumpsEpoch: atOnce,
    });
  },
});

type Submission = BodyOf<'submitPolicyDocument'>;

/** @throws Problem policy_invalid, automatic_by_hub_only, approval_by_import_only, and those of an automatic agreement */
async function documentIn(reader: Reader, body: Submission): Promise<PolicyDocument> {
  const document =
    'automatic' in body ? await writeAutomatic(reader, body.automatic) : writtenDocument(body.document);
  if (document.kind === 'Agreement' && document.approval !== undefined)
    throw new Problem('approval_by_import_only');
  return document;
}

/** @throws Problem policy_invalid, automatic_by_hub_only */
function writtenDocument(sent: unknown): PolicyDocument {
  const document = parsePolicyDocument(sent, 'document');
  // only the hub writes automatic agreements: a consumer that could write one would grant itself any access
  if (document.kind === 'Agreement' && document.automatic === true)
    throw new Problem('automatic_by_hub_only');
  return document;
}

const signaturesIn = (body: Submission): Parameters<typeof checkSignatures>[3] =>
  'automatic' in body ? [] : (body.signatures ?? []);

/** @throws Problem version_not_next */
function refuseOtherVersion(document: PolicyDocument, versions: readonly PolicyDocumentRow[]): void {
  const expected = (versions.at(-1)?.version ?? 0) + 1;
  if (document.version !== expected)
    throw versionNotNext(`${document.kind} ${document.id}`, expected, document.version);
}

/** Rejects an automatic agreement where requests need a check first. @throws Problem compliance_check_first */
async function refuseUnchecked(pool: Pool): Promise<void> {
  const { unconditional = [] } = (await procedureForNewRequest(pool)) ?? {};
  if (unconditional.length > 0) throw new Problem('compliance_check_first');
}

type InForce = Pick<PolicyDocumentRow, 'state' | 'stops'>;

/** Of a document that comes into force at once. */
const takenOver = (older: PolicyDocumentRow | undefined): InForce => ({
  state: stateInForce(older),
  stops: older?.stops ?? {},
});

const waiting: InForce = { state: 'submitted', stops: {} };

/** @throws Problem unknown_reference, sharing_refused, text_identity_number */
export async function checkSharing(reader: Reader, agreement: Agreement): Promise<void> {
  const { purposes, grants } = agreement;
  refuseIdentifyingReasons(grants, '/body/document/grants');
  if ([purposes, ...grants.map((grant) => grant.purposes ?? [])].flat().includes(sandboxPurpose))
    throw new Problem('sandbox_reserved');
  for (const { dataset } of grants) {
    const row = await datasetById(reader, dataset);
    if (row === undefined) throw new Problem('unknown_reference', { kind: 'Dataset', name: dataset });
    if (row.sharing === 'none') throw new Problem('sharing_refused', { dataset });
  }
}

/**
 * The reasons for fields are stored and printed with the agreement, so they must not identify a person.
 * @param place JSON pointer of the grants in the call
 * @throws Problem text_identity_number
 */
export function refuseIdentifyingReasons(grants: Agreement['grants'], place: string): void {
  for (const [at, { reasons = {} }] of grants.entries()) {
    const found = Object.entries(reasons).find(([, reason]) => holdsIdentityNumber(reason));
    if (found !== undefined)
      throw new Problem('text_identity_number', {}, { at: place + pointer(at, 'reasons', found[0]) });
  }
}

function submittedAgain(
  document: PolicyDocument,
  known: PolicyDocumentRow,
  parties: readonly Party[],
  offered: readonly PolicySignature[],
): Outcome {
  if (known.digest !== document.digest) {
    throw new Problem('version_exists', { what: `${document.kind} ${document.id}@${document.version}` });
  }
  // a department's own key replaces a person's signature by mandate, because that mandate may no longer be valid
  const added = offered.filter(
    ({ role }) => !known.signatures.some((one) => one.role === role && !isMandated(one)),
  );
  const stored = known.signatures.filter(({ role }) => !added.some((one) => one.role === role));
  const row = { ...known, signatures: [...stored, ...added] };
  const changed = added.length > 0 && known.state === 'submitted';
  const sign = async (transaction: Transaction): Promise<void> => {
    // the other party signed in the meantime, or the document was decided: read it again
    if (!(await setPolicySignatures(transaction, { ...row, before: known.signatures })))
      throw new DecideAfresh();
  };
  const missing = missingParties(parties, row.signatures);
  return answer(200, row, missing, changed, changed ? { work: sign } : {});
}

function rowOf(
  document: PolicyDocument,
  signatures: readonly PolicySignature[],
  author: string,
): Omit<PolicyDocumentRow, 'state' | 'writtenAgainst' | 'tightening' | 'stops'> {
  return {
    id: document.id,
    version: document.version,
    kind: document.kind,
    text: document.canonical,
    digest: document.digest,
    automatic: document.kind === 'Agreement' && document.automatic === true,
    consumer: document.kind === 'Agreement' ? consumerOf(document) : null,
    provider: document.kind === 'Agreement' ? document.provider : null,
    signatures,
    author,
    approver: null,
  };
}

export function missingSignature(missing: readonly Party[]): Problem {
  const [first] = missing;
  if (first === undefined) throw new TypeError('no signature is missing');
  return new Problem('policy_signature_missing', { department: first.department, role: first.role });
}

/** Result and log entry of an action on a document. */
export function answer(
  status: 200 | 201,
  row: Pick<
    PolicyDocumentRow,
    'id' | 'version' | 'kind' | 'state' | 'digest' | 'consumer' | 'provider' | 'stops'
  >,
  missing: readonly Party[],
  changed: boolean,
  { change, ...reported }: Omit<LoggedEffects, 'facts'> & { readonly change?: LeafFacts['change'] } = {},
): AllowedOutcome {
  const { id, version, kind, state, digest, consumer, provider } = row;
  const stopped = stopSides.filter((side) => row.stops[side] !== undefined);
  const body = {
    id,
    version,
    kind,
    state,
    digest,
    changed,
    ...(stopped.length === 0 ? {} : { stopped }),
    ...(missing.length === 0 ? {} : { missing: missing.map((party) => party.department) }),
  };
  return allowed<'submitPolicyDocument'>(status, body, {
    ...reported,
    facts: {
      change: {
        document: `${id}@${version}`,
        kind,
        state,
        digest,
        changed,
        ...change,
      },
      ...(kind === 'Agreement' ? { agreement: id } : {}),
      ...present({ consumer, provider }),
    },
  });
}
