import { Problem } from '../../../../terms/problem.ts';
import { keyHands, type KeyHandsRow } from '../../../identity/store/keyHands.ts';
import type { PolicySignature } from '../../../registry/store/policy/policyDocuments.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/**
 * No single person enrols the keys of both sides: keys of two departments whose codes one person issued, and nobody else confirmed, put
 * no agreement in force.
 * @throws Problem keys_of_one_hand
 */
export async function checkHands(reader: Reader, signatures: readonly PolicySignature[]): Promise<void> {
  const found = await Promise.all(signatures.map(({ keyid }) => keyHands(reader, keyid)));
  const keys = found.filter((row): row is KeyHandsRow => row !== undefined && row.issuer !== null);
  const alone = keys.filter(({ confirmedBy }) => confirmedBy === null);
  const [one, ...others] = alone;
  if (one === undefined) return;
  const { department, issuer } = one;
  const other = others.find((key) => key.issuer === issuer && key.department !== department);
  if (other === undefined) return;
  throw new Problem('keys_of_one_hand', {
    departments: `${one.department}, ${other.department}`,
    keyid: other.keyid,
  });
}
