/** Statistics of cases from the log alone: an outside script over an export of the log computes the same. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import type { components } from '../../api/openapi.ts';
import { entry } from '../../hub/log/entry.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { samples } from '../hub.ts';
import { readWholeLog } from '../readWholeLog.ts';
import { readBackIsOver, takenOut } from '../takenOut.ts';
import { row, rules, streetCases, type Row } from './streetCases.ts';
import { cityHub } from '../cityHub.ts';

type Statistics = components['schemas']['CaseStatistics'];

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 20 });
const { dataset, push, change, age } = await streetCases(hub, city);
const { client: provider } = city.ecology;
const { client: roads } = city.education;
const { client: parks } = city.publicSecurity;
const folder = mkdtempSync(join(tmpdir(), 'datong-statistics-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const hourMs = 3_600_000;
const [leader, contractor, stranger, auditor] = await Promise.all([
  hub.token('stat leader', ['leader'], 'ecology'),
  hub.token('stat contractor', ['steward'], 'education'),
  hub.token('stat stranger', ['steward'], 'transport'),
  hub.token('stat auditor', ['auditor']),
]);
const from = new Date(database.now() - hourMs).toISOString();
const path = (id: string, query = `from=${from}`): string =>
  `/v1/datasets/${id}/case-statistics${query === '' ? '' : `?${query}`}`;

/** Three cases: one is closed in time, one is finished late, one is never accepted. */
async function worked(): Promise<string> {
  const id = await dataset(rules);
  await push(id, [row('a', 'education'), row('b', 'pub-security'), row('c', 'education')]);
  // a stored case that comes again is no new one
  await push(id, [row('a', 'education')]);
  const to = (by: typeof roads, name: string, version: number, set: Row) =>
    change(by, id, name, { version, set });
  await age(id, hourMs);
  await to(roads, 'a', 1, { status: 'accepted' });
  await to(parks, 'b', 1, { status: 'accepted' });
  await age(id, 2 * hourMs);
  await to(roads, 'a', 2, { note: 'no transition' });
  await to(roads, 'a', 3, { status: 'done' });
  await to(provider, 'a', 4, { status: 'checked' });
  await age(id, 30 * 24 * hourMs);
  await to(parks, 'b', 2, { status: 'done' });
  assert.equal(await hub.hub.runner.run('noticeDeadlines'), 'ok');
  return id;
}

test('figures by step and department; an outside script over the export of the log computes the same', async () => {
  const id = await worked();
  const { status, json } = await hub.staff(leader, 'GET', path(id));
  assert.equal(status, 200, JSON.stringify(json));
  const { dataset: of, from: begin, until, entries = 0, ...figures } = json as unknown as Statistics;
  assert.equal(of, id);
  assert.ok(entries >= 9);
  const { opened, closed, missed, steps } = figures;
  assert.deepEqual([opened, closed], [3, 1]);
  // the moments of the rows were moved back, their entries were not
  assert.equal(figures.openedAndClosed, 0);
  assert.deepEqual(
    steps.map(({ transition, department, made, inTime, late, medianSeconds }) => [
      ...[transition, department, made, inTime, late, Math.round(medianSeconds / 3_600)],
    ]),
    [
      ['accept', 'education', 1, 1, 0, 1],
      ['accept', 'pub-security', 1, 1, 0, 1],
      ['check', 'ecology', 1, 0, 0, 0],
      ['finish', 'education', 1, 1, 0, 2],
      ['finish', 'pub-security', 1, 0, 1, 722],
    ],
  );
  assert.equal(Math.round((figures.medianSecondsToClose ?? 0) / 3_600), 3);
  assert.deepEqual(missed, [{ transition: 'accept', departments: 'education', cases: 1 }]);

  const { rows } = await database.app.query<{ size: string }>('SELECT size FROM audit_head');
  const packs: string[] = [];
  for (let first = 0; first < Number(rows[0]?.size); first += 200) {
    const to = Math.min(Number(rows[0]?.size), first + 200);
    const pack = await hub.staff(auditor, 'POST', '/v1/log/packs', { from: first, to });
    assert.equal(pack.status, 200, JSON.stringify(pack.json).slice(0, 500));
    const file = join(folder, `pack-${first}.json`);
    writeFileSync(file, JSON.stringify(pack.json));
    packs.push(file);
  }
  const script = join(samples, 'case-statistics', 'statistics.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [script, id, begin, until, ...packs]);
  assert.deepEqual(JSON.parse(stdout), figures);
});

test('each department sees a deadline that it missed together with others', async () => {
  const contributors = rules.contributors.map(({ department, sets }) => ({ department, sets }));
  const id = await dataset({ ...rules, contributors });
  await push(id, [row('a', 'education')]);
  await age(id, 30 * 24 * hourMs);
  assert.equal(await hub.hub.runner.run('noticeDeadlines'), 'ok');
  const together = [{ transition: 'accept', departments: 'education, pub-security', cases: 1 }];
  for (const token of [leader, contractor]) {
    const { json } = await hub.staff(token, 'GET', path(id));
    assert.deepEqual((json as unknown as Statistics).missed, together);
  }
});

test('entries that were taken out of the log are counted as missing', async () => {
  const id = await dataset(rules);
  await push(id, [row('a', 'education')]);
  const { json: whole } = await hub.staff(auditor, 'POST', '/v1/log/searches', {
    dataset: id,
    operation: 'pushRows',
  });
  const pushed = whole['entries'] as readonly { readonly index: number }[];
  assert.equal(pushed.length, 1);
  // the index names entries of whole chunks
  await Promise.all(
    Array.from({ length: 1_024 }, () =>
      hub.hub.audit.append(
        entry({
          exchange: uuid7(database.now()),
          now: database.now(),
          operation: 'getReadiness',
          kind: 'inspect',
          carried: undefined,
          actor: { proven: {} },
          facts: {},
        }),
      ),
    ),
  );
  await readWholeLog(hub.hub.database.app, hub.hub.audit.size());
  assert.equal(await hub.hub.runner.run('deriveTiles'), 'ok');
  await readBackIsOver();
  await takenOut(
    database,
    pushed.map(({ index }) => index),
    async () => {
      assert.equal(await hub.hub.runner.run('reverifyLog'), 'ok');
      const { json } = await hub.staff(leader, 'GET', path(id));
      const { opened, missing } = json as unknown as Statistics;
      assert.deepEqual([opened, missing], [0, 1]);
    },
  );
});

test('a contributor sees its own steps, another department nothing, and the range has a bound', async () => {
  const id = await dataset(rules);
  await push(id, [row('a', 'education'), row('b', 'pub-security')]);
  await change(roads, id, 'a', { version: 1, set: { status: 'accepted' } });
  await change(parks, id, 'b', { version: 1, set: { status: 'accepted' } });
  const { json } = await hub.staff(contractor, 'GET', path(id, ''));
  const { steps, opened, closed, entries } = json as unknown as Statistics;
  assert.deepEqual(
    [steps.map(({ department }) => department), opened, closed, entries],
    [['education'], undefined, undefined, undefined],
  );
  const code = async (token: string, about: string): Promise<unknown> =>
    (await hub.staff(token, 'GET', about)).json['code'];
  assert.equal(await code(stranger, path(id)), 'dataset_unknown');
  assert.equal(await code(stranger, path('ecology.nowhere')), 'dataset_unknown');
  assert.equal(await code(leader, path('ecology.air-quality-hourly')), 'rows_not_changeable');
  const leap = 'from=2026-06-30T23:59:60Z';
  assert.equal(await code(leader, path(id, leap)), 'invalid_request', 'no moment that can be compared');
  for (const range of [`from=${from}&until=${from}`, `from=2024-01-01T00:00:00Z`])
    assert.equal(await code(leader, path(id, range)), 'case_range_unfit', range);
  const early = 'from=2026-01-01T00:00:00Z&until=2026-01-02T00:00:00Z';
  const none = (await hub.staff(leader, 'GET', path(id, early))).json as unknown as Statistics;
  assert.deepEqual([none.opened, none.closed, none.steps, none.missed], [0, 0, [], []]);
});
