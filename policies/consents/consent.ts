/**
 * A person's consent (个人同意, here always 单独同意: PIPL art. 23 and 29) as a signed artefact: the payload of a compact JWS of type
 * `datong-consent+jws`, one per dataset, recipient and notice. Its members follow ISO/IEC TS 27560 (header, processing, party, event). The
 * artefact names the person by a salted commitment alone; value and salt are sent with it on submission.
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
  /** maximum number of uses; absent = unlimited within its term */
  readonly maxUses?: number;
  /** how long the recipient may store the data, `P180D`, from the day of receipt; absent = as long as its agreement allows */
  readonly retention?: string;
  readonly notice: ConsentNotice;
  /** how the consent was requested: app, counter, letter */
  readonly method: string;
  /** department whose service requested the consent; it signs, and is never the recipient */
  readonly collectedBy: string;
  readonly grantedBy: ConsentGiver;
  /** requested separately from anything else */
  readonly separate: true;
  /** how certainly the department that referred the person to their own page identified them; signed by the hub, not by a department */
  readonly assurance?: 'substantial' | 'high';
  /** transcribed from paper by two persons; signed by the hub, not by a department */
  readonly paper?: PaperTrail;
}

/** Where the paper consent is stored, and which persons confirmed its content. Persons are ids. */
export interface PaperTrail {
  /** number of the form, unique in a department */
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

/** What the person was informed of. A purpose covers those below it only if the notice named it. */
export interface ConsentNotice {
  /** hex SHA-256 of the registered notice's text */
  readonly digest: string;
  readonly language: 'zh' | 'en';
}

export type ConsentGiver =
  | { readonly kind: 'self' }
  /** parent or guardian; the dataset's register states whether they are */
  | { readonly kind: 'guardian'; readonly subject: CommittedSubject };

/** Value and salt of a commitment, sent together with the artefact. */
export interface SubjectOpening {
  readonly value: string;
  /** base64url, 16 bytes */
  readonly salt: string;
}
