/** Describes a fault in the structure of options or of a mapping, in both languages; the validator's own message is English only. */
import type { ErrorObject } from 'ajv';
import type { Bilingual } from '../../terms/bilingual.ts';

export interface DocumentFault {
  /** JSON pointer of the wrong, missing or unknown member */
  readonly path: string;
  readonly message: Bilingual;
}

/** Names members and limits, never a value of the document. */
export function documentFault({ keyword, instancePath, params, message }: ErrorObject): DocumentFault {
  const facts = params as Readonly<Record<string, unknown>>;
  const at = (path: string, zh: string, en: string): DocumentFault => ({ path, message: { zh, en } });
  const limit = typeof facts['limit'] === 'number' ? String(facts['limit']) : '';
  switch (keyword) {
    case 'additionalProperties': {
      const name = String(facts['additionalProperty']);
      return at(`${instancePath}/${name}`, `不认识的成员“${name}”`, `unknown member "${name}"`);
    }
    case 'required': {
      const name = String(facts['missingProperty']);
      return at(instancePath, `缺少“${name}”`, `"${name}" is missing`);
    }
    case 'type': {
      const types = String(facts['type']);
      return at(instancePath, `类型应为 ${types}`, `must be of type ${types}`);
    }
    case 'enum': {
      const values = JSON.stringify(facts['allowedValues']).slice(1, -1);
      return at(instancePath, `只能是：${values}`, `must be one of ${values}`);
    }
    case 'minimum':
    case 'exclusiveMinimum':
      return at(instancePath, `小于下限 ${limit}`, `is below ${limit}`);
    case 'maximum':
    case 'exclusiveMaximum':
      return at(instancePath, `超过上限 ${limit}`, `is above ${limit}`);
    case 'minLength':
    case 'minItems':
    case 'minProperties':
      return at(instancePath, `至少 ${limit} 个`, `must have at least ${limit}`);
    case 'maxLength':
    case 'maxItems':
    case 'maxProperties':
      return at(instancePath, `至多 ${limit} 个`, `must have at most ${limit}`);
    case 'pattern': {
      const pattern = String(facts['pattern']);
      return at(instancePath, `写法不符：${pattern}`, `must match ${pattern}`);
    }
    case 'uniqueItems':
      return at(instancePath, '有重复的项', 'holds an item twice');
    default:
      return at(instancePath, `不符合规定（${keyword}）`, message ?? keyword);
  }
}
