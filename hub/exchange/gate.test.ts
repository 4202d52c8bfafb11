/** The gate against a log and registries of the test's own, for what no timing of a whole hub brings about reliably. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { signingKey } from '../../certs/signatures/index.ts';
import type { Leaf } from '../../log/leaf.ts';
import { departmentCode, keyId } from '../../terms/ids.ts';
import { Problem } from '../../terms/problem.ts';
import type { Appended, AuditLog, EntryDraft } from '../audit/draft.ts';
import { buckets } from './bucket.ts';
import { DecideAfresh, jsonAnswer, type ExchangeOperation } from './call.ts';
import { createGate, type GateServices } from './gate.ts';

interface Fake {
  readonly gate: Partial<GateServices>;
  readonly operation: ExchangeOperation;
  readonly epoch?: () => number;
  /** fails or passes an append */
  readonly append?: (draft: EntryDraft<never>) => Promise<void>;
}

const authenticated: GateServices['authenticate'] = () => ({
  department: departmentCode('education'),
  keyid: keyId('k'.repeat(43)),
  certificate: 'c',
  nonce: 'n'.repeat(22),
  expires: 1,
  signatureHash: 's'.repeat(43),
  signed: {},
});

function gateOf({ gate, operation, epoch = () => 1, append }: Fake) {
  const leaves: Leaf[] = [];
  const reported: unknown[] = [];
  const audit: AuditLog = {
    async append<D extends EntryDraft<D>>(draft: D): Promise<Appended<D>> {
      await append?.(draft as unknown as EntryDraft<never>);
      await draft.work?.(undefined as never);
      leaves.push(draft.leaf);
      return { draft, index: 0, leaf: new Uint8Array(1), proof: [], checkpoint: 'note' };
    },
    hasNonce: () => false,
    epoch,
    checkpoint: () => '',
    close: () => Promise.resolve(),
  };
  const services: GateServices = {
    audit,
    current: () => undefined,
    authenticate: authenticated,
    operations: new Map([['ask', operation]]),
    kindOf: () => 'release',
    signer: {
      key: signingKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
      now: () => Date.now(),
    },
    buckets: buckets({ rate: 100, burst: 100 }),
    overload: { count: () => undefined, close: () => Promise.resolve() },
    now: () => Date.now(),
    report: ({ error }) => reported.push(error),
    ...gate,
  };
  const message = {
    method: 'POST',
    targetUri: 'https://hub/v1',
    rawHeaders: [],
    body: new Uint8Array(0),
  };
  const made = createGate(services);
  const answer = () =>
    made.answer({ operation: 'ask', message, peer: undefined, params: {}, parseBody: () => ({}) });
  return { answer, leaves, reported };
}

const told = (reply: { readonly body: Uint8Array }): { readonly code?: string } =>
  JSON.parse(Buffer.from(reply.body).toString('utf8')) as { code?: string };

test('a decision claims the epoch its registries had, though the log moves on in the very next turn', async () => {
  let epoch = 1;
  let registry = 1;
  let decidedUnder = 0;
  const { answer, leaves } = gateOf({
    epoch: () => epoch,
    gate: {
      current: () => {
        if (epoch === 1) queueMicrotask(() => (epoch = 2)); // a suspension becomes durable
        return registry === epoch ? undefined : Promise.resolve().then(() => void (registry = epoch));
      },
    },
    operation: () => {
      decidedUnder = registry;
      return { ...jsonAnswer(200, {}), facts: {} };
    },
  });
  await answer();
  assert.equal(leaves[0]?.epoch, decidedUnder);
});

test('what fails behind a durable entry is reported and takes nothing back', async () => {
  const failure = new Problem('batch_claimed');
  const { answer, leaves, reported } = gateOf({
    gate: {},
    operation: () => ({
      ...jsonAnswer(200, { state: 'published' }),
      facts: {},
      whenDurable: () => Promise.reject(failure),
    }),
  });
  const reply = await answer();
  assert.equal(reply.status, 200);
  assert.equal(leaves.length, 1);
  assert.deepEqual(reported, [failure]);
});

test('an answer refused by its own work is logged as delivering and changing nothing', async () => {
  const { answer, leaves } = gateOf({
    gate: {},
    operation: () => ({
      ...jsonAnswer(200, {}),
      facts: { purpose: 'p', rows: { delivered: 7, withheld: 0 }, change: { batch: 'b' } },
      work: () => Promise.reject(new Problem('batch_claimed')),
    }),
  });
  assert.equal(told(await answer()).code, 'batch_claimed');
  const [leaf] = leaves;
  assert.deepEqual(
    [leaf?.decision, leaf?.purpose, leaf?.rows, leaf?.change],
    ['deny', 'p', undefined, undefined],
  );
});

test('work that finds its ground gone has the call decided afresh, not for ever', async () => {
  let times = 0;
  const run = (until: number) =>
    gateOf({
      gate: {},
      operation: () => {
        times += 1;
        const lost = times < until;
        return {
          ...jsonAnswer(200, {}),
          facts: {},
          work: () => (lost ? Promise.reject(new DecideAfresh()) : Promise.resolve()),
        };
      },
    });
  assert.equal((await run(2).answer()).status, 200);
  assert.equal(times, 2);
  const { answer, leaves } = run(Infinity);
  assert.equal((await answer()).status, 503);
  assert.equal(leaves.length, 0);
});

test('a database out of reach is 503 and says nothing of it; a caller barred meanwhile ends what it began', async () => {
  const lost = new Error('Connection terminated unexpectedly');
  const away = gateOf({ gate: {}, operation: () => Promise.reject(lost) });
  const reply = await away.answer();
  assert.deepEqual([reply.status, told(reply).code], [503, 'database_unavailable']);

  let standing = true;
  const barred: string[] = [];
  const gone = gateOf({
    gate: {
      authenticate: (...args) => {
        if (!standing) throw new Problem('certificate_revoked', { serial: '1' });
        return authenticated(...args);
      },
    },
    operation: () => ({
      ...jsonAnswer(200, {}),
      facts: {},
      whenLost: () => assert.fail('was decided again'),
      whenBarred: ({ code }) => void barred.push(code),
    }),
    append: async (draft) => {
      if (draft.leaf.decision === 'deny') return;
      standing = false;
      const denial = (await draft.whenLost('epoch')) as unknown as EntryDraft<never>;
      assert.equal(denial.leaf.code, 'certificate_revoked');
    },
  });
  await gone.answer();
  assert.deepEqual(barred, ['certificate_revoked']);
});

test('whoever calls on keeps an empty bucket, however many others come', () => {
  const limited = buckets({ rate: 1, burst: 2 });
  assert.deepEqual([limited.take('busy', 0), limited.take('busy', 0)], [0, 0]);
  for (let i = 0; i < 12_000; i += 1) {
    limited.take(`other ${i}`, 0);
    if (i % 1000 === 0) assert.ok(limited.take('busy', 0) > 0, `after ${i} others`);
  }
  assert.equal(limited.take('busy', 1000), 0);
});
