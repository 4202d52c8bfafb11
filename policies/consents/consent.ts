/**
 * A person's consent (个人同意) as a signed artefact: compact JWS of type `consent+jwt`, one per provider and purpose. Its members follow
 * ISO/IEC TS 27560 (header, processing, party, event) and the consent artefact of India's ABDM. Nothing in it is nested permit and deny.
 */
export interface Consent {
  readonly id: string;
  readonly schemaVersion: 1;
  /** keyed hash of the subject's identifier, never the identifier */
  readonly subjectKey: string;
  readonly subjectIdScheme: string;
  /** department whose data it is about */
  readonly provider: string;
  /** department that receives it */
  readonly recipient: string;
  readonly purposes: readonly string[];
  readonly dataset: string;
  readonly fields: readonly string[];
  /** half-open, RFC 3339 with offset */
  readonly notBefore: string;
  readonly expires: string;
  /** how often it may be used; absent = as often as asked within its term */
  readonly maxUses?: number;
  /** time by which the recipient erases the data */
  readonly dataEraseAt?: string;
  readonly accessMode: 'view' | 'store';
  readonly notice: ConsentNotice;
  readonly method: string;
  /** department whose service asked the person */
  readonly collectedBy: string;
  readonly grantedBy: ConsentGiver;
  /** 单独同意 (PIPL art. 23, 29): asked for apart from anything else */
  readonly separate: boolean;
  readonly jurisdiction: string;
  readonly supersedes?: string;
}

/** What the person was told. A purpose covers those below it only if the notice named it. */
export interface ConsentNotice {
  readonly reference: string;
  /** hex SHA-256 of the notice's text */
  readonly digest: string;
  readonly language: string;
  readonly purposes: readonly string[];
}

export type ConsentGiver =
  | { readonly kind: 'self' }
  /** parent or guardian; `subjectKey` is the guardian's */
  | { readonly kind: 'guardian'; readonly subjectKey: string; readonly evidence: string }
  | { readonly kind: 'agent'; readonly subjectKey: string; readonly evidence: string };

/** Append-only. A use given back is an event of its own, never a smaller count. */
export interface ConsentEvent {
  readonly consent: string;
  readonly type: 'given' | 'renewed' | 'withdrawn' | 'expired' | 'superseded' | 'refused';
  /** Unix milliseconds */
  readonly at: number;
  /** for `renewed`: the new end of the term, Unix milliseconds */
  readonly until?: number;
}

/** Who signed the artefact, as verified. */
export type ConsentSigner =
  | { readonly kind: 'department'; readonly code: string }
  /** the person's own signature, or a one-time assertion of identity */
  | { readonly kind: 'subject'; readonly subjectKey: string };
