/**
 * Makes the files of a release: `release-VERSION.sql.gz` (the database of a small hub) and `release-VERSION.json` (its keys and what is in
 * it). It runs in a checkout of that release, with this file copied into its tests/upgrade:
 *
 *     node scripts/run.mjs tests/upgrade/makeRelease.ts VERSION FOLDER
 *
 * In it: 120 rows of the household register, a consent and a release under it; readings with a rule that has fired and one that waits; an
 * open event under a response plan, which its consumer has received and not acknowledged; a case that was accepted.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { cellsOf, csvLine, headers, householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { migrationsFolder } from '../../migrations/index.ts';
import { encodeGb18030 } from '../../terms/gb18030.ts';
import { testDatabase } from '../database.ts';
import { alarmsHub, row as reading, topic as alarms, type as alarmType } from '../flows/alarmsHub.ts';
import { streetCases, row as streetCase } from '../flows/streetCases.ts';
import { testHub } from '../hub.ts';
import { sha256 } from '../flows/intakeCalls.ts';
import { samplePlan } from '../samplePlan.ts';

const [version = '', folder = '.'] = process.argv.slice(2);
if (version === '') throw new Error('usage: makeRelease.ts VERSION FOLDER');
await makeRelease();
// the hub and its server end with this process
process.exit(0);

async function makeRelease(): Promise<void> {
  const database = await testDatabase({ connections: 20 });
  const hub = await testHub({ database, jobsByTime: false });
  const { city, subscription: alarmed, push } = await alarmsHub(hub);
  const { education, publicSecurity, ecology } = city;
  const { good } = householdFile(120, 11);
  const bytes = encodeGb18030([headers, ...good.map(cellsOf)].map(csvLine).join(''));
  await publicSecurity.client.sendFile('pub-security.household', bytes, { mapping: 'household' });
  await city.apply('school-meals/notice.yaml');
  await city.apply('school-meals/agreement.yaml', [education, publicSecurity]);
  const notices = await database.app.query<{ digest: string }>('SELECT digest FROM consent_notice');
  const child = good.find(
    ({ guardian, id, region }) => guardian !== '' && region === '990101' && id.slice(6, 10) >= '2016',
  );
  assert.ok(child);
  await publicSecurity.client.giveConsent({
    id: 'meals-1',
    person: child.id,
    guardian: child.guardian,
    recipient: 'education',
    dataset: 'pub-security.household',
    purposes: ['school-meals'],
    fields: ['name', 'income'],
    notBefore: '2026-01-01T00:00:00+08:00',
    expires: '2099-01-01T00:00:00+08:00',
    notice: { digest: notices.rows[0]?.digest ?? '', language: 'zh' },
    method: 'app',
  });
  const released = await education.client.query(
    'pub-security.household',
    { filter: [{ field: 'person_id', op: 'eq', value: child.id }] },
    {
      purpose: 'school-meals',
      agreement: 'agr-school-meals',
      onBehalfOf: 'official-0317',
      matter: 'YC-2026-000017',
    },
  );

  const readings = 'ecology.levels';
  const registered = await hub.staff(city.operator, 'POST', '/v1/datasets', {
    id: readings,
    title: { zh: '水位', en: 'Levels' },
    schema: 'urn:datong:water-level:1.0',
    mode: 'upsert',
    sharing: { type: 'conditional', conditions: '示例' },
    intake: {
      byCall: {},
      timeField: 'time',
      eventRules: [{ id: 'high', severity: 'warning', type: alarmType, when: 'level > 150 for 2 readings' }],
    },
  });
  assert.equal(registered.status, 201, JSON.stringify(registered.json));
  await push(readings, [reading('甲', 1, 151), reading('甲', 2, 151)]);
  assert.equal(await hub.hub.runner.run('evaluateRules'), 'ok');
  // the first of two readings: the next release finishes the crossing
  await push(readings, [reading('甲', 3, 100), reading('甲', 4, 151)]);
  assert.equal(await hub.hub.runner.run('evaluateRules'), 'ok');

  await city.apply('air-warning/topic.yaml');
  await city.apply('air-warning/agreement.yaml', [education, ecology]);
  await city.apply('air-warning/response.yaml');
  await samplePlan(hub);
  const context = { purpose: 'public-service', agreement: 'agr-air-warnings' };
  const warned = await education.client.events.subscribe({ topic: 'ecology.air-warnings' }, context);
  const type = 'ecology.air-warning-issued';
  const data = { warning_id: 'w-1', district: '990101', level: 'orange', duty_phone: '0990-5550100' };
  const published = await ecology.client.events.publish('ecology.air-warnings', [
    { specversion: '1.0', id: 'w-1', source: 'desk', type, data },
  ]);

  // delivered, and not acknowledged
  assert.equal((await education.client.events.pull(warned.json.id, {})).json.events.length, 1);

  const cases = await streetCases(hub, city);
  const id = await cases.dataset();
  await cases.push(id, [streetCase('C-1', 'education')]);
  await cases.change(education.client, id, 'C-1', { version: 1, set: { status: 'accepted' } });

  // the log's own derived rows are as of the release, too
  for (const job of ['deriveTiles', 'readEntries', 'reverifyLog'])
    assert.equal(await hub.hub.runner.run(job), 'ok', job);

  const { keysDir } = hub.hub.config;
  const keys = Object.fromEntries(
    readdirSync(keysDir, { withFileTypes: true })
      .filter((one) => one.isFile())
      .map(({ name }) => [name, readFileSync(join(keysDir, name)).toString('base64')]),
  );
  const content = {
    migrations: Object.fromEntries(
      readdirSync(migrationsFolder, { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.sql') && /^\d/.test(path))
        .sort()
        .map((path) => [path, sha256(readFileSync(join(migrationsFolder, path)))]),
    ),
    child: child.id,
    guardian: child.guardian,
    record: released.json.records[0],
    readings: { dataset: readings, topic: alarms, subscription: alarmed },
    event: { id: published.json.events[0]?.event, subscription: warned.json.id },
    cases: { dataset: id },
    keys,
  };
  writeFileSync(join(folder, `release-${version}.json`), `${JSON.stringify(content, undefined, 2)}\n`);
  const { address } = database;
  assert.ok(typeof address === 'object');
  const server = ['-h', address.host, '-p', String(address.port), '-U', address.user];
  const dump = execFileSync('pg_dump', [...server, '--inserts', '--no-comments', address.database], {
    maxBuffer: 1e9,
  });
  // commands of psql
  const text = dump.toString('utf8').replaceAll(/^\\(un)?restrict .*\n/gm, '');
  writeFileSync(join(folder, `release-${version}.sql.gz`), gzipSync(Buffer.from(text, 'utf8'), { level: 9 }));
}
