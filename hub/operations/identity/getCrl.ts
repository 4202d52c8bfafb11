import type { Call, Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';

/** The revocation list of the root or of an intermediate authority, DER, as browsers and OpenSSL fetch it. Public: leaves no entry. */
export function getCrl(call: Call, { identity }: Services): Outcome {
  const { der } = identity.crl(call.params['authority'] ?? 'root');
  return { entry: 'none', status: 200, contentType: 'application/pkix-crl', body: der };
}
