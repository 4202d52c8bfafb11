/** What differs between listeners: which callers they accept, and how their replies are sent. */
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
  /** the security scheme of openapi.yaml that this adapter implements; undefined where no authentication is required */
  readonly scheme: string | undefined;
  /** key of the bucket that counts calls together before authentication */
  bucketOf(head: CallHead): string;
  /**
   * Authenticates the caller from the head alone.
   * @throws Refusal, with what was proven and what was only claimed
   */
  authenticate(
    head: CallHead,
    at: AtExchange & { readonly operation: { readonly id: string } },
  ): Promise<C> | C;
  /**
   * for adapters whose pages may stay open: authenticates the head of an admitted call again, without counting it as use
   * @throws Refusal
   */
  readonly stillAuthenticated?: (head: CallHead, at: AtExchange) => Promise<C>;
  /** address of unauthenticated callers, to rate-limit them; undefined where a certificate was required anyway */
  strangerOf(head: CallHead): string | undefined;
  /** for adapters whose operations may be streams */
  readonly streams?: {
    /** the hub's key, which signs the statements of a stream */
    readonly key: SigningKey;
    /** checks that a caller admitted earlier is still authorised. @throws Problem */
    checkAuthorised(caller: DepartmentCaller): void;
  };
  reply(head: CallHead, parts: ReplyParts): Promise<OutgoingReply> | OutgoingReply;
}

/** The open and the admin listener: no authentication. */
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

/** The two adapters of the exchange listener: both sign their replies. */
type Behind = Pick<CallerAuth<never>, 'bucketOf' | 'strangerOf' | 'reply'>;

const behind = (signer: ReplySigner): Behind => ({
  bucketOf: ({ peer }) => peer?.serial ?? '',
  strangerOf: () => undefined,
  reply: (head, parts) => signedReply(signer, head, parts),
});

/** A department's system: a certificate in force, and a signature by the department's key in every request. */
export const mtlsAuth = (
  identity: Pick<Identity, 'authenticate' | 'checkAuthorised'>,
  signer: ReplySigner,
): CallerAuth<DepartmentCaller> => ({
  ...behind(signer),
  streams: { key: signer.key, checkAuthorised: (caller) => identity.checkAuthorised(caller) },
  scheme: 'signedRequest',
  authenticate: (head, at) => identity.authenticate(head, at),
});

/**
 * A caller with a certificate in force, whether or not the signature is valid: for the operation that explains why a signature is refused.
 * Without such a certificate nothing is disclosed.
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
