import { opensPerson } from '../../log/commitment.ts';
import { shapeOf } from '../../schemas/compile.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';
import { readTime } from '../documents/documentChecks.ts';
import { periodFault } from '../obligations/obligations.ts';
import type { CommittedSubject, Consent, SubjectOpening } from './consent.ts';

export const slug = { type: 'string', pattern: '^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$', maxLength: 60 };
const text = { type: 'string', minLength: 1, maxLength: 200 };
export const time = {
  type: 'string',
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,9})?(?:Z|[+-]\\d{2}:\\d{2})$',
};
const list = (items: object): object => ({
  type: 'array',
  items,
  minItems: 1,
  maxItems: 300,
  uniqueItems: true,
});
export const closed = (required: readonly string[], properties: object): object => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});
export const subject = closed(['kind', 'commitment'], {
  kind: { const: 'person' },
  commitment: { type: 'string', pattern: '^[A-Za-z0-9_-]{43}$' },
});

/** JSON Schema of the payload: closed, so that a consent never covers unknown members. */
export const consentSchema = closed(
  [
    ...['v', 'id', 'subject', 'provider', 'recipient', 'dataset', 'purposes', 'fields'],
    ...['notBefore', 'expires', 'notice', 'method', 'collectedBy', 'grantedBy', 'separate'],
  ],
  {
    v: { const: 1 },
    id: slug,
    subject,
    provider: slug,
    recipient: slug,
    dataset: text,
    purposes: list(slug),
    fields: list(text),
    notBefore: time,
    expires: time,
    maxUses: { type: 'integer', minimum: 1, maximum: 1_000_000 },
    retention: { type: 'string', maxLength: 20 },
    notice: closed(['digest', 'language'], {
      digest: { type: 'string', pattern: '^[0-9a-f]{64}$' },
      language: { enum: ['zh', 'en'] },
    }),
    method: text,
    collectedBy: slug,
    grantedBy: {
      oneOf: [
        closed(['kind'], { kind: { const: 'self' } }),
        closed(['kind', 'subject'], { kind: { const: 'guardian' }, subject }),
      ],
    },
    separate: { const: true },
  },
);

/**
 * Reads the payload of a verified JWS of type `datong-consent+jws`.
 * @param signer department whose key the signature was verified with: the recipient must not sign
 * @throws Problem consent_invalid
 */
export function readConsent(payload: unknown, signer: string): Consent {
  const isConsent = shapeOf<Consent>(consentSchema);
  if (!isConsent(payload))
    throw invalid({ zh: '内容不符合规范', en: 'its members do not match the contract' });
  const reason =
    termFault(payload) ??
    retentionFault(payload) ??
    signerFault(payload, signer) ??
    giverFault(payload) ??
    methodFault(payload);
  if (reason !== undefined) throw invalid(reason);
  return payload;
}

/** @throws Problem consent_invalid unless value and salt are what the artefact committed to */
export function checkOpening({ commitment }: CommittedSubject, opening: SubjectOpening | undefined): string {
  if (opening === undefined || !opensPerson(commitment, opening)) throw invalid(anotherPerson);
  return opening.value;
}

export const anotherPerson: Bilingual = {
  zh: '随附的标识与凭证承诺的不是同一人',
  en: 'the person named with it is not the one that it commits to',
};

export const invalid = (reason: Bilingual): Problem => new Problem('consent_invalid', { reason });

function termFault({ notBefore, expires }: Consent): Bilingual | undefined {
  const [from, until] = [readTime(notBefore), readTime(expires)];
  return from !== undefined && until !== undefined && from < until
    ? undefined
    : { zh: '有效期不正确', en: 'its term is no real span of time' };
}

/** Whether the storage period is one that the hub can follow up. */
export const retentionFault = ({ retention }: Pick<Consent, 'retention'>): Bilingual | undefined =>
  retention === undefined || !periodFault(retention)
    ? undefined
    : {
        zh: '保存期限不正确，应为 P30D、P6M 这样的期限',
        en: 'its retention is no period such as P30D or P6M',
      };

function signerFault({ recipient, collectedBy }: Consent, signer: string): Bilingual | undefined {
  if (signer === recipient) return { zh: '接收方不能自己签署', en: 'the recipient itself signed it' };
  return signer === collectedBy
    ? undefined
    : { zh: '签署部门不是采集部门', en: 'the signer is not the department that collected it' };
}

function giverFault({ subject: about, grantedBy }: Consent): Bilingual | undefined {
  return grantedBy.kind === 'guardian' && grantedBy.subject.commitment === about.commitment
    ? { zh: '监护人不能是本人', en: 'a person cannot be their own guardian' }
    : undefined;
}

/** The hub's own names of how it took a consent: from paper, confirmed by two persons, and on the citizen's page. */
export const methodsOfHub = { paper: 'paper', ownPage: 'own page' } as const;

/** Prevents a department's artefact from posing as a paper consent compared by two persons, or as one given to the hub directly. */
function methodFault({ method }: Consent): Bilingual | undefined {
  const normalized = method
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/gu, ' ');
  return Object.values(methodsOfHub).some((one) => one === normalized)
    ? { zh: '纸质同意和本人页面同意只由枢纽自己注明', en: '«paper» and «own page» are said by the hub alone' }
    : undefined;
}

/** The payload of an artefact that was verified on submission. */
export function consentOf(jws: string): Consent {
  const [, payload = ''] = jws.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Consent;
}
