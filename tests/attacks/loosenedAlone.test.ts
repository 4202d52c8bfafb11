/**
 * A database administrator alters what a single person relies on, so that this person could loosen alone. No run of the job `verifyRows` is
 * necessary: the act is refused.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, test } from 'node:test';
import { join } from 'node:path';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { unopenedDatasets } from '../../hub/registry/store/datasets.ts';
import { sourcesOf } from '../../hub/registry/store/elementSources.ts';
import { canonicalJson, type CanonicalValue } from '../../terms/canonicalJson.ts';
import { administratorSession } from '../administratorSession.ts';
import { cityHub } from '../cityHub.ts';
import { samples, type StaffAnswer } from '../hub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
const consumer = await hub.token('steward of the consumer', ['steward'], 'education');
/** A session of the superuser, past the hub: triggers do not run. */
const administrator = await administratorSession(database, '-c session_replication_role=replica');
after(() => hub.stop());

const submit = (body: object): Promise<StaffAnswer> =>
  hub.staff(consumer, 'POST', '/v1/policy/documents', body);
const tried = (document: object): Promise<StaffAnswer> =>
  hub.staff(consumer, 'POST', '/v1/policy/trials', { document });
const outcome = ({ status, json }: StaffAnswer): string =>
  `${status} ${String(json['code'] ?? json['state'] ?? json['tightening'])}`;

test('the consumer submits the grant that an administrator has written into the agreement in force', async () => {
  const id = 'agr-school-enrolment';
  const { rows } = await administrator.query<{ text: string; digest: string }>(
    'SELECT text, digest FROM policy_document WHERE id = $1',
    [id],
  );
  const [former] = rows;
  assert.ok(former);
  const wide = { ...(JSON.parse(former.text) as { grants: { limits?: object }[] }) };
  for (const grant of wide.grants) delete grant.limits;
  const text = canonicalJson(wide as unknown as CanonicalValue);
  assert.notEqual(text, former.text);
  const next = { ...wide, version: 2 };
  const put = (values: readonly [string, string]): Promise<unknown> =>
    administrator.query('UPDATE policy_document SET text = $2, digest = $3 WHERE id = $1', [id, ...values]);
  await put([text, createHash('sha256').update(text).digest('hex')]);
  assert.equal(outcome(await tried(next)), '503 rows_unauthenticated');
  assert.equal(outcome(await submit({ document: next })), '503 rows_unauthenticated');
  await put([former.text, former.digest]);
  assert.equal(outcome(await tried(next)), '200 false');
});

test('a restriction that was deleted together with its seal is replaced by no one alone', async () => {
  const office = await hub.enrol('data-office');
  const strict = {
    kind: 'Restriction',
    id: 'res-birth',
    version: 1,
    when: { field: ['birth_date'], dataset: ['pub-security.household'] },
    floor: { mask: 'dateTrunc', to: 'year' },
  };
  await city.apply([strict], [office]);
  await hub.hub.services.registry.refresh();
  const weaker = { ...strict, floor: { mask: 'dateTrunc', to: 'month' } };
  const { rowCount } = await administrator.query("DELETE FROM policy_document WHERE id = 'res-birth'");
  assert.equal(rowCount, 1);
  await administrator.query(
    "DELETE FROM row_seal WHERE table_name = 'policy_document' AND key LIKE 'res-birth%'",
  );
  const { json } = await hub.staff(city.operator, 'POST', '/v1/policy/trials', { document: weaker });
  assert.equal(json['tightening'], false, JSON.stringify(json));
});

test('an entry of the catalogue that nobody registered opens no dataset', async () => {
  const [agreement] = readDocuments(join(samples, 'air-quality/agreement.yaml'));
  const automatic = agreement?.members;
  const columns = `revision, department, document, digest, title_zh, title_en, category, sharing, datasets, words, grams, tags, superseded,
    author, approver, registered_by, registered_at, title_words, title_grams`;
  await administrator.query(
    `CREATE TEMPORARY TABLE former AS SELECT * FROM catalogue_entry WHERE id = 'ecology.air-quality-hourly' AND NOT superseded;
     DELETE FROM catalogue_entry WHERE id = 'ecology.air-quality-hourly'`,
  );
  assert.equal(outcome(await submit({ automatic })), '422 sharing_without_entry');
  // the same content under another id has no seal
  const { rowCount } = await administrator.query(
    `INSERT INTO catalogue_entry (id, ${columns}) SELECT 'ecology.forged', ${columns} FROM former`,
  );
  assert.equal(rowCount, 1);
  assert.equal(outcome(await submit({ automatic })), '503 rows_unauthenticated');
  assert.deepEqual([...(await unopenedDatasets(database.app))], ['ecology.air-quality-hourly']);
});

test('an element is not free for others because the decision on its source department was altered', async () => {
  const element = 'cn.mobile';
  await city.apply([
    { kind: 'ElementSource', element, department: 'pub-security', reason: '数源清单第 3 项' },
  ]);
  assert.equal((await sourcesOf(database.app, [element])).length, 1);
  for (const [changed, former] of [
    ["digest = repeat('0', 64)", 'digest'],
    ['superseded = true', 'superseded'],
    ["element = 'cn.other'", 'element'],
  ] as const) {
    const { rows } = await administrator.query<{ former: string }>(
      `SELECT ${former}::text AS former FROM element_source`,
    );
    await administrator.query(`UPDATE element_source SET ${changed}`);
    await assert.rejects(sourcesOf(database.app, [element]), { code: 'rows_unauthenticated' }, changed);
    await administrator.query(`UPDATE element_source SET ${former} = $1`, [rows[0]?.former]);
    assert.equal((await sourcesOf(database.app, [element])).length, 1);
  }
});
