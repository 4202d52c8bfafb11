/** Tickets (校核、异议): who opens them, what answers state while they are open, who answers, and who is notified. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import type { DatongClient } from '../../clients/sdk/datongClient.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { RequestedTicket } from '../../clients/sdk/tickets.ts';
import type { CallContext, Query } from '../../clients/sdk/types.ts';
import { ticketDeadline, ticketUrgency } from '../../hub/domain/ticket.ts';
import { chinaWorkingCalendar } from '../../terms/calendar/chinaWorkingCalendar.ts';
import { afterWorkingDays } from '../../terms/calendar/workingDays.ts';
import { dayInChina } from '../../terms/civilDate.ts';
import { typedDatong } from '../typedDatong.ts';
import { writeDemoState } from '../demoState.ts';
import { acceptAs, staffCall } from '../secondPerson.ts';
import { lastLeaf, newestLeaves } from './leaves.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub();
const home = mkdtempSync(join(tmpdir(), 'datong-tickets-'));
after(async () => {
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});
const { education, publicSecurity, ecology } = city;
const [steward, second] = [await hub.token('主管甲', ['steward']), await hub.token('主管乙', ['steward'])];
const clerk = await hub.token('窗口', ['steward'], 'pub-security');
const colleague = await hub.token('科长', ['steward'], 'pub-security');
const ofEducation = await hub.token('刘老师', ['steward'], 'education');
const auditor = await hub.token('审计', ['auditor'], 'pub-security');
const listener = { ca: hub.ca, ports: { staff: Number(new URL(hub.hub.origins.staff).port) } };
const file = householdFile(1500, 7);
const dataset = 'pub-security.household';
const [child, other] = file.good.filter((one) => one.guardian !== '' && one.region === '990101');
assert.ok(child && other);
const context: CallContext = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment',
  onBehalfOf: 'official-17',
  matter: 'YX-2026-000123',
};
const about = (id: string): Query => ({ filter: [{ field: 'person_id', op: 'eq', value: id }] });
const ask = async (id: string) => {
  const { json, exchange } = await education.client.query(dataset, about(id), context);
  return { notes: (json as { notes?: unknown }).notes, exchange };
};
const codeOf = (error: unknown): string => {
  if (error instanceof DatongProblem) return error.code;
  throw error;
};
const open = (client: DatongClient, ticket: RequestedTicket) =>
  client.tickets.open(ticket).then(({ json }) => json.id, codeOf);
const staff = (token: string, method: 'GET' | 'POST', path: string, body?: object) =>
  staffCall(listener, token, method, path, body);
const epoch = async (): Promise<number> => {
  const { rows } = await database.app.query<{ epoch: string }>('SELECT state_epoch AS epoch FROM audit_head');
  return Number(rows[0]?.epoch);
};
const listed = async (token: string, query = ''): Promise<string[]> =>
  ((await staff(token, 'GET', `/v1/tickets${query}`)).body['tickets'] as { id: string; as: string }[]).map(
    ({ id, as }) => `${id} ${as}`,
  );
const waiting = async (token: string): Promise<string[]> =>
  ((await staff(token, 'GET', '/v1/inbox')).body['tickets'] as { id: string; as: string }[]).map(
    ({ id, as }) => `${id} ${as}`,
  );

before(async () => {
  await publicSecurity.client.sendFile(dataset, file.bytes, { mapping: 'household' });
  const appointment = { department: 'pub-security', appointed: true };
  const proposed = await staff(steward, 'POST', '/v1/person-services', appointment);
  assert.equal((await acceptAs(listener, second, proposed)).status, 201);
});

describe('a consumer', () => {
  test('opens one about an answer it got; from the next answer on every recipient is notified, until it is answered', async () => {
    const { notes, exchange } = await ask(child.id);
    assert.equal(notes, undefined);
    const before_ = await epoch();
    const { json: ticket } = await education.client.tickets.open({
      exchange,
      field: 'birth_date',
      key: child.id,
      claim: 'the day is another one',
    });
    const leaf = await lastLeaf(database);
    const opened = await epoch();
    assert.ok(opened > before_, 'no answer under way misses it');
    assert.deepEqual(
      [
        leaf.kind,
        leaf.dataset,
        leaf.provider,
        leaf.change?.['field'],
        leaf.change?.['against'],
        leaf.subjects?.count,
      ],
      ['management', dataset, 'pub-security', 'birth_date', exchange, 1],
    );
    assert.ok(!JSON.stringify(leaf).includes(child.id));
    const today = dayInChina(Date.parse(leaf.at));
    assert.equal(ticket.due, afterWorkingDays(today, 10, chinaWorkingCalendar).day);
    assert.deepEqual((await ask(child.id)).notes, [{ code: 'under-correction', records: [0] }]);
    assert.deepEqual((await lastLeaf(database)).notes, ['under-correction']);
    assert.equal((await ask(other.id)).notes, undefined);
    const batch = await education.client.batchQuery(
      dataset,
      { by: 'person_id', values: [other.id, child.id] },
      context,
    );
    assert.deepEqual((batch.json as { notes?: unknown }).notes, [{ code: 'under-correction', records: [1] }]);
    const fact = { subject: child.id };
    const { json } = await education.client.checkFact(dataset, 'school-age', fact, context);
    assert.deepEqual((json as { notes?: unknown }).notes, [{ code: 'under-correction', records: [0] }]);
    assert.equal(
      await open(education.client, { exchange, field: 'birth_date', key: child.id, claim: 'again' }),
      'ticket_open_already',
    );
    assert.equal(
      await publicSecurity.client.tickets.answer(ticket.id, { act: 'withdraw' }).catch(codeOf),
      'not_found',
      'each takes its own back',
    );
    const unsaid = { act: 'explain', reason: `as it stands of ${child.id}` } as const;
    assert.equal(
      await publicSecurity.client.tickets.answer(ticket.id, unsaid).catch(codeOf),
      'text_identity_number',
    );
    assert.equal(
      (await education.client.tickets.answer(ticket.id, { act: 'withdraw' })).json.state,
      'withdrawn',
    );
    assert.ok((await epoch()) > opened, 'nor that it is answered');
    assert.equal((await ask(child.id)).notes, undefined);
  });

  test('reports that a record is missing: it is notified itself, and no one else learns from it', async () => {
    const missing = '110101199003077678';
    const id = await open(education.client, {
      dataset,
      key: missing,
      claim: 'the child is not in the register',
    });
    assert.deepEqual((await ask(missing)).notes, [{ code: 'under-correction', records: [] }]);
    await education.client.tickets.answer(id, { act: 'withdraw' });
    const proven = { person: missing, presentedBy: 'self', assurance: 'high' } as const;
    const { json } = await publicSecurity.client.tickets.open({ dataset, claim: 'I am missing' }, proven);
    assert.equal((await ask(missing)).notes, undefined);
    await publicSecurity.client.tickets.answer(json.id, { act: 'withdraw' });
  });

  test('concerns its own exchanges and what it receives, real fields, and names no person in the claim', async () => {
    const { exchange } = await ask(other.id);
    const key = other.id;
    assert.equal(await open(ecology.client, { exchange, key, claim: 'wrong' }), 'not_found');
    assert.equal(await open(ecology.client, { dataset, key, claim: 'wrong' }), 'dataset_not_agreed');
    assert.equal(await open(education.client, { dataset, claim: 'wrong' }), 'ticket_invalid');
    assert.equal(
      await open(education.client, { exchange, field: 'shoe_size', claim: 'wrong' }),
      'ticket_invalid',
    );
    assert.equal(await open(education.client, { exchange, claim: `wrong: ${key}` }), 'text_identity_number');
    assert.equal(
      await open(education.client, { exchange: '01890000-0000-7000-8000-000000000000', claim: 'x x' }),
      'not_found',
    );
  });
});

describe('a person', () => {
  const counter = { document: 'household-book', presentedBy: 'guardian', application: 'CK-2026-7' } as const;

  test('at the counter of an appointed department; the clerk who took it does not settle it', async () => {
    const body = { dataset, key: other.id, claim: 'another district', counter };
    assert.equal((await staff(ofEducation, 'POST', '/v1/tickets', body)).body['code'], 'not_person_service');
    const { status, body: ticket } = await staff(clerk, 'POST', '/v1/tickets', body);
    assert.equal(status, 201, JSON.stringify(ticket));
    const path = `/v1/tickets/${String(ticket['id'])}/answer`;
    const explained = { act: 'explain', reason: 'as the register has it' };
    assert.equal((await staff(clerk, 'POST', path, explained)).body['code'], 'four_eyes');
    assert.equal((await staff(ofEducation, 'POST', path, explained)).status, 404, 'another’s ticket');
    assert.equal(
      await ecology.client.tickets
        .answer(String(ticket['id']), { act: 'explain', reason: 'x' })
        .catch(codeOf),
      'not_found',
    );
    const raced = await Promise.all([1, 2].map(() => staff(colleague, 'POST', path, explained)));
    assert.deepEqual(raced.map(({ status: one }) => one).sort(), [200, 409], 'of two answers one counts');
    const answers = (await newestLeaves(database, 2)).filter(({ decision }) => decision === 'allow');
    assert.deepEqual(
      answers.map(({ change }) => [change?.['clockOf'], change?.['due']]),
      [['pub-security', ticket['due']]],
    );
  });

  test('in a service: the assertion is used once, and is about this very person', async () => {
    const proven = { person: child.id, presentedBy: 'self', assurance: 'high' } as const;
    assert.equal(
      await education.client.tickets.open({ dataset, claim: 'mine is wrong' }, proven).catch(codeOf),
      'not_person_service',
    );
    const { json, kept: retained } = await publicSecurity.client.tickets.open(
      { dataset, claim: 'mine is wrong' },
      proven,
    );
    assert.equal(json.origin, 'service');
    const body = JSON.parse(Buffer.from(retained.request.body).toString('utf8')) as RequestedTicket;
    assert.equal(
      await open(publicSecurity.client, { ...body, claim: 'once more', field: 'name' }),
      'assertion_used',
    );
    const swapped = { ...body.assertion, subject: { ...body.assertion?.subject, value: other.id } };
    assert.equal(
      await open(publicSecurity.client, { ...body, assertion: swapped } as RequestedTicket),
      'assertion_invalid',
    );
    await publicSecurity.client.tickets.answer(json.id, { act: 'withdraw' });
  });
  test('requests a copy or deletion, by an agent too: no answer is noted, and the provider states how it was done, or why not', async () => {
    const requested = { dataset, key: other.id, claim: 'of my own record', wish: 'copy' } as const;
    const agent = { ...counter, presentedBy: 'agent' } as const;
    assert.equal(
      await open(education.client, requested),
      'ticket_invalid',
      'no department asks so for itself',
    );
    const before_ = await epoch();
    const copy = await staff(clerk, 'POST', '/v1/tickets', { ...requested, counter: agent });
    const leaf = await lastLeaf(database);
    assert.deepEqual(
      [copy.status, copy.body['wish'], leaf.change?.['wish'], leaf.change?.['presentedBy']],
      [201, 'copy', 'copy', 'agent'],
      JSON.stringify(copy.body),
    );
    const proven = { person: other.id, presentedBy: 'self', assurance: 'high' } as const;
    const deletion = await publicSecurity.client.tickets.open(
      { dataset, claim: 'of my own record', wish: 'deletion' },
      proven,
    );
    assert.equal(deletion.json.wish, 'deletion');
    assert.equal(copy.body['due'], deletion.json.due, 'the clock is the same');
    assert.equal(await epoch(), before_, 'no decision under way is made anew for it');
    const { notes, exchange } = await ask(other.id);
    assert.equal(notes, undefined, 'nothing is said to be wrong');
    const of = (id: unknown): string => `/v1/tickets/${String(id)}/answer`;
    const answered = async (id: unknown, answer: object): Promise<unknown> => {
      const { body } = await staff(colleague, 'POST', of(id), answer);
      return body['code'] ?? body['state'];
    };
    const batch = exchange;
    assert.equal(await answered(copy.body['id'], { act: 'mend' }), 'ticket_invalid', 'it says how');
    const done = { act: 'mend', reason: 'handed over at the counter' };
    assert.equal(await answered(copy.body['id'], { ...done, batch }), 'ticket_batch_unfit');
    assert.equal(await answered(copy.body['id'], done), 'mended');
    assert.equal(await answered(deletion.json.id, { act: 'mend', batch, reason: 'x' }), 'ticket_batch_unfit');
    assert.equal(await answered(deletion.json.id, { act: 'mend' }), 'ticket_invalid');
    assert.equal(await answered(deletion.json.id, { act: 'mend', reason: 'by the register' }), 'mended');
    const reported = await waiting(ofEducation);
    assert.ok(reported.includes(`${deletion.json.id} told`), 'who received it is told of its deletion');
    assert.ok(!reported.includes(`${String(copy.body['id'])} told`));
    await assert.rejects(
      database.owner.query("UPDATE ticket SET wish = 'copy', origin = 'department' WHERE id = $1", [
        deletion.json.id,
      ]),
      { code: '23514' },
    );
  });
});

describe('mending', () => {
  let id = '';

  test('by a batch of that dataset that came later; recipients of the wrong value are notified', async () => {
    const { exchange } = await ask(child.id);
    const less = { ...about(child.id), fields: ['region_code'] };
    const without = await education.client.query(dataset, less, context);
    const fact = await education.client.checkFact(dataset, 'school-age', { subject: child.id }, context);
    const proven = { person: child.id, presentedBy: 'self', assurance: 'high' } as const;
    const { json } = await publicSecurity.client.tickets.open(
      { dataset, field: 'name', claim: 'misspelt' },
      proven,
    );
    id = json.id;
    assert.ok((await waiting(colleague)).includes(`${id} provider`));
    assert.ok(!(await waiting(ofEducation)).some((line) => line.startsWith(id)));
    const { rows } = await database.app.query<{ id: string }>(
      "SELECT id FROM batch WHERE state = 'published'",
    );
    const before_ = { act: 'mend', batch: rows[0]?.id ?? '' } as const;
    assert.equal(await publicSecurity.client.tickets.answer(id, before_).catch(codeOf), 'ticket_batch_unfit');
    const mended = householdFile(1501, 7);
    const { json: sent } = await publicSecurity.client.sendFile(dataset, mended.bytes, {
      mapping: 'household',
    });
    const answer = { act: 'mend', batch: sent.batch } as const;
    assert.equal((await publicSecurity.client.tickets.answer(id, answer)).json.state, 'mended');
    assert.equal(
      await publicSecurity.client.tickets.answer(id, answer).catch(codeOf),
      'transition_not_allowed',
    );
    assert.ok((await waiting(ofEducation)).includes(`${id} told`));
    const { body } = await staff(ofEducation, 'GET', `/v1/tickets/${id}`);
    const reported = [exchange, without.exchange, fact.exchange];
    const received = reported.map((one) => (body['exchanges'] as string[]).includes(one));
    assert.deepEqual(received, [true, false, true], 'the value, or a fact; not other fields');
    assert.deepEqual([body['claim'], body['key'], body['opener']], [undefined, undefined, undefined]);
    assert.equal((await ask(child.id)).notes, undefined);
    const longAgo = "UPDATE ticket SET answered_at = answered_at - interval '30 days 1 minute' WHERE id = $1";
    await database.owner.query(longAgo, [id]);
    assert.ok(!(await waiting(ofEducation)).some((line) => line.startsWith(id)), 'for thirty days');
  });

  test('the data office finds one from two working days before its deadline on', () => {
    const at = (day: string): number => Date.parse(`${day}T10:00:00+08:00`);
    const urgency = (today: string) => ticketUrgency(at('2026-03-02'), at(today), chinaWorkingCalendar);
    assert.equal(ticketDeadline(at('2026-03-02'), chinaWorkingCalendar).day, '2026-03-16');
    const days = ['2026-03-11', '2026-03-12', '2026-03-14', '2026-03-16', '2026-03-17'];
    assert.deepEqual(days.map(urgency), ['running', 'near', 'near', 'near', 'overdue']);
  });

  test('the key is read by machines and stewards of the parties alone; no one searches by it', async () => {
    const { json } = await education.client.tickets.open({
      dataset,
      key: other.id,
      claim: 'the district is another',
    });
    const shown = async (token: string) => (await staff(token, 'GET', `/v1/tickets/${json.id}`)).body;
    assert.equal((await shown(colleague))['key'], other.id);
    const look = await lastLeaf(database);
    assert.deepEqual([look.operation, look.subjects?.count], ['showTicket', 1], 'a look at a person is told');
    assert.equal((await shown(ofEducation))['key'], other.id);
    assert.equal((await shown(auditor))['key'], undefined);
    assert.equal((await shown(steward))['key'], undefined, 'the data office');
    assert.equal((await shown(steward))['claim'], 'the district is another');
    assert.equal((await lastLeaf(database)).subjects, undefined, 'no person was read');
    assert.ok(!(await waiting(steward)).includes(`${json.id} office`), 'the provider has its days first');
    await database.owner.query("UPDATE ticket SET opened_at = opened_at - interval '25 days' WHERE id = $1", [
      json.id,
    ]);
    assert.ok((await waiting(steward)).includes(`${json.id} office`), 'near or past its deadline');
    await database.owner.query("UPDATE ticket SET opened_at = opened_at + interval '25 days' WHERE id = $1", [
      json.id,
    ]);
    const path = `/v1/tickets/${json.id}`;
    const foreign = await ecology.client.call({ method: 'GET', path, receipt: 'required' }).catch(codeOf);
    assert.equal(foreign, 'not_found');
    assert.ok((await listed(steward)).includes(`${json.id} office`));
    // narrowed by the caller's relation to it, and by its state: no one finds by it what they may not see
    assert.deepEqual(await listed(ofEducation, '?as=opener&state=open'), [`${json.id} opener`]);
    assert.deepEqual(await listed(colleague, '?as=provider&state=open'), [`${json.id} provider`]);
    assert.ok(!(await listed(colleague, '?state=mended')).includes(`${json.id} provider`));
    for (const query of ['?as=provider', '?as=opener&dataset=ecology.none'])
      assert.deepEqual(await listed(ofEducation, query), [], query);
    assert.ok(!(await listed(ofEducation, '?as=told')).includes(`${json.id} opener`));
    assert.deepEqual(await listed(steward, '?as=opener'), [], 'the office itself opened none');
    for (const query of ['?key=x', '?subject=x'])
      assert.equal((await staff(colleague, 'GET', `/v1/tickets${query}`)).status, 400, query);
    const { rows } = await database.app.query<{ stored: string }>(
      'SELECT ticket::text AS stored FROM ticket',
    );
    assert.ok(!rows.some(({ stored }) => stored.includes(other.id) || stored.includes(child.id)));
    await education.client.tickets.answer(json.id, { act: 'withdraw' });
  });
});

test('by command: a steward opens one, the provider’s steward answers it', async () => {
  const state = join(home, 'demo.json');
  const at = { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } };
  writeDemoState(state, at, { asker: ofEducation, provider: colleague });
  const datong = (...args: string[]) => typedDatong(args, { cwd: home, env: { DATONG_STATE: state } });
  writeFileSync(join(home, 'child.txt'), child.id);
  const claim = ['--dataset', dataset, '--key', 'child.txt', '--claim', 'the guardian is another'];
  const opened = await datong('ticket', 'open', ...claim, '--as', 'asker', '--json');
  assert.equal(opened.code, 0, opened.stderr);
  const { id } = JSON.parse(opened.stdout) as { id: string };
  assert.match((await datong('inbox', '--as', 'provider')).stdout, new RegExp(`Ticket +${id} +provider`));
  assert.equal((await datong('ticket', 'answer', id, 'explain', '--as', 'provider')).code, 2);
  const ran = await datong(
    'ticket',
    'answer',
    id,
    'explain',
    '--reason',
    'as registered',
    '--as',
    'provider',
  );
  assert.match(ran.stderr, /is explained/);
  assert.match(
    (await datong('ticket', 'list', '--as', 'asker')).stdout,
    new RegExp(`${id} +explained +opener`),
  );
  assert.match((await datong('ticket', 'show', id, '--as', 'asker')).stdout, /as registered/);
});

test('a department opens so many a day and no more: each is a change that others wait for', async () => {
  const opened = await open(ecology.client, { dataset, key: child.id, claim: 'not its own' });
  assert.equal(opened, 'dataset_not_agreed');
  const { json } = await education.client.tickets.open({ dataset, key: child.id, claim: 'one of many' });
  await education.client.tickets.answer(json.id, { act: 'withdraw' });
  await database.owner.query(
    `INSERT INTO ticket SELECT (jsonb_populate_record(t, jsonb_build_object('id', 'full-' || n))).*
       FROM ticket t, generate_series(1, 200) n WHERE id = $1`,
    [json.id],
  );
  const full = { dataset, key: child.id, claim: 'one too many' };
  assert.equal(await open(education.client, full), 'tickets_full');
  await database.owner.query(
    "UPDATE ticket SET opened_at = opened_at - interval '1 day' WHERE id LIKE 'full-%'",
  );
  assert.match(await open(education.client, full), /^tkt-/, 'the next day it may again');
});
