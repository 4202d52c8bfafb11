/** Consents that a collecting department submits: a signed artefact that names the person by a salted commitment alone. */
import type { components } from '../../api/openapi.ts';
import { consentType, signJws } from '../../certs/jws.ts';
import type { SigningKey } from '../../certs/signatures/index.ts';
import { toBase64url } from '../../log/base64.ts';
import { personCommitment } from '../../log/commitment.ts';
import { newSalt } from '../../machine/newKeyPair.ts';
import { canonicalJson } from '../../terms/canonicalJson.ts';

export type ConsentView = components['schemas']['ConsentView'];
export interface ConsentList {
  readonly consents: readonly ConsentView[];
}
export type ConsentHandedIn = components['schemas']['ConsentHandedIn'];

/** A person's consent, and who they are. */
export interface GivenConsent {
  /** lower-case letters, digits and hyphens; unique at the hub */
  readonly id: string;
  /** identifier of the person the data are about */
  readonly person: string;
  /** identifier of the parent or guardian who agreed; absent where the person did */
  readonly guardian?: string;
  readonly recipient: string;
  readonly dataset: string;
  readonly purposes: readonly string[];
  readonly fields: readonly string[];
  /** RFC 3339 with offset, half-open */
  readonly notBefore: string;
  readonly expires: string;
  readonly maxUses?: number;
  /** how long the recipient may store the data: `P180D` */
  readonly retention?: string;
  readonly notice: { readonly digest: string; readonly language: 'zh' | 'en' };
  /** how the person was asked: app, counter, letter */
  readonly method: string;
}

/** Makes and signs the artefact. @param collectedBy the department whose key signs; never the recipient */
export function signedConsent(given: GivenConsent, collectedBy: string, key: SigningKey): ConsentHandedIn {
  const { person, guardian, dataset, ...members } = given;
  const [subject, giver] = [committed(person), guardian === undefined ? undefined : committed(guardian)];
  const artefact = {
    v: 1,
    ...members,
    dataset,
    provider: dataset.slice(0, dataset.indexOf('.')),
    subject: subject.committed,
    collectedBy,
    grantedBy: giver === undefined ? { kind: 'self' } : { kind: 'guardian', subject: giver.committed },
    separate: true,
  };
  return {
    consent: signJws(canonicalJson(artefact), key, { typ: consentType }),
    subject: subject.opening,
    ...(giver === undefined ? {} : { guardian: giver.opening }),
  };
}

/** A commitment to a person, with the values that open it. */
export function committed(identifier: string): {
  readonly committed: { readonly kind: 'person'; readonly commitment: string };
  readonly opening: { readonly value: string; readonly salt: string };
} {
  const salt = newSalt();
  return {
    committed: { kind: 'person', commitment: personCommitment(identifier, salt) },
    opening: { value: identifier, salt: toBase64url(salt) },
  };
}
