/** Calls of the public API, typed by openapi.yaml; the session travels as a cookie that no script can read. */
import type { components, paths } from '../../../api/openapi.ts';
import { defined } from '../../../terms/defined.ts';

export type Schemas = components['schemas'];
export type Method = 'get' | 'post' | 'put';
type PathsWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never;
}[keyof paths];

type JsonOf<T> = T extends { content: { 'application/json': infer B } } ? B : never;
type AnswerOf<T> = T extends { responses: infer R } ? JsonOf<R[keyof R & (200 | 201 | 202)]> : never;
type BodyOf<T> = T extends { requestBody: { content: { 'application/json': infer B } } } ? B : undefined;

/** The refusal of a call: the hub's own problem document. */
export class Refused extends Error {
  readonly problem: Schemas['Problem'];
  constructor(problem: Schemas['Problem']) {
    super(problem.code);
    this.problem = problem;
  }
}

/** No answer arrived. */
export class Unreachable extends Error {}

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
  return call('GET', addressOfCall(path, sent), undefined) as Promise<AnswerOf<paths[P]['get']>>;
}

/** A difference of clocks within the precision of the header Date counts as none. */
const clockPrecision = 2_000;

/** An answer, and how many milliseconds the hub's clock is ahead of this machine's: deadlines are the hub's. */
export async function getTimed<P extends PathsWith<'get'>>(
  path: P,
  sent: Sent = {},
): Promise<{ readonly answer: AnswerOf<paths[P]['get']>; readonly clockAhead: number }> {
  const response = await answered(addressOfCall(path, sent), { credentials: 'same-origin' });
  const ahead = Date.parse(response.headers.get('date') ?? '') - Date.now();
  return {
    answer: (await response.json()) as AnswerOf<paths[P]['get']>,
    clockAhead: Math.abs(ahead) > clockPrecision ? ahead : 0,
  };
}

/** @param key an act that is sent twice under one key takes effect once */
export function post<P extends PathsWith<'post'>>(
  path: P,
  body: BodyOf<paths[P]['post']>,
  sent: Sent & { readonly key?: string; readonly token?: string } = {},
): Promise<AnswerOf<paths[P]['post']>> {
  const headers = {
    ...defined({ 'datong-idempotency-key': sent.key }),
    ...(sent.token === undefined ? {} : { authorization: `Bearer ${sent.token}` }),
  };
  return call('POST', addressOfCall(path, sent), body, headers, sent.token === undefined) as Promise<
    AnswerOf<paths[P]['post']>
  >;
}

/** Bytes, as they are. */
export function put<P extends PathsWith<'put'>>(
  path: P,
  bytes: Blob,
  sent: Sent & { readonly signal: AbortSignal },
): Promise<AnswerOf<paths[P]['put']>> {
  const headers = { 'content-type': 'application/octet-stream' };
  return call('PUT', addressOfCall(path, sent), bytes, headers, true, sent.signal) as Promise<
    AnswerOf<paths[P]['put']>
  >;
}

/** An answer that is a file. */
export async function getFile(path: PathsWith<'get'>, sent: Sent): Promise<Blob> {
  const response = await answered(addressOfCall(path, sent), {});
  return response.blob();
}

/** An answer that is a file, read range by range where one reply does not hold it. */
export async function getRanges(path: PathsWith<'get'>, sent: Sent): Promise<Blob> {
  const pieces: Blob[] = [];
  for (let [from, whole] = [0, 1]; from < whole;) {
    const headers = { range: `bytes=${from}-` };
    const response = await answered(addressOfCall(path, sent), { credentials: 'same-origin', headers });
    const piece = await response.blob();
    // a reply without the header is the whole file
    const size = /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
    from += piece.size;
    whole = size === undefined || piece.size === 0 ? from : Number(size);
    pieces.push(piece);
  }
  return new Blob(pieces, { type: pieces[0]?.type ?? '' });
}

/** The colon of a urn stays unescaped in a path: the hub accepts no escapes there. */
export function addressOfCall(template: string, { at = {}, query = {} }: Sent): string {
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(at[name] ?? '').replaceAll('%3A', ':'),
  );
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
  signal?: AbortSignal,
): Promise<unknown> {
  const json = body !== undefined && !(body instanceof Blob);
  const response = await answered(url, {
    method,
    credentials: withCookie ? 'same-origin' : 'omit',
    headers: json ? { ...headers, 'content-type': 'application/json' } : headers,
    ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
    ...defined({ signal }),
  });
  return response.json().catch(() => undefined);
}

/** @throws Refused, Unreachable */
async function answered(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init).catch(() => {
    throw new Unreachable();
  });
  if (response.ok) return response;
  const problem: unknown = await response.json().catch(() => undefined);
  if (isProblem(problem)) throw new Refused(problem);
  throw new Unreachable();
}

const isProblem = (value: unknown): value is Schemas['Problem'] =>
  typeof value === 'object' && value !== null && 'code' in value && 'detail' in value;
