/**
 * What is wrong with a request, told without what was sent: findings name pointers and rules; a value, or an unknown member's name, may be
 * personal data.
 */
import type { ErrorObject } from 'ajv/dist/2020.js';
import { Problem } from '../../../terms/problem.ts';

export interface RequestFinding {
  /** `/body/filter/0/field`, `/query/limit`, `/header/datong-matter` */
  readonly pointer: string;
  /** the keyword that refused it */
  readonly rule: string;
  readonly message: string;
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

export function refused(pointer: string, rule: string, message: string): Problem {
  return new Problem('invalid_request', {}, { at: pointer, findings: [{ pointer, rule, message }] });
}

function messageOf(error: ErrorObject): string {
  const params = error.params as Readonly<Record<string, unknown>>;
  const unknown = params['additionalProperty'];
  if (typeof unknown === 'string') return `unknown member ${publicName(unknown)}`;
  const allowed = params['allowedValues'];
  if (Array.isArray(allowed)) return `must be one of ${allowed.join(', ')}`;
  return error.message ?? error.keyword;
}

/** A name that looks like a name of a contract is shown; anything else might be somebody's data. */
export const publicName = (name: string): string => (/^[A-Za-z][A-Za-z_-]{0,39}$/.test(name) ? name : '*');
