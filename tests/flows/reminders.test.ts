/** Persons and departments are notified that an item waits: once, by mail or a signed webhook, without a word about any person. */
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { components } from '../../api/openapi.ts';
import { reminderType, verifyJws } from '../../certs/jws.ts';
import { verificationKey } from '../../certs/signatures/key.ts';
import { typedDatong } from '../typedDatong.ts';
import { testDatabase } from '../database.ts';
import { writeDemoState } from '../demoState.ts';
import { eventually } from '../eventually.ts';
import { sampleCity, testHub, type TestHubOptions } from '../hub.ts';
import { reminderServers } from '../reminderServers.ts';
import { staffCall, type StaffReply } from '../secondPerson.ts';
import { newestLeaves } from './leaves.ts';

type Address = components['schemas']['ReminderAddress'];
type Letter = components['schemas']['DeadReminder'];

/** What the department's server answers. */
let answer: readonly [number, Record<string, string>] | 'nothing' = [204, {}];
const servers = await reminderServers((reply) => {
  if (answer !== 'nothing') reply.writeHead(...answer).end();
});
const { mail, calls, folder: home } = servers;
const port = Number(new URL(servers.origin).port);
writeFileSync(join(home, 'password'), '口令\n');
const database = await testDatabase();
const options: TestHubOptions = {
  database,
  jobsByTime: false,
  // attempts after a failure: when a test sets them due
  dispatch: {
    firstMs: 600_000,
    maxMs: 600_000,
    windowMs: 86_400_000,
    pollMs: 25,
    patienceMs: 2_000,
    leaseMs: 4_000,
  },
  config: {
    reminders: {
      ...servers.reminders,
      mail: { ...servers.reminders.mail, user: 'hub', passwordFile: join(home, 'password') },
    },
  },
};
const hub = await testHub(options);
const second = await testHub({ ...options, keysDir: hub.hub.config.keysDir });
after(async () => {
  servers.close();
  await second.stop();
  await hub.stop();
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
/** Queues what is new, and waits until what is due was tried. */
async function run(): Promise<string | undefined> {
  const outcome = await hub.hub.runner.run('sendReminders');
  await quiet();
  return outcome;
}
async function quiet(): Promise<void> {
  await eventually(
    async () => {
      const { rows } = await database.app.query(
        `SELECT FROM reminder_state AS d JOIN reminder AS r USING (kind, owner, way)
          WHERE r.state <> 'dead' AND (d.next_at <= now() OR d.leased_until > now())`,
      );
      return rows.length === 0;
    },
    () => 'reminders are still due',
  );
}
const demand = (title: string): Promise<StaffReply> =>
  post(asking, '/v1/demands', {
    consumer: 'education',
    title,
    fields: ['证件号'],
    purpose: 'school-enrolment',
    reason: '核验',
  });
const textOf = (raw: string | undefined): string =>
  Buffer.from((raw ?? '').split('\n\n')[1] ?? '', 'base64').toString('utf8');
const ready = async (): Promise<string> => (await hub.hub.services.readiness?.['reminders']?.()) ?? '';
/** The next attempt is due at once. */
const hurry = (): Promise<unknown> => database.app.query('UPDATE reminder_state SET next_at = now()');
/** As if the failures of an address had begun, and its reminders had been made, earlier. */
const age = async (owner: string, hours: number): Promise<void> => {
  await database.owner.query(
    `UPDATE reminder_state SET failing_since = failing_since - make_interval(hours => $2) WHERE owner = $1`,
    [owner, hours],
  );
  await database.owner.query(
    `UPDATE reminder SET made_at = made_at - make_interval(hours => $2), replayed_at = replayed_at - make_interval(hours => $2)
      WHERE owner = $1 AND state <> 'dead'`,
    [owner, hours],
  );
};
/** The one person who has an address. */
async function onlyPerson(): Promise<string> {
  const { rows } = await database.app.query<{ owner: string }>(
    "SELECT owner FROM reminder_state WHERE kind = 'person'",
  );
  assert.equal(rows.length, 1);
  return rows[0]?.owner ?? '';
}
const letters = async (token: string): Promise<Letter[]> =>
  (await staffCall(listener, token, 'GET', '/v1/reminders/dead-letters')).body['letters'] as Letter[];
const idOf = async (call: { readonly body: string } | undefined): Promise<string> => {
  const opened = await verifyJws(call?.body ?? '', ({ kid }) => hubKey(kid));
  return (JSON.parse(Buffer.from(opened.payload).toString('utf8')) as { jti: string }).jti;
};
const messageId = (text: string | undefined): string => /^Message-ID: <([^@]*)@/m.exec(text ?? '')?.[1] ?? '';
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
  const ids = await Promise.all(calls.slice(sent).map(idOf));
  assert.equal(ids.length, 2);
  assert.equal(ids[0], ids[1], 'the same reminder, told so');
});

const hubKey = (kid: string | undefined) => {
  const { hubSigning } = hub.hub.keys;
  return kid === hubSigning.keyid ? verificationKey(createPublicKey(hubSigning.privateKey)) : undefined;
};

test('what a server does not accept is tried again, reported to the operator, and delivered once', async () => {
  const before = mail.mails.length;
  const tries = (): number => mail.lines.filter((line) => line.startsWith('RCPT')).length;
  const triedBefore = tries();
  const owner = await onlyPerson();
  mail.says.set('RCPT', '451 later');
  await demand('社保缴纳');
  await run();
  const [refused] = await addresses(office);
  assert.deepEqual([refused?.trouble, refused?.status], ['reminder_refused', 451]);
  assert.equal(typeof refused?.nextAttempt, 'string');
  assert.equal(await ready(), 'ok', 'one failure raises no alarm');
  await run();
  assert.equal(tries(), triedBefore + 1, 'not before its time');
  await hurry();
  await quiet();
  assert.equal(tries(), triedBefore + 2);
  await age(owner, 1);
  assert.equal(await ready(), 'degraded: 1 address not reached');
  const { body } = await hub.hub.metrics.text();
  assert.match(body, /^datong_reminders_unreached 1$/m);
  assert.match(body, /^datong_reminders_waiting 1$/m);
  await demand('不动产');
  mail.says.delete('RCPT');
  await hurry();
  await quiet();
  assert.equal(mail.mails.length, before + 1, 'of two processes one sends it');
  assert.match(textOf(mail.mails.at(-1)), /数据需求申请：1/);
  await run();
  assert.match(
    textOf(mail.mails.at(-1)),
    /数据需求申请：1/,
    'the demand that was made during the failure follows',
  );
  assert.equal(mail.mails.length, before + 2);
  assert.equal(await ready(), 'ok');
  const [taken] = await addresses(office);
  assert.deepEqual([taken?.trouble, taken?.status, taken?.failingSince], [undefined, undefined, undefined]);
});

test('what is not taken for a day becomes a dead letter, which its owner sees and sends again under the same id', async () => {
  const owner = await onlyPerson();
  const before = mail.mails.length;
  mail.says.set('.', '552 full');
  await demand('车辆登记');
  await run();
  await age(owner, 23);
  await hurry();
  await quiet();
  assert.deepEqual(await letters(office), [], 'not before a day');
  await age(owner, 2);
  await hurry();
  await quiet();
  const [dead, ...more] = await letters(office);
  assert.deepEqual(
    [dead?.way, dead?.items, dead?.trouble, dead?.replayed, dead?.department, more],
    ['mail', 1, 'reminder_refused', false, undefined, []],
  );
  assert.deepEqual(await letters(asking), [], 'not those of others');
  const [row] = await addresses(office);
  assert.deepEqual([row?.deadLetters, row?.underWaySince], [1, undefined]);
  assert.equal(await ready(), 'degraded: 1 address not reached');
  // an id of another owner is not found, and changes nothing
  const replay = (token: string, path: string, body: object): Promise<StaffReply> => post(token, path, body);
  const other = await replay(asking, '/v1/reminders/replay', { reminders: [dead?.reminder] });
  assert.deepEqual([other.status, other.body['replayed'], other.body['unknown']], [200, 0, [dead?.reminder]]);
  assert.equal(
    reported(await replay(asking, '/v1/departments/pub-security/reminders/replay', {})),
    'not_your_department',
  );
  // a reminder that was made during the failure waits after it
  await demand('婚姻登记');
  await hub.hub.runner.run('sendReminders');
  const failed = mail.mails.map(messageId).filter((id) => id === dead?.reminder).length;
  mail.says.delete('.');
  const again = await replay(office, '/v1/reminders/replay', { reminders: [dead?.reminder] });
  assert.deepEqual([again.status, again.body['replayed'], again.body['unknown']], [200, 1, undefined]);
  await quiet();
  const ids = mail.mails.slice(before).map(messageId);
  assert.equal(ids.filter((id) => id === dead?.reminder).length, failed + 1);
  assert.notEqual(ids.at(-1), dead?.reminder);
  assert.equal(ids.at(-2), dead?.reminder, 'the dead letter first');
  assert.deepEqual(await letters(office), []);
  assert.equal(await ready(), 'ok');
});

test('a mail server that does not answer holds up no webhook', async () => {
  mail.says.set('EHLO', '');
  const before = calls.length;
  assert.deepEqual(reported(await ofDepartment(provider, 'pub-security', { webhook })), ['webhook']);
  await demand('户籍');
  const begun = Date.now();
  await hub.hub.runner.run('sendReminders');
  await eventually(
    () => calls.length > before,
    () => 'the webhook got nothing',
  );
  assert.ok(Date.now() - begun < 1_900, 'before the mail server was given up');
  await quiet();
  assert.equal((await addresses(office))[0]?.trouble, 'reminder_unreachable');
  mail.says.delete('EHLO');
  await hurry();
  await quiet();
  assert.equal((await addresses(office))[0]?.trouble, undefined);
});

test('Retry-After is obeyed, and 410 ends a webhook with an entry', async () => {
  answer = [503, { 'retry-after': '7200' }];
  assert.deepEqual(reported(await ofDepartment(provider, 'pub-security', {})), []);
  assert.deepEqual(reported(await ofDepartment(provider, 'pub-security', { webhook })), ['webhook']);
  await run();
  const ofProvider = async (): Promise<Address | undefined> =>
    (await addresses(provider)).find(({ way }) => way === 'webhook');
  const waits = Date.parse((await ofProvider())?.nextAttempt ?? '') - database.now();
  assert.ok(waits > 7_100_000 && waits <= 7_200_000, String(waits));
  answer = [410, {}];
  await hurry();
  await quiet();
  assert.equal(await ofProvider(), undefined);
  const leaf = (await newestLeaves(database, 20)).find(({ change }) => change?.['status'] === 410);
  assert.deepEqual(
    [leaf?.operation, leaf?.change],
    [
      'sendReminders',
      { kind: 'ReminderAddress', of: 'pub-security', ways: 'webhook', act: 'end', status: 410 },
    ],
  );
  answer = [204, {}];
});

test('a process that stops during an attempt loses nothing: another sends it under the same id', async () => {
  const before = calls.length;
  answer = 'nothing';
  assert.deepEqual(reported(await ofDepartment(provider, 'pub-security', { webhook })), ['webhook']);
  await hub.hub.runner.run('sendReminders');
  await eventually(
    () => calls.length > before,
    () => 'nothing was sent',
  );
  // as kill −9 leaves it: the lease runs, and there is no result
  await database.owner.query(
    `UPDATE reminder_state SET fencing = fencing + 1, leased_until = now() + interval '500 ms' WHERE owner = 'pub-security' AND way = 'webhook'`,
  );
  answer = [204, {}];
  await eventually(
    () => calls.length > before + 1,
    () => 'it was not sent again',
  );
  await quiet();
  const ids = await Promise.all(calls.slice(before).map(idOf));
  assert.equal(ids.length, 2);
  assert.equal(ids[0], ids[1]);
  // the attempt whose lease was taken changes nothing any more
  await new Promise((done) => setTimeout(done, 2_200));
  const [row] = (await addresses(provider)).filter(({ way }) => way === 'webhook');
  assert.deepEqual([row?.trouble, typeof row?.lastTaken], [undefined, 'string']);
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
  const ownReminder = ['reminder', 'department', 'education'];
  const set = await datongAs(
    'asking',
    ...ownReminder,
    '--mail',
    'jiaoyu@yunxi.example',
    '--webhook',
    webhook,
  );
  assert.equal(set.code, 0, set.stderr);
  const shown = await datongAs('asking', 'reminder', 'list');
  assert.match(shown.stdout, /^education +mail +yunxi\.example/m);
  assert.match(shown.stdout, new RegExp(`^education +webhook +localhost:${port}`, 'm'));
  const dead = '01a20328-0104-7757-9e84-c346bc55b77b';
  await database.owner.query(
    `INSERT INTO reminder (id, kind, owner, way, said, made_at, state, trouble, died_at)
     VALUES ($1, 'department', 'education', 'mail', '{"counts":{"requests":2}}', now() - interval '1 day', 'dead', 'reminder_refused', now())`,
    [dead],
  );
  const letter = await datongAs('asking', 'reminder', 'dead-letters');
  assert.match(letter.stdout, new RegExp(`^${dead} +education +mail +2 .*reminder_refused`, 'm'));
  // of the department, not of the person
  const none = await datongAs('asking', 'reminder', 'replay', dead);
  assert.equal(none.code, 1);
  assert.match(none.stderr, new RegExp(`no such dead letters: ${dead}; nothing was sent`));
  const replayed = await datongAs('asking', 'reminder', 'replay', dead, '--department', 'education');
  assert.equal(replayed.code, 0, replayed.stderr);
  await eventually(
    () => mail.mails.some((one) => messageId(one) === dead),
    () => 'it was not sent again',
  );
  assert.equal((await datong('reminder', 'mine', '--none')).code, 0);
  assert.deepEqual(await addresses(office), []);
});
