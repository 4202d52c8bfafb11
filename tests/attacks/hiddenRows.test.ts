/**
 * A database administrator hides a row from a condition of the hub for a moment: alters a column of the condition, or deletes the row, lets
 * the hub act, and puts it back. What the statement returns has valid seals. No run of the job `verifyRows` is necessary: the act is refused,
 * or errs on the side of the persons concerned.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { CallContext } from '../../clients/sdk/types.ts';
import { decideNow } from '../../hub/flows/release/decideNow.ts';
import { cubesOfOthers, fixCube, type CubeSpec } from '../../hub/flows/release/store/cubes.ts';
import { sweepAttachments } from '../../hub/flows/attachments/jobs/sweepAttachments.ts';
import { sweepStoredObjects } from '../../hub/flows/attachments/jobs/sweepStoredObjects.ts';
import { AttachmentStorages } from '../../hub/flows/attachments/storage.ts';
import { databaseStorage } from '../../hub/flows/attachments/store/databaseStorage.ts';
import type { AttachmentStorage } from '../../hub/flows/attachments/store/storage.ts';
import { endCases } from '../../hub/flows/retention/endCases.ts';
import { destroyLiveRemains, liveRemains } from '../../hub/flows/rows/store/liveQuarantine.ts';
import { destroyRaw, rawRemains } from '../../hub/flows/rows/store/remains.ts';
import { delayedDepartments } from '../../hub/features/subjects/store/viewDelays.ts';
import { giveOwnConsent } from '../../hub/features/consents/operations/giveOwnConsent.ts';
import { openCorrections } from '../../hub/features/tickets/store/tickets.ts';
import { isFounded } from '../../hub/identity/store/persons.ts';
import { withTransaction } from '../../hub/platform/database/transaction.ts';
import type { JobResult, JobRun } from '../../hub/platform/jobs/job.ts';
import { readRegistry } from '../../hub/registry/snapshot.ts';
import { leftVersions } from '../../hub/registry/store/changeovers.ts';
import { Problem } from '../../terms/problem.ts';
import { administratorSession } from '../administratorSession.ts';
import { cityHub } from '../cityHub.ts';
import { samplePlan } from '../samplePlan.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 20 });
/** A session of the superuser, past the hub: triggers do not run. */
const administrator = await administratorSession(database, '-c session_replication_role=replica');
after(() => hub.stop());
const { client: education } = city.education;
const { client: police } = city.publicSecurity;
const household = 'pub-security.household';
const file = householdFile(1500, 23);
const families = file.good.filter(
  ({ guardian, id, region }) => guardian !== '' && region === '990101' && id.slice(6, 10) >= '2016',
);
const entry = '01890000-0000-7000-8000-000000000000';
const refused = { code: 'rows_unauthenticated' };
const dayMs = 86_400_000;

/** Runs `work` while rows of a table are altered, which must be some, and puts the whole table back. */
async function whileHidden<T>(
  table: string,
  sql: string,
  values: unknown[],
  work: () => Promise<T>,
): Promise<T> {
  await administrator.query(`CREATE TEMPORARY TABLE former_${table} AS SELECT * FROM ${table}`);
  try {
    const { rowCount } = await administrator.query(sql, values);
    assert.notEqual(rowCount, 0, sql);
    return await work();
  } finally {
    await administrator.query(
      `BEGIN; DELETE FROM ${table}; INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT * FROM former_${table}; DROP TABLE former_${table}; COMMIT`,
    );
  }
}
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'answered',
    (error: unknown) => (error instanceof DatongProblem ? error.code : String(error)),
  );

before(async () => {
  await police.sendFile(household, file.bytes, { mapping: 'household' });
  await city.apply('school-meals/notice.yaml');
  await city.apply('school-meals/agreement.yaml', [city.education, city.publicSecurity]);
});

test('the purpose of a plan that is hidden stays closed without an event', async () => {
  await city.apply('air-warning/topic.yaml');
  await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
  await city.apply('air-warning/response.yaml');
  await samplePlan(hub);
  await city.apply('air-warning/response-agreement.yaml', [
    city.education,
    city.publicSecurity,
    city.ecology,
  ]);
  const read = (context: CallContext): Promise<string> =>
    codeOf(education.query('ecology.air-quality-hourly', { fields: ['station'] }, context));
  const response = { purpose: 'pollution-response', agreement: 'agr-pollution-response' };
  const enrolment = {
    purpose: 'school-enrolment',
    agreement: 'agr-school-enrolment',
    onBehalfOf: 'official-17',
    matter: 'YX-2026-000123',
  };
  const about = {
    filter: [{ field: 'person_id', op: 'eq' as const, value: families[0]?.id ?? assert.fail() }],
  };
  assert.equal(await read(response), 'purpose_closed');
  for (const [nth, sql] of ['UPDATE response_plan SET purpose = NULL', 'DELETE FROM response_plan'].entries())
    await whileHidden('response_plan', sql, [], async () => {
      await city.apply([
        { kind: 'Purpose', code: `other-${nth}`, parent: 'public-service', title: { zh: '其他', en: 'x' } },
      ]);
      assert.equal(await read(response), 'purpose_closed', sql);
      assert.equal(await codeOf(education.query(household, about, enrolment)), 'answered', 'others go on');
      // a process that begins now does not know which purposes the plans had
      const begun = await readRegistry(hub.hub.database, hub.hub.audit.epoch());
      const request = {
        ...{ consumer: 'education', dataset: 'ecology.air-quality-hourly', fields: ['station'] },
        ...{ ...response, onBehalfOf: undefined, matter: undefined, filter: [], sort: [], limit: 10 },
      };
      const decision = decideNow(request, begun, hub.hub.database.now());
      assert.equal(decision.effect === 'deny' && decision.code, 'purpose_closed', sql);
    });
  await city.apply([
    { kind: 'Purpose', code: 'other-2', parent: 'public-service', title: { zh: '其他', en: 'x' } },
  ]);
  assert.equal(await read(response), 'purpose_closed');
  // a row that was added hides no plan: a process that begins now closes the purpose that it names, and no other
  const added = `INSERT INTO response_plan SELECT (jsonb_populate_record(p, '{"code": "added", "purpose": "public-service"}')).*
    FROM response_plan AS p LIMIT 1`;
  await whileHidden('response_plan', added, [], async () => {
    const { planPurposes } = await readRegistry(hub.hub.database, hub.hub.audit.epoch());
    assert.deepEqual(
      [planPurposes.free, [...planPurposes.ends].sort(), planPurposes.isAltered],
      [
        undefined,
        [
          ['pollution-response', 0],
          ['public-service', 0],
        ],
        true,
      ],
    );
  });
});

/** An object store that has one object, of an attachment, and counts what is removed. */
function fakeStore(id: string): { readonly store: AttachmentStorage; readonly removed: string[] } {
  const removed: string[] = [];
  const object = { id, upload: '', at: 0, size: 1 };
  const store = {
    ...databaseStorage(database.app),
    name: 's3' as const,
    list: () => Promise.resolve({ objects: [object], next: undefined }),
    remove: (_: unknown, place: { readonly id: string }) => {
      removed.push(place.id);
      return Promise.resolve();
    },
  };
  return { store, removed };
}
const stored = async (state = 'ready', dataset = household, id: string = randomUUID()): Promise<string> => {
  await database.app.query(
    `INSERT INTO attachment (id, dataset, department, field, name, media_type, bytes, sha256, state, storage, upload, opened_at, used_at)
     VALUES ($1, $2, 'pub-security', 'papers', 'x', 'application/pdf', 1, $3, $4, 's3', '', now(), now())`,
    [id, dataset, Buffer.alloc(32), state],
  );
  return id;
};
const runOf = (
  job: typeof sweepAttachments | typeof sweepStoredObjects,
  store: AttachmentStorage,
  act: JobRun['act'] = () => Promise.resolve({ exchange: entry }),
): Promise<JobResult> => {
  const services = {
    database,
    registry: hub.hub.services.registry,
    attachments: new AttachmentStorages(store),
  };
  return job(services).run({
    now: () => database.now() + 30 * dayMs,
    state: null,
    signal: new AbortController().signal,
    act,
  });
};
/** @returns codes of the failures */
async function swept(...run: Parameters<typeof runOf>): Promise<readonly unknown[]> {
  const { failures = [] } = await runOf(...run);
  return failures.map((error) => (error instanceof Problem ? error.code : String(error)));
}

test('no file is removed from the object store because its record, or a legal hold, is hidden', async () => {
  const id = await stored();
  const { store, removed } = fakeStore(id);
  for (const sql of [
    'DELETE FROM attachment WHERE id = $1',
    'UPDATE attachment SET id = gen_random_uuid() WHERE id = $1',
  ])
    await whileHidden('attachment', sql, [id], async () => {
      assert.ok((await swept(sweepStoredObjects, store)).includes('rows_unauthenticated'), sql);
    });
  await whileHidden('attachment', "UPDATE attachment SET state = 'removed' WHERE id = $1", [id], async () => {
    assert.ok((await swept(sweepAttachments, store)).includes('rows_unauthenticated'));
  });
  assert.deepEqual(removed, []);
  const other = fakeStore(randomUUID());
  await held('hold-store', () =>
    whileHidden('legal_hold', `UPDATE legal_hold SET until = now() - interval '1 day'`, [], async () => {
      assert.ok((await swept(sweepStoredObjects, other.store)).includes('rows_unauthenticated'));
    }),
  );
  assert.deepEqual(other.removed, []);
  await swept(sweepStoredObjects, other.store);
  assert.equal(other.removed.length, 1, 'an object that no record ever named');
  const ended = fakeStore(await stored('removed'));
  assert.deepEqual(await swept(sweepAttachments, ended.store), []);
  assert.equal(ended.removed.length, 1, 'an attachment that the hub ended');
});

const act: JobRun['act'] = ({ work }) =>
  withTransaction(database.app, async (transaction) => {
    await work?.(transaction, entry);
    return { exchange: entry };
  });
const idAt = (nth: number): string => `00000000-0000-4000-8000-${nth.toString(16).padStart(12, '0')}`;

test('attachments that remain, because their dataset or record was altered, delay no others and no further run', async () => {
  const { store, removed } = fakeStore(randomUUID());
  // as many as one run handles, before those of another dataset
  for (let nth = 0; nth < 100; nth += 1) {
    await stored('removed', household, idAt(nth));
    await stored('receiving', household, idAt(1_000 + nth));
  }
  const other = 'ecology.air-quality-hourly';
  const ended = await stored('removed', other, idAt(100));
  const overdue = await stored('receiving', other, idAt(1_100));
  const alter = `UPDATE dataset SET title_zh = 'x' WHERE id = '${household}'`;
  await whileHidden('dataset', alter, [], async () => {
    const { more, failures } = await runOf(sweepAttachments, store, act);
    assert.deepEqual([more, failures], [false, []]);
  });
  assert.deepEqual(removed, [ended, overdue]);
  await whileHidden('attachment', "UPDATE attachment SET field = 'x'", [], async () => {
    const later = await stored('removed', other, idAt(101));
    const { more } = await runOf(sweepAttachments, store, act);
    assert.deepEqual([more, removed.slice(2)], [false, [later]]);
  });
  let { more } = await runOf(sweepAttachments, store, act);
  for (let run = 1; more === true && run < 10; run += 1)
    ({ more } = await runOf(sweepAttachments, store, act));
  assert.equal(new Set(removed).size, 203);
});

test('as many altered attachments as a run ends delay no other one that no row names', async () => {
  for (let nth = 0; nth < 100; nth += 1) await stored('ready', household, idAt(2_000 + nth));
  const last = await stored('ready', household, idAt(2_100));
  await database.app.query("UPDATE attachment SET unnamed_since = now() WHERE state = 'ready'");
  const altered = [idAt(2_000), idAt(2_099)];
  await administrator.query('UPDATE attachment SET bytes = 2 WHERE id BETWEEN $1 AND $2', altered);
  await runOf(sweepAttachments, fakeStore(last).store, act);
  await administrator.query('UPDATE attachment SET bytes = 1 WHERE id BETWEEN $1 AND $2', altered);
  const { rows } = await database.app.query('SELECT FROM attachment WHERE id = $1', [last]);
  assert.equal(rows.length, 0);
});

/** Runs `work` while a dataset is under legal hold. */
async function held(id: string, work: () => Promise<void>): Promise<void> {
  await database.app.query(
    `INSERT INTO legal_hold (id, kind, target, reason, case_number, until, digest, author, approver, exchange)
     SELECT $1, 'dataset', $2, 'r', 'c', now() + interval '1 day', 'd', min(id), max(id), $3 FROM person`,
    [id, household, entry],
  );
  try {
    await work();
  } finally {
    await database.app.query(`UPDATE legal_hold SET lifted_by = author, lifted_why = 'x' WHERE id = $1`, [
      id,
    ]);
  }
}

test('versions of cases are not deleted because a legal hold is hidden', () =>
  held('hold-cases', async () => {
    const end = (): Promise<void> =>
      withTransaction(database.app, (transaction) => endCases(transaction, household));
    await assert.rejects(end(), { code: 'under_legal_hold' });
    for (const sql of [
      `UPDATE legal_hold SET until = now() - interval '1 day' WHERE id = 'hold-cases'`,
      `DELETE FROM legal_hold WHERE id = 'hold-cases'`,
    ])
      await whileHidden('legal_hold', sql, [], () => assert.rejects(end(), refused, sql));
  }));

test('nothing is destroyed because the request of a hold that waits is hidden', async () => {
  const officer = await hub.token('officer one', ['security']);
  const requested = await hub.staff(officer, 'POST', '/v1/legal-holds', {
    on: { dataset: household },
    reason: 'a lawsuit',
    case: 'SS-2026-0009',
    until: new Date(database.now() + dayMs).toISOString(),
  });
  assert.equal(requested.status, 202, JSON.stringify(requested.json));
  const id = String(requested.json['proposal']);
  const end = (): Promise<void> =>
    withTransaction(database.app, (transaction) => endCases(transaction, household));
  const { store, removed } = fakeStore(randomUUID());
  const hidden = [
    `UPDATE proposal SET state = 'refused', decided_by = author, decision = id WHERE id = $1`,
    `UPDATE proposal SET proposed_at = now() - interval '31 days' WHERE id = $1`,
    'DELETE FROM proposal WHERE id = $1',
  ];
  for (const sql of hidden)
    await whileHidden('proposal', sql, [id], async () => {
      await assert.rejects(end(), { code: 'under_legal_hold' }, sql);
      await swept(sweepStoredObjects, store);
    });
  for (const sql of [
    `UPDATE waiting_hold SET until = now() - interval '1 day' WHERE proposal = $1`,
    `UPDATE waiting_hold SET target = 'ecology.air-quality-hourly' WHERE proposal = $1`,
    'DELETE FROM waiting_hold WHERE proposal = $1',
  ])
    await whileHidden('waiting_hold', sql, [id], () =>
      whileHidden('proposal', hidden[2] ?? '', [id], async () => {
        await assert.rejects(end(), refused, sql);
        await swept(sweepStoredObjects, store);
      }),
    );
  assert.deepEqual(removed, []);
  const ended = await hub.staff(officer, 'POST', `/v1/proposals/${id}/refusal`, { reason: 'in error' });
  assert.equal(ended.status, 200, JSON.stringify(ended.json));
  await end();
  assert.equal((await database.app.query('SELECT FROM waiting_hold')).rowCount, 0);
});

test('a withdrawal creates its duty although an older consent is hidden, or a duty seems to name the answer', async () => {
  const { rows } = await database.app.query<{ digest: string }>('SELECT digest FROM consent_notice');
  const meals: CallContext = {
    purpose: 'school-meals',
    agreement: 'agr-school-meals',
    onBehalfOf: 'official-0317',
    matter: 'YC-2026-000017',
  };
  const give = (id: string, at: number) =>
    police.giveConsent({
      id,
      person: families[at]?.id ?? assert.fail(),
      guardian: families[at]?.guardian ?? '',
      recipient: 'education',
      dataset: household,
      purposes: ['school-meals'],
      fields: ['name', 'income'],
      notBefore: '2026-01-01T00:00:00+08:00',
      expires: '2099-01-01T00:00:00+08:00',
      notice: { digest: rows[0]?.digest ?? '', language: 'zh' },
      method: 'app',
    });
  const named = async (consent: string): Promise<readonly unknown[]> =>
    (await education.duties()).json.duties.flatMap((duty) =>
      duty.obligation === 'delete-withdrawn' && duty.consent === consent ? [duty.named] : [],
    );
  /** @param hidden runs the withdrawal while something is hidden */
  const isOwed = async (
    nth: number,
    hidden: (withdraw: () => Promise<unknown>, exchange: string) => Promise<unknown>,
  ): Promise<void> => {
    await give(`older-${nth}`, nth);
    const about = { filter: [{ field: 'person_id', op: 'eq' as const, value: families[nth]?.id ?? '' }] };
    const { exchange } = await education.query(household, about, meals);
    await give(`newer-${nth}`, nth);
    await hidden(() => police.withdrawConsent(`newer-${nth}`), exchange);
    assert.deepEqual(await named(`newer-${nth}`), [[exchange]], String(nth));
  };
  await isOwed(0, (withdraw) => withdraw());
  await isOwed(1, (withdraw) =>
    whileHidden('consent', `UPDATE consent SET subject = '\\x01' WHERE id = 'older-1'`, [], withdraw),
  );
  await isOwed(2, (withdraw) =>
    whileHidden('consent', `DELETE FROM consent WHERE id = 'older-2'`, [], withdraw),
  );
  await isOwed(3, async (withdraw, exchange) => {
    const alter = (change: string): Promise<unknown> =>
      administrator.query(`UPDATE duty SET named = ${change} WHERE consent = 'newer-0'`, [exchange]);
    await alter('named || $1::uuid');
    await withdraw();
    await alter('array_remove(named, $1::uuid)');
  });
  await isOwed(4, async (withdraw) => {
    for (const [table, sql] of [
      ['purpose', `UPDATE purpose SET title_zh = 'x' WHERE code = 'school-meals'`],
      ['purpose', `DELETE FROM purpose WHERE code = 'school-meals'`],
      // a contractor of the recipient would be left out
      ['department', `UPDATE department SET name_zh = 'x' WHERE code = 'ecology'`],
    ] as const)
      await whileHidden(table, sql, [], () => assert.rejects(withdraw(), refused, sql));
    await withdraw();
  });
  const other = `UPDATE purpose SET title_zh = 'x' WHERE code = 'school-enrolment'`;
  await whileHidden('purpose', other, [], () => assert.rejects(give('hidden-purpose', 5), refused));
});

test('no statistics are computed past a consumer whose newest ones are hidden', async () => {
  const spec: CubeSpec = { dimensions: [], sums: [], minGroup: 10, rowFilter: [] };
  const { rows } = await database.app.query<{ current: string }>(
    'SELECT current_batch AS current FROM dataset WHERE id = $1',
    [household],
  );
  const batch = rows[0]?.current ?? assert.fail();
  for (const [digest, nth] of [
    ['first', 1],
    ['shown', 2],
  ])
    await database.app.query(
      `INSERT INTO statistic_cube (dataset, consumer, batch, spec, cells, digest, nth) VALUES ($1, 'civil', gen_random_uuid(), $2, '[]', $3, $4)`,
      [household, spec, digest, nth],
    );
  const key = { dataset: household, consumer: 'ecology', batch };
  const fix = async (): Promise<unknown> => {
    const others = await cubesOfOthers(database.app, key, spec);
    return fixCube(database.app, key, { spec, others }, () => ({ spec, cells: [], digest: 'new' }));
  };
  for (const sql of [
    `DELETE FROM statistic_cube WHERE digest = 'shown'`,
    `UPDATE statistic_cube SET nth = NULL WHERE digest = 'shown'`,
    `UPDATE statistic_cube SET consumer = 'ecology' WHERE digest = 'shown'`,
  ])
    await whileHidden('statistic_cube', sql, [], () => assert.rejects(fix(), refused, sql));
  assert.deepEqual(await fix(), { batch, spec, cells: [], digest: 'new' });
});

test('an access is not shown to the person early because its delay is hidden', async () => {
  const subject = Buffer.alloc(32, 7);
  await database.app.query(
    `INSERT INTO view_delay (id, subject, department, reference, clause, until, digest, author, approver, exchange)
     SELECT 'delay-hidden', $1, 'education', 'r', 'c', now() + interval '1 day', 'd', min(id), max(id), $2 FROM person`,
    [subject, entry],
  );
  let at = database.now();
  const delayed = async (): Promise<readonly string[]> => [
    ...(await delayedDepartments(database.app, subject, at)),
  ];
  assert.deepEqual(await delayed(), ['education']);
  for (const sql of [
    `UPDATE view_delay SET ended_by = author, reason = 'x'`,
    `UPDATE view_delay SET until = now() - interval '1 day'`,
    'DELETE FROM view_delay',
  ]) {
    await whileHidden('view_delay', sql, [], async () => {
      assert.deepEqual(await delayed(), ['education'], `by the comparison before: ${sql}`);
      at += 10_000;
      await assert.rejects(delayed(), refused, sql);
    });
    assert.deepEqual(await delayed(), ['education'], 'a refusal does not last');
  }
});

test('raw bytes are not destroyed before their term, which was altered while the job listed them', async () => {
  await police.sendFile(household, householdFile(1500, 24).bytes, { mapping: 'household' });
  const now = database.now() + 2 * dayMs;
  await database.app.query(
    `INSERT INTO live_quarantine (dataset, digest, exchange, place, problems, sealed, seen_at) VALUES ($1, '\\x01', $2, 1, '[]', '\\x', now())`,
    [household, entry],
  );
  const listed = async () => ({
    raw: await rawRemains(database.app, now, 30, 10),
    live: await liveRemains(database.app, now, 30, 10),
  });
  assert.deepEqual(await listed(), { raw: [], live: [] });
  const early = await whileHidden(
    'dataset',
    'UPDATE dataset SET raw_days = 1 WHERE id = $1',
    [household],
    listed,
  );
  const [raw] = early.raw;
  const [live] = early.live;
  assert.ok(raw !== undefined && live !== undefined);
  const destroyed = (at: number): Promise<readonly boolean[]> =>
    withTransaction(database.app, async (transaction) => [
      await destroyRaw(transaction, raw, at, 30),
      await destroyLiveRemains(transaction, live, at, 30),
    ]);
  assert.deepEqual(await destroyed(now), [false, false]);
  assert.deepEqual(await destroyed(now + 31 * dayMs), [true, true]);
});

test('persons whose rows have no valid seal make no hub of two persons', async () => {
  assert.equal(await isFounded(database.app), true);
  for (const table of ['person', 'role_grant'])
    await whileHidden(table, `UPDATE ${table} SET made_by = gen_random_uuid()`, [], async () => {
      assert.equal(await isFounded(database.app), false, table);
    });
});

test('data stays disputed although its ticket is hidden while the open ones are read', async () => {
  const insert = (reader: Pick<typeof administrator, 'query'>, id: string): Promise<unknown> =>
    reader.query(
      `INSERT INTO ticket (id, opener, origin, provider, dataset, subject, sealed_key, claim, state, opened_at, opened_by)
       VALUES ($1, 'education', 'counter', 'pub-security', $2, sha256(convert_to($1, 'UTF8')), '\\x', 'x', 'open', now(), $3)`,
      [id, household, entry],
    );
  await insert(database.app, 'TK-hidden');
  const before = await openCorrections(database.app, []);
  const open = async (): Promise<readonly string[]> =>
    (await openCorrections(database.app, before)).map(({ id }) => id);
  assert.deepEqual(await open(), ['TK-hidden']);
  for (const sql of [
    `UPDATE ticket SET state = 'withdrawn', answered_at = now()`,
    `UPDATE ticket SET wish = 'deletion'`,
    `UPDATE ticket SET subject = sha256('other')`,
    'DELETE FROM ticket',
  ])
    await whileHidden('ticket', sql, [], async () => assert.deepEqual(await open(), ['TK-hidden'], sql));
  const seal = `DELETE FROM row_seal WHERE table_name = 'ticket' AND key = 'TK-hidden'`;
  await whileHidden('ticket', 'DELETE FROM ticket', [], () =>
    whileHidden('row_seal', seal, [], async () => assert.deepEqual(await open(), ['TK-hidden'])),
  );
  await insert(administrator, 'TK-added');
  assert.deepEqual(await open(), ['TK-hidden'], 'a ticket of the administrator disputes nothing');
  await administrator.query(`DELETE FROM ticket WHERE id = 'TK-added'`);
  await database.app.query(
    `UPDATE ticket SET state = 'withdrawn', answered_at = now() WHERE id = 'TK-hidden'`,
  );
  assert.deepEqual(await open(), []);
  await insert(database.app, 'TK-removed');
  const removed = await openCorrections(database.app, []);
  await database.owner.query(`DELETE FROM ticket WHERE id = 'TK-removed'`);
  assert.deepEqual(
    await openCorrections(database.app, removed),
    [],
    'one that the hub removed for two persons',
  );
});

test('the table of a dataset is not taken for that of a version that it left', async () => {
  const { rows } = await database.app.query<{ mode: string; other: string }>(
    `SELECT d.mode, (SELECT urn FROM schema_version WHERE urn <> d.schema ORDER BY urn LIMIT 1) AS other FROM dataset AS d WHERE d.id = $1`,
    [household],
  );
  const { mode, other } = rows[0] ?? assert.fail();
  const setMode = (to: string): Promise<unknown> =>
    database.owner.query('UPDATE dataset SET mode = $2 WHERE id = $1', [household, to]);
  await setMode('upsert');
  await database.owner.query(
    `INSERT INTO changeover (id, dataset, from_schema, to_schema, mappings, reason, state, batch, needs_officer, author, approver, ended_by)
     SELECT gen_random_uuid(), d.id, d.schema, $2, '[]', 'r', 'switched', d.current_batch, false, least(a, b), greatest(a, b), $3
       FROM dataset AS d, (SELECT min(id), max(id) FROM person) AS p (a, b) WHERE d.id = $1`,
    [household, other, entry],
  );
  // it has returned to the version that it left
  const bound = async (): Promise<readonly unknown[]> =>
    (await leftVersions(database.app)).map((one) => one.bound === one.left);
  assert.deepEqual(await bound(), [true]);
  await whileHidden('dataset', 'UPDATE dataset SET schema = $2 WHERE id = $1', [household, other], async () =>
    assert.deepEqual(await bound(), []),
  );
  await database.owner.query('DELETE FROM changeover');
  await setMode(mode);
});

test('a schema version is not discarded because its use is hidden', async () => {
  const document = (name: string, properties: object): object => ({
    ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: `urn:datong:${name}:1.0` },
    ...{ 'x-title': { zh: '示例', en: 'Example' }, 'x-class': 'general', 'x-primary-key': ['/id'] },
    ...{ type: 'object', additionalProperties: false, required: ['id'], properties },
  });
  const id = { type: 'string', maxLength: 20, 'x-title': { zh: '号', en: 'id' }, 'x-sensitivity': 'L2' };
  const staff = (path: string, body: object) => hub.staff(city.operator, 'POST', path, body);
  for (const body of [
    { document: document('referred', { id }) },
    {
      document: document('referring', { id: { $ref: 'urn:datong:referred:1.0#/properties/id' } }),
      draft: true,
    },
  ]) {
    const { status, json } = await staff('/v1/schemas', body);
    assert.equal(status, 201, JSON.stringify(json));
  }
  const discard = async (): Promise<unknown> =>
    (await staff('/v1/schemas/urn:datong:referred:1.0/decision', { act: 'discard' })).json['code'];
  assert.equal(await discard(), 'schema_used');
  await whileHidden(
    'schema_version',
    `DELETE FROM schema_version WHERE urn = 'urn:datong:referring:1.0'`,
    [],
    async () => assert.equal(await discard(), 'rows_unauthenticated'),
  );
});

test('no consent is given while a notice is hidden, in whose place an earlier text would be shown', async () => {
  const body = { agreement: 'agr-school-meals', dataset: household, purpose: 'school-meals', language: 'zh' };
  const call = {
    body: { ...body, notice: '0'.repeat(64), offer: '0'.repeat(64) },
    caller: { presentedBy: 'self' },
    now: database.now(),
  } as unknown as Parameters<typeof giveOwnConsent.run>[0];
  const give = async (): Promise<unknown> => giveOwnConsent.run(call, hub.hub.services);
  await assert.rejects(give(), { code: 'notice_unknown' });
  for (const sql of ['DELETE FROM consent_notice', `UPDATE consent_notice SET purposes = '{}'`])
    await whileHidden('consent_notice', sql, [], () => assert.rejects(give(), refused, sql));
});
