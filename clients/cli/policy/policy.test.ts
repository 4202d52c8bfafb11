/** The policy verbs as a steward meets them: folders in, tables or JSON out, exit codes that a script can trust. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';

const root = resolve(import.meta.dirname, '../../..');
const cases = join(root, 'policies/cases');
const folder = mkdtempSync(join(tmpdir(), 'datong-policy-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const inForce = join(folder, 'in-force');
const proposed = join(folder, 'proposed');
for (const set of [inForce, proposed]) {
  cpSync(join(cases, 'registry.yaml'), join(set, 'registry.yaml'));
  cpSync(join(cases, 'worked/01-school-enrolment.yaml'), join(set, 'agreements/enrolment.yaml'));
}
const enrolment = join(proposed, 'agreements/enrolment.yaml');
writeFileSync(
  enrolment,
  readFileSync(enrolment, 'utf8')
    .replace('head: 6, tail: 0', 'head: 6, tail: 4')
    .replace('version: 1', 'version: 2'),
);
const ask = {
  consumer: 'education',
  dataset: 'pub-security.household',
  agreement: 'agr-school-enrolment',
  purpose: 'school-enrolment',
  onBehalfOf: 'official-1',
  matter: 'BJ2026-000001',
};

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly talk: string;
}
function datong(words: readonly string[], input = ''): Ran {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'bin/datong.mjs'), '--lang', 'en', ...words],
    {
      input,
      encoding: 'utf8',
    },
  );
  return { code: status, out: stdout, talk: stderr };
}

test('lint: a sound set, and one with a place for every fault', () => {
  const sound = datong(['policy', 'lint', inForce, '--json', '--at', '2026-06-01T00:00:00+08:00']);
  assert.equal(sound.code, 0, sound.talk);
  assert.equal((JSON.parse(sound.out) as { ok: boolean }).ok, true);
  const faulty = join(folder, 'faulty.yaml');
  writeFileSync(faulty, readFileSync(join(cases, 'refused/unknown-mask.yaml')));
  const { code, out } = datong(['policy', 'lint', faulty]);
  assert.equal(code, 1);
  assert.match(out, /^unknown_mask {2}.*faulty\.yaml#\/grants\/0\/fields\/name\/mask:13 {2}there is no mask/);
});

test('test: every case by name; nothing tested is not a success', () => {
  const passed = datong(['policy', 'test', inForce, '--json']);
  assert.deepEqual([passed.code, JSON.parse(passed.out)], [0, { ok: true, cases: 3, findings: [] }]);
  const failed = datong(['policy', 'test', proposed]);
  assert.equal(failed.code, 1);
  assert.match(failed.out, /case_failed {2}agreements\/enrolment\.yaml:\d+ .*row\.person_id: expected/);
  assert.match(failed.talk, /✗ .*asks about one child/);
  assert.equal(datong(['policy', 'test', join(cases, 'registry.yaml')]).code, 1);
});

test('explain: steps, fields, and what would permit it', () => {
  const request = join(folder, 'ask.json');
  writeFileSync(request, JSON.stringify({ ...ask, fields: ['income'], now: '2026-06-01T09:00:00+08:00' }));
  const { code, out } = datong(['policy', 'explain', inForce, '--request', request]);
  assert.equal(code, 1);
  assert.match(out, /^denied {2}field_not_granted \(income\)/);
  assert.match(out, /✗ {2}fields\s+agr-school-enrolment@1#\/grants\/0\/fields/);
  assert.match(out, /provider {2}grant the field in the agreement/);
  const json = datong([
    'policy',
    'explain',
    inForce,
    '--request',
    request,
    '--json',
    '--audience',
    'consumer',
  ]);
  assert.equal((JSON.parse(json.out) as { code: string }).code, 'field_not_granted');
});

test('visibility, diff and replay', () => {
  const seen = datong([
    'policy',
    'visibility',
    inForce,
    '--field',
    'person_id',
    '--json',
    '--at',
    '2026-06-01T00:00:00Z',
  ]);
  const { cells } = JSON.parse(seen.out) as { cells: { access: string; active: boolean }[] };
  assert.deepEqual(
    cells.map(({ access, active }) => [access, active]),
    [
      ['read', true],
      ['lookup', true],
    ],
  );

  const diff = datong(['policy', 'diff', inForce, proposed]);
  assert.equal(diff.code, 1);
  assert.match(diff.out, /loosened {2}education .*idCard\(head=6, tail=0\) → idCard\(head=6, tail=4\)/);
  assert.match(diff.out, /must sign first: provider pub-security \(loosened\)/);
  assert.equal(datong(['policy', 'diff', proposed, inForce]).code, 0);

  const recorded = join(folder, 'recorded.ndjson');
  writeFileSync(
    recorded,
    `${JSON.stringify({ id: 'x-1', at: '2026-06-01T09:00:00+08:00', request: ask })}\n\n`,
  );
  const replayed = datong(['policy', 'replay', proposed, recorded, '--before', inForce, '--json']);
  assert.equal(replayed.code, 1);
  assert.deepEqual((JSON.parse(replayed.out) as { changes: unknown }).changes, {
    'field person_id: idCard(head=6, tail=0) → idCard(head=6, tail=4)': 1,
  });
  assert.equal(datong(['policy', 'replay', inForce, recorded]).code, 4, 'an answer is needed, or --before');
});

test('mask: a value a line, JSON values with --json, wrong types reported', () => {
  const ids = datong(['mask', 'idCard', '--params', '{"head":6,"tail":4}'], '11010519491231002X\n\nabc\n');
  assert.deepEqual([ids.code, ids.out], [0, '110105********002X\n\n***\n']);
  const names = datong(['mask', 'personName', '--json'], '"欧阳娜"\n12\nnull\n');
  assert.deepEqual([names.code, names.out], [1, '"欧**"\nnull\nnull\n']);
  const key = join(folder, 'key');
  writeFileSync(key, '00'.repeat(32));
  const pseudonym = datong(
    ['mask', 'pseudonym', '--params', '{"domain":"person"}', '--key', key, '--consumer', 'education'],
    '１２\n12\n',
  );
  assert.match(pseudonym.out, /^(p1\.[\w-]{22})\n\1\n$/, 'full-width digits are the same digits');
  for (const wrong of [['keep'], ['pseudonym', '--params', '{"domain":"x"}']]) {
    assert.equal(datong(['mask', ...wrong]).code, 2, wrong.join(' '));
  }
  assert.equal(
    (JSON.parse(datong(['mask', '--list', '--json']).out) as { masks: unknown[] }).masks.length,
    22,
  );
});

test('schema types: the shape that one department receives', () => {
  const { code, out } = datong(['schema', 'types', 'household@1', '--for', 'education', '--policy', inForce]);
  assert.equal(code, 0);
  assert.match(out, /export (?:interface|type) HouseholdForEducationRecord/);
  assert.match(out, /birth_date: string/);
  assert.ok(!out.includes('income'));
});
