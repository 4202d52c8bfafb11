/** `datong client provide` with a real PostgreSQL and a file, connected to a whole hub. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { sharedSchema } from '../../../machine/shippedSchemas.ts';
import { surroundingsWith } from '../../../machine/surroundings.ts';
import { asLogin } from '../../../hub/platform/database/connection.ts';
import { compileSchema } from '../../../schemas/compile.ts';
import { readSchema } from '../../../schemas/parse.ts';
import { civilDateText } from '../../../terms/civilDate.ts';
import { startTestCluster } from '../../../tests/cluster.ts';
import { startPooler } from '../../../tests/faults/pooler.ts';
import { datongBin, datongEnvironment, runDatong } from '../../../tests/datong.ts';
import { samples } from '../../../tests/hub.ts';
import { codeListsIn } from '../adapt/mappingFrom.ts';
import { readDocuments } from '../apply/readDocuments.ts';
import { householdFile } from '../demo/files/householdFile.ts';
import type { ProfileDocument } from '../../sdk/profile.ts';
import type { LiveAsk } from '../../sdk/liveConnection.ts';
import { VerbFailure } from '../verb.ts';
import { readConfiguration, type SqlSource } from './configuration.ts';
import { fileRows } from './fileRows.ts';
import { sqlRows } from './sqlRows.ts';
import { defined } from '../../../terms/defined.ts';
import { cityHub } from '../../../tests/cityHub.ts';

const { database, hub, city } = await cityHub();
const home = mkdtempSync(join(tmpdir(), 'datong-provide-'));
after(async () => {
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});
const place = (name: string, text: string | Uint8Array): string => {
  writeFileSync(join(home, name), text);
  return join(home, name);
};

const { host, port, user } = (await startTestCluster()).address;
const { rows: names } = await database.app.query<{ name: string }>('SELECT current_database() AS name');
const url = `postgres:///${names[0]?.name ?? ''}?host=${encodeURIComponent(host)}&port=${port}&user=${user}`;
const people = householdFile(120, 7).good;
const schema = sharedSchema('household@1');
const lists = codeListsIn(join(samples, 'city/regions.yaml'));
const dataset = {
  id: 'pub-security.household-live',
  schema,
  compiled: () => compileSchema(schema, surroundingsWith(lists)),
};
const query = `SELECT id_no AS person_id, full_name AS name, sex, born AS birth_date, household_no, relation, address, region AS region_code,
  mobile, guardian AS guardian_id, moved AS move_in_date, income FROM register.person -- the register`;
const sql: SqlSource = {
  kind: 'sql',
  url,
  query,
  key: ['person_id'],
  columns: {},
  seconds: 5,
  atOnce: 2,
};

before(async () => {
  await database.owner.query('CREATE SCHEMA register');
  await database.owner.query(
    'CREATE TABLE register.person (id_no text PRIMARY KEY, full_name text NOT NULL, sex text, born date, household_no text, relation text, address text, region text, mobile text, guardian text, moved date, income numeric(12,2))',
  );
  for (const one of people)
    await database.owner.query(
      'INSERT INTO register.person VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)',
      [
        ...[
          one.id,
          one.name,
          one.sex === '男' ? '1' : '2',
          civilDateText(one.birth),
          one.household,
          one.relation,
        ],
        ...[one.address, one.region, /^1\d{10}$/.test(one.mobile) ? one.mobile : null],
        ...[one.guardian === '' ? null : one.guardian, '2019-05-01', one.income],
      ],
    );
  await city.apply('household-live/dataset.yaml');
  await city.apply('household-live/agreement.yaml', [city.education, city.publicSecurity]);
});

const ask = (
  more: Partial<LiveAsk> = {},
): Pick<LiveAsk, 'fields' | 'filter' | 'limit' | 'patience'> & Partial<LiveAsk> => ({
  fields: ['person_id', 'birth_date', 'income'],
  filter: [],
  limit: 1_000,
  patience: 5_000,
  ...more,
});
const eq = (field: string, value: string) => ({ field, op: 'eq' as const, value });

test('a question becomes conditions around the query, its values parameters and nothing else', async () => {
  const provider = sqlRows(dataset, sql);
  try {
    const [first] = people;
    assert.ok(first);
    const one = await provider.rows(ask({ filter: [eq('person_id', first.id)] }));
    assert.deepEqual(one.rows, [
      { person_id: first.id, birth_date: civilDateText(first.birth), income: first.income },
    ]);
    assert.equal(one.more, false);
    for (const value of ["' OR true --", '$1', '"', "'); DROP TABLE register.person; --"])
      assert.deepEqual((await provider.rows(ask({ filter: [eq('name', value)] }))).rows, []);
    const regions = people.filter(({ region }) => region !== '990103');
    const some = { field: 'region_code', op: 'in' as const, value: ['990101', '990102'] };
    assert.equal((await provider.rows(ask({ filter: [some] }))).rows.length, regions.length);
    const late = {
      field: 'birth_date',
      op: 'range' as const,
      value: { gte: '2015-01-01', lt: '2018-01-01' },
    };
    const born = people.map(({ birth }) => civilDateText(birth));
    assert.equal(
      (await provider.rows(ask({ filter: [late] }))).rows.length,
      born.filter((day) => day >= '2015-01-01' && day < '2018-01-01').length,
    );
    await assert.rejects(provider.rows(ask({ fields: ['person_id"; --'] })), /field_unknown/);
  } finally {
    await provider.close();
  }
});

test('pages follow the key, each row with its mark; an unknown mark is refused', async () => {
  const provider = sqlRows(dataset, sql);
  try {
    const seen: unknown[] = [];
    let after: string | undefined;
    for (;;) {
      const page = await provider.rows(ask({ limit: 50, ...defined({ after }) }));
      seen.push(...page.rows.map((row) => row['person_id']));
      after = page.after.at(-1);
      if (!page.more) break;
    }
    assert.deepEqual(seen, people.map(({ id }) => id).sort());
    for (const mark of ['', '[]', '[1]', '["a","b"]', '{'])
      await assert.rejects(provider.rows(ask({ after: mark })), /cursor_expired/);
  } finally {
    await provider.close();
  }
});

test('every row that a question selects is found, for any type and collation of the column', async () => {
  await database.owner.query(
    'CREATE TABLE register.compared (id int PRIMARY KEY, code text COLLATE "en-x-icu", amount numeric(10, 2), day date, note text, alike int, moment text COLLATE "en-x-icu")',
  );
  await database.owner.query(
    "INSERT INTO register.compared VALUES (1, 'B', 1, '1990-01-31', '10', 1, '2026-08-31T20:00:00Z'), (2, 'a', 2, '2000-02-29', '9', 2, '2026-09-01T01:00:00+14:00'), (3, 'C', 3, '2026-01-01', 'x', 2, '2026-09-01t04:00:00.0+08:00')",
  );
  const text = { type: 'string', title: 'a text' };
  const properties = {
    id: { type: 'integer', title: 'id' },
    code: text,
    day: text,
    amount: { ...text, format: 'decimal' },
    moment: { ...text, format: 'date-time' },
  };
  const { resolve } = surroundingsWith([]);
  const compared = readSchema(
    {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'urn:datong:compared:1.0',
      type: 'object',
      additionalProperties: false,
      properties,
    },
    resolve,
  );
  const table = { ...sql, query: 'SELECT * FROM register.compared', key: ['id'] };
  const provider = sqlRows({ ...dataset, schema: compared }, table);
  const found = async (field: string, op: string, value: unknown): Promise<readonly unknown[]> => {
    const filter = [{ field, op, value } as never];
    return (await provider.rows(ask({ fields: ['id'], filter }))).rows.map((row) => row['id']);
  };
  try {
    assert.deepEqual(await found('code', 'range', { lt: 'a' }), [1, 3], 'by bytes');
    assert.deepEqual(await found('code', 'range', { gte: 'B', lt: 'D' }), [1, 3]);
    assert.deepEqual(await found('id', 'range', { gt: -1e12, lt: 2.5 }), [1, 2]);
    assert.deepEqual(await found('id', 'in', [1, 1.5, 9007199254740991]), [1]);
    assert.deepEqual(await found('amount', 'range', { gt: '0.996', lt: '2.004' }), [1, 2]);
    assert.deepEqual(await found('day', 'range', { gte: '2000-02-30' }), [3], 'a bound that is no day');
    assert.deepEqual(await found('day', 'range', { lt: '2000-02-29' }), [1]);
    const within = async (op: string, value: unknown, limit = 9): Promise<unknown> => {
      const filter = [{ field: 'moment', op, value } as never];
      const { rows, more, after } = await provider.rows(ask({ fields: ['id', 'moment'], filter, limit }));
      assert.equal(after.length, rows.length);
      return [rows.map((row) => row['id']), more];
    };
    assert.deepEqual(await within('eq', '2026-09-01T04:00:00+08:00'), [[1, 3], false]);
    assert.deepEqual(await within('in', ['2026-08-31T11:00:00Z', '2026-09-02T00:00:00Z']), [[2], false]);
    assert.deepEqual(await within('range', { gte: '2026-09-01', lt: '2026-10-01' }), [[1, 3], false]);
    assert.deepEqual(await within('range', { gte: '2026-09-01', lt: '2026-10-01' }, 1), [[1], true]);
    assert.deepEqual(await within('range', { lt: '2026-09-01' }, 1), [[2], true], 'another one may follow');
    assert.deepEqual(await within('eq', 'x'), [[], false]);
  } finally {
    await provider.close();
  }
  const notes = sqlRows({ ...dataset, schema: compared }, { ...table, columns: { id: 'note' } });
  const nine = { field: 'id', op: 'range' as const, value: { gte: 9 } };
  await assert.rejects(notes.rows(ask({ fields: ['id'], filter: [nine] })), /no column of numbers/);
  await notes.close();
  const twice = sqlRows({ ...dataset, schema: compared }, { ...table, key: ['alike'] });
  assert.equal((await twice.rows(ask({ fields: ['id'] }))).rows.length, 3);
  await assert.rejects(twice.rows(ask({ fields: ['id'], limit: 2 })), /empty or repeated/);
  await twice.close();
});

test('it cannot write, and takes no longer than it may', async () => {
  const writing = sqlRows(dataset, { ...sql, query: "SELECT nextval('register.seen')::text AS person_id" });
  await database.owner.query('CREATE SEQUENCE register.seen');
  await assert.rejects(writing.rows(ask({ fields: ['person_id'] })), /read-only transaction/);
  await writing.close();
  const slow = sqlRows(dataset, { ...sql, query: 'SELECT pg_sleep(20)::text AS person_id' });
  await assert.rejects(slow.rows(ask({ fields: ['person_id'], patience: 50 })), /statement timeout/);
  await slow.close();
});

test('the way to its database breaks under a question: that question fails, and nothing else', async () => {
  const between = await startPooler(
    { host, port, user, database: names[0]?.name ?? '' },
    { dropsOptions: false },
  );
  const broken = sqlRows(dataset, {
    ...sql,
    url: `postgres://${user}@${between.host}:${between.port}/${names[0]?.name ?? ''}`,
    query: 'SELECT pg_sleep(20)::text AS person_id',
  });
  // the driver says that it ended or the socket that it was reset, whichever comes first
  const requested = assert.rejects(broken.rows(ask({ fields: ['person_id'] })), {
    name: 'SourceFault',
    kind: 'unreachable',
  });
  const asking = `SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(20)%' AND pid <> pg_backend_pid()`;
  await asLogin(url, async (login) => {
    while ((await login.query(asking)).rowCount === 0);
  });
  await between.close();
  await requested;
  await broken.close();
});

test('a file is mapped, filtered and read again when it changed; a mark of the file before is refused', async () => {
  const file = householdFile(60, 7);
  const path = place('household.csv', file.bytes);
  const [mapping] = readDocuments(join(samples, 'household/dataset.yaml')).filter(
    ({ kind }) => kind === 'Mapping',
  );
  const document = mapping?.members['document'] as object;
  const allowing = { ...document, limits: { maxBad: 3 } };
  const provider = fileRows(dataset, { kind: 'file', path, mapping: allowing });
  const all = await provider.rows(ask());
  assert.deepEqual(
    all.rows.map((row) => row['person_id']),
    file.good.map(({ id }) => id),
  );
  const page = await provider.rows(ask({ limit: 5, filter: [eq('region_code', '990101')] }));
  assert.deepEqual([page.rows.length, page.more], [5, true]);
  const mark = page.after[4] ?? '';
  const rest = await provider.rows(ask({ after: mark, filter: [eq('region_code', '990101')] }));
  assert.equal(rest.rows.length, file.good.filter(({ region }) => region === '990101').length - 5);
  const limited = fileRows(dataset, { kind: 'file', path, mapping: { ...document, limits: { maxBad: 2 } } });
  await assert.rejects(limited.rows(ask()), (error: Error) => {
    assert.match(String(error.cause), /3 of 60 records are bad, over the mapping's maxBad = 2/);
    return error.message === 'query_failed';
  });
  place('household.csv', householdFile(61, 8).bytes);
  await assert.rejects(provider.rows(ask({ after: mark })), /cursor_expired/);
  const lines = fileRows(dataset, {
    kind: 'file',
    path: place('rows.ndjson', '{"person_id":"x"}\n\n'),
    mapping: undefined,
  });
  assert.deepEqual((await lines.rows(ask())).rows, [{ person_id: 'x' }]);
  const inexact = fileRows(dataset, {
    kind: 'file',
    path: place('inexact.ndjson', '{"person_id":"x"}\n{"person_id":"y","income":9007199254740993}\n'),
    mapping: undefined,
  });
  await assert.rejects(inexact.rows(ask()), /query_failed/);
});

test('its configuration is read strictly', () => {
  const refused = (text: string): string => {
    try {
      readConfiguration(place('wrong.yaml', text));
    } catch (error) {
      assert.ok(error instanceof VerbFailure, String(error));
      return error.text.en.replace(/^.*?, /, '');
    }
    return 'read';
  };
  const of = (source: string): string => `datasets: { aa.bb: { ${source} } }`;
  assert.equal(refused('{'), '.: it is not YAML');
  assert.match(
    refused('codeLists: &a lists\ndatasets: { a.b: { file: { path: *a } } }'),
    /^\.: it has an alias of YAML/,
  );
  assert.match(refused('datasets: {}'), /must not be empty/);
  assert.match(refused('datasets: { nothing: { file: { path: x } } }'), /the id of a dataset/);
  assert.match(refused(of('')), /one of sql and file/);
  assert.match(refused(of('file: { path: x, more: y }')), /file\.more: there is no such member/);
  assert.match(refused(of('sql: { url: x, query: "SELECT 1; DROP", key: a }')), /semicolon/);
  assert.match(refused(of('sql: { urlFrom: NO_SUCH_VARIABLE, query: x, key: a }')), /environment variable/);
  assert.match(refused(of('sql: { url: x, query: x, key: a, seconds: 0 }')), /from 1 to 60/);
  assert.match(refused(of('sql: { url: x, urlFrom: PATH, query: x, key: a }')), /one of url and urlFrom/);
  assert.match(refused(of('sql: { url: x, query: x, key: [] }')), /sql\.key: it must not be empty/);
  assert.equal(refused(of('sql: { url: x, query: x, key: a }')), 'read');
  const mapped = (text: string): string => {
    place('mapping.yaml', text);
    return refused(of('file: { path: x.csv, mapping: mapping.yaml }'));
  };
  const mapping = 'kind: Mapping\ndataset: aa.bb\ndocument: { mapping: aa/bb@1 }\n';
  assert.equal(mapped('mapping: aa/bb@1'), 'read');
  assert.equal(mapped('mapping: aa/bb@1\n---\n'), 'read');
  assert.equal(mapped(`${mapping}---\n# the end\n`), 'read');
  assert.equal(mapped(`kind: Schema\nshared: household@1\n---\n${mapping}`), 'read');
  for (const text of [
    'kind: Schema\nshared: household@1\n',
    `${mapping}---\n${mapping}`,
    'a: 1\na: 2\n',
    '',
    '---\n',
  ])
    assert.match(mapped(text), /file\.mapping: a file with one mapping is wanted/, text);
  const mysql = (url: string): string => refused(of(`sql: { url: "${url}", query: x, key: a }`));
  assert.equal(mysql('mysql://reader:geheim@db/register'), 'read');
  const misspelt = mysql('mariadb://reader:geheim@db/register?tls=of');
  assert.match(misspelt, /^datasets\.aa\.bb\.sql\.url: mysql:\/\/user:password@host/);
  assert.doesNotMatch(misspelt, /geheim/);
  assert.match(mysql('mysql://reader@db/register?ca=none.pem'), /sql\.url: ca is no file/);
});

const profile: ProfileDocument = {
  v: 1,
  department: 'pub-security',
  hub: { exchange: hub.hub.origins.exchange, open: hub.hub.origins.open, ca: hub.ca, keys: { keys: [] } },
  tls: city.publicSecurity.tls,
  signingKey: city.publicSecurity.signing.privateKey.export({ format: 'jwk' }),
};
place('datong.json', JSON.stringify(profile));
place(
  'provide.yaml',
  `codeLists: ${join(samples, 'city/regions.yaml')}
datasets:
  pub-security.household-live:
    sql:
      urlFrom: REGISTER_URL
      query: |
        ${query.replaceAll('\n', '\n        ')}
      key: [person_id]
`,
);
const env = { REGISTER_URL: url };

test('as a process: it checks its sources, answers questions, logs no value, and ends on command', async () => {
  const checked = await runDatong(['provide', '--check', '--json'], { cwd: home, env });
  assert.deepEqual(
    [checked.code, JSON.parse(checked.stdout)],
    [0, { ok: true, findings: [], datasets: 1, rows: people.length }],
    checked.stderr,
  );
  await database.owner.query("UPDATE register.person SET region = 'nowhere' WHERE id_no = $1", [
    people[3]?.id,
  ]);
  const found = await runDatong(['provide', '--check'], { cwd: home, env });
  assert.equal(found.code, 1, found.stderr);
  assert.match(found.stdout, /household-live\/region_code/);
  const child = spawn(process.execPath, [datongBin, 'provide'], { cwd: home, env: datongEnvironment(env) });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  try {
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    assert.deepEqual((JSON.parse(line) as { datasets: unknown }).datasets, ['pub-security.household-live']);
    const person = people.find(({ region }) => region === '990101');
    assert.ok(person);
    const { json } = await city.education.client.query(
      'pub-security.household-live',
      { filter: [eq('person_id', person.id)] },
      {
        purpose: 'school-enrolment',
        agreement: 'agr-school-enrolment-live',
        onBehalfOf: 'official-17',
        matter: 'YX-2026-000123',
      },
    );
    assert.deepEqual(
      json.records.map((record) => record['birth_date']),
      [civilDateText(person.birth)],
    );
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number];
    assert.equal(code, 0, stderr);
    assert.match(stderr, /rows=1/);
    assert.doesNotMatch(stderr, new RegExp(`${person.id}|${person.name}`));
  } finally {
    child.kill('SIGKILL');
  }
});

test('a dataset whose rows lie in the hub, and one of another department, are refused before anything is connected', async () => {
  const config = (id: string): string =>
    place('other.yaml', `datasets: { ${id}: { sql: { url: x, query: SELECT 1, key: a } } }`);
  const hosted = await runDatong(['provide', '--config', config('pub-security.household')], { cwd: home });
  assert.equal(hosted.code, 1);
  assert.match(hosted.stderr, /lie in the hub/);
  const foreign = await runDatong(['provide', '--config', config('ecology.nothing')], { cwd: home });
  assert.equal(foreign.code, 1, foreign.stderr);
  const address = await runDatong(['provide', '--hub', 'nonsense'], { cwd: home, env });
  assert.equal(address.code, 2, address.stderr);
});

test('--check reports why a file cannot be read, in the chosen language and without its text', async () => {
  place('lines.ndjson', '"secret"\n');
  place('lines.yaml', 'datasets: { pub-security.household-live: { file: { path: lines.ndjson } } }');
  const reasons = [
    ['zh', '不能读取：第 1 行：不是 JSON 对象'],
    ['en', 'cannot be read: line 1 is no JSON object'],
  ] as const;
  for (const [language, reason] of reasons) {
    const words = ['provide', '--check', '--config', 'lines.yaml', '--lang', language];
    const { code, stdout, stderr } = await runDatong(words, { cwd: home, env });
    assert.equal(code, 1, stderr);
    assert.ok(stdout.includes(reason), stdout);
    assert.doesNotMatch(stdout + stderr, /secret/);
  }
});

test('words of its configuration and command line that change nothing are refused; those of a mapping by --check only', async () => {
  const hubs = await runDatong(['provide', '--check', '--hub', '127.0.0.1:1'], { cwd: home, env });
  assert.equal(hubs.code, 2, hubs.stderr);
  assert.match(hubs.stderr, /--hub has no effect here/);
  const [mapping] = readDocuments(join(samples, 'household/dataset.yaml')).filter(
    ({ kind }) => kind === 'Mapping',
  );
  const document = mapping?.members['document'] as { readonly fields: object };
  const fields = { ...document.fields, sex: { const: '1', trim: true } };
  place('unused.json', JSON.stringify({ ...document, fields }));
  const checked = async (source: string) => {
    place('unused.yaml', `datasets: { pub-security.household-live: { ${source} } }`);
    const { code, stderr } = await runDatong(['provide', '--check', '--config', 'unused.yaml'], {
      cwd: home,
      env,
    });
    assert.equal(code, 4, stderr);
    return stderr;
  };
  const words = await checked('file: { path: household.csv, mapping: unused.json }');
  assert.match(words, /unused\.yaml, datasets\.pub-security\.household-live\.file\.mapping: the mapping/);
  assert.match(words, /\/fields\/sex\/trim {2}mapping_unused/);
  // an earlier release accepted the word: the dataset, and all others of the connector, stay reachable
  const child = spawn(process.execPath, [datongBin, 'provide', '--config', 'unused.yaml'], {
    cwd: home,
    env: datongEnvironment(env),
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  try {
    const line = await Promise.race([
      once(createInterface(child.stdout), 'line').then(([first]) => String(first)),
      once(child, 'exit').then(() => 'it ended'),
    ]);
    assert.match(line, /household-live/, stderr);
    child.kill('SIGTERM');
    await once(child, 'exit');
    assert.equal(stderr.match(/words of the mapping have no effect/g)?.length, 1, stderr);
    assert.equal(stderr.match(/\/fields\/sex\/trim {2}mapping_unused/g)?.length, 1, stderr);
  } finally {
    child.kill('SIGKILL');
  }
  const columns = await checked('sql: { urlFrom: REGISTER_URL, query: SELECT 1, key: a, columns: { b: c } }');
  assert.match(columns, /household-live\.sql\.columns\.b: the schema has no such field/);
});
