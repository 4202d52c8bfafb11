/** What a consumer takes on with data is followed up: derived from the log, answered by a signed statement, notified when it is overdue. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { signJws } from '../../certs/jws.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { tokenYear } from '../../hub/log/subjects.ts';
import { linesOf } from '../../clients/cli/subject/printView.ts';
import type { GivenConsent } from '../../clients/sdk/consents.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { Duty } from '../../clients/sdk/duties.ts';
import type { CallContext } from '../../clients/sdk/types.ts';
import { administratorSession } from '../administratorSession.ts';
import type { Machine } from '../hub.ts';
import { applyGrant } from '../policyWith.ts';
import { post } from './intakeCalls.ts';
import { lastLeaf } from './leaves.ts';
import { leavesWhere } from '../leafTexts.ts';
import { defined } from '../../terms/defined.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
const { client: education } = city.education;
const { client: police } = city.publicSecurity;
const administrator = await administratorSession(database, '-c session_replication_role=replica');
const household = 'pub-security.household';
const file = householdFile(1500, 23);
const families = file.good.filter(
  ({ guardian, id, region }) => guardian !== '' && region === '990101' && id.slice(6, 10) >= '2016',
);
const person = (at: number): string => families[at]?.id ?? assert.fail();
const about = (id: string) => ({ filter: [{ field: 'person_id', op: 'eq' as const, value: id }] });
const enrolment: CallContext = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment',
  onBehalfOf: 'official-17',
  matter: 'YX-2026-000123',
};
const meals: CallContext = {
  purpose: 'school-meals',
  agreement: 'agr-school-meals',
  onBehalfOf: 'official-0317',
  matter: 'YC-2026-000017',
};
const outcomeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'answered',
    (error: unknown) => (error instanceof DatongProblem ? error.code : String(error)),
  );
const followUp = async (): Promise<string | undefined> => {
  assert.equal(await hub.hub.runner.run('readEntries'), 'ok');
  return hub.hub.runner.run('followUpDuties');
};
const dutiesOf = async (
  client: Machine['client'],
  obligation: Duty['obligation'],
): Promise<readonly Duty[]> =>
  (await client.duties()).json.duties.filter((duty) => duty.obligation === obligation);
/** As if it had been received so many days ago: the log itself is never changed. */
const age = (days: number): Promise<unknown> =>
  database.owner.query(
    `UPDATE duty SET received_from = received_from - $1::int, received_until = received_until - $1::int, due = due - $1::int`,
    [days],
  );

before(async () => {
  await police.sendFile(household, file.bytes, { mapping: 'household' });
  await city.apply('school-meals/notice.yaml');
  await city.apply('school-meals/agreement.yaml', [city.education, city.publicSecurity]);
});

test('answers of a day are one duty, counted once however often the log is read; an answer without rows is none', async () => {
  await education.query(household, about(person(0)), enrolment);
  await education.query(household, about(person(1)), enrolment);
  await education.query(household, about('990101201501010015'), enrolment);
  assert.equal(await followUp(), 'ok');
  assert.equal(await followUp(), 'ok');
  const [duty, ...others] = await dutiesOf(education, 'delete-after');
  assert.equal(others.length, 0);
  assert.deepEqual(
    [duty?.exchanges, duty?.state, duty?.consumer, duty?.provider, duty?.agreement, duty?.states],
    [2, 'running', 'education', 'pub-security', 'agr-school-enrolment', 'deleted'],
  );
  assert.equal((await dutiesOf(education, 'no-onward-sharing')).length, 1);
  assert.deepEqual(
    await dutiesOf(police, 'delete-after'),
    [duty],
    'the provider sees what is owed for its data',
  );
  assert.deepEqual((await city.ecology.client.duties()).json.duties, [], 'no other department has a duty');
  assert.deepEqual((await education.duties({ due: true })).json.duties, []);
  const whole = (await education.duties()).json;
  const first = (await education.duties({ limit: 1 })).json;
  const second = (await education.duties({ limit: 1, cursor: first.nextCursor ?? '' })).json;
  assert.equal(whole.duties.length, 2, 'one for each thing it took on');
  assert.deepEqual([...first.duties, ...second.duties], whole.duties);
  assert.deepEqual([whole.nextCursor, second.nextCursor], [undefined, undefined]);
  assert.deepEqual(await education.allDuties(), whole.duties);
  assert.equal(await outcomeOf(education.duties({ cursor: 'MX4' })), 'cursor_invalid');
});

describe('a statement', () => {
  const ids = async (obligation: Duty['obligation']) =>
    (await dutiesOf(education, obligation)).map(({ id }) => id);

  test('is not made while more may come, nor by another, nor with another word, nor unsigned', async () => {
    const duties = await ids('delete-after');
    assert.equal(await outcomeOf(education.stateDuties({ duties, states: 'deleted' })), 'duty_still_open');
    await age(1);
    assert.equal(await outcomeOf(police.stateDuties({ duties, states: 'deleted' })), 'duty_unknown');
    assert.equal(
      await outcomeOf(education.stateDuties({ duties, states: 'not-shared' })),
      'statement_invalid',
    );
    const unknown = '00000000-0000-4000-8000-000000000000';
    assert.equal(
      await outcomeOf(education.stateDuties({ duties: [unknown], states: 'deleted' })),
      'duty_unknown',
    );
    const payload = { v: 1, department: 'education', states: 'deleted', duties };
    const typ = 'datong-statement+jws';
    for (const statement of [
      signJws(payload, city.publicSecurity.signing, { typ }),
      signJws(payload, city.education.signing, { typ: 'datong-consent+jws' }),
      signJws({ ...payload, department: 'ecology' }, city.education.signing, { typ }),
      signJws({ ...payload, duties: [...duties, ...duties] }, city.education.signing, { typ }),
      signJws({ ...payload, states: 'use-reported' }, city.education.signing, { typ }),
      signJws({ ...payload, report: `of ${person(0)}` }, city.education.signing, { typ }),
      'a.b.c',
    ]) {
      const refused = post(education, '/v1/duties/statements', { statement });
      assert.equal(await outcomeOf(refused), 'statement_invalid');
    }
  });

  test('answers once, is stored as signed, and its entry names its digest; data that come to light later open it again', async () => {
    const duties = await ids('delete-after');
    const { json } = await education.stateDuties({ duties, states: 'deleted' });
    assert.equal(json.duties[0]?.state, 'answered');
    const { change } = await lastLeaf(database);
    assert.match(String(change?.['statement']), /^[0-9a-f]{64}$/);
    assert.equal(
      await outcomeOf(education.stateDuties({ duties, states: 'deleted' })),
      'transition_not_allowed',
    );
    const [seen] = await dutiesOf(police, 'delete-after');
    assert.match(seen?.statement ?? '', /^[\w-]+\.[\w-]+\.[\w-]+$/);
    await database.owner.query('UPDATE duty_progress SET next = 0');
    await age(-1);
    await followUp();
    assert.deepEqual(
      (await dutiesOf(education, 'delete-after')).map(({ state }) => state),
      ['running'],
    );
  });
});

test('overdue duties are in the inbox of both sides and in the metrics, and are notified once', async () => {
  await age(200);
  const [duty] = await dutiesOf(police, 'delete-after');
  assert.equal(duty?.state, 'overdue');
  await followUp();
  await followUp();
  const entries = await leavesWhere(database, "provider = 'pub-security' AND consumer = 'education'");
  assert.equal(
    entries.filter(({ operation, change }) => operation === 'tellOverdueDuty' && change?.['duty'] === duty.id)
      .length,
    1,
  );
  for (const [department, sees] of [
    ['education', true],
    ['pub-security', true],
    ['ecology', false],
  ] as const) {
    const token = await hub.token(`steward of ${department}`, ['steward'], department);
    const { json } = await hub.staff(token, 'GET', '/v1/inbox');
    const waiting = json['duties'] as readonly Duty[];
    assert.equal(
      waiting.some(({ id }) => id === duty.id),
      sees,
      department,
    );
  }
  const { body } = await hub.hub.metrics.text();
  assert.match(body, /^datong_duties_overdue [1-9]/m);
});

test('a withdrawn consent obliges every recipient on it to delete, naming each answer; others and other purposes are unaffected', async () => {
  const { rows } = await database.app.query<{ digest: string }>('SELECT digest FROM consent_notice');
  const consent = (id: string, at: number): GivenConsent => ({
    id,
    person: person(at),
    guardian: families[at]?.guardian ?? '',
    recipient: 'education',
    dataset: household,
    purposes: ['school-meals'],
    fields: ['name', 'income'],
    notBefore: '2026-01-01T00:00:00+08:00',
    expires: '2099-01-01T00:00:00+08:00',
    notice: { digest: rows[0]?.digest ?? '', language: 'zh' },
    method: 'app',
  });
  await police.giveConsent(consent('duty-a', 2));
  await police.giveConsent(consent('duty-b', 3));
  await education.query(household, about(person(2)), enrolment);
  const answers = [
    await education.query(household, about(person(2)), meals),
    await education.query(household, about(person(2)), meals),
  ];
  await police.withdrawConsent('duty-a');
  await police.withdrawConsent('duty-a');
  await police.withdrawConsent('duty-b');
  const owed = await dutiesOf(education, 'delete-withdrawn');
  assert.deepEqual(
    owed.map(({ consent: of, named, state, agreement }) => ({ of, named, state, agreement })),
    [
      {
        of: 'duty-a',
        named: answers.map(({ exchange }) => exchange),
        state: 'due',
        agreement: 'agr-school-meals',
      },
    ],
  );
  await police.giveConsent(consent('duty-c', 2));
  await police.withdrawConsent('duty-c');
  assert.equal(
    (await dutiesOf(education, 'delete-withdrawn')).length,
    1,
    'what was named is not named again',
  );
  const duties = owed.map(({ id }) => id);
  const { json } = await education.stateDuties({ duties, states: 'deleted' });
  assert.equal(json.duties[0]?.state, 'answered');
});

test('an answer whose private part a database administrator deletes or alters is named all the same', async () => {
  const { rows } = await database.app.query<{ digest: string }>('SELECT digest FROM consent_notice');
  for (const [nth, sql] of [
    'DELETE FROM audit_private WHERE exchange = $1',
    `UPDATE audit_private SET value = '{"consents":[]}' WHERE exchange = $1`,
    // a value that has no canonical form
    `UPDATE audit_private SET value = '{"consents":[1.5]}' WHERE exchange = $1`,
  ].entries()) {
    const at = 4 + nth;
    await police.giveConsent({
      id: `hidden-${nth}`,
      person: person(at),
      guardian: families[at]?.guardian ?? '',
      recipient: 'education',
      dataset: household,
      purposes: ['school-meals'],
      fields: ['name', 'income'],
      notBefore: '2026-01-01T00:00:00+08:00',
      expires: '2099-01-01T00:00:00+08:00',
      notice: { digest: rows[0]?.digest ?? '', language: 'zh' },
      method: 'app',
    });
    const { exchange } = await education.query(household, about(person(at)), meals);
    const { rowCount } = await administrator.query(sql, [exchange]);
    assert.equal(rowCount, 1);
    await police.withdrawConsent(`hidden-${nth}`);
    const owed = (await dutiesOf(education, 'delete-withdrawn')).filter(
      (duty) => duty.consent === `hidden-${nth}`,
    );
    assert.deepEqual(
      owed.map(({ named }) => named),
      [[exchange]],
      sql,
    );
  }
});

test('a withdrawal names in its entry the years whose key this process lacks: their answers are not found', async () => {
  const { rows } = await database.app.query<{ digest: string }>('SELECT digest FROM consent_notice');
  await police.giveConsent({
    id: 'lost-year',
    person: person(7),
    guardian: families[7]?.guardian ?? '',
    recipient: 'education',
    dataset: household,
    purposes: ['school-meals'],
    fields: ['name', 'income'],
    notBefore: '2026-01-01T00:00:00+08:00',
    expires: '2099-01-01T00:00:00+08:00',
    notice: { digest: rows[0]?.digest ?? '', language: 'zh' },
    method: 'app',
  });
  const shift = (sign: '-' | '+') =>
    administrator.query(`UPDATE audit_entry SET at = at ${sign} interval '1 year' WHERE idx = 0`);
  await shift('-');
  await police.withdrawConsent('lost-year');
  await shift('+');
  const { change } = await lastLeaf(database);
  assert.deepEqual(change, {
    consent: 'lost-year',
    state: 'withdrawn',
    changed: true,
    unsearchableYears: String(tokenYear(hub.hub.database.now()) - 1),
  });
});

test('the withdrawal names data that left on consent in any form; an answer without the person’s data is not named', async () => {
  await applyGrant(hub, city, 'school-meals/agreement.yaml', 2, (grant) => ({
    ...grant,
    requires: ['on-behalf-of', 'matter'],
    // a file does not compile on consent
    deliveries: ['stream', 'batch', 'changes'],
    limits: { rowsPerCall: 1000, subjectsPerCall: 10, callsPerDay: 2000 },
    facts: [
      {
        id: 'registered-as',
        title: { zh: '姓名', en: 'name' },
        all: [{ field: 'name', equals: 'asked' }],
        limits: { callsPerDay: 100, perSubjectPerDay: 50 },
      },
    ],
  }));
  const { rows } = await database.app.query<{ digest: string }>('SELECT digest FROM consent_notice');
  const give = (id: string, subjectId: string, guardian: string, retention?: string) =>
    police.giveConsent({
      ...defined({ retention }),
      id,
      person: subjectId,
      guardian,
      recipient: 'education',
      dataset: household,
      purposes: ['school-meals'],
      fields: ['name', 'income'],
      method: 'app',
      notBefore: '2026-01-01T00:00:00+08:00',
      expires: '2099-01-01T00:00:00+08:00',
      notice: { digest: rows[0]?.digest ?? '', language: 'zh' },
    });
  const [consenting, other, unknownPerson] = [person(5), person(6), '990101201501010015'];
  const guardianOf = (at: number): string => families[at]?.guardian ?? assert.fail();
  await give('ways-other', other, guardianOf(6));
  const fact = (subject: string) =>
    education.checkFact(household, 'registered-as', { subject, value: families[5]?.name ?? '' }, meals);
  const batch = (...values: string[]) => education.batchQuery(household, { by: 'person_id', values }, meals);
  // the person is asked for, and only the other's row is answered
  const others = [(await batch(other, consenting)).exchange];
  await education.query(household, about(consenting), enrolment);
  await give('ways-own', consenting, guardianOf(5));
  await give('ways-unknown', unknownPerson, guardianOf(5));
  const left: string[] = [];
  left.push((await education.query(household, about(consenting), meals)).exchange);
  const both = (await batch(consenting, other)).exchange;
  left.push(both);
  left.push((await fact(consenting)).exchange);
  const stream = await education.stream(household, {}, meals);
  for await (const part of stream) assert.ok(part.records.length <= 2);
  const part = (await leavesWhere(database)).filter(
    ({ stream: of, rows }) => of?.id === stream.exchange && of.state === 'part' && rows?.delivered === 2,
  );
  assert.equal(part.length, 1, 'both rows in one part');
  left.push(...part.map(({ id }) => id));
  const changes = await education.changes.next(household, {}, meals);
  assert.equal(changes.json.rows.delivered, 2);
  left.push(changes.exchange);
  assert.equal((await fact(unknownPerson)).json.answer, 'unknown');
  const unknown = (await lastLeaf(database)).id;
  await police.withdrawConsent('ways-own');
  await police.withdrawConsent('ways-unknown');
  const named = async (consent: string): Promise<readonly string[]> =>
    (await education.allDuties()).filter((one) => one.consent === consent).flatMap((one) => one.named ?? []);
  assert.deepEqual(await named('ways-own'), left);
  assert.deepEqual(
    await named('ways-unknown'),
    [unknown],
    'the answer does not show whether the person is in the dataset',
  );
  others.push(both, ...part.map(({ id }) => id), changes.exchange);
  await police.withdrawConsent('ways-other');
  assert.deepEqual(await named('ways-other'), others, 'also answers that another person’s duty names');
  assert.equal(await outcomeOf(education.query(household, about(consenting), meals)), 'consent_missing');
  // a person limits how long it may be stored: their consent counts where the agreement has it deleted by then, and that is owed
  assert.equal(await outcomeOf(give('kept-none', consenting, guardianOf(5), 'P0.5D')), 'consent_invalid');
  const { json: stored } = await give('kept-short', consenting, guardianOf(5), 'P30D');
  assert.equal(stored.retention, 'P30D');
  const asks = () => outcomeOf(education.query(household, about(consenting), meals));
  const until = (version: number, period: string) =>
    applyGrant(hub, city, 'school-meals/agreement.yaml', version, (grant) => ({
      ...grant,
      obligations: [{ id: 'delete-after', period }],
    }));
  assert.equal(await asks(), 'consent_missing', 'retained for any time');
  await until(3, 'P31D');
  assert.equal(await asks(), 'consent_missing', 'a day longer');
  await until(4, 'P30D');
  assert.equal(await asks(), 'answered');
  assert.deepEqual((await lastLeaf(database)).obligations, ['delete-after P30D']);
});

test('of a statutory access a person sees that they are owed notice of it, by when, and whether the recipient stated that it gave it', async () => {
  await city.apply(join(import.meta.dirname, 'documents/notified.yaml'), [
    city.education,
    city.publicSecurity,
  ]);
  const appoint = { department: 'pub-security', appointed: true };
  const { json: proposed } = await hub.staff(city.operator, 'POST', '/v1/person-services', appoint);
  const proposal = `/v1/proposals/${String(proposed['proposal'])}`;
  const { digest } = (await hub.staff(city.security, 'GET', proposal)).json;
  assert.equal((await hub.staff(city.security, 'POST', `${proposal}/acceptance`, { digest })).status, 201);
  const overdueSubject = person(9);
  await education.query(household, about(overdueSubject), {
    purpose: 'school-enrolment',
    agreement: 'agr-notified',
  });
  const viewed = async () => {
    const { json } = await police.viewSubject({
      person: overdueSubject,
      presentedBy: 'guardian',
      assurance: 'high',
    });
    return json.view.looks.find(({ agreement }) => agreement === 'agr-notified') ?? assert.fail();
  };
  const law = { law: '中华人民共和国个人信息保护法', clause: '第三十五条' };
  const first = await viewed();
  const day = Date.parse(`${first.at.slice(0, 10)}T00:00:00Z`);
  assert.deepEqual({ ...first.notice, until: '' }, { ...law, until: '', stated: false });
  const until = first.notice?.until ?? '';
  assert.ok([15, 16].includes((Date.parse(until) - day) / 86_400_000), 'fifteen days from the day in China');
  assert.ok(linesOf(first).some((line) => line.includes('第三十五条') && line.includes(until)));
  // masks by their words, in the language of the page
  const shown = linesOf(first, ({ zh }) => zh).join('\n');
  assert.match(shown, /姓名（脱敏：姓名）/);
  assert.doesNotMatch(shown, /personName/);
  await followUp();
  const duties = (await dutiesOf(education, 'notify-subject')).map(({ id }) => id);
  await age(1);
  await education.stateDuties({ duties, states: 'subjects-notified' });
  await age(-1);
  const second = await viewed();
  assert.deepEqual(second.notice, { ...law, until, stated: true });
  assert.notDeepEqual(linesOf(second), linesOf(first), 'the page says so too');
});

test('what the data were used for is reported in words, and that they were not passed on is stated, each by its own word', async () => {
  await applyGrant(
    hub,
    city,
    'household/agreement.yaml',
    1,
    (grant) => ({
      ...grant,
      obligations: [{ id: 'report-use', period: 'P10D' }, { id: 'no-onward-sharing' }],
    }),
    { id: 'agr-reported' },
  );
  const requested = await education.query(household, about(person(12)), {
    ...enrolment,
    agreement: 'agr-reported',
  });
  assert.equal(requested.json.rows.delivered, 1);
  assert.deepEqual((await lastLeaf(database)).obligations, ['report-use P10D', 'no-onward-sharing']);
  assert.equal(await followUp(), 'ok');
  const owed = async (obligation: Duty['obligation']): Promise<Duty> => {
    const [one, ...more] = (await dutiesOf(education, obligation)).filter(
      ({ agreement }) => agreement === 'agr-reported',
    );
    assert.equal(more.length, 0);
    return one ?? assert.fail(obligation);
  };
  const [use, onward] = [await owed('report-use'), await owed('no-onward-sharing')];
  assert.deepEqual([use.states, use.state, onward.states], ['use-reported', 'running', 'not-shared']);
  // a month is over before its use is reported, a year before it is stated that nothing was passed on
  const monthly = { duties: [use.id], states: 'use-reported' as const, report: '入学资格核对 1 次' };
  const yearly = { duties: [onward.id], states: 'not-shared' as const };
  for (const early of [monthly, yearly])
    assert.equal(await outcomeOf(education.stateDuties(early)), 'duty_still_open', early.states);
  await age(400);
  const without = { duties: [use.id], states: 'use-reported' as const };
  for (const invalid of [
    without,
    { ...without, report: '' },
    { ...monthly, report: `核对 ${person(12)}` },
    { ...monthly, states: 'not-shared' as const },
    { ...yearly, states: 'use-reported' as const, report: '无' },
  ]) {
    assert.equal(
      await outcomeOf(education.stateDuties(invalid)),
      'statement_invalid',
      JSON.stringify(invalid),
    );
  }
  assert.equal((await owed('report-use')).state, 'overdue', 'nothing was answered by any of these');
  for (const statement of [monthly, yearly]) {
    const { json } = await education.stateDuties(statement);
    assert.deepEqual(
      json.duties.map(({ id, state }) => [id, state]),
      [[statement.duties[0], 'answered']],
    );
  }
  const seen = (await dutiesOf(police, 'report-use')).find(({ id }) => id === use.id);
  const [, signed = ''] = seen?.statement?.split('.') ?? [];
  const { report } = JSON.parse(Buffer.from(signed, 'base64url').toString('utf8')) as { report?: string };
  assert.equal(report, monthly.report, 'the provider reads what it was used for');
});
