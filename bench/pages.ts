/** Waiting times of persons: the catalogue, lists, the console, `datong demo`, the start of a hub. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { datongBin, datongEnvironment, runDatong } from '../tests/datong.ts';
import { median, type Bench, type BenchRow, coreTime } from './row.ts';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Browser, Page } from 'playwright-core';
import { householdFile } from '../clients/cli/demo/files/householdFile.ts';
import type { Role } from '../hub/domain/permissions.ts';
import { admitPerson } from '../tests/admitPerson.ts';
import { openBrowser } from '../tests/browser/openBrowser.ts';
import { openPage, signInAs } from '../tests/browser/pages.ts';
import { sampleCity, testHub, type TestHub } from '../tests/hub.ts';
import { startPostgres } from '../hub/platform/postgres/startPostgres.ts';
import { listEvidence } from '../hub/log/store/evidence.ts';
import { asLogin, type Database } from '../hub/platform/database/database.ts';
import type { Reader } from '../hub/platform/database/reader.ts';
import { pageDemands } from '../hub/features/demands/store/demands.ts';
import { pageDisputes } from '../hub/features/disputes/store/disputes.ts';
import { pageDuties } from '../hub/features/duties/store/duties.ts';
import { pageBatches } from '../hub/flows/intake/store/batches.ts';
import { pageRequests } from '../hub/features/requests/store/requests.ts';
import { listRisks } from '../hub/features/risks/store/risks.ts';
import { pageTickets } from '../hub/features/tickets/store/tickets.ts';
import { newDatabase } from './append.ts';
import { searchable } from '../hub/domain/catalogue.ts';
import { insertEntries } from '../hub/registry/store/catalogue.ts';

/*
 * The catalogue at the size of a city: 10,000 entries, each with a dataset of its own of the household schema (12 fields), searched and paged
 * by a member of staff over the staff listener. Time is that of the whole call, gate, entry in the log and TLS included.
 */

const entries = 10_000;
const atOnce = 500;
const roundsOfCatalogue = 15;
const dataset = 'pub-security.household';
const subjects = [
  '户籍',
  '婚姻登记',
  '不动产',
  '社会保险',
  '医疗救助',
  '企业登记',
  '机动车',
  '学籍',
  '养老',
  '残疾人',
];
const places = ['东溪', '西岭', '南湖', '北坡', '云溪', '青石', '白塔', '长桥'];

export const catalogueBench: Bench = { run: runOfCatalogue };

async function runOfCatalogue(): Promise<readonly BenchRow[]> {
  const hub = await testHub({ calls: { rate: 1e9, burst: 1e9 }, jobsByTime: false });
  try {
    const city = await sampleCity(hub);
    await fillOfCatalogue(hub);
    const steward = await hub.token('bench', ['steward'], 'pub-security');
    // a registration increments the epoch: the registry is read again
    await hub.staff(city.operator, 'POST', '/v1/departments', {
      code: 'bench-office',
      name: { zh: '测试局', en: 'Bench' },
      kind: 'government',
    });
    const get = async (path: string): Promise<Readonly<Record<string, unknown>>> => {
      const { status, json } = await hub.staff(steward, 'GET', path);
      if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(json)}`);
      return json;
    };
    const requested = (q: string, more = ''): string => `/v1/catalogue?q=${encodeURIComponent(q)}${more}`;
    const first = await get(requested('户籍'));
    const cursor = encodeURIComponent(String(first['nextCursor']));
    const calls: readonly (readonly [string, string])[] = [
      ['search by a word in 1,000 titles', requested('户籍')],
      ['its next page', requested('户籍', `&cursor=${cursor}`)],
      ['search by a word in every title', requested('信息')],
      ['search by words that no entry holds together', requested('行政区划 户籍 姓名 婚姻')],
      ['search by a synonym, in every entry', requested('身份证号码')],
      ['search by pinyin, in 1,000 titles', requested('huji')],
      ['search by words that are near', requested('学籍与婚姻登记表册')],
      ['search by two words', requested('养老 白塔 77')],
      ['search by the name of a field, in every entry', requested('行政区划')],
      ['entries by department and cycle', '/v1/catalogue?department=pub-security&frequency=monthly'],
      ['entries by a cycle that none has', '/v1/catalogue?frequency=weekly'],
      ['entries that wait for data', '/v1/catalogue?linking=awaited'],
      ['one entry with its fields', '/v1/catalogue/pub-security.entry-5000'],
    ];
    for (const [, path] of calls) await get(path);
    const times = new Map<string, number[]>(calls.map(([name]) => [name, []]));
    for (let round = 0; round < roundsOfCatalogue; round += 1)
      for (const [name, path] of calls) {
        const begun = performance.now();
        await get(path);
        times.get(name)?.push(performance.now() - begun);
      }
    return calls.map(([name]) => ({
      figure: `catalogue, ${name}`,
      value: median(times.get(name) ?? []),
      unit: 'ms',
      against: '–',
      must: { atMost: 50 },
      note: `10,000 entries and datasets, 120,000 fields; slowest ${Math.max(...(times.get(name) ?? [])).toFixed(0)} ms`,
    }));
  } finally {
    await hub.stop();
  }
}

/** Entries and their datasets in the state after registration; nine in ten have a batch. */
async function fillOfCatalogue({ hub }: TestHub): Promise<void> {
  const { database } = hub;
  const { app, owner } = database;
  await owner.query(
    `INSERT INTO dataset SELECT (jsonb_populate_record(d, jsonb_build_object('id', 'pub-security.set-' || n,
        'current_batch', CASE WHEN n % 10 = 0 THEN NULL ELSE gen_random_uuid() END))).*
       FROM dataset AS d, generate_series(1, ${entries}) AS n WHERE d.id = $1`,
    [dataset],
  );
  const { rows: persons } = await app.query<{ id: string }>('SELECT id FROM person ORDER BY id LIMIT 2');
  const [author = '', approver = ''] = persons.map(({ id }) => id);
  const schema = hub.services.registry.current.datasets.get(dataset)?.schema;
  if (schema === undefined) throw new Error('the sample city has no households');
  const names = schema.fields.flatMap(({ name, schema: of }) => {
    const title = (of as { readonly 'x-title'?: { readonly zh: string; readonly en: string } })['x-title'];
    return [name, title?.zh ?? '', title?.en ?? ''];
  });
  for (let from = 1; from <= entries; from += atOnce) {
    const rows = Array.from({ length: atOnce }, (_, i) => entryOf(from + i, names));
    await insertEntries(app, rows, { author, approver }, '00000000-0000-7000-8000-000000000000');
  }
  await owner.query('ANALYZE catalogue_entry');
  await owner.query('ANALYZE dataset');
}

function entryOf(n: number, fields: readonly string[]): Parameters<typeof insertEntries>[1][number] {
  const what = subjects[n % subjects.length] ?? '';
  const title = { zh: `${places[n % places.length] ?? ''}${what}信息 ${n}`, en: `register ${n}` };
  const document = {
    id: `pub-security.entry-${n}`,
    title,
    abstract: { zh: `${what}的基本信息`, en: `what it holds, ${n}` },
    category: `1/${(n % 20) + 1}`,
    sharing: { type: 'conditional', conditions: '法定职责', manner: 'table' },
    openness: 'closed',
    sourceSystem: `${what}系统`,
    office: '信息处',
    contact: '0000-1',
    dataClass: 'general',
    updateFrequency: n % 2 === 0 ? 'monthly' : 'daily',
    datasets: [`pub-security.set-${n}`],
  };
  const found = searchable(
    [document.id, title.zh, title.en, document.abstract.zh, document.sourceSystem, ...fields],
    [title.zh, title.en],
  );
  return {
    id: document.id,
    revision: 1,
    department: 'pub-security',
    document,
    digest: 'a'.repeat(64),
    titleZh: title.zh,
    titleEn: title.en,
    category: document.category,
    sharing: 'conditional',
    datasets: document.datasets,
    ...found,
    tags: ['cn.resident-id'],
  };
}

/*
 * Lists that grow with use, at a million rows each: a page for the data office, for a department with many rows and for one with few, by
 * every filter, both the first page and a distant one.
 */

const size = Number(process.env['ROWS'] ?? 1_000_000);
const page = 50;
const portion = 50_000;

export const listsBench: Bench = { run: runOfLists };

/** One in a thousand rows is of `few`, all of them old; the others are of a hundred departments. */
const place = `CASE WHEN n < ${size} / 1000 THEN 'few' ELSE 'd' || n % 100 END`;
const other = "'d' || (n * 7 + 3) % 100";
const ago = `now() - (${size} - n) * interval '1 minute'`;
const id = (prefix: string): string => `'${prefix}-' || lpad(n::text, 9, '0')`;
const uuid = "('01890000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid";
const filled: Readonly<Record<string, string>> = {
  batch: `(id, dataset, department, state, sha256, opened_at, finished_at)
    SELECT ${uuid}, ${place} || '.set', ${place}, CASE WHEN n % 10000 = 1 THEN 'held' ELSE 'published' END, md5(n::text) || md5(n::text), ${ago}, ${ago}`,
  duty: `(obligation, consumer, provider, dataset, agreement, purpose, received_from, received_until, due, exchanges, statement, answered_by)
    SELECT 'delete-after', ${place}, ${other}, 'x.y', 'agr-' || n % 500, 'p-' || n, (${ago})::date, (${ago})::date, (${ago})::date, 1,
           CASE WHEN n % 1000 > 0 THEN '{}' END, CASE WHEN n % 1000 > 0 THEN ${uuid} END`,
  ticket: `(id, opener, origin, provider, dataset, exchange, claim, state, opened_at, opened_by, answered_at)
    SELECT ${id('tkt')}, ${place}, 'department', ${other}, 'x.' || n % 300, ${uuid}, 'wrong', CASE WHEN n % 1000 > 0 THEN 'answered' ELSE 'open' END,
           ${ago}, ${uuid}, CASE WHEN n % 1000 > 0 THEN now() END`,
  ticket_told: `(ticket, consumer, exchanges) SELECT ${id('tkt')}, 'd' || (n * 11 + 5) % 100, ARRAY[${uuid}]`,
  request: `(id, consumer, provider, agreement, version, unconditional, closed, made_by)
    SELECT ${id('req')}, ${place}, ${other}, 'agr-' || n, 1, false, n % 1000 > 0, ${uuid}`,
  demand: `(id, consumer, provider, title, fields, purpose, state, office_days, department_days)
    SELECT ${id('dem')}, ${place}, ${other}, 'rows', '{a}', 'p', CASE WHEN n % 1000 > 0 THEN 'refused' ELSE 'office' END, 5, 10`,
  dispute: `(id, about, raised, other, state)
    SELECT ${id('dsp')}, ${id('req')}, ${place}, ${other}, CASE WHEN n % 1000 > 0 THEN 'closed' ELSE 'raised' END`,
  request_event: `(request, seq, act, person, at, said, exchange) SELECT ${id('req')}, 1, 'submit', 'x', ${ago}, '{}', ${uuid}`,
  demand_event: `(demand, seq, act, person, at, said, exchange) SELECT ${id('dem')}, 1, 'submit', 'x', ${ago}, 'x', ${uuid}`,
  dispute_event: `(dispute, seq, act, person, at, said, document, exchange) SELECT ${id('dsp')}, 1, 'raise', 'x', ${ago}, 'x', '', ${uuid}`,
  risk: `(id, rule, day, key, consumer, departments, count, "limit", entries, found_at, due, exchange, state, acknowledged_by, acknowledgement)
    SELECT ${uuid}, 'denials', (${ago})::date, n::text, ${place}, ARRAY[${place}, ${other}], 9, 5, ARRAY[n], ${ago}, (${ago})::date, ${uuid},
           CASE WHEN n % 1000 > 0 THEN 'acknowledged' ELSE 'open' END, CASE WHEN n % 1000 > 0 THEN 'x' END, CASE WHEN n % 1000 > 0 THEN 'x' END`,
  evidence: `(id, question, reason, case_number, size, asked_by, asked_at, state)
    SELECT ${uuid}, '{}', 'r', 'c', 1, 'a', ${ago}, CASE WHEN n % 1000 > 0 THEN 'released' ELSE 'waiting' END`,
};

/** Runs as the server's own login: the rows that these rows refer to are not made. */
async function fillOfLists(login: Reader, log: (what: string) => void): Promise<void> {
  await login.query('SET session_replication_role = replica');
  for (const [table, rows] of Object.entries(filled)) {
    log(`${table} …`);
    for (let from = 1; from <= size; from += portion)
      await login.query(
        `INSERT INTO ${table} ${rows} FROM generate_series(${from}, ${Math.min(from + portion - 1, size)}) AS n`,
      );
    await login.query(`ANALYZE ${table}`);
  }
}

type Requested = (reader: Database['app'], departments: readonly string[] | undefined) => Promise<unknown>;

/** By the list and its filter; each for all, for a department with many items and for one with few. */
function requested(): Readonly<Record<string, Requested>> {
  const middle = `${'0'.repeat(9)}${Math.floor(size / 2)}`.slice(-9);
  const far = `01890000-0000-7000-8000-${Math.floor(size / 2)
    .toString(16)
    .padStart(12, '0')}`;
  const newest = { after: undefined, maxRows: page };
  const batches = { ...newest, dataset: undefined, state: undefined, sha256: undefined };
  const some = (departments: readonly string[] | undefined): { readonly departments?: readonly string[] } =>
    departments === undefined ? {} : { departments };
  return {
    batches: (reader, departments) => pageBatches(reader, { ...batches, departments }),
    'batches far behind': (reader, departments) =>
      pageBatches(reader, { ...batches, departments, after: far }),
    'batches held': (reader, departments) => pageBatches(reader, { ...batches, departments, state: 'held' }),
    'batches in no such state': (reader, departments) =>
      pageBatches(reader, { ...batches, departments, state: 'receiving' }),
    'batches of a dataset': (reader, departments) =>
      pageBatches(reader, { ...batches, departments, dataset: 'few.set' }),
    'a batch by its bytes': (reader, departments) =>
      pageBatches(reader, { ...batches, departments, sha256: 'none' }),
    duties: (reader, departments) => pageDuties(reader, some(departments), newest),
    'duties open': (reader, departments) =>
      pageDuties(reader, { ...some(departments), openUntil: '2999-01-01' }, newest),
    'duties with another': (reader, departments) =>
      pageDuties(reader, { ...some(departments), with: 'd5' }, newest),
    tickets: (reader, departments) => pageTickets(reader, some(departments), newest),
    'tickets far behind': (reader, departments) =>
      pageTickets(reader, some(departments), { after: `tkt-${middle}`, maxRows: page }),
    'tickets open': (reader, departments) =>
      pageTickets(reader, { ...some(departments), state: 'open' }, newest),
    'tickets of a dataset': (reader, departments) =>
      pageTickets(reader, { ...some(departments), dataset: 'x.none' }, newest),
    'tickets told': (reader, departments) =>
      pageTickets(reader, { ...some(departments), as: { role: 'told', of: departments ?? ['d7'] } }, newest),
    requests: (reader, departments) => pageRequests(reader, some(departments), newest),
    'requests far behind': (reader, departments) =>
      pageRequests(reader, some(departments), { after: `req-${middle}`, maxRows: page }),
    'requests open': (reader, departments) =>
      pageRequests(reader, { ...some(departments), open: true }, newest),
    'requests of one, asked by one': (reader, departments) =>
      pageRequests(reader, { ...some(departments), consumer: 'few', provider: 'd3' }, newest),
    demands: (reader, departments) => pageDemands(reader, some(departments), newest),
    'demands open': (reader, departments) =>
      pageDemands(reader, { ...some(departments), open: true }, newest),
    'demands met': (reader, departments) =>
      pageDemands(reader, { ...some(departments), state: 'met' }, newest),
    disputes: (reader, departments) => pageDisputes(reader, some(departments), newest),
    'disputes open': (reader, departments) =>
      pageDisputes(reader, { ...some(departments), open: true }, newest),
    'disputes about': (reader, departments) =>
      pageDisputes(reader, { ...some(departments), about: 'req-x' }, newest),
    risks: (reader, departments) => listRisks(reader, some(departments), page),
    'risks unanswered': (reader, departments) =>
      listRisks(reader, { ...some(departments), unanswered: true }, page),
    'risks of a rule': (reader, departments) =>
      listRisks(reader, { ...some(departments), rule: 'none' }, page),
    evidence: (reader) => listEvidence(reader, {}, page),
    'evidence waiting': (reader) => listEvidence(reader, { state: 'waiting' }, page),
    'evidence refused': (reader) => listEvidence(reader, { state: 'refused' }, page),
  };
}

async function runOfLists(): Promise<readonly BenchRow[]> {
  const stateDir = await mkdtemp(join(tmpdir(), 'datong-bench-lists-'));
  const server = await startPostgres({ stateDir, settings: { max_wal_size: '4GB' } });
  const log = (what: string): void => void process.stderr.write(`  ${what}\n`);
  try {
    const database = await newDatabase(server, 'lists');
    const { host, port, user } = server;
    await asLogin({ host, port, user, database: 'lists' }, (login) => fillOfLists(login, log));
    const timed = coreTime(server);
    const times = new Map<string, number>();
    const readers = { all: undefined, many: ['d5'], few: ['few'], 'two departments': ['few', 'd5'] };
    for (const [name, ask] of Object.entries(requested()))
      for (const [who, departments] of Object.entries(readers))
        times.set(`${name}, ${who}`, await timed(() => ask(database.app, departments)));
    await database.close();
    const slowest = [...times].sort(([, a], [, b]) => b - a);
    for (const [name, time] of slowest.slice(0, 40)) log(`${name}: ${time.toFixed(1)} ms`);
    return [
      {
        figure: 'slowest page of any list at a million rows',
        value: slowest[0]?.[1] ?? 0,
        unit: 'ms',
        against: `${times.size} questions, ${page} rows a page`,
        must: { atMost: 300 },
        note: slowest
          .slice(0, 5)
          .map(([name, time]) => `${name}: ${time.toFixed(1)}`)
          .join('; '),
      },
    ];
  } finally {
    await server.destroy();
    await rm(stateDir, { recursive: true, force: true });
  }
}

/* How long a person waits for a page of the console: in a real browser, over a city like the demo's, each page loaded afresh. */

const roundsOfConsole = 5;
/** calls made before the lists are read, so that they have pages */
const calls = 300;

export const consoleBench: Bench = { run: runOfConsole };

/** Pages by the role that opens them. */
const pages: readonly (readonly [role: Role, department: string | undefined, paths: readonly string[]])[] = [
  [
    'steward',
    'pub-security',
    [
      'inbox',
      'board',
      'catalogue',
      'requests',
      'agreements',
      'agreements/agr-school-enrolment/1',
      'datasets',
      'datasets/pub-security.household?consumer=education',
      'schemas',
      'schemas/household/1.0',
      'batches',
      'tickets',
    ],
  ],
  ['auditor', undefined, ['audit', 'audit?consumer=education&counts=1', 'exchanges', 'evidence', 'risks']],
  ['operator', undefined, ['departments', 'departments/education', 'persons']],
];

async function runOfConsole(): Promise<readonly BenchRow[]> {
  const hub = await testHub({ demo: { port: 0 }, strangers: { rate: 1_000, burst: 1_000 } });
  const browser = await openBrowser();
  try {
    await fill(hub);
    const waits = new Map<string, number[]>();
    for (const [role, department, paths] of pages) {
      const name = `演示 ${role}`;
      await admitPerson(hub.hub.services.identity, name, [{ role, department }]);
      await readPages(browser, hub.hub.console, name, paths, waits);
    }
    const medians = [...waits].map(([path, times]) => ({ path, wait: median(times) }));
    medians.sort((one, other) => other.wait - one.wait);
    const [slowest] = medians;
    const reported = medians.map(({ path, wait }) => `${path} ${wait.toFixed(0)}`);
    return [
      {
        figure: `the slowest of ${medians.length} pages of the console, until its largest part and its last answer are there`,
        value: slowest?.wait ?? Number.NaN,
        unit: 'ms',
        against: `chromium on this machine, ${roundsOfConsole} loads each`,
        must: { atMost: 1_000 },
        note: reported.join(', '),
      },
    ];
  } finally {
    await browser.close();
    await hub.stop();
  }
}

/** A file in, and a page of calls in the log. */
async function fill(hub: TestHub): Promise<void> {
  const city = await sampleCity(hub);
  const file = householdFile(1_500, 12);
  await city.publicSecurity.client.sendFile('pub-security.household', file.bytes, { mapping: 'household' });
  for (const [nth, { id }] of file.good.slice(0, calls).entries()) {
    await city.education.client.query(
      'pub-security.household',
      { filter: [{ field: 'person_id', op: 'eq', value: id }] },
      {
        purpose: 'school-enrolment',
        agreement: 'agr-school-enrolment',
        onBehalfOf: `o-${nth % 7}`,
        matter: `RX-2026-${String(nth).padStart(6, '0')}`,
      },
    );
  }
}

async function readPages(
  browser: Browser,
  origin: string,
  name: string,
  paths: readonly string[],
  waits: Map<string, number[]>,
): Promise<void> {
  const { context, page } = await signInAs(browser, origin, 'zh', name);
  for (let round = 0; round < roundsOfConsole; round += 1) {
    for (const path of paths) {
      await openPage(page, origin, path);
      waits.set(path, [...(waits.get(path) ?? []), await usableAt(page)]);
    }
  }
  await context.close();
}

/** Milliseconds from the first request to the largest paint, or to the last answer where that came later. */
const usableAt = (page: Page): Promise<number> =>
  page.evaluate<number>(`new Promise((done) => {
    let at = Math.max(...performance.getEntriesByType('resource').map((one) => one.responseEnd));
    new PerformanceObserver((seen) => {
      for (const one of seen.getEntries()) at = Math.max(at, one.startTime);
    }).observe({ type: 'largest-contentful-paint', buffered: true });
    setTimeout(() => done(at), 100);
  })`);

/* `datong demo` from its start until ready, and its memory then: node and PostgreSQL, shared pages counted once (PSS). */

const roundsOfDemo = 5;

export const demoBench: Bench = { run: runOfDemo };

async function runOfDemo(): Promise<readonly BenchRow[]> {
  const seconds: number[] = [];
  const megabytes: number[] = [];
  await measure(); // the bundle of the command line is built once after an installation
  for (let round = 0; round < roundsOfDemo; round += 1) {
    const { milliseconds, bytes } = await measure();
    seconds.push(milliseconds / 1000);
    megabytes.push(bytes / 1_048_576);
  }
  return [
    {
      figure: 'datong demo, from start to ready',
      value: median(seconds),
      unit: 's',
      against: '–',
      must: { atMost: 5 },
      aim: 2,
    },
    {
      figure: 'datong demo, memory when ready',
      value: median(megabytes),
      unit: 'MB',
      against: '–',
      must: { atMost: 300 },
      aim: 200,
      note: 'node and PostgreSQL, proportional set size',
    },
  ];
}

async function measure(): Promise<{ readonly milliseconds: number; readonly bytes: number }> {
  const home = await mkdtemp(join(tmpdir(), 'datong-bench-'));
  const bin = resolve(import.meta.dirname, '../bin/datong.mjs');
  const started = performance.now();
  const child = spawn(process.execPath, [bin, 'demo', '--once'], {
    env: { ...process.env, LC_ALL: '', LANG: 'en_GB.UTF-8', DATONG_STATE: join(home, 'demo.json') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.startsWith('ready: ')) continue;
      const milliseconds = performance.now() - started;
      const bytes = familyOf(child.pid ?? 0).reduce((sum, pid) => sum + proportional(pid), 0);
      return { milliseconds, bytes };
    }
    throw new Error('the demo was never ready');
  } finally {
    child.stdout.resume();
    await new Promise((ended) => child.once('close', ended));
    await rm(home, { recursive: true, force: true });
  }
}

/** A process and everything it started, PostgreSQL's own children too. */
function familyOf(root: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const status = /^\d+$/.test(name) ? textOf(`/proc/${name}/status`) : undefined;
    const parent = /^PPid:\s+(\d+)$/m.exec(status ?? '')?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const family = [root];
  for (const member of family) {
    for (const [pid, parent] of parents) if (parent === member) family.push(pid);
  }
  return family;
}

const proportional = (pid: number): number =>
  Number(/^Pss:\s+(\d+) kB$/m.exec(textOf(`/proc/${pid}/smaps_rollup`) ?? '')?.[1] ?? 0) * 1024;

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // the process has ended since
  }
}

/*
 * `datong serve` of a hub that was set up before, from its start until ready: keys read, its PostgreSQL started, the log's head verified.
 */

const rounds = 5;

export const startBench: Bench = { run };

async function run(): Promise<readonly BenchRow[]> {
  const home = await mkdtemp(join(tmpdir(), 'datong-bench-'));
  try {
    const file = join(home, 'hub.json');
    const anyPort = { host: '127.0.0.1', port: 0 };
    await writeFile(
      file,
      JSON.stringify({
        name: 'bench',
        publicOrigin: 'https://localhost:8443',
        stateDir: join(home, 'state'),
        listeners: { exchange: anyPort, open: anyPort, staff: anyPort, admin: anyPort },
      }),
    );
    const { code, stderr } = await runDatong(['admin', 'bootstrap', '--config', file]);
    if (code !== 0) throw new Error(`bootstrap ended with ${code}: ${stderr}`);
    const seconds: number[] = [];
    for (let round = 0; round < rounds; round += 1) seconds.push(await fromStartToReady(file));
    return [
      {
        figure: 'datong serve, from start to ready',
        value: median(seconds),
        unit: 's',
        against: '–',
        must: { atMost: 2 },
        note: 'with the start of its own PostgreSQL',
      },
    ];
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function fromStartToReady(file: string): Promise<number> {
  const started = performance.now();
  const hub = spawn(process.execPath, [datongBin, 'serve', '--config', file, '--json'], {
    env: datongEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(hub, 'exit');
  hub.stdout.setEncoding('utf8');
  const output = await Promise.race([once(hub.stdout, 'data'), ended.then(() => undefined)]);
  if (output === undefined) throw new Error('the hub was never ready');
  const { origins } = JSON.parse(String(output[0])) as { origins: { admin: string } };
  const ready = await fetch(`${origins.admin}/readyz`);
  if (ready.status !== 200) throw new Error(`/readyz says ${ready.status}`);
  const seconds = (performance.now() - started) / 1000;
  hub.kill('SIGTERM');
  await ended;
  return seconds;
}
