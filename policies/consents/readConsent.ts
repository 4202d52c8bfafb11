import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv';
import type { Bilingual } from '../../terms/bilingual.ts';
import { canonicalJson, type CanonicalValue } from '../../terms/canonicalJson.ts';
import { Problem } from '../../terms/problem.ts';
import { readTime } from '../documents/checkMeaning.ts';
import type { Consent, ConsentSigner } from './consent.ts';

const slug = { type: 'string', pattern: '^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$', maxLength: 60 };
const key = { type: 'string', pattern: '^[A-Za-z0-9_-]{16,64}$' };
const text = { type: 'string', minLength: 1, maxLength: 200 };
const time = { type: 'string', pattern: 'T.*(?:Z|[+-]\\d{2}:\\d{2})$', maxLength: 40 };
const list = (items: object): object => ({
  type: 'array',
  items,
  minItems: 1,
  maxItems: 300,
  uniqueItems: true,
});
const closed = (required: readonly string[], properties: object): object => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});
const byAnother = (kind: string): object =>
  closed(['kind', 'subjectKey', 'evidence'], { kind: { const: kind }, subjectKey: key, evidence: text });

/** JSON Schema of the payload: closed, so that a member nobody knows is never agreed to. */
export const consentSchema = closed(
  [
    ...[
      'id',
      'schemaVersion',
      'subjectKey',
      'subjectIdScheme',
      'provider',
      'recipient',
      'purposes',
      'dataset',
    ],
    ...['fields', 'notBefore', 'expires', 'accessMode', 'notice', 'method', 'collectedBy', 'grantedBy'],
    ...['separate', 'jurisdiction'],
  ],
  {
    id: slug,
    schemaVersion: { const: 1 },
    subjectKey: key,
    subjectIdScheme: text,
    provider: slug,
    recipient: slug,
    purposes: list(slug),
    dataset: text,
    fields: list(text),
    notBefore: time,
    expires: time,
    maxUses: { type: 'integer', minimum: 1 },
    dataEraseAt: time,
    accessMode: { enum: ['view', 'store'] },
    notice: closed(['reference', 'digest', 'language', 'purposes'], {
      reference: text,
      digest: { type: 'string', pattern: '^[0-9a-f]{64}$' },
      language: text,
      purposes: list(slug),
    }),
    method: text,
    collectedBy: slug,
    grantedBy: {
      oneOf: [closed(['kind'], { kind: { const: 'self' } }), byAnother('guardian'), byAnother('agent')],
    },
    separate: { type: 'boolean' },
    jurisdiction: text,
    supersedes: slug,
  },
);

let validate: ValidateFunction | undefined;

/**
 * Reads the payload of a verified JWS of type `consent+jwt`.
 * @param signer whose key the signature was verified with
 * @throws Problem consent_invalid
 */
export function readConsent(payload: unknown, signer: ConsentSigner): Consent {
  validate ??= new Ajv2020({ strict: true, ownProperties: true, logger: false }).compile(consentSchema);
  if (!validate(payload))
    throw invalid({ zh: '内容不符合规范', en: 'its members do not match the contract' });
  const consent = payload as Consent;
  const reason = termFault(consent) ?? purposeFault(consent) ?? signerFault(consent, signer);
  if (reason !== undefined) throw invalid(reason);
  return consent;
}

/** The bytes a consent is signed over: canonical JSON. */
export const consentPayload = (consent: Consent): string =>
  canonicalJson(consent as unknown as CanonicalValue);

const invalid = (reason: Bilingual): Problem => new Problem('consent_invalid', { reason: reason.en });

function termFault({ notBefore, expires }: Consent): Bilingual | undefined {
  const [from, until] = [readTime(notBefore), readTime(expires)];
  return from !== undefined && until !== undefined && from < until
    ? undefined
    : { zh: '有效期不正确', en: 'its term is no real span of time' };
}

/** Nobody consents to a purpose that the notice did not name. */
function purposeFault({ purposes, notice }: Consent): Bilingual | undefined {
  return purposes.every((purpose) => notice.purposes.includes(purpose))
    ? undefined
    : { zh: '告知书没有写明该用途', en: 'the notice does not name one of its purposes' };
}

/** Who profits does not sign: the signer is another department than the recipient, or the person, or who may act for the person. */
function signerFault(consent: Consent, signer: ConsentSigner): Bilingual | undefined {
  if (signer.kind === 'department') {
    if (signer.code === consent.recipient) {
      return { zh: '接收方不能自己签署', en: 'the recipient itself signed it' };
    }
    return signer.code === consent.collectedBy
      ? undefined
      : { zh: '签署部门不是采集部门', en: 'the signer is not the department that collected it' };
  }
  const { grantedBy } = consent;
  const giver = grantedBy.kind === 'self' ? consent.subjectKey : grantedBy.subjectKey;
  return signer.subjectKey === giver
    ? undefined
    : { zh: '签署人不是同意人', en: 'the signer is not the person who gave it' };
}
