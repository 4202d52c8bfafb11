import { randomBytes } from 'node:crypto';
import { signRequest, type RequestToSign } from '../certs/signatures/signRequest.ts';

/** A request to be sent at once, or at the time and with the nonce that are given. */
export type RequestOfNow = Omit<RequestToSign, 'created' | 'nonce'> &
  Partial<Pick<RequestToSign, 'created' | 'nonce'>>;

/** Signs a request as of now, with a nonce that nobody used before. @throws as signRequest */
export const signNow = (request: RequestOfNow): Record<string, string> =>
  signRequest({
    created: Math.floor(Date.now() / 1000),
    nonce: randomBytes(16).toString('base64url'),
    ...request,
  });
