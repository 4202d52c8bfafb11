/** Opens a mandate in its transport form: a compact JWS by a key of the department that it names. */
import { Problem } from '../../terms/problem.ts';
import { verifyJws } from '../jws.ts';
import type { VerificationKey } from '../signatures/index.ts';
import { mandateType, readMandate, type Mandate } from './mandate.ts';

export interface ReadMandate {
  readonly mandate: Mandate;
  /** the bytes that were signed */
  readonly payload: Uint8Array;
  readonly keyid: string;
}

/**
 * @param keyOf a key of the department that the mandate names, by its id
 * @throws Problem mandate_invalid: not by such a key, of another type, or not in the form of a mandate
 */
export async function openMandate(
  jws: string,
  keyOf: (keyid: string, department: string) => VerificationKey | undefined,
): Promise<ReadMandate> {
  const notTheirs = (): Problem =>
    new Problem('mandate_invalid', {
      reason: {
        zh: '不是所写部门有效的签名密钥所签',
        en: 'it is not signed by a key in force of the department that it names',
      },
    });
  const department = claimedDepartment(jws);
  const verified = await verifyJws(jws, ({ kid }) =>
    kid === undefined || department === undefined ? undefined : keyOf(kid, department),
  ).catch((error: unknown) => {
    throw error instanceof Problem ? notTheirs() : error;
  });
  if (verified.header.typ !== mandateType) throw notTheirs();
  const { payload, key } = verified;
  return { mandate: readMandate(payload), payload, keyid: key.keyid };
}

/** The department that a mandate names, before verification. */
export function claimedDepartment(jws: string): string | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const named =
      typeof value === 'object' && value !== null && 'department' in value ? value.department : undefined;
    return typeof named === 'string' ? named : undefined;
  } catch {
    return undefined;
  }
}
