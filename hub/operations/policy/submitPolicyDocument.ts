import type { components } from '../../../api/openapi.ts';
import type { Agreement } from '../../../policies/documents/agreement.ts';
import { parsePolicyDocument } from '../../../policies/documents/parseDocument.ts';
import type { PolicyDocument } from '../../../policies/documents/storedDocument.ts';
import { Problem } from '../../../terms/problem.ts';
import { datasetById } from '../../store/datasets.ts';
import {
  insertPolicyDocument,
  policyDocumentVersions,
  setPolicySignatures,
  type PolicyDocumentRow,
  type PolicySignature,
} from '../../store/policyDocuments.ts';
import type { Reader } from '../../store/reader.ts';
import type { Transaction } from '../../store/transaction.ts';
import type { PolicyDocumentState } from '../../domain/agreement.ts';
import { staffOf, type ManagedCall, type ManagedOutcome } from '../managed.ts';
import type { Services } from '../services.ts';
import { activate, supersedable } from './activate.ts';
import { writeAutomatic } from './automatic.ts';
import { compileTogether } from './compileTogether.ts';
import { checkSignatures, consumerOf, missingParties, requiredParties, type Party } from './parties.ts';

/**
 * Takes an agreement or a restriction in: parsed, compiled together with what is in force, its signatures checked. It waits for approval,
 * unless the hub wrote it itself for a dataset that is shared unconditionally: that one is in force at once.
 *
 * The same version with the same text may be submitted again, to add a signature.
 * @throws Problem policy_invalid, version_exists, version_not_next, policy_signature_invalid, sharing_refused, automatic_by_hub_only,
 *   sharing_not_unconditional
 */
export async function submitPolicyDocument(call: ManagedCall, services: Services): Promise<ManagedOutcome> {
  const body = call.body as components['schemas']['PolicySubmission'];
  const { app } = services.database;
  const document =
    'automatic' in body
      ? await writeAutomatic(app, body.automatic)
      : parsePolicyDocument(body.document, 'document');
  const automatic = 'automatic' in body;
  // only the hub writes automatic agreements: whoever could write one would grant itself what it likes
  if (!automatic && document.kind === 'Agreement' && document.automatic === true) {
    throw new Problem('automatic_by_hub_only');
  }
  mayTouch(call, document);
  const parties = requiredParties(document, services.identity.departments());
  const offered = await checkSignatures(
    app,
    document,
    parties,
    'automatic' in body ? [] : (body.signatures ?? []),
  );
  const versions = await policyDocumentVersions(app, document.id);
  const known = versions.find((row) => row.version === document.version);
  if (known !== undefined) return submittedAgain(document, known, parties, offered);
  const expected = (versions.at(-1)?.version ?? 0) + 1;
  if (document.version !== expected) {
    throw new Problem('version_not_next', { what: document.id, expected });
  }
  if (document.kind === 'Agreement') await checkSharing(app, document);
  await compileTogether(app, { document });
  const missing = missingParties(parties, offered);
  const row = rowOf(document, automatic ? 'active' : 'submitted', offered, staffOf(call).tokenId);
  return {
    ...answer(201, row, missing, true),
    work: async (transaction: Transaction) => {
      if (automatic) await activate(transaction, row, supersedable(versions), call.exchange);
      await insertPolicyDocument(transaction, row, call.exchange);
    },
    bumpsEpoch: automatic,
    fenced: true,
  };
}

/** Stewards of a department touch only documents to which it is a party. */
function mayTouch(call: ManagedCall, document: PolicyDocument): void {
  const { department, scopes } = staffOf(call);
  if (department === undefined || scopes.includes('operator')) return;
  const parties = document.kind === 'Agreement' ? [document.provider, consumerOf(document)] : [];
  if (!parties.includes(department)) {
    throw new Problem('not_your_department', { department: parties.join(', ') });
  }
}

async function checkSharing(reader: Reader, agreement: Agreement): Promise<void> {
  for (const { dataset } of agreement.grants) {
    const row = await datasetById(reader, dataset);
    if (row === undefined) throw new Problem('unknown_reference', { kind: 'Dataset', name: dataset });
    if (row.sharing === 'none') throw new Problem('sharing_refused', { dataset });
  }
}

function submittedAgain(
  document: PolicyDocument,
  known: PolicyDocumentRow,
  parties: readonly Party[],
  offered: readonly PolicySignature[],
): ManagedOutcome {
  if (known.digest !== document.digest) {
    throw new Problem('version_exists', { what: `${document.kind} ${document.id}@${document.version}` });
  }
  const added = offered.filter(({ role }) => !known.signatures.some((signature) => signature.role === role));
  const row = { ...known, signatures: [...known.signatures, ...added] };
  const changed = added.length > 0 && known.state === 'submitted';
  return {
    ...answer(200, row, missingParties(parties, row.signatures), changed),
    ...(changed
      ? {
          work: async (transaction: Transaction) => {
            if (!(await setPolicySignatures(transaction, row))) {
              throw new Problem('transition_not_allowed', { what: row.id, state: row.state, act: 'sign' });
            }
          },
          fenced: true,
        }
      : {}),
  };
}

function rowOf(
  document: PolicyDocument,
  state: PolicyDocumentState,
  signatures: readonly PolicySignature[],
  author: string,
): PolicyDocumentRow {
  return {
    id: document.id,
    version: document.version,
    kind: document.kind,
    text: document.canonical,
    digest: document.digest,
    state,
    automatic: document.kind === 'Agreement' && document.automatic === true,
    consumer: document.kind === 'Agreement' ? consumerOf(document) : null,
    provider: document.kind === 'Agreement' ? document.provider : null,
    signatures,
    author,
    approver: null,
  };
}

export function missingSignature(missing: readonly Party[]): Problem {
  const [{ department, role } = { department: '', role: '' }] = missing;
  return new Problem('policy_signature_missing', { department, role });
}

/** Body and entry of an act on a document. */
export function answer(
  status: number,
  row: Pick<PolicyDocumentRow, 'id' | 'version' | 'kind' | 'state' | 'digest' | 'consumer' | 'provider'>,
  missing: readonly Party[],
  changed: boolean,
): Pick<ManagedOutcome, 'status' | 'body' | 'facts'> {
  const { id, version, kind, state, digest, consumer, provider } = row;
  return {
    status,
    body: {
      id,
      version,
      kind,
      state,
      digest,
      changed,
      ...(missing.length === 0 ? {} : { missing: missing.map((party) => party.department) }),
    },
    facts: {
      kind: 'management',
      change: { document: `${id}@${version}`, kind, state, digest, changed },
      ...(kind === 'Agreement' ? { agreement: id } : {}),
      ...(consumer === null ? {} : { consumer }),
      ...(provider === null ? {} : { provider }),
    },
  };
}
