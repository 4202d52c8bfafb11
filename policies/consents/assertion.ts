/**
 * A department's assertion of the identity of a person who is present (身份核验断言): the payload of a compact JWS of type
 * `datong-subject-assertion+jws`. It permits one view of that person's access records, within minutes, at the hub it names. It is stored as
 * evidence.
 */
import type { Bilingual } from '../../terms/bilingual.ts';
import { shapeOf } from '../../schemas/compile.ts';
import { Problem } from '../../terms/problem.ts';
import { readTime } from '../documents/documentChecks.ts';
import type { CommittedSubject } from './consent.ts';
import { closed, slug, subject, time } from './readConsent.ts';

export interface SubjectAssertion {
  readonly v: 1;
  /** assigned by the department, used once */
  readonly id: string;
  /** public origin of the hub it is for */
  readonly hub: string;
  /** subject of the answer */
  readonly subject: CommittedSubject;
  readonly presentedBy: PresentedBy;
  /** how certain the identification is: two independent proofs, or in addition the face or the document itself */
  readonly assurance: 'substantial' | 'high';
  readonly assertedBy: string;
  /** RFC 3339 with offset, ten minutes apart at most */
  readonly issuedAt: string;
  readonly expires: string;
}

/** The person; a parent or guardian of a child; an agent with a mandate, or a near relative (PIPL art. 49, 50). */
const presenters = ['self', 'guardian', 'agent'] as const;
type PresentedBy = (typeof presenters)[number];

/** Milliseconds. */
const maxLifeMs = 600_000;
const skew = 30_000;

export const assertionSchema = closed(
  ['v', 'id', 'hub', 'subject', 'presentedBy', 'assurance', 'assertedBy', 'issuedAt', 'expires'],
  {
    v: { const: 1 },
    id: slug,
    hub: { type: 'string', minLength: 1, maxLength: 200 },
    subject,
    presentedBy: { enum: presenters },
    assurance: { enum: ['substantial', 'high'] },
    assertedBy: slug,
    issuedAt: time,
    expires: time,
  },
);

/**
 * @param payload of a JWS that was verified with a key of `signer`
 * @param at.hub public origin of this hub @param at.now Unix milliseconds
 * @throws Problem assertion_invalid
 */
export function readAssertion(
  payload: unknown,
  signer: string,
  at: { readonly hub: string; readonly now: number },
): SubjectAssertion {
  const isAssertion = shapeOf<SubjectAssertion>(assertionSchema);
  if (!isAssertion(payload))
    throw invalidAssertion({ zh: '内容不符合规范', en: 'its members do not match the contract' });
  const reason = faultOf(payload, signer, at);
  if (reason !== undefined) throw invalidAssertion(reason);
  return payload;
}

export const invalidAssertion = (reason: Bilingual): Problem => new Problem('assertion_invalid', { reason });

function faultOf(
  { assertedBy, hub, issuedAt, expires }: SubjectAssertion,
  signer: string,
  at: { readonly hub: string; readonly now: number },
): Bilingual | undefined {
  if (assertedBy !== signer)
    return { zh: '签署部门不是核验部门', en: 'the signer is not the department that vouches' };
  if (hub !== at.hub) return { zh: '不是为本枢纽签署的', en: 'it was made for another hub' };
  const [from, until] = [readTime(issuedAt), readTime(expires)];
  if (from === undefined || until === undefined || from >= until || until - from > maxLifeMs)
    return { zh: '有效期应为十分钟以内', en: 'its term is no span of ten minutes or less' };
  if (at.now < from - skew) return { zh: '尚未生效', en: 'it is from the future' };
  return at.now < until ? undefined : { zh: '已经过期', en: 'it has expired' };
}
