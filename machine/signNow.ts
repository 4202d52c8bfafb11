import { randomBytes } from 'node:crypto';
import { signRequest, type RequestToSign } from '../certs/signatures/signRequest.ts';

/** A request to be sent at once, or at the given time and with the given nonce. */
export type RequestOfNow = Omit<RequestToSign, 'created' | 'nonce'> &
  Partial<Pick<RequestToSign, 'created' | 'nonce'>>;

/** Signs a request with the present time and a new nonce. @throws as signRequest */
export const signNow = (request: RequestOfNow): Record<string, string> =>
  signRequest({
    created: Math.floor(Date.now() / 1000),
    nonce: randomBytes(16).toString('base64url'),
    ...request,
  });
