/** The register of matters (事项): two persons of the data office, what agreements may name, and what is counted from it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import type { MatterSaved } from '../../log/savedMaterials.ts';
import { runDatong, type Ran } from '../datong.ts';
import { testDatabase } from '../database.ts';
import { writeDemoState } from '../demoState.ts';
import { sampleCity, testHub } from '../hub.ts';
import { applyGrant } from '../policyWith.ts';
import { acceptAs, registerTogether, staffCall, type StaffReply } from '../secondPerson.ts';

const database = await testDatabase();
const hub = await testHub({ database });
const home = mkdtempSync(join(tmpdir(), 'datong-matters-'));
after(async () => {
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});
const steward = await hub.token('主管部门', ['steward']);
const other = await hub.token('主管部门二', ['steward']);
const city = await sampleCity(hub);
const ofEducation = await hub.token('刘老师', ['steward'], 'education');
const auditor = await hub.token('auditor', ['auditor']);
const listener = { ca: hub.ca, ports: { staff: Number(new URL(hub.hub.origins.staff).port) } };
writeDemoState(join(home, 'demo.json'), { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } }, { auditor });
const datong = (...args: string[]): Promise<Ran> =>
  runDatong(args, { cwd: home, env: { DATONG_STATE: join(home, 'demo.json') } });

const titled = (en: string) => ({ zh: en, en });
const matter = (more: object = {}) => ({
  ...{
    code: 'move-house',
    implementationCode: '119901000000X',
    title: { zh: '户口迁移', en: 'Moving house' },
  },
  ...{ basis: { reference: '户口登记条例', clause: '第十条' }, departments: ['education'] },
  materials: [{ title: { zh: '户口簿', en: 'household register' }, fields: ['pub-security.household.name'] }],
  ...more,
});
const register = (body: object, token = steward): Promise<StaffReply> =>
  staffCall(listener, token, 'POST', '/v1/matters', body);
const list = async (query = '', token = ofEducation) => {
  const { body } = await staffCall(listener, token, 'GET', `/v1/matters${query}`);
  return (body['matters'] as { code: string; revision: number; ended?: string }[]).map(
    ({ code, revision, ended }) => [code, revision, ...(ended === undefined ? [] : [ended])].join(' '),
  );
};
const end = (code: string, token = steward): Promise<StaffReply> =>
  staffCall(listener, token, 'POST', `/v1/matters/${code}/ending`, { reason: '并入一件事' });

describe('registering and ending', () => {
  test('takes two persons of the office; a department proposes, and does not agree to it', async () => {
    const proposed = await register(matter(), ofEducation);
    assert.equal(proposed.status, 202, JSON.stringify(proposed.body));
    assert.deepEqual(await list('?q=迁移'), []);
    const foreign = await acceptAs(listener, ofEducation, proposed).catch(() => undefined);
    assert.notEqual(foreign?.status, 201);
    assert.equal((await acceptAs(listener, steward, proposed)).status, 201);
    assert.deepEqual(await list('?q=迁移'), ['move-house 1']);
    const own = await register(matter({ title: titled('Moving') }));
    assert.equal((await acceptAs(listener, steward, own)).body['code'], 'four_eyes');
    assert.equal((await acceptAs(listener, other, own)).status, 201);
    assert.deepEqual(await list('?department=education&state=current'), ['enrol-primary 1', 'move-house 2']);
    assert.deepEqual(await list('?department=ecology'), []);
    assert.deepEqual(await list('?q=11990100MB'), ['enrol-primary 1']);
    assert.deepEqual(await list('?q=%25'), [], 'no letter, no pattern');
  });

  test('names departments and fields that there are, and each paper once', async () => {
    const refused = async (more: object) => (await register(matter(more))).body['code'];
    assert.equal(await refused({ departments: ['nobody'] }), 'department_unknown');
    const household = (field: string) => ({
      materials: [{ title: titled('register'), fields: [`pub-security.household.${field}`] }],
    });
    assert.equal(await refused(household('shoe_size')), 'unknown_reference');
    const [paper] = matter().materials;
    assert.equal(await refused({ materials: [paper, paper] }), 'duplicate_material');
    assert.equal(await refused({ implementationCode: 'x' }), 'invalid_request');
  });

  test('one that an agreement names does not end; one that nobody names does, once, and can be taken up again', async () => {
    assert.equal((await end('enrol-primary')).body['code'], 'matter_in_use');
    assert.equal((await end('nothing')).status, 404);
    const first = await end('move-house');
    const same = await end('move-house', other);
    assert.deepEqual([same.body['changed'], same.body['proposal']], [false, first.body['proposal']]);
    const raced = await Promise.all([acceptAs(listener, other, first), acceptAs(listener, other, first)]);
    assert.deepEqual(raced.map(({ status }) => status).sort(), [201, 409], 'of two answers one counts');
    assert.deepEqual(await list('?state=ended'), ['move-house 3 并入一件事']);
    assert.equal((await end('move-house')).body['changed'], false);
    const again = await registerTogether(
      listener,
      { author: steward, second: other },
      '/v1/matters',
      matter(),
    );
    assert.equal(again.status, 201);
    assert.deepEqual(await list('?q=move-house'), ['move-house 4']);
    const shown = await staffCall(listener, ofEducation, 'GET', '/v1/matters/move-house');
    assert.deepEqual([shown.body['revision'], shown.body['ended']], [4, undefined]);
    assert.equal((await staffCall(listener, ofEducation, 'GET', '/v1/matters/nothing')).status, 404);
  });
});

describe('an agreement', () => {
  const submitted = (code: string, paper: object) =>
    staffCall(listener, city.operator, 'POST', '/v1/policy/documents', {
      document: {
        ...{
          kind: 'Agreement',
          id: 'agr-moving',
          version: 1,
          provider: 'pub-security',
          consumer: 'education',
        },
        ...{ purposes: ['school-enrolment'], basis: { type: 'statutory', reference: '法', clause: '一' } },
        valid: { from: '2026-01-01T00:00:00+08:00', until: '2029-01-01T00:00:00+08:00' },
        matters: [{ code, title: titled(code), cases: ['QY-######'], materials: [paper] }],
        grants: [
          {
            ...{ dataset: 'pub-security.household', schema: 'household@1', lookupBy: ['person_id'] },
            fields: { region_code: { mask: 'clear' } },
          },
        ],
      },
    });
  const findings = async (code: string, paper: object) => {
    const { body } = await submitted(code, paper);
    assert.equal(body['code'], 'policy_does_not_compile', JSON.stringify(body));
    return (body['findings'] as { code: string; path: string }[]).map(
      ({ code: one, path }) => `${one} ${path}`,
    );
  };
  const register1 = { zh: '户口簿', en: 'household register' };

  test('names only matters and papers of the register, that its consumer handles', async () => {
    assert.deepEqual(await findings('never-heard', register1), ['matter_unknown /matters/0/code']);
    assert.deepEqual(await findings('move-house', titled('passport')), [
      'material_unknown /matters/0/materials/0',
    ]);
    const foreign = matter({ code: 'weather', departments: ['ecology'] });
    await registerTogether(listener, { author: steward, second: other }, '/v1/matters', foreign);
    assert.deepEqual(await findings('weather', register1), ['matter_foreign /matters/0/code']);
    assert.equal((await submitted('move-house', register1)).status, 201);
  });

  test('that waits does not come into force once its matter has ended', async () => {
    const ending = await end('move-house');
    assert.equal((await acceptAs(listener, other, ending)).status, 201);
    const shown = await staffCall(
      listener,
      city.operator,
      'GET',
      '/v1/policy/documents/agr-moving/versions/1',
    );
    assert.equal(shown.body['code'], 'policy_does_not_compile');
  });
});

test('what was saved is counted from the register and the log, at the hub and from an export', async () => {
  const file = householdFile(1500, 7);
  await city.publicSecurity.client.sendFile('pub-security.household', file.bytes, { mapping: 'household' });
  await applyGrant(hub, city, 'household/agreement.yaml', 2, (grant) => grant);
  const child = file.good.find((person) => person.guardian !== '' && person.region === '990101');
  assert.ok(child);
  const ask = (number: string, value: string, fields?: readonly string[]) =>
    city.education.client.query(
      'pub-security.household',
      { filter: [{ field: 'person_id', op: 'eq', value }], ...(fields === undefined ? {} : { fields }) },
      {
        ...{ purpose: 'school-enrolment', agreement: 'agr-school-enrolment', onBehalfOf: 'official-17' },
        matter: number,
      },
    );
  await ask('RX-2026-000001', child.id);
  await ask('RX-2026-000001', child.id);
  await ask('RX-2026-000002', child.id, ['name']);
  await ask('RX-2026-000003', '110101199003077678');
  const month = (
    await database.app.query<{ month: string }>(
      `SELECT to_char(max(at) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') AS month FROM audit_entry`,
    )
  ).rows[0]?.month;
  assert.ok(month);
  const here = await datong('audit', 'report', month, '--as', 'auditor', '--json');
  assert.equal(here.code, 0, here.stderr);
  const { saved, last } = JSON.parse(here.stdout) as { saved: MatterSaved[]; last: number };
  assert.deepEqual(
    saved.map(({ code, cases, rows, materials }) => [code, cases, rows, materials.map((one) => one.spared)]),
    [['enrol-primary', 2, 3, [1, 0, 0, 0]]],
  );
  const matters = await datong('matter', 'list', '--as', 'auditor', '--json');
  writeFileSync(join(home, 'matters.json'), matters.stdout);
  const pack = join(home, 'pack.json');
  const range = ['--from', '0', '--to', String(last + 1)];
  assert.equal((await datong('audit', 'export', '--as', 'auditor', ...range, '-o', pack)).code, 0);
  const alone = ['audit', 'report', month, '--key', hub.hub.keys.log.vkey, '--pack', pack];
  const there = await datong(...alone, '--json', '--matters', join(home, 'matters.json'));
  assert.deepEqual((JSON.parse(there.stdout) as { saved: unknown }).saved, saved);
  const shown = await datong(
    ...alone,
    '--matters',
    join(home, 'matters.json'),
    '--html',
    join(home, 'm.html'),
  );
  assert.match(shown.stdout, /enrol-primary .*household register +1/);
  assert.equal((await datong(...alone, '--matters', pack)).code, 4);
});
