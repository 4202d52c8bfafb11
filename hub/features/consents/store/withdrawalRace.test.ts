/** A withdrawal while another consent of the person is given. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QueryResultRow } from 'pg';
import { testDatabase } from '../../../../tests/database.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { withTransaction } from '../../../platform/database/transaction.ts';
import { withdrawConsent } from './consents.ts';

const { owner, app } = await testDatabase();
const subject = Buffer.alloc(32, 1);
const place = ['education', 'police.household'] as const;
const exchange = '00000000-0000-7000-8000-000000000001';

await owner.query(
  `INSERT INTO consent_notice (digest, reference, owner, language, text, purposes, registered_by)
   VALUES ('d', 'n', 'o', 'zh', 't', '{}', gen_random_uuid())`,
);
for (const id of ['first', 'second', 'third'])
  await owner.query(
    `INSERT INTO consent (id, jws, subject, recipient, provider, dataset, collected_by, notice, exchange)
     VALUES ($1, 'e30.e30.e30', $2, $3, 'police', $4, 'police', 'd', gen_random_uuid())`,
    [id, subject, ...place],
  );

/** @param locked runs after each lock of the states @param more rows that the lock alone finds */
const withdrawing = (
  id: string,
  purpose: string,
  locked: () => Promise<unknown>,
  more = 0,
): Promise<boolean> =>
  withTransaction(app, (transaction) => {
    const reader: Reader = {
      query: async <R extends QueryResultRow>(text: string, values?: unknown[]) => {
        const reply = await transaction.query<R>(text, values);
        if (!text.startsWith('SELECT FROM consent_standing')) return reply;
        await locked();
        return { ...reply, rowCount: (reply.rowCount ?? 0) + more };
      },
    };
    const [recipient, dataset] = place;
    const withdrawn = { id, subject: subject.toString('hex'), recipient, dataset };
    return withdrawConsent(reader, withdrawn, [purpose], { at: 1, exchange });
  });
const give = (consent: string, purpose: string) =>
  app.query(
    `INSERT INTO consent_standing (subject, recipient, dataset, purpose, consent, state, fields, not_before, until, collected_by)
     VALUES ($1, $2, $3, $4, $5, 'given', '{name}', to_timestamp(1), to_timestamp(2), 'police')`,
    [subject, ...place, purpose, consent],
  );

test('a consent that is given between lock and comparison is withdrawn too, and no alteration', async () => {
  let locks = 0;
  const isFirst = await withdrawing('first', 'school-meals', async () => {
    locks += 1;
    if (locks === 1) await give('second', 'school-meals');
  });
  assert.deepEqual([isFirst, locks], [true, 2]);
  const { rows } = await app.query<object>('SELECT consent, state FROM consent_standing');
  assert.deepEqual(rows, [{ consent: 'second', state: 'withdrawn' }]);
});

test('a difference that persists is an alteration', async () => {
  let locks = 0;
  const work = withdrawing('third', 'other', () => Promise.resolve((locks += 1)), 1);
  await assert.rejects(work, { code: 'rows_unauthenticated' });
  assert.equal(locks, 3);
});
