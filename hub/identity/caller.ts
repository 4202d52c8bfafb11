import type { DepartmentCode, KeyId } from '../../terms/ids.ts';

/** The client certificate of a socket, read once after the handshake. */
export interface TlsPeer {
  /** serial, lower-case hex */
  readonly serial: string;
  /** from the SAN URI `urn:datong:dept:<code>`; undefined when the certificate names none */
  readonly department: DepartmentCode | undefined;
  /** Unix milliseconds */
  readonly notAfter: number;
}

/** Who is calling, proven by certificate, signature and a nonce not seen before. */
export interface Caller {
  readonly department: DepartmentCode;
  readonly keyid: KeyId;
  /** serial of the client certificate */
  readonly certificate: string;
  readonly nonce: string;
  /** Unix seconds */
  readonly expires: number;
  /** base64url SHA-256 of the request's signature bytes: `request` of the leaf */
  readonly signatureHash: string;
  /** signed `datong-*` headers, by name without the prefix: purpose, agreement, on-behalf-of, matter, idempotency-key */
  readonly signed: Readonly<Record<string, string>>;
}

/** What a refused request said of itself, unproven; logged under `claimed…`. */
export interface Claimed {
  readonly department?: string;
  readonly keyid?: string;
}

/** A person or machine on the staff listener, by a bearer token. */
export interface StaffCaller {
  readonly tokenId: string;
  readonly name: string;
  readonly scopes: readonly StaffScope[];
  /** department a steward or clerk belongs to, undefined for the operator and the auditor */
  readonly department: DepartmentCode | undefined;
}

export type StaffScope = 'operator' | 'steward' | 'security' | 'auditor';
