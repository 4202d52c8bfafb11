/** Records are gathered, sent in their order, and sent again under the same key; memory is bounded and lag is shown. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatongProblem } from './datongProblem.ts';
import type { RowsAnswer } from './pushUntilAnswered.ts';
import { RecordTooLong, RowPusher, type RowPusherOptions } from './rowPusher.ts';
import type { CallInput } from './signedCall.ts';
import type { Answer } from './types.ts';

interface Sent {
  readonly path: string;
  readonly key: string;
  readonly records: readonly { readonly n: number }[];
}

/** A hub that answers as configured: undefined accepts all, a number makes that index bad, an error is thrown. */
function pusherTo(
  reply: (nth: number, sent: Sent) => number | Error | undefined | Promise<undefined>,
  options: RowPusherOptions = {},
): { readonly pusher: RowPusher; readonly sent: Sent[] } {
  const sent: Sent[] = [];
  const call = async ({ path, headers = {}, body }: CallInput): Promise<Answer<unknown>> => {
    const text = Buffer.from(body ?? []).toString('utf8');
    const one: Sent = {
      path,
      key: headers['datong-idempotency-key'] ?? '',
      records: text.split('\n').map((line) => JSON.parse(line) as { n: number }),
    };
    sent.push(one);
    const reported = await reply(sent.length - 1, one);
    if (reported instanceof Error) throw reported;
    const quarantined = reported === undefined ? [] : [{ index: reported, field: 'n', rule: 'maximum' }];
    const json: RowsAnswer = { batch: 'b', accepted: one.records.length - quarantined.length, quarantined };
    return { json, exchange: `e${sent.length}` } as unknown as Answer<unknown>;
  };
  return { pusher: new RowPusher(call, 'a.b', options), sent };
}

const problem = (status: number, code: string): DatongProblem =>
  new DatongProblem(
    { status, rawHeaders: [], body: Buffer.from(JSON.stringify({ code, detail: { zh: '', en: code } })) },
    undefined,
  );
const numbers = (sent: readonly Sent[]): number[][] => sent.map(({ records }) => records.map(({ n }) => n));

test('a call leaves when enough records wait, or one has waited long enough; those of a flush leave at once', async () => {
  const { pusher, sent } = pusherTo(() => undefined, { maxRows: 3, maxDelayMs: 1_000 });
  for (let n = 0; n < 7; n += 1) await pusher.push({ n });
  await sleep(30);
  assert.deepEqual(numbers(sent), [
    [0, 1, 2],
    [3, 4, 5],
  ]);
  while (sent.length < 3) await sleep(20);
  assert.deepEqual(numbers(sent).at(-1), [6]);
  await pusher.push('{"n":7}');
  assert.deepEqual(await pusher.flush(), { calls: 4, accepted: 8, quarantined: 0 });
  assert.equal(sent[0]?.path, '/v1/datasets/a.b/rows');
  assert.deepEqual(pusher.pending, { records: 0, bytes: 0 });
  assert.equal(pusher.lagMs, 0);
});

test('by bytes too, and through a mapping', async () => {
  const { pusher, sent } = pusherTo(() => undefined, { maxBytes: 20, mapping: 'short' });
  for (let n = 0; n < 5; n += 1) await pusher.push({ n });
  await pusher.flush();
  assert.deepEqual(numbers(sent), [[0, 1], [2, 3], [4]]);
  assert.equal(sent[0]?.path, '/v1/datasets/a.b/rows?mapping=short');
  await assert.rejects(pusher.push({ n: 'x'.repeat(30) }), RecordTooLong);
  await assert.rejects(pusher.push('{"n":\n1}'), RangeError);
  await pusher.push({ n: 5 });
  assert.equal((await pusher.flush()).accepted, 6, 'it goes on after a record that it did not take');
});

test('after a cut the same call goes again under the same key, before any other', async () => {
  const retries: unknown[] = [];
  const { pusher, sent } = pusherTo((nth) => [new Error('ECONNRESET'), problem(503, 'log_busy')][nth], {
    maxRows: 2,
    onRetry: (error) => retries.push(error),
  });
  for (let n = 0; n < 4; n += 1) await pusher.push({ n });
  await sleep(20);
  assert.ok(pusher.lagMs >= 15, String(pusher.lagMs));
  await pusher.flush();
  assert.deepEqual(numbers(sent), [
    [0, 1],
    [0, 1],
    [0, 1],
    [2, 3],
  ]);
  const keys = sent.map(({ key }) => key);
  assert.deepEqual([new Set(keys.slice(0, 3)).size, new Set(keys).size, retries.length], [1, 2, 2]);
});

test('push waits while too many bytes wait here', async () => {
  let go: (() => void) | undefined;
  const held = new Promise<undefined>((done) => (go = () => done(undefined)));
  const { pusher } = pusherTo((nth) => (nth === 0 ? held : undefined), { maxRows: 1, maxBufferBytes: 40 });
  let pushed = 0;
  const pushing = (async () => {
    for (let n = 0; n < 50; n += 1) {
      await pusher.push({ n });
      pushed += 1;
    }
  })();
  await sleep(20);
  assert.ok(pushed < 10, String(pushed));
  assert.ok(pusher.pending.bytes <= 50, String(pusher.pending.bytes));
  go?.();
  await pushing;
  assert.equal((await pusher.flush()).accepted, 50);
});

test('deliver returns the outcome of each record, onAnswer of each call', async () => {
  const answers: [number, number][] = [];
  const { pusher } = pusherTo((nth) => (nth === 1 ? 0 : undefined), {
    maxRows: 2,
    onAnswer: ({ accepted }, first) => answers.push([accepted, first]),
  });
  const outcomes = await Promise.all([0, 1, 2, 3].map((n) => pusher.deliver({ n })));
  assert.deepEqual(outcomes[0], { batch: 'b', exchange: 'e1' });
  assert.deepEqual(outcomes[2], { batch: 'b', exchange: 'e2', problem: { field: 'n', rule: 'maximum' } });
  assert.deepEqual(answers, [
    [2, 0],
    [1, 2],
  ]);
});

test('a refusal stops it: waiting calls are notified, and nothing more is taken', async () => {
  const { pusher, sent } = pusherTo(() => problem(409, 'rows_not_by_call'), { maxRows: 1 });
  const waiting = pusher.deliver({ n: 0 });
  await assert.rejects(waiting, { code: 'rows_not_by_call' });
  await assert.rejects(pusher.push({ n: 1 }), { code: 'rows_not_by_call' });
  await assert.rejects(pusher.flush(), { code: 'rows_not_by_call' });
  assert.equal(sent.length, 1);
  const other = pusherTo(() => new Promise<undefined>(() => undefined));
  const never = other.pusher.deliver({ n: 0 });
  other.pusher.abort();
  await assert.rejects(never, /stopped/);
});

test('close sends what waits and takes nothing more', async () => {
  const { pusher, sent } = pusherTo(() => undefined, { maxDelayMs: 60_000 });
  await pusher.push({ n: 0 });
  assert.equal((await pusher.close()).accepted, 1);
  assert.equal(sent.length, 1);
  await assert.rejects(pusher.push({ n: 1 }), /closed/);
});
