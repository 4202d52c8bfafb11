import type { LifeCycle } from './lifeCycle.ts';

export type CertificateState = 'active' | 'superseded' | 'expired' | 'revoked';
export type CertificateAct = 'supersede' | 'expire' | 'revoke';

/** A client certificate's life. A superseded one works until it expires (overlap); a revoked one never again. */
export const certificateLife: LifeCycle<CertificateState, CertificateAct> = {
  active: { supersede: 'superseded', expire: 'expired', revoke: 'revoked' },
  superseded: { expire: 'expired', revoke: 'revoked' },
  expired: { revoke: 'revoked' },
  revoked: {},
};

/** Whether a new certificate may be asked for with it: never after revocation. */
export const renewable = (state: CertificateState): boolean => state !== 'revoked';
