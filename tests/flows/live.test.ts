/** Live data over real TLS, WebSockets and PostgreSQL: the release flow where the rows remain with their provider, good and bad. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { signFrame } from '../../certs/liveFrames.ts';
import { decodeJwt } from 'jose';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { DatongClient } from '../../clients/sdk/datongClient.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { LiveFailure, type LiveAsk, type LiveConnection } from '../../clients/sdk/liveConnection.ts';
import type { Answer, CallContext, QueryAnswer } from '../../clients/sdk/types.ts';
import { signingKey } from '../../certs/signatures/index.ts';
import { newKeyPair } from '../../machine/newKeyPair.ts';
import type { Leaf } from '../../log/leaf.ts';
import { testHub } from '../hub.ts';
import { applyGrant } from '../policyWith.ts';
import { lastLeaf } from './leaves.ts';
import {
  connectionsClosed,
  householdRow,
  liveDataset,
  openings,
  rogue,
  rowsOf,
  serve,
  type Row,
} from './liveProvider.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({
  live: { atOnce: 2, maxWaiting: 1, maxAnswerLength: 200_000, breaker: { failures: 1_000 } },
});
/** Another process of it, which waits for no one. */
const hasty = await testHub({
  database,
  keysDir: hub.hub.config.keysDir,
  live: { patience: 300, breaker: { failures: 3, pause: 40 } },
});
after(() => hasty.stop());
await city.apply('household-live/dataset.yaml');
await city.apply('household-live/agreement.yaml', [city.education, city.publicSecurity]);
const stranger = await hub.enrol('transport');
const file = householdFile(300, 7);
const rows = file.good.map(householdRow);
const agreed = rows.filter((row) => row['region_code'] === '990101');
const [child] = agreed;
const outside = rows.find((row) => row['region_code'] === '990103');
assert.ok(child && outside);
const unknownPerson = '990101201501010015';
const { client } = city.education;
const provider = city.publicSecurity;
const context: CallContext = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment-live',
  onBehalfOf: 'official-17',
  matter: 'YX-2026-000123',
};
const about = (id: unknown) => ({ filter: [{ field: 'person_id', op: 'eq' as const, value: String(id) }] });
const ask = (id: unknown = child['person_id']): Promise<Answer<QueryAnswer>> =>
  client.query(liveDataset, about(id), context);
const outcome = (work: Promise<Answer<QueryAnswer>>): Promise<number | string> =>
  work.then(
    ({ json }) => json.records.length,
    (error: unknown) => {
      assert.ok(error instanceof DatongProblem, String(error));
      return error.code;
    },
  );

/** Raw headers, name and value by turns. */
const pairs = (raw: readonly string[]): [string, string][] =>
  raw.flatMap((name, i) => (i % 2 === 0 ? [[name.toLowerCase(), raw[i + 1] ?? '']] : []));
const open: LiveConnection[] = [];
const served = async (connection: Promise<LiveConnection>): Promise<LiveConnection> => {
  const one = await connection;
  open.push(one);
  return one;
};
/** Ends every connection of the test before, and waits for the entries that say so. */
async function allGone(): Promise<void> {
  for (const one of open.splice(0)) {
    one.close();
    await one.closed;
  }
  await connectionsClosed(database);
}

describe('an honest provider', () => {
  const requested: LiveAsk[] = [];
  before(async () => {
    await served(serve(hub.hub, provider, (one) => (requested.push(one), rowsOf(rows, one))));
  });
  after(allGone);

  test('a row comes masked, with receipt; the provider is asked for no field beyond', async () => {
    const { json, check, exchange } = await ask();
    assert.match(String(json.records[0]?.['person_id']), /^990101\*+$/);
    assert.equal(check?.ok, true);
    const last = requested.at(-1);
    assert.deepEqual(
      [...(last?.fields ?? [])].sort(),
      ['birth_date', 'guardian_id', 'name', 'person_id', 'region_code'].sort(),
    );
    assert.equal(last?.exchange, exchange);
    assert.deepEqual(last.filter.map(({ field }) => field).sort(), ['person_id', 'region_code']);
    const leaf = await lastLeaf(database);
    assert.deepEqual(leaf.rows, { delivered: 1, withheld: 0 });
    assert.equal(typeof leaf.private, 'string', 'commits to what the provider signed');
    const { given } = (await openings(database, exchange)) as {
      given: { statement: string; dropped: Row }[];
    };
    const statement = decodeJwt(given[0]?.statement ?? '') as unknown as Row;
    assert.deepEqual([statement['exchange'], statement['rows'], given[0]?.dropped], [exchange, 1, {}]);
    // auditors of the data office get it with the entry, and those of a department do not
    const search = async (token: string): Promise<Row | undefined> => {
      const { json } = await hub.staff(token, 'POST', '/v1/log/searches', { exchange });
      return (json['entries'] as Row[])[0]?.['private'] as Row | undefined;
    };
    const opened = await search(await hub.token('office-auditor', ['auditor']));
    assert.deepEqual([opened?.['value'], opened?.['opens']], [{ given }, true]);
    assert.equal(await search(await hub.token('own-auditor', ['auditor'], 'education')), undefined);
    assert.doesNotMatch(JSON.stringify(leaf), /datong-live|eyJ/, 'the statement itself stands apart');
  });

  test('the subject of a live answer by law reads of it, with its clause and the duty to notify them', async () => {
    const { exchange } = await ask();
    const appointed = { department: 'pub-security', appointed: true };
    const { json: proposed } = await hub.staff(city.operator, 'POST', '/v1/person-services', appointed);
    const proposal = `/v1/proposals/${String(proposed['proposal'])}`;
    const { digest } = (await hub.staff(city.security, 'GET', proposal)).json;
    const accepted = await hub.staff(city.security, 'POST', `${proposal}/acceptance`, { digest });
    assert.equal(accepted.status, 201, JSON.stringify(accepted.json));
    const { view } = (
      await provider.client.viewSubject({
        person: String(child['person_id']),
        presentedBy: 'self',
        assurance: 'high',
      })
    ).json;
    const look = view.looks.find((one) => one.exchange === exchange);
    assert.deepEqual(
      [look?.operation, look?.outcome, look?.dataset?.code, look?.basis?.type],
      ['queryDataset', 'answered', liveDataset, 'statutory'],
    );
    assert.ok(look?.basis?.clause !== undefined && look.fields?.some(({ code }) => code === 'birth_date'));
    assert.deepEqual(look.notice, { law: '中华人民共和国个人信息保护法', clause: '第三十五条' });
    assert.equal(look.matter, 'YX-2026-000123');
  });

  test('an absent person, and one beyond the agreement, look the same', async () => {
    const shape = async (id: unknown): Promise<unknown> => {
      const { json, body, headers } = await ask(id);
      const leaf = await lastLeaf(database);
      return [
        json.records,
        body.length,
        [...headers.keys()].sort(),
        Object.keys(leaf).sort(),
        JSON.stringify(leaf).length,
      ];
    };
    assert.deepEqual(await shape(unknownPerson), await shape(outside['person_id']));
  });

  test('facts and many at once go the same way', async () => {
    const fact = await client.checkFact(
      liveDataset,
      'registered-as',
      { subject: String(child['person_id']), value: String(child['name']) },
      context,
    );
    assert.equal(fact.json.answer, 'yes');
    const unknown = await client.checkFact(liveDataset, 'school-age', { subject: unknownPerson }, context);
    assert.equal(unknown.json.answer, 'unknown');
    const values = [String(child['person_id']), unknownPerson, String(outside['person_id'])];
    const many = await client.batchQuery(liveDataset, { by: 'person_id', values }, context);
    assert.deepEqual(
      many.json.outcomes.map((one) => ('records' in one ? one.records.length : one.code)),
      [1, 'not_found', 'not_found'],
    );
  });

  test('what needs rows in the hub is refused by its sentence', async () => {
    const post = (path: string, body: object) =>
      client
        .call({
          method: 'POST',
          path,
          receipt: 'optional',
          headers: { 'content-type': 'application/json' },
          body: Buffer.from(JSON.stringify(body)),
        })
        .catch((error: unknown) => (error as DatongProblem).code);
    const own = await provider.client
      .call({
        method: 'POST',
        path: `/v1/datasets/${liveDataset}/batches`,
        receipt: 'optional',
        headers: { 'content-type': 'application/json' },
        body: Buffer.from('{}'),
      })
      .catch((error: unknown) => (error as DatongProblem).code);
    assert.equal(own, 'dataset_live');
    assert.equal(await post(`/v1/datasets/${liveDataset}/batches`, {}), 'not_the_provider');
    await assert.rejects(
      client.query(liveDataset, { ...about(child['person_id']), sort: ['region_code'] }, context),
      (error) => error instanceof DatongProblem && error.code === 'live_order',
    );
    await assert.rejects(
      client.stream(liveDataset, about(child['person_id']), context),
      (error) => error instanceof DatongProblem && error.code === 'delivery_not_agreed',
    );
  });
});

describe('a provider that does not behave', () => {
  before(allGone);
  after(allGone);

  test('without a connector the consumer is notified at once, with an entry', async () => {
    await assert.rejects(ask(), (error) => {
      assert.ok(error instanceof DatongProblem && error.code === 'provider_unavailable', String(error));
      const notified = new Map(pairs(error.kept?.reply.rawHeaders ?? []));
      assert.match(notified.get('retry-after') ?? '', /^\d+$/);
      return true;
    });
    const leaf = await lastLeaf(database);
    assert.deepEqual([leaf.decision, leaf.code, leaf.dataset], ['deny', 'provider_unavailable', liveDataset]);
    assert.equal(
      hub.logged.some((line) => line.includes('"failed"')),
      false,
      'it is no failure of the hub',
    );
  });

  test('rows that do not fit, are outside, repeat or are about another are left out, and the provider is notified', async () => {
    const reports: Row[] = [];
    const other = agreed.find((row) => row['person_id'] !== child['person_id']);
    const { birth_date: _absent, ...lacking } = child;
    const given = [
      { ...child, name: '' },
      lacking,
      { ...child, region_code: '990103' },
      { ...other },
      child,
      child,
    ];
    await served(
      serve(hub.hub, provider, () => ({ rows: given, after: given.map((_, i) => String(i)), more: false }), {
        reported: (_exchange, report) => reports.push(report),
      }),
    );
    const { json, exchange } = await ask();
    assert.equal(json.records.length, 1);
    assert.deepEqual(json.rows, { delivered: 1, withheld: 0 }, 'the consumer is told nothing of it');
    const dropped = { invalid: 2, 'outside-filter': 1, 'other-subject': 1, repeated: 1 };
    while (reports.length === 0) await ask(unknownPerson);
    assert.deepEqual(reports[0]?.['dropped'], dropped);
    assert.match(JSON.stringify(reports), /"row":1,"field":"name","rule":"minLength"/);
    assert.doesNotMatch(JSON.stringify(reports), new RegExp(String(child['person_id'])));
    const { given: notified } = (await openings(database, exchange)) as { given: { dropped: Row }[] };
    assert.deepEqual(notified[0]?.dropped, dropped);
    await allGone();
  });

  test('answers that cannot be relied on give nothing: unsigned, of another key, exchange, question, size or shape', async () => {
    const strange = signingKey(newKeyPair().privateKey);
    const good = { rows: [child], after: ['1'], more: false };
    const cases: readonly (readonly [string, (one: { exchange: string; digest: string }) => string])[] = [
      [
        'unsigned',
        ({ digest }) =>
          `e30.${Buffer.from(JSON.stringify({ question: digest })).toString('base64url')}.\n${JSON.stringify(good)}`,
      ],
      [
        'another key',
        ({ exchange, digest }) =>
          signFrame(
            'answer',
            { exchange, question: digest, state: 'rows', rows: 1 },
            JSON.stringify(good),
            strange,
          ),
      ],
      [
        'the key of another department',
        ({ exchange, digest }) =>
          signFrame(
            'answer',
            { exchange, question: digest, state: 'rows', rows: 1 },
            JSON.stringify(good),
            stranger.signing,
          ),
      ],
      [
        'another exchange',
        ({ digest }) =>
          signFrame(
            'answer',
            { exchange: '01890000-0000-7000-8000-000000000000', question: digest, state: 'rows', rows: 1 },
            JSON.stringify(good),
            provider.signing,
          ),
      ],
      [
        'changed after it was signed',
        ({ exchange, digest }) =>
          signFrame(
            'answer',
            { exchange, question: digest, state: 'rows', rows: 1 },
            JSON.stringify(good),
            provider.signing,
          ).replace('"more":false', '"more":true '),
      ],
      [
        'too large',
        ({ exchange, digest }) =>
          signFrame(
            'answer',
            { exchange, question: digest, state: 'rows', rows: 1 },
            JSON.stringify({ ...good, pad: 'x'.repeat(300_000) }),
            provider.signing,
          ),
      ],
      [
        'another count',
        ({ exchange, digest }) =>
          signFrame(
            'answer',
            { exchange, question: digest, state: 'rows', rows: 2 },
            JSON.stringify(good),
            provider.signing,
          ),
      ],
      [
        'no JSON',
        ({ exchange, digest }) =>
          signFrame('answer', { exchange, question: digest, state: 'rows', rows: 1 }, '{', provider.signing),
      ],
      [
        'rows without marks',
        ({ exchange, digest }) =>
          signFrame(
            'answer',
            { exchange, question: digest, state: 'rows', rows: 1 },
            JSON.stringify({ ...good, after: [] }),
            provider.signing,
          ),
      ],
      [
        'more rows than asked for',
        ({ exchange, digest }) =>
          signFrame(
            'answer',
            { exchange, question: digest, state: 'rows', rows: 1_001 },
            JSON.stringify({ rows: Array(1_001).fill(child), after: Array(1_001).fill('1'), more: false }),
            provider.signing,
          ),
      ],
    ];
    for (const [name, answer] of cases) {
      const { connection } = await rogue(hub.hub, provider, ({ statement, digest }) =>
        answer({ exchange: statement.exchange, digest }),
      );
      open.push(connection);
      assert.equal(await outcome(ask()), 'provider_answer_invalid', name);
      const leaf = await lastLeaf(database);
      assert.deepEqual([leaf.code, leaf.rows], ['provider_answer_invalid', undefined], name);
      await allGone();
    }
  });

  test('a frame that answers no question, doubled or late, changes nothing', async () => {
    let first: string | undefined;
    const { wire, connection } = await rogue(hub.hub, provider, ({ statement: { exchange }, digest }) => {
      const body = JSON.stringify({ rows: [child], after: ['1'], more: false });
      const answer = signFrame(
        'answer',
        { exchange, question: digest, state: 'rows', rows: 1 },
        body,
        provider.signing,
      );
      first ??= answer;
      return answer;
    });
    open.push(connection);
    for (const text of ['', 'x', '{}', 'a.b.c\n{}']) wire.send(text);
    assert.equal(await outcome(ask()), 1);
    wire.send(first ?? '');
    assert.equal(await outcome(ask()), 1, 'an old answer is none to a new question');
    await allGone();
  });

  test('a failure at the provider is unavailable, with any text of it; a lost place is reported', async () => {
    await served(
      serve(hub.hub, provider, () => {
        throw new Error(`no table for ${String(child['person_id'])}`);
      }),
    );
    await assert.rejects(ask(), (error) => {
      assert.ok(error instanceof DatongProblem);
      assert.equal(error.code, 'provider_unavailable');
      assert.doesNotMatch(JSON.stringify(error), /no table/);
      return true;
    });
    await allGone();
    await served(serve(hub.hub, provider, () => Promise.reject(new LiveFailure('cursor_expired'))));
    assert.equal(await outcome(ask()), 'cursor_expired');
  });
});

describe('connections', () => {
  before(allGone);
  after(allGone);

  test('are opened by the provider alone, for its own live datasets', async () => {
    const code = (machine: typeof stranger, datasets: readonly string[]): Promise<string> =>
      serve(hub.hub, machine, () => rowsOf([], {} as LiveAsk), {}, datasets).then(
        () => 'connected',
        (error: unknown) => (error instanceof DatongProblem ? error.code : String(error)),
      );
    assert.equal(await code(stranger, [liveDataset]), 'not_the_provider');
    assert.equal(await code(provider, ['pub-security.household']), 'dataset_hosted');
    assert.equal(await code(provider, ['pub-security.nothing']), 'dataset_unknown');
    assert.equal(await code(provider, ['Nonsense']), 'invalid_request');
    const plain = await provider.client
      .call({ method: 'GET', path: `/v1/connector?datasets=${liveDataset}`, receipt: 'optional' })
      .catch((error: unknown) => (error as DatongProblem).code);
    assert.equal(plain, 'upgrade_refused');
  });

  test('have an entry when they open and one when they end', async () => {
    const connection = await serve(hub.hub, provider, (one) => rowsOf(rows, one));
    const opened = await lastLeaf(database);
    assert.deepEqual(opened.connector, { datasets: [liveDataset], id: connection.exchange, state: 'open' });
    assert.deepEqual(
      [opened.kind, opened.operation, opened.actor.department],
      ['management', 'openConnector', 'pub-security'],
    );
    connection.close();
    await connection.closed;
    await allGone();
    const { connector } = await lastLeaf(database);
    assert.deepEqual(
      [connector?.id, connector?.state, connector?.why],
      [connection.exchange, 'closed', 'provider_left'],
    );
  });

  test('two of one department share the work; one that breaks in the middle passes its question to the other', async () => {
    const cut = await rogue(hub.hub, provider, (_one, wire) => {
      wire.close();
      return undefined;
    });
    open.push(cut.connection);
    let answered = 0;
    await served(serve(hub.hub, provider, (one) => ((answered += 1), rowsOf(rows, one))));
    assert.equal(await outcome(ask()), 1);
    assert.deepEqual([cut.asked.length, answered], [1, 1]);
    await allGone();
    const alone = await rogue(hub.hub, provider, (_one, wire) => {
      wire.close();
      return undefined;
    });
    open.push(alone.connection);
    assert.equal(await outcome(ask()), 'provider_unavailable');
  });

  test('so many of one department and no more', async () => {
    await allGone();
    for (let i = 0; i < 4; i += 1) await served(serve(hub.hub, provider, (one) => rowsOf(rows, one)));
    await assert.rejects(
      serve(hub.hub, provider, (one) => rowsOf(rows, one)),
      (error) => error instanceof DatongProblem && error.code === 'connectors_too_many',
    );
    await allGone();
  });

  test('questions of one provider wait for their turn, so many and no longer than they have time', async () => {
    const waiting: (() => void)[] = [];
    await served(
      serve(
        hub.hub,
        provider,
        (one) => new Promise((resolve) => waiting.push(() => resolve(rowsOf(rows, one)))),
      ),
    );
    const asking = [1, 2, 3, 4].map(() => outcome(ask()));
    while (waiting.length < 2) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(await Promise.race(asking), 'provider_unavailable', 'the fourth finds no place');
    for (const go of waiting.splice(0)) go();
    while (waiting.length < 1) await new Promise((resolve) => setImmediate(resolve));
    waiting.shift()?.();
    assert.deepEqual((await Promise.all(asking)).sort(), [1, 1, 1, 'provider_unavailable']);
    await allGone();
  });

  test('end with the certificate that opened them', async () => {
    const second = await hub.enrol('pub-security');
    const connection = await serve(hub.hub, second, (one) => rowsOf(rows, one));
    const revoked = await hub.staff(city.operator, 'POST', `/v1/certificates/${second.serial}/revocation`, {
      reason: 'key-compromise',
    });
    assert.equal(revoked.status, 200, JSON.stringify(revoked.json));
    assert.equal(await outcome(ask()), 'provider_unavailable', 'it is not asked any more');
    await connection.closed;
  });
});

describe('another process of the hub', () => {
  const atHasty = new DatongClient({
    department: 'education',
    hub: { exchange: hasty.hub.origins.exchange, open: hasty.hub.origins.open },
    ca: hasty.ca,
    tls: city.education.tls,
    signingKey: city.education.signing,
  });
  const providerAtHasty = {
    ...provider,
    client: new DatongClient({
      department: provider.department,
      hub: { exchange: hasty.hub.origins.exchange, open: hasty.hub.origins.open },
      ca: hasty.ca,
      tls: provider.tls,
      signingKey: provider.signing,
    }),
  };
  after(() => {
    atHasty.close();
    providerAtHasty.client.close();
  });
  after(allGone);
  const askThere = (): Promise<number | string> =>
    outcome(atHasty.query(liveDataset, about(child['person_id']), context));

  test('has connectors of its own: one without a connection is unavailable there', async () => {
    await served(serve(hub.hub, provider, (one) => rowsOf(rows, one)));
    assert.equal(await outcome(ask()), 1);
    assert.equal(await askThere(), 'provider_unavailable');
    await served(serve(hasty.hub, providerAtHasty, (one) => rowsOf(rows, one)));
    while ((await askThere()) !== 1);
    await allGone();
  });

  test('one that is silent costs its time; then it is left alone, tried again, and believed', async () => {
    let silent = true;
    const requested: string[] = [];
    await served(
      serve(hasty.hub, providerAtHasty, (one) => {
        requested.push(one.exchange);
        return silent ? new Promise(() => undefined) : rowsOf(rows, one);
      }),
    );
    for (let i = 0; i < 3; i += 1) assert.equal(await askThere(), 'provider_unavailable');
    const before = new Set(requested).size;
    while (requested.length <= before) assert.equal(await askThere(), 'provider_unavailable');
    silent = false;
    while ((await askThere()) !== 1);
  });
});

describe('a page after the other', () => {
  before(async () => {
    await allGone();
    await applyGrant(hub, city, 'household-live/agreement.yaml', 2, (grant) => ({
      ...grant,
      requires: ['on-behalf-of', 'matter'],
    }));
  });
  after(allGone);

  test('the cursor carries the place of the provider, and opens for no one else', async () => {
    await served(serve(hub.hub, provider, (one) => rowsOf(rows, one)));
    const query = { filter: [{ field: 'region_code', op: 'eq' as const, value: '990101' }], limit: 10 };
    const seen: unknown[] = [];
    for await (const { json } of client.queryPages(liveDataset, query, context))
      seen.push(...json.records.map((record) => record['birth_date']));
    assert.deepEqual(
      seen,
      agreed.map((row) => row['birth_date']),
    );
    const { json } = await client.query(liveDataset, query, context);
    assert.equal(
      await outcome(client.query(liveDataset, { limit: 10, cursor: json.nextCursor ?? '' }, context)),
      'cursor_invalid',
    );
  });

  test('a lost basis is decided again over the answer that is there: no provider is asked twice', async () => {
    await allGone();
    const questions: string[] = [];
    let moved: Promise<unknown> | undefined;
    await served(
      serve(hub.hub, provider, async (one) => {
        questions.push(one.exchange);
        moved ??= hub.staff(city.operator, 'POST', '/v1/departments', {
          code: 'archives',
          name: { zh: '档案局', en: 'Archives' },
          kind: 'government',
          region: '990100',
        });
        await moved;
        return rowsOf(rows, one);
      }),
    );
    assert.equal(await outcome(ask()), 1);
    const leaf: Leaf = await lastLeaf(database);
    assert.deepEqual([questions.length, leaf.decision], [1, 'allow']);
  });
});
