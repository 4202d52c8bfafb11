/** The gate against a log and registries of the test's own, for what no timing of a whole hub brings about reliably. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentDigest } from '../../certs/signatures/index.ts';
import type { Leaf } from '../../log/leaf.ts';
import { departmentCode, keyId } from '../../terms/ids.ts';
import { Problem } from '../../terms/problem.ts';
import type { Appended, AuditLog, EntryDraft } from '../log/draft.ts';
import { Mutex } from '../../machine/mutex.ts';
import type { CallHead, DepartmentCaller } from '../identity/authentication/caller.ts';
import type { Database } from '../platform/database/database.ts';
import { buckets } from './bucket.ts';
import { allowedJson, DecideAfresh, unloggedJson, type AllowedOutcome } from './call.ts';
import type { CallerAuth } from './callers/callerAuth.ts';
import { createGate } from './pipeline.ts';
import type { BoundOperation, GateServices } from './passage.ts';
import { plainReply } from './reply.ts';

interface Fake {
  readonly gate?: Partial<GateServices>;
  readonly authenticate?: CallerAuth<DepartmentCaller>['authenticate'];
  readonly operation: BoundOperation<DepartmentCaller>['run'];
  readonly epoch?: () => number;
  /** fails or passes an append */
  readonly append?: (draft: EntryDraft<never>) => Promise<void>;
  /** how often another entry takes what this one claims */
  readonly losses?: number;
}

const caller: DepartmentCaller = {
  kind: 'department',
  department: departmentCode('education'),
  keyid: keyId('k'.repeat(43)),
  certificate: 'c',
  nonce: 'n'.repeat(22),
  expires: 1,
  signatureHash: 's'.repeat(43),
  digest: contentDigest(new Uint8Array(0)),
  signed: {},
};

function gateOf({ gate, authenticate = () => caller, operation, epoch = () => 1, append, losses = 0 }: Fake) {
  const leaves: Leaf[] = [];
  const reported: unknown[] = [];
  const audit: AuditLog = {
    async append<D extends EntryDraft<D>>(first: D): Promise<Appended<D>> {
      let draft = first;
      for (let lost = 0; lost < losses && draft.leaf.decision === 'allow'; lost += 1) {
        draft = await draft.whenLost('epoch');
      }
      await append?.(draft as unknown as EntryDraft<never>);
      await draft.work?.(undefined as never);
      leaves.push(draft.leaf);
      return { draft, index: 0, leaf: new Uint8Array(1), proof: [], checkpoint: 'note', rotations: [] };
    },
    hasNonce: () => false,
    taken: () => undefined,
    epoch,
    checkpoint: () => '',
    freshCheckpoint: () => Promise.resolve(''),
    storedTree: () => Promise.reject(new Error('no log')),
    close: () => Promise.resolve(),
  };
  const services: GateServices = {
    audit,
    database: { now: () => Date.now() } as Database,
    current: () => undefined,
    calls: buckets({ rate: 100, burst: 100 }),
    strangers: buckets({ rate: 100, burst: 100 }),
    overload: { count: () => undefined, close: () => Promise.resolve() },
    acts: new Mutex(),
    report: ({ error }) => reported.push(error),
    ...gate,
  };
  const door: CallerAuth<DepartmentCaller> = {
    scheme: 'signedRequest',
    bucketOf: () => '',
    strangerOf: () => undefined,
    authenticate,
    reply: (_head, parts) => plainReply(parts),
  };
  const head: CallHead = {
    method: 'POST',
    targetUri: 'https://hub/v1',
    rawHeaders: [],
    hasBody: false,
    peer: undefined,
    address: '',
    certificate: () => undefined,
  };
  const answering = createGate(services).open(door, {
    id: 'ask',
    kind: 'release',
    secret: false,
    creates: false,
    stream: false,
    connection: false,
    counted: false,
    run: operation,
  });
  const answer = (scheme: string | undefined = 'signedRequest') =>
    answering({
      head,
      scheme,
      params: {},
      checkHead: () => ({}),
      readBody: () => assert.fail('nothing was announced'),
      checkBody: () => ({}),
    });
  return { answer, leaves, reported };
}

const notified = (reply: { readonly body: Uint8Array }): { readonly code?: string } =>
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
      return allowedJson(200, {}, { facts: {} });
    },
  });
  await answer();
  assert.equal(leaves[0]?.epoch, decidedUnder);
});

test('where the contract requires other security than the listener has, no caller gets in', async () => {
  let requested = 0;
  const { answer, leaves, reported } = gateOf({
    gate: {},
    operation: () => {
      requested += 1;
      return allowedJson(200, {}, { facts: {} });
    },
  });
  for (const scheme of ['staffToken', 'clientCertificate']) {
    const reply = await answer(scheme);
    assert.deepEqual([reply.status, notified(reply).code], [500, 'internal_error'], scheme);
  }
  assert.equal((await answer()).status, 200);
  assert.equal(requested, 1);
  assert.equal(leaves.length, 3);
  assert.equal(reported.length, 2);
});

test('a caller who is revoked while their signature is verified is not answered, by an operation without entries either', async () => {
  let epoch = 1;
  const { answer, leaves } = gateOf({
    epoch: () => epoch,
    authenticate: async () => {
      if (epoch > 1) throw new Problem('certificate_revoked', { serial: '1' });
      await new Promise(setImmediate);
      epoch = 2;
      return caller;
    },
    operation: () => assert.fail('was decided'),
  });
  assert.equal(notified(await answer()).code, 'certificate_revoked');
  assert.equal(leaves[0]?.decision, 'deny');

  const restless = gateOf({
    epoch: () => epoch,
    authenticate: async () => {
      await new Promise(setImmediate);
      epoch += 1;
      return caller;
    },
    operation: () => unloggedJson(200, {}),
  });
  assert.equal(notified(await restless.answer()).code, 'log_busy');
});

test('work that is done claims again as often as others commit first; given up, it is notified', async () => {
  let claimed = 0;
  const barred: unknown[] = [];
  const ready = (): AllowedOutcome => {
    claimed += 1;
    return allowedJson(
      200,
      {},
      { facts: {}, whenLost: ready, whenBarred: (problem) => void barred.push(problem.code) },
    );
  };
  const patient = gateOf({ losses: 20, operation: ready });
  assert.equal((await patient.answer()).status, 200);
  assert.deepEqual([claimed, barred], [21, []]);

  const outpaced = gateOf({ losses: 1000, operation: ready });
  const reply = await outpaced.answer();
  assert.deepEqual([reply.status, notified(reply).code], [503, 'log_busy']);
  assert.deepEqual(barred, ['log_busy']);
  assert.equal(outpaced.leaves[0]?.code, 'log_busy');
});

test('what fails after a durable entry is reported and takes nothing back', async () => {
  const failure = new Problem('batch_claimed');
  const { answer, leaves, reported } = gateOf({
    operation: () =>
      allowedJson(200, { state: 'published' }, { facts: {}, whenDurable: () => Promise.reject(failure) }),
  });
  const reply = await answer();
  assert.equal(reply.status, 200);
  assert.equal(leaves.length, 1);
  assert.deepEqual(reported, [failure]);
});

test('an answer refused by its own work is logged as delivering and changing nothing', async () => {
  const { answer, leaves } = gateOf({
    operation: () =>
      allowedJson(
        200,
        {},
        {
          facts: { purpose: 'p', rows: { delivered: 7, withheld: 0 }, change: { batch: 'b' } },
          work: () => Promise.reject(new Problem('batch_claimed')),
        },
      ),
  });
  assert.equal(notified(await answer()).code, 'batch_claimed');
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
      operation: () => {
        times += 1;
        const lost = times < until;
        const work = () => (lost ? Promise.reject(new DecideAfresh()) : Promise.resolve());
        return allowedJson(200, {}, { facts: {}, work });
      },
    });
  assert.equal((await run(2).answer()).status, 200);
  assert.equal(times, 2);
  const { answer, leaves } = run(Infinity);
  assert.equal((await answer()).status, 503);
  assert.equal(leaves.length, 0);
});

test('an unreachable database is 503 without details; a call of a caller barred during it ends', async () => {
  const lost = new Error('Connection terminated unexpectedly');
  const away = gateOf({ operation: () => Promise.reject(lost) });
  const reply = await away.answer();
  assert.deepEqual([reply.status, notified(reply).code], [503, 'database_unavailable']);

  let isValid = true;
  const barred: string[] = [];
  const gone = gateOf({
    authenticate: () => {
      if (!isValid) throw new Problem('certificate_revoked', { serial: '1' });
      return caller;
    },
    operation: () =>
      allowedJson(
        200,
        {},
        {
          facts: {},
          whenLost: () => assert.fail('was decided again'),
          whenBarred: ({ code }) => void barred.push(code),
        },
      ),
    append: async (draft) => {
      if (draft.leaf.decision === 'deny') return;
      isValid = false;
      const denial = (await draft.whenLost('epoch')) as unknown as EntryDraft<never>;
      assert.equal(denial.leaf.code, 'certificate_revoked');
    },
  });
  await gone.answer();
  assert.deepEqual(barred, ['certificate_revoked']);
});

test('a caller who continues to call has an empty bucket, however many others come', () => {
  const limited = buckets({ rate: 1, burst: 2 });
  assert.deepEqual([limited.take('busy', 0), limited.take('busy', 0)], [0, 0]);
  for (let i = 0; i < 12_000; i += 1) {
    limited.take(`other ${i}`, 0);
    if (i % 1000 === 0) assert.ok(limited.take('busy', 0) > 0, `after ${i} others`);
  }
  assert.equal(limited.take('busy', 1000), 0);
});

test('a caller who calls more often than the bucket refills is shown when to try again; it is counted, and no entry is made', async () => {
  const counted: string[] = [];
  const { answer, leaves } = gateOf({
    gate: {
      calls: buckets({ rate: 0.5, burst: 1 }),
      overload: { count: (operation) => void counted.push(operation), close: () => Promise.resolve() },
    },
    operation: () => allowedJson(200, {}, { facts: {} }),
  });
  assert.equal((await answer()).status, 200);
  const reply = await answer();
  assert.deepEqual([reply.status, notified(reply).code], [429, 'too_many_requests']);
  assert.match(new Map(reply.headers).get('retry-after') ?? '', /^[12]$/);
  assert.deepEqual([leaves.length, counted], [1, ['ask']]);
});
