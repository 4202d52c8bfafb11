/** Requests of the load process, made before it sends them: the garbage of signing does not burden the hub. */
import { requestBytes, signingKey } from '../../certs/signatures/index.ts';
import { signNow } from '../../machine/signNow.ts';
import type { Requested, LoadTarget } from './load.ts';

/** Makes a request about one person, as bytes for a socket. @param person their full number */
export function requestMaker({
  port,
  asked: requested,
  signingKey: jwk,
}: LoadTarget): (person: string) => Uint8Array {
  const origin = `https://localhost:${port}`;
  const key = signingKey(jwk);
  return (person) => {
    const body = Buffer.from(JSON.stringify(questionOf(requested, person)), 'utf8');
    const targetUri = `${origin}${pathOf(requested)}`;
    const headers = { 'content-type': 'application/json' };
    const created = Math.floor(Date.now() / 1000);
    const sent =
      requested.what === 'echo'
        ? headers
        : signNow({
            ...{ method: 'POST', targetUri, body, key, created, expires: created + 290 },
            headers: {
              ...headers,
              'datong-purpose': 'school-enrolment',
              'datong-agreement': requested.agreement,
              'datong-on-behalf-of': 'official-17',
              'datong-matter': 'YX-2026-000123',
            },
          });
    const { host } = new URL(targetUri);
    const rawHeaders = Object.entries({ host, ...sent, 'content-length': String(body.length) }).flat();
    return requestBytes({ method: 'POST', targetUri, rawHeaders, body });
  };
}

const questionOf = ({ what }: Requested, person: string): object =>
  what === 'fact' ? { subject: person } : { filter: [{ field: 'person_id', op: 'eq', value: person }] };

function pathOf(requested: Requested): string {
  switch (requested.what) {
    case 'echo':
      return '/echo';
    case 'fact':
      return `/v1/datasets/${requested.dataset}/facts/school-age`;
    case 'rows':
      return `/v1/datasets/${requested.dataset}/query`;
  }
}
