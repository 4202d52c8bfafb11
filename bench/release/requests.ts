/** Requests of the load process, made by it before it sends them: what signing leaves in a heap is not the hub's to clear up. */
import { requestBytes, signingKey } from '../../certs/signatures/index.ts';
import { signNow } from '../../machine/signNow.ts';
import type { Asked, LoadTarget } from './load.ts';

/** A request about one person, as bytes for a socket. @param person her full number */
export function requestMaker({ port, asked, signingKey: jwk }: LoadTarget): (person: string) => Uint8Array {
  const origin = `https://localhost:${port}`;
  const key = signingKey(jwk);
  return (person) => {
    const body = Buffer.from(JSON.stringify(questionOf(asked, person)), 'utf8');
    const targetUri = `${origin}${pathOf(asked)}`;
    const headers = { 'content-type': 'application/json' };
    const created = Math.floor(Date.now() / 1000);
    const sent =
      asked.what === 'echo'
        ? headers
        : signNow({
            ...{ method: 'POST', targetUri, body, key, created, expires: created + 290 },
            headers: {
              ...headers,
              'datong-purpose': 'school-enrolment',
              'datong-agreement': asked.agreement,
              'datong-on-behalf-of': 'official-17',
              'datong-matter': 'YX-2026-000123',
            },
          });
    const { host } = new URL(targetUri);
    const rawHeaders = Object.entries({ host, ...sent, 'content-length': String(body.length) }).flat();
    return requestBytes({ method: 'POST', targetUri, rawHeaders, body });
  };
}

const questionOf = ({ what }: Asked, person: string): object =>
  what === 'fact' ? { subject: person } : { filter: [{ field: 'person_id', op: 'eq', value: person }] };

function pathOf(asked: Asked): string {
  switch (asked.what) {
    case 'echo':
      return '/echo';
    case 'fact':
      return `/v1/datasets/${asked.dataset}/facts/school-age`;
    case 'rows':
      return `/v1/datasets/${asked.dataset}/query`;
  }
}
