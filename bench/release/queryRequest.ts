import { requestBytes, type SigningKey } from '../../certs/signatures/index.ts';
import { signNow } from '../../machine/signNow.ts';
import type { TestHub } from '../../tests/hub.ts';

/** A signed question for one person of a household register, as bytes for a socket. @param value her full number */
export function queryRequest(
  hub: TestHub,
  key: SigningKey,
  value: string,
  { dataset, agreement } = { dataset: 'pub-security.household', agreement: 'agr-school-enrolment' },
): Uint8Array {
  const body = Buffer.from(JSON.stringify({ filter: [{ field: 'person_id', op: 'eq', value }] }), 'utf8');
  const targetUri = `${hub.hub.origins.exchange}/v1/datasets/${dataset}/query`;
  const created = Math.floor(hub.hub.database.now() / 1000);
  const headers = signNow({
    ...{ method: 'POST', targetUri, body, key, created, expires: created + 290 },
    headers: {
      'content-type': 'application/json',
      'datong-purpose': 'school-enrolment',
      'datong-agreement': agreement,
      'datong-on-behalf-of': 'official-17',
      'datong-matter': 'YX-2026-000123',
    },
  });
  const { host } = new URL(targetUri);
  const rawHeaders = Object.entries({ host, ...headers, 'content-length': String(body.length) }).flat();
  return requestBytes({ method: 'POST', targetUri, rawHeaders, body });
}
