/** The life cycle of a batch is a table of hub/domain; here each statement of the store is compared with it, state by state. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDatabase } from '../../../../tests/database.ts';
import { uuid7 } from '../../../../machine/uuid7.ts';
import { batchLife, type BatchAct, type BatchState } from '../../../domain/batch.ts';
import { withTransaction, type Transaction } from '../../../platform/database/transaction.ts';
import {
  abandonBatch,
  lapseHeld,
  expireBatch,
  overtakeHeld,
  supersedeBatches,
  supersedeCorrected,
  closeAsSame,
  decideBatch,
} from './endBatch.ts';
import { batchById, openBatch } from './batches.ts';
import { finishBatch } from './finishBatch.ts';
import { leaseBatch } from './leaseBatch.ts';
import { nonEmpty } from '../../../../tests/nonEmpty.ts';

const database = await testDatabase();
const as = { sha256: '', mapping: 'm', mappingDigest: '', schema: 'urn:x', corrects: null, control: null };
const owner = uuid7(1);
const exchange = uuid7(2);
const names: (text: string) => text is BatchState = (text): text is BatchState =>
  Object.hasOwn(batchLife, text);
const states = Object.keys(batchLife).filter(names);
await database.owner.query(
  `INSERT INTO department (code, name_zh, name_en, kind, registered_by) VALUES ('a', '', '', 'government', '${uuid7(0)}');
   INSERT INTO schema_version (urn, name, major, minor, document, digest, registered_by)
   VALUES ('urn:x', 'x', 1, 0, '{}', '', '${uuid7(0)}')`,
);

/** Statements by the acts that they perform; each is tried on a batch whose lease has run out. */
const statements: readonly (readonly [
  readonly BatchAct[],
  (transaction: Transaction, id: string) => Promise<unknown>,
])[] = [
  [['commit', 'retry', 'resume'], (transaction, id) => leaseBatch(transaction, id, as, owner, 60)],
  [['publish'], (transaction, id) => finishBatch(transaction, { id, owner, state: 'published', exchange })],
  [['hold'], (transaction, id) => finishBatch(transaction, { id, owner, state: 'held', exchange })],
  [['prepare'], (transaction, id) => finishBatch(transaction, { id, owner, state: 'prepared', exchange })],
  [['switch'], (transaction, id) => decideBatch(transaction, id, 'switch', 'p', exchange)],
  [['abandon'], (transaction, id) => abandonBatch(transaction, id, exchange)],
  [['fail'], (transaction, id) => finishBatch(transaction, { id, owner, state: 'failed', exchange })],
  [['reject'], (transaction, id) => finishBatch(transaction, { id, owner, state: 'rejected', exchange })],
  [['release'], (transaction, id) => decideBatch(transaction, id, 'release', 'p', exchange)],
  [['drop'], (transaction, id) => decideBatch(transaction, id, 'drop', 'p', exchange)],
  [['restore'], (transaction, id) => decideBatch(transaction, id, 'restore', 'p', exchange)],
  [['correct'], (transaction, id) => supersedeCorrected(transaction, id)],
  [['lapse'], (transaction, id) => lapseHeld(transaction, id, exchange)],
  [
    ['overtake'],
    (transaction, id) => overtakeHeld(transaction, `a.${id}`, uuid7(Date.now() + 1_000), exchange),
  ],
  [['supersede'], (transaction, id) => supersedeBatches(transaction, `a.${id}`, uuid7(3))],
  [
    ['expire'],
    (transaction, id) =>
      expireBatch(transaction, { id, dataset: `a.${id}`, department: 'a', bytes: 0 }, exchange),
  ],
  [
    ['repeat'],
    async (transaction, id) => {
      const first = await batchById(transaction, id);
      assert.ok(first);
      return closeAsSame(transaction, id, as, first);
    },
  ],
];

for (const [acts, statement] of statements) {
  test(`${acts.join(', ')}: from the states that the table allows, into the one it names, from no other`, async () => {
    for (const state of nonEmpty(states)) {
      const id = uuid7(Date.now());
      // nothing is destroyed for a dataset that is not registered
      await database.owner.query(
        `INSERT INTO dataset (id, department, title_zh, title_en, schema, mode, sharing, digest, registered_by)
         VALUES ($1, 'a', '', '', 'urn:x', 'snapshot', 'none', '', $2)`,
        [`a.${id}`, uuid7(0)],
      );
      await openBatch(database.app, { id, dataset: `a.${id}`, department: 'a' });
      await database.app.query(
        "UPDATE batch SET state = $2, lease_owner = $3, lease_until = now() - interval '1 s' WHERE id = $1",
        [id, state, owner],
      );
      await withTransaction(database.app, (transaction) => statement(transaction, id));
      const expected = acts.map((act) => batchLife[state][act]).find((next) => next !== undefined) ?? state;
      assert.equal((await batchById(database.app, id))?.state, expected, state);
    }
  });
}

test('every act of the table is a statement here', () => {
  const acts = new Set(Object.values(batchLife).flatMap((edges) => Object.keys(edges)));
  assert.deepEqual([...new Set(statements.flatMap(([done]) => done))].sort(), [...acts].sort());
});
