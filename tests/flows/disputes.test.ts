/** Disputes: two departments, the office, the government; no one settles what they raised, and of two acts at once one counts. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { typedDatong } from '../typedDatong.ts';
import { writeDemoState } from '../demoState.ts';
import { staffCall, type StaffReply } from '../secondPerson.ts';
import { lastLeaf } from './leaves.ts';
import { cityHub } from '../cityHub.ts';
import { validTerm } from '../newYear.ts';

const { database, hub, city } = await cityHub();
const home = mkdtempSync(join(tmpdir(), 'datong-dispute-'));
after(async () => {
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});
const office = await hub.token('主管部门', ['steward']);
const officeToo = await hub.token('主管部门二', ['steward']);
const asking = await hub.token('刘老师', ['steward'], 'education');
const provider = await hub.token('公安', ['steward'], 'pub-security');
const stranger = await hub.token('陈工', ['steward'], 'ecology');
const listener = { ca: hub.ca, ports: { staff: Number(new URL(hub.hub.origins.staff).port) } };
const document = 'a'.repeat(64);
const key = '990101201501010015';
const { json: ticket } = await city.education.client.tickets.open({
  dataset: 'pub-security.household',
  key,
  claim: 'the child is not in the register',
});

const raise = (token: string, about = ticket.id): Promise<StaffReply> =>
  staffCall(listener, token, 'POST', '/v1/disputes', { about, said: 'we hold another paper', document });
const act = (id: unknown, what: string, token: string, said = 'as the paper says'): Promise<StaffReply> =>
  staffCall(listener, token, 'POST', `/v1/disputes/${String(id)}/acts`, { act: what, said, document });
const reported = ({ status, body }: StaffReply): unknown => (status < 300 ? body['state'] : body['code']);

test('goes from the departments to the office and the government, each step by its side and with its paper', async () => {
  assert.equal(reported(await raise(stranger)), 'not_found', 'a ticket of another department');
  assert.equal(reported(await raise(asking, 'req-000000001')), 'not_found');
  const raised = await raise(asking);
  assert.equal(raised.status, 201, JSON.stringify(raised.body));
  const { change } = await lastLeaf(database);
  assert.deepEqual([change?.['about'], change?.['act'], change?.['paper']], [ticket.id, 'raise', document]);
  assert.equal(reported(await raise(provider)), 'already_registered', 'one at a time');
  const { id } = raised.body;
  assert.equal(
    reported(await act(id, 'agree', asking)),
    'not_your_department',
    'who raised it does not agree to it',
  );
  assert.equal(
    reported(await act(id, 'decide', office)),
    'transition_not_allowed',
    'the office was not asked yet',
  );
  assert.equal(reported(await act(id, 'escalate', stranger)), 'not_your_department');
  assert.equal(reported(await act(id, 'escalate', asking, key)), 'text_identity_number');
  const waiting = async (token: string) =>
    ((await staffCall(listener, token, 'GET', '/v1/inbox')).body['disputes'] as unknown[]).length;
  assert.deepEqual([await waiting(provider), await waiting(office), await waiting(stranger)], [1, 0, 0]);
  assert.equal(reported(await act(id, 'escalate', asking)), 'office');
  assert.deepEqual([await waiting(provider), await waiting(office)], [0, 1]);
  assert.equal(reported(await act(id, 'decide', provider)), 'not_your_department');
  const raced = await Promise.all([act(id, 'decide', office), act(id, 'decide', office)]);
  assert.deepEqual(raced.map(reported).sort(), ['decided', 'transition_not_allowed']);
  const turns = async () => Promise.all([asking, provider, office, stranger].map(waiting));
  assert.deepEqual(await turns(), [1, 1, 0, 0], 'either department accepts it or goes on');
  assert.equal(reported(await act(id, 'appeal', provider)), 'government');
  const appealed = (await lastLeaf(database)).change;
  assert.deepEqual([appealed?.['dispute'], appealed?.['act'], appealed?.['paper']], [id, 'appeal', document]);
  assert.deepEqual(await turns(), [0, 0, 1, 0]);
  assert.equal(reported(await act(id, 'record', office)), 'four_eyes', 'another person than who decided');
  assert.equal(reported(await act(id, 'record', officeToo)), 'closed');
  assert.equal(reported(await act(id, 'appeal', asking)), 'transition_not_allowed');
  const listed = async (token: string) =>
    (
      (await staffCall(listener, token, 'GET', '/v1/disputes')).body['disputes'] as { events: unknown[] }[]
    ).map(({ events }) => events.length);
  assert.deepEqual([await listed(asking), await listed(provider), await listed(office)], [[5], [5], [5]]);
  assert.deepEqual(await listed(stranger), []);
  // one by itself, to its parties and the office; what is another's is as unknown as what never was
  const shown = (token: string) => staffCall(listener, token, 'GET', `/v1/disputes/${String(id)}`);
  assert.deepEqual(
    [reported(await shown(asking)), reported(await shown(office)), reported(await shown(stranger))],
    ['closed', 'closed', 'not_found'],
  );
});

test('what the office decided is accepted by either department, and that ends it', async () => {
  const { id } = (await raise(provider)).body;
  assert.equal(reported(await act(id, 'escalate', provider)), 'office');
  assert.equal(reported(await act(id, 'decide', officeToo)), 'decided');
  assert.equal(reported(await act(id, 'accept', stranger)), 'not_your_department');
  assert.equal(reported(await act(id, 'accept', asking)), 'settled');
  assert.equal(reported(await act(id, 'appeal', asking)), 'transition_not_allowed');
});

test('its list comes in pages, of one request or ticket alone where that is asked', async () => {
  const { body: again } = await raise(asking);
  const page = async (query: string) => {
    const { body } = await staffCall(listener, provider, 'GET', `/v1/disputes?${query}`);
    return { ids: (body['disputes'] as { id: string }[]).map(({ id }) => id), next: body['nextCursor'] };
  };
  const first = await page('limit=1');
  assert.deepEqual(first.ids, [again['id']], 'the newest first');
  const second = await page(`limit=2&cursor=${String(first.next)}`);
  assert.equal(second.ids.length, 2);
  assert.equal(second.ids.includes(String(again['id'])), false);
  assert.equal(second.next, undefined);
  assert.deepEqual((await page('open=true')).ids, [again['id']]);
  assert.equal((await page(`about=${ticket.id}`)).ids.length, 3);
  assert.deepEqual((await page('about=req-000000001')).ids, []);
  const { status } = await staffCall(listener, asking, 'GET', '/v1/disputes?cursor=bm8');
  assert.equal(status, 400, 'a cursor is what the hub gave');
  assert.equal(reported(await act(again['id'], 'agree', provider)), 'settled');
});

test('is about a request as well, between the two departments of it', async () => {
  const papers = { reason: 'subsidised meals', commitment: document };
  const wanted = {
    kind: 'Agreement',
    id: 'agr-disputed',
    version: 1,
    provider: 'pub-security',
    consumer: 'education',
    purposes: ['school-enrolment'],
    basis: { type: 'statutory', reference: '中华人民共和国义务教育法', clause: '第十二条' },
    valid: validTerm,
    grants: [
      {
        dataset: 'pub-security.household',
        schema: 'household@1',
        lookupBy: ['person_id'],
        fields: { name: { mask: 'clear' } },
      },
    ],
  };
  const made = await staffCall(listener, asking, 'POST', '/v1/requests', { document: wanted, papers });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const request = String(made.body['id']);
  assert.equal(reported(await raise(stranger, request)), 'not_found', 'a request of another department');
  const { body } = await raise(provider, request);
  assert.deepEqual([body['about'], body['raised'], body['other']], [request, 'pub-security', 'education']);
  assert.equal(reported(await raise(asking, request)), 'already_registered', 'one at a time');
  assert.equal(reported(await act(body['id'], 'agree', provider)), 'not_your_department');
  assert.equal(reported(await act(body['id'], 'agree', asking)), 'settled');
});

test('by command, settled by the two departments', async () => {
  const state = join(home, 'demo.json');
  const at = { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } };
  writeDemoState(state, at, { asker: asking, provider });
  const datong = (...args: string[]) => typedDatong(args, { cwd: home, env: { DATONG_STATE: state } });
  writeFileSync(join(home, 'letter.pdf'), 'a letter');
  const letter = ['--said', 'we hold another paper', '--document', 'letter.pdf'];
  const raised = await datong('dispute', 'raise', ticket.id, ...letter, '--as', 'asker', '--json');
  assert.equal(raised.code, 0, raised.stderr);
  const { id } = JSON.parse(raised.stdout) as { id: string };
  assert.equal((await datong('dispute', 'act', id, 'agree', ...letter, '--as', 'asker')).code, 1);
  assert.match(
    (await datong('dispute', 'act', id, 'agree', ...letter, '--as', 'provider')).stderr,
    /is settled/,
  );
  assert.match((await datong('dispute', 'list', '--open', '--as', 'provider')).stderr, /0 disputes/);
  assert.match((await datong('dispute', 'list', '--as', 'provider')).stdout, new RegExp(`${id} +settled`));
  const shown = await datong('dispute', 'show', id, '--as', 'provider', '--json');
  assert.equal((JSON.parse(shown.stdout) as { state: string }).state, 'settled');
});

test('a dispute waits for the office also where more newer ones than an inbox lists wait for departments', async () => {
  await database.app.query(
    `INSERT INTO dispute (id, about, raised, other, state)
       SELECT 'dsp-9' || lpad(n::text, 8, '0'), 'req-9' || lpad(n::text, 8, '0'), 'education', 'pub-security',
              CASE n WHEN 1 THEN 'office' ELSE 'between' END
         FROM generate_series(1, 1001) AS n`,
  );
  await database.app.query(
    `INSERT INTO dispute_event (dispute, seq, act, person, at, said, document, exchange)
       SELECT id, 1, 'raise', (SELECT min(id) FROM person), now(), 'we hold another paper', $1, gen_random_uuid()
         FROM dispute WHERE id LIKE 'dsp-9%'`,
    [document],
  );
  const { body } = await staffCall(listener, office, 'GET', '/v1/inbox');
  assert.deepEqual(
    (body['disputes'] as { id: string }[]).map(({ id }) => id),
    ['dsp-900000001'],
  );
});
