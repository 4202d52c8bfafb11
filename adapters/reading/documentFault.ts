/** Describes a fault in the structure of options or of a mapping, in both languages; the validator's own message is English only. */
import type { ErrorObject } from 'ajv';
import { fill, type Bilingual } from '../../terms/bilingual.ts';

export interface DocumentFault {
  /** JSON pointer of the wrong, missing or unknown member */
  readonly path: string;
  readonly message: Bilingual;
}

const below = { zh: '小于下限 {limit}', en: 'is below {limit}' };
const above = { zh: '超过上限 {limit}', en: 'is above {limit}' };
const tooFew = { zh: '至少 {limit} 个', en: 'must have at least {limit}' };
const tooMany = { zh: '至多 {limit} 个', en: 'must have at most {limit}' };

/** By keyword of JSON Schema, with the validator's parameters. */
const messages: Readonly<Record<string, Bilingual | undefined>> = {
  additionalProperties: {
    zh: '不认识的成员“{additionalProperty}”',
    en: 'unknown member "{additionalProperty}"',
  },
  required: { zh: '缺少“{missingProperty}”', en: '"{missingProperty}" is missing' },
  type: { zh: '类型应为 {type}', en: 'must be of type {type}' },
  enum: { zh: '只能是：{allowedValues}', en: 'must be one of {allowedValues}' },
  minimum: below,
  exclusiveMinimum: below,
  maximum: above,
  exclusiveMaximum: above,
  minLength: tooFew,
  minItems: tooFew,
  minProperties: tooFew,
  maxLength: tooMany,
  maxItems: tooMany,
  maxProperties: tooMany,
  pattern: { zh: '写法不符：{pattern}', en: 'must match {pattern}' },
  uniqueItems: { zh: '有重复的项', en: 'has an item twice' },
};

/** Names members and limits, never a value of the document. */
export function documentFault({ keyword, instancePath, params, message }: ErrorObject): DocumentFault {
  const facts = Object.entries(params as Readonly<Record<string, unknown>>).map(
    ([name, fact]) => [name, textOf(name, fact)] as const,
  );
  const values = Object.fromEntries(facts);
  const unknown = values['additionalProperty'];
  return {
    path: unknown === undefined ? instancePath : `${instancePath}/${unknown}`,
    message: fill(messages[keyword] ?? { zh: '不符合规定（{keyword}）', en: message ?? keyword }, {
      keyword,
      ...values,
    }),
  };
}

const textOf = (name: string, fact: unknown): string =>
  name === 'allowedValues' ? JSON.stringify(fact).slice(1, -1) : String(fact);
