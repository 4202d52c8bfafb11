/** Which answers a withdrawal names: those that rested on a consent of that person. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDatabase } from '../../../../tests/database.ts';
import { commitmentTo, saltLength } from '../../../../log/commitment.ts';
import { LeafPacker } from '../../../../log/packing/packLeaf.ts';
import type { CanonicalValue } from '../../../../terms/canonicalJson.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { withTransaction } from '../../../platform/database/transaction.ts';
import { addWithdrawnDuties, gatherWithdrawnDuties, type WithdrawnData } from './addWithdrawnDuties.ts';

const packer = new LeafPacker();

const { owner, app } = await testDatabase();
const token = Buffer.alloc(32, 7);
const [withdrawn, others] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const place = { recipient: 'education', dataset: 'police.household' };
const later = '00000000-0000-7000-8000-200000000000';
const addedDuties = async (transaction: Reader, data: WithdrawnData): Promise<void> =>
  addWithdrawnDuties(transaction, data, await gatherWithdrawnDuties(transaction, data));
const idOf = (nth: number): string => `00000000-0000-7000-8000-00000000000${nth}`;

test('answers by statute, of live rows that their provider signed, and on consents of others alone are not named', async () => {
  for (const [id, subject] of [
    ['first', withdrawn],
    ['renewed', withdrawn],
    ['of-another', others],
  ] as const)
    await owner.query(
      `INSERT INTO consent (id, jws, subject, recipient, provider, dataset, collected_by, notice, exchange)
       VALUES ($1, 'e30.e30.e30', $2, $3, 'police', $4, 'police', 'd', gen_random_uuid())`,
      [id, subject, place.recipient, place.dataset],
    );
  const salt = Buffer.alloc(saltLength, 5);
  const given = [{ statement: 'e30.e30.e30' }];
  const answers: readonly CanonicalValue[] = [
    { given },
    { consents: ['first'], withheld: {} },
    { consents: ['of-another'], withheld: { no_consent: 1 } },
    { consents: ['of-another', 'renewed'], withheld: {}, given },
    { consents: [], withheld: { no_consent: 1 } },
  ];
  for (const [i, value] of answers.entries()) {
    const leaf = {
      kind: 'release',
      agreement: 'agr-1',
      purpose: 'school-meals',
      private: commitmentTo(value, salt),
      rows: { delivered: 1, withheld: 0 },
      schema: 'urn:datong:household:1.0',
    };
    await owner.query(
      `INSERT INTO audit_entry (idx, at, id, consumer, provider, dataset, decision, leaf, hash)
       VALUES ($1, now(), $2, $3, 'police', $4, 'allow', $5, '')`,
      [
        i,
        idOf(i),
        place.recipient,
        place.dataset,
        i < 2
          ? Buffer.from(JSON.stringify(leaf))
          : Buffer.from(packer.pack(Buffer.from(JSON.stringify(leaf)))),
      ],
    );
    await owner.query("INSERT INTO audit_subject (idx, salt, tokens) VALUES ($1, '', ARRAY[$2::bytea])", [
      i,
      token,
    ]);
    await owner.query('INSERT INTO audit_private (exchange, salt, value) VALUES ($1, $2, $3)', [
      idOf(i),
      salt,
      value,
    ]);
  }
  const data = {
    consent: 'renewed',
    subject: withdrawn,
    ...place,
    consumers: [place.recipient],
    purposes: ['school-meals'],
    tokens: [token],
    due: '2099-01-01',
  };
  await withTransaction(app, (transaction) => addedDuties(transaction, data));
  const { rows } = await app.query<{ named: string[] }>('SELECT named FROM duty');
  assert.deepEqual(
    rows.map(({ named }) => named),
    [[idOf(1), idOf(3)]],
  );
});

test('an answer whose entry cannot be read any more is named where it used the person’s consent, and they can withdraw', async () => {
  const person = Buffer.alloc(32, 3);
  await owner.query(
    `INSERT INTO consent (id, jws, subject, recipient, provider, dataset, collected_by, notice, exchange)
     VALUES ('third', 'e30.e30.e30', $1, $2, 'police', $3, 'police', 'd', gen_random_uuid())`,
    [person, place.recipient, place.dataset],
  );
  const read = { kind: 'release', agreement: 'agr-1', purpose: 'school-meals' };
  const stored: readonly (readonly [Buffer, string])[] = [
    [Buffer.from('fffe00', 'hex'), 'third'],
    [Buffer.from('null'), 'third'],
    [Buffer.from('fffe00', 'hex'), 'of-another'],
    [Buffer.from(JSON.stringify(read)), 'third'],
    ...Array.from(
      { length: 2_000 },
      () => [Buffer.from(packer.pack(Buffer.from(JSON.stringify(read)))), 'of-another'] as const,
    ),
  ];
  const salt = Buffer.alloc(0);
  await owner.query(
    `INSERT INTO audit_entry (idx, at, id, consumer, provider, dataset, decision, leaf, hash)
     SELECT 9 + n, now(), ('00000000-0000-7000-8000-1' || lpad(n::text, 11, '0'))::uuid, $1, 'police', $2, 'allow', leaf, ''
       FROM unnest($3::bytea[]) WITH ORDINALITY AS one (leaf, n)`,
    [place.recipient, place.dataset, stored.map(([leaf]) => leaf)],
  );
  await owner.query(
    'INSERT INTO audit_subject (idx, salt, tokens) SELECT 9 + n, $1, ARRAY[$2::bytea] FROM generate_series(1, $3::int) AS n',
    [salt, person, stored.length],
  );
  await owner.query(
    `INSERT INTO audit_private (exchange, salt, value)
     SELECT ('00000000-0000-7000-8000-1' || lpad(n::text, 11, '0'))::uuid, $1, jsonb_build_object('consents', jsonb_build_array(consent))
       FROM unnest($2::text[]) WITH ORDINALITY AS one (consent, n)`,
    [salt, stored.map(([, consent]) => consent)],
  );
  const data = {
    consent: 'third',
    subject: person,
    ...place,
    consumers: [place.recipient],
    purposes: ['school-meals'],
    tokens: [person],
    due: '2099-01-01',
  };
  await withTransaction(app, async (transaction) => {
    const requested: number[] = [];
    const counting: Reader = {
      query: async (text, values) => {
        const reply = await transaction.query(text, values);
        requested.push(reply.rows.length);
        return reply as never;
      },
    };
    const gathered = await gatherWithdrawnDuties(counting, data);
    assert.deepEqual(
      requested,
      [1, 2_004, 1, 1_000, 1, 1_000, 1, 4, 1],
      'found once, read a thousand at a time, each time with the consent of another that they name',
    );
    requested.length = 0;
    const last = 9 + stored.length + 1;
    await owner.query(
      `INSERT INTO audit_entry (idx, at, id, consumer, provider, dataset, decision, leaf, hash)
       VALUES ($1, now(), $2, $3, 'police', $4, 'allow', $5, '')`,
      [last, later, place.recipient, place.dataset, Buffer.from(JSON.stringify(read))],
    );
    await owner.query("INSERT INTO audit_subject (idx, salt, tokens) VALUES ($1, '', ARRAY[$2::bytea])", [
      last,
      person,
    ]);
    await owner.query("INSERT INTO audit_private (exchange, salt, value) VALUES ($1, '', $2)", [
      later,
      { consents: ['third'] },
    ]);
    await addWithdrawnDuties(counting, data, gathered);
    assert.deepEqual(
      requested,
      [1, 1, 1, 0, 0],
      'while the log is locked, only what was appended since is read',
    );
  });
  const { rows } = await app.query<object>(
    "SELECT agreement, purpose, named FROM duty WHERE consent = 'third' ORDER BY agreement DESC",
  );
  const nth = (n: number): string => `00000000-0000-7000-8000-1${String(n).padStart(11, '0')}`;
  assert.deepEqual(
    new Set(rows),
    new Set([
      { agreement: '-', purpose: 'school-meals', named: [nth(1), nth(2)] },
      { agreement: 'agr-1', purpose: 'school-meals', named: [nth(4), later] },
    ]),
  );
});

test('answers that name many other persons: their consents are read a few at a time, and only where none is the person’s', async () => {
  const person = Buffer.alloc(32, 4);
  const [answers, each] = [40, 50];
  await owner.query(
    `INSERT INTO consent (id, jws, subject, recipient, provider, dataset, collected_by, notice, exchange)
     SELECT id, 'e30.e30.e30', subject, $1, 'police', $2, 'police', 'd', gen_random_uuid()
       FROM (SELECT 'many-' || n, $3::bytea FROM generate_series(1, $5::int) AS n UNION ALL SELECT 'own', $4::bytea) AS o (id, subject)`,
    [place.recipient, place.dataset, others, person, answers * each],
  );
  const leaf = { kind: 'release', agreement: 'agr-1', purpose: 'school-meals' };
  const nth = (n: number): string => `00000000-0000-7000-8000-3${String(n).padStart(11, '0')}`;
  for (let n = 0; n < answers; n += 1) {
    const consents = Array.from({ length: each }, (_, i) => `many-${n * each + i + 1}`);
    if (n < 5) consents.push('own');
    await owner.query(
      `INSERT INTO audit_entry (idx, at, id, consumer, provider, dataset, decision, leaf, hash)
       VALUES ($1, now(), $2, $3, 'police', $4, 'allow', $5, '')`,
      [10_000 + n, nth(n), place.recipient, place.dataset, Buffer.from(JSON.stringify(leaf))],
    );
    await owner.query("INSERT INTO audit_subject (idx, salt, tokens) VALUES ($1, '', ARRAY[$2::bytea])", [
      10_000 + n,
      person,
    ]);
    await owner.query("INSERT INTO audit_private (exchange, salt, value) VALUES ($1, '', $2)", [
      nth(n),
      { consents },
    ]);
  }
  const data = {
    consent: 'own',
    subject: person,
    ...place,
    consumers: [place.recipient],
    purposes: ['school-meals'],
    tokens: [person],
    due: '2099-01-01',
  };
  const keys: number[] = [];
  await withTransaction(app, (transaction) =>
    addedDuties(
      {
        query: (text, values) => {
          if (values?.[1] === 'consent') keys.push((values[0] as string[]).length);
          return transaction.query(text, values);
        },
      },
      data,
    ),
  );
  assert.deepEqual(keys, [500, 500, 500, 250]);
  const { rows } = await app.query<{ named: string[] }>("SELECT named FROM duty WHERE consent = 'own'");
  assert.deepEqual(
    rows.map(({ named }) => named),
    [Array.from({ length: 5 }, (_, n) => nth(n))],
  );
});
