/** Calls of the citizen listener; the session travels as a cookie that no script sees. */
import type { components } from '../../api/openapi.ts';

export type Schemas = components['schemas'];

/** What was refused, in the hub's own words; undefined where no answer came. */
export class NotDone extends Error {
  readonly problem: Schemas['Problem'] | undefined;
  constructor(problem: Schemas['Problem'] | undefined) {
    super(problem?.code ?? 'unreachable');
    this.problem = problem;
  }
}

/** @throws NotDone */
export async function ask<T>(path: string, body?: object): Promise<T> {
  const response = await fetch(path, {
    method: body === undefined ? 'GET' : 'POST',
    credentials: 'same-origin',
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch(() => undefined);
  const answer: unknown = await response?.json().catch(() => undefined);
  if (response?.ok === true) return answer as T;
  throw new NotDone(isProblem(answer) ? answer : undefined);
}

const isProblem = (value: unknown): value is Schemas['Problem'] =>
  typeof value === 'object' && value !== null && 'code' in value && 'detail' in value;
