import { requestBytes, type SigningKey } from '../../certs/signatures/index.ts';
import { signNow } from '../../machine/signNow.ts';
import type { TestHub } from '../../tests/hub.ts';

const register = { dataset: 'pub-security.household', agreement: 'agr-school-enrolment' };

/** A signed question for one person of a household register, as bytes for a socket. @param value her full number */
export function queryRequest(
  hub: TestHub,
  key: SigningKey,
  value: string,
  { dataset, agreement } = register,
): Uint8Array {
  const question = { filter: [{ field: 'person_id', op: 'eq', value }] };
  return signedRequest(hub, key, `/v1/datasets/${dataset}/query`, agreement, question);
}

/** The same that asks only whether she is of school age. @param subject her full number */
export const factRequest = (hub: TestHub, key: SigningKey, subject: string): Uint8Array =>
  signedRequest(hub, key, `/v1/datasets/${register.dataset}/facts/school-age`, register.agreement, {
    subject,
  });

function signedRequest(
  hub: TestHub,
  key: SigningKey,
  path: string,
  agreement: string,
  question: object,
): Uint8Array {
  const body = Buffer.from(JSON.stringify(question), 'utf8');
  const targetUri = `${hub.hub.origins.exchange}${path}`;
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
