/**
 * A database administrator without a key of the hub alters rows that boards and lists show, and by which persons decide what to do. No list
 * shows such a row, and none of the hub's is hidden by rows that the administrator adds. One that is asked for by its number is refused.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { consentById, consentsOfSubject } from '../../hub/features/consents/store/consents.ts';
import { noticesOf } from '../../hub/features/consents/store/notices.ts';
import { demandById, pageDemands } from '../../hub/features/demands/store/demands.ts';
import { disputeById, pageDisputes } from '../../hub/features/disputes/store/disputes.ts';
import { isImported } from '../../hub/features/requests/store/approvals.ts';
import { listRisks, riskById } from '../../hub/features/risks/store/risks.ts';
import { pageTickets, ticketById, ticketsForPerson } from '../../hub/features/tickets/store/tickets.ts';
import { pageHolds } from '../../hub/log/store/legalHolds.ts';
import { savedSearches } from '../../hub/log/store/savedSearches.ts';
import { administratorSession } from '../administratorSession.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub } = await cityHub({ jobsByTime: false });
const { app } = database;
/** A session of the superuser, past the hub: triggers do not run. */
const administrator = await administratorSession(database, '-c session_replication_role=replica');
const subject = Buffer.alloc(32, 7);
const entry = `'01890000-0000-7000-8000-000000000000'`;
const page = { after: undefined, maxRows: 10 };
const ids = (rows: readonly { readonly id: string }[]): readonly string[] => rows.map(({ id }) => id);

const { rows: persons } = await administrator.query<{ id: string }>('SELECT id FROM person LIMIT 1');
const person = persons[0]?.id ?? assert.fail('no person');
const ticketOf = (id: string): string =>
  `INSERT INTO ticket (id, opener, origin, provider, dataset, subject, sealed_key, claim, state, opened_at, opened_by)
   VALUES ('${id}', 'education', 'own', 'pub-security', 'pub-security.household', decode('${subject.toString('hex')}', 'hex'), '', 'wrong', 'open', now(), ${entry})`;
const riskOf = (id: string): string =>
  `INSERT INTO risk (id, rule, day, key, departments, count, "limit", entries, found_at, due, exchange)
   VALUES ('${id}', 'denial-burst', '2026-01-01', '${id}', '{education}', 9, 5, '{1}', now(), '2026-01-06', ${entry})`;
const risk = '01890000-0000-7000-8000-0000000000aa';

for (const sql of [
  ticketOf('tkt-900000001'),
  `INSERT INTO ticket_told VALUES ('tkt-900000001', 'ecology', ARRAY[${entry}]::uuid[])`,
  `INSERT INTO demand (id, consumer, title, fields, purpose, state, office_days, department_days)
   VALUES ('dem-900000001', 'education', 'addresses', '{address}', 'school-enrolment', 'office', 5, 10)`,
  `INSERT INTO demand_event (demand, seq, act, person, at, said, exchange)
   VALUES ('dem-900000001', 1, 'open', '${person}', now(), 'we need them', ${entry})`,
  `INSERT INTO dispute VALUES ('dsp-900000001', 'tkt-900000001', 'education', 'pub-security', 'raised')`,
  `INSERT INTO dispute_event VALUES ('dsp-900000001', 1, 'raise', '${person}', now(), 'not so', 'text', ${entry})`,
  riskOf(risk),
  `INSERT INTO legal_hold (id, kind, target, reason, case_number, until, digest, author, approver, exchange)
   VALUES ('hold-0000000000000001', 'dataset', 'pub-security.household', 'inquiry', 'C-1', now() + interval '9 days', 'd', 'a', 'b', ${entry})`,
  `INSERT INTO consent_notice (digest, reference, owner, language, text, purposes, registered_by)
   VALUES ('${'0'.repeat(64)}', 'n-1', 'education', 'zh', 'the text', '{school-meals}', ${entry})`,
  `INSERT INTO consent (id, jws, subject, recipient, provider, dataset, collected_by, notice, exchange)
   VALUES ('held', 'x', decode('${subject.toString('hex')}', 'hex'), 'education', 'pub-security', 'pub-security.household', 'education', '${'0'.repeat(64)}', ${entry})`,
  `INSERT INTO consent_event VALUES ('held', 'given', now(), ${entry})`,
  `INSERT INTO saved_search VALUES ('${person}', 'monthly check', '{}')`,
  `INSERT INTO upper_approval SELECT 'U-1', 'r-1', '${'0'.repeat(64)}', id, version, ${entry} FROM policy_document LIMIT 1`,
])
  await app.query(sql);

interface Board {
  readonly name: string;
  /** ids that a list shows */
  readonly list?: () => Promise<readonly string[]>;
  /** what the hub shows of one row; it is refused where that was altered */
  readonly one?: () => Promise<unknown>;
  readonly shown: readonly string[];
  /** changes past the hub, each with what undoes it */
  readonly changes: readonly (readonly [change: string, undo: string])[];
}

const boards: readonly Board[] = [
  {
    name: 'tickets',
    list: async () => ids((await pageTickets(app, { departments: ['education'] }, page)).rows),
    one: () => ticketById(app, 'tkt-900000001'),
    shown: ['tkt-900000001'],
    changes: [
      [`UPDATE ticket SET claim = 'delete all'`, `UPDATE ticket SET claim = 'wrong'`],
      [
        `UPDATE ticket SET state = 'corrected', answered_at = now()`,
        `UPDATE ticket SET state = 'open', answered_at = NULL`,
      ],
    ],
  },
  {
    name: 'tickets of a person',
    list: async () => ids(await ticketsForPerson(app, subject, page)),
    shown: ['tkt-900000001'],
    changes: [[`UPDATE ticket SET reason = 'settled'`, 'UPDATE ticket SET reason = NULL']],
  },
  {
    name: 'who was notified of a ticket',
    one: () => ticketById(app, 'tkt-900000001'),
    shown: [],
    changes: [
      [
        `INSERT INTO ticket_told VALUES ('tkt-900000001', 'civil', '{}')`,
        `DELETE FROM ticket_told WHERE consumer = 'civil'`,
      ],
    ],
  },
  {
    name: 'demands',
    list: async () => ids((await pageDemands(app, {}, page)).rows),
    one: () => demandById(app, 'dem-900000001'),
    shown: ['dem-900000001'],
    changes: [[`UPDATE demand SET provider = 'ecology'`, 'UPDATE demand SET provider = NULL']],
  },
  {
    name: 'statements of a demand',
    one: () => demandById(app, 'dem-900000001'),
    shown: [],
    changes: [
      [`UPDATE demand_event SET said = 'withdrawn'`, `UPDATE demand_event SET said = 'we need them'`],
    ],
  },
  {
    name: 'disputes',
    list: async () => ids((await pageDisputes(app, {}, page)).rows),
    one: () => disputeById(app, 'dsp-900000001'),
    shown: ['dsp-900000001'],
    changes: [[`UPDATE dispute SET state = 'settled'`, `UPDATE dispute SET state = 'raised'`]],
  },
  {
    name: 'steps of a dispute',
    one: () => disputeById(app, 'dsp-900000001'),
    shown: [],
    changes: [
      [`UPDATE dispute_event SET document = 'another'`, `UPDATE dispute_event SET document = 'text'`],
    ],
  },
  {
    name: 'findings of risk',
    list: async () => ids(await listRisks(app, {}, 10)),
    one: () => riskById(app, risk),
    shown: [risk],
    changes: [
      [`UPDATE risk SET due = '2027-01-06'`, `UPDATE risk SET due = '2026-01-06'`],
      [`UPDATE risk SET departments = '{ecology}'`, `UPDATE risk SET departments = '{education}'`],
    ],
  },
  {
    name: 'legal holds',
    list: async () => ids((await pageHolds(app, { now: database.now() }, page)).rows),
    shown: ['hold-0000000000000001'],
    changes: [[`UPDATE legal_hold SET reason = 'none'`, `UPDATE legal_hold SET reason = 'inquiry'`]],
  },
  {
    name: 'consents of a person',
    list: async () => ids(await consentsOfSubject(app, subject, 10)),
    one: () => consentById(app, 'held'),
    shown: ['held'],
    changes: [
      [`UPDATE consent SET recipient = 'ecology'`, `UPDATE consent SET recipient = 'education'`],
      [
        `INSERT INTO consent_event VALUES ('held', 'withdrawn', now(), ${entry})`,
        `DELETE FROM consent_event WHERE type = 'withdrawn'`,
      ],
    ],
  },
  {
    name: 'notices that persons read before they consent',
    list: async () => (await noticesOf(app, '0'.repeat(64), ['education'])).map(({ text }) => text),
    shown: ['the text'],
    changes: [[`UPDATE consent_notice SET text = 'all'`, `UPDATE consent_notice SET text = 'the text'`]],
  },
  {
    name: 'saved searches',
    list: async () => (await savedSearches(app, person)).map(({ question }) => question),
    shown: ['{}'],
    changes: [
      [`UPDATE saved_search SET question = '{"decision":"deny"}'`, `UPDATE saved_search SET question = '{}'`],
    ],
  },
  {
    name: 'approvals that were imported',
    one: () => isImported(app, { number: 'U-1', resource: 'r-1' }),
    shown: [],
    changes: [
      [
        `UPDATE upper_approval SET sha256 = repeat('1', 64)`,
        `UPDATE upper_approval SET sha256 = repeat('0', 64)`,
      ],
    ],
  },
];

for (const { name, list, one, shown, changes } of boards)
  test(`${name}: what was altered past the hub is not shown, and refused where it is asked for`, async () => {
    for (const [change, undo] of [['SELECT 1', 'SELECT 1'] as const, ...changes]) {
      const isAltered = change !== 'SELECT 1';
      const { rowCount } = await administrator.query(change);
      assert.equal(rowCount, 1, change);
      if (list !== undefined) assert.deepEqual(await list(), isAltered ? [] : shown, change);
      if (one !== undefined && isAltered)
        await assert.rejects(one(), { code: 'rows_unauthenticated' }, change);
      else await one?.();
      await administrator.query(undo);
    }
    if (one !== undefined) assert.ok(await one());
  });

test('200 newer tickets and findings of the administrator hide none of the hub, and 30,000 are refused', async () => {
  const copies = (from: number, to: number): string =>
    `INSERT INTO ticket SELECT t.* FROM ticket AS s, generate_series(${from}, ${to}) AS n,
       LATERAL jsonb_populate_record(s, jsonb_build_object('id', 'tkt-95' || lpad(n::text, 7, '0'), 'state', 'explained', 'answered_at', now())) AS t WHERE s.id = 'tkt-900000001'`;
  await administrator.query(copies(1, 200));
  await administrator.query(
    `INSERT INTO risk SELECT r.* FROM risk AS s, generate_series(1, 200) AS n,
       LATERAL jsonb_populate_record(s, jsonb_build_object('id', gen_random_uuid(), 'key', n::text, 'due', '2026-01-02')) AS r WHERE s.id = '${risk}'`,
  );
  const own = { departments: ['education'] };
  assert.deepEqual(ids((await pageTickets(app, own, page)).rows), ['tkt-900000001']);
  assert.deepEqual(ids((await pageTickets(app, {}, page)).rows), ['tkt-900000001']);
  for (const filter of [own, {}])
    assert.deepEqual(
      (await pageTickets(app, filter, { ...page, isCounted: true })).total,
      { count: 1, more: false },
      'a list counts the rows that it shows',
    );
  assert.deepEqual(ids(await ticketsForPerson(app, subject, page)), ['tkt-900000001']);
  assert.deepEqual(ids(await listRisks(app, {}, 10)), [risk]);
  await administrator.query(copies(201, 30_000));
  await assert.rejects(pageTickets(app, {}, page), { code: 'rows_unauthenticated' });
  await administrator.query(
    `DELETE FROM ticket WHERE id LIKE 'tkt-95%'; DELETE FROM risk WHERE id <> '${risk}'`,
  );
  assert.equal(await hub.hub.runner.run('verifyRows'), 'ok');
});
