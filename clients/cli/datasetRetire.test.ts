import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { StaffClient } from './apply/staffCall.ts';
import { retire, type RetireOptions } from './datasetRetire.ts';
import { VerbFailure } from './verb.ts';

const digest = 'a'.repeat(64);
const asked = {
  ...{ by: 'p1', byName: 'Ann', reason: 'closed', due: '2026-12-06' },
  ...{ rows: 2, agreements: ['agr-permits'], digest },
};

/** What is said on stdout, and what is sent to the hub. */
async function ran(
  retirement: object | undefined,
  options: Partial<RetireOptions>,
): Promise<{ readonly said: string; readonly sent: readonly object[] }> {
  const sent: object[] = [];
  const client = {
    get: () => Promise.resolve({ status: 200, body: retirement === undefined ? {} : { retirement } }),
    post: (_path: string, body: object) => {
      sent.push(body);
      return Promise.resolve({ status: 200, body: { state: 'retired', agreements: [] } });
    },
    close: () => undefined,
  } as unknown as StaffClient;
  const said: string[] = [];
  const written = mock.method(
    process.stdout,
    'write',
    (text: string | Uint8Array) => said.push(String(text)) > 0,
  );
  try {
    await retire(client, 'transport.permits', { reason: 'closed', ...options });
  } finally {
    written.mock.restore();
  }
  return { said: said.join(''), sent };
}

test('the second word is not given before what goes was shown, and covers that alone', async () => {
  const first = await ran(undefined, {});
  assert.deepEqual(first.sent, [{ act: 'retire', reason: 'closed' }]);
  for (const json of [false, true]) {
    const shown = await ran(asked, { json });
    assert.deepEqual(shown.sent, [], 'nothing is changed');
    for (const part of ['Ann', '2026-12-06', '2', 'agr-permits', digest])
      assert.ok(shown.said.includes(part), part);
  }
  const agreed = [{ act: 'retire', reason: 'closed', digest }];
  assert.deepEqual((await ran(asked, { yes: true })).sent, agreed);
  assert.deepEqual((await ran(asked, { digest })).sent, agreed);
  await assert.rejects(ran(asked, { yes: true, digest: 'b'.repeat(64) }), VerbFailure);
});

test('a digest is held against what stands where the first word lapsed meanwhile', async () => {
  assert.deepEqual((await ran(undefined, { digest })).sent, [{ act: 'retire', reason: 'closed', digest }]);
});
