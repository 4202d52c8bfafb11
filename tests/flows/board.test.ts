/** What leaders read: counted from the log and from what waits, never a row of a person; too few samples make no number. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entry } from '../../hub/log/entry.ts';
import { readEntries } from '../../hub/features/log/jobs/readEntries.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { chinaWorkingCalendar } from '../../terms/calendar/chinaWorkingCalendar.ts';
import { afterWorkingDays } from '../../terms/calendar/workingDays.ts';
import { dayInChina } from '../../terms/civilDate.ts';
import { nonEmpty } from '../nonEmpty.ts';
import { uploaded, commit, reported } from './intakeCalls.ts';
import { cityHub } from '../cityHub.ts';
import { validTerm } from '../newYear.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 8 });
const household = 'pub-security.household';
const office = await hub.token('市领导', ['leader']);
const education = await hub.token('教育局领导', ['leader'], 'education');
const ecology = await hub.token('生态局领导', ['leader'], 'ecology');
const dataOffice = await hub.token('主管部门', ['steward']);
const teacher = await hub.token('教育局甲', ['steward'], 'education');
const clerk = await hub.token('报送员', ['clerk'], 'pub-security');

const file = householdFile(1500, 12);
await city.publicSecurity.client.sendFile(household, file.bytes, { mapping: 'household' });
const children = file.good.filter(({ region }) => region === '990101').slice(0, 6);
assert.equal(children.length, 6);
for (const [index, { id }] of children.entries())
  await city.education.client.query(
    household,
    { filter: [{ field: 'person_id', op: 'eq', value: id }] },
    {
      purpose: 'school-enrolment',
      agreement: 'agr-school-enrolment',
      onBehalfOf: 'o',
      matter: `RX-2026-00010${index}`,
    },
  );
for (let time = 0; time < 2; time += 1)
  await city.education.client
    .query(household, {}, { purpose: 'school-enrolment', agreement: 'agr-nothing', onBehalfOf: 'o' })
    .catch(() => undefined);
// one batch that waits for a person
const bad = householdFile(40, 3);
const batch = await uploaded(city.publicSecurity.client, household, bad.bytes);
assert.notEqual(await reported(commit(city.publicSecurity.client, batch, bad.bytes, 'household')), '200');

interface Row {
  readonly kind?: string;
  readonly department?: string;
  readonly dataset?: string;
  readonly count?: number;
  readonly few: boolean;
}
const fill = () => hub.hub.runner.run('readEntries');
const board = async (token: string) => {
  const { status, json } = await hub.staff(token, 'GET', '/v1/board');
  assert.equal(status, 200, JSON.stringify(json));
  const figures = json['figures'] as readonly { figure: string; count?: number; of?: number; few: boolean }[];
  return new Map(figures.map((one) => [one.figure, one]));
};
const rowsOf = async (token: string, figure: string, query = ''): Promise<readonly Row[]> =>
  (await hub.staff(token, 'GET', `/v1/board/${figure}${query}`)).json['rows'] as readonly Row[];

test('calls are counted once, by any process and any number of runs, and two are too few for a number', async () => {
  assert.equal(await fill(), 'ok');
  assert.equal(await fill(), 'ok');
  const seen = await board(office);
  assert.deepEqual(seen.get('answered'), { figure: 'answered', count: 6, few: false });
  assert.deepEqual(seen.get('refused'), { figure: 'refused', few: true });
  assert.deepEqual(await rowsOf(office, 'answered'), [
    { department: 'education', provider: 'pub-security', dataset: household, count: 6, few: false },
  ]);
  assert.ok(nonEmpty(await rowsOf(office, 'refused')).every(({ count, few }) => few && count === undefined));
});

test('the trend has twelve weeks from a Monday on, and hides numbers of too few calls', async () => {
  const weeksOf = async (token: string) =>
    (await hub.staff(token, 'GET', '/v1/board')).json['weeks'] as readonly {
      week: string;
      answered?: number;
      refused?: number;
    }[];
  const weeks = await weeksOf(office);
  assert.equal(weeks.length, 12);
  for (const { week } of weeks) assert.equal(new Date(week).getUTCDay(), 1, week);
  const { week: _monday, ...thisWeek } = weeks.at(-1) ?? assert.fail();
  assert.deepEqual(thisWeek, { answered: 6 }, 'two refused calls are too few');
  assert.deepEqual(
    weeks.slice(0, -1).filter(({ answered, refused }) => answered !== 0 || refused !== 0),
    [],
  );
  assert.equal((await weeksOf(ecology)).at(-1)?.answered, 0, 'calls of others');
});

test('quality by week is the grade of the last batches of that week, for the departments of the reader', async () => {
  interface Seen {
    readonly weeks: readonly string[];
    readonly datasets: readonly {
      readonly dataset: string;
      readonly department: string;
      readonly weeks: readonly object[];
    }[];
    readonly nextCursor?: string;
  }
  const qualityOf = async (token: string, query = ''): Promise<Seen> => {
    const { status, json } = await hub.staff(token, 'GET', `/v1/quality${query}`);
    assert.equal(status, 200, JSON.stringify(json));
    return json as unknown as Seen;
  };
  const weeksIn = ({ datasets }: Seen): readonly object[] =>
    datasets.find(({ dataset }) => dataset === household)?.weeks ?? [];
  const seen = await qualityOf(office);
  assert.deepEqual([seen.weeks.length, new Date(seen.weeks[0] ?? '').getUTCDay()], [12, 1]);
  const shown = (await hub.staff(dataOffice, 'GET', `/v1/datasets/${household}/quality`)).json;
  const { score, grade } = shown;
  const week = seen.weeks.at(-1);
  assert.deepEqual(weeksIn(seen), [{ week, batches: 1, grade, score }]);
  const [newest] = shown['batches'] as readonly { readonly publishedAt: string }[];
  const detail = (await hub.staff(dataOffice, 'GET', `/v1/datasets/${household}`)).json;
  assert.equal(detail['updatedAt'], newest?.publishedAt);
  // six copies three weeks ago, the oldest of them all bad: it is one of them, and not of the last five
  const copy = (published: string, bad: string): Promise<unknown> =>
    database.owner.query(
      `INSERT INTO batch SELECT (jsonb_populate_record(b, jsonb_build_object('id', gen_random_uuid(), 'published_at', ${published}, 'rows_bad', ${bad}))).*
         FROM batch AS b WHERE dataset = $1 AND published_at IS NOT NULL LIMIT 1`,
      [household],
    );
  const monday = `'${seen.weeks.at(-4) ?? ''}T00:00:00+08:00'::timestamptz`;
  await copy(monday, '1000000');
  for (let hour = 1; hour < 6; hour += 1) await copy(`${monday} + interval '${hour} hours'`, 'b.rows_bad');
  assert.deepEqual(weeksIn(await qualityOf(office)), [
    { week: seen.weeks.at(-4), batches: 6, grade, score },
    { week, batches: 1, grade, score },
  ]);
  await database.owner.query('DELETE FROM batch WHERE dataset = $1 AND published_at < $2', [
    household,
    seen.weeks.at(-3),
  ]);
  // of others nothing; a page at a time
  const own = await qualityOf(ecology);
  assert.ok(nonEmpty(own.datasets).every(({ department }) => department === 'ecology'));
  assert.deepEqual((await qualityOf(ecology, '?department=pub-security')).datasets, []);
  assert.equal((await hub.staff(clerk, 'GET', '/v1/quality')).status, 403);
  const paged: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const page: Seen = await qualityOf(office, `?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`);
    paged.push(...page.datasets.map(({ dataset }) => dataset));
    cursor = page.nextCursor;
  }
  assert.deepEqual(
    paged,
    seen.datasets.map(({ dataset }) => dataset),
  );
});

test('papers are counted by the register of matters, a case once however often it is asked for', async () => {
  const [one] = children;
  await city.education.client.query(
    household,
    { filter: [{ field: 'person_id', op: 'eq', value: one?.id ?? '' }] },
    {
      purpose: 'school-enrolment',
      agreement: 'agr-school-enrolment',
      onBehalfOf: 'o',
      matter: 'RX-2026-000100',
    },
  );
  await fill();
  const saved = (await board(office)).get('saved');
  const rows = await rowsOf(office, 'saved');
  assert.ok(
    nonEmpty(rows).every(({ count }) => count === 6),
    JSON.stringify(rows),
  );
  assert.equal(saved?.count, 6 * rows.length);
});

test('an entry that cannot be counted delays no other reader of the log, and is counted once it can', async () => {
  const before = (await board(office)).get('answered')?.count ?? 0;
  const rename = (from: string, to: string): Promise<unknown> =>
    database.owner.query(`ALTER TABLE ${from} RENAME TO ${to}`);
  const readFor = async (table: string): Promise<number> =>
    Number((await database.owner.query<{ next: string }>(`SELECT next FROM ${table}`)).rows[0]?.next);
  await rename('board_case', 'board_case_away');
  // the index, too, from the log's beginning: it has a whole chunk to take, and the others are far ahead of it
  await rename('audit_posting', 'audit_posting_away');
  await database.owner.query('DELETE FROM audit_posted');
  try {
    const size = hub.hub.audit.size();
    const now = database.now();
    const look = {
      ...({ now, operation: 'getBoard', kind: 'inspect', carried: undefined } as const),
      actor: { proven: { department: 'education' } },
      facts: {},
    };
    await Promise.all(
      Array.from({ length: Math.max(0, 1_100 - size) }, () =>
        hub.hub.audit.append(entry({ ...look, exchange: uuid7(now) })),
      ),
    );
    await city.education.client.query(
      household,
      { filter: [{ field: 'person_id', op: 'eq', value: children[0]?.id ?? '' }] },
      {
        purpose: 'school-enrolment',
        agreement: 'agr-school-enrolment',
        onBehalfOf: 'o',
        matter: 'RX-2026-000100',
      },
    );
    assert.equal(await fill(), 'internal_error');
    assert.ok((await readFor('board_progress')) < (await readFor('duty_progress')));
  } finally {
    await rename('board_case_away', 'board_case');
    await rename('audit_posting_away', 'audit_posting');
  }
  assert.equal(await fill(), 'ok');
  assert.equal(await readFor('board_progress'), await readFor('duty_progress'));
  assert.equal((await board(office)).get('answered')?.count, before + 1);
  const { rows } = await database.app.query<{ chunk: number }>('SELECT chunk FROM audit_posted');
  assert.deepEqual(rows, [{ chunk: 0 }]);
});

test('who cannot go on is left out of the runs that follow at once, and the others go on in them; each entry is shown once', async () => {
  const size = hub.hub.audit.size();
  assert.ok(size > 1_024 && size < 2_048);
  assert.equal(await fill(), 'ok');
  const shown: [number, number][] = [];
  const onlooker = {
    take: ({ from, to }: { readonly from: number; readonly to: number }) => void shown.push([from, to]),
    end: () => Promise.resolve(),
  };
  let now = database.now();
  const job = readEntries(database.app, { size: () => size }, [onlooker], 1);
  const run = async (signal = new AbortController().signal): Promise<unknown[]> => {
    const act = (): Promise<never> => Promise.reject(new Error('reading is no act'));
    const { more, failures = [] } = await job.run({ now: () => now, state: null, signal, act });
    const { rows } = await database.app.query<{ next: number }>(
      'SELECT next::int AS next FROM duty_progress',
    );
    return [more, failures.length, rows[0]?.next];
  };
  await database.owner.query('DELETE FROM audit_posted');
  await database.owner.query('UPDATE duty_progress SET next = 0');
  await database.owner.query('ALTER TABLE audit_posting RENAME TO audit_posting_away');
  const indexed = async (): Promise<number> =>
    (await database.app.query('SELECT FROM audit_posted')).rowCount ?? 0;
  try {
    assert.deepEqual(await run(AbortSignal.abort()), [false, 0, 0], 'a hub that stops begins nothing');
    assert.deepEqual(await run(), [true, 1, 1_024], 'duties go on, and the index tells why it does not');
    const read = shown.length;
    assert.deepEqual(await run(), [false, 1, size], 'without the index, which stays told');
    assert.deepEqual(shown.slice(0, read), [[0, 1_024]]);
    assert.deepEqual(shown.slice(read), [[1_024, size]]);
    // it is far behind the others, which have a chunk of their own
    await database.owner.query('UPDATE duty_progress SET next = 1024');
    assert.deepEqual(await run(), [false, 1, size]);
    assert.equal(shown.length, read + 1, 'nothing is shown twice');
  } finally {
    await database.owner.query('ALTER TABLE audit_posting_away RENAME TO audit_posting');
  }
  assert.equal(await indexed(), 0);
  await database.owner.query('UPDATE duty_progress SET next = 0');
  now += 5_000;
  assert.deepEqual(await run(), [true, 0, 1_024]);
  assert.equal(await indexed(), 1);
  assert.deepEqual(await run(), [false, 0, size]);
  // nor does one that cannot begin delay those before and after it
  await database.owner.query('DELETE FROM audit_posted');
  await database.owner.query('UPDATE duty_progress SET next = 0');
  await database.owner.query('ALTER TABLE board_progress RENAME TO board_progress_away');
  try {
    assert.deepEqual(await run(), [true, 1, 1_024]);
    assert.equal(await indexed(), 1);
    assert.deepEqual(await run(), [false, 1, size], 'which stays told');
  } finally {
    await database.owner.query('ALTER TABLE board_progress_away RENAME TO board_progress');
  }
  // nor is one whose mark was moved past the log taken for one that has nothing to do
  const { rows } = await database.owner.query<{ next: string }>('SELECT next FROM board_progress');
  await database.app.query('UPDATE board_progress SET next = 9000000000000');
  await database.owner.query('UPDATE duty_progress SET next = 0');
  now += 5_000;
  assert.deepEqual(await run(), [true, 1, 1_024]);
  assert.deepEqual(await run(), [false, 1, size]);
  await database.app.query('UPDATE board_progress SET next = $1', [rows[0]?.next]);
  now += 5_000;
  assert.deepEqual(await run(), [false, 0, size]);
});

test('pending items are shown however few they are, with their place', async () => {
  assert.deepEqual(await rowsOf(office, 'waiting'), [
    { kind: 'batch', department: 'pub-security', dataset: household, count: 1, few: false },
  ]);
  assert.deepEqual(await rowsOf(ecology, 'waiting'), []);
  assert.deepEqual((await board(ecology)).get('waiting'), { figure: 'waiting', count: 0, few: false });
});

interface Item {
  readonly kind: string;
  readonly id: string;
  readonly title?: { readonly zh: string };
  readonly department?: string;
  readonly due?: string;
  readonly overdue?: boolean;
}
const itemsOf = async (token: string, query = ''): Promise<readonly Item[]> =>
  (await hub.staff(token, 'GET', `/v1/board/waiting/items${query}`)).json['items'] as readonly Item[];

test('pending items are listed with their names, departments and deadlines', async () => {
  const [item, ...others] = await itemsOf(office);
  assert.deepEqual(others, []);
  assert.deepEqual([item?.kind, item?.id, item?.department], ['batch', batch, 'pub-security']);
  assert.equal(item?.title?.zh, '户籍人口');
  assert.equal(item.overdue, false);
  assert.match(item.due ?? '', /^\d{4}-\d{2}-\d{2}$/);
  assert.deepEqual(await itemsOf(ecology), []);
  assert.deepEqual(await itemsOf(ecology, '?department=pub-security'), []);
  assert.equal((await hub.staff(clerk, 'GET', '/v1/board/waiting/items')).json['code'], 'scope_missing');
});

test('a leader of a department reads what names their department, and cannot ask for another’s', async () => {
  assert.equal((await rowsOf(education, 'answered')).length, 1);
  assert.deepEqual(await rowsOf(ecology, 'answered'), []);
  assert.deepEqual(await rowsOf(ecology, 'answered', '?department=education'), []);
  assert.equal((await hub.staff(clerk, 'GET', '/v1/board')).json['code'], 'scope_missing');
});

test('a leader reads numbers and names of items alone: no batch, no row, no person, no agreement', async () => {
  for (const path of [
    '/v1/batches',
    `/v1/batches/${batch}`,
    `/v1/batches/${batch}/quarantine`,
    '/v1/persons',
    '/v1/policy/documents',
  ])
    assert.equal((await hub.staff(office, 'GET', path)).json['code'], 'scope_missing', path);
  const text = JSON.stringify((await hub.staff(office, 'GET', '/v1/board/saved')).json);
  assert.ok(!text.includes('RX-2026') && !nonEmpty(children).some(({ id }) => text.includes(id)));
});

test('a stage that ended on the day it was due was in time, a day later it was not; however many requests there are, all are counted', async () => {
  const other = await hub.token('教育局乙', ['steward'], 'education');
  const provider = await hub.token('公安局甲', ['steward'], 'pub-security');
  const made: string[] = [];
  const acts = async (token: string, id: string, body: object): Promise<void> => {
    const { status, json } = await hub.staff(token, 'POST', `/v1/requests/${id}/acts`, body);
    assert.equal(status, 200, JSON.stringify(json));
  };
  for (let index = 0; index < 5; index += 1) {
    const { status, json } = await hub.staff(teacher, 'POST', '/v1/requests', {
      document: {
        kind: 'Agreement',
        id: `agr-in-time-${index}`,
        version: 1,
        provider: 'pub-security',
        consumer: 'education',
        purposes: ['school-enrolment'],
        basis: { type: 'statutory', reference: '中华人民共和国义务教育法', clause: '第十二条' },
        valid: validTerm,
        grants: [
          {
            dataset: household,
            schema: 'household@1',
            lookupBy: ['person_id'],
            fields: { name: { mask: 'clear' } },
          },
        ],
      },
      papers: { reason: '核验入学资格', commitment: 'a'.repeat(64) },
    });
    assert.equal(status, 201, JSON.stringify(json));
    made.push(String(json['id']));
    await acts(other, String(json['id']), { act: 'pass' });
  }
  const [first = ''] = made;
  await acts(provider, first, { act: 'refuse', reason: '不予共享', wouldGrant: '没有' });
  // the review of their own department has five working days
  const days = 86_400_000;
  const begun = dayInChina(Date.now() - 20 * days);
  const due = afterWorkingDays(begun, 5, chinaWorkingCalendar).day;
  const noon = (day: string): number => Date.parse(`${day}T12:00:00+08:00`);
  const at = async (id: string, act: string, moment: number): Promise<void> => {
    const { rowCount } = await database.owner.query(
      'UPDATE request_event SET at = to_timestamp($3 / 1000.0) WHERE request = $1 AND act = $2',
      [id, act, moment],
    );
    assert.equal(rowCount, 1);
  };
  // two at once, two on the last moments of the day it is due, one when the next day has begun
  const lastMoment = Date.parse(`${due}T23:59:59+08:00`);
  const ended = [noon(begun) + 1, noon(begun) + 1, lastMoment, lastMoment, lastMoment + 1_000];
  for (const [index, id] of made.entries()) {
    await at(id, 'make', noon(begun));
    await at(id, 'pass', ended[index] ?? 0);
  }
  await at(first, 'refuse', noon(due));
  // what waits past its deadline counts against the rate, whenever it was due: how many do depends on the holidays before today
  const { requests } = (await hub.staff(dataOffice, 'GET', '/v1/requests?open=true')).json as {
    requests: { id: string; due?: string }[];
  };
  const today = dayInChina(Date.now());
  const overdue = requests.filter((one) => made.includes(one.id) && (one.due ?? today) < today).length;
  const ofProvider = { kind: 'request', department: 'pub-security' };
  assert.deepEqual(await rowsOf(office, 'deadlines'), [
    { kind: 'request', department: 'education', count: 4, of: 5, few: false },
    1 + overdue < 5 ? { ...ofProvider, few: true } : { ...ofProvider, count: 1, of: 1 + overdue, few: false },
  ]);
  assert.deepEqual((await board(office)).get('deadlines'), {
    figure: 'deadlines',
    count: 5,
    of: 6 + overdue,
    few: false,
  });
  const few = { ...ofProvider, few: true };
  assert.deepEqual(
    await rowsOf(office, 'deadlines', '?days=7'),
    overdue === 0 ? [] : [few],
    'what ended before its days does not count',
  );
  assert.deepEqual(await rowsOf(ecology, 'deadlines'), []);
  // what waits is counted whole
  const requestsWait = async (): Promise<unknown> =>
    (await rowsOf(office, 'waiting')).filter(({ kind }) => kind === 'request');
  const waits = { kind: 'request', department: 'pub-security', few: false };
  assert.deepEqual(await requestsWait(), [{ ...waits, count: 4 }]);
  const listed = (await itemsOf(office)).filter(({ kind }) => kind === 'request');
  assert.deepEqual(
    listed.map(({ id, department }) => [id, department]).sort(),
    requests
      .filter(({ id }) => made.includes(id))
      .map(({ id }) => [id, 'pub-security'])
      .sort(),
  );
  assert.equal(listed.filter(({ overdue: late }) => late === true).length, overdue);
  const dues = (await itemsOf(office)).map(({ due: day = '9999' }) => day);
  assert.deepEqual(dues, dues.toSorted(), 'overdue ones first');
  await database.owner.query(
    `INSERT INTO request SELECT 'req-9' || lpad(n::text, 8, '0'), consumer, provider, agreement, version, procedure, procedure_version,
            unconditional, closed, made_by FROM request, generate_series(1, 5001) AS n WHERE id = $1`,
    [made[1]],
  );
  await database.owner.query(
    `INSERT INTO request_event SELECT r.id, e.seq, e.act, e.person, e.at, e.said, e.exchange
       FROM request AS r, request_event AS e WHERE r.id LIKE 'req-9%' AND e.request = $1`,
    [made[1]],
  );
  assert.deepEqual(await requestsWait(), [{ ...waits, count: 5_005 }]);
  assert.deepEqual(
    (await rowsOf(education, 'deadlines')).map(({ count }) => count),
    // one in time of the provider’s own; the copies of an overdue one make its number large enough to be shown
    [5_005, requests.some(({ id, due: day = today }) => id === made[1] && day < today) ? 1 : undefined],
    'a leader of a department sees the rows of that department',
  );
  for (const [table, column] of [
    ['request_event', 'request'],
    ['request', 'id'],
  ])
    await database.owner.query(`DELETE FROM ${table} WHERE ${column} LIKE 'req-9%'`);
});

test('the linking rate counts entries with data of those that should have some, by department, and the catalogue is narrowed by it', async () => {
  const [first, second] = [
    await hub.token('目录甲', ['steward'], 'pub-security'),
    await hub.token('目录乙', ['steward'], 'pub-security'),
  ];
  const entry = (id: string, more: object): object => ({
    id,
    title: { zh: '户籍', en: 'Households' },
    abstract: { zh: '户籍人口', en: 'households' },
    category: '1/12',
    openness: 'closed',
    sourceSystem: '人口系统',
    updateFrequency: 'monthly',
    office: '人口处',
    contact: '0000-1',
    dataClass: 'general',
    sharing: {
      type: 'conditional',
      conditions: '仅限法定职责所需；须载明经办人和办件号',
      manner: 'interface',
    },
    ...more,
  });
  for (const one of [
    entry('pub-security.people', { datasets: [household] }),
    entry('pub-security.archive', {}),
    entry('pub-security.cases', { sharing: { type: 'none', basis: '治安管理处罚法', manner: 'file' } }),
  ]) {
    const { status, json } = await hub.staff(first, 'POST', '/v1/catalogue', one);
    assert.equal(status, 202, JSON.stringify(json));
    const path = `/v1/proposals/${String(json['proposal'])}`;
    const { digest } = (await hub.staff(second, 'GET', path)).json;
    assert.equal((await hub.staff(second, 'POST', `${path}/acceptance`, { digest })).status, 201);
  }
  // the sample's entry: nothing has come of it
  const awaited = { department: 'ecology', count: 0, of: 1, few: false };
  assert.deepEqual(await rowsOf(office, 'linking'), [
    { department: 'pub-security', count: 1, of: 2, few: false },
    awaited,
  ]);
  assert.deepEqual((await board(office)).get('linking'), { figure: 'linking', count: 1, of: 3, few: false });
  assert.deepEqual(await rowsOf(ecology, 'linking'), [awaited], 'another department reads its own alone');
  const found = async (linking: string): Promise<unknown> =>
    (
      (await hub.staff(first, 'GET', `/v1/catalogue?linking=${linking}`)).json['entries'] as { id: string }[]
    ).map(({ id }) => id);
  assert.deepEqual(await found('linked'), ['pub-security.people']);
  assert.deepEqual(await found('awaited'), ['ecology.air-quality-hourly', 'pub-security.archive']);
  // as an empty dataset that went over to another version: it holds a batch, and never a row
  const stored = `WITH kept AS (SELECT id, rows_ok FROM batch WHERE dataset = $1) SELECT json_agg(kept) AS rows FROM kept`;
  const { rows: before } = await database.owner.query<{ rows: unknown }>(stored, [household]);
  await database.owner.query('UPDATE batch SET rows_ok = 0 WHERE dataset = $1', [household]);
  assert.deepEqual(await found('linked'), []);
  assert.deepEqual(await rowsOf(office, 'linking'), [
    { department: 'pub-security', count: 0, of: 2, few: false },
    awaited,
  ]);
  // a dataset without an entry is not linked either
  const apart = {
    id: 'pub-security.apart',
    title: { zh: '户籍乙', en: 'Apart' },
    schema: 'urn:datong:household:1.0',
    mode: 'snapshot',
    sharing: { type: 'none' },
  };
  assert.equal((await hub.staff(city.operator, 'POST', '/v1/datasets', apart)).status, 201);
  assert.deepEqual((await rowsOf(office, 'linking'))[0], {
    department: 'pub-security',
    count: 0,
    of: 3,
    few: false,
  });
  await database.owner.query(
    `UPDATE batch SET rows_ok = kept.rows_ok FROM json_to_recordset($1) AS kept(id uuid, rows_ok bigint) WHERE batch.id = kept.id`,
    [JSON.stringify(before[0]?.rows)],
  );
  assert.deepEqual(await found('linked'), ['pub-security.people']);
  assert.equal((await hub.staff(first, 'GET', '/v1/catalogue?linking=some')).status, 400);
  const late = async (token: string): Promise<Record<string, unknown>[]> =>
    (await hub.staff(token, 'GET', '/v1/inbox')).json['catalogue'] as Record<string, unknown>[];
  assert.deepEqual([await late(first), await late(dataOffice)], [[], []], 'data came this month');
  await database.owner.query(
    `UPDATE batch SET opened_at = opened_at - interval '100 days' WHERE dataset = $1`,
    [household],
  );
  const [cycle, ...others] = await late(first);
  assert.deepEqual(
    [cycle?.['clock'], cycle?.['name'], cycle?.['dataset'], cycle?.['overdue'], others],
    ['cycle', 'pub-security.people', household, true, []],
  );
  assert.deepEqual(await late(dataOffice), [cycle]);
  assert.deepEqual(await late(teacher), [], 'another department has nothing to do with it');
  // where batches are expected by a plan of their own they are reported as silent, and not twice
  await database.owner.query(
    `UPDATE dataset SET intake = intake || '{"expect": {"every": "month", "by": 5}}' WHERE id = $1`,
    [household],
  );
  assert.deepEqual([await late(first), await late(dataOffice)], [[], []]);
  const suspended = await hub.staff(first, 'POST', `/v1/datasets/${household}/decision`, {
    act: 'suspend',
    reason: '核查',
  });
  assert.equal(suspended.status, 200, JSON.stringify(suspended.json));
  assert.deepEqual(await found('linked'), [], 'a suspended agreement is not answered');
});

test('a page of quality by week has at most fifty datasets', async () => {
  for (let nth = 10; nth < 61; nth += 1) {
    const dataset = {
      id: `pub-security.page-${nth}`,
      title: { zh: '户籍', en: 'Household' },
      schema: 'urn:datong:household:1.0',
      mode: 'snapshot',
      sharing: { type: 'none' },
    };
    assert.equal((await hub.staff(city.operator, 'POST', '/v1/datasets', dataset)).status, 201);
  }
  const { json } = await hub.staff(office, 'GET', '/v1/quality?limit=200&department=pub-security');
  assert.equal((json['datasets'] as readonly object[]).length, 50);
  assert.equal(typeof json['nextCursor'], 'string');
});
