/** The callers of a listener, as far as they are proven. */
import type { X509Certificate } from 'node:crypto';
import type { RequestHead } from '../../../certs/message.ts';
import type { Actor } from '../../log/draft.ts';
import type { Problem } from '../../../terms/problem.ts';
import type { DepartmentCode, KeyId } from '../../../terms/ids.ts';
import type { Role, RoleGrant } from '../../domain/permissions.ts';
import type { WayIn } from '../store/sessions.ts';

/** The client certificate of a socket, read once after the handshake. */
export interface TlsPeer {
  /** serial, lower-case hex */
  readonly serial: string;
  /** from the SAN URI `urn:datong:dept:<code>`; undefined when the certificate names none */
  readonly department: DepartmentCode | undefined;
  /** Unix milliseconds */
  readonly notAfter: number;
}

/** Everything that authenticates a call. Its body is not read before that. */
export interface CallHead extends RequestHead {
  /** whether a body was announced, by a length or by a transfer coding */
  readonly hasBody: boolean;
  readonly peer: TlsPeer | undefined;
  /** client address, as reported by the socket or a trusted balancer: used only to slow down strangers, never logged */
  readonly address: string;
  /** the certificate shown in the handshake, accepted or not */
  readonly certificate: () => X509Certificate | undefined;
}

/** When a call is authenticated, and for which exchange. */
export interface AtExchange {
  /** Unix milliseconds, database clock */
  readonly now: number;
  /** when the call is decided again, its own nonce, still claimed, is not a replay */
  readonly exchange: string;
}

/** A department's machine, proven by certificate, signature and a nonce not seen before. */
export interface DepartmentCaller {
  readonly kind: 'department';
  readonly department: DepartmentCode;
  readonly keyid: KeyId;
  /** serial of the client certificate */
  readonly certificate: string;
  readonly nonce: string;
  /** Unix seconds */
  readonly expires: number;
  /** base64url SHA-256 of the request's signature bytes: `request` of the leaf */
  readonly signatureHash: string;
  /** the Content-Digest that was signed, which the body must have */
  readonly digest: string;
  /**
   * signed `datong-*` headers, by name without the prefix: purpose, agreement, on-behalf-of, matter, idempotency-key. They are decoded,
   * and only those that may be stored are included.
   */
  readonly signed: Readonly<Record<string, string>>;
  /** why a header is missing in `signed`: the call is rejected for it */
  readonly refusedHeader?: Problem;
}

/** A person on the staff listener, authenticated by a credential. */
export interface StaffCaller {
  readonly kind: 'staff';
  /** id of the person: the approver's id is compared with the author's */
  readonly person: string;
  /** persons who do not count as a second person for this one: the person, those they deputise for now, and their own deputies */
  readonly actingPersons: readonly string[];
  /** persons whose deputy this person is now */
  readonly insteadOf: readonly string[];
  /** id of the credential: a token, or a session in a browser */
  readonly tokenId: string;
  readonly name: string;
  /** the department where the person works; undefined in the data office */
  readonly department: DepartmentCode | undefined;
  /** what the credential permits: each role with its department */
  readonly grants: readonly RoleGrant[];
  /** the roles of `grants`, each once */
  readonly scopes: readonly Role[];
  /** how the session was opened; absent for a token. Unix milliseconds */
  readonly session?: { readonly way: WayIn; readonly begun: number; readonly expires: number };
}

/** A caller on a listener that requires no authentication. */
export interface Stranger {
  readonly kind: 'stranger';
  /** the certificate shown in the handshake, accepted or not */
  readonly certificate: X509Certificate | undefined;
  /** what is proven or claimed about the caller */
  readonly actor: Actor;
  /** of the signature that the call carries, valid or not */
  readonly signatureHash: string | undefined;
  /** why the caller is not proven, where it tried to authenticate */
  readonly refusal: Problem | undefined;
}

/** A person on their own page, as a department proved them. */
export interface SubjectCaller {
  readonly kind: 'subject';
  /** id of the session */
  readonly session: string;
  /** keyed hash of the subject, 32 bytes */
  readonly subject: Uint8Array;
  readonly commitment: string;
  /** the department that vouched for the person */
  readonly department: string;
  readonly presentedBy: 'self' | 'guardian' | 'agent';
  /** level of assurance of the person's identity; absent in a session opened before this was stored */
  readonly assurance?: 'substantial' | 'high';
}

export type Caller = DepartmentCaller | StaffCaller | SubjectCaller | Stranger;
