/** A call of a feed that waits: it ends when what its consumer receives changed, and not for what masks, filters or terms take away. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cellsOf, csvLine, headers } from '../../clients/cli/demo/files/householdFile.ts';
import { residents, seededRandom, type Resident } from '../../clients/cli/demo/files/invented.ts';
import type { ChangesAnswer, ChangesQuestion } from '../../clients/sdk/changes.ts';
import { DatongClient } from '../../clients/sdk/datongClient.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { CallContext } from '../../clients/sdk/types.ts';
import { ChangeWaits } from '../../hub/flows/release/changes/changeWaits.ts';
import { encodeGb18030 } from '../../terms/gb18030.ts';
import { testHub, type Machine } from '../hub.ts';
import { applyGrant } from '../policyWith.ts';
import { lastLeaf, newestLeaves } from './leaves.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 20 });
const other = await testHub({ database, keysDir: hub.hub.config.keysDir, jobsByTime: false });
after(() => other.stop());
const police = city.publicSecurity.client;
const { exchange, open } = other.hub.origins;
const there = new DatongClient({
  department: 'pub-security',
  hub: { exchange, open },
  ca: other.ca,
  tls: city.publicSecurity.tls,
  signingKey: city.publicSecurity.signing,
});
after(() => there.close());
const dataset = 'pub-security.household';
const random = residents(seededRandom(45));
const people: Resident[] = Array.from({ length: 40 }, () => ({ ...random.next().value, region: '990101' }));
let files = 0;
async function send(by = police): Promise<void> {
  files += 1;
  // no two files are the same bytes: an address differs, which is granted to neither
  const all = people.map((one, at) => (at === 0 ? { ...one, address: `云溪区新路 ${files} 号` } : one));
  const bytes = encodeGb18030([headers, ...all.map(cellsOf)].map(csvLine).join(''));
  await by.sendFile(dataset, bytes, { mapping: 'household' });
}

/** One consumer under one agreement, in step with it. */
class Consumer {
  readonly machine: Machine;
  readonly context: CallContext;
  watermark: string | undefined;

  constructor(machine: Machine, agreement: string) {
    this.machine = machine;
    this.context = {
      purpose: 'school-enrolment',
      agreement,
      onBehalfOf: 'official-17',
      matter: 'YX-2026-000123',
    };
  }

  async ask(question: ChangesQuestion = {}): Promise<ChangesAnswer> {
    const acknowledge = this.watermark === undefined ? {} : { acknowledge: this.watermark };
    const { changes } = this.machine.client;
    return (await changes.next(dataset, { ...acknowledge, ...question }, this.context)).json;
  }

  async follow(): Promise<void> {
    for (;;) {
      const { watermark, more } = await this.ask();
      this.watermark = watermark;
      if (!more) return;
    }
  }
}
const byDay = new Consumer(city.education, 'agr-school-enrolment');
const byYear = new Consumer(city.ecology, 'agr-by-year');

before(async () => {
  await send();
  const terms = { requires: ['on-behalf-of'], deliveries: ['changes'], limits: { rowsPerCall: 1000 } };
  const fields = { person_id: { mask: 'idCard', head: 6, tail: 0 }, region_code: { mask: 'clear' } };
  await applyGrant(...([hub, city, 'household/agreement.yaml', 2] as const), (grant) => ({
    ...grant,
    ...terms,
    fields: { ...fields, birth_date: { mask: 'clear' } },
  }));
  await applyGrant(
    ...([hub, city, 'household/agreement.yaml', 1] as const),
    (grant) => ({ ...grant, ...terms, fields: { ...fields, birth_date: { mask: 'dateTrunc', to: 'year' } } }),
    { id: 'agr-by-year', consumer: 'ecology', matters: [] },
    city.ecology,
  );
  await Promise.all([byDay.follow(), byYear.follow()]);
});

const moveBirthday = (at: number): void => {
  const one = people[at] ?? assert.fail();
  people[at] = { ...one, birth: { ...one.birth, day: one.birth.day === 1 ? 2 : 1 } };
};
const moveBirthYear = (at: number): void => {
  const one = people[at] ?? assert.fail();
  people[at] = { ...one, birth: { ...one.birth, year: one.birth.year - 1 } };
};
/** Whether a call has been answered. */
function watched<T>(call: Promise<T>): { readonly call: Promise<T>; isOver: boolean } {
  const state = { call, isOver: false };
  void call.then(
    () => (state.isOver = true),
    () => (state.isOver = true),
  );
  return state;
}

test('two consumers with different masks: only the one whose masked row changed hears of it', async () => {
  const [day, year] = [byDay, byYear].map((one) => watched(one.ask({ wait: 30 })));
  assert.ok(day !== undefined && year !== undefined);
  await sleep(1_500);
  assert.deepEqual([day.isOver, year.isOver], [false, false]);
  moveBirthday(3);
  await send();
  const { rows, changes, watermark } = await day.call;
  assert.deepEqual([rows.delivered, rows.gone, changes.length], [1, 0, 1]);
  await sleep(1_500);
  assert.equal(year.isOver, false, 'the year of birth is the same');
  moveBirthYear(5);
  await send();
  const answer = await year.call;
  assert.deepEqual([answer.rows.delivered, answer.changes.length], [1, 1]);
  const leaf = await lastLeaf(database);
  assert.deepEqual([leaf.operation, leaf.consumer, leaf.rows?.delivered], ['listChanges', 'ecology', 1]);
  byDay.watermark = watermark;
  byYear.watermark = answer.watermark;
  await byDay.follow();
});

test('several changes of a row in between are one, and a row that is deleted is gone', async () => {
  for (let times = 0; times < 3; times += 1) {
    moveBirthday(7);
    await send();
  }
  people.pop();
  await send();
  const { changes, watermark } = await byDay.ask({ wait: 30 });
  assert.deepEqual(changes.map(({ op }) => op).sort(), ['gone', 'put']);
  byDay.watermark = watermark;
});

test('without a change it is answered when its time is over, and acknowledges', async () => {
  const before = byDay.watermark;
  const started = performance.now();
  const { changes, watermark, more } = await byDay.ask({ wait: 2 });
  assert.ok(performance.now() - started >= 1_900);
  assert.deepEqual([changes, more], [[], false]);
  assert.equal((await lastLeaf(database)).change?.['acknowledged'], before);
  byDay.watermark = watermark;
});

test('a change that another process stores ends the wait', async () => {
  const waiting = watched(byDay.ask({ wait: 30 }));
  await sleep(800);
  moveBirthday(9);
  await send(there);
  const { changes, watermark } = await waiting.call;
  assert.equal(changes.length, 1);
  byDay.watermark = watermark;
});

test('the entry is not older than the change that it discloses', async () => {
  const waiting = watched(byDay.ask({ wait: 30 }));
  await sleep(800);
  const changedAt = database.now();
  moveBirthday(11);
  await send();
  const { changes, watermark } = await waiting.call;
  assert.equal(changes.length, 1);
  byDay.watermark = watermark;
  const entered = await lastLeaf(database);
  assert.equal(entered.operation, 'listChanges');
  assert.ok(Date.parse(entered.at) >= changedAt, `${entered.at} for a change after ${changedAt}`);
});

test('a call ends after some searches, however often others’ rows change', async () => {
  await byYear.follow();
  const started = performance.now();
  const waiting = watched(byYear.ask({ wait: 30 }));
  while (!waiting.isOver && performance.now() - started < 28_000) {
    moveBirthday(13);
    await send();
  }
  const { changes, watermark } = await waiting.call;
  const took = performance.now() - started;
  assert.deepEqual(changes, []);
  assert.ok(
    took >= 4_000 && took < 28_000,
    `${took} ms: it rests between searches, and ends before its time`,
  );
  byYear.watermark = watermark;
});

test('an agreement that is suspended during the wait refuses the answer', async () => {
  await byYear.follow();
  const waiting = watched(byYear.ask({ wait: 30 }));
  await sleep(800);
  const security = await hub.token('an', ['security'], 'pub-security');
  const suspended = await hub.staff(security, 'POST', '/v1/policy/documents/agr-by-year/suspension', {
    reason: 'test',
  });
  assert.equal(suspended.status, 200, JSON.stringify(suspended.json));
  const suspendedAt = database.now();
  moveBirthYear(2);
  await send();
  await assert.rejects(waiting.call, (error) => error instanceof DatongProblem && error.status === 403);
  const refused = (await newestLeaves(database, 5)).find(({ operation }) => operation === 'listChanges');
  assert.equal(refused?.decision, 'deny');
  assert.ok(Date.parse(refused.at) >= suspendedAt);
});

test('a wait of more than 30 seconds is refused; one beyond the number of a department is answered at once', async () => {
  await assert.rejects(
    byDay.ask({ wait: 31 }),
    (error) => error instanceof DatongProblem && error.code === 'invalid_request',
  );
  const waits = new ChangeWaits(database.app, { maxOfDepartment: 1 });
  const leave = waits.enter('education') ?? assert.fail();
  assert.equal(waits.enter('education'), undefined, 'it counts also while it searches');
  assert.ok(waits.enter('ecology'));
  leave();
  assert.ok(waits.enter('education'));
  const source = { dataset, scope: undefined };
  const first = waits.wait({ source, mark: await waits.mark(source) }, 30_000);
  waits.close();
  assert.equal(await first, false);
  assert.equal(await waits.wait(undefined, 30_000), false);
  assert.equal(waits.enter('transport'), undefined);
});

test('between two searches a call rests, whether its round goes on or its rows changed', async () => {
  const waits = new ChangeWaits(database.app, { pollMs: 10, restMs: 400 });
  const source = { dataset, scope: undefined };
  const started = performance.now();
  const rested = async (again: Promise<boolean>): Promise<number> => {
    assert.equal(await again, true);
    return performance.now() - started;
  };
  const times = await Promise.all([
    rested(waits.wait(undefined, 30_000)),
    rested(waits.wait({ source, mark: 'another' }, 30_000)),
  ]);
  waits.close();
  for (const time of times) assert.ok(time >= 400 && time < 10_000, `${time} ms`);
});
