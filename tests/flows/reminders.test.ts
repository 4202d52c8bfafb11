/** Persons and departments are notified that an item waits: once, by mail or a signed webhook, without a word about any person. */
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import type { components } from '../../api/openapi.ts';
import { reminderType, verifyJws } from '../../certs/jws.ts';
import { verificationKey } from '../../certs/signatures/key.ts';
import { typedDatong } from '../typedDatong.ts';
import { testDatabase } from '../database.ts';
import { writeDemoState } from '../demoState.ts';
import { sampleCity, testHub } from '../hub.ts';
import { mailServer } from '../mailServer.ts';
import { staffCall, type StaffReply } from '../secondPerson.ts';
import { serverCertificate } from '../serverCertificate.ts';
import { takeReminder } from '../../hub/features/reminders/store/reminders.ts';

type Address = components['schemas']['ReminderAddress'];

const home = mkdtempSync(join(tmpdir(), 'datong-reminder-'));
const { ca, tls } = await serverCertificate();
writeFileSync(join(home, 'ca.pem'), ca);
writeFileSync(join(home, 'password'), '口令\n');
const mail = await mailServer(tls, 'direct');
/** What was posted to the department's server, and what that answers. */
const calls: { readonly url: string; readonly type: string; readonly body: string }[] = [];
let answer: readonly [number, Record<string, string>] = [204, {}];
const receiver = createServer(tls, (request, response) => {
  void text(request).then((body) => {
    calls.push({ url: request.url ?? '', type: request.headers['content-type'] ?? '', body });
    response.writeHead(...answer).end();
  });
});
await once(receiver.listen(0, '127.0.0.1'), 'listening');
const place = receiver.address();
const port = typeof place === 'object' && place !== null ? place.port : 0;
const database = await testDatabase();
const caFile = join(home, 'ca.pem');
const hub = await testHub({
  ...{ database, jobsByTime: false },
  config: {
    reminders: {
      mail: {
        ...{ host: 'localhost', port: mail.port, user: 'hub', passwordFile: join(home, 'password'), caFile },
        ...{ from: 'hub@yunxi.example', domains: ['yunxi.example'] },
      },
      webhooks: { hosts: [`localhost:${port}`], caFile },
    },
  },
});
after(async () => {
  mail.close();
  receiver.close();
  receiver.closeAllConnections();
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});
await sampleCity(hub);
const asking = await hub.token('刘老师', ['steward'], 'education');
const office = await hub.token('主管部门', ['steward']);
const provider = await hub.token('公安', ['steward'], 'pub-security');
const clerk = await hub.token('报送员', ['clerk'], 'pub-security');
const operator = await hub.token('运维', ['operator']);
const listener = { ca: hub.ca, ports: { staff: Number(new URL(hub.hub.origins.staff).port) } };
const post = (token: string, path: string, body: object): Promise<StaffReply> =>
  staffCall(listener, token, 'POST', path, body);
const mine = (token: string, body: object): Promise<StaffReply> => post(token, '/v1/reminders', body);
const ofDepartment = (token: string, department: string, body: object): Promise<StaffReply> =>
  post(token, `/v1/departments/${department}/reminders`, body);
const addresses = async (token: string): Promise<Address[]> =>
  (await staffCall(listener, token, 'GET', '/v1/reminders')).body['addresses'] as Address[];
const reported = ({ status, body }: StaffReply): unknown => (status < 300 ? body['ways'] : body['code']);
const run = (): Promise<string | undefined> => hub.hub.runner.run('sendReminders');
const demand = (title: string): Promise<StaffReply> =>
  post(asking, '/v1/demands', {
    ...{ consumer: 'education', title, fields: ['证件号'], purpose: 'school-enrolment', reason: '核验' },
  });
const textOf = (raw: string | undefined): string =>
  Buffer.from((raw ?? '').split('\n\n')[1] ?? '', 'base64').toString('utf8');
const ready = async (): Promise<string> => (await hub.hub.services.readiness?.['reminders']?.()) ?? '';
/** The next attempt is due at once. */
const hurry = (): Promise<unknown> => database.app.query(`UPDATE reminder SET next_at = to_timestamp(0)`);
const webhook = `https://localhost:${port}/inbox?key=s3cret`;

test('an address is its owner’s to set, and lies where the operator allows it', async () => {
  assert.deepEqual(reported(await mine(office, { mail: 'zhu@yunxi.example' })), ['mail']);
  for (const elsewhere of ['zhu@elsewhere.example', 'zhu@yunxi.example.elsewhere.example'])
    assert.equal(reported(await mine(office, { mail: elsewhere })), 'reminder_place_not_allowed', elsewhere);
  for (const wrong of ['zhu@yunxi.example\r\nRCPT TO:<a@b.c>', 'zhu@yunxi.example>', 'a b@yunxi.example', ''])
    assert.equal((await mine(office, { mail: wrong })).status, 400, wrong);
  assert.equal((await mine(office, { webhook })).status, 400, 'a person has no webhook');
  for (const elsewhere of [
    `https://localhost:${port + 1}/`,
    'https://localhost/',
    `https://127.0.0.1:${port}/`,
    'https://169.254.169.254/latest/meta-data',
  ])
    assert.equal(
      reported(await ofDepartment(asking, 'education', { webhook: elsewhere })),
      'reminder_place_not_allowed',
      elsewhere,
    );
  for (const wrong of [
    `http://localhost:${port}/`,
    `https://a@localhost:${port}/`,
    `https://localhost:${port}\\@x/`,
  ])
    assert.equal((await ofDepartment(asking, 'education', { webhook: wrong })).status, 400, wrong);
  for (const stranger of [provider, office, operator, clerk])
    assert.ok(
      ['not_your_department', 'scope_missing'].includes(
        String(reported(await ofDepartment(stranger, 'education', { webhook }))),
      ),
    );
  assert.equal(reported(await ofDepartment(clerk, 'pub-security', { webhook })), 'scope_missing');
  assert.deepEqual(reported(await ofDepartment(asking, 'education', { webhook })), ['webhook']);
  assert.deepEqual(
    (await addresses(office)).map(({ way, host }) => [way, host]),
    [['mail', 'yunxi.example']],
  );
  const [seen, ...others] = await addresses(asking);
  assert.deepEqual([seen?.department, seen?.host, others], ['education', `localhost:${port}`, []]);
  assert.deepEqual(await addresses(clerk), []);
  const { rows } = await database.app.query<{ all: string }>(
    `SELECT string_agg(row_to_json(a)::text || encode(a.sealed, 'escape'), '') AS all FROM reminder_address a`,
  );
  assert.doesNotMatch(rows[0]?.all ?? '', /zhu|s3cret/, 'addresses are sealed');
});

test('each item is notified once, in numbers; what is new is notified again', async () => {
  assert.equal(await run(), 'ok');
  assert.equal(mail.mails.length, 1);
  await run();
  assert.equal(mail.mails.length, 1, 'nothing is new');
  const { id } = (await demand('残疾人证')).body;
  await Promise.all([run(), run()]);
  assert.equal(mail.mails.length, 2);
  const [, last = ''] = mail.mails;
  assert.match(last, /^From: <hub@yunxi\.example>\nTo: <zhu@yunxi\.example>\n/);
  assert.match(textOf(last), /有 1 项新的待办事项：\r?\n {2}数据需求申请：1\r?\n/);
  assert.match(textOf(last), /最近的办理期限：\d{4}-\d\d-\d\d/);
  for (const text of mail.mails.map(textOf)) assert.doesNotMatch(text, /残疾|刘|education|dem-|zhu/);
  // overdue by now, it is another thing
  await database.owner.query("UPDATE demand_event SET at = at - interval '60 days'");
  await run();
  await run();
  assert.equal(mail.mails.length, 3);
  assert.match(textOf(mail.mails.at(-1)), /数据需求申请：1/);
  await database.owner.query("UPDATE demand_event SET at = at + interval '60 days'");
  // an item that waits no more, and comes back, is notified again
  const act = (token: string, body: object): Promise<StaffReply> =>
    post(token, `/v1/demands/${String(id)}/acts`, { reason: '核对', ...body });
  assert.equal((await act(office, { act: 'assign', provider: 'pub-security' })).status, 200);
  await run();
  assert.equal(mail.mails.length, 3);
  assert.equal((await act(provider, { act: 'decline' })).status, 200);
  await run();
  assert.equal(mail.mails.length, 4);
  assert.equal(await ready(), 'ok');
  const [row] = await addresses(office);
  assert.deepEqual(
    [row?.trouble, row?.underWaySince, typeof row?.lastTaken],
    [undefined, undefined, 'string'],
  );
});

test('a webhook gets what the hub’s key signed for it, and nothing leads it elsewhere', async () => {
  // its first one went out with the mails above
  const [first] = calls;
  assert.deepEqual([first?.url, first?.type], ['/inbox?key=s3cret', 'application/jose']);
  const { payload, header } = await verifyJws(first?.body ?? '', ({ kid }) => hubKey(kid));
  assert.equal(header.typ, reminderType);
  const claims = JSON.parse(Buffer.from(payload).toString('utf8')) as Record<string, unknown>;
  assert.deepEqual([claims['aud'], claims['department'], claims['hub']], [webhook, 'education', 'yunxi']);
  assert.deepEqual(
    Object.keys(claims)
      .filter((name) => name !== 'nearest')
      .sort(),
    ['aud', 'counts', 'department', 'hub', 'iat', 'iss', 'jti', 'things', 'v'],
  );
  assert.equal(
    Object.values(claims['counts'] as Record<string, number>).reduce((sum, one) => sum + one),
    claims['things'],
  );
  const sent = calls.length;
  answer = [302, { location: `https://localhost:${port}/elsewhere` }];
  assert.deepEqual(reported(await ofDepartment(asking, 'education', {})), []);
  assert.deepEqual(reported(await ofDepartment(asking, 'education', { webhook })), ['webhook']);
  await run();
  assert.deepEqual(
    calls.slice(sent).map(({ url }) => url),
    ['/inbox?key=s3cret'],
  );
  assert.equal((await addresses(asking))[0]?.trouble, 'reminder_refused');
  answer = [204, {}];
  await hurry();
  await run();
  const ids = await Promise.all(
    calls.slice(sent).map(async ({ body }) => {
      const opened = await verifyJws(body, ({ kid }) => hubKey(kid));
      return (JSON.parse(Buffer.from(opened.payload).toString('utf8')) as { jti: string }).jti;
    }),
  );
  assert.equal(ids.length, 2);
  assert.equal(ids[0], ids[1], 'the same reminder, told so');
});

const hubKey = (kid: string | undefined) => {
  const { hubSigning } = hub.hub.keys;
  return kid === hubSigning.keyid ? verificationKey(createPublicKey(hubSigning.privateKey)) : undefined;
};

test('what a server does not accept is tried again, reported to the operator, and delivered once', async () => {
  const before = mail.mails.length;
  mail.says.set('RCPT', '451 later');
  await demand('社保缴纳');
  await run();
  assert.equal((await addresses(office))[0]?.trouble, 'reminder_refused');
  assert.equal(await ready(), 'ok', 'one failure is nobody’s alarm');
  await run();
  assert.equal(
    mail.lines.filter((line) => line.startsWith('RCPT')).length,
    before + 1,
    'not before its time',
  );
  for (let attempt = 2; attempt <= 3; attempt += 1) {
    await hurry();
    await run();
  }
  assert.equal(await ready(), 'degraded: 1 address not reached');
  const { body } = await hub.hub.metrics.text();
  assert.match(body, /^datong_reminders_unreached 1$/m);
  assert.match(body, /^datong_reminders_waiting 1$/m);
  await demand('不动产');
  mail.says.delete('RCPT');
  await hurry();
  // of two processes at once, one gets it
  const person = await database.app.query<{ owner: string }>(
    `SELECT owner FROM reminder WHERE kind = 'person' AND ended_at IS NULL`,
  );
  const mailOf = { kind: 'person', owner: person.rows[0]?.owner ?? '', way: 'mail' } as const;
  const now = database.now();
  const taken = await Promise.all([1, 2].map(() => takeReminder(database.app, mailOf, now, now + 1_000)));
  assert.equal(taken.filter((one) => one !== undefined).length, 1);
  await hurry();
  await run();
  assert.equal(mail.mails.length, before + 1);
  assert.match(textOf(mail.mails.at(-1)), /数据需求申请：1/);
  await run();
  assert.match(textOf(mail.mails.at(-1)), /数据需求申请：1/, 'what came meanwhile follows');
  assert.equal(mail.mails.length, before + 2);
  assert.equal(await ready(), 'ok');
  mail.close();
  await demand('车辆登记');
  await run();
  assert.equal((await addresses(office))[0]?.trouble, 'reminder_unreachable');
  // the last attempt: it is given up, the operator is notified, and what is new makes a new one
  await database.app.query('UPDATE reminder SET attempts = 7 WHERE ended_at IS NULL');
  await hurry();
  await run();
  assert.equal((await addresses(office))[0]?.underWaySince, undefined);
  assert.equal(await ready(), 'degraded: 1 address not reached');
  await demand('婚姻登记');
  await run();
  assert.equal(typeof (await addresses(office))[0]?.underWaySince, 'string');
});

test('a person who left is reminded no more, and their address goes', async () => {
  await mine(provider, { mail: 'gong@yunxi.example' });
  const list = await staffCall(listener, operator, 'GET', '/v1/persons?limit=200');
  const { person } = (list.body['persons'] as { name: string; person: string }[]).find(
    ({ name }) => name === '公安',
  ) ?? { person: '' };
  const ended = await post(operator, `/v1/persons/${person}/end`, { reason: 'left' });
  assert.equal(ended.status, 200, JSON.stringify(ended.body));
  await run();
  assert.ok(!mail.mails.some((one) => one.includes('gong@')));
  const { rows } = await database.app.query('SELECT FROM reminder_address WHERE owner = $1', [person]);
  assert.equal(rows.length, 0);
});

test('by command', async () => {
  const state = join(home, 'state.json');
  writeDemoState(state, { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } }, { steward: office, asking });
  const datong = (...args: string[]) => datongAs('steward', ...args);
  const datongAs = (name: string, ...args: string[]) =>
    typedDatong([...args, '--as', name], { cwd: home, env: { DATONG_STATE: state } });
  const listed = await datong('reminder', 'list');
  assert.equal(listed.code, 0, listed.stderr);
  assert.match(listed.stdout, /mail +yunxi\.example/);
  const refused = await datong('reminder', 'mine', '--mail', 'a@b.example');
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /reminder_place_not_allowed|hub\.json/);
  const ofHers = ['reminder', 'department', 'education'];
  const set = await datongAs('asking', ...ofHers, '--mail', 'jiaoyu@yunxi.example', '--webhook', webhook);
  assert.equal(set.code, 0, set.stderr);
  const shown = await datongAs('asking', 'reminder', 'list');
  assert.match(shown.stdout, /^education +mail +yunxi\.example/m);
  assert.match(shown.stdout, new RegExp(`^education +webhook +localhost:${port}`, 'm'));
  assert.equal((await datong('reminder', 'mine', '--none')).code, 0);
  assert.deepEqual(await addresses(office), []);
});
