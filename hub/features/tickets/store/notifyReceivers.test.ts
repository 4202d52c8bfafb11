/** Who received a wrong value, whatever part of its field was granted. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDatabase } from '../../../../tests/database.ts';
import { LeafPacker } from '../../../../log/packing/packLeaf.ts';
import { asLogin } from '../../../platform/database/database.ts';
import { notifyReceivers } from './notifyReceivers.ts';
import type { TicketRow } from './tickets.ts';

interface Reply {
  readonly rows: readonly unknown[];
}

const packer = new LeafPacker();

const database = await testDatabase();
const token = Buffer.alloc(32, 7);
const received: Readonly<Record<string, object>> = {
  whole: { contacts: 'clear' },
  element: { 'contacts[].name': 'personName' },
  elements: { 'contacts[]': 'clear' },
  part: { 'contacts.phone': 'clear' },
  other: { 'contacts_of_old.name': 'clear', name: 'clear' },
};

test('a field is reported to the party that received part of it, and to no one who received another', async () => {
  const { owner, app } = database;
  for (const [i, [consumer, fields]] of Object.entries(received).entries()) {
    const leaf = JSON.stringify({ kind: 'release', fields, rows: { delivered: 1, withheld: 0 } });
    await owner.query(
      `INSERT INTO audit_entry (idx, at, id, consumer, provider, dataset, decision, leaf, hash)
       VALUES ($1, now(), gen_random_uuid(), $2, 'provider', 'provider.people', 'allow', $3, '')`,
      // some are packed
      [i, consumer, i % 2 === 0 ? Buffer.from(leaf) : Buffer.from(packer.pack(Buffer.from(leaf)))],
    );
    await owner.query("INSERT INTO audit_subject (idx, salt, tokens) VALUES ($1, '', ARRAY[$2::bytea])", [
      i,
      token,
    ]);
  }
  await owner.query(
    `INSERT INTO department (code, name_zh, name_en, kind, registered_by)
       SELECT *, 'government', gen_random_uuid() FROM (VALUES ('provider', '提供', 'provider'), ('opener', '提出', 'opener')) AS one`,
  );
  const reportOf = async (id: string, field: string | null): Promise<string[]> => {
    await owner.query(
      `INSERT INTO ticket (id, opener, origin, provider, dataset, subject, sealed_key, claim, state, opened_at, opened_by, field)
       VALUES ($1, 'opener', 'department', 'provider', 'provider.people', $2, '', 'wrong', 'open', now(), gen_random_uuid(), $3)`,
      [id, Buffer.from(id.padEnd(32)), field],
    );
    const row = {
      id,
      dataset: 'provider.people',
      field,
      opener: 'opener',
      provider: 'provider',
    } as TicketRow;
    await notifyReceivers(app, row, [token]);
    const { rows } = await app.query<{ consumer: string }>(
      'SELECT consumer FROM ticket_told WHERE ticket = $1 ORDER BY consumer',
      [id],
    );
    return rows.map(({ consumer }) => consumer);
  };
  assert.deepEqual(await reportOf('one', 'contacts'), ['element', 'elements', 'part', 'whole']);
  assert.deepEqual(await reportOf('two', 'name'), ['other']);
  assert.deepEqual(await reportOf('three', null), ['element', 'elements', 'other', 'part', 'whole']);
  // an entry that was altered is passed over, and the ticket is answered all the same
  for (const [i, altered] of ['\\xfffe00', '\\x6e756c6c', '\\x7b7d'].entries()) {
    await asLogin(database.address, (login) =>
      login.query(
        `SET session_replication_role = replica; UPDATE audit_entry SET leaf = '${altered}' WHERE consumer = 'element'`,
      ),
    );
    assert.deepEqual(await reportOf(`altered-${i}`, null), ['elements', 'other', 'part', 'whole'], altered);
  }
});

test('a party that received much of one person is notified of all of it, a thousand entries at a time', async (t) => {
  const { owner, app } = database;
  const [person, many] = [Buffer.alloc(32, 8), 2_500];
  const leaf = Buffer.from(JSON.stringify({ kind: 'release', fields: { name: 'clear' } }));
  await owner.query(
    `INSERT INTO audit_entry (idx, at, id, consumer, provider, dataset, decision, leaf, hash)
     SELECT 100 + i, now(), gen_random_uuid(), 'whole', 'provider', 'provider.people', 'allow', $1, '' FROM generate_series(1, $2::int) AS i`,
    [leaf, many],
  );
  await owner.query(
    `INSERT INTO audit_subject (idx, salt, tokens) SELECT 100 + i, '', ARRAY[$1::bytea] FROM generate_series(1, $2::int) AS i`,
    [person, many],
  );
  await owner.query(
    `INSERT INTO ticket (id, opener, origin, provider, dataset, subject, sealed_key, claim, state, opened_at, opened_by, field)
     VALUES ('many', 'opener', 'department', 'provider', 'provider.people', $1, '', 'wrong', 'open', now(), gen_random_uuid(), 'name')`,
    [person],
  );
  const query = t.mock.method(app, 'query');
  const ticket = { id: 'many', dataset: 'provider.people', field: 'name', opener: 'opener' };
  await notifyReceivers(app, { ...ticket, provider: 'provider' } as TicketRow, [person]);
  const replies = await Promise.all(
    query.mock.calls.map(({ result }) => result as unknown as Promise<Reply>),
  );
  assert.deepEqual(
    replies.map(({ rows: read }) => read.length),
    [many, 1_000, 1_000, 500, 0],
    'the entries of the person are read once',
  );
  const { rows } = await owner.query<{ told: number }>(
    "SELECT cardinality(exchanges) AS told FROM ticket_told WHERE ticket = 'many'",
  );
  assert.deepEqual(rows, [{ told: many }]);
});
