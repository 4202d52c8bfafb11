/** Documents edited in the database past the hub: none of them decides, and readiness names which. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, test } from 'node:test';
import { applyDocuments } from '../../clients/cli/apply/applyDocuments.ts';
import type { AppliedDocument } from '../../clients/cli/apply/readDocuments.ts';
import { staffClient } from '../../clients/cli/apply/staffCall.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { checkHub } from '../../hub/checkHub.ts';
import { openRegistry } from '../../hub/registry/registry.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { CallContext } from '../../clients/sdk/types.ts';
import { canonicalJson, type CanonicalValue } from '../../terms/canonicalJson.ts';
import { addressUrl } from '../addressUrl.ts';
import { nonEmpty } from '../nonEmpty.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub();
const office = await hub.enrol('data-office');
const staff = staffClient({ origin: hub.hub.origins.staff, ca: hub.ca, token: city.operator });
after(() => {
  staff.close();
});
const file = householdFile(1500, 7);
await city.publicSecurity.client.sendFile('pub-security.household', file.bytes, { mapping: 'household' });
const child = file.good.find((person) => person.guardian !== '' && person.region === '990101');
assert.ok(child);
const context: CallContext = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment',
  onBehalfOf: 'official-17',
  matter: 'YX-2026-000123',
};
const ask = (client = city.education.client): Promise<string> =>
  client
    .query('pub-security.household', { filter: [{ field: 'person_id', op: 'eq', value: child.id }] }, context)
    .then(
      () => 'answered',
      (error: unknown) => (error instanceof DatongProblem ? error.code : String(error)),
    );

const written = (members: object, kind: AppliedDocument['kind']): AppliedDocument => ({
  kind,
  members: members as AppliedDocument['members'],
  file: 'test.yaml',
  line: 1,
});
let count = 0;
/** Anything that moves the epoch: every process reads its registries again, as after a restart. */
async function readAgain(): Promise<void> {
  count += 1;
  const code = `again-${count}`;
  const purpose = written({ code, title: { zh: code, en: code } }, 'Purpose');
  const applied = await applyDocuments([purpose], { client: staff, signers: [], approveWith: city.security });
  assert.ok(
    nonEmpty(applied).every(({ outcome }) => outcome !== 'refused'),
    JSON.stringify(applied),
  );
}

interface Edited {
  readonly text: string;
  readonly digest: string;
  readonly signatures: readonly unknown[];
  readonly state: string;
}

async function stored(id: string): Promise<Edited> {
  const { rows } = await database.owner.query<Edited>(
    "SELECT text, digest, signatures, state FROM policy_document WHERE id = $1 AND state IN ('active', 'suspended')",
    [id],
  );
  return rows[0] ?? assert.fail(id);
}
const put = (id: string, { text, digest, signatures, state }: Edited): Promise<unknown> =>
  database.owner.query(
    'UPDATE policy_document SET text = $2, digest = $3, signatures = $4, state = $5 WHERE id = $1',
    [id, text, digest, JSON.stringify(signatures), state],
  );

/** The row edited, asked about, and put back. */
async function whileEdited(id: string, edit: (row: Edited) => Edited): Promise<string> {
  const row = await stored(id);
  await put(id, edit(row));
  await readAgain();
  const answer = await ask();
  const ready = (await (await fetch(`${hub.hub.origins.admin}/readyz`)).json()) as {
    readonly checks: { readonly policy: string };
  };
  const state = ready.checks.policy;
  await put(id, row);
  await readAgain();
  assert.equal(await ask(), 'answered');
  return `${answer}; ${state}`;
}

const rewritten = (row: Edited, from: string, to: string): Edited => {
  assert.ok(row.text.includes(from));
  const text = canonicalJson(JSON.parse(row.text.replace(from, to)) as CanonicalValue);
  return { ...row, text, digest: createHash('sha256').update(text).digest('hex') };
};
const agreement = 'agr-school-enrolment';
const absent = (fault: string): string => `agreement_unreadable; degraded: ${agreement}@1 ${fault}`;

/** What `serve --check` reports about a document. */
async function notesAbout(id: string): Promise<readonly string[]> {
  const url = addressUrl(database.address);
  const config = { ...hub.hub.config, database: { ...hub.hub.config.database, url, durable: false } };
  const notes = await checkHub(config, { newHub: false });
  return notes.map(({ en }) => en).filter((note) => note.includes(` ${id}@`));
}

test('a looser text, with its digest or without, is in no entry: the agreement is absent', async () => {
  assert.equal(await ask(), 'answered');
  const loose = (row: Edited): Edited => rewritten(row, '"head":6', '"head":5');
  assert.equal(await whileEdited(agreement, loose), absent('entry'));
  assert.equal(
    await whileEdited(agreement, (row) => ({ ...loose(row), digest: row.digest })),
    absent('text'),
  );
});

test('a signature that is gone, or another document’s, is noticed', async () => {
  assert.equal(await whileEdited(agreement, (row) => ({ ...row, signatures: [] })), absent('signature'));
  const row = await stored(agreement);
  await put(agreement, { ...row, signatures: [] });
  assert.deepEqual(await notesAbout(agreement), [`the document ${agreement}@1 is not used (signature)`]);
  await put(agreement, row);
  const swapped = (row: Edited): Edited => {
    const [first, second] = row.signatures as { jws: string }[];
    assert.ok(first && second);
    return { ...row, signatures: [{ ...first, jws: second.jws }, second] };
  };
  assert.equal(await whileEdited(agreement, swapped), absent('signature'));
});

test('a restriction that was edited, or taken out of force, denies what it might have hidden', async () => {
  const floor = written(
    {
      id: 'res-birth',
      version: 1,
      when: { field: ['birth_date'], dataset: ['pub-security.household'] },
      floor: { mask: 'dateTrunc', to: 'month' },
    },
    'Restriction',
  );
  const signers = [{ department: office.department, key: office.signing }];
  const applied = await applyDocuments([floor], { client: staff, signers, approveWith: city.security });
  assert.deepEqual(
    applied.map(({ outcome }) => outcome),
    ['granted'],
    JSON.stringify(applied),
  );
  assert.equal(await ask(), 'answered');
  const edited = await whileEdited('res-birth', (row) => rewritten(row, 'birth_date', 'income'));
  assert.equal(edited, 'policy_unverified; degraded: res-birth@1 entry');
  const gone = await whileEdited('res-birth', (row) => ({ ...row, state: 'superseded' }));
  assert.equal(gone, 'policy_unverified; degraded: res-birth@1 missing');
});

/** Deletes one row past the log; the hub reads its registries without it, and again once it is put back. */
async function without(table: string, where: string): Promise<{ readonly putBack: () => Promise<void> }> {
  const { rows } = await database.owner.query<{ row: string }>(
    `DELETE FROM ${table} WHERE ${where} RETURNING to_jsonb(${table})::text AS row`,
  );
  assert.equal(rows.length, 1);
  await readAgain();
  return {
    putBack: async () => {
      await database.owner.query(
        `INSERT INTO ${table} SELECT * FROM jsonb_populate_record(NULL::${table}, $1::jsonb)`,
        [rows[0]?.row],
      );
      await readAgain();
    },
  };
}

const failedNow = async (): Promise<readonly string[]> => {
  const { current } = await openRegistry({ database, audit: hub.hub.audit });
  return current.failed.map(({ name, fault }) => `${name} ${fault}`);
};

test('a restriction whose rows were deleted is missed, by a running process and by one that starts', async () => {
  const { rows } = await database.owner.query<{ row: string }>(
    "DELETE FROM policy_document WHERE id = 'res-birth' RETURNING to_jsonb(policy_document)::text AS row",
  );
  assert.equal(rows.length, 1);
  await readAgain();
  assert.equal(await ask(), 'policy_unverified');
  assert.deepEqual(await failedNow(), ['res-birth@1 missing']);
  await database.owner.query(
    'INSERT INTO policy_document SELECT * FROM jsonb_populate_record(NULL::policy_document, $1::jsonb)',
    [rows[0]?.row],
  );
  await readAgain();
  assert.equal(await ask(), 'answered');
});

test('a stop that was lifted in the database, with the entry of the approval before it, is not accepted', async () => {
  const path = `/v1/policy/documents/${agreement}`;
  const approved = await database.owner.query<{ entry: string }>(
    'SELECT decided_by AS entry FROM policy_document WHERE id = $1',
    [agreement],
  );
  const reason = { reason: '核查' };
  assert.equal((await hub.staff(city.security, 'POST', `${path}/suspension`, reason)).status, 200);
  assert.equal(await ask(), 'agreement_suspended');
  const { rows } = await database.owner.query<{ stopped: string; entry: string }>(
    'SELECT stopped_security AS stopped, decided_by AS entry FROM policy_document WHERE id = $1',
    [agreement],
  );
  await database.owner.query(
    "UPDATE policy_document SET state = 'active', stopped_security = NULL, decided_by = $2 WHERE id = $1",
    [agreement, approved.rows[0]?.entry],
  );
  await readAgain();
  assert.deepEqual([await ask(), await failedNow()], ['agreement_unreadable', [`${agreement}@1 entry`]]);
  await database.owner.query(
    "UPDATE policy_document SET state = 'suspended', stopped_security = $2, decided_by = $3 WHERE id = $1",
    [agreement, rows[0]?.stopped, rows[0]?.entry],
  );
  await readAgain();
  assert.equal((await hub.staff(city.security, 'POST', `${path}/resumption`, reason)).status, 200);
  assert.equal(await ask(), 'answered');
});

test('one person replaces no restriction that cannot be compiled, nor one whose row is gone', async () => {
  const when = { field: ['birth_date'], dataset: ['pub-security.household'], purposeNotUnder: ['again-1'] };
  const strict = { id: 'res-day', version: 1, when, floor: { mask: 'dateTrunc', to: 'year' } };
  const signers = [{ department: office.department, key: office.signing }];
  await applyDocuments([written(strict, 'Restriction')], {
    client: staff,
    signers,
    approveWith: city.security,
  });
  const weaker = {
    ...strict,
    when: { ...when, purposeNotUnder: undefined },
    floor: { mask: 'dateTrunc', to: 'month' },
  };
  const isTightening = async (version: number): Promise<unknown> => {
    const document = { kind: 'Restriction', ...weaker, version };
    const { json } = await hub.staff(city.operator, 'POST', '/v1/policy/trials', { document });
    return json['tightening'] ?? json;
  };
  const gone = await without('policy_document', "id = 'res-day'");
  assert.deepEqual(await failedNow(), ['res-day@1 missing']);
  assert.equal(await isTightening(1), false);
  await gone.putBack();
  assert.deepEqual(await failedNow(), []);
  const purpose = await without('purpose', "code = 'again-1'");
  assert.deepEqual(await failedNow(), ['res-day@1 does_not_compile']);
  assert.equal(await isTightening(2), false);
  const document = { kind: 'Restriction', ...weaker, version: 2 };
  const { json } = await hub.staff(city.operator, 'POST', '/v1/policy/documents', { document });
  assert.deepEqual([json['state'], json['missing']], ['submitted', ['data-office']]);
  await purpose.putBack();
});

test('an agreement whose purpose left the registry is named with the reason, and its consumer is not sent to the provider', async () => {
  const { rows } = await database.owner.query<{ row: string }>(
    'DELETE FROM purpose WHERE code = $1 RETURNING to_jsonb(purpose)::text AS row',
    [context.purpose],
  );
  assert.equal(rows.length, 1);
  await readAgain();
  assert.equal(await ask(), 'agreement_unreadable');
  assert.deepEqual(await notesAbout(agreement), [
    `the document ${agreement}@1 is not used (does_not_compile): /purposes/0 the purpose is not in the tree of purposes`,
  ]);
  await database.owner.query(
    'INSERT INTO purpose SELECT * FROM jsonb_populate_record(NULL::purpose, $1::jsonb)',
    [rows[0]?.row],
  );
  await readAgain();
  assert.equal(await ask(), 'answered');
});

test('a document that the rules of today refuse neither stops the hub nor prevents its replacement', async () => {
  const row = await stored(agreement);
  const old = rewritten(row, '"rowsPerCall":10', '"minGroup":5,"rowsPerCall":10');
  await put(agreement, old);
  await readAgain();
  assert.equal(await ask(), 'agreement_unreadable');
  assert.equal(await ask(city.ecology.client), 'no_agreement', 'shown to its parties only');
  assert.deepEqual(await notesAbout(agreement), [`the document ${agreement}@1 is not used (entry)`]);
  const { version: _version, ...members } = JSON.parse(row.text) as Record<string, unknown>;
  const next = written({ ...members, version: 2 }, 'Agreement');
  const signers = [city.education, city.publicSecurity].map(({ department, signing: key }) => ({
    department,
    key,
  }));
  const applied = await applyDocuments([next], { client: staff, signers, approveWith: city.security });
  assert.deepEqual(
    applied.map(({ outcome }) => outcome),
    ['granted'],
    JSON.stringify(applied),
  );
  assert.equal(await ask(), 'answered');
});
