/** Who may stand before a listener, as far as it was proven. */
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

/** Everything by which a call is authenticated: its body is not looked at before that is done. */
export interface CallHead extends RequestHead {
  /** whether a body was announced, by a length or by a transfer coding */
  readonly hasBody: boolean;
  readonly peer: TlsPeer | undefined;
  /** of the client, as the socket or a trusted balancer says: only to slow down strangers, never logged */
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
   * signed `datong-*` headers, by name without the prefix: purpose, agreement, on-behalf-of, matter, idempotency-key. Decoded, and only
   * those that may be kept.
   */
  readonly signed: Readonly<Record<string, string>>;
  /** why one of them is missing in `signed`: the call is refused for it */
  readonly refusedHeader?: Problem;
}

/** A person on the staff listener, by a credential of hers. */
export interface StaffCaller {
  readonly kind: 'staff';
  /** id of the person: whoever decides is compared with whoever wrote by it */
  readonly person: string;
  /** persons of whom she is no second pair of eyes: herself, whom she is deputy of now, and who is hers */
  readonly hands: readonly string[];
  /** persons whose deputy she is now */
  readonly insteadOf: readonly string[];
  /** id of her credential: a token, or a session in a browser */
  readonly tokenId: string;
  readonly name: string;
  /** where she works, undefined in the data office */
  readonly department: DepartmentCode | undefined;
  /** what the credential lets her be, each role at its place */
  readonly grants: readonly RoleGrant[];
  /** the roles of `grants`, each once */
  readonly scopes: readonly Role[];
  /** how the session was opened; absent for a token. Unix milliseconds */
  readonly session?: { readonly way: WayIn; readonly begun: number; readonly expires: number };
}

/** Anybody, where nobody is asked. */
export interface Stranger {
  readonly kind: 'stranger';
  /** the certificate shown in the handshake, accepted or not */
  readonly certificate: X509Certificate | undefined;
  /** what little is proven or said of it */
  readonly actor: Actor;
  /** of the signature it carries, whatever that is worth */
  readonly signatureHash: string | undefined;
  /** why it is not proven, where it tried to be */
  readonly refusal: Problem | undefined;
}

/** A person on her own page, as a department proved her. */
export interface SubjectCaller {
  readonly kind: 'subject';
  /** id of her session */
  readonly session: string;
  /** keyed hash of whom it is about, 32 bytes */
  readonly subject: Uint8Array;
  readonly commitment: string;
  /** which vouched for her */
  readonly department: string;
  readonly presentedBy: 'self' | 'guardian' | 'agent';
  /** how sure it was who she is; absent in a session from before that was kept */
  readonly assurance?: 'substantial' | 'high';
}

export type Caller = DepartmentCaller | StaffCaller | SubjectCaller | Stranger;
