import { checkContentDigest } from '../../certs/signatures/index.ts';
import type { Caller } from '../identity/authentication/caller.ts';

/** Whether the body is the one that was signed. @throws Problem digest_mismatch */
export function checkDigest(caller: Caller, bytes: Uint8Array): void {
  if (caller.kind === 'department') checkContentDigest(caller.digest, bytes);
}
