/** Which answers a withdrawal names: those that rested on a consent of that person. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDatabase } from '../../../tests/database.ts';
import { LeafPacker } from '../../../log/packing/packLeaf.ts';
import { addWithdrawnDuties } from './addWithdrawnDuties.ts';

const packer = new LeafPacker();

const { owner, app } = await testDatabase();
const token = Buffer.alloc(32, 7);
const [hers, others] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const place = { recipient: 'education', dataset: 'police.household' };
const idOf = (nth: number): string => `00000000-0000-7000-8000-00000000000${nth}`;

test('answers by statute, of live rows that their provider signed, and on consents of others alone are not named', async () => {
  for (const [id, subject] of [
    ['first', hers],
    ['renewed', hers],
    ['of-another', others],
  ] as const)
    await owner.query(
      `INSERT INTO consent (id, jws, subject, recipient, provider, dataset, collected_by, notice, exchange)
       VALUES ($1, 'e30.e30.e30', $2, $3, 'police', $4, 'police', 'd', gen_random_uuid())`,
      [id, subject, place.recipient, place.dataset],
    );
  const given = [{ statement: 'e30.e30.e30' }];
  const answers: readonly object[] = [
    { given },
    { consents: ['first'], withheld: {} },
    { consents: ['of-another'], withheld: { no_consent: 1 } },
    { consents: ['of-another', 'renewed'], withheld: {}, given },
    { consents: [], withheld: { no_consent: 1 } },
  ];
  for (const [i, value] of answers.entries()) {
    const leaf = {
      ...{ kind: 'release', agreement: 'agr-1', purpose: 'school-meals', private: { alg: 'sha256' } },
      ...{ rows: { delivered: 1, withheld: 0 }, schema: 'urn:datong:household:1.0' },
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
    await owner.query("INSERT INTO audit_private (exchange, salt, value) VALUES ($1, '', $2)", [
      idOf(i),
      value,
    ]);
  }
  await addWithdrawnDuties(app, {
    ...{ consent: 'renewed', subject: hers, ...place, consumers: [place.recipient] },
    ...{ purposes: ['school-meals'], tokens: [token], due: '2099-01-01' },
  });
  const { rows } = await app.query<{ named: string[] }>('SELECT named FROM duty');
  assert.deepEqual(
    rows.map(({ named }) => named),
    [[idOf(1), idOf(3)]],
  );
});
