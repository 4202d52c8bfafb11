/** Consents on paper: two persons of the department that has the form, once, and withdrawn like any other. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { typedDatong } from '../typedDatong.ts';
import { writeDemoState } from '../demoState.ts';
import { acceptAs, staffCall, type StaffReply } from '../secondPerson.ts';
import { lastLeaf } from './leaves.ts';
import { leafTexts } from '../leafTexts.ts';
import { cityHub } from '../cityHub.ts';
import { dayInChina } from '../../terms/civilDate.ts';
import { withinOneDay } from '../withinOneDay.ts';

await withinOneDay();

const { database, hub, city } = await cityHub();
const home = mkdtempSync(join(tmpdir(), 'datong-paper-'));
after(async () => {
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});
const clerk = await hub.token('窗口', ['steward'], 'pub-security');
const colleague = await hub.token('科长', ['steward'], 'pub-security');
const office = await hub.token('主管部门', ['steward']);
const ofEducation = await hub.token('刘老师', ['steward'], 'education');
const listener = { ca: hub.ca, ports: { staff: Number(new URL(hub.hub.origins.staff).port) } };
const file = householdFile(1500, 11);
const families = file.good.filter(
  ({ guardian, id, region }) => guardian !== '' && region === '990101' && id.slice(6, 10) >= '2016',
);
let notice = '';

before(async () => {
  await city.publicSecurity.client.sendFile('pub-security.household', file.bytes, { mapping: 'household' });
  await city.apply('school-meals/notice.yaml');
  await city.apply('school-meals/agreement.yaml', [city.education, city.publicSecurity]);
  const { rows } = await database.app.query<{ digest: string }>('SELECT digest FROM consent_notice');
  notice = rows[0]?.digest ?? '';
});

const scanOf = (name: string): string => createHash('sha256').update(name).digest('hex');
const paper = (at: number, more: object = {}) => ({
  id: `paper-${at}`,
  form: `ZZ-2026-${at}`,
  scan: scanOf(`form ${at}`),
  takenOn: '2026-03-01',
  person: families[at]?.id ?? '',
  guardian: families[at]?.guardian ?? '',
  collectedBy: 'pub-security',
  recipient: 'education',
  dataset: 'pub-security.household',
  purposes: ['school-meals'],
  fields: ['name', 'income'],
  expires: '2099-01-01T00:00:00+08:00',
  notice: { digest: notice, language: 'zh' },
  ...more,
});
const take = (body: object, token = clerk): Promise<StaffReply> =>
  staffCall(listener, token, 'POST', '/v1/paper-consents', body);
const ask = (at: number): Promise<number | string> =>
  city.education.client
    .query(
      'pub-security.household',
      { filter: [{ field: 'person_id', op: 'eq', value: families[at]?.id ?? '' }] },
      {
        purpose: 'school-meals',
        agreement: 'agr-school-meals',
        onBehalfOf: 'official-0317',
        matter: 'YC-2026-000017',
      },
    )
    .then(
      ({ json }) => json.records.length,
      (error: unknown) => (error instanceof DatongProblem ? error.code : Promise.reject(error as Error)),
    );

describe('a form', () => {
  test('counts once a second person of the same department has confirmed it, and no sooner', async () => {
    const taken = await take(paper(0));
    assert.equal(taken.status, 202, JSON.stringify(taken.body));
    assert.equal(await ask(0), 'consent_missing');
    assert.equal((await acceptAs(listener, clerk, taken)).body['code'], 'four_eyes');
    assert.notEqual(
      (await acceptAs(listener, office, taken)).status,
      201,
      'no other department has the form',
    );
    assert.equal(await ask(0), 'consent_missing');
    const raced = await Promise.all([
      acceptAs(listener, colleague, taken),
      acceptAs(listener, colleague, taken),
    ]);
    assert.deepEqual(raced.map(({ status }) => status).sort(), [201, 409]);
    assert.equal(await ask(0), 1);
    const { rows } = await database.app.query<{ text: string }>(
      'SELECT proposal::text AS text FROM proposal',
    );
    const all = [...rows.map(({ text }) => text), ...(await leafTexts(database))];
    for (const secret of [families[0]?.id, families[0]?.guardian])
      assert.ok(secret !== undefined && !all.some((text) => text.includes(secret)));
    await city.publicSecurity.client.withdrawConsent('paper-0');
    assert.equal(await ask(0), 'consent_missing');
  });

  test('is taken over once, by its number and by its scan', async () => {
    const again = async (more: object) => (await take(paper(1, more))).body['code'];
    assert.equal(await again({ form: 'ZZ-2026-0' }), 'already_registered');
    assert.equal(await again({ scan: scanOf('form 0') }), 'already_registered');
    assert.equal(await again({ id: 'paper-0' }), 'already_registered');
    const [one, other] = [await take(paper(1)), await take(paper(1, { id: 'paper-other' }))];
    assert.equal((await acceptAs(listener, colleague, one)).status, 201);
    assert.equal((await acceptAs(listener, colleague, other)).body['code'], 'already_registered');
  });

  test('that was signed before a withdrawal, or on its day, does not count after it', async () => {
    const dayBefore = (days: number): string => dayInChina(Date.now() - days * 86_400_000);
    const later = await take(paper(4, { id: 'paper-4-waits', form: 'ZZ-4-1', scan: scanOf('4-1') }));
    assert.equal((await acceptAs(listener, colleague, await take(paper(4)))).status, 201);
    await city.publicSecurity.client.withdrawConsent('paper-4');
    assert.equal((await acceptAs(listener, colleague, later)).body['code'], 'consent_invalid');
    const again = async (nth: number, takenOn: string): Promise<StaffReply> =>
      take(paper(4, { id: `paper-4-${nth}`, form: `ZZ-4-${nth}`, scan: scanOf(`4-${nth}`), takenOn }));
    assert.equal((await again(2, dayBefore(0))).body['code'], 'consent_invalid', 'on its day');
    assert.equal(await ask(4), 'consent_missing');
    await database.owner.query(
      "UPDATE consent_event SET at = at - interval '1 day' WHERE consent = 'paper-4' AND type = 'withdrawn'",
    );
    assert.equal((await again(3, dayBefore(1))).body['code'], 'consent_invalid');
    const signed = await again(5, dayBefore(0));
    assert.equal((await acceptAs(listener, colleague, signed)).status, 201, 'after its day');
    assert.equal(await ask(4), 1);
  });

  test('does not come from who receives, from the future, or expired, and names no number', async () => {
    const refused = async (more: object, token = clerk) => (await take(paper(2, more), token)).body['code'];
    assert.equal(await refused({ collectedBy: 'education' }), 'not_your_department');
    assert.equal(await refused({ collectedBy: 'education' }, ofEducation), 'consent_invalid');
    assert.equal(await refused({ takenOn: '2098-01-01' }), 'consent_invalid');
    assert.equal(await refused({ expires: '2020-01-01T00:00:00+08:00' }), 'consent_invalid');
    assert.equal(await refused({ notBefore: '2099-01-01T00:00:00+08:00' }), 'consent_invalid');
    assert.equal(
      await refused({ notBefore: '2020-01-01T00:00:00+08:00' }),
      'consent_invalid',
      'from before its signature',
    );
    assert.equal(await refused({ form: families[2]?.id ?? '' }), 'text_identity_number');
    assert.equal(
      await refused({ person: families[2]?.guardian ?? '' }),
      'consent_invalid',
      'a guardian of themselves',
    );
    assert.equal(await refused({ notice: { digest: 'a'.repeat(64), language: 'zh' } }), 'notice_unknown');
  });
});

test('by command: the second person has the same scan in view', async () => {
  const state = join(home, 'demo.json');
  const at = { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } };
  writeDemoState(state, at, { provider: clerk, colleague });
  const datong = (...args: string[]) => typedDatong(args, { cwd: home, env: { DATONG_STATE: state } });
  for (const [name, text] of [
    ['child.txt', families[3]?.id],
    ['mother.txt', families[3]?.guardian],
    ['form.pdf', 'the form'],
    ['other.pdf', 'another form'],
  ] as const)
    writeFileSync(join(home, name), text ?? '');
  const who = ['--person', 'child.txt', '--guardian', 'mother.txt', '--department', 'pub-security'];
  const what = [
    '--recipient',
    'education',
    '--dataset',
    'pub-security.household',
    '--purpose',
    'school-meals',
  ];
  const form = ['--id', 'paper-cli', '--form', 'ZZ-9', '--scan', 'form.pdf', '--taken-on', '2026-03-02'];
  const terms = ['--fields', 'name,income', '--notice', notice, '--until', '2099-01-01T00:00:00+08:00'];
  const taken = await datong(
    'consent',
    'paper',
    'take',
    ...form,
    ...who,
    ...what,
    ...terms,
    '--as',
    'provider',
  );
  assert.equal(taken.code, 0, taken.stderr);
  const confirm = (scan: string) =>
    datong('consent', 'paper', 'confirm', taken.stdout.trim(), '--scan', scan, '--as', 'colleague');
  assert.equal((await confirm('other.pdf')).code, 1);
  assert.equal(await ask(3), 'consent_missing');
  assert.equal((await confirm('form.pdf')).code, 0);
  assert.equal(await ask(3), 1);
  assert.equal((await lastLeaf(database)).kind, 'release');
});
