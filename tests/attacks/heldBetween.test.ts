/**
 * A database administrator holds locks so that a statement of the hub waits between a comparison of rows with their seals and the use of
 * these rows, alters a row in between, and puts it back with its seal. The act is refused, or errs on the side of the persons concerned.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { listCertificates, revokedLines } from '../../hub/identity/store/certificates.ts';
import { insertSigningKey, listSigningKeys } from '../../hub/identity/store/signingKeys.ts';
import { withTransaction } from '../../hub/platform/database/transaction.ts';
import { newKeyPair } from '../../machine/newKeyPair.ts';
import { administratorSession } from '../administratorSession.ts';
import { cityHub } from '../cityHub.ts';
import { eventually } from '../eventually.ts';

const { database, hub } = await cityHub({ jobsByTime: false }, { connections: 20 });
/** A session of the superuser, past the hub: triggers do not run. */
const administrator = await administratorSession(database, '-c session_replication_role=replica');
after(() => hub.stop());

interface Between {
  /** a lock, or an alteration that locks rows */
  readonly lock: string;
  /** committed while a statement of the hub waits */
  readonly alter?: string;
  /** puts the rows back */
  readonly back: string;
}

/** Whether a session waits for a lock of another one. */
const waitsFor = async (holder: typeof administrator): Promise<boolean> => {
  const { rowCount } = await holder.query(
    'SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))',
  );
  return rowCount !== 0;
};

/** Does the work while a lock is held until a statement waits for it; then rows are altered, and put back after the work. */
async function whileWaiting<T>({ lock, alter, back }: Between, work: () => Promise<T>): Promise<T> {
  await administrator.query('BEGIN');
  let working: Promise<T> | undefined;
  try {
    await administrator.query(lock);
    let isOver = false;
    const over = (): void => void (isOver = true);
    working = work();
    working.then(over, over);
    await eventually(
      async () => isOver || (await waitsFor(administrator)),
      () => 'no statement of the hub waits',
    );
    if (alter !== undefined) await administrator.query(alter);
    await administrator.query('COMMIT');
    return await working;
  } finally {
    await administrator.query('ROLLBACK');
    await working?.catch(() => undefined);
    await administrator.query(back);
  }
}

const certificates = async () => listCertificates(database.app, 0, await revokedLines(database.app));
const keysOf = async (department: string) =>
  (await listSigningKeys(database.app)).filter((row) => row.department === department);
const aPerson = async (): Promise<string> => {
  const { rows } = await administrator.query<{ id: string }>('SELECT id FROM person ORDER BY id LIMIT 1');
  return rows[0]?.id ?? assert.fail();
};

test('the keys of a department are altered while the enrolment of a further one waits: it does not become active', async () => {
  const [known] = await keysOf('education');
  assert.ok(known);
  const further = {
    ...known,
    keyid: 'further-while-waiting',
    publicKey: newKeyPair().publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    issuer: await aPerson(),
  };
  const enrolFurther = () =>
    withTransaction(database.app, (transaction) => insertSigningKey(transaction, further, randomUUID()));
  const hidden = {
    lock: 'LOCK TABLE signing_key IN SHARE ROW EXCLUSIVE MODE',
    alter: `UPDATE signing_key SET department = 'x' WHERE department = 'education'`,
    back: `UPDATE signing_key SET department = 'education' WHERE department = 'x'`,
  };
  assert.equal(await whileWaiting(hidden, enrolFurther), true);
  const state = (await keysOf('education')).find(({ keyid }) => keyid === further.keyid)?.state;
  assert.equal(state, 'waiting');
});
