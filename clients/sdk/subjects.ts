/** «谁查过我» in a department's service: the service vouches for the person who asks, and passes on the view that the hub signed. */
import type { components } from '../../api/openapi.ts';
import { verifyDetached } from '../../certs/detachedJws.ts';
import { assertionType, signJws, subjectViewType } from '../../certs/jws.ts';
import type { SigningKey, VerificationKey } from '../../certs/signatures/index.ts';
import { opensPerson } from '../../log/commitment.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { canonicalJson } from '../../terms/canonicalJson.ts';
import { Problem } from '../../terms/problem.ts';
import { committed } from './consents.ts';
import { jsonCall } from './jsonCall.ts';
import type { CallInput } from './signedCall.ts';
import type { Answer } from './types.ts';

type Schemas = components['schemas'];
export type SubjectAccess = Schemas['SubjectLook'];
export type TitledCode = Schemas['TitledCode'];
export type CounterView = Schemas['CounterView'];
export type ViewDelayList = Schemas['ViewDelayList'];
export type SignedSubjectView = Schemas['SignedSubjectView'];

export interface RequestedView {
  /** identifier of the person it is about */
  readonly person: string;
  /** the person, a parent or guardian, or an authorised representative */
  readonly presentedBy: Schemas['PresentedBy'];
  /** two independent proofs (substantial); in addition the face or the document itself (high) */
  readonly assurance: 'substantial' | 'high';
  /** `next` of the page before */
  readonly before?: string;
  readonly limit?: number;
}

/** Minutes for which an assertion is valid: it is made for one call. */
const minutes = 5;

/** A department's assertion of who the person at its service is, for one immediate call. */
export function assertionFor(
  { person, presentedBy, assurance }: Pick<RequestedView, 'person' | 'presentedBy' | 'assurance'>,
  by: { readonly key: SigningKey; readonly origin: string; readonly department: string },
): { readonly jws: string; readonly opening: { readonly value: string; readonly salt: string } } {
  const now = Date.now();
  const subject = committed(person);
  const assertion = {
    v: 1,
    id: `a-${uuid7(now)}`,
    hub: by.origin,
    subject: subject.committed,
    presentedBy,
    assurance,
    assertedBy: by.department,
    issuedAt: new Date(now).toISOString(),
    expires: new Date(now + minutes * 60_000).toISOString(),
  };
  return { jws: signJws(canonicalJson(assertion), by.key, { typ: assertionType }), opening: subject.opening };
}

/** Returns the URL of the person's own page at the hub, without their identifier. Open it in their browser immediately. */
export async function openOwnPage(
  call: (input: CallInput) => Promise<Answer<unknown>>,
  requested: Pick<RequestedView, 'person' | 'presentedBy' | 'assurance'>,
  by: Parameters<typeof assertionFor>[1],
): Promise<Answer<Schemas['OwnAddress']>> {
  const { jws, opening } = assertionFor(requested, by);
  const body = { assertion: jws, subject: opening };
  return (await call(jsonCall('/v1/own-sessions', body, {}, 'required'))) as Answer<Schemas['OwnAddress']>;
}

/**
 * Returns one view. The assertion is made, used once and discarded. The salt that proves whom the view is about is returned with it.
 * @throws Problem jws_invalid when the hub's signature over the view is invalid
 */
export async function viewSubject(
  call: (input: CallInput) => Promise<Answer<unknown>>,
  { person, presentedBy, assurance, ...page }: RequestedView,
  by: {
    readonly key: SigningKey;
    readonly hubKey: (keyid: string) => VerificationKey | undefined;
    /** public origin of the hub */
    readonly origin: string;
    readonly department: string;
  },
): Promise<Answer<SignedSubjectView>> {
  const { jws, opening } = assertionFor({ person, presentedBy, assurance }, by);
  const body = {
    assertion: jws,
    subject: opening,
    ...page,
  };
  const answer = (await call(
    jsonCall('/v1/subject-views', body, {}, 'required'),
  )) as Answer<SignedSubjectView>;
  await verifySubjectView(answer.json, by.hubKey, { value: person, salt: opening.salt });
  return { ...answer, json: { ...answer.json, salt: opening.salt } };
}

/**
 * Checks that the hub signed a view, and that it is about this person.
 * @param opening absent where the subject is not given
 * @throws Problem jws_invalid, with check `subject` where it is about another person
 */
export async function verifySubjectView(
  { view, signature }: Pick<SignedSubjectView, 'view' | 'signature'>,
  hubKey: (keyid: string) => VerificationKey | undefined,
  opening?: { readonly value: string; readonly salt: string },
): Promise<void> {
  const { header } = await verifyDetached(view, signature, ({ kid }) =>
    kid === undefined ? undefined : hubKey(kid),
  );
  if (header.typ !== subjectViewType) throw new Problem('jws_invalid', {}, { check: 'jws' });
  if (opening !== undefined && !opensPerson(view.subject.commitment, opening))
    throw new Problem('jws_invalid', {}, { check: 'subject' });
}
