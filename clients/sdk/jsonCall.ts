/** Calls to the exchange listener: a JSON body, with signed headers that describe the call. */
import { encodeHeaderText } from '../../certs/signatures/headers.ts';
import type { CallInput } from './signedCall.ts';
import type { CallContext } from './types.ts';

/** A POST of JSON. */
export function jsonCall(
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
  receipt: CallInput['receipt'],
): CallInput {
  return {
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(body), 'utf8'),
    receipt,
  };
}

/** The signed headers that state the purpose of a call. */
export function contextHeaders(context: Partial<CallContext>): Record<string, string> {
  const { purpose, agreement, onBehalfOf, matter } = context;
  return {
    ...(purpose === undefined ? {} : { 'datong-purpose': purpose }),
    ...(agreement === undefined ? {} : { 'datong-agreement': agreement }),
    ...(onBehalfOf === undefined
      ? {}
      : { 'datong-on-behalf-of': encodeHeaderText('datong-on-behalf-of', onBehalfOf) }),
    ...(matter === undefined ? {} : { 'datong-matter': encodeHeaderText('datong-matter', matter) }),
  };
}

/** A path with its query. */
export function pathWith(path: string, query: object): string {
  const requested = Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]);
  return requested.length === 0 ? path : `${path}?${new URLSearchParams(requested).toString()}`;
}
