/** Calls of the public API, typed by what openapi.yaml says; the session travels as a cookie that no script sees. */
import type { components, paths } from '../../../api/openapi.ts';

export type Schemas = components['schemas'];
type Method = 'get' | 'post';
type PathsWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never;
}[keyof paths];

type JsonOf<T> = T extends { content: { 'application/json': infer B } } ? B : never;
type AnswerOf<T> = T extends { responses: infer R } ? JsonOf<R[keyof R & (200 | 201 | 202)]> : never;
type BodyOf<T> = T extends { requestBody: { content: { 'application/json': infer B } } } ? B : undefined;

/** What a refused call was answered with: the hub's own problem document. */
export class Refused extends Error {
  readonly problem: Schemas['Problem'];
  constructor(problem: Schemas['Problem']) {
    super(problem.code);
    this.problem = problem;
  }
}

/** No answer came at all. */
class Unreachable extends Error {}

type Words = Readonly<Record<string, string | undefined>>;
export interface Sent {
  /** by name in the path's template */
  readonly at?: Words;
  readonly query?: Words;
}

export function get<P extends PathsWith<'get'>>(
  path: P,
  sent: Sent = {},
): Promise<AnswerOf<paths[P]['get']>> {
  return call('GET', address(path, sent), undefined) as Promise<AnswerOf<paths[P]['get']>>;
}

/** @param key the same act sent twice under one key happens once */
export function post<P extends PathsWith<'post'>>(
  path: P,
  body: BodyOf<paths[P]['post']>,
  sent: Sent & { readonly key?: string; readonly token?: string } = {},
): Promise<AnswerOf<paths[P]['post']>> {
  const headers = {
    ...(sent.key === undefined ? {} : { 'datong-idempotency-key': sent.key }),
    ...(sent.token === undefined ? {} : { authorization: `Bearer ${sent.token}` }),
  };
  return call('POST', address(path, sent), body, headers, sent.token === undefined) as Promise<
    AnswerOf<paths[P]['post']>
  >;
}

function address(template: string, { at = {}, query = {} }: Sent): string {
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(at[name] ?? ''));
  const wanted = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return wanted.length === 0 ? path : `${path}?${wanted.join('&')}`;
}

async function call(
  method: string,
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
  withCookie = true,
): Promise<unknown> {
  const response = await fetch(url, {
    method,
    credentials: withCookie ? 'same-origin' : 'omit',
    headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Unreachable();
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) return answer;
  if (isProblem(answer)) throw new Refused(answer);
  throw new Unreachable();
}

const isProblem = (value: unknown): value is Schemas['Problem'] =>
  typeof value === 'object' && value !== null && 'code' in value && 'detail' in value;
