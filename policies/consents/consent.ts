/**
 * A person's consent (个人同意, here always 单独同意: PIPL art. 23 and 29) as a signed artefact: the payload of a compact JWS of type
 * `datong-consent+jws`, one per dataset, recipient and notice. Its members follow ISO/IEC TS 27560 (header, processing, party, event).
 * The person is named by a salted commitment alone; value and salt travel beside the artefact when it is handed in.
 */
import type { Commitment } from '../../log/leaf.ts';

export interface Consent {
  readonly v: 1;
  readonly id: string;
  readonly subject: CommittedSubject;
  /** department whose data it is about */
  readonly provider: string;
  /** department that receives it */
  readonly recipient: string;
  readonly dataset: string;
  readonly purposes: readonly string[];
  readonly fields: readonly string[];
  /** half-open, RFC 3339 with offset */
  readonly notBefore: string;
  readonly expires: string;
  /** how often it may be used; absent = as often as asked within its term */
  readonly maxUses?: number;
  /** how long the recipient may keep what it receives, `P180D`, from the day of receipt; absent = as long as its agreement lets it */
  readonly retention?: string;
  readonly notice: ConsentNotice;
  /** how the person was asked: app, counter, letter */
  readonly method: string;
  /** department whose service asked the person; it signs, and is never the recipient */
  readonly collectedBy: string;
  readonly grantedBy: ConsentGiver;
  /** asked for apart from anything else */
  readonly separate: true;
  /** how sure the department was who she is that brought her to her own page; the hub signed the artefact, no department */
  readonly assurance?: 'substantial' | 'high';
  /** taken over from paper by two persons; the hub signed the artefact, no department */
  readonly paper?: PaperTrail;
}

/** Where a consent on paper is, and whose word it is that it says this. Persons are ids. */
export interface PaperTrail {
  /** number of the form, once in a department */
  readonly form: string;
  /** hex SHA-256 of the scan */
  readonly scan: string;
  /** the day it was signed, calendar of China */
  readonly takenOn: string;
  readonly takenBy: string;
  readonly confirmedBy: string;
}

export interface CommittedSubject {
  readonly kind: 'person';
  /** `personCommitment` of log/commitment.ts */
  readonly commitment: Commitment;
}

/** What the person was told. A purpose covers those below it only if the notice named it. */
export interface ConsentNotice {
  /** hex SHA-256 of the registered notice's text */
  readonly digest: string;
  readonly language: 'zh' | 'en';
}

export type ConsentGiver =
  | { readonly kind: 'self' }
  /** parent or guardian; the register of the dataset says whether they are */
  | { readonly kind: 'guardian'; readonly subject: CommittedSubject };

/** Value and salt of a commitment, as they travel beside the artefact. */
export interface SubjectOpening {
  readonly value: string;
  /** base64url, 16 bytes */
  readonly salt: string;
}
