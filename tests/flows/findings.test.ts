/** From a burst of refused calls to a person's answer: the job finds it, reports it once, and a person answers; no one acquits themselves. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { entry } from '../../hub/log/entry.ts';
import { followedBetween, storedReader } from '../../hub/log/search/storedReader.ts';
import { readConfig } from '../../hub/platform/config/readConfig.ts';
import { watchedEntries, type SeenDays } from '../../hub/features/log/jobs/entries/watchedEntries.ts';
import type { Job, JobRun } from '../../hub/platform/jobs/job.ts';
import { watchLog } from '../../hub/features/log/jobs/watchLog.ts';
import { growRisk, insertRisk } from '../../hub/features/risks/store/risks.ts';
import { knownVolumes } from '../../hub/features/risks/store/volumes.ts';
import { dayInChina } from '../../terms/civilDate.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { testDatabase } from '../database.ts';
import { typedDatong } from '../typedDatong.ts';
import { writeDemoState } from '../demoState.ts';
import { applyCity, testHub } from '../hub.ts';
import { goneEntryTests } from './goneEntries.ts';
import { callsLogged } from './callsLogged.ts';
import { lastLeaf, newestLeaves } from './leaves.ts';
import { leafTexts } from '../leafTexts.ts';
import { withinOneDay } from '../withinOneDay.ts';

// what is found is counted by the day of China
await withinOneDay();

const aDay = 86_400_000;
const database = await testDatabase();
const hub = await testHub({
  database,
  jobsByTime: false,
  config: {
    findings: {
      denials: 5,
      readers: 3,
      answerDays: 2,
      agreementRestDays: 3,
      caseRestDays: 3,
      staffSearches: 2,
    },
  },
});
const home = mkdtempSync(join(tmpdir(), 'datong-findings-'));
after(async () => {
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});
await applyCity(hub, ['city/departments.yaml', 'city/regions.yaml', 'household/dataset.yaml']);
const auditor = await hub.token('auditor', ['auditor']);
const second = await hub.token('second auditor', ['auditor']);
const local = await hub.token('their auditor', ['auditor'], 'education');
const foreign = await hub.token('another auditor', ['auditor'], 'ecology');

const calls = callsLogged(hub, database);
const watch = async (): Promise<void> => assert.equal(await hub.hub.runner.run('watchLog'), 'ok');

interface Risk {
  readonly id: string;
  readonly rule: string;
  readonly state: string;
  readonly count: number;
  readonly entries: readonly number[];
  readonly exchange: string;
  readonly overdue: boolean;
  readonly personName?: string;
  readonly departments: readonly string[];
}
const risks = async (token = auditor, query = ''): Promise<readonly Risk[]> =>
  (await hub.staff(token, 'GET', `/v1/risks${query}`)).json['risks'] as readonly Risk[];
const decide = async (token: string, id: string, act: string, reason = 'looked into'): Promise<unknown> => {
  const { status, json } = await hub.staff(token, 'POST', `/v1/risks/${id}/${act}`, { reason });
  return status === 200 ? json['state'] : json['code'];
};
const inbox = async (token: string): Promise<readonly Risk[]> =>
  (await hub.staff(token, 'GET', '/v1/inbox')).json['risks'] as readonly Risk[];

test('calls as usual raise nothing', async () => {
  await calls(3, { code: 'no_agreement' });
  await watch();
  assert.deepEqual(await risks(), []);
});

test('a burst of refusals is found with its entries, reported once in the log, and grows with the day', async () => {
  await calls(2, { code: 'no_agreement' });
  await watch();
  const [risk, ...others] = await risks();
  assert.ok(risk !== undefined && others.length === 0);
  assert.deepEqual([risk.rule, risk.count, risk.entries.length, risk.state], ['denial-burst', 5, 5, 'open']);
  const leaves = await newestLeaves(database, 3);
  const leaf = leaves.find(({ id }) => id === risk.exchange);
  assert.deepEqual(
    [leaf?.operation, leaf?.actor, leaf?.change?.['rule']],
    ['watchLog', { staff: 'hub' }, 'denial-burst'],
  );
  await calls(1, { code: 'no_agreement' });
  await watch();
  await watch();
  assert.deepEqual(
    (await risks()).map(({ id, count }) => [id, count]),
    [[risk.id, 6]],
  );
  const reported = (await leafTexts(database)).filter((text) => text.includes('denial-burst'));
  assert.equal(reported.length, 1, 'told once');
});

test('many readers of one person: no report reveals the person', async () => {
  const person = Buffer.alloc(16, 0xab);
  for (const official of ['o-1', 'o-2', 'o-3']) await calls(1, { official, person });
  await watch();
  const risk = (await risks()).find(({ rule }) => rule === 'person-read-by-many');
  assert.equal(risk?.entries.length, 3);
  assert.doesNotMatch(JSON.stringify(risk), /abab/);
});

test('a finding is shown to the departments that it names, and answered by persons of the data office', async () => {
  const [first, other] = await risks();
  assert.ok(first && other);
  assert.equal((await risks(local)).length, 2);
  assert.deepEqual(await risks(foreign), []);
  assert.deepEqual(await inbox(local), [], 'a department does not answer its own finding');
  assert.equal((await inbox(auditor)).length, 2);
  assert.equal(await decide(local, first.id, 'acknowledgement'), 'not_your_department');
  assert.equal(await decide(foreign, first.id, 'escalation'), 'not_your_department');
  assert.equal(await decide(auditor, first.id, 'escalation', '11010519491231002X'), 'reason_identifies');
  assert.equal(await decide(auditor, first.id, 'escalation', ''), 'invalid_request');
  assert.equal(await decide(local, first.id, 'escalation', '不是我们的程序'), 'escalated');
  assert.deepEqual((await lastLeaf(database)).change?.['reason'], '不是我们的程序');
  assert.equal(await decide(auditor, first.id, 'escalation'), 'transition_not_allowed');
  assert.equal(await decide(auditor, other.id, 'escalation'), 'escalated');
  assert.equal(await decide(auditor, other.id, 'acknowledgement'), 'four_eyes');
  assert.deepEqual(
    (await inbox(auditor)).map(({ id }) => id),
    [first.id],
    'a finding that they escalated is not in their own inbox',
  );
  assert.equal(await decide(second, other.id, 'acknowledgement'), 'acknowledged');
  assert.equal(await decide(second, other.id, 'acknowledgement'), 'transition_not_allowed');
  assert.equal(await decide(auditor, uuid7(0), 'acknowledgement'), 'not_found');
  const shown = async (token: string): Promise<unknown> =>
    (await hub.staff(token, 'GET', `/v1/risks/${other.id}`)).json;
  assert.deepEqual(
    [await shown(local), await shown(foreign)].map((one) => {
      const { state, code } = one as { readonly state?: string; readonly code?: string };
      return state ?? code;
    }),
    ['acknowledged', 'not_found'],
  );
  // page by page what is not acknowledged comes first, and each once; another department's list remains empty
  const page = async (query: string, token = auditor) => {
    const { json } = await hub.staff(token, 'GET', `/v1/risks?limit=1${query}`);
    const listed = json as { readonly risks: readonly Risk[]; readonly nextCursor?: string };
    return { ids: listed.risks.map(({ id }) => id), next: listed.nextCursor ?? '' };
  };
  const one = await page('');
  const two = await page(`&cursor=${one.next}`);
  assert.deepEqual([one.ids, two.ids, two.next], [[first.id], [other.id], '']);
  assert.deepEqual((await page(`&cursor=${one.next}`, foreign)).ids, []);
  assert.deepEqual((await page(`&rule=${other.rule}`)).ids, [other.id]);
  assert.deepEqual((await page('&consumer=never-heard')).ids, []);
});

test('the verb lists and answers; overdue findings are shown and counted', async () => {
  const state = join(home, 'demo.json');
  writeDemoState(state, { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } }, { auditor });
  const datong = (...words: string[]) =>
    typedDatong(['audit', 'findings', ...words], { cwd: home, env: { DATONG_STATE: state } });
  await database.owner.query("UPDATE risk SET due = '2020-01-01'");
  const listed = await datong('--as', 'auditor');
  assert.equal(listed.code, 0, listed.stderr);
  assert.match(listed.stdout, /one person is read by many officials/);
  assert.match(listed.stdout, /escalated !/);
  const metrics = await (await fetch(`${hub.hub.origins.admin}/metrics`)).text();
  assert.match(metrics, /findings_overdue 1$/m);
  const [open] = await risks(auditor, '?unanswered=true');
  assert.ok(open?.overdue);
  const answered = await datong('ack', open.id, '--as', 'auditor', '--reason', 'as announced', '--json');
  assert.equal(answered.code, 0, answered.stderr);
  assert.match(answered.stdout, /"acknowledgement":"as announced"/);
  assert.deepEqual(await risks(auditor, '?unanswered=true'), []);
  assert.equal((await risks()).length, 2);
});

test('an agreement and a case that rested are reported by the first answer after it, and not by a refusal', async () => {
  const before = await risks();
  await calls(1, { agreement: 'agr-old@1', matter: 'YX-2025-9', ago: 5 });
  await calls(1, { agreement: 'agr-new@1', matter: 'YX-2026-3', ago: 1 });
  await watch();
  const reported = async (): Promise<unknown[]> => {
    const known = new Set(before.map(({ id }) => id));
    return (await risks())
      .filter(({ id }) => !known.has(id))
      .map(({ rule, count, entries }) => [rule, count, entries.length])
      .sort();
  };
  await calls(1, { agreement: 'agr-old@1', matter: 'YX-2025-9', code: 'no_agreement' });
  await calls(1, { agreement: 'agr-new@1', matter: 'YX-2026-3' });
  await watch();
  assert.deepEqual(await reported(), []);
  await calls(1, { agreement: 'agr-old@1', matter: 'YX-2025-9' });
  await watch();
  await calls(2, { agreement: 'agr-old@1', matter: 'YX-2025-9' });
  await watch();
  assert.deepEqual(await reported(), [
    ['dormant-agreement', 5, 3],
    ['rested-case', 5, 3],
  ]);
});

test('of a day that is judged in portions a finding retains what the earlier ones gave it, and what is judged again counts once', async () => {
  const { owner } = database;
  const found = {
    rule: 'unusual-volume',
    day: '2020-02-03',
    key: 'transport',
    limit: 5,
    consumer: 'transport',
  } as const;
  const grow = (from: number, count: number, entries: readonly number[], departments: readonly string[]) =>
    growRisk(owner, { ...found, official: undefined, person: undefined, from, count, entries, departments });
  const stored = async (): Promise<unknown> => {
    const { rows } = await owner.query(
      `SELECT count::int, entries::int[], departments FROM risk WHERE day = '2020-02-03' AND key = 'transport'`,
    );
    return rows;
  };
  assert.equal(await grow(0, 6, [10, 11], ['ecology']), false, 'it was never told');
  const reported = { id: uuid7(1), now: 0, due: '2020-02-10', exchange: uuid7(2) };
  const first = { ...found, official: undefined, person: undefined, count: 6, entries: [10, 11] };
  await insertRisk(owner, { ...first, departments: ['ecology', 'transport'] }, reported);
  // the same portion again, grown: it takes the place of what it gave
  assert.equal(await grow(10, 7, [10, 11, 12], ['transport']), true);
  assert.deepEqual(await stored(), [{ count: 7, entries: [10, 11, 12], departments: ['transport'] }]);
  // a later portion adds its entries, and its number only where that is higher
  await grow(20, 5, [20, 21], ['housing']);
  const both = { entries: [10, 11, 12, 20, 21], departments: ['housing', 'transport'] };
  assert.deepEqual(await stored(), [{ count: 7, ...both }]);
  await grow(20, 5, [20, 21], ['housing']);
  assert.deepEqual(await stored(), [{ count: 7, ...both }], 'judged twice it is there once');
  await grow(20, 9, [20, 21, 22], ['housing']);
  assert.deepEqual(await stored(), [{ count: 9, ...both, entries: [10, 11, 12, 20, 21, 22] }]);
  // of very many the first are stored, whichever portion they came in
  const many = Array.from({ length: 600 }, (_, nth) => 100 + nth);
  await grow(100, 600, many, ['transport']);
  const entries = [10, 11, 12, 20, 21, 22, ...many].slice(0, 500);
  assert.deepEqual(await stored(), [{ count: 600, ...both, entries }]);
  await owner.query(`DELETE FROM risk WHERE day = '2020-02-03'`);
});

test('a person who queries the log about persons again and again is reported, and does not acquit themselves', async () => {
  const ask = async (token: string, more: object = {}): Promise<unknown> => {
    const subject = {
      dataset: 'pub-security.household',
      value: '11010519491231002X',
      reason: 'a complaint',
      case: 'XH-1',
    };
    return (await hub.staff(token, 'POST', '/v1/log/searches', { subject, ...more })).status;
  };
  assert.deepEqual(
    [await ask(second), await ask(second, { before: 1 }), await ask(auditor)],
    [200, 200, 200],
  );
  await watch();
  const found = async () => (await risks()).filter(({ rule }) => rule === 'staff-searches');
  assert.deepEqual(await found(), [], 'a further page is no further question');
  assert.equal(await ask(second), 200);
  await watch();
  const [risk, ...others] = await found();
  assert.ok(risk !== undefined && others.length === 0);
  assert.deepEqual([risk.personName, risk.count, risk.departments], ['second auditor', 2, []]);
  assert.ok(!(await inbox(second)).some(({ id }) => id === risk.id));
  assert.ok((await inbox(auditor)).some(({ id }) => id === risk.id));
  assert.equal(await decide(second, risk.id, 'acknowledgement'), 'four_eyes');
  const list = await typedDatong(['audit', 'findings', '--as', 'auditor'], {
    cwd: home,
    env: { DATONG_STATE: join(home, 'demo.json') },
  });
  assert.match(list.stdout, /second auditor/);
  assert.equal(await decide(auditor, risk.id, 'acknowledgement'), 'acknowledged');
});

test('entries read for others are judged as if they had been read for the rule, by whichever reader, and however many are cached', async () => {
  const size = hub.hub.audit.size();
  const { app } = hub.hub.database;
  const reader = storedReader();
  const chunk = async (from: number, to: number) => ({
    number: 0,
    from,
    to,
    entries: await followedBetween(app, from, to, reader),
  });
  const plenty = { entries: 1e6, persons: 1e6 };
  const plainly = (await watchedEntries(app, plenty).between(0, size, 1e6)).days;
  assert.ok([...plainly.values()].some(({ searches }) => searches.length > 0));
  assert.ok([...plainly.values()].some(({ looks }) => looks.some(({ persons }) => persons.length > 0)));
  for (const limits of [plenty, { entries: 7, persons: 1e6 }, { entries: 1e6, persons: 3 }]) {
    const stored = watchedEntries(app, limits);
    // out of order, doubled, overlapping, with a hole, as two processes and a run that broke off leave it
    for (const [from, to] of [
      [20, 30],
      [0, 12],
      [5, 25],
      [size - 9, size - 3],
      [size - 3, size],
      [size - 9, size],
    ] as const) {
      stored.take(await chunk(from, to));
      if (from !== size - 9) await stored.end();
    }
    assert.deepEqual((await stored.between(0, size, 1e6)).days, plainly);
    assert.deepEqual((await stored.between(0, size, 1e6)).days, plainly, 'and once more from what is kept');
    stored.forget(25);
    assert.deepEqual((await stored.between(0, size, 1e6)).days, plainly);
  }
  // an erasure: a person whom entries no longer concern is not judged by what was stored
  const stored = watchedEntries(app, plenty);
  stored.take(await chunk(0, size));
  await stored.end();
  await database.owner.query('ALTER TABLE audit_subject RENAME TO audit_subject_away');
  await database.owner.query('CREATE TABLE audit_subject (LIKE audit_subject_away)');
  await database.owner.query('GRANT SELECT ON audit_subject TO datong_app');
  const concerned = async (): Promise<number> =>
    [...(await stored.between(0, size, 1e6)).days.values()].reduce(
      (sum, { looks }) => sum + looks.filter(({ persons }) => persons.length > 0).length,
      0,
    );
  try {
    assert.ok((await concerned()) > 0, 'it is kept');
    await database.owner.query(
      `INSERT INTO subject_erasure (id, exchange, subject, before) VALUES ($1, $1, '\\x00', now())`,
      [uuid7(0)],
    );
    assert.equal(await concerned(), 0);
  } finally {
    await database.owner.query('DROP TABLE audit_subject');
    await database.owner.query('ALTER TABLE audit_subject_away RENAME TO audit_subject');
  }
});

test('a reader of the log is seen by others, each access with its reason, and no access is left out', async () => {
  interface Read {
    readonly index: number;
    readonly operation: string;
    readonly decision: string;
    readonly personName?: string;
    readonly department?: string;
    readonly case?: string;
  }
  const security = await hub.token('security officer', ['security']);
  const otherOfficer = await hub.token('their security officer', ['security'], 'education');
  const reads = async (token: string, query = ''): Promise<readonly Read[]> => {
    const { status, json } = await hub.staff(token, 'GET', `/v1/log/reads${query}`);
    assert.equal(status, 200, JSON.stringify(json));
    return json['reads'] as readonly Read[];
  };
  const looks: readonly (readonly [operation: string, ask: () => Promise<{ readonly status: number }>])[] = [
    ['searchEntries', () => hub.staff(auditor, 'POST', '/v1/log/searches', { limit: 1 })],
    ['listEntries', () => hub.staff(auditor, 'GET', '/v1/log/entries?limit=1')],
    ['exportPack', () => hub.staff(auditor, 'POST', '/v1/log/packs', { from: 0, to: 1 })],
    // refused, and reported all the same
    ['searchEntries', () => hub.staff(auditor, 'POST', '/v1/log/searches', { matter: '11010519491231002X' })],
    [
      'assessIncident',
      () => {
        const span = { from: '2020-01-01T00:00:00Z', until: '2020-01-02T00:00:00Z' };
        return hub.staff(auditor, 'POST', '/v1/log/incidents', { ...span, reason: 'test', case: 'AQ-9' });
      },
    ],
  ];
  const before = (await reads(security))[0]?.index ?? 0;
  for (const [, ask] of looks) await ask();
  await hub.staff(local, 'POST', '/v1/log/searches', { limit: 1 });
  // calls without a subject push no access off the page
  for (let n = 0; n < 5; n += 1)
    assert.equal((await hub.staff('nobody', 'POST', '/v1/log/searches', { limit: 1 })).status, 401);
  assert.deepEqual(
    (await reads(security, '?limit=2')).map(({ operation }) => operation),
    ['searchEntries', 'assessIncident'],
  );
  const seen = (await reads(security)).filter(({ index }) => index > before);
  assert.deepEqual(seen.map(({ operation, personName }) => [operation, personName]).reverse(), [
    ['listLogReads', 'security officer'],
    ...looks.map(([operation]) => [operation, 'auditor']),
    ['searchEntries', 'their auditor'],
    ['listLogReads', 'security officer'],
  ]);
  assert.equal(seen[2]?.case, 'AQ-9');
  // the access to the accesses is one, and the auditor sees that they are seen
  assert.deepEqual(
    (await reads(auditor)).slice(0, 3).map(({ operation, personName }) => [operation, personName]),
    [
      ['listLogReads', 'security officer'],
      ['listLogReads', 'security officer'],
      ['searchEntries', 'their auditor'],
    ],
  );
  // a department's officer sees those of their own department alone, and its auditor is not their own reader
  const own = await reads(otherOfficer);
  assert.ok(own.some(({ personName }) => personName === 'their auditor'));
  assert.deepEqual([...new Set(own.map(({ department }) => department))], ['education']);
  assert.equal((await hub.staff(local, 'GET', '/v1/log/reads')).json['code'], 'not_your_department');
  // page by page nothing is passed over
  const whole = (await reads(otherOfficer, '?limit=200')).map(({ index }) => index);
  const paged: number[] = [];
  for (let cursor = ''; ;) {
    const { json } = await hub.staff(otherOfficer, 'GET', `/v1/log/reads?limit=1${cursor}`);
    paged.push(...(json['reads'] as readonly Read[]).map(({ index }) => index));
    if (typeof json['nextCursor'] !== 'string' || paged.length > 50) break;
    cursor = `&cursor=${json['nextCursor']}`;
  }
  assert.deepEqual(
    paged.filter((index) => whole.includes(index)),
    whole,
  );
  const listed = await typedDatong(['audit', 'reads', '--as', 'auditor'], {
    cwd: home,
    env: { DATONG_STATE: join(home, 'demo.json') },
  });
  assert.equal(listed.code, 0, listed.stderr);
  assert.match(listed.stdout, /assessIncident.*AQ-9/);
});

test('of entries that name many persons few are read at once, and as many are stored and judged as persons may be', async () => {
  const { audit, database: store } = hub.hub;
  const from = audit.size();
  const [entries, each] = [50, 500];
  for (let nth = 0; nth < entries; nth += 1) {
    const now = database.now();
    await audit.append(
      entry({
        exchange: uuid7(now),
        now,
        operation: 'streamDataset',
        kind: 'release',
        actor: { proven: { department: 'education' } },
        subjects: Array.from({ length: each }, (_, one) =>
          Buffer.from(uuid7(nth * each + one).replaceAll('-', ''), 'hex'),
        ),
        facts: { consumer: 'education', rows: { delivered: each, withheld: 0 } },
        carried: undefined,
      }),
    );
  }
  const to = audit.size();
  /** persons of each reading of tokens */
  const read: number[] = [];
  const range = /FROM audit_subject\s+WHERE idx >= (\d+) AND idx < (\d+)/;
  const app = new Proxy(store.app, {
    get: (pool, member) =>
      member === 'query'
        ? pool.query.bind(pool)
        : member === 'connect'
          ? async () => {
              const client = await pool.connect();
              const query = client.query.bind(client);
              return new Proxy(client, {
                get: (own, name) =>
                  name === 'query'
                    ? (statement: Parameters<typeof query>[0], values?: unknown[]) => {
                        const [, first, end] = range.exec((statement as { text?: string }).text ?? '') ?? [];
                        if (first !== undefined) read.push((Number(end) - Number(first)) * each);
                        return query(statement, values);
                      }
                    : (Reflect.get(own, name) as unknown),
              });
            }
          : (Reflect.get(pool, member) as unknown),
  });
  const reader = storedReader();
  const leaves = () => followedBetween(app, from, to, reader);
  const readIn = async (work: Promise<unknown>): Promise<readonly number[]> => {
    read.length = 0;
    await work;
    return read;
  };
  const looksIn = ({ days }: SeenDays): number =>
    [...days.values()].reduce((sum, { looks }) => sum + looks.length, 0);

  const all = watchedEntries(app, { entries: 1e6, persons: 1e6 });
  assert.deepEqual(await readIn(all.between(from, to, 1e6)), [20_000, 5_000], 'read when it is asked for');
  const onlooker = watchedEntries(app, { entries: 1e6, persons: 4_000 });
  onlooker.take({ number: 0, from, to, entries: await leaves() });
  assert.deepEqual(await readIn(onlooker.end()), [20_000, 5_000], 'and when others read it');
  assert.deepEqual(await readIn(all.between(from, to, 1e6)), [], 'all of it is kept');
  const stored = 8;
  assert.deepEqual(await readIn(onlooker.between(to - stored, to, 1e6)), [], 'the newest are kept');
  assert.deepEqual(await readIn(onlooker.between(to - stored - 1, to, 1e6)), [each], 'and no more of them');

  const some = await all.between(from, to, 5_300);
  assert.deepEqual([looksIn(some), some.to], [10, from + 10]);
  const one = await all.between(from, to, 1);
  assert.deepEqual(
    [looksIn(one), one.to],
    [1, from + 1],
    'an entry of more than may be is judged all the same',
  );
  const rest = await all.between(from + 10, to, 1e6);
  assert.deepEqual([looksIn(rest), rest.to], [entries - 10, to]);

  // the job judges such a day in parts, reports that, and comes to its end
  const { findings } = readConfig({ name: 'yunxi', publicOrigin: 'https://localhost' }, {});
  const job = watchLog(app, audit, findings, { maxPersons: 5_300 });
  const reported: unknown[] = [];
  const run: JobRun = {
    state: { from, seen: from },
    signal: new AbortController().signal,
    now: () => database.now(),
    act: ({ change }) => {
      reported.push(change?.['rule']);
      return Promise.resolve({ exchange: uuid7(0) });
    },
  };
  const states: unknown[] = [];
  const judge = async (by: Job): Promise<void> => {
    states.length = 0;
    for (let more = true; more;) {
      const result = await by.run({ ...run, state: states.at(-1) ?? run.state });
      states.push(result.state);
      more = result.more === true;
    }
  };
  /** rows of that day from there on, by its portions */
  const portions = async (): Promise<readonly number[]> => {
    const { rows } = await store.app.query<{ rows: number }>(
      "SELECT rows::int AS rows FROM risk_volume WHERE consumer = 'education' AND first_entry >= $1 ORDER BY first_entry",
      [from],
    );
    return rows.map((one) => one.rows);
  };
  const tomorrow = dayInChina(database.now() + aDay);
  const known = async (): Promise<number> =>
    (await knownVolumes(store.app, tomorrow, 0)).before.reduce(
      (sum, { consumer, rows }) => (consumer === 'education' ? sum + rows : sum),
      0,
    );
  const before = await known();
  await judge(job);
  assert.deepEqual(states, [
    ...[10, 20, 30, 40].map((nth) => ({ from: from + nth, seen: from + nth })),
    { from: from + 40, seen: to },
  ]);
  assert.ok(reported.includes('watch-incomplete'));
  // whatever portions it comes in, and however often, the day's volume is the sum
  const fifth = (entries / 5) * each;
  assert.deepEqual([await portions(), await known()], [Array<number>(5).fill(fifth), before + 5 * fifth]);
  await judge(job);
  assert.deepEqual([await portions(), await known()], [Array<number>(5).fill(fifth), before + 5 * fifth]);
  await judge(watchLog(app, audit, findings, { maxPersons: 15_300 }));
  assert.deepEqual([await portions(), await known()], [[3 * fifth, 2 * fifth], before + 5 * fifth]);
  await judge(watchLog(app, audit, findings));
  assert.deepEqual([await portions(), await known()], [[5 * fifth], before + 5 * fifth]);
});

goneEntryTests({ hub, database, home, auditor });
