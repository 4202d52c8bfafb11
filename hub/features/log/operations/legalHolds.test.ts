/** A legal hold through the real staff listener, as two persons place it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { staffCall } from '../../../../tests/secondPerson.ts';
import { startStaffHub } from '../../../../tests/staffHub.ts';

const hub = await startStaffHub();
const officer = await hub.token(['security']);
const steward = await hub.token(['steward']);

test('the digest that placing and lifting a hold returns is the one that acceptance takes', async () => {
  const placing = await staffCall(hub, officer, 'POST', '/v1/legal-holds', {
    on: { entries: { first: 0, last: 5 } },
    reason: 'a lawsuit',
    case: 'SS-2026-0007',
    until: new Date(hub.database.now() + 86_400_000).toISOString(),
  });
  assert.equal(placing.status, 202, JSON.stringify(placing.body));
  const accept = (answer: typeof placing, digest: unknown) =>
    staffCall(hub, steward, 'POST', `/v1/proposals/${String(answer.body['proposal'])}/acceptance`, {
      digest,
    });
  const other = await accept(placing, '0'.repeat(64));
  assert.deepEqual([other.status, other.body['code']], [409, 'version_exists']);
  const accepted = await accept(placing, placing.body['digest']);
  assert.equal(accepted.status, 201, JSON.stringify(accepted.body));
  const lifting = await staffCall(
    hub,
    officer,
    'POST',
    `/v1/legal-holds/${String(placing.body['id'])}/lifting`,
    { reason: 'closed' },
  );
  assert.equal(lifting.status, 202, JSON.stringify(lifting.body));
  assert.equal((await accept(lifting, lifting.body['digest'])).status, 201);
  const { body } = await staffCall(hub, officer, 'GET', '/v1/legal-holds');
  assert.deepEqual(body['holds'], []);
});
