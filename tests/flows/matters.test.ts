/** The register of matters (事项): two persons of the data office, what agreements may name, and what is counted from it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import type { MatterSaved } from '../../log/savedMaterials.ts';
import type { Ran } from '../datong.ts';
import { typedDatong } from '../typedDatong.ts';
import { writeDemoState } from '../demoState.ts';
import { applyGrant } from '../policyWith.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { insertTemplate } from '../../hub/features/requests/store/templates.ts';
import { acceptAs, registerTogether, staffCall, type StaffReply } from '../secondPerson.ts';
import { defined } from '../../terms/defined.ts';
import { cityHub } from '../cityHub.ts';
import { withinOneDay } from '../withinOneDay.ts';

await withinOneDay();

const { database, hub, city } = await cityHub();
const home = mkdtempSync(join(tmpdir(), 'datong-matters-'));
after(async () => {
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});
const steward = await hub.token('主管部门', ['steward']);
const other = await hub.token('主管部门二', ['steward']);
const ofEducation = await hub.token('刘老师', ['steward'], 'education');
const auditor = await hub.token('auditor', ['auditor']);
const listener = { ca: hub.ca, ports: { staff: Number(new URL(hub.hub.origins.staff).port) } };
writeDemoState(
  join(home, 'demo.json'),
  { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } },
  { auditor, school: ofEducation, office: steward },
);
const datong = (...args: string[]): Promise<Ran> =>
  typedDatong(args, { cwd: home, env: { DATONG_STATE: join(home, 'demo.json') } });

const titled = (en: string) => ({ zh: en, en });
const matter = (more: object = {}) => ({
  code: 'move-house',
  implementationCode: '119901000000X',
  title: { zh: '户口迁移', en: 'Moving house' },
  basis: { reference: '户口登记条例', clause: '第十条' },
  departments: ['education'],
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

  test('one that an agreement names does not end; an unused one does, once, and can be taken up again', async () => {
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

  test('is another revision by every word of it, and found by its law', async () => {
    assert.equal((await register(matter())).status, 200, 'the same again is no revision');
    const [paper] = matter().materials;
    for (const change of [
      { implementationCode: '119901000000Y' },
      { title: { zh: '迁户', en: 'Moving house' } },
      { title: { zh: '户口迁移', en: 'Moving' } },
      { basis: { reference: '户籍法', clause: '第十条' } },
      { basis: { reference: '户口登记条例', clause: '第十一条' } },
      { departments: ['education', 'ecology'] },
      { materials: [{ ...paper, title: { zh: '户口本', en: 'household register' } }] },
      { materials: [{ ...paper, title: { zh: '户口簿', en: 'booklet' } }] },
      { materials: [{ ...paper, fields: [] }] },
    ])
      assert.equal((await register(matter(change))).status, 202, JSON.stringify(change));
    assert.deepEqual(await list('?q=户口登记条例'), ['move-house 4']);
    assert.deepEqual(await list('?q=第十条'), ['move-house 4']);
    assert.deepEqual(await list('?q=第十一条'), [], 'what waits is not found');
  });
});

describe('an agreement', () => {
  const submitted = (code: string, paper: object) =>
    staffCall(listener, city.operator, 'POST', '/v1/policy/documents', {
      document: {
        kind: 'Agreement',
        id: 'agr-moving',
        version: 1,
        provider: 'pub-security',
        consumer: 'education',
        purposes: ['school-enrolment'],
        basis: { type: 'statutory', reference: '法', clause: '一' },
        valid: { from: '2026-01-01T00:00:00+08:00', until: '2029-01-01T00:00:00+08:00' },
        matters: [{ code, title: titled(code), cases: ['QY-######'], materials: [paper] }],
        grants: [
          {
            dataset: 'pub-security.household',
            schema: 'household@1',
            lookupBy: ['person_id'],
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
    for (const other of [
      { ...register1, zh: '户口本' },
      { ...register1, en: 'booklet' },
    ])
      assert.deepEqual(await findings('move-house', other), ['material_unknown /matters/0/materials/0']);
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
      { filter: [{ field: 'person_id', op: 'eq', value }], ...defined({ fields }) },
      {
        purpose: 'school-enrolment',
        agreement: 'agr-school-enrolment',
        onBehalfOf: 'official-17',
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

describe('templates of requests', () => {
  const templates = '/v1/request-templates';
  const template = (more: object = {}) => ({
    code: 'school-roll',
    title: { zh: '学籍核验', en: 'School roll' },
    days: 365,
    purposes: ['school-enrolment'],
    basis: { type: 'statutory', reference: '中华人民共和国义务教育法', clause: '第十二条' },
    matters: [
      {
        code: 'enrol-primary',
        title: titled('Enrolment'),
        cases: ['RX-######'],
        materials: [{ zh: '户口簿', en: 'household register' }],
      },
    ],
    grants: [
      {
        dataset: 'pub-security.household',
        schema: 'household@1',
        lookupBy: ['person_id'],
        fields: { name: { mask: 'clear' }, region_code: { mask: 'clear' } },
        obligations: [{ id: 'delete-after', period: 'P180D' }],
      },
    ],
    ...more,
  });
  const grant = template().grants[0];
  const propose = (body: object, token = steward) => staffCall(listener, token, 'POST', templates, body);
  const codeOf = async (body: object) => (await propose(body)).body['code'];
  const listedHere = async (query = '') =>
    ((await staffCall(listener, ofEducation, 'GET', `${templates}${query}`)).body['templates'] ?? []) as {
      code: string;
      revision: number;
      gone: string[];
      withdrawn?: string;
    }[];
  const begin = (agreement: string, more: { code?: string; consumer?: string; token?: string } = {}) =>
    staffCall(
      listener,
      more.token ?? ofEducation,
      'GET',
      `${templates}/${more.code ?? 'school-roll'}/agreement?consumer=${more.consumer ?? 'education'}&agreement=${agreement}`,
    );
  const together = (body: object) =>
    registerTogether(listener, { author: steward, second: other }, templates, body);

  test('belong to the office: two of its persons decide, any steward may propose; and contain only what agreements contain, of data that exists', async () => {
    const proposed = await propose(template(), ofEducation);
    assert.equal(proposed.status, 202, JSON.stringify(proposed.body));
    assert.notEqual((await acceptAs(listener, ofEducation, proposed).catch(() => undefined))?.status, 201);
    assert.deepEqual(await listedHere(), []);
    const own = await propose(template({ days: 364 }));
    assert.equal((await acceptAs(listener, steward, own)).body['code'], 'four_eyes');
    assert.equal((await propose(template(), auditor)).status, 403);
    assert.equal((await acceptAs(listener, other, own)).status, 201);
    const [shown] = await listedHere('?dataset=pub-security.household&matter=enrol-primary&state=current');
    assert.deepEqual([shown?.code, shown?.revision, shown?.gone], ['school-roll', 1, []]);
    assert.deepEqual(await listedHere('?dataset=ecology.air-quality'), []);
    assert.deepEqual(await listedHere('?code=school'), []);
    assert.equal((await listedHere('?code=school-roll')).length, 1);
    const fields = { ...grant?.fields, shoe_size: { mask: 'clear' } };
    const refused = await propose(template({ grants: [{ ...grant, fields }] }));
    assert.equal(refused.body['code'], 'template_outdated');
    assert.match(JSON.stringify(refused.body), /pub-security\.household\.shoe_size/);
    assert.equal(
      await codeOf(template({ grants: [{ ...grant, schema: 'household@9' }] })),
      'template_outdated',
    );
    assert.equal(await codeOf(template({ grants: [{ ...grant, surprise: true }] })), 'policy_invalid');
    const air = { dataset: 'ecology.air-quality', schema: 'air-quality@1', fields: {} };
    assert.equal(await codeOf(template({ grants: [grant, air] })), 'policy_invalid', 'two providers');
    assert.equal(await codeOf(template({ purposes: ['nothing'] })), 'unknown_reference');
    const [handled] = template().matters;
    assert.equal(await codeOf(template({ matters: [{ ...handled, code: 'nothing' }] })), 'unknown_reference');
    assert.equal(await codeOf(template({ days: 0 })), 'invalid_request');
  });

  test('begin a request of one’s own department, which is judged as any other', async () => {
    const begun = await begin('agr-roll');
    assert.equal(begun.status, 200, JSON.stringify(begun.body));
    const { document } = begun.body as {
      document: Record<string, unknown> & { valid: { from: string; until: string } };
    };
    assert.deepEqual(
      [document['id'], document['version'], document['provider'], document['consumer']],
      ['agr-roll', 1, 'pub-security', 'education'],
    );
    const { title, purposes, basis, matters, grants, days } = template({ days: 364 });
    for (const [name, value] of Object.entries({ title, purposes, basis, matters, grants }))
      assert.deepEqual(document[name], value, name);
    const { from, until } = document.valid;
    assert.match(until, /T00:00:00\+08:00$/);
    assert.equal(Date.parse(until) - Date.parse(from), days * 86_400_000);
    assert.equal((await begin('agr-roll', { consumer: 'ecology' })).body['code'], 'not_your_department');
    assert.equal((await begin('agr-roll', { token: steward })).body['code'], 'not_your_department');
    assert.equal((await begin('agr-roll', { code: 'nothing' })).status, 404);
    const papers = { reason: 'roll', commitment: 'a'.repeat(64) };
    const ask = (wanted: object) =>
      staffCall(listener, ofEducation, 'POST', '/v1/requests', { document: wanted, papers });
    const unfit = await ask({ ...document, purposes: ['nothing'] });
    assert.equal(unfit.body['code'], 'policy_does_not_compile', 'a template is no permission');
    const requested = await ask(document);
    assert.deepEqual(
      [requested.status, requested.body['state']],
      [201, 'reviewing'],
      JSON.stringify(requested.body),
    );
  });

  test('by command', async () => {
    writeFileSync(
      join(home, 'template.yaml'),
      JSON.stringify({ kind: 'RequestTemplate', ...template({ days: 30 }) }),
    );
    const applied = await datong('apply', 'template.yaml', '--as', 'office');
    assert.match(applied.stdout + applied.stderr, /school-roll/);
    const list = await datong('request', 'template', 'list', '--as', 'school');
    assert.match(list.stdout, /school-roll .*pub-security\.household .*school-enrolment/);
    const named = ['--consumer', 'education', '--agreement', 'agr-roll-two', '--as', 'school'];
    const begun = await datong('request', 'template', 'begin', 'school-roll', ...named);
    assert.equal(begun.code, 0, begun.stderr);
    writeFileSync(join(home, 'wanted.yaml'), begun.stdout);
    writeFileSync(join(home, 'undertaking.pdf'), 'undertaking');
    const papers = ['--reason', 'roll', '--commitment', 'undertaking.pdf', '--as', 'school'];
    const made = await datong('request', 'new', 'wanted.yaml', ...papers);
    assert.match(made.stdout, /req-\d{9}/, made.stderr);
    const request = /req-\d{9}/.exec(made.stdout)?.[0] ?? '';
    const held = await datong('request', 'paper', request, 'undertaking.pdf', '--json', '--as', 'school');
    assert.deepEqual(
      [held.code, (JSON.parse(held.stdout) as { papers: unknown }).papers],
      [0, [{ kind: 'commitment', replaced: false }]],
      held.stderr,
    );
    const other = await datong('request', 'paper', request, 'wanted.yaml', '--as', 'school');
    assert.equal(other.code, 5, other.stderr);
    const renewed = await datong('request', 'renew', 'agr-nothing', '--as', 'school');
    assert.match(renewed.stderr, /not_your_department/);
    const ended = await datong(
      'request',
      'template',
      'withdraw',
      'school-roll',
      '--reason',
      'x',
      '--as',
      'office',
    );
    assert.match(ended.stderr, /datong review approve/);
  });

  test('that name what is gone report so, and no request begins with them; nor with one that was withdrawn', async () => {
    // as it was registered while the schema had the field
    const fields = { ...grant?.fields, shoe_size: { mask: 'clear' } };
    const document = template({ code: 'older', grants: [{ ...grant, fields }] });
    const persons = await database.app.query<{ id: string }>('SELECT id FROM person ORDER BY id LIMIT 2');
    const [author = '', approver = ''] = persons.rows.map(({ id }) => id);
    await insertTemplate(
      database.app,
      {
        code: 'older',
        revision: 1,
        document,
        digest: 'older',
        provider: 'pub-security',
        datasets: ['pub-security.household'],
        matters: [],
        withdrawn: null,
      },
      { author, approver },
      uuid7(Date.now()),
    );
    const shown = (await listedHere()).find(({ code }) => code === 'older');
    assert.deepEqual(shown?.gone, ['pub-security.household.shoe_size']);
    const outdated = await begin('agr-older', { code: 'older' });
    assert.equal(outdated.body['code'], 'template_outdated');
    assert.match(JSON.stringify(outdated.body), /pub-security\.household\.shoe_size/);
    const withdraw = (token: string) =>
      staffCall(listener, token, 'POST', `${templates}/older/withdrawal`, { reason: 'too old' });
    const ended = await withdraw(steward);
    assert.equal((await acceptAs(listener, steward, ended)).body['code'], 'four_eyes');
    assert.equal((await acceptAs(listener, other, ended)).status, 201);
    assert.equal((await begin('agr-older', { code: 'older' })).body['code'], 'template_withdrawn');
    assert.equal((await withdraw(steward)).body['changed'], false);
    assert.deepEqual(
      (await listedHere('?state=withdrawn')).map(({ code, withdrawn }) => [code, withdrawn]),
      [['older', 'too old']],
    );
    const again = await together(template({ code: 'older' }));
    assert.equal(again.status, 201);
    assert.equal(
      (await begin('agr-older', { code: 'older' })).status,
      200,
      'a further revision takes it up again',
    );
  });
});
