/** How often the delays are compared with their seals, and which of them a view applies in between. */
import assert from 'node:assert/strict';
import { after, mock, test } from 'node:test';
import { cityHub } from '../../../../tests/cityHub.ts';
import { sealingOf } from '../../../platform/database/authenticated/rowSealing.ts';
import type { Leaf } from '../../../../log/leaf.ts';
import { entryVisibilityOf } from '../operations/subjectView.ts';
import { compareDelaysAgain, delayedDepartments, endViewDelay } from './viewDelays.ts';

const { database, hub } = await cityHub({ jobsByTime: false });
after(() => hub.stop());
const entry = '01890000-0000-7000-8000-000000000000';

test('the views of ten seconds share one comparison of the delays, and an end is seen at once', async () => {
  const subject = Buffer.alloc(32, 8);
  const ask = (at: number) => delayedDepartments(database.app, subject, at);
  const at = database.now() + 3_600_000;
  const verified = mock.method(sealingOf(database.app) ?? assert.fail(), 'verify');
  const comparisons = (): number =>
    verified.mock.calls.filter(({ arguments: [, names] }) => names.includes('view_delay')).length;
  await Promise.all([ask(at), ask(at + 1), ask(at + 2)]);
  await ask(at + 9_999);
  assert.equal(comparisons(), 1);
  await ask(at + 10_000);
  assert.equal(comparisons(), 2);
  verified.mock.restore();
  await database.app.query(
    `INSERT INTO view_delay (id, subject, department, reference, clause, until, digest, author, approver, exchange)
     SELECT 'delay-short', $1, 'education', 'r', 'c', now() + interval '1 day', 'd', min(id), max(id), $2 FROM person`,
    [subject, entry],
  );
  assert.deepEqual([...(await ask(at + 10_001))], ['education'], 'a new one applies at once');
  assert.deepEqual([...(await ask(at + 20_000))], ['education']);
  await endViewDelay(database.app, { id: 'delay-short', by: 'x', reason: 'x' });
  compareDelaysAgain(database.app);
  assert.deepEqual([...(await ask(at + 20_001))], []);
});

test('a delay of the data office’s department applies to the office’s own persons, as the view names it', async () => {
  const subject = Buffer.alloc(32, 9);
  const { services } = hub.hub;
  const office = services.identity.departments().find(({ dataOffice }) => dataOffice)?.code;
  const leaf = { kind: 'management', actor: { person: 'of-the-office' } } as unknown as Leaf;
  const isShown = async (): Promise<boolean> =>
    (await entryVisibilityOf(services, subject, database.now()))(leaf);
  assert.equal(await isShown(), true);
  await database.app.query(
    `INSERT INTO view_delay (id, subject, department, reference, clause, until, digest, author, approver, exchange)
     SELECT 'delay-office', $1, $3, 'r', 'c', now() + interval '1 day', 'd', min(id), max(id), $2 FROM person`,
    [subject, entry, office],
  );
  compareDelaysAgain(database.app);
  assert.equal(await isShown(), false);
});
