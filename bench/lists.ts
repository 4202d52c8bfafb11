/**
 * Lists that grow with use, at a million rows each: a page for the data office, for a department with many rows and for one with few, by
 * every filter, both the first page and a distant one.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../hub/platform/postgres/startPostgres.ts';
import { listEvidence } from '../hub/log/store/evidence.ts';
import { asLogin, type Database } from '../hub/platform/database/database.ts';
import type { Reader } from '../hub/platform/database/reader.ts';
import { listDemands } from '../hub/features/demands/store/demands.ts';
import { listDisputes } from '../hub/features/disputes/store/disputes.ts';
import { listDuties } from '../hub/features/duties/store/duties.ts';
import { pageBatches } from '../hub/flows/intake/store/batches.ts';
import { listRequests } from '../hub/features/requests/store/requests.ts';
import { listRisks } from '../hub/features/risks/store/risks.ts';
import { listTickets } from '../hub/features/tickets/store/tickets.ts';
import { newDatabase } from './append/logs.ts';
import { coreTime } from './coreTime.ts';
import type { Bench, BenchRow } from './row.ts';

const size = Number(process.env['ROWS'] ?? 1_000_000);
const page = 50;
const portion = 50_000;

export const bench: Bench = { run };

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
async function fill(login: Reader, tell: (what: string) => void): Promise<void> {
  await login.query('SET session_replication_role = replica');
  for (const [table, rows] of Object.entries(filled)) {
    tell(`${table} …`);
    for (let from = 1; from <= size; from += portion)
      await login.query(
        `INSERT INTO ${table} ${rows} FROM generate_series(${from}, ${Math.min(from + portion - 1, size)}) AS n`,
      );
    await login.query(`ANALYZE ${table}`);
  }
}

type Requested = (
  reader: Database['app'],
  departments: readonly string[] | undefined,
) => Promise<readonly unknown[]>;

/** By the list and its filter; each for all, for a department with many items and for one with few. */
function requested(): Readonly<Record<string, Requested>> {
  const middle = `${'0'.repeat(9)}${Math.floor(size / 2)}`.slice(-9);
  const far = `01890000-0000-7000-8000-${Math.floor(size / 2)
    .toString(16)
    .padStart(12, '0')}`;
  const batches = { after: undefined, most: page, dataset: undefined, state: undefined, sha256: undefined };
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
    duties: (reader, departments) => listDuties(reader, some(departments), page),
    'duties open': (reader, departments) =>
      listDuties(reader, { ...some(departments), openUntil: '2999-01-01' }, page),
    'duties with another': (reader, departments) =>
      listDuties(reader, { ...some(departments), with: 'd5' }, page),
    tickets: (reader, departments) => listTickets(reader, some(departments), page),
    'tickets far behind': (reader, departments) =>
      listTickets(reader, { ...some(departments), before: `tkt-${middle}` }, page),
    'tickets open': (reader, departments) =>
      listTickets(reader, { ...some(departments), state: 'open' }, page),
    'tickets of a dataset': (reader, departments) =>
      listTickets(reader, { ...some(departments), dataset: 'x.none' }, page),
    'tickets told': (reader, departments) =>
      listTickets(reader, { ...some(departments), as: { role: 'told', of: departments ?? ['d7'] } }, page),
    requests: (reader, departments) => listRequests(reader, some(departments), page),
    'requests far behind': (reader, departments) =>
      listRequests(reader, { ...some(departments), before: `req-${middle}` }, page),
    'requests open': (reader, departments) =>
      listRequests(reader, { ...some(departments), open: true }, page),
    'requests of one, asked by one': (reader, departments) =>
      listRequests(reader, { ...some(departments), consumer: 'few', provider: 'd3' }, page),
    demands: (reader, departments) => listDemands(reader, some(departments), page),
    'demands open': (reader, departments) => listDemands(reader, { ...some(departments), open: true }, page),
    'demands met': (reader, departments) => listDemands(reader, { ...some(departments), state: 'met' }, page),
    disputes: (reader, departments) => listDisputes(reader, some(departments), page),
    'disputes open': (reader, departments) =>
      listDisputes(reader, { ...some(departments), open: true }, page),
    'disputes about': (reader, departments) =>
      listDisputes(reader, { ...some(departments), about: 'req-x' }, page),
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

async function run(): Promise<readonly BenchRow[]> {
  const stateDir = await mkdtemp(join(tmpdir(), 'datong-bench-lists-'));
  const server = await startPostgres({ stateDir, settings: { max_wal_size: '4GB' } });
  const tell = (what: string): void => void process.stderr.write(`  ${what}\n`);
  try {
    const database = await newDatabase(server, 'lists');
    const { host, port, user } = server;
    await asLogin({ host, port, user, database: 'lists' }, (login) => fill(login, tell));
    const timed = coreTime(server);
    const times = new Map<string, number>();
    const readers = { all: undefined, many: ['d5'], few: ['few'], 'two departments': ['few', 'd5'] };
    for (const [name, ask] of Object.entries(requested()))
      for (const [who, departments] of Object.entries(readers))
        times.set(`${name}, ${who}`, await timed(() => ask(database.app, departments)));
    await database.close();
    const slowest = [...times].sort(([, a], [, b]) => b - a);
    for (const [name, time] of slowest.slice(0, 40)) tell(`${name}: ${time.toFixed(1)} ms`);
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
