import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Problem } from '../../terms/problem.ts';
import { sendFile, type SendOptions } from './sendFile.ts';
import type { CallInput } from './signedCall.ts';

const batch = '01890000-0000-7000-8000-000000000001';
const dataset = 'pub-security.household';
const bytes = Buffer.from('a,b\n1,2\n');

/** A hub that accepts the file with 202, and answers one state after the other. */
function hubOf(states: readonly object[], of = dataset) {
  const calls: CallInput[] = [];
  const opened = { batch, dataset: of, state: 'receiving', offset: 0 };
  const left = [...states];
  const call = (input: CallInput) => {
    calls.push(input);
    const { method, path } = input;
    if (path.endsWith('/commit')) return Promise.resolve({ status: 202, json: { ...opened } });
    if (method === 'PUT') return Promise.resolve({ status: 200, json: { offset: bytes.length } });
    if (method === 'GET') return Promise.resolve({ status: 200, json: { ...opened, ...left.shift() } });
    return Promise.resolve({ status: 201, json: opened });
  };
  return { call: call as unknown as Parameters<typeof sendFile>[0], calls };
}

const sent = (hub: ReturnType<typeof hubOf>, options: Partial<SendOptions> = {}, receipts: string[] = []) =>
  sendFile(hub.call, dataset, bytes, { mapping: 'household', ...options }, (receipt) => {
    receipts.push(receipt);
    return Promise.resolve();
  });

test('a batch that is published before its receipt is stored is read again until it has it', async () => {
  const hub = hubOf([
    { state: 'checking' },
    { state: 'published' },
    { state: 'published', receipt: 'signed' },
  ]);
  const receipts: string[] = [];
  const { json } = await sent(hub, {}, receipts);
  assert.equal(json.state, 'published');
  assert.deepEqual(receipts, ['signed'], 'it was verified');
});

test('a batch that stays without a receipt is returned after five seconds', async () => {
  const hub = hubOf([]);
  const call: typeof hub.call = async (input) => {
    const answer = await hub.call(input);
    return input.method === 'GET' ? { ...answer, json: { batch, dataset, state: 'published' } } : answer;
  };
  mock.timers.enable({ apis: ['Date'] });
  try {
    const answer = sent({ ...hub, call });
    const ticks = setInterval(() => mock.timers.tick(1_000), 20);
    assert.equal((await answer).json.receipt, undefined);
    clearInterval(ticks);
  } finally {
    mock.timers.reset();
  }
});

test('a batch of another dataset is not continued: no byte is sent', async () => {
  const hub = hubOf([], 'civil.marriage');
  await assert.rejects(
    sent(hub, { batch }),
    (error) => error instanceof Problem && error.code === 'batch_unknown',
  );
  assert.deepEqual(
    hub.calls.map(({ method }) => method),
    ['GET'],
  );
});

test('a key of any length that opens a batch also commits it', async () => {
  for (const length of [8, 93, 94, 100]) {
    const hub = hubOf([{ state: 'published', receipt: 'signed' }]);
    await sent(hub, { idempotencyKey: 'k'.repeat(length) });
    const keys = hub.calls.flatMap(({ headers = {} }) => headers['datong-idempotency-key'] ?? []);
    assert.equal(new Set(keys).size, 2);
    for (const key of keys) assert.match(key, /^[A-Za-z0-9._:-]{8,100}$/);
  }
});
