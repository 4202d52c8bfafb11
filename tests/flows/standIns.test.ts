/** Handing a stage over, deputies until a day, permanent seconds: who may act for whom, and who does not count as a second person. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { components } from '../../api/openapi.ts';
import { readBackDelay } from '../../hub/log/writer/follower.ts';
import { digestOf } from '../../hub/features/registry/operations/registration.ts';
import { asLogin } from '../../hub/platform/database/database.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { typedDatong } from '../typedDatong.ts';
import { writeDemoState } from '../demoState.ts';
import { acceptAs, staffCall, type StaffReply } from '../secondPerson.ts';
import { lastLeaf } from './leaves.ts';
import { cityHub } from '../cityHub.ts';
import { validTerm } from '../newYear.ts';

type View = components['schemas']['RequestView'];

const { database, hub, city } = await cityHub({ jobsByTime: false });
const home = mkdtempSync(join(tmpdir(), 'datong-stand-in-'));
after(async () => {
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});
const token = {
  ann: await hub.token('Ann', ['steward'], 'education'),
  bob: await hub.token('Bob', ['steward'], 'education'),
  cho: await hub.token('Cho', ['steward'], 'education'),
  ida: await hub.token('Ida', ['clerk'], 'education'),
  dan: await hub.token('Dan', ['steward'], 'pub-security'),
  gil: await hub.token('Gil', ['steward'], 'pub-security'),
  hal: await hub.token('Hal', ['clerk'], 'pub-security'),
  aud: await hub.token('Aud', ['auditor'], 'pub-security'),
  fay: await hub.token('Fay', ['steward'], 'ecology'),
  kim: await hub.token('Kim', ['clerk'], 'ecology'),
  pat: await hub.token('Pat', ['steward']),
  opa: await hub.token('Opa', ['operator']),
  rev: await hub.token('Rev', ['steward', 'auditor']),
  sec: await hub.token('Sec', ['security']),
  sam: await hub.token('Sam', ['security']),
};
type Name = keyof typeof token;
const listener = { ca: hub.ca, ports: { staff: Number(new URL(hub.hub.origins.staff).port) } };
const get = (who: Name, path: string) => staffCall(listener, token[who], 'GET', path);
const post = (who: Name, path: string, body: object) => staffCall(listener, token[who], 'POST', path, body);
const ids = new Map(
  ((await get('pat', '/v1/persons?limit=200')).body['persons'] as { name: string; person: string }[]).map(
    ({ name, person }) => [name.toLowerCase(), person],
  ),
);
const id = (who: Name): string => ids.get(who) ?? '';
const reported = ({ status, body }: StaffReply): unknown => (status < 300 ? status : body['code']);
const tomorrow = new Date(database.now() + 86_400_000).toISOString();

const household = 'pub-security.household';
const papers = { reason: 'subsidised meals', commitment: 'a'.repeat(64) };
const wanted = (agreement: string, consumer = 'education'): object => ({
  kind: 'Agreement',
  id: agreement,
  version: 1,
  provider: 'pub-security',
  consumer,
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
});
/** What a deputy writes in addition to requests: an entry of the catalogue, which is a proposal, and a schema. */
const entry = {
  id: 'education.meals',
  title: { zh: '学生用餐', en: 'Meals' },
  abstract: { zh: '用餐', en: 'meals' },
  keywords: ['用餐'],
  category: '1/12/3',
  openness: 'closed',
  updateFrequency: 'monthly',
  sourceSystem: '学籍系统',
  office: '基教处',
  contact: '0000-12345',
  dataClass: 'general',
  sharing: { type: 'conditional', conditions: '法定职责', manner: 'interface' },
};
const address = new URL('../../schemas/shared/address.json', import.meta.url);
const schema = JSON.parse(readFileSync(address, 'utf8')) as { $id: string; properties: object };
schema.$id = 'urn:datong:school-place:1.0';
const remark = { 'x-title': { zh: '备注', en: 'Remark' }, 'x-sensitivity': 'L1', 'x-personal': 'none' };
const further = {
  ...schema,
  $id: 'urn:datong:school-place:1.1',
  properties: { ...schema.properties, remark: { type: ['string', 'null'], maxLength: 50, ...remark } },
};
async function made(who: Name, agreement: string, consumer?: string): Promise<string> {
  const reply = await post(who, '/v1/requests', { document: wanted(agreement, consumer), papers });
  assert.equal(reply.status, 201, JSON.stringify(reply.body));
  return String(reply.body['id']);
}
const act = (who: Name, request: string, body: object) => post(who, `/v1/requests/${request}/acts`, body);
const pass = (who: Name, request: string) => act(who, request, { act: 'pass' });
const handOn = (who: Name, request: string, to: Name) =>
  act(who, request, { act: 'hand-on', to: id(to), reason: 'she knows the matter' });
const waits = async (who: Name, request: string): Promise<boolean> =>
  ((await get(who, '/v1/inbox')).body['requests'] as { id: string }[]).some((one) => one.id === request);
const name = (who: Name, body: object) => post(who, '/v1/stand-ins', { reason: 'on leave', ...body });
const deputy = (steward: Name, person: Name, department: string, until = tomorrow): object => ({
  as: 'deputy',
  steward: id(steward),
  person: id(person),
  department,
  until,
});

/**
 * While an administrator of the database has taken entries out of the log, past every guard.
 * @param ids query of their ids @param work receives how many they are
 */
async function withoutEntries(ids: string, work: (entries: number) => Promise<void>): Promise<void> {
  // by then the hub has read back what it wrote: what is removed after that stops nothing
  await setTimeout(4 * readBackDelay);
  const past = (sql: string): Promise<unknown> =>
    asLogin(database.address, (login) => login.query(`SET session_replication_role = replica; ${sql}`));
  await past(`CREATE TABLE taken_away AS SELECT * FROM audit_entry WHERE id IN (${ids});
    DELETE FROM audit_entry WHERE id IN (SELECT id FROM taken_away); GRANT SELECT ON taken_away TO datong_app`);
  const { rows } = await database.app.query<{ entries: number }>(
    'SELECT count(*)::int AS entries FROM taken_away',
  );
  await work(rows[0]?.entries ?? 0);
  await past('INSERT INTO audit_entry SELECT * FROM taken_away; DROP TABLE taken_away');
}

/** While rows contain what a person with a password of the database wrote: the runtime's own where that may. */
async function whileRowsSay(
  [sql, back]: readonly [string, string],
  work: () => Promise<void>,
  as: 'app' | 'owner' = 'owner',
): Promise<void> {
  await database[as].query(sql);
  await work();
  await database.owner.query(back);
}

/** Who else can act on a request, as one inbox says it; undefined where it does not wait there. */
async function othersFor(who: Name, request: string): Promise<readonly string[] | undefined> {
  const { body } = await get(who, '/v1/inbox?kind=requests&others=true');
  const at = (body['requests'] as { id: string }[]).findIndex((one) => one.id === request);
  const others = body['others'] as components['schemas']['Waiting']['others'];
  return others
    ?.find((one) => one.kind === 'requests' && one.at === at)
    ?.persons.map(({ name }) => name)
    .sort();
}

test('an inbox names who else can act: neither the requester nor persons of another side', async () => {
  const request = await made('ann', 'agr-beside');
  assert.equal((await get('bob', '/v1/inbox')).body['others'], undefined, 'only where they are asked for');
  assert.deepEqual(await othersFor('bob', request), ['Cho']);
  assert.deepEqual(await othersFor('cho', request), ['Bob']);
  assert.equal(await othersFor('ann', request), undefined, 'the requester does not decide');
  // handed over, no one else can
  assert.equal(reported(await handOn('bob', request, 'cho')), 200);
  assert.deepEqual([await othersFor('bob', request), await othersFor('cho', request)], [undefined, []]);
  assert.equal(reported(await pass('cho', request)), 200);
  assert.deepEqual(await othersFor('dan', request), ['Gil']);
  assert.equal(reported(await act('ann', request, { act: 'withdraw', reason: 'not needed' })), 200);
  const wrong = await get('bob', '/v1/inbox?others=false');
  assert.equal(reported(wrong), 'invalid_request');
});

test('a stage that is handed over belongs to its receiver, and no one chooses who reviews their own request', async () => {
  const request = await made('ann', 'agr-handed');
  assert.equal(
    reported(await handOn('ann', request, 'bob')),
    'four_eyes',
    'the requester chooses no reviewer',
  );
  assert.equal(reported(await handOn('dan', request, 'gil')), 'not_your_department', 'not his stage');
  for (const to of ['ann', 'dan', 'ida'] as const)
    assert.equal(reported(await handOn('bob', request, to)), 'hand_on_unfit', to);
  const unsaid = await act('bob', request, { act: 'hand-on', to: id('cho') });
  assert.equal(reported(unsaid), 'invalid_request', 'with a reason');
  const handed = await handOn('bob', request, 'cho');
  const view = handed.body as unknown as View;
  assert.deepEqual([handed.status, view.assigned, view.events.at(-1)?.to], [200, id('cho'), id('cho')]);
  assert.equal((await lastLeaf(database)).change?.['act'], 'hand-on');
  assert.equal(reported(await pass('bob', request)), 'handed_on');
  assert.deepEqual([await waits('bob', request), await waits('cho', request)], [false, true]);
  assert.equal(reported(await handOn('ann', request, 'bob')), 'four_eyes', 'nor later on');
  assert.equal(
    reported(await handOn('bob', request, 'bob')),
    200,
    'any other person of the side hands it on again',
  );
  assert.equal(reported(await pass('cho', request)), 'handed_on');
  assert.equal(reported(await handOn('bob', request, 'cho')), 200);
  const raced = await Promise.all([pass('cho', request), pass('cho', request)]);
  assert.equal(raced.filter(({ status }) => status === 200).length, 1, 'of two answers one counts');
  assert.equal(reported(await pass('dan', request)), 200, 'the next stage is everybody’s of its side again');
});

test('a stage that was handed to a person who can act there no more delays nothing', async () => {
  const request = await made('ann', 'agr-left');
  const person = id('cho');
  assert.equal(reported(await handOn('bob', request, 'cho')), 200);
  await database.owner.query(`UPDATE role_grant SET confirmed_by = NULL WHERE person = $1`, [person]);
  await hub.hub.services.identity.reload();
  assert.equal(reported(await pass('bob', request)), 200, 'the receiver can no longer act here');
  await database.owner.query(`UPDATE role_grant SET confirmed_by = 'hub' WHERE person = $1`, [person]);
  await hub.hub.services.identity.reload();
});

test('a deputy is named by two others of the place, and only of it', async () => {
  assert.equal(reported(await name('hal', deputy('dan', 'hal', 'pub-security'))), 'scope_missing');
  assert.equal(reported(await name('ann', deputy('dan', 'hal', 'pub-security'))), 'not_your_department');
  assert.equal(
    reported(await name('dan', deputy('dan', 'ida', 'pub-security'))),
    'stand_in_unfit',
    'of one side alone',
  );
  assert.equal(reported(await name('dan', deputy('dan', 'dan', 'pub-security'))), 'stand_in_unfit');
  assert.equal(
    reported(await name('dan', deputy('dan', 'aud', 'pub-security'))),
    'stand_in_unfit',
    'no auditor',
  );
  assert.equal(
    reported(await name('gil', deputy('dan', 'gil', 'pub-security'))),
    'four_eyes',
    'not their own deputy',
  );
  assert.equal(
    reported(await name('dan', deputy('hal', 'gil', 'pub-security'))),
    'stand_in_unfit',
    'no steward',
  );
  const { department: _office, ...ofOffice } = deputy('pat', 'pat', '') as { department: string };
  const operator = { ...ofOffice, person: id('opa') };
  assert.equal(reported(await name('pat', operator)), 'stand_in_unfit', 'no operator');
  const proposed = await name('dan', deputy('dan', 'gil', 'pub-security'));
  assert.equal(proposed.status, 202, JSON.stringify(proposed.body));
  assert.equal(
    reported(await acceptAs(listener, token.gil, proposed)),
    'four_eyes',
    'the deputy does not accept it either',
  );
  const past = new Date(database.now() - 1000).toISOString();
  const late = new Date(database.now() + 400 * 86_400_000).toISOString();
  for (const until of [past, late])
    assert.equal(reported(await name('dan', deputy('dan', 'hal', 'pub-security', until))), 'stand_in_unfit');
  const { until: _, ...endless } = deputy('dan', 'hal', 'pub-security') as { until: string };
  assert.equal(reported(await name('dan', endless)), 'stand_in_unfit');
});

test('a deputy acts with the steward’s role until the day, and counts as one person with them', async () => {
  const request = await made('ann', 'agr-deputy');
  assert.equal(reported(await pass('bob', request)), 200);
  assert.equal(reported(await pass('hal', request)), 'scope_missing', 'a clerk decides nothing');
  const proposed = await name('dan', deputy('dan', 'hal', 'pub-security'));
  assert.equal(proposed.status, 202, JSON.stringify(proposed.body));
  assert.equal(reported(await acceptAs(listener, token.dan, proposed)), 'four_eyes');
  assert.equal(reported(await pass('hal', request)), 'scope_missing', 'not accepted yet');
  assert.equal(reported(await acceptAs(listener, token.gil, proposed)), 201);
  assert.equal(await waits('hal', request), true);
  const passed = await pass('hal', request);
  assert.equal(passed.status, 200, JSON.stringify(passed.body));
  assert.deepEqual((passed.body as unknown as View).events.at(-1)?.insteadOf, [id('dan')]);
  const leaf = await lastLeaf(database);
  assert.deepEqual([leaf.actor.person, leaf.actor.insteadOf], [id('hal'), id('dan')]);

  const submitted = await post('hal', '/v1/policy/documents', { document: wanted('agr-his-deputy') });
  assert.equal(submitted.status, 201, JSON.stringify(submitted.body));
  const approve = (who: Name) =>
    post(who, '/v1/policy/documents/agr-his-deputy/versions/1/approval', {
      digest: submitted.body['digest'],
      effect: 'a'.repeat(64),
    });
  assert.equal(reported(await approve('dan')), 'four_eyes');
  const sent = async (seed: number): Promise<string> => {
    const { bytes } = householdFile(1500, seed);
    return (await city.publicSecurity.client.sendFile(household, bytes, { mapping: 'household' })).json.batch;
  };
  const [former] = [await sent(1), await sent(2)];
  const retire = (who: Name) =>
    post(who, `/v1/datasets/${household}/decision`, { act: 'retire', reason: 'it is no longer used' });
  const restore = (who: Name) =>
    post(who, `/v1/batches/${former}/restoration`, { reason: 'the wrong month' });
  for (const act of [retire, restore])
    for (const who of ['hal', 'dan', 'hal'] as const)
      assert.equal(
        reported(await act(who)),
        202,
        'asked for once more, never done by the other half of one hand',
      );

  const other = await made('ann', 'agr-deputy-over');
  assert.equal(reported(await pass('bob', other)), 200);
  await database.owner.query(
    "UPDATE stand_in SET begins = now() - interval '2 days', until = now() - interval '1 second'",
  );
  await hub.hub.services.identity.reload();
  assert.equal(reported(await pass('hal', other)), 'scope_missing', 'his time is over');
  assert.equal(reported(await approve('dan')), 'four_eyes', 'what was submitted in his place stays his');
  // another entry is not that of it, though it is theirs, nor is it the decision of the person whose name is written there
  const unlike = "(SELECT submitted_by FROM policy_document WHERE id = 'agr-his-deputy')";
  const submission = String(
    (await database.owner.query<{ id: string }>(`SELECT ${unlike} AS id`)).rows[0]?.id,
  );
  const stored = (column: string, table: string, where: string): Promise<string> =>
    database.owner
      .query<{ was: string }>(`SELECT ${column}::text AS was FROM ${table} WHERE ${where}`)
      .then(({ rows }) => rows[0]?.was ?? '');
  for (const [table, column, other, where, act] of [
    ['dataset', 'ending_entry', submission, `id = '${household}'`, retire],
    ['dataset', 'ending_by', id('bob'), `id = '${household}'`, retire],
    ['batch_proposal', 'exchange', submission, `batch = '${former}'`, restore],
    ['batch_proposal', 'proposed_by', id('bob'), `batch = '${former}'`, restore],
  ] as const) {
    const set = (to: string): string => `UPDATE ${table} SET ${column} = '${to}' WHERE ${where}`;
    const was = await stored(column, table, where);
    await whileRowsSay(
      [set(other), set(was)],
      async () => {
        assert.equal(reported(await act('gil')), 'made_by_unread', column);
        const { decision, code, actor } = await lastLeaf(database);
        assert.deepEqual([decision, code, actor.person], ['deny', 'made_by_unread', id('gil')]);
      },
      'app',
    );
  }
  const endingEntry = await stored('ending_entry', 'dataset', `id = '${household}'`);
  const entered = (entry: string): string =>
    `UPDATE policy_document SET submitted_by = '${entry}' WHERE id = 'agr-his-deputy'`;
  await whileRowsSay([entered(endingEntry), entered(submission)], async () => {
    assert.equal(reported(await approve('gil')), 'made_by_unread');
  });
  await withoutEntries(
    `SELECT submitted_by FROM policy_document WHERE id = 'agr-his-deputy' UNION ALL SELECT exchange FROM batch_proposal
      UNION ALL SELECT ending_entry FROM dataset WHERE id = '${household}'`,
    async (entries) => {
      assert.equal(entries, 3);
      for (const [who, act] of [approve, retire, restore].flatMap((act) => [
        ['dan', act] as const,
        ['gil', act] as const,
      ])) {
        const refused = await act(who);
        assert.deepEqual([refused.status, reported(refused)], [503, 'made_by_unread']);
        const { decision, code, actor } = await lastLeaf(database);
        assert.deepEqual([decision, code, actor.person], ['deny', 'made_by_unread', id(who)]);
      }
      const { body } = await get('gil', '/v1/inbox?kind=retirements');
      const shown = body['retirements'] as { dataset: string }[];
      assert.deepEqual(
        shown.map(({ dataset }) => dataset),
        [household],
        'what waits is shown all the same',
      );
      // what needs no second person does not wait for the log
      for (const act of ['suspend', 'resume'])
        assert.equal(
          reported(await post('gil', `/v1/datasets/${household}/decision`, { act, reason: 'a doubt' })),
          200,
          act,
        );
    },
  );
  assert.equal(reported(await approve('gil')), 'policy_signature_missing', 'another person may');
  for (const act of [retire, restore])
    assert.equal(
      reported(await act('dan')),
      202,
      'what his deputy asked for in his place is not done by him',
    );
  assert.equal(reported(await restore('gil')), 200, 'by another person it is');
  assert.deepEqual((await get('dan', '/v1/stand-ins')).body['standIns'], []);
});

test('wherever a second person is required, all acting persons of the caller are compared, not only their id', () => {
  const root = join(import.meta.dirname, '../..');
  const refusing = ['operations', 'features', 'flows', 'identity', 'domain']
    .flatMap((room) =>
      readdirSync(join(root, 'hub', room), { recursive: true, encoding: 'utf8' }).map((file) =>
        join(root, 'hub', room, file),
      ),
    )
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => ({ file, text: readFileSync(file, 'utf8') }))
    .filter(({ text }) => text.includes("Problem('four_eyes')"));
  assert.ok(refusing.length > 8, String(refusing.length));
  const byId = refusing
    .filter(({ text }) => !/isSamePerson|actingPersons/.test(text))
    .map(({ file }) => basename(file));
  assert.deepEqual(byId, ['standIns.ts'], 'there it is about the person who is named');
});

test('no one approves by a deputy what they requested, nor what their deputy requested on their behalf', async () => {
  const accepted = await acceptAs(listener, token.bob, await name('ann', deputy('ann', 'ida', 'education')));
  assert.equal(accepted.status, 201, JSON.stringify(accepted.body));
  const ownRequest = await made('ann', 'agr-one-hand');
  assert.equal(reported(await pass('ida', ownRequest)), 'four_eyes', 'the asker’s deputy');
  assert.equal(reported(await handOn('bob', ownRequest, 'ida')), 'hand_on_unfit');
  const onBehalf = await made('ida', 'agr-other-hand');
  assert.equal(reported(await pass('ann', onBehalf)), 'four_eyes', 'the deputy requested it on their behalf');
  // a proposal and a schema that a deputy made count as the steward's as well
  const written = await post('ida', '/v1/catalogue', entry);
  assert.equal(written.status, 202, JSON.stringify(written.body));
  assert.equal((await post('ida', '/v1/schemas', { document: schema })).status, 201);
  const drafted = await post('ida', '/v1/schemas', { document: further });
  assert.equal(drafted.body['state'], 'inReview', JSON.stringify(drafted.body));
  const publish = (who: Name) =>
    post(who, `/v1/schemas/${further.$id}/decision`, { act: 'publish', digest: drafted.body['digest'] });
  const both = async (who: Name) => [
    reported(await acceptAs(listener, token[who], written)),
    reported(await publish(who)),
  ];
  assert.deepEqual(await both('ann'), ['four_eyes', 'four_eyes']);
  const { standIns } = (await get('ann', '/v1/stand-ins'))
    .body as unknown as components['schemas']['StandInList'];
  assert.deepEqual(
    standIns.map(({ as, stewardName, personName }) => [as, stewardName, personName]),
    [['deputy', 'Ann', 'Ida']],
  );
  const [standIn] = standIns;
  const end = `/v1/stand-ins/${standIn?.id ?? ''}/end`;
  assert.equal(reported(await post('fay', end, { reason: 'back' })), 'not_your_department');
  assert.equal(reported(await post('ann', end, { reason: 'back' })), 200);
  assert.equal(reported(await post('ann', end, { reason: 'back' })), 'transition_not_allowed');
  assert.equal(reported(await pass('ida', ownRequest)), 'scope_missing', 'from the next call on');
  assert.equal(
    reported(await pass('ann', onBehalf)),
    'four_eyes',
    'an act of the deputy counts as an act of the steward',
  );
  assert.deepEqual(await both('ann'), ['four_eyes', 'four_eyes'], 'all of it');
  const registrations = `SELECT '${String(written.body['proposal'])}'::uuid UNION ALL SELECT registered_by FROM schema_version WHERE urn = '${further.$id}'`;
  await withoutEntries(registrations, async (entries) => {
    assert.equal(entries, 2);
    for (const who of ['ann', 'bob'] as const)
      assert.deepEqual(await both(who), ['made_by_unread', 'made_by_unread'], 'nor by taking the entry away');
  });
  // an account that writes rows writes no first approval: not a proposal with the number of an old entry, as the runtime may
  const proposal = String(written.body['proposal']);
  const { rows: old } = await database.owner.query<{ id: string }>(
    'SELECT id FROM audit_entry ORDER BY idx LIMIT 1',
  );
  for (const [digest, body] of [
    ['f'.repeat(64), 'body'],
    ['e'.repeat(64), "replace(body, '0000-12345', '0000-54321')"],
  ] as const) {
    const forged = old[0]?.id ?? '';
    const columns = 'operation, kind, name, owner, params, author, entries, needs_officer';
    await whileRowsSay(
      [
        `INSERT INTO proposal (id, digest, body, ${columns}) SELECT '${forged}', '${digest}', ${body}, ${columns} FROM proposal WHERE id = '${proposal}'`,
        `DELETE FROM proposal WHERE id = '${forged}'`,
      ],
      async () => {
        const refused = await post('bob', `/v1/proposals/${forged}/acceptance`, { digest });
        assert.deepEqual([refused.status, reported(refused)], [503, 'made_by_unread']);
        const { decision, code, actor } = await lastLeaf(database);
        assert.deepEqual([decision, code, actor.person], ['deny', 'made_by_unread', id('bob')]);
      },
      'app',
    );
  }
  // nor another text under the number of a real proposal, under its digest or one that fits; nor another name or owner
  const text = "replace(body, '0000-12345', '0000-54321')";
  const { rows: now } = await database.owner.query<{ body: string; params: object; operation: string }>(
    'SELECT operation, params, body FROM proposal WHERE id = $1',
    [proposal],
  );
  const [row] = now;
  const other = JSON.parse(row?.body.replace('0000-12345', '0000-54321') ?? '') as unknown;
  const fits = digestOf({ operation: row?.operation, params: row?.params, body: other });
  for (const set of [
    `body = ${text}`,
    `body = ${text}, digest = '${fits}'`,
    `author = '${id('cho')}'`,
    "operation = 'registerMatter'",
    "name = 'education.other'",
    'needs_officer = NOT needs_officer',
  ])
    await whileRowsSay(
      [
        `CREATE TABLE kept AS SELECT * FROM proposal WHERE id = '${proposal}'; UPDATE proposal SET ${set} WHERE id = '${proposal}'`,
        `DELETE FROM proposal WHERE id = '${proposal}'; INSERT INTO proposal SELECT * FROM kept; DROP TABLE kept`,
      ],
      async () => {
        assert.equal(reported(await acceptAs(listener, token.bob, written)), 'made_by_unread', set);
      },
    );
  // a version of a schema rests on the entry that registered it, and is the text of its digest
  const same = `urn = '${further.$id}'`;
  for (const set of [
    `registered_by = '${proposal}'`,
    `author = '${id('cho')}'`,
    "document = replace(document, '备注', '备忘')",
  ])
    await whileRowsSay(
      [
        `CREATE TABLE kept AS SELECT * FROM schema_version WHERE ${same}; UPDATE schema_version SET ${set} WHERE ${same}`,
        `UPDATE schema_version AS s SET registered_by = k.registered_by, author = k.author, document = k.document FROM kept AS k WHERE s.${same}; DROP TABLE kept`,
      ],
      async () => {
        assert.equal(reported(await publish('bob')), 'made_by_unread', set);
      },
    );
  assert.deepEqual(await both('bob'), [201, 200], 'another person decides');
});

test('evidence about a person is not released by the deputy of its requester', async () => {
  const { department: _office, ...named } = deputy('rev', 'sec', '') as { department: string };
  const accepted = await acceptAs(listener, token.pat, await name('rev', named));
  assert.equal(accepted.status, 201, JSON.stringify(accepted.body));
  const subject = { dataset: 'pub-security.household', value: '990101201501010015' };
  const requested = await post('rev', '/v1/log/evidence', {
    reason: '核查',
    case: 'SS-2026-1',
    question: { subject },
  });
  assert.equal(requested.status, 201, JSON.stringify(requested.body));
  const evidence = async (who: Name): Promise<number> =>
    ((await get(who, '/v1/inbox')).body['evidence'] as unknown[]).length;
  assert.deepEqual([await evidence('sec'), await evidence('sam')], [0, 1]);
  const answer = (who: Name) =>
    post(who, `/v1/log/evidence/${String(requested.body['id'])}/answer`, { answer: 'release' });
  assert.equal(reported(await answer('sec')), 'four_eyes');
  assert.equal(reported(await answer('sam')), 200);
});

test('a department with one steward is warned until it has a permanent second, who counts as a second person', async () => {
  const lacking = async (who: Name): Promise<unknown[]> =>
    ((await get(who, '/v1/inbox')).body['seconds'] as { department?: string }[]).map((one) => one.department);
  assert.deepEqual([await lacking('fay'), await lacking('dan')], [['ecology'], []]);
  assert.equal((await lacking('pat')).includes('ecology'), true, 'the data office sees it');
  const { body } = await get('fay', '/v1/inbox?kind=seconds&others=true');
  const [first, ...more] = body['others'] as NonNullable<components['schemas']['Waiting']['others']>;
  const named = first?.persons.map((one) => one.name) ?? [];
  assert.deepEqual([more.length, named.includes('Pat'), named.includes('Dan')], [0, true, false]);
  const second = { as: 'second', steward: id('fay'), person: id('kim'), department: 'ecology' };
  assert.equal(
    reported(await name('fay', { ...second, until: tomorrow })),
    'stand_in_unfit',
    'it has no end',
  );
  const proposed = await name('fay', second);
  assert.equal(
    reported(await acceptAs(listener, token.pat, proposed)),
    201,
    'the office: there is no other person',
  );
  assert.deepEqual(await lacking('fay'), []);
  const request = await made('fay', 'agr-second', 'ecology');
  assert.equal(reported(await pass('fay', request)), 'four_eyes');
  assert.equal(reported(await pass('kim', request)), 200);
});

test('by command', async () => {
  const state = join(home, 'demo.json');
  writeDemoState(
    state,
    { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } },
    { dan: token.dan, gil: token.gil },
  );
  const datong = (...args: string[]) => typedDatong(args, { cwd: home, env: { DATONG_STATE: state } });
  const persons = await datong('deputy', 'persons', '--as', 'dan');
  assert.match(persons.stdout, new RegExp(`${id('hal')} +Hal +active +clerk@pub-security`));
  const options = [
    '--for',
    id('dan'),
    '--department',
    'pub-security',
    '--until',
    tomorrow,
    '--reason',
    'leave',
  ];
  const named = await datong('deputy', 'name', id('hal'), ...options, '--as', 'dan');
  assert.equal(named.code, 0, named.stderr);
  const inbox = await datong('inbox', '--kind', 'proposals', '--others', '--as', 'gil');
  const proposal = named.stdout.trim();
  assert.match(inbox.stdout, new RegExp(`^${proposal}  (?:others who can act: none|还可由：无)$`, 'm'));
  const approved = await datong('approve', named.stdout.trim(), '--as', 'gil', '--yes');
  assert.equal(approved.code, 0, approved.stderr);
  const listed = await datong('deputy', 'list', '--as', 'dan', '--json');
  const [one] = (JSON.parse(listed.stdout) as components['schemas']['StandInList']).standIns;
  assert.deepEqual([one?.person, one?.until], [id('hal'), tomorrow]);
  assert.equal((await datong('deputy', 'end', one?.id ?? '', '--reason', 'back', '--as', 'dan')).code, 0);
  assert.match((await datong('deputy', 'list', '--as', 'dan')).stderr, /^0 /);
});
