/** Lists are composed of what is asked for: each filter, and the place to go on from, is a condition of its own that PostgreSQL takes. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { testDatabase } from '../../../tests/database.ts';
import { narrowed, composer } from './values.ts';
import { migrate } from './migrate.ts';
import { pageHolds, type HoldFilter } from '../../log/store/legalHolds.ts';
import { parse } from 'yaml';
import { contractFile } from '../http/contract/contract.ts';
import { pageMatters } from '../../registry/store/matters.ts';
import { pageTickets } from '../../features/tickets/store/tickets.ts';
import { pageStandIns } from '../../identity/store/standIns.ts';
import { pageOpenSessions } from '../../identity/store/sessions.ts';
import { pageTemplates } from '../../features/requests/store/templates.ts';
import { pageSources } from '../../registry/store/elementSources.ts';
import { pageTopics } from '../../features/events/store/topics.ts';
import { pagePlans } from '../../features/events/store/plans.ts';
import { pageSubscriptions } from '../../features/events/store/subscriptions.ts';
import { pageDeadLetters } from '../../features/events/store/deadLetters.ts';
import { pageOpenEvents } from '../../features/events/store/openEvents.ts';
import { pageViews } from '../../log/store/viewCounts.ts';
import type { OrderedPage, PageRows } from './pages.ts';
import { pageDisputes } from '../../features/disputes/store/disputes.ts';
import { pageDemands } from '../../features/demands/store/demands.ts';
import { pageDuties, type DutyRow } from '../../features/duties/store/duties.ts';
import { pageCertificates } from '../../identity/store/certificates.ts';
import { pageDepartments } from '../../identity/store/departments.ts';
import { pageBatches } from '../../flows/intake/store/batches.ts';
import { pagePolicyDocuments } from '../../registry/store/policy/pagePolicyDocuments.ts';
import { gramsOf, searchText, soughtIn } from '../../domain/catalogue.ts';
import { pagePulls } from '../../features/pulls/store/pagePulls.ts';
import { insertEntries, pageCatalogue, placeOfEntry } from '../../registry/store/catalogue.ts';
import { pageCodeLists } from '../../registry/store/codeLists.ts';
import { pageDatasets } from '../../registry/store/datasetLists.ts';
import { pagePurposes } from '../../registry/store/purposes.ts';
import { pageSchemas } from '../../registry/store/schemas.ts';
import { pageRequests } from '../../features/requests/store/requests.ts';
import { listRisks } from '../../features/risks/store/risks.ts';
import { pageViewDelays } from '../../features/subjects/store/viewDelays.ts';

interface Parameter {
  readonly name?: string;
  readonly schema?: { readonly enum?: readonly string[] };
}

const database = await testDatabase();
await migrate(database);
after(() => database.cleanup());
const reader = database.app;
const page = { after: undefined, maxRows: 5 };
const departments = ['education', 'health'];
const uuid = '01890000-0000-7000-8000-000000000000';

test('an absent filter adds no condition', () => {
  const query = narrowed(composer('dataset').select('id'), { state: undefined, department: "o'b" });
  assert.deepEqual(query.toSQL().toNative().sql, 'select "id" from "dataset" where "department" = $1');
});

test('every list of what is registered takes every filter at once', async () => {
  const lists: (() => Promise<readonly unknown[] | PageRows<unknown>>)[] = [
    () =>
      pageDatasets(reader, {
        after: 'a',
        maxRows: 5,
        ids: ['a', 'b'],
        department: 'c',
        schema: 'd',
        sharing: 'none',
        state: 'published',
      }),
    () => pageDepartments(reader, { after: 'a', maxRows: 5, kind: 'government', parent: 'b' }),
    () => pagePurposes(reader, { after: 'a', maxRows: 5, parent: 'b' }),
    () =>
      pageSchemas(reader, {
        after: 'urn:datong:a:1.0',
        maxRows: 5,
        name: 'a',
        state: 'published',
        text: 'c',
        furtherUrns: ['urn:datong:b:1.0'],
        unpublishedOf: departments,
      }),
    () =>
      pageCatalogue(
        reader,
        {
          sought: soughtIn('户籍 a'),
          department: 'a',
          category: '1',
          sharing: 'none',
          frequency: 'daily',
          dataClass: 'general',
          tag: 'a',
          since: '2026-01-01',
          linking: 'awaited',
        },
        { after: '2~a.b', maxRows: 5, isCounted: true },
      ),
    () => pageCodeLists(reader, { after: 'a@1', maxRows: 5, id: 'a' }),
    () =>
      pageBatches(reader, { after: uuid, maxRows: 5, departments, dataset: 'a', state: 'open', sha256: 'b' }),
    () => pageCertificates(reader, { after: 'a', maxRows: 5, departments, state: 'valid', now: Date.now() }),
    () =>
      pagePolicyDocuments(reader, {
        after: 'a@1',
        maxRows: 5,
        parties: departments,
        kind: 'agreement',
        state: 'approved',
        id: 'a',
        digest: 'e',
        provider: 'b',
        consumer: 'c',
        dataset: 'd',
      }),
  ];
  lists.push(
    () => pageDuties(reader, { departments, openUntil: '2026-01-01' }, page),
    () =>
      pageDemands(
        reader,
        { departments, open: true, state: 'office', id: 'dem-000000002' },
        { after: 'dem-000000009', maxRows: 5 },
      ),
    () => pagePulls(reader, { after: 'a.b', maxRows: 5, departments, failed: true }),
    () => listRisks(reader, { departments, unanswered: true }, 5),
    () =>
      pageRequests(
        reader,
        { departments, open: true, consumer: 'a', provider: 'b' },
        { after: 'req-000000001', maxRows: 5 },
      ),
  );
  for (const list of lists) {
    const found = await list();
    assert.deepEqual('rows' in found ? found.rows : found, []);
  }
});

test('pages follow each other in one order, and filters hold on each', async () => {
  await database.app.query(
    `INSERT INTO department (code, name_zh, name_en, kind, registered_by) SELECT 'd' || n, 'd', 'd',
       CASE WHEN n % 2 = 0 THEN 'government' ELSE 'authorised' END, $1 FROM generate_series(1, 9) AS n`,
    [uuid],
  );
  const codes = async (kind?: string): Promise<string[]> => {
    const found: string[] = [];
    for (let last: string | undefined; ;) {
      const { rows } = await pageDepartments(reader, {
        ...page,
        maxRows: 2,
        after: last,
        kind,
        parent: undefined,
      });
      found.push(...rows.map(({ code }) => code));
      last = rows.at(-1)?.code;
      if (rows.length < 2) return found;
    }
  };
  assert.deepEqual(await codes(), ['d1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7', 'd8', 'd9']);
  assert.deepEqual(await codes('government'), ['d2', 'd4', 'd6', 'd8']);
});

test('a list is ordered by a column and by its id, in both directions, from any row', async () => {
  const codes = async (wanted: OrderedPage): Promise<string[]> =>
    (await pageDepartments(reader, { ...wanted, kind: 'government', parent: undefined })).rows.map(
      ({ code }) => code,
    );
  await database.owner.query(
    "UPDATE department SET name_zh = CASE code WHEN 'd2' THEN '中' WHEN 'd6' THEN '中' WHEN 'd4' THEN '啊' ELSE '波' END",
  );
  // by sound: a, bo, zhong; the two of one name by code
  const named = ['d4', 'd8', 'd2', 'd6'];
  const orders: readonly (readonly [string, readonly string[]])[] = [
    ['name', named],
    ['-name', named.toReversed()],
    ['-code', ['d8', 'd6', 'd4', 'd2']],
  ];
  for (const [sort, whole] of orders) {
    assert.deepEqual(await codes({ after: undefined, maxRows: 9, sort }), whole, sort);
    for (const [at, after] of whole.entries()) {
      assert.deepEqual(
        await codes({ after, maxRows: 2, sort }),
        whole.slice(at + 1, at + 3),
        `${sort} after ${after}`,
      );
      const before = await codes({ after, maxRows: 2, sort, isBackwards: true });
      assert.deepEqual(before.toReversed(), whole.slice(Math.max(0, at - 2), at), `${sort} before ${after}`);
    }
  }
});

test('every order that the contract offers is valid SQL in both directions, and counted', async () => {
  const none = undefined;
  const filters = { kind: none, parent: none, state: none, department: none, departments: none, id: none };
  const others = { dataset: none, sha256: none, digest: none, provider: none, consumer: none, parties: none };
  const catalogued = { dataClass: none, tag: none, since: none, linking: none };
  const lists: Readonly<Record<string, (page: OrderedPage) => Promise<PageRows<unknown>>>> = {
    listDatasets: (wanted) => pageDatasets(reader, wanted),
    listDepartments: (wanted) => pageDepartments(reader, { ...wanted, ...filters }),
    listSchemas: (wanted) =>
      pageSchemas(reader, { ...wanted, ...filters, name: none, text: none, unpublishedOf: none }),
    listCodeLists: (wanted) => pageCodeLists(reader, { ...wanted, ...filters }),
    listBatches: (wanted) => pageBatches(reader, { ...wanted, ...filters, ...others }),
    listCertificates: (wanted) => pageCertificates(reader, { ...wanted, ...filters, now: 0 }),
    listPolicyDocuments: (wanted) => pagePolicyDocuments(reader, { ...wanted, ...filters, ...others }),
    listMatters: (wanted) => pageMatters(reader, { ...wanted, ...filters, runs: [] }),
    listTickets: (wanted) => pageTickets(reader, {}, wanted),
    listDisputes: (wanted) => pageDisputes(reader, {}, wanted),
    listHolds: (wanted) => pageHolds(reader, { now: 0 }, wanted),
    listViewDelays: (wanted) => pageViewDelays(reader, { now: 0 }, wanted),
    listDemands: (wanted) => pageDemands(reader, {}, wanted),
    listRequests: (wanted) => pageRequests(reader, {}, wanted),
    listStandIns: (wanted) => pageStandIns(reader, { ...wanted, ...filters, now: 0 }),
    listSessions: (wanted) => pageOpenSessions(reader, { ...wanted, persons: [], way: none, now: 0 }),
    listRequestTemplates: (wanted) =>
      pageTemplates(reader, { ...wanted, code: none, dataset: none, matter: none, state: none }),
    listElementSources: (wanted) => pageSources(reader, { ...wanted, element: none, department: none }),
    listPulls: (wanted) => pagePulls(reader, wanted),
    listTopics: (wanted) => pageTopics(reader, { ...wanted, ...filters }),
    listSubscriptions: (wanted) => pageSubscriptions(reader, { ...wanted, departments }),
    listDeadLetters: (wanted) => pageDeadLetters(reader, uuid, wanted),
    listOpenEvents: (wanted) => pageOpenEvents(reader, { ...wanted, state: none, departments }),
    listViewCounts: (wanted) =>
      pageViews(reader, { ...wanted, person: none, from: none, until: none, departments }),
    searchCatalogue: (wanted) =>
      pageCatalogue(
        reader,
        { ...filters, ...catalogued, sought: none, category: none, sharing: none, frequency: none },
        wanted,
      ),
    listResponsePlans: (wanted) => pagePlans(reader, { ...wanted, ...filters }),
  };
  const cursors: Readonly<Record<string, string>> = {
    listBatches: uuid,
    listCodeLists: 'a@1',
    listPolicyDocuments: 'a@1',
    listSubscriptions: uuid,
    listDeadLetters: '5',
    listOpenEvents: uuid,
    listViewCounts: '2026-01-01~p~listDatasets',
    searchCatalogue: '1~a.b',
  };
  const { paths } = parse(readFileSync(contractFile, 'utf8')) as {
    paths: Readonly<Record<string, { get?: { operationId: string; parameters?: readonly Parameter[] } }>>;
  };
  const ordered = Object.values(paths).flatMap(({ get }) => {
    const sorts = get?.parameters?.find(({ name }) => name === 'sort')?.schema?.enum;
    return get === undefined || sorts === undefined ? [] : [{ id: get.operationId, sorts }];
  });
  assert.deepEqual(
    ordered
      .map(({ id }) => id)
      .filter((id) => id !== 'listPersons')
      .sort(),
    Object.keys(lists).sort(),
    'persons are ordered in memory',
  );
  for (const [id, list] of Object.entries(lists))
    for (const sort of ordered.find((one) => one.id === id)?.sorts ?? [])
      for (const isBackwards of [false, true]) {
        const wanted = { after: cursors[id] ?? 'a', maxRows: 2, sort, isBackwards, isCounted: true };
        assert.ok((await list(wanted)).total !== undefined, `${id} by ${sort}`);
      }
});

test('the rows of a list are counted up to a thousand, whatever the page; newest rows of departments each once', async () => {
  const counted = async (departments?: readonly string[]) => {
    const filter = departments === undefined ? {} : { departments };
    return (await pageDisputes(reader, filter, { after: 'dsp-000000003', maxRows: 1, isCounted: true }))
      .total;
  };
  const fill = async (from: number, until: number): Promise<unknown> =>
    database.app.query(
      `INSERT INTO dispute (id, about, raised, other, state)
         SELECT 'dsp-' || lpad(n::text, 9, '0'), 'req-' || n, CASE WHEN n <= 4 THEN 'd1' ELSE 'd3' END, 'd2', 'closed'
           FROM generate_series($1::integer, $2::integer) AS n`,
      [from, until],
    );
  assert.deepEqual(await counted(), { count: 0, more: false });
  await fill(1, 1000);
  assert.deepEqual(await counted(), { count: 1000, more: false });
  assert.deepEqual(await counted(['d1', 'd2']), { count: 1000, more: false });
  await fill(1001, 1001);
  assert.deepEqual(await counted(), { count: 1000, more: true });
  assert.deepEqual(await counted(['d1', 'd2']), { count: 1000, more: true });
  assert.deepEqual(await counted(['d1']), { count: 4, more: false });
  const oldest = { after: 'dsp-000000002', maxRows: 2, sort: 'opened' };
  const { rows } = await pageDisputes(reader, { departments: ['d1', 'd2'] }, oldest);
  assert.deepEqual(
    rows.map(({ id }) => id),
    ['dsp-000000003', 'dsp-000000004'],
  );
});

test('entries of the catalogue come by rank and then by id on every page: the words in the title, each of them, elsewhere', async () => {
  await reader.query(
    `INSERT INTO person (id, name, state, invited_by, made_by) SELECT id, id, 'invited', 'hub', $1 FROM unnest(ARRAY['p1', 'p2']) AS id`,
    [uuid],
  );
  const titles = [
    ['d1.e', '婚姻登记', '低保 户籍迁移'],
    ['d1.d', '迁移（户籍）', '低保'],
    ['d1.c', '户籍－迁移', '低保'],
    ['d1.b', '户籍迁移档案', ''],
    ['d1.a', '户口迁移', '户籍 籍贯'],
  ] as const;
  const rows = titles.map(([id, zh, more]) => {
    const titleWords = searchText([zh, 'x']);
    const words = searchText([zh, 'x', more]);
    return {
      id,
      revision: 1,
      department: 'd1',
      document: { updateFrequency: 'daily' },
      digest: 'd',
      titleZh: zh,
      titleEn: 'x',
      category: '1',
      sharing: 'conditional',
      datasets: [],
      tags: [],
      words,
      grams: gramsOf(words),
      titleWords,
      titleGrams: gramsOf(titleWords),
    };
  });
  await insertEntries(reader, rows, { author: 'p1', approver: 'p2' }, uuid);
  const nothing = { department: undefined, category: undefined, sharing: undefined, dataClass: undefined };
  const filter = { ...nothing, tag: undefined, since: undefined, linking: undefined, frequency: 'daily' };
  const paged = async (q: string, maxRows: number): Promise<string[]> => {
    const found: string[] = [];
    const sought = soughtIn(q);
    for (let after: string | undefined; ;) {
      const next = await pageCatalogue(reader, { ...filter, sought }, { after, maxRows, isCounted: true });
      assert.equal(next.total?.count, all.get(q)?.length, q);
      const before = await pageCatalogue(
        reader,
        { ...filter, sought },
        { after, maxRows, isBackwards: true },
      );
      const shown = next.rows.map(({ id, rank }) => `${rank} ${id}`);
      if (after !== undefined)
        assert.deepEqual(
          before.rows.map(({ id, rank }) => `${rank} ${id}`).toReversed(),
          found.slice(0, -1).slice(-maxRows),
          `${q} before ${after}`,
        );
      found.push(...shown);
      const last = next.rows.at(-1);
      after = last && placeOfEntry(last);
      if (next.rows.length < maxRows) return found;
    }
  };
  const requested: readonly (readonly [string, readonly string[]])[] = [
    ['户籍 迁移', ['3 d1.c', '2 d1.b', '2 d1.d', '1 d1.a', '1 d1.e']],
    ['户籍', ['3 d1.b', '3 d1.c', '3 d1.d', '1 d1.a', '1 d1.e']],
    ['户籍迁移', ['3 d1.b', '1 d1.e']],
    ['籍', ['3 d1.b', '3 d1.c', '3 d1.d', '1 d1.a', '1 d1.e']],
    ['户籍档', []],
    // each pair of it occurs, and it does not
    ['户籍贯', []],
    // most pairs of it occur
    ['户籍迁移证', ['0 d1.b', '0 d1.e']],
  ];
  const all = new Map(requested);
  for (const [q, found] of requested)
    for (const maxRows of [1, 2, 3, 6])
      assert.deepEqual(await paged(q, maxRows), found, `${q} by ${maxRows}`);
});

const placeOf = ({ answeredBy, due, receivedFrom, id }: DutyRow): string =>
  `${answeredBy === null ? 0 : 1}~${due}~${receivedFrom}~${id}`;

test('duties and delays come page by page, each once, in the order of their day', async () => {
  await database.app.query(
    `INSERT INTO duty (obligation, consumer, provider, dataset, agreement, purpose, received_from, received_until, due, exchanges,
         statement, answered_by)
       SELECT 'delete-after', 'education', 'health', 'd' || n, 'a', 'p', '2026-01-01', '2026-01-31',
         date '2026-03-01' + n / 4, 1, CASE WHEN n % 3 = 0 THEN 's' END, CASE WHEN n % 3 = 0 THEN $1::uuid END
         FROM generate_series(1, 11) AS n`,
    [uuid],
  );
  const paged: string[] = [];
  for (let after: string | undefined; ;) {
    const { rows } = await pageDuties(reader, { departments, with: 'health' }, { after, maxRows: 2 });
    paged.push(...rows.map(({ id }) => id));
    const last = rows.at(-1);
    if (last === undefined || rows.length < 2) break;
    after = placeOf(last);
  }
  const { rows: whole } = await pageDuties(reader, { departments }, { after: undefined, maxRows: 100 });
  const [, , third] = whole;
  const before = { after: third && placeOf(third), maxRows: 5, isBackwards: true };
  const { rows: back } = await pageDuties(reader, { departments }, before);
  assert.deepEqual(
    back.map(({ id }) => id),
    paged.slice(0, 2).toReversed(),
  );
  assert.deepEqual([paged.length, paged], [11, whole.map(({ id }) => id)]);
  assert.deepEqual(
    whole.map(({ due, answeredBy }) => `${answeredBy === null ? 0 : 1} ${due}`),
    whole.map(({ due, answeredBy }) => `${answeredBy === null ? 0 : 1} ${due}`).sort(),
  );

  await database.app.query(
    `INSERT INTO view_delay SELECT 'delay-' || lpad(n::text, 16, '0'), '\\x00', 'education', 'r', 'c',
         to_timestamp((1790000000123 + n / 3) / 1000.0), 'd', 'one', 'two', $1 FROM generate_series(1, 7) AS n`,
    [uuid],
  );
  const delays: string[] = [];
  const delayFilter = { now: 1_780_000_000_000, departments };
  for (let after: string | undefined; ;) {
    const { rows } = await pageViewDelays(reader, delayFilter, { after, maxRows: 2 });
    delays.push(...rows.map(({ id }) => id));
    after = rows.at(-1)?.id;
    if (rows.length < 2) break;
  }
  const { total } = await pageViewDelays(reader, delayFilter, {
    after: undefined,
    maxRows: 2,
    isCounted: true,
  });
  assert.deepEqual(total, { count: 7, more: false });
  const others = { ...delayFilter, departments: ['ecology'] };
  const beyond = { after: delays[2], maxRows: 2 };
  assert.deepEqual((await pageViewDelays(reader, others, beyond)).rows, [], 'a cursor of another’s delay');
  assert.deepEqual(
    delays,
    Array.from({ length: 7 }, (_, at) => `delay-${String(at + 1).padStart(16, '0')}`),
  );
});

test('legal holds come page by page, each once, the first to end first; by kind and case', async () => {
  await database.app.query(
    `INSERT INTO legal_hold (id, kind, target, reason, case_number, until, digest, author, approver, exchange)
       SELECT 'hold-' || lpad(n::text, 16, '0'), CASE WHEN n % 2 = 0 THEN 'dataset' ELSE 'agreement' END, 't' || n, 'r', 'c' || n % 3,
         to_timestamp((1890000000123 + n / 3) / 1000.0), 'd', 'one', 'two', $1 FROM generate_series(1, 7) AS n`,
    [uuid],
  );
  const ids = async (
    filter: Partial<HoldFilter> = {},
    more: Partial<OrderedPage> = {},
  ): Promise<string[]> => {
    const found: string[] = [];
    for (let after: string | undefined; ;) {
      const page = { ...more, after, maxRows: 2 };
      const { rows } = await pageHolds(reader, { now: 1_880_000_000_000, ...filter }, page);
      found.push(...rows.map(({ id }) => String(Number(id.slice(5)))));
      after = rows.at(-1)?.id;
      if (rows.length < 2) return found;
    }
  };
  assert.deepEqual(await ids(), ['1', '2', '3', '4', '5', '6', '7']);
  assert.deepEqual(await ids({}, { sort: '-until' }), ['7', '6', '5', '4', '3', '2', '1']);
  assert.deepEqual(await ids({}, { sort: 'case' }), ['3', '6', '1', '4', '7', '2', '5']);
  const before = { after: `hold-${'4'.padStart(16, '0')}`, maxRows: 2, isBackwards: true };
  const { rows: previous } = await pageHolds(reader, { now: 1_880_000_000_000 }, before);
  assert.deepEqual(
    previous.map(({ id }) => Number(id.slice(5))),
    [3, 2],
  );
  assert.deepEqual(await ids({ kind: 'dataset' }), ['2', '4', '6']);
  assert.deepEqual(await ids({ kind: 'agreement', caseNumber: 'c1' }), ['1', '7']);
  assert.deepEqual(await ids({ now: 1_890_000_000_124 }), ['6', '7'], 'what has ended is not told');
});

test('no statement of the store carries conditions that are switched off by a missing value: such lists are composed', () => {
  const folder = join(import.meta.dirname, '../..');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(^platform\/database|\/store)\/.*(?<!\.test)\.ts$/.test(name),
  );
  assert.ok(files.length > 100);
  for (const name of files)
    assert.doesNotMatch(readFileSync(join(folder, name), 'utf8'), /\$\d+(?:::[\w[\]]+)? IS NULL OR/, name);
});
