/** A call of the public API as a command line: for calls without a verb. */
import type { paths } from '../../../api/openapi.ts';
import { addressOfCall, type Method, type Sent } from './call.ts';

type Asked = {
  [M in Method]: {
    [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? `${Uppercase<M>} ${P}` : never;
  }[keyof paths];
}[Method];

/**
 * The same call with a token of the person, as `curl` makes it.
 * @param asked method and path as openapi.yaml has them
 * @param body of a call that has one
 */
export function asCall(asked: Asked, sent: Sent = {}, body?: object): string {
  const [method = '', template = ''] = asked.split(' ');
  const { origin, protocol } = window.location;
  return [
    'curl -H "Authorization: Bearer $DATONG_TOKEN"',
    ...(protocol === 'https:' ? ['--cacert ca.pem'] : []),
    ...(method === 'GET' ? [] : [`-X ${method}`]),
    ...(body === undefined ? [] : [`--json '${JSON.stringify(body).replaceAll("'", "'\\''")}'`]),
    `'${origin}${addressOfCall(template, sent)}'`,
  ].join(' ');
}
