/** What is registered has an owner: others propose, its persons accept or refuse, and no person is both. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sharedSchema } from '../../machine/shippedSchemas.ts';
import { acceptAs, registerTogether, staffCall, type StaffReply } from '../../tests/secondPerson.ts';
import { startStaffHub } from '../../tests/staffHub.ts';

const hub = await startStaffHub();
const operator = await hub.token(['operator']);
const security = await hub.token(['security']);
const officeSteward = await hub.token(['steward']);
const post = (token: string, path: string, body: object): Promise<StaffReply> =>
  staffCall(hub, token, 'POST', path, body);
for (const code of ['civil-affairs', 'education', 'transport'])
  await post(operator, '/v1/departments', { code, name: { zh: code, en: code }, kind: 'government' });
const civil = await hub.token(['steward'], 'civil-affairs');
const civilSecurity = await hub.token(['security'], 'civil-affairs');
const education = await hub.token(['steward'], 'education');
const transport = await hub.token(['steward'], 'transport');

const schema = (minor: number, name = 'poverty-relief'): object => ({
  document: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:datong:${name}:1.${minor}`,
    'x-title': { zh: '救助', en: 'Relief' },
    type: 'object',
    properties: Object.fromEntries(
      Array.from({ length: minor + 1 }, (_, index) => [
        `amount${index}`,
        {
          'x-title': { zh: '金额', en: 'Amount' },
          'x-sensitivity': 'L1',
          type: 'integer',
          minimum: 0,
          maximum: 9,
        },
      ]),
    ),
    additionalProperties: false,
  },
});
const list = (version: string, more: object = {}): object => ({
  id: 'relief-kinds',
  version,
  from: `2026-01-${version.padStart(2, '0')}`,
  title: { zh: '救助种类', en: 'kinds of relief' },
  entries: [{ code: 'a', zh: '甲' }],
  ...more,
});
const inbox = async (token: string): Promise<unknown[]> =>
  ((await staffCall(hub, token, 'GET', '/v1/inbox')).body['proposals'] as { name: string }[]).map(
    ({ name }) => name,
  );
const code = ({ body }: StaffReply): unknown => body['code'];

test('a foreign version waits for the owner, who accepts or refuses it; nothing changes before', async () => {
  assert.equal(
    (await post(civil, '/v1/schemas', schema(0))).status,
    201,
    'a schema of their department is registered at once',
  );
  const foreign = await post(education, '/v1/schemas', schema(1));
  assert.deepEqual([foreign.status, foreign.body['owner']], [202, 'civil-affairs']);
  const registered = await hub.database.app.query<{ urn: string }>(
    "SELECT urn FROM schema_version WHERE name = 'poverty-relief'",
  );
  assert.equal(registered.rows.length, 1);
  assert.deepEqual(
    [await inbox(civil), await inbox(transport), await inbox(education), await inbox(officeSteward)],
    [['urn:datong:poverty-relief:1.1'], [], [], []],
    'only persons of the owner are asked',
  );
  assert.equal(code(await acceptAs(hub, officeSteward, foreign)), 'owner_decides');
  const path = `/v1/proposals/${String(foreign.body['proposal'])}`;
  assert.equal(code(await post(transport, `${path}/refusal`, { reason: 'no' })), 'not_your_department');
  assert.equal(code(await post(civil, `${path}/acceptance`, { digest: 'a'.repeat(64) })), 'version_exists');
  assert.equal((await acceptAs(hub, civil, foreign)).status, 201);
  assert.equal(code(await acceptAs(hub, civil, foreign)), 'transition_not_allowed');
  const { rows } = await hub.database.app.query<{ owner: string; author: string; approver: string }>(
    "SELECT owner, author, approver FROM schema_version WHERE urn = 'urn:datong:poverty-relief:1.1'",
  );
  assert.equal(rows[0]?.owner, 'civil-affairs');
  assert.notEqual(rows[0].author, rows[0].approver);

  const second = await post(education, '/v1/schemas', schema(2));
  const refused = await post(civil, `/v1/proposals/${String(second.body['proposal'])}/refusal`, {
    reason: '我们自己会登记',
  });
  assert.deepEqual([refused.status, refused.body['state']], [200, 'refused']);
  const shown = await staffCall(hub, education, 'GET', `/v1/proposals/${String(second.body['proposal'])}`);
  assert.deepEqual([shown.body['state'], shown.body['reason']], ['refused', '我们自己会登记']);
  const own = await post(civil, '/v1/schemas', schema(2));
  assert.deepEqual(
    [own.status, own.body['state']],
    [202, 'inReview'],
    'the owner’s own next one takes two too',
  );
  const seen = async (token: string): Promise<unknown[]> =>
    ((await staffCall(hub, token, 'GET', '/v1/inbox')).body['schemas'] as { urn: string }[]).map(
      ({ urn }) => urn,
    );
  const urn = 'urn:datong:poverty-relief:1.2';
  assert.deepEqual(
    [await seen(civil), await seen(civilSecurity), await seen(transport), await seen(officeSteward)],
    [[], [urn], [], []],
    'only the other person of the department, while there is one',
  );
  assert.equal(code(await acceptAs(hub, officeSteward, own)), 'owner_decides');
  assert.equal((await acceptAs(hub, civilSecurity, own)).body['state'], 'published');
});

test('the same proposal again is the same one; its author takes it back', async () => {
  const one = await post(education, '/v1/schemas', schema(3));
  const again = await post(education, '/v1/schemas', schema(3));
  assert.deepEqual(
    [again.status, again.body['proposal'], again.body['changed']],
    [202, one.body['proposal'], false],
  );
  const back = await post(education, `/v1/proposals/${String(one.body['proposal'])}/refusal`, {
    reason: 'oops',
  });
  assert.equal(back.body['state'], 'withdrawn');
});

test('so many proposals of one person wait and no more, until some are decided', async () => {
  const one = await post(transport, '/v1/schemas', schema(4));
  await hub.database.owner.query(
    `INSERT INTO proposal SELECT (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(), 'digest', md5(n::text) || md5(n::text), 'name', 'full-' || n))).*
       FROM proposal p, generate_series(1, 199) n WHERE id = $1`,
    [one.body['proposal']],
  );
  assert.equal(code(await post(transport, '/v1/schemas', schema(5))), 'proposals_full');
  assert.equal((await post(transport, '/v1/schemas', schema(4))).body['changed'], false, 'it waits already');
  await hub.database.owner.query("DELETE FROM proposal WHERE name = 'full-1'");
  assert.equal((await post(transport, '/v1/schemas', schema(5))).status, 202);
  await hub.database.owner.query(
    "DELETE FROM proposal WHERE name LIKE 'full-%' OR author = (SELECT author FROM proposal WHERE id = $1)",
    [one.body['proposal']],
  );
});

test('what ships with the hub is the data office’s: a steward proposes `household:1.1`, and no name is taken from its owner', async () => {
  const proposed = await post(transport, '/v1/schemas', { document: sharedSchema('household@1').document });
  assert.equal(proposed.status, 202);
  assert.equal(proposed.body['owner'], undefined);
  assert.equal((await acceptAs(hub, officeSteward, proposed)).status, 201);
  const elsewhere = await post(transport, '/v1/schemas', {
    ...schema(0, 'own-name'),
    owner: 'nowhere-at-all',
  });
  assert.equal(code(elsewhere), 'department_unknown');
});

test('a purpose is the data office’s and takes two persons; a steward who registers one only proposes it', async () => {
  const purpose = (name: string) => ({ code: name, title: { zh: name, en: name } });
  assert.equal(
    (
      await registerTogether(
        hub,
        { author: operator, second: security },
        '/v1/purposes',
        purpose('public-safety'),
      )
    ).status,
    201,
  );
  const own = await post(education, '/v1/purposes', { ...purpose('evasion'), parent: 'public-safety' });
  assert.deepEqual([own.status, own.body['owner']], [202, undefined]);
  assert.equal(code(await acceptAs(hub, education, own)), 'not_your_department');
  const { rows } = await hub.database.app.query("SELECT FROM purpose WHERE code = 'evasion'");
  assert.equal(rows.length, 0);
});

test('an author is never their own second person, with any roles and tokens, in the table neither', async () => {
  const both = await hub.token(['operator', 'steward']);
  const proposed = await post(both, '/v1/purposes', { code: 'alone', title: { zh: '独', en: 'alone' } });
  const { token } = (await post(both, '/v1/tokens', {})).body as { token: string };
  assert.equal(code(await acceptAs(hub, token, proposed)), 'four_eyes');
  const { rows } = await hub.database.app.query<{ author: string }>(
    'SELECT author FROM proposal WHERE id = $1',
    [proposed.body['proposal']],
  );
  const author = rows[0]?.author;
  for (const approver of [author, null]) {
    await assert.rejects(
      hub.database.app.query(
        `INSERT INTO purpose (code, title_zh, title_en, author, approver, registered_by) VALUES ('x', 'x', 'x', $1, $2, $3)`,
        [author, approver, proposed.body['proposal']],
      ),
      { code: '23514' },
    );
    await assert.rejects(
      hub.database.app.query(
        `INSERT INTO code_list (id, version, document, digest, author, approver, registered_by) VALUES ('x', '1', '{}', 'd', $1, $2, $3)`,
        [author, approver, proposed.body['proposal']],
      ),
      { code: '23514' },
    );
  }
  await assert.rejects(
    hub.database.app.query(
      "UPDATE proposal SET state = 'accepted', decided_by = author, decision = id WHERE id = $1",
      [proposed.body['proposal']],
    ),
    { code: '23514' },
  );
});

test('a code list has an owner and takes two of its persons; a supplement belongs to the owner of the list', async () => {
  const proposed = await post(civil, '/v1/code-lists', list('1'));
  assert.deepEqual([proposed.status, proposed.body['owner']], [202, 'civil-affairs']);
  assert.equal(code(await acceptAs(hub, civil, proposed)), 'four_eyes');
  assert.equal((await acceptAs(hub, civilSecurity, proposed)).status, 201);
  const foreign = await post(transport, '/v1/code-lists', list('2'));
  assert.deepEqual([foreign.status, foreign.body['owner']], [202, 'civil-affairs']);
  const sourced = await post(transport, '/v1/code-lists', list('2', { source: '民发〔2026〕1号' }));
  assert.notEqual(
    sourced.body['digest'],
    foreign.body['digest'],
    'another source is another thing to agree to',
  );
  const supplement = { id: 'more-kinds', supplements: 'relief-kinds', entries: [{ code: 'b', zh: '乙' }] };
  const added = await post(transport, '/v1/code-lists', list('1', supplement));
  assert.deepEqual([added.status, added.body['owner']], [202, 'civil-affairs']);
  const shipped = await post(
    transport,
    '/v1/code-lists',
    list('1', { ...supplement, supplements: 'gbt2261' }),
  );
  assert.deepEqual([shipped.status, shipped.body['owner']], [202, undefined]);
  const smuggled = await post(transport, '/v1/code-lists', list('1', { id: 'own-kinds' }));
  assert.equal(smuggled.body['owner'], 'transport');
  assert.equal(
    (await acceptAs(hub, security, smuggled)).status,
    201,
    'it has no second person: the office stands in',
  );
  const taken = await post(
    transport,
    '/v1/code-lists',
    list('2', { id: 'own-kinds', supplements: 'relief-kinds' }),
  );
  assert.equal(code(taken), 'code_list_invalid');
});

test('a shipped list stays the data office’s, also where a version of it supplements another list', async () => {
  const seized = { id: 'gbt2260', from: '1950-01-01', supplements: 'own-kinds' };
  assert.equal(code(await post(transport, '/v1/code-lists', list('2', seized))), 'code_list_invalid');
  const version = await post(transport, '/v1/code-lists', list('2', { id: 'gbt2260' }));
  assert.deepEqual([version.status, version.body['owner']], [202, undefined]);
  assert.equal(code(await acceptAs(hub, transport, version)), 'not_your_department');
});

test('a supplement names a list that ships or is registered', async () => {
  const supplements = { id: 'added-kinds', supplements: 'kinds-of-nobody' };
  assert.equal(code(await post(transport, '/v1/code-lists', list('1', supplements))), 'unknown_reference');
});

test('a code occurs twice with terms that do not overlap, in any order', async () => {
  const entry = (from: string | undefined, to: string | undefined) => ({ code: 'a', zh: '甲', from, to });
  const [first, second, third] = [
    entry(undefined, '2019-12-31'),
    entry('2020-01-01', '2021-12-31'),
    entry('2022-01-01', undefined),
  ];
  const of = (...entries: readonly object[]): Promise<StaffReply> =>
    post(transport, '/v1/code-lists', list('1', { id: 'terms', entries }));
  assert.equal((await of(third, first, second)).status, 202);
  for (const [entries, at] of [
    [[third, first, entry('2021-12-31', '2021-12-31'), second], 3],
    [[first, entry('2019-12-31', undefined), entry('2030-01-01', undefined)], 1],
    [[first, first], 1],
    [[entry(undefined, undefined), third], 1],
  ] as const) {
    const refused = await of(...entries);
    assert.deepEqual([code(refused), refused.body['at']], ['code_list_invalid', `/body/entries/${at}`]);
  }
});

test('a mapping is the department’s own: operator and data office propose it', async () => {
  await post(operator, '/v1/datasets', {
    id: 'civil-affairs.relief',
    title: { zh: '救助', en: 'relief' },
    schema: 'urn:datong:poverty-relief:1.0',
    mode: 'snapshot',
    sharing: { type: 'none' },
  });
  const mapping = (version: number) => ({
    document: {
      mapping: `civil-affairs/relief@${version}`,
      target: 'poverty-relief@1',
      source: { format: 'csv' },
      fields: { amount0: { from: 'amount' } },
    },
  });
  const path = '/v1/datasets/civil-affairs.relief/mappings';
  const proposed = await post(operator, path, mapping(1));
  assert.deepEqual([proposed.status, proposed.body['owner']], [202, 'civil-affairs']);
  assert.equal((await acceptAs(hub, civil, proposed)).status, 201);
  const next = await post(civil, path, mapping(2));
  assert.equal(next.status, 202, 'a version after the first takes another person');
  assert.equal(code(await acceptAs(hub, civil, next)), 'four_eyes');
  assert.equal((await acceptAs(hub, civilSecurity, next)).status, 201);
});

test('what was accepted is checked as things are then: a proposal that was overtaken is refused', async () => {
  const one = await post(education, '/v1/purposes', { code: 'twice', title: { zh: '一', en: 'one' } });
  const two = await post(education, '/v1/purposes', { code: 'twice', title: { zh: '二', en: 'two' } });
  assert.equal((await acceptAs(hub, officeSteward, one)).status, 201);
  assert.equal(code(await acceptAs(hub, officeSteward, two)), 'already_registered');
});

test('two who accept at once: one of them does', async () => {
  const proposed = await post(education, '/v1/purposes', { code: 'raced', title: { zh: '争', en: 'raced' } });
  const replies = await Promise.all([officeSteward, security].map((token) => acceptAs(hub, token, proposed)));
  assert.deepEqual(replies.map(({ status }) => status).sort(), [201, 409]);
});

test('no failure of the hub itself came to light', () => assert.deepEqual(hub.failures, []));
