/** The exchange listener's two doors: behind both, replies are signed. */
import type { DepartmentCaller, Stranger } from '../../identity/authentication/caller.ts';
import type { Identity } from '../../identity/identity.ts';
import { Refusal } from '../../identity/authentication/refusal.ts';
import { signedReply, type ReplySigner } from '../reply.ts';
import type { Door } from './door.ts';

type Behind = Pick<Door<never>, 'bucketOf' | 'strangerOf' | 'reply'>;

const behind = (signer: ReplySigner): Behind => ({
  bucketOf: ({ peer }) => peer?.serial ?? '',
  strangerOf: () => undefined,
  reply: (head, parts) => signedReply(signer, head, parts),
});

/** A department's machine: a certificate in force, and a signature by the department's key in every request. */
export const departmentDoor = (
  identity: Pick<Identity, 'authenticate' | 'checkStanding'>,
  signer: ReplySigner,
): Door<DepartmentCaller> => ({
  ...behind(signer),
  streams: { key: signer.key, checkStanding: (caller) => identity.checkStanding(caller) },
  scheme: 'signedRequest',
  authenticate: (head, at) => identity.authenticate(head, at),
});

/**
 * Whoever shows a certificate in force, be the signature good or not: for the operation that tells why one is refused. Without such a
 * certificate nothing is told.
 */
export const certificateDoor = (
  identity: Pick<Identity, 'authenticate'>,
  signer: ReplySigner,
): Door<DepartmentCaller | Stranger> => ({
  ...behind(signer),
  scheme: 'clientCertificate',
  authenticate: async (head, at) => {
    try {
      return await identity.authenticate(head, at);
    } catch (error) {
      if (!(error instanceof Refusal) || error.extras.check === 'certificate') throw error;
      const { actor, signatureHash } = error;
      return { kind: 'stranger', certificate: head.certificate(), actor, signatureHash, refusal: error };
    }
  },
});
