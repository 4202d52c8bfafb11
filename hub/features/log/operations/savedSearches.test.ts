/** Saved searches through the real staff listener: a person's own, limited in number, and never with a subject. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import request from 'supertest';
import { admitPerson } from '../../../../tests/admitPerson.ts';
import { nonEmpty } from '../../../../tests/nonEmpty.ts';
import { startStaffHub } from '../../../../tests/staffHub.ts';

const hub = await startStaffHub();
const origin = `https://localhost:${hub.ports.staff}`;
const person = '990103195912053145';
const auditor = await admitPerson(hub.services.identity, '审计员甲', [{ role: 'auditor' }]);
const other = await admitPerson(hub.services.identity, '审计员乙', [{ role: 'auditor' }]);

async function save(token: string, body: object): Promise<string> {
  const reply = await request(origin)
    .post('/v1/log/searches/saved')
    .ca(hub.ca)
    .set('authorization', `Bearer ${token}`)
    .send(body);
  return reply.status === 200 ? 'saved' : ((reply.body as { code?: string }).code ?? String(reply.status));
}
const stored = async (): Promise<readonly string[]> => {
  const { rows } = await hub.database.owner.query<{ text: string }>(
    'SELECT s::text AS text FROM saved_search AS s',
  );
  return rows.map(({ text }) => text);
};

test('the subject of a search is never stored, in any place where it is written', async () => {
  assert.equal(await save(auditor.token, { name: '十月', question: { code: 'policy_denied' } }), 'saved');
  assert.equal(await save(auditor.token, { name: person, question: {} }), 'search_identity_number');
  assert.equal(
    await save(auditor.token, { name: '某人', question: { matter: `RX ${person}` } }),
    'search_identity_number',
  );
  assert.equal(await save(auditor.token, { name: '某人', question: { subject: person } }), 'invalid_request');
  assert.ok(nonEmpty(await stored()).every((text) => !text.includes(person)));
  assert.equal((await stored()).length, 1);
});

test('a person stores a hundred searches of their own; one of the same name is replaced', async () => {
  await hub.database.owner.query(
    "INSERT INTO saved_search (person, name, question) SELECT $1, 'n' || n, '{}' FROM generate_series(1, 99) AS n",
    [auditor.person],
  );
  assert.equal(await save(auditor.token, { name: '再一个', question: {} }), 'saved_searches_full');
  assert.equal(await save(auditor.token, { name: '十月', question: { code: 'quota_spent' } }), 'saved');
  assert.equal(await save(other.token, { name: '十月', question: {} }), 'saved');
  assert.equal((await stored()).length, 101);
});
