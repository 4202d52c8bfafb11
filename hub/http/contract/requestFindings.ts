/**
 * What is wrong with a request, told without what was sent: findings name pointers and rules; a value, or an unknown member's name, may be
 * personal data.
 */
import type { ErrorObject } from 'ajv/dist/2020.js';
import { messageFor } from '../../../schemas/messages.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { Problem } from '../../../terms/problem.ts';

export interface RequestFinding {
  /** `/body/filter/0/field`, `/query/limit`, `/header/datong-matter` */
  readonly pointer: string;
  /** the keyword that refused it */
  readonly rule: string;
  readonly message: Bilingual;
}

const mostFindings = 20;

/** Turns Ajv's errors into findings without any sent value or name. @param at where the checked value stands */
export function invalidRequest(errors: readonly ErrorObject[], at: string): Problem {
  const findings = errors.slice(0, mostFindings).map((error): RequestFinding => ({
    pointer: `${at}${error.instancePath}`,
    rule: error.keyword,
    message: messageOf(error),
  }));
  return new Problem('invalid_request', {}, { at: findings[0]?.pointer ?? at, findings });
}

export function refused(pointer: string, rule: string, message: Bilingual): Problem {
  return new Problem('invalid_request', {}, { at: pointer, findings: [{ pointer, rule, message }] });
}

/** The words of the catalogue: a validator's own name patterns, and in English only. */
function messageOf({ keyword, params }: ErrorObject): Bilingual {
  const { additionalProperty, missingProperty, allowedValues, limit, type } = params as Readonly<
    Record<string, unknown>
  >;
  if (typeof additionalProperty === 'string') {
    const name = publicName(additionalProperty);
    return { zh: `不认识的成员 ${name}`, en: `unknown member ${name}` };
  }
  if (typeof missingProperty === 'string')
    return { zh: `缺少 ${missingProperty}`, en: `${missingProperty} is missing` };
  if (Array.isArray(allowedValues)) {
    const allowed = allowedValues.join(', ');
    return { zh: `只能是 ${allowed}`, en: `must be one of ${allowed}` };
  }
  if (type !== undefined) {
    const wanted = (Array.isArray(type) ? type : [type]).map(String).join(' | ');
    return { zh: `类型应为 ${wanted}`, en: `must be of the type ${wanted}` };
  }
  return messageFor(keyword, typeof limit === 'number' ? { limit } : {});
}

/** A name that looks like a name of a contract is shown; anything else might be somebody's data. */
export const publicName = (name: string): string => (/^[A-Za-z][A-Za-z_-]{0,39}$/.test(name) ? name : '*');
