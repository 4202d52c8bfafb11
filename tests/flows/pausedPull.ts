/** What a pause of a pull does, to a pull that exists. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Database } from '../../hub/platform/database/database.ts';
import { pullOf } from '../../hub/features/pulls/store/pulls.ts';
import { beginRun } from '../../hub/features/pulls/store/runs.ts';
import type { TestHub } from '../hub.ts';
import { newestLeaves } from './leaves.ts';

/** Bearers of their tokens: a steward of the department, a clerk of it, an operator, a steward of another department. */
interface Town {
  readonly hub: TestHub;
  readonly database: Database;
  readonly steward: { readonly token: string; readonly person: string };
  readonly clerk: string;
  readonly operator: string;
  readonly stranger: string;
  /** runs of a dataset, shown to its department */
  readonly runs: (id: string) => Promise<readonly unknown[]>;
  /** requests a run, has it done, and shows the outcome */
  readonly run: (id: string) => Promise<string>;
}

/** @param id a dataset that is pulled by schedule, and no other in trouble @returns how many runs it had meanwhile: one when it was lifted, one when it was over */
export async function pausesAndResumes(
  { hub, database, steward, clerk, operator, stranger, runs, run }: Town,
  id: string,
): Promise<number> {
  const act = async (what: string, body: object, by = steward.token): Promise<string> => {
    const { status, json } = await hub.staff(by, 'POST', `/v1/datasets/${id}/pull/${what}`, body);
    return status < 300 ? 'done' : String(json['code']);
  };
  const shown = async (): Promise<Record<string, unknown> | undefined> =>
    (await hub.staff(clerk, 'GET', `/v1/datasets/${id}/pull`)).json['pause'] as Record<string, unknown>;
  const waits = async (token: string): Promise<readonly Record<string, string>[]> =>
    (await hub.staff(token, 'GET', '/v1/inbox')).json['pulls'] as readonly Record<string, string>[];
  const day = (on: number): string =>
    new Date(Date.now() + 8 * 3_600_000 + on * 86_400_000).toISOString().slice(0, 10);
  const reason = '机房搬迁';
  assert.equal(await act('resume', {}), 'pull_not_paused');
  assert.equal(await act('pause', { reason, until: day(-2) }), 'pull_pause_days');
  assert.equal(await act('pause', { reason, until: day(95) }), 'pull_pause_days');
  assert.equal(await act('pause', { reason }), 'invalid_request');
  assert.equal(await act('pause', { reason: '990101201501010015', until: day(3) }), 'reason_identifies');
  assert.equal(await act('pause', { reason, until: day(3) }, stranger), 'not_your_department');
  assert.equal(await act('pause', { reason, until: day(3) }, operator), 'scope_missing');
  assert.equal(await act('pause', { reason, until: day(3) }, clerk), 'scope_missing');
  const before = (await runs(id)).length;
  // asked for and not begun: forgotten with the pause
  assert.equal(await act('run', {}), 'done');
  assert.equal(await act('pause', { reason, until: day(3) }), 'done');
  assert.equal(await act('run', {}), 'pull_paused');
  await hub.hub.runner.run('pullSources');
  assert.equal((await runs(id)).length, before, 'nothing is read');
  const pause = await shown();
  assert.deepEqual([pause?.['until'], pause?.['reason'], pause?.['by']], [day(3), reason, steward.person]);
  assert.deepEqual(
    (await waits(steward.token)).map(({ dataset: of, outcome, until }) => [of, outcome, until]),
    [[id, 'pull_paused', day(3)]],
  );
  assert.deepEqual(await waits(stranger), []);
  const listed = await hub.staff(clerk, 'GET', '/v1/pulls');
  assert.deepEqual(
    (listed.json['pulls'] as { dataset: string; pausedUntil?: string }[]).map((one) => one.pausedUntil),
    [undefined, day(3)],
  );
  const { change } =
    (await newestLeaves(database, 30)).find(({ operation }) => operation === 'pausePull') ?? {};
  assert.deepEqual(change, { kind: 'Pull', id, act: 'pause', until: day(3), reason });
  // a poll that found it before it was paused begins nothing
  const row = await pullOf(database.app, id);
  assert.ok(row);
  const { digest } = row;
  const late = { id: randomUUID(), dataset: id, digest, reading: digest, period: 'one', begunAt: Date.now() };
  assert.equal(await beginRun(database.app, { ...late, today: day(0) }), false);
  assert.equal(await act('resume', {}), 'done');
  assert.equal(await act('resume', {}), 'pull_not_paused');
  assert.equal(await shown(), undefined);
  assert.deepEqual(await waits(steward.token), []);
  assert.match(await run(id), /^(read|nothing_new) /);
  // its day has passed: no one has to do anything
  assert.equal(await act('pause', { reason, until: day(0) }), 'done');
  await database.app.query('UPDATE pull SET paused_until = paused_until - 2 WHERE dataset = $1', [id]);
  assert.equal(await shown(), undefined);
  assert.deepEqual(await waits(steward.token), []);
  assert.match(await run(id), /^(read|nothing_new) /);
  return (await runs(id)).length - before;
}
