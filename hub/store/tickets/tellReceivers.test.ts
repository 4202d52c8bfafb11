/** Who received a wrong value, whatever part of its field was granted. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDatabase } from '../../../tests/database.ts';
import { LeafPacker } from '../../../log/packing/packLeaf.ts';
import { tellReceivers } from './tellReceivers.ts';
import type { TicketRow } from './tickets.ts';

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

test('a field is told to whom a part of it left, and to nobody who got another', async () => {
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
  const toldOf = async (id: string, field: string | null): Promise<string[]> => {
    await owner.query(
      `INSERT INTO ticket (id, opener, origin, provider, dataset, subject, sealed_key, claim, state, opened_at, opened_by, field)
       VALUES ($1, 'opener', 'department', 'provider', 'provider.people', $2, '', 'wrong', 'open', now(), gen_random_uuid(), $3)`,
      [id, token, field],
    );
    const row = {
      id,
      dataset: 'provider.people',
      field,
      opener: 'opener',
      provider: 'provider',
    } as TicketRow;
    await tellReceivers(app, row, [token]);
    const { rows } = await app.query<{ consumer: string }>(
      'SELECT consumer FROM ticket_told WHERE ticket = $1 ORDER BY consumer',
      [id],
    );
    return rows.map(({ consumer }) => consumer);
  };
  assert.deepEqual(await toldOf('one', 'contacts'), ['element', 'elements', 'part', 'whole']);
  assert.deepEqual(await toldOf('two', 'name'), ['other']);
  assert.deepEqual(await toldOf('three', null), ['element', 'elements', 'other', 'part', 'whole']);
});
