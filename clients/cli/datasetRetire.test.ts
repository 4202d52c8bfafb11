import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ranOverStub } from '../../tests/stubbedVerb.ts';
import { retire, type RetireOptions } from './datasetRetire.ts';
import { VerbFailure } from './verb.ts';

const digest = 'a'.repeat(64);
const requested = {
  by: 'p1',
  byName: 'Ann',
  reason: 'closed',
  due: '2026-12-06',
  rows: 2,
  agreements: ['agr-permits'],
  digest,
};

const ran = (
  retirement: object | undefined,
  options: Partial<RetireOptions>,
): ReturnType<typeof ranOverStub> =>
  ranOverStub(
    {
      read: retirement === undefined ? {} : { retirement },
      changed: { state: 'retired', agreements: [] },
    },
    (client) => retire(client, 'transport.permits', { reason: 'closed', ...options }),
  );

test('the second approval requires that the destroyed data was shown, and covers that only', async () => {
  const first = await ran(undefined, {});
  assert.deepEqual(first.sent, [{ act: 'retire', reason: 'closed' }]);
  for (const json of [false, true]) {
    const shown = await ran(requested, { json });
    assert.deepEqual(shown.sent, [], 'nothing is changed');
    for (const part of ['Ann', '2026-12-06', '2', 'agr-permits', digest])
      assert.ok(shown.stdout.includes(part), part);
  }
  const agreed = [{ act: 'retire', reason: 'closed', digest }];
  assert.deepEqual((await ran(requested, { yes: true })).sent, agreed);
  assert.deepEqual((await ran(requested, { digest })).sent, agreed);
  await assert.rejects(ran(requested, { yes: true, digest: 'b'.repeat(64) }), VerbFailure);
});

test('a digest is compared with the current state after the first approval has lapsed', async () => {
  assert.deepEqual((await ran(undefined, { digest })).sent, [{ act: 'retire', reason: 'closed', digest }]);
});
