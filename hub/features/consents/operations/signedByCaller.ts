import { verifyJws } from '../../../../certs/jws.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { Identity } from '../../../identity/identity.ts';

/** The parsed payload; undefined if it is not JSON. */
export interface SignedPayload {
  readonly typ: string | undefined;
  readonly payload: unknown;
}

/** The payload of a JWS by a key in force of the calling department; undefined for any other signature. */
export async function signedByCaller(
  jws: string,
  department: string,
  identity: Pick<Identity, 'keyInForce'>,
): Promise<SignedPayload | undefined> {
  const verified = await verifyJws(jws, ({ kid }) =>
    kid === undefined ? undefined : identity.keyInForce(kid, department),
  ).catch((error: unknown) => {
    if (error instanceof Problem) return undefined;
    throw error;
  });
  return verified && { typ: verified.header.typ, payload: parsed(verified.payload) };
}

function parsed(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
