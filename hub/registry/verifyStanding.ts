/**
 * Verifies the documents that decide against the log: a document edited outside the hub has no entry for its new text, and no department's
 * signature.
 */
import { createHash } from 'node:crypto';
import { verifyJws } from '../../certs/jws.ts';
import { verificationKey } from '../../certs/signatures/index.ts';
import type { Leaf } from '../../log/leaf.ts';
import { parseLeaf } from '../../log/parseLeaf.ts';
import { parsePolicyDocument } from '../../policies/documents/parseDocument.ts';
import type { PolicyDocument } from '../../policies/documents/storedDocument.ts';
import type { PolicyFinding } from '../../policies/finding.ts';
import {
  brokenRule,
  servedBy,
  type StandingFault,
  type ConsentVerdict,
} from '../../policies/standingPlans.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { defined } from '../../terms/defined.ts';
import { Problem } from '../../terms/problem.ts';
import type { DepartmentRow } from '../identity/store/departments.ts';
import type { SigningKeyRow } from '../identity/store/signingKeys.ts';
import { isMandated, type MandatedSignature } from './store/policy/policyDocuments.ts';
import type { ConsentStateRow } from './store/policy/pagePolicyDocuments.ts';
import { verifyMandated } from './mandatedSignature.ts';
import { policySignatureType, requiredParties, type Party } from './policyContext.ts';

export interface StandingWitnesses {
  readonly departments: readonly DepartmentRow[];
  /** every key, including revoked ones */
  readonly keys: ReadonlyMap<string, SigningKeyRow>;
  /** revoked mandates, with the time of revocation (Unix milliseconds) */
  readonly revocations: ReadonlyMap<string, number>;
}

/** Whether a version in force is the one that was signed and put in force; the first fault otherwise. */
export async function verifyStanding(
  row: ConsentStateRow,
  witnesses: StandingWitnesses,
): Promise<ConsentVerdict> {
  const { id, version, kind, text } = row;
  const failed = (fault: StandingFault, reason?: Bilingual): ConsentVerdict => {
    const vouched = fault === 'unreadable' || fault === 'signature';
    const serves = kind === 'Agreement' ? servedBy(text, vouched) : undefined;
    return { name: `${id}@${version}`, kind, fault, ...defined({ reason, serves }) };
  };
  if (createHash('sha256').update(text).digest('hex') !== row.digest) return failed('text');
  const entries = entriesOf(row);
  if (entries === undefined) return failed('entry');
  const reasons: Bilingual[] = [];
  const document = readable(text, (reason) => reasons.push(reason));
  if (document === undefined) return failed('unreadable', reasons[0]);
  const same = document.canonical === text && document.id === id && document.version === version;
  if (!same || document.kind !== kind) return failed('text');
  // one person tightens without signatures, and the entry of that act records it
  const parties = entries.tightening ? [] : requiredParties(document, witnesses.departments);
  for (const party of parties) {
    if (!(await isSigned(row, { document, party }, entries, witnesses))) return failed('signature');
  }
  return { document };
}

/** Unix milliseconds of its submission, and of the last decision on its state. */
interface Moments {
  readonly submitted: number;
  readonly decided: number;
  /** the entry that submitted it also put it in force, because it only tightens */
  readonly tightening: boolean;
}

/**
 * The last deciding entry must contain this version, its digest and its state. A version without approval (`automatic`, or tightening) was
 * put in force by the entry that submitted it.
 */
function entriesOf(row: ConsentStateRow): Moments | undefined {
  const submitted = leafOf(row.submitted);
  const tightening = submitted?.change?.['tightening'] === true && submitted.change['digest'] === row.digest;
  const atOnce = row.automatic || tightening;
  const decided = row.decided === null && atOnce ? submitted : leafOf(row.decided);
  if (submitted === undefined || decided === undefined) return undefined;
  const { change } = decided;
  const says =
    decided.kind === 'management' &&
    decided.decision === 'allow' &&
    change?.['document'] === `${row.id}@${row.version}` &&
    change['digest'] === row.digest &&
    change['state'] === row.state;
  if (!says) return undefined;
  return { submitted: Date.parse(submitted.at), decided: Date.parse(decided.at), tightening };
}

function leafOf(bytes: Uint8Array | null): Leaf | undefined {
  if (bytes === null) return undefined;
  try {
    return parseLeaf(bytes);
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/**
 * Undefined for a text that today's rules refuse: it was accepted under older ones.
 * @param refused called with the first rule that the text breaks
 */
export function readable(text: string, refused?: (reason: Bilingual) => void): PolicyDocument | undefined {
  try {
    return parsePolicyDocument(text);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const [finding] = (error.extras.findings ?? []) as readonly PolicyFinding[];
    refused?.(finding === undefined ? error.text : brokenRule(finding));
    return undefined;
  }
}

/** Whether it is signed by a key that was the party's at submission; a key revoked later is valid. */
async function isSigned(
  { signatures, text }: ConsentStateRow,
  signed: { readonly document: PolicyDocument; readonly party: Party },
  { submitted, decided }: Moments,
  { keys, revocations }: StandingWitnesses,
): Promise<boolean> {
  const { role, department } = signed.party;
  const signature = signatures.find((one) => one.role === role && one.department === department);
  if (signature === undefined) return false;
  if (isMandated(signature)) return isSignedByMandate(signature, signed, { keys, revocations });
  try {
    const { header, payload } = await verifyJws(signature.jws, ({ kid }) => {
      const key = keys.get(kid ?? '');
      const held =
        key?.department === department &&
        key.notBefore <= decided &&
        (key.revokedAt === null || key.revokedAt > submitted);
      return held ? verificationKey(key.publicKey) : undefined;
    });
    return header.typ === policySignatureType && Buffer.from(payload).equals(Buffer.from(text));
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

/**
 * Whether it is signed under a mandate that was valid when its person signed, of a key that was the party's then; later revocations do not
 * count.
 */
async function isSignedByMandate(
  signature: MandatedSignature,
  signed: { readonly document: PolicyDocument; readonly party: Party },
  { keys, revocations }: Pick<StandingWitnesses, 'keys' | 'revocations'>,
): Promise<boolean> {
  const verified = await verifyMandated(signature, signed, (keyid, department, at) => {
    const key = keys.get(keyid);
    const held =
      key?.department === department && key.notBefore <= at && (key.revokedAt === null || key.revokedAt > at);
    return held ? verificationKey(key.publicKey) : undefined;
  });
  if ('fault' in verified) return false;
  const revokedAt = revocations.get(signature.mandate);
  return revokedAt === undefined || revokedAt > Date.parse(verified.statement.at);
}
