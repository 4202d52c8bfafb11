/**
 * Findings of invalid requests. They name pointers and rules, never what was sent: a value, or the name of an unknown member, may be personal
 * data.
 */
import type { ErrorObject } from 'ajv/dist/2020.js';
import { messageFor } from '../../../../schemas/messages.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { mayShowName } from '../../../../terms/fieldName.ts';
import { Problem } from '../../../../terms/problem.ts';

export interface RequestFinding {
  /** `/body/filter/0/field`, `/query/limit`, `/header/datong-matter` */
  readonly pointer: string;
  /** the failed keyword */
  readonly rule: string;
  readonly message: Bilingual;
}

export const maxFindings = 20;

/** Findings of Ajv's errors, without sent values and names. @param errors their paths begin at the request */
export function invalidRequest(errors: readonly ErrorObject[]): Problem {
  const findings = errors.slice(0, maxFindings).map((error): RequestFinding => ({
    pointer: shownPath(error.instancePath),
    rule: error.keyword,
    message: messageOf(error),
  }));
  return new Problem('invalid_request', {}, { at: findings[0]?.pointer ?? '', findings });
}

/** The pointer with `*` for names that may be personal data: members of a map, such as a row, have names that were sent. */
const shownPath = (path: string): string =>
  path
    .split('/')
    .map((part) => (part === '' || /^\d{1,6}$/.test(part) ? part : memberName(part)))
    .join('/');

/** A request that the contract allows, with values that the hub does not accept. @param findings at least one */
export const invalidParts = (findings: readonly RequestFinding[]): Problem =>
  new Problem(
    'invalid_request',
    {},
    { at: findings[0]?.pointer ?? '/body', findings: findings.slice(0, maxFindings) },
  );

/** @param rule the failed keyword */
export const invalidPart = (pointer: string, rule: string, message: Bilingual): Problem =>
  invalidParts([{ pointer, rule, message }]);

/** Messages of the catalogue: a validator's own messages contain patterns, and are English only. */
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

/** The name if it could be a name of the contract; else `*`, since it may be personal data. */
export const publicName = (name: string): string => (/^[A-Za-z][A-Za-z_-]{0,39}$/.test(name) ? name : '*');

/** The name of a document's own member, such as a field, in a pointer; `*` where it may be personal data. */
export const memberName = (name: string): string => (mayShowName(name) ? name : '*');
