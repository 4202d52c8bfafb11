import assert from 'node:assert/strict';
import type { City, TestHub } from './hub.ts';

/** Two persons of the data office appoint a department whose service may identify persons (`/v1/person-services`). */
export async function appointService(
  hub: TestHub,
  { operator, security }: Pick<City, 'operator' | 'security'>,
  department: string,
): Promise<void> {
  const body = { department, appointed: true };
  const proposed = await hub.staff(operator, 'POST', '/v1/person-services', body);
  const proposal = `/v1/proposals/${String(proposed.json['proposal'])}`;
  const shown = await hub.staff(security, 'GET', proposal);
  const digest = { digest: shown.json['digest'] };
  const accepted = await hub.staff(security, 'POST', `${proposal}/acceptance`, digest);
  assert.equal(accepted.status, 201, JSON.stringify(accepted.json));
}
