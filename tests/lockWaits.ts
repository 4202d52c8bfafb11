import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { awaitDestructions, type LegalHoldRow } from '../hub/log/store/legalHolds.ts';
import { uuid7 } from '../machine/uuid7.ts';
import type { TestDatabase } from './database.ts';

/** Until a statement of this database waits for a lock. */
export async function lockWaits({ owner }: Pick<TestDatabase, 'owner'>): Promise<void> {
  for (let polls = 0; polls < 1_000; polls += 1) {
    const { rowCount } = await owner.query(
      `SELECT FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    if ((rowCount ?? 0) > 0) return;
    await sleep(5);
  }
  assert.fail('no statement waits');
}

/** What is done while another session is in a transaction, which is undone. */
export async function whileOpen(
  pool: TestDatabase['app'],
  statement: string,
  act: () => Promise<unknown>,
): Promise<void> {
  const other = await pool.connect();
  try {
    await other.query('BEGIN');
    await other.query(statement);
    await act();
  } finally {
    await other.query('ROLLBACK');
    other.release();
  }
}

/** A hold that is being placed while something is about to go, and is valid when that sees it; lifted after it. */
export async function holdPlacedWhile(
  { app, owner, now }: Pick<TestDatabase, 'app' | 'owner' | 'now'>,
  { kind, target }: Pick<LegalHoldRow, 'kind' | 'target'>,
  act: () => Promise<unknown>,
): Promise<void> {
  const placing = await app.connect();
  const id = `hold-${uuid7(now())}`;
  try {
    await placing.query('BEGIN');
    await awaitDestructions(placing, kind === 'dataset' ? target : undefined);
    const acting = act();
    await lockWaits({ owner });
    await placing.query(
      `INSERT INTO legal_hold (id, kind, target, reason, case_number, until, digest, author, approver, exchange)
       VALUES ($4, $1, $2, '诉讼', 'SS-2026-0012', now() + interval '1 day', 'd', 'a', 'b', $3)`,
      [kind, target, uuid7(now()), id],
    );
    await placing.query('COMMIT');
    await acting;
    await app.query("UPDATE legal_hold SET lifted_by = 'b', lifted_why = '结案' WHERE id = $1", [id]);
  } finally {
    placing.release();
  }
}
