import type { Call, Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';

/** The revocation list of one of the hub's two authorities, DER, as browsers and OpenSSL fetch it. Public: leaves no entry. */
export function getCrl(call: Call, { identity }: Services): Outcome {
  const { der } = identity.crl(call.params['authority'] === 'root' ? 'root' : 'intermediate');
  return { entry: 'none', status: 200, contentType: 'application/pkix-crl', body: der };
}
