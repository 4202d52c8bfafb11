import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ranOverStub } from '../../tests/stubbedVerb.ts';
import { amend, type AmendOptions } from './datasetAmend.ts';
import { exitCode, VerbFailure } from './verb.ts';

const digest = 'a'.repeat(64);
const read = {
  digest,
  title: { zh: '户籍', en: 'Households' },
  intake: { mayShrink: 0.5, expect: { every: 'month', by: 5 } },
};
const home = mkdtempSync(join(tmpdir(), 'datong-amend-'));
after(() => rmSync(home, { recursive: true, force: true }));

const ran = (
  options: Partial<AmendOptions>,
  changed: object = { amended: [] },
): ReturnType<typeof ranOverStub> =>
  ranOverStub({ read: { dataset: read }, changed }, (client) =>
    amend(client, 'transport.permits', { reason: 'as ruled', ...options }),
  );

test('what is not named stays, and what is named is sent over the digest that was read', async () => {
  const base = { digest, reason: 'as ruled' };
  const rules = join(home, 'rules.yaml');
  writeFileSync(rules, 'mayShrink: 0.1\nexpect: { every: week, by: 2 }\n');
  for (const [options, body] of [
    [{}, base],
    [{ titleEn: 'People' }, { ...base, title: { zh: '户籍', en: 'People' } }],
    [{ titleZh: '人口' }, { ...base, title: { zh: '人口', en: 'Households' } }],
    [{ rawDays: '60' }, { ...base, retention: { rawDays: 60 } }],
    [{ rawDays: 'hub' }, { ...base, retention: {} }],
    [{ expect: 'week:2' }, { ...base, intake: { mayShrink: 0.5, expect: { every: 'week', by: 2 } } }],
    [
      { expect: 'day', since: '2026-12-01' },
      { ...base, intake: { mayShrink: 0.5, expect: { every: 'day', since: '2026-12-01' } } },
    ],
    [{ expect: 'none' }, { ...base, intake: { mayShrink: 0.5 } }],
    [{ decides: '0123456789' }, { ...base, intake: { ...read.intake, decides: '0123456789' } }],
    [{ decides: 'none' }, { ...base, intake: read.intake }],
    [{ intake: rules }, { ...base, intake: { mayShrink: 0.1, expect: { every: 'week', by: 2 } } }],
    [
      { intake: rules, expect: 'none' },
      { ...base, intake: { mayShrink: 0.1 } },
    ],
  ] as const)
    assert.deepEqual((await ran(options)).sent, [body], JSON.stringify(options));
});

test('the registered first day stays with another period, unless another day is named', async () => {
  const since = '2026-10-01';
  const registered = { ...read, intake: { expect: { every: 'month', by: 5, since } } };
  for (const [options, expect] of [
    [{ expect: 'month:10' }, { every: 'month', by: 10, since }],
    [
      { expect: 'month:10', since: '2026-12-01' },
      { every: 'month', by: 10, since: '2026-12-01' },
    ],
  ] as const) {
    const { sent } = await ranOverStub(
      { read: { dataset: registered }, changed: { amended: [] } },
      (client) => amend(client, 'transport.permits', { reason: 'as ruled', ...options }),
    );
    assert.deepEqual(sent, [{ digest, reason: 'as ruled', intake: { expect } }]);
  }
});

test('a first day without a period is a usage error', async () => {
  for (const options of [{ since: '2026-12-01' }, { since: '2026-12-01', expect: 'none' }])
    await assert.rejects(
      ran(options),
      (error) => error instanceof VerbFailure && error.exit === exitCode.usage,
    );
});

test('a period that is none is refused before anything is sent', async () => {
  for (const expect of ['yearly', 'month:', 'month:100', 'None', ''])
    await assert.rejects(ran({ expect }), VerbFailure, expect);
});

test('amended members are shown, an amendment without change, and one that needs the security officer', async () => {
  assert.equal(
    (await ran({}, { amended: ['title', 'intake'] })).stdout,
    'transport.permits  title, intake\n',
  );
  assert.equal((await ran({})).stdout, 'transport.permits  =\n');
  const waits = await ran({}, { proposal: 'p-1', changed: true });
  assert.match(waits.stdout, /^transport\.permits {2}\S/);
  assert.ok(!waits.stdout.includes('='), waits.stdout);
  const whole = { amended: ['title'], digest };
  assert.deepEqual(JSON.parse((await ran({ json: true }, whole)).stdout), whole);
});
