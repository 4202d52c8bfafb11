/** The second person's verbs, with their own token only, against a real hub. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pinOf } from '../../../certs/authority/identifiers.ts';
import { writeDemoState } from '../../../tests/demoState.ts';
import type { Ran } from '../../../tests/datong.ts';
import { typedDatong } from '../../../tests/typedDatong.ts';
import { agreement, approver, author, bothSigned, hub, post } from '../../../tests/policyHub.ts';
import { newYear } from '../../../tests/newYear.ts';

const home = mkdtempSync(join(tmpdir(), 'datong-approve-'));
after(() => rmSync(home, { recursive: true, force: true }));
const origin = (listener: keyof typeof hub.ports): string => `https://localhost:${hub.ports[listener]}`;
const state = join(home, 'demo.json');
writeDemoState(
  state,
  {
    exchange: origin('exchange'),
    open: origin('open'),
    staff: origin('staff'),
    ca: hub.ca,
    keys: hub.services.identity.jwks(),
  },
  { security: approver, operator: author },
);
const datong = (...args: string[]): Promise<Ran> =>
  typedDatong(args, { cwd: home, env: { DATONG_STATE: state } });

test('a reviewer sees text, signers and effect, and approves what they saw', async () => {
  await post('/v1/policy/documents', bothSigned(agreement({ id: 'agr-reviewed' })));
  const listed = await datong('inbox', '--demo');
  assert.match(
    listed.stdout,
    /^Agreement {2}agr-reviewed@1 {2}pub-security → education {2}≤ \d{4}-\d\d-\d\d(?: {2}provisional)?$/m,
  );
  const shown = await datong('approve', 'agr-reviewed', '--demo');
  assert.equal(shown.code, 0, shown.stderr);
  for (const part of [
    /义务教育法/,
    /signed {2}provider {2}pub-security {2}\S{43}/,
    /^submitted by {2}[^(]{2,60} \([0-9a-z]{10}\)$/m,
    /loosens today \(\d+\)/,
    /added .*birth_date {2}– → clear/,
  ]) {
    assert.match(shown.stdout, part);
  }
  const effect = /^effect ([0-9a-f]{64})$/m.exec(shown.stdout)?.[1] ?? '';
  const waiting = JSON.parse((await datong('inbox', '--demo', '--json')).stdout) as { documents: object[] };
  assert.equal(waiting.documents.length, 1, 'showing it changes nothing');
  const other = await datong('approve', 'agr-reviewed', '--demo', '--yes', '--effect', 'a'.repeat(64));
  assert.equal(other.code, 1);
  const approved = await datong('approve', 'agr-reviewed@1', '--demo', '--yes', '--effect', effect);
  assert.equal(approved.code, 0, approved.stderr);
  assert.match(approved.stderr, /agr-reviewed@1 is in force/);
  assert.equal((await datong('approve', 'agr-reviewed', '--demo')).code, 1, 'it is no longer pending');
});

test('a version that begins later is shown with the gap that it leaves, which is accepted only after it was shown', async () => {
  const document = agreement({ id: 'agr-gap' });
  const from = newYear(2);
  const later = {
    ...agreement({ id: 'agr-gap', version: 2 }),
    valid: { from, until: newYear(3) },
  };
  await post('/v1/policy/documents', bothSigned(document));
  assert.equal((await datong('approve', 'agr-gap', '--demo', '--yes')).code, 0);
  await post('/v1/policy/documents', bothSigned(later));
  const shown = await datong('approve', 'agr-gap', '--demo');
  const gap = `\nmind: version 1, which is in force, ends with the approval; until ${from}, when this one begins, nothing is answered.`;
  assert.ok(shown.stdout.includes(gap), shown.stdout);
  const { stdout: chinese } = await datong('approve', 'agr-gap', '--demo', '--lang', 'zh');
  const gapInChinese = `\n注意：批准后，在用的第 1 版即告结束；到 ${from} 本版开始之前，没有任何应答。`;
  assert.ok(chinese.includes(gapInChinese), chinese);
  const file = join(home, 'later.yaml');
  writeFileSync(file, JSON.stringify(later));
  const applied = ['apply', file, '--as', 'operator', '--approve-with', 'security'];
  const refused = await datong(...applied);
  assert.equal(refused.code, 1, refused.stdout);
  assert.match(refused.stderr + refused.stdout, /effect_not_accepted/);
  assert.match(refused.stderr + refused.stdout, /no_answers {2}version 1, which is in force, ends/);
  const effect = /^effect ([0-9a-f]{64})$/m.exec(shown.stdout)?.[1] ?? '';
  assert.equal((await datong(...applied, '--accept-effect', effect)).code, 0);
});

test('a proposal is shown whole, accepted by another person, or refused with a reason', async () => {
  const file = join(home, 'purposes.yaml');
  const purpose = (code: string): string => `kind: Purpose\ncode: ${code}\ntitle: { zh: 新, en: new }\n`;
  writeFileSync(file, `${purpose('first-new')}---\n${purpose('second-new')}`);
  const applied = await datong('apply', file, '--as', 'operator');
  assert.match(applied.stdout, /^proposed {2}Purpose first-new$/m);
  const listed = await datong('inbox', '--demo');
  assert.match(listed.stdout, /^Purpose {2}first-new {2}\S{36} {2}≤ \d{4}-\d\d-\d\d(?: {2}provisional)?$/m);
  const shown = await datong('approve', 'first-new', '--demo');
  for (const part of [
    /^proposed by {2}[^(]{2,60} \([0-9a-z]{10}\)$/m,
    /belongs to {2}the data office/,
    /"zh": "新"/,
    /^digest [0-9a-f]{64}$/m,
  ])
    assert.match(shown.stdout, part);
  assert.equal((await datong('approve', 'first-new', '--demo', '--yes', '--digest', 'a'.repeat(64))).code, 1);
  const accepted = await datong('approve', 'first-new', '--demo', '--yes');
  assert.equal(accepted.code, 0, accepted.stderr);
  assert.match(accepted.stderr, /Purpose first-new is registered/);
  const id = /^Purpose {2}second-new {2}(\S{36}) {2}≤/m.exec(listed.stdout)?.[1] ?? '';
  const refused = await datong('refuse', id, '--demo', '--reason', '重复');
  assert.equal(refused.code, 0, refused.stderr);
  assert.match(refused.stderr, /Purpose second-new is refused/);
  assert.doesNotMatch((await datong('inbox', '--demo')).stdout, /second-new/);
});

test('a version of a code list is withdrawn by two', async () => {
  const file = join(home, 'list.yaml');
  writeFileSync(
    file,
    "kind: CodeList\nid: own-zones\nversion: '1'\nfrom: '2026-01-01'\ntitle: { zh: 区, en: zones }\nentries: [{ code: a, zh: 甲 }]\n",
  );
  assert.equal((await datong('apply', file, '--as', 'operator', '--approve-with', 'security')).code, 0);
  const proposed = await datong(
    'withdraw',
    'own-zones@1',
    '--reason',
    '编码有误',
    '--as',
    'operator',
    '--json',
  );
  const { proposal } = JSON.parse(proposed.stdout) as { proposal: string };
  const accepted = await datong('approve', proposal, '--demo', '--yes');
  assert.equal(accepted.code, 0, accepted.stderr);
  const again = await datong('withdraw', 'own-zones@1', '--reason', '编码有误', '--as', 'operator');
  assert.match(again.stderr, /was withdrawn before/);
});

test('two persons invite a third by verbs, who accepts with both codes', async () => {
  const invited = await datong(
    'admin',
    'person',
    'invite',
    '赵专员',
    '--role',
    'steward@education',
    'auditor',
    '--as',
    'operator',
    '--json',
  );
  assert.equal(invited.code, 0, invited.stderr);
  const { person, code } = JSON.parse(invited.stdout) as { person: string; code: string };
  assert.equal(
    (await datong('approve', person, '--as', 'operator', '--yes')).code,
    1,
    'not by the person who invited',
  );
  const confirmer = await hub.token(['security']);
  const confirm = ['approve', person, '--demo', '--token', confirmer];
  const confirmation = await datong(...confirm);
  assert.match(confirmation.stdout, /赵专员 {2}auditor steward@education/);
  const confirmed = await datong(...confirm, '--yes', '--json');
  assert.equal(confirmed.code, 0, confirmed.stderr);
  const { code: second } = JSON.parse(confirmed.stdout) as { code: string };
  const at = ['--hub', origin('open'), '--pin', pinOf(hub.ca)];
  assert.equal((await datong('accept', code, code, ...at)).code, 1);
  const accepted = await datong('accept', code, second, ...at);
  assert.equal(accepted.code, 0, accepted.stderr);
  const staff = await hub.services.identity.staff(`Bearer ${accepted.stdout.trim()}`);
  assert.deepEqual(
    [staff.name, staff.person, [...staff.scopes].sort()],
    ['赵专员', person, ['auditor', 'steward']],
  );
  const third = await datong('admin', 'person', 'grant', person, '--role', 'security', '--as', 'operator');
  assert.match(third.stderr, /roles_apart/);
  const grant = await datong('admin', 'person', 'grant', person, '--role', 'leader', '--as', 'operator');
  assert.equal(grant.code, 0, grant.stderr);
  assert.equal((await datong(...confirm, '--yes')).code, 0);
  assert.equal((await datong('admin', 'person', 'grant', person, '--role', '@', '--as', 'operator')).code, 2);
});
