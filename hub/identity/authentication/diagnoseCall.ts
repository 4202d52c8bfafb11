import { diagnoseRequest, type Diagnosis } from '../../../certs/signatures/index.ts';
import { Problem } from '../../../terms/problem.ts';
import { checkDepartment, checkInForce, type Known } from './authenticate.ts';
import type { CallHead } from './caller.ts';

/**
 * What `authenticate` would say of a request, check by check, with the digest of the body that came with it.
 * @param now Unix milliseconds
 */
export function diagnoseCall(
  head: CallHead,
  body: Uint8Array,
  now: number,
  { directory, hasNonce }: Known,
): Diagnosis {
  return diagnoseRequest(
    { ...head, body },
    {
      now,
      lookupKey: (keyid) => directory.keys.get(keyid)?.verification,
      checkInForce: (keyid) => checkInForce(keyid, now, directory),
      checkDepartment: (keyid) => {
        const department = head.peer?.department;
        if (department !== undefined) checkDepartment(keyid, department, directory);
      },
      checkNonce: (keyid, nonce) => {
        if (hasNonce(keyid, nonce)) throw new Problem('nonce_replayed', {}, { check: 'nonce' });
      },
    },
  );
}
