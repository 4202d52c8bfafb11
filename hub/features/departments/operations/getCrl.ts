import { operation } from '../../common/operation.ts';

/** The revocation list of the root or of an intermediate authority, DER, as browsers and OpenSSL fetch it. Public: leaves no entry. */
export const getCrl = operation('getCrl', {
  kind: 'none',
  run: (call, { identity }) => {
    const { der } = identity.crl(call.params.authority);
    return { entry: 'none', status: 200, contentType: 'application/pkix-crl', body: der };
  },
});
