/** A person's own page: cases about them, with the fields that the provider chose, and no others; and all their objections. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import request from 'supertest';
import type { components } from '../../api/openapi.ts';
import { datasetTable } from '../../hub/domain/rowTable/layout.ts';
import { appointService } from '../appointService.ts';
import { lastLeaf } from './leaves.ts';
import { row, rules, streetCases } from './streetCases.ts';
import { cityHub } from '../cityHub.ts';

type OwnCase = components['schemas']['OwnCase'];

const { database, hub, city } = await cityHub({ jobsByTime: false, citizen: true }, { connections: 20 });
const { dataset, push, change } = await streetCases(hub, city);
const origin = hub.hub.origins.citizen ?? '';
const { client: police } = city.publicSecurity;
let id = '';

const caseOf = (name: string, reporter: string) =>
  row(name, 'education', { reporter, phone: `1380000${name.padStart(4, '0')}` });

/** The session of a person whom a department's service has identified. @returns its cookie */
async function visit(person: string): Promise<string> {
  const { json } = await police.openOwnPage({ person, presentedBy: 'self', assurance: 'high' });
  const begun = await request(origin)
    .post('/v1/own/session')
    .ca(hub.ca)
    .set('origin', origin)
    .send({ code: new URL(json.url).hash.slice(1) });
  assert.equal(begun.status, 201, begun.text);
  const [cookie = ''] = (begun.headers['set-cookie'] as unknown as readonly string[] | undefined) ?? [];
  return cookie.split(';')[0] ?? '';
}
async function casesFor(cookie: string, cursor?: string) {
  const got = await request(origin)
    .get(cursor === undefined ? '/v1/own/cases' : `/v1/own/cases?cursor=${cursor}`)
    .ca(hub.ca)
    .set('origin', origin)
    .set('cookie', cookie);
  const { cases, code, nextCursor } = got.body as {
    readonly cases?: readonly OwnCase[];
    readonly code?: string;
    readonly nextCursor?: string;
  };
  return { status: got.status, code, cases: cases ?? [], nextCursor, text: got.text };
}

before(async () => {
  await appointService(hub, city, 'pub-security');
  id = await dataset({ ...rules, subjectFields: ['case', 'place'] });
  await push(id, [caseOf('1', 'resident-1'), caseOf('2', 'resident-2'), caseOf('3', 'resident-1')]);
});

test('a person sees their cases with the fields of the rules and the state, the newest state at once; the entry has no value', async () => {
  const cookie = await visit('resident-1');
  const first = await casesFor(cookie);
  assert.equal(first.status, 200, first.text);
  assert.deepEqual(
    first.cases
      .map(({ state, closed, fields }) => [state, closed, fields.map(({ value }) => value)])
      .toSorted(),
    [
      ['open', false, ['1', '荷塘街 1 号']],
      ['open', false, ['3', '荷塘街 1 号']],
    ],
  );
  assert.deepEqual(first.cases[0]?.stateTitle, { zh: '待受理', en: 'waiting' });
  assert.ok(!/1380000|resident-2|education/.test(first.text), first.text);
  const leaf = await lastLeaf(database);
  assert.deepEqual([leaf.operation, leaf.kind, leaf.change?.['cases']], ['listOwnCases', 'inspect', 2]);
  assert.equal(leaf.subjects?.count, 1);
  assert.ok(!/resident|荷塘街/.test(JSON.stringify(leaf)));
  const roads = city.education.client;
  await change(roads, id, '1', { version: 1, set: { status: 'accepted', note: 'crew 3' } });
  const next = await casesFor(cookie);
  const changed = next.cases.find(({ fields }) => fields[0]?.value === '1');
  assert.deepEqual([changed?.state, changed?.stateTitle], ['accepted', undefined]);
  assert.ok(changed);
  assert.ok(Date.parse(changed.since) >= Date.parse(changed.opened));
  assert.ok(!next.text.includes('crew 3'));
});

test('another person sees theirs, who has none sees none, and without a session there is no answer', async () => {
  const other = await casesFor(await visit('resident-2'));
  assert.deepEqual(
    other.cases.map(({ fields }) => fields[0]?.value),
    ['2'],
  );
  const none = await casesFor(await visit('resident-3'));
  assert.deepEqual([none.status, none.cases], [200, []]);
  assert.equal((await casesFor('')).status, 401);
});

test('a dataset without the rule shows nothing', async () => {
  const silent = await dataset();
  await push(silent, [caseOf('9', 'resident-9')]);
  const { status, cases } = await casesFor(await visit('resident-9'));
  assert.deepEqual([status, cases], [200, []]);
});

test('an altered state is refused, and not shown', async () => {
  const live = hub.hub.services.registry.current.datasets.get(id);
  assert.ok(live);
  const table = datasetTable(id, live.schema);
  const set = (state: string) =>
    database.owner.query(`UPDATE ${table} SET f_status = $1 WHERE f_case = '2'`, [state]);
  await set('checked');
  try {
    const refused = await casesFor(await visit('resident-2'));
    assert.deepEqual([refused.status, refused.cases], [503, []], refused.text);
    assert.equal(refused.code, 'rows_unauthenticated');
  } finally {
    await set('open');
  }
});

test('a person with more cases than a page holds reads all of them, page by page, across datasets', async () => {
  const names = Array.from({ length: 60 }, (_, nth) => String(1_000 + nth));
  const [first, second] = [
    await dataset({ ...rules, subjectFields: ['case'] }),
    await dataset({ ...rules, subjectFields: ['case'] }),
  ];
  await push(
    first,
    names.slice(0, 50).map((name) => caseOf(name, 'resident-60')),
  );
  await push(
    second,
    names.slice(50).map((name) => caseOf(name, 'resident-60')),
  );
  const cookie = await visit('resident-60');
  const seen: string[] = [];
  const sizes: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await casesFor(cookie, cursor);
    assert.equal(page.status, 200, page.text);
    seen.push(...page.cases.map(({ fields }) => fields[0]?.value ?? ''));
    sizes.push(page.cases.length);
    const { nextCursor } = page;
    if (cursor === undefined) {
      const foreign = await casesFor(await visit('resident-1'), nextCursor);
      assert.deepEqual([foreign.status, foreign.code], [400, 'cursor_invalid'], 'of another session');
    }
    cursor = nextCursor;
  } while (cursor !== undefined);
  assert.deepEqual(seen.toSorted(), names, 'each once');
  assert.deepEqual(sizes, [50, 10]);
});

test('more cases than a page holds in one dataset', async () => {
  const one = await dataset({ ...rules, subjectFields: ['case'] });
  const names = Array.from({ length: 51 }, (_, nth) => String(2_000 + nth));
  await push(
    one,
    names.map((name) => caseOf(name, 'resident-51')),
  );
  const cookie = await visit('resident-51');
  const page = await casesFor(cookie);
  const rest = await casesFor(cookie, page.nextCursor);
  assert.deepEqual([page.cases.length, rest.cases.length, rest.nextCursor], [50, 1, undefined]);
});

test('objections continue by a cursor, the newest first, also more than a hundred; those of others never', async () => {
  const [cookie, other] = [await visit('resident-1'), await visit('resident-2')];
  const own = (of: string) => ({
    list: (query = '') =>
      request(origin).get(`/v1/own/tickets${query}`).ca(hub.ca).set('origin', origin).set('cookie', of),
    open: () =>
      request(origin)
        .post('/v1/own/tickets')
        .ca(hub.ca)
        .set('origin', origin)
        .set('cookie', of)
        .send({ dataset: 'pub-security.household', claim: 'it is missing' }),
  });
  const { body: opened } = (await own(cookie).open().expect(201)) as {
    readonly body: { readonly id: string };
  };
  await own(other).open().expect(201);
  await database.app.query(
    `INSERT INTO ticket SELECT t.* FROM ticket AS s, generate_series(1, 120) AS n,
       LATERAL jsonb_populate_record(s, jsonb_build_object('id', 'tkt-8' || lpad(n::text, 8, '0'), 'state', 'explained', 'answered_at', now(), 'reason', 'it was so')) AS t WHERE s.id = $1`,
    [opened.id],
  );
  interface Listed {
    readonly tickets: readonly { readonly id: string }[];
    readonly nextCursor?: string;
  }
  const seen: string[] = [];
  let query = '?limit=50';
  for (let next: string | undefined = ''; next !== undefined;) {
    const { body } = (await own(cookie).list(query).expect(200)) as { readonly body: Listed };
    seen.push(...body.tickets.map(({ id: one }) => one));
    next = body.nextCursor;
    query = `?limit=50&cursor=${next ?? ''}`;
  }
  assert.equal(seen.length, 121);
  assert.deepEqual(seen, [...new Set(seen)].sort().reverse());
  assert.equal(seen.at(-1), opened.id);
  const { body: ofOther } = (await own(other).list().expect(200)) as { readonly body: Listed };
  assert.equal(ofOther.tickets.length, 1);
  const { body: refused } = (await own(cookie).list('?cursor=YQ').expect(400)) as {
    readonly body: { readonly code: string };
  };
  assert.equal(refused.code, 'cursor_invalid');
});
