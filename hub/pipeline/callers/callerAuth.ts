/** What differs between listeners: who may stand before one, and how its replies leave. */
import type { SigningKey } from '../../../certs/signatures/index.ts';
import type {
  AtExchange,
  Caller,
  CallHead,
  DepartmentCaller,
  Stranger,
} from '../../identity/authentication/caller.ts';
import { type OutgoingReply, type ReplyParts, plainReply, signedReply, type ReplySigner } from '../reply.ts';
import type { Identity } from '../../identity/identity.ts';
import { Refusal } from '../../identity/authentication/refusal.ts';

export interface CallerAuth<C extends Caller> {
  /** the scheme of openapi.yaml's `security` that it stands for; undefined where nothing is asked */
  readonly scheme: string | undefined;
  /** whose calls are counted together before anybody was authenticated */
  bucketOf(head: CallHead): string;
  /**
   * Who is calling, from the head alone.
   * @throws Refusal, with what was proven and what was merely said
   */
  authenticate(head: CallHead, at: AtExchange): Promise<C> | C;
  /** address of callers who are not proven, to slow them down; undefined where a certificate was demanded anyway */
  strangerOf(head: CallHead): string | undefined;
  /** behind doors whose operations may be streams */
  readonly streams?: {
    /** the hub's key, which signs what a stream says of itself */
    readonly key: SigningKey;
    /** whether a caller that came in before may still be here. @throws Problem */
    checkStanding(caller: DepartmentCaller): void;
  };
  reply(head: CallHead, parts: ReplyParts): Promise<OutgoingReply> | OutgoingReply;
}

/** The open and the admin listener: nobody is asked who they are. */
export const noAuth: CallerAuth<Stranger> = {
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

/** The exchange listener's two doors: behind both, replies are signed. */
type Behind = Pick<CallerAuth<never>, 'bucketOf' | 'strangerOf' | 'reply'>;

const behind = (signer: ReplySigner): Behind => ({
  bucketOf: ({ peer }) => peer?.serial ?? '',
  strangerOf: () => undefined,
  reply: (head, parts) => signedReply(signer, head, parts),
});

/** A department's machine: a certificate in force, and a signature by the department's key in every request. */
export const mtlsAuth = (
  identity: Pick<Identity, 'authenticate' | 'checkStanding'>,
  signer: ReplySigner,
): CallerAuth<DepartmentCaller> => ({
  ...behind(signer),
  streams: { key: signer.key, checkStanding: (caller) => identity.checkStanding(caller) },
  scheme: 'signedRequest',
  authenticate: (head, at) => identity.authenticate(head, at),
});

/**
 * Whoever shows a certificate in force, be the signature good or not: for the operation that tells why one is refused. Without such a
 * certificate nothing is told.
 */
export const certificateAuth = (
  identity: Pick<Identity, 'authenticate'>,
  signer: ReplySigner,
): CallerAuth<DepartmentCaller | Stranger> => ({
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
