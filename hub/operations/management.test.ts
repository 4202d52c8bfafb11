import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import request from 'supertest';
import { sharedSchema } from '../../machine/shippedSchemas.ts';
import { parseVkey } from '../../log/note/noteKey.ts';
import { verifyPack } from '../../log/pack/verifyPack.ts';
import { parseLeaf } from '../../log/parseLeaf.ts';
import { answerFault, operationAt } from '../../tests/contractAnswers.ts';
import { acceptAs } from '../../tests/secondPerson.ts';
import { startStaffHub } from '../../tests/staffHub.ts';
import { leafTexts } from '../../tests/leafTexts.ts';

const hub = await startStaffHub();
const operator = await hub.token(['operator']);
const second = await hub.token(['operator']);
const security = await hub.token(['security']);

/** Every answer is what the contract says it is. */
function assertDeclared(path: string, { status, body }: { status: number; body: unknown }): void {
  const operation = operationAt('POST', path);
  if (operation !== '') assert.equal(answerFault(operation, status, body), '');
}

interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Record<string, string>;
}

async function post(path: string, body: object, token = operator, headers: Record<string, string> = {}) {
  const reply = await request(`https://localhost:${hub.ports.staff}`)
    .post(path)
    .ca(hub.ca)
    .set('authorization', `Bearer ${token}`)
    .set(headers)
    .send(body);
  assertDeclared(path, reply);
  return reply as unknown as Reply;
}

/** Registers what a second person has to accept, or is refused on the way. */
async function register(path: string, body: object): Promise<Reply> {
  const reply = await post(path, body);
  return reply.status === 202 ? ((await acceptAs(hub, security, reply)) as Reply) : reply;
}

/** The leaf of an exchange, as it lies in the log. */
async function leafOf(exchange: unknown): Promise<Record<string, unknown>> {
  const texts = await leafTexts(hub.database, 'id = $1', exchange);
  assert.equal(texts.length, 1, 'the call has exactly one entry');
  return parseLeaf(Buffer.from(texts[0] ?? '')) as unknown as Record<string, unknown>;
}

const titled = (code: string) => ({ code, title: { zh: code, en: code } });
const department = (code: string, more: object = {}) => ({
  code,
  name: { zh: code, en: code },
  kind: 'government',
  ...more,
});

test('every registration is an entry with what changed; the same again changes nothing', async () => {
  const first = await post('/v1/departments', department('pub-security'));
  assert.equal(first.status, 201);
  assert.equal(first.body['changed'], true);
  const leaf = await leafOf(first.headers['datong-exchange-id']);
  assert.equal(leaf['operation'], 'registerDepartment');
  assert.equal(leaf['kind'], 'management');
  assert.equal(leaf['decision'], 'allow');
  assert.equal((leaf['change'] as Record<string, unknown>)['code'], 'pub-security');
  assert.ok(first.headers['datong-receipt'], 'a receipt comes with it');
  const again = await post('/v1/departments', department('pub-security'));
  assert.deepEqual([again.status, again.body['changed']], [200, false]);
  const other = await post(
    '/v1/departments',
    department('pub-security', { level: 'county', region: '990101' }),
  );
  assert.deepEqual([other.status, other.body['code']], [409, 'department_exists']);
  assert.equal((await leafOf(other.headers['datong-exchange-id']))['code'], 'department_exists');
});

describe('a stranger', () => {
  test('is refused without token, with a wrong one, and without the scope; each refusal is an entry', async () => {
    const auditor = await hub.token(['auditor']);
    const cases = [
      ['', 401, 'token_missing', undefined],
      ['Bearer dtg_aaaaaaaaaa_' + 'A'.repeat(43), 401, 'token_invalid', undefined],
      ['Basic YTpi', 401, 'token_invalid', undefined],
      [`Bearer ${auditor}`, 403, 'scope_missing', 'auditor'],
    ] as const;
    for (const [authorization, status, code, actor] of cases) {
      const call = request(`https://localhost:${hub.ports.staff}`).post('/v1/departments').ca(hub.ca);
      if (authorization !== '') void call.set('authorization', authorization);
      const reply = await call.send(department('stranger'));
      assert.deepEqual([reply.status, (reply.body as Record<string, unknown>)['code']], [status, code]);
      assert.equal(reply.headers['content-type'], 'application/problem+json');
      const leaf = await leafOf(reply.headers['datong-exchange-id']);
      assert.deepEqual([leaf['decision'], leaf['code']], ['deny', code]);
      assert.equal((leaf['actor'] as Record<string, unknown>)['staff'] === undefined, actor === undefined);
      const claimed = (leaf['change'] as Record<string, unknown> | undefined)?.['claimedToken'];
      assert.equal(claimed, authorization.includes('aaaaaaaaaa') ? 'aaaaaaaaaa' : undefined);
    }
  });

  test('does not get its body parsed, nor stored', async () => {
    const send = (body: string) =>
      request(`https://localhost:${hub.ports.staff}`)
        .post('/v1/code-lists')
        .ca(hub.ca)
        .set('content-type', 'application/json')
        .send(body);
    const broken = await send('{"broken');
    assert.equal((broken.body as Record<string, unknown>)['code'], 'token_missing');
    const large = await send(`"${'x'.repeat(9 << 20)}"`);
    assert.equal(
      (large.body as Record<string, unknown>)['code'],
      'token_missing',
      'rather than body_too_large',
    );
  });

  test('that repeats its attempts is answered, but no longer logged', async () => {
    const count = async (): Promise<number> =>
      Number(
        (await hub.database.app.query<{ n: string }>('SELECT count(*) AS n FROM audit_entry')).rows[0]?.n,
      );
    const before = await count();
    const codes = new Set<unknown>();
    for (let i = 0; i < 40; i += 1) {
      const reply = await request(`https://localhost:${hub.ports.staff}`).get('/v1/log/entries').ca(hub.ca);
      codes.add((reply.body as Record<string, unknown>)['code']);
      if (reply.status === 429) {
        assert.match(String(reply.headers['retry-after']), /^[1-9]\d*$/);
        assert.equal(reply.text.includes('{seconds}'), false);
      }
    }
    assert.deepEqual(codes, new Set(['token_missing', 'too_many_attempts']));
    assert.ok((await count()) - before < 40);
  });
});

describe('a body', () => {
  const raw = async (type: string, body: string, encoding?: string) => {
    const call = request(`https://localhost:${hub.ports.staff}`)
      .post('/v1/purposes')
      .ca(hub.ca)
      .set('authorization', `Bearer ${operator}`)
      .set('content-type', type);
    if (encoding !== undefined) void call.set('content-encoding', encoding);
    const reply = await call.send(body);
    return reply.body as { code: string; findings?: { pointer: string }[] };
  };
  const good = '{"code":"some-purpose","title":{"zh":"一","en":"one"}}';

  test('is JSON in plain UTF-8 with names that are not doubled', async () => {
    assert.equal((await raw('text/plain', good)).code, 'unsupported_media_type');
    assert.equal((await raw('application/json; charset=gbk', good)).code, 'unsupported_media_type');
    assert.equal((await raw('application/json', good, 'gzip')).code, 'unsupported_media_type');
    assert.equal((await raw('application/json', '')).code, 'invalid_request');
    assert.equal((await raw('application/json', '{"code":"a","code":"b"}')).code, 'malformed_json');
    assert.equal((await raw('application/json', '{"code":"a","\\u0063ode":"b"}')).code, 'malformed_json');
    assert.equal((await raw('application/json', '{"__proto__":{}}')).code, 'malformed_json');
    assert.equal((await raw('application/json', JSON.stringify(good))).code, 'invalid_request');
    assert.equal((await raw('application/json', '['.repeat(100) + ']'.repeat(100))).code, 'malformed_json');
  });

  test('with an unknown member is refused without repeating what might be personal', async () => {
    const reply = await raw(
      'application/json',
      '{"code":"a-b","title":{"zh":"一","en":"one"},"张三丰":"99010119900307001X"}',
    );
    assert.equal(reply.code, 'invalid_request');
    const text = JSON.stringify(reply);
    assert.ok(!text.includes('张三丰') && !text.includes('9901011990'));
    assert.equal(reply.findings?.[0]?.pointer, '/body');
  });
});

const household = () => sharedSchema('household@1').document;

describe('the registry', () => {
  test('takes code list, purpose, schema, dataset and mapping, each version once', async () => {
    const list = {
      id: 'demo.region',
      version: '2026',
      from: '2026-01-01',
      title: { zh: '演示行政区划', en: 'demonstration regions' },
      entries: [{ code: '990100', zh: '云栖市', en: 'Yunqi' }],
      supplements: 'gbt2260',
    };
    assert.equal((await register('/v1/code-lists', list)).status, 201);
    assert.equal((await post('/v1/code-lists', list)).body['changed'], false);
    const orphan = {
      ...list,
      id: 'demo.orphan',
      supplements: undefined,
      entries: [{ code: '1', zh: '东', parent: '9' }],
    };
    assert.equal((await post('/v1/code-lists', orphan)).body['code'], 'code_list_invalid');
    const changed = await post('/v1/code-lists', { ...list, entries: [{ code: '990101', zh: '东' }] });
    assert.deepEqual([changed.status, changed.body['code']], [409, 'version_exists']);
    const shipped = await post('/v1/code-lists', { ...list, id: 'gbt2261', version: '2003' });
    assert.equal(shipped.body['code'], 'version_exists', 'a shipped version cannot be replaced');

    const child = { code: 'school-enrolment', parent: 'education', title: { zh: '入学', en: 'enrolment' } };
    assert.equal((await post('/v1/purposes', child)).body['code'], 'unknown_reference');
    await register('/v1/purposes', { code: 'education', title: { zh: '教育', en: 'education' } });
    assert.equal((await register('/v1/purposes', child)).status, 201);

    const schema = await post('/v1/schemas', { document: household() });
    assert.equal(schema.status, 201, JSON.stringify(schema.body));
    const edited = { ...household(), 'x-title': { zh: '另一个', en: 'another' } };
    assert.equal((await post('/v1/schemas', { document: edited })).body['code'], 'version_exists');
    const foreign = {
      ...household(),
      $id: 'urn:datong:sourced:1.0',
      properties: {
        ...(household()['properties'] as object),
        birth_date: {
          ...(household()['properties'] as { birth_date: object }).birth_date,
          'x-source': 'nobody',
        },
      },
    };
    const unsourced = await post('/v1/schemas', { document: foreign });
    assert.deepEqual([unsourced.status, unsourced.body['code']], [422, 'unknown_reference']);
    const loose = { ...household(), $id: 'urn:datong:loose:1.0', additionalProperties: true };
    const refused = await post('/v1/schemas', { document: loose });
    assert.deepEqual([refused.status, refused.body['code']], [422, 'schema_invalid']);

    const dataset = {
      id: 'pub-security.household',
      title: { zh: '户籍', en: 'households' },
      schema: 'urn:datong:household:1.0',
      mode: 'snapshot',
      sharing: { type: 'conditional', conditions: '仅限法定职责所需' },
    };
    for (const sharing of [{ type: 'conditional' }, { type: 'none', conditions: '另议' }]) {
      const refused = await post('/v1/datasets', { ...dataset, sharing });
      assert.deepEqual([refused.status, refused.body['code']], [422, 'sharing_conditions']);
    }
    assert.equal(
      (await post('/v1/datasets', { ...dataset, id: 'nobody.household' })).body['code'],
      'department_unknown',
    );
    assert.equal(
      (await post('/v1/datasets', { ...dataset, schema: 'urn:datong:none:1.0' })).body['code'],
      'unknown_reference',
    );
    assert.equal((await post('/v1/datasets', dataset)).status, 201);
    assert.equal(
      (await post('/v1/datasets', { ...dataset, mode: 'upsert' })).body['code'],
      'dataset_differs',
    );
    await hub.services.registry.refresh();
    assert.ok(hub.services.registry.current.datasets.has('pub-security.household'), 'the walks see it');
  });

  test('knows every word of what it holds: another value under the same name is refused', async () => {
    type Registered = Readonly<Record<string, unknown>>;
    const kinds: readonly (readonly [path: string, base: Registered, others: readonly Registered[]])[] = [
      [
        '/v1/departments',
        {
          code: 'words-city',
          name: { zh: '局', en: 'bureau' },
          kind: 'government',
          level: 'city',
          region: '990100',
        },
        [
          { name: { zh: '院', en: 'bureau' } },
          { name: { zh: '局', en: 'office' } },
          { kind: 'authorised' },
          { kind: 'public-service' },
          { kind: 'contractor', principal: 'pub-security' },
          { parent: 'pub-security' },
          { level: 'county', region: '990101' },
          { region: '990200' },
          { dataOffice: true },
        ],
      ],
      [
        '/v1/code-lists',
        {
          id: 'demo.words',
          version: '1',
          from: '2026-01-01',
          title: { zh: '表', en: 'list' },
          entries: [{ code: '1', zh: '一', en: 'one' }],
        },
        [
          { from: '2026-01-02' },
          { title: { zh: '单', en: 'list' } },
          { title: { zh: '表', en: 'table' } },
          { source: 'https://example.org/' },
          { supplements: 'gbt2261' },
          { entries: [{ code: '2', zh: '一', en: 'one' }] },
          { entries: [{ code: '1', zh: '壹', en: 'one' }] },
          { entries: [{ code: '1', zh: '一', en: 'first' }] },
          { entries: [{ code: '1', zh: '一', en: 'one', parent: '1' }] },
          { entries: [{ code: '1', zh: '一', en: 'one', from: '2020-01-01' }] },
          { entries: [{ code: '1', zh: '一', en: 'one', to: '2020-01-01' }] },
        ],
      ],
      [
        '/v1/purposes',
        { code: 'words', title: { zh: '使用场景', en: 'purpose' } },
        [
          { parent: 'education' },
          { title: { zh: '目的', en: 'purpose' } },
          { title: { zh: '使用场景', en: 'aim' } },
        ],
      ],
      [
        '/v1/datasets',
        {
          id: 'pub-security.words',
          title: { zh: '数据', en: 'data' },
          schema: 'urn:datong:household:1.0',
          mode: 'snapshot',
          sharing: { type: 'conditional', conditions: '仅限法定职责' },
        },
        [
          { title: { zh: '资料', en: 'data' } },
          { title: { zh: '数据', en: 'records' } },
          { schema: 'urn:datong:household:2.0' },
          { mode: 'upsert' },
          { sharing: { type: 'unconditional' } },
          { sharing: { type: 'conditional', conditions: '另议' } },
        ],
      ],
    ];
    for (const [path, base, others] of kinds) {
      assert.equal((await register(path, base)).status, 201, path);
      assert.equal((await post(path, base)).body['changed'], false, path);
      for (const other of others) {
        const { status, body } = await post(path, { ...base, ...other });
        assert.ok(
          status === 409 || status === 422,
          `${path} ${JSON.stringify(other)}: ${String(body['code'])}`,
        );
      }
    }
  });

  test('lets a steward register for the own department only', async () => {
    const steward = await hub.token(['steward'], 'pub-security');
    const dataset = {
      id: 'education.household',
      title: { zh: '户籍', en: 'households' },
      schema: 'urn:datong:household:1.0',
      mode: 'snapshot',
      sharing: { type: 'none' },
    };
    await post('/v1/departments', department('education'));
    const reply = await post('/v1/datasets', dataset, steward);
    assert.deepEqual([reply.status, reply.body['code']], [403, 'not_your_department']);
  });
});

test('one idempotency key at once: one act, the same answer for all, and an entry each that names it', async () => {
  const key = { 'datong-idempotency-key': 'at-once-1234' };
  const body = titled('at-once');
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => post('/v1/purposes', body, operator, key)),
  );
  assert.deepEqual(
    answers.map(({ status, body }) => `${status} ${JSON.stringify(body)}`),
    answers.map(() => `202 ${JSON.stringify(answers[0]?.body)}`),
  );
  const leaves = await Promise.all(answers.map(({ headers }) => leafOf(headers['datong-exchange-id'])));
  const acts = leaves.filter((leaf) => leaf['repeatOf'] === undefined);
  assert.equal(acts.length, 1);
  assert.deepEqual(
    new Set(leaves.filter((leaf) => leaf !== acts[0]).map((leaf) => leaf['repeatOf'])),
    new Set([acts[0]?.['id']]),
  );
  const others = await Promise.all(
    ['one', 'two', 'three'].map((name) => post('/v1/purposes', titled(`at-once-${name}`), operator, key)),
  );
  for (const other of others)
    assert.deepEqual([other.status, other.body['code']], [409, 'idempotency_conflict']);
});

test('an idempotency key answers the same bytes with the first answer, other bytes with a conflict', async () => {
  const body = { code: 'public-health', title: { zh: '卫生', en: 'health' } };
  const key = { 'datong-idempotency-key': 'apply-1234' };
  const first = await post('/v1/purposes', body, operator, key);
  assert.equal(first.status, 202);
  const again = await post('/v1/purposes', body, operator, key);
  assert.deepEqual([again.status, again.body], [202, first.body]);
  const leaf = await leafOf(again.headers['datong-exchange-id']);
  assert.equal(leaf['repeatOf'], first.headers['datong-exchange-id']);
  const other = await post('/v1/purposes', { ...body, code: 'public-safety' }, operator, key);
  assert.deepEqual([other.status, other.body['code']], [409, 'idempotency_conflict']);
  const { rows } = await hub.database.app.query("SELECT 1 FROM proposal WHERE name = 'public-safety'");
  assert.equal(rows.length, 0, 'nothing of the refused call stays');
  const stranger = await post('/v1/purposes', { ...body, code: 'public-works' }, second, key);
  assert.equal(stranger.status, 202, "another token's keys are its own");
});

test('an outcome is stored for thirty days, then its key may be used again', async () => {
  const age = (days: number) =>
    hub.database.owner.query(`UPDATE idempotency_outcome SET at = now() - interval '${days} days'`);
  const stored = async (): Promise<number> =>
    (await hub.database.app.query('SELECT 1 FROM idempotency_outcome')).rows.length;
  const keep = (name: string) =>
    post('/v1/purposes', titled(name), operator, { 'datong-idempotency-key': `key-${name}` });
  await keep('purpose-a');
  await age(29);
  await keep('purpose-b');
  assert.ok((await stored()) >= 2);
  await age(31);
  await keep('purpose-c');
  assert.equal(await stored(), 1);
});

test('of two at once that register the same name with other content one is refused, and both are entries', async () => {
  const replies = await Promise.all(
    ['甲', '乙'].map((zh) =>
      post('/v1/datasets', {
        id: 'pub-security.contested',
        title: { zh, en: zh },
        schema: 'urn:datong:household:1.0',
        mode: 'snapshot',
        sharing: { type: 'none' },
      }),
    ),
  );
  assert.deepEqual(replies.map((reply) => reply.status).sort(), [201, 409]);
  for (const reply of replies) await leafOf(reply.headers['datong-exchange-id']);
});

test('departments that are registered all at once all come in', async () => {
  const codes = Array.from({ length: 12 }, (_, i) => `at-once-${i}`);
  const replies = await Promise.all(codes.map((code) => post('/v1/departments', department(code))));
  assert.deepEqual(
    replies.map(({ status, body }) => body['code'] ?? status),
    codes.map(() => 201),
  );
});

describe('the log', () => {
  test('is read and taken out by an auditor only; each reading is an entry', async () => {
    const auditor = await hub.token(['auditor']);
    assert.equal((await post('/v1/log/searches', {}, operator)).body['code'], 'scope_missing');
    const denied = await post(
      '/v1/log/searches',
      { decision: 'deny', code: 'department_exists', limit: 5 },
      auditor,
    );
    const [entry] = denied.body['entries'] as { index: number; leaf: string }[];
    assert.ok(entry);
    const found = parseLeaf(Buffer.from(entry.leaf, 'base64'));
    assert.equal(found.code, 'department_exists');
    assert.equal((await leafOf(denied.headers['datong-exchange-id']))['kind'], 'inspect');

    const pack = await post('/v1/log/packs', { exchanges: [found.id] }, auditor);
    const result = verifyPack(pack.body, { keys: [parseVkey(hub.services.keys.log.vkey)] });
    assert.deepEqual(result.findings, [], JSON.stringify(result));
    assert.deepEqual((await leafOf(pack.headers['datong-exchange-id']))['change'], {
      entries: 1,
      first: entry.index,
      last: entry.index,
    });
  });

  test('is searched by a person without the person being stored anywhere', async () => {
    const auditor = await hub.token(['auditor']);
    const canary = '99010119990101777X';
    const requested = { reason: '信访投诉核查', case: 'XF-2026-0001' };
    const subject = { dataset: 'pub-security.household', value: canary, ...requested };
    const without = { dataset: subject.dataset, value: canary };
    assert.equal((await post('/v1/log/searches', { subject: without }, auditor)).status, 400);
    const reported = await post(
      '/v1/log/searches',
      { subject: { ...subject, case: '证件11010519491231002X' } },
      auditor,
    );
    assert.equal(reported.body['code'], 'search_identity_number');
    const reply = await post('/v1/log/searches', { subject }, auditor);
    assert.deepEqual(reply.body['entries'], []);
    const leaf = await leafOf(reply.headers['datong-exchange-id']);
    assert.deepEqual(leaf['change'], { by: 'subject', entries: 0, ...requested });
    const rows = await leafTexts(hub.database);
    assert.ok(!JSON.stringify(rows).includes(canary));
    assert.ok(!JSON.stringify(rows).includes('11010519491231002X'));
    const unknown = await post('/v1/log/searches', { subject: { ...subject, dataset: 'a-b.c-d' } }, auditor);
    assert.equal(unknown.body['code'], 'unknown_reference');
    assert.ok(!JSON.stringify(unknown.body).includes(canary));
  });
});

test('tokens and enrolment codes are shown once and stored nowhere, not even for a repetition', async () => {
  const key = { 'datong-idempotency-key': 'secret-1234' };
  const secrets: string[] = [];
  for (const [path, body, member] of [
    ['/v1/tokens', { days: 1 }, 'token'],
    ['/v1/departments/pub-security/enrolment-codes', {}, 'code'],
  ] as const) {
    const first = await post(path, body, operator, key);
    // the repetition does nothing, and says that the first call did it
    const again = await post(path, body, operator, key);
    assert.deepEqual([first.status, again.status, again.body['code']], [201, 409, 'secret_shown_once']);
    assert.match(JSON.stringify(again.body), new RegExp(first.headers['datong-exchange-id'] ?? '-'));
    const conflict = await post(path, member === 'token' ? { days: 2 } : { hours: 2 }, operator, key);
    assert.equal(conflict.body['code'], 'idempotency_conflict');
    const anew = await post(path, body, operator, { 'datong-idempotency-key': 'secret-5678' });
    assert.notEqual(first.body[member], anew.body[member]);
    secrets.push(String(first.body[member]), String(anew.body[member]));
  }
  const tables = ['audit_entry', 'credential', 'enrolment_code', 'idempotency_outcome'];
  for (const table of tables) {
    const { rows } = await hub.database.app.query<{ text: string }>(
      `SELECT to_jsonb(t)::text AS text FROM ${table} t`,
    );
    const text = JSON.stringify([rows, await leafTexts(hub.database)]);
    for (const secret of secrets) assert.ok(!text.includes(secret.slice(-20)), table);
  }
  const { rows: made } = await hub.database.app.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM idempotency_outcome WHERE key LIKE 'secret-%' AND length(body) = 0",
  );
  assert.equal(made[0]?.n, 4);
  const revoked = secrets[0] ?? '';
  const id = revoked.split('_')[1] ?? '';
  assert.equal((await post(`/v1/tokens/${id}/revocation`, { reason: 'superseded' })).status, 200);
  assert.equal((await post('/v1/purposes', titled('never'), revoked)).body['code'], 'token_revoked');
});

test('an address that does not exist is unknown whatever body comes with it', async () => {
  const reply = await post('/v1/nothing', { some: 'body' });
  assert.deepEqual([reply.status, reply.body['code']], [404, 'not_found']);
});

test('no failure of the hub itself came to light', () => {
  assert.deepEqual(hub.failures, []);
});
