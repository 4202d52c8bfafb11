import type { Stranger } from '../../identity/authentication/caller.ts';
import { plainReply } from '../reply.ts';
import type { Door } from './door.ts';

/** The open and the admin listener: nobody is asked who they are. */
export const openDoor: Door<Stranger> = {
  scheme: undefined,
  bucketOf: ({ address }) => address,
  strangerOf: ({ address }) => address,
  authenticate: ({ certificate }) => ({
    kind: 'stranger',
    certificate: certificate(),
    actor: { proven: {} },
    signatureHash: undefined,
    refusal: undefined,
  }),
  reply: (_head, parts) => plainReply(parts),
};
