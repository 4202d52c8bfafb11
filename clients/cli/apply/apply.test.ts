import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { newKeyPair } from '../../../machine/newKeyPair.ts';
import { signingKey } from '../../../certs/signatures/index.ts';
import { insertSigningKey } from '../../../hub/identity/store/signingKeys.ts';
import { startStaffHub } from '../../../tests/staffHub.ts';
import { encodeGb18030 } from '../../../terms/gb18030.ts';
import { Problem } from '../../../terms/problem.ts';
import { VerbFailure } from '../verb.ts';
import { applyDocuments, type Applied } from './applyDocuments.ts';
import { readDocuments } from './readDocuments.ts';
import type { Signer } from './requestOf.ts';
import { staffClient } from './staffCall.ts';

const hub = await startStaffHub();
const client = staffClient({
  origin: `https://localhost:${hub.ports.staff}`,
  ca: hub.ca,
  token: await hub.token(['operator']),
});
const approveWith = await hub.token(['security']);
const folder = await mkdtemp(join(tmpdir(), 'datong-apply-'));
after(async () => {
  client.close();
  await rm(folder, { recursive: true, force: true });
});

const samples = resolve(import.meta.dirname, '../../../samples');
const yamlBelow = async (name: string): Promise<string[]> =>
  (await readdir(join(samples, name)))
    .filter((file) => file.endsWith('.yaml'))
    .sort((a, b) => Number(a.startsWith('agreement')) - Number(b.startsWith('agreement')))
    .map((file) => join(samples, name, file));

async function signer(department: string, exchange: string): Promise<Signer> {
  const pair = newKeyPair();
  const key = signingKey(pair.privateKey);
  const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const row = { keyid: key.keyid, department, alg: key.alg, publicKey, notBefore: 0 };
  await insertSigningKey(hub.database.app, row, exchange);
  return { department, key };
}

async function written(text: string): Promise<string> {
  const file = join(folder, 'documents.yaml');
  await writeFile(file, text);
  return file;
}

const reported = (applied: readonly Applied[]): string[] =>
  applied.map(({ kind, outcome, code }) => `${kind} ${outcome}${code === undefined ? '' : ` ${code}`}`);

test('the city of the demo is registered from its files, and a second time nothing changes', async () => {
  const documents = (await yamlBelow('city')).flatMap(readDocuments);
  const apply = (kinds: (kind: string) => boolean) =>
    applyDocuments(
      documents.filter(({ kind }) => kinds(kind)),
      { client, signers: [], approveWith },
    );
  const city = await apply((kind) => kind !== 'Procedure');
  assert.deepEqual(
    city.filter(({ outcome }) => outcome !== 'registered').map(String),
    [],
    JSON.stringify(city),
  );
  const exchange = city[0]?.exchange ?? '';
  const signers = [await signer('pub-security', exchange), await signer('education', exchange)];
  const rest = [...(await yamlBelow('household')), ...(await yamlBelow('air-quality'))].flatMap(
    readDocuments,
  );
  const first = await applyDocuments(rest, { client, signers, approveWith });
  for (const one of first) {
    const expected = one.kind.endsWith('Agreement') ? 'granted' : 'registered';
    assert.equal(one.outcome, expected, JSON.stringify(one));
  }
  // from then on the data office checks requests for unconditional data; what was granted before stays
  assert.deepEqual(
    (await apply((kind) => kind === 'Procedure')).map(({ outcome }) => outcome),
    ['registered'],
  );
  const again = await applyDocuments(rest, { client, signers, approveWith });
  assert.deepEqual([...new Set(again.map(({ outcome }) => outcome))], ['unchanged']);
  await hub.services.registry.refresh();
  const { datasets, plans } = hub.services.registry.current;
  assert.equal(datasets.get('pub-security.household')?.mappings.get('household')?.label, 'household@1');
  assert.equal(plans.agreements.has('agr-school-enrolment'), true);
});

test('a refusal names document and place, and does not stop the others', async () => {
  const file = await written(`# two good ones around three bad ones
kind: Purpose
code: first-purpose
title: { zh: 一, en: one }
---
kind: Purpose
code: Bad Code
title: { zh: 二, en: two }
---
kind: Dataset
id: pub-security.other
title: { zh: 三, en: three }
schema: urn:datong:never:1.0
mode: snapshot
sharing: { type: none }
---
kind: Agreement
id: agr-incomplete
---
kind: Purpose
code: last-purpose
title: { zh: 四, en: four }
`);
  const applied = await applyDocuments(readDocuments(file), { client, signers: [], approveWith });
  assert.deepEqual(reported(applied), [
    'Purpose registered',
    'Purpose refused invalid_request',
    'Dataset refused unknown_reference',
    'Agreement refused policy_invalid',
    'Purpose registered',
  ]);
  assert.deepEqual([applied[1]?.line, applied[1]?.at], [6, '/body/code']);
  assert.equal(applied[2]?.at, '/body/schema');
});

test('an agreement waits where a signature or the second person is missing', async () => {
  const [agreement] = (await yamlBelow('household')).filter((file) => file.endsWith('agreement.yaml'));
  const documents = readDocuments(agreement ?? '').map((document) => ({
    ...document,
    members: { ...document.members, id: 'agr-waiting', purposes: ['statistics'] },
  }));
  const [unsigned] = await applyDocuments(documents, { client, signers: [], approveWith });
  assert.equal(unsigned?.outcome, 'submitted');
  assert.deepEqual(unsigned.missing, ['pub-security', 'education']);
});

test('YAML that two readers could read in two ways is not sent', async () => {
  const good = 'kind: Purpose\ncode: some-code\n';
  const cases = [
    `${good}code: other-code\n`,
    `${good}title: &t { zh: 一, en: one }\nother: *t\n`,
    `${good}title: !secret x\n`,
    `${good}maximum: 9007199254740993\n`,
    `${good}maximum: -.12345678901234567890\n`,
    `${good}maximum: .inf\n`,
    'kind: Purposes\n',
    '- kind: Purpose\n',
    'kind: [\n',
  ];
  for (const text of cases) {
    const file = await written(text);
    assert.throws(
      () => readDocuments(file),
      (error) => error instanceof VerbFailure && error.exit === 4,
      text,
    );
  }
  assert.deepEqual(readDocuments(await written('# nothing\n---\n')), []);
  const [numbers] = readDocuments(await written(`${good}list: [+1.50, .5, -.5, 0x10, 1e5, 0.1]\n`));
  assert.deepEqual(numbers?.members['list'], [1.5, 0.5, -0.5, 16, 100_000, 0.1]);
});

test('a code list is taken from the CSV of an office; a value that is not understood is reported with its line', async () => {
  const list = (more: string): string =>
    `kind: CodeList\nid: school-type\nversion: '2026'\nfrom: '2026-01-01'\ntitle: { zh: 学校类别, en: School types }\n${more}\n`;
  const apply = async (more: string): Promise<string[]> =>
    reported(
      await applyDocuments(readDocuments(await written(list(more))), { client, signers: [], approveWith }),
    );
  const refused = async (more: string, pattern: RegExp): Promise<void> => {
    await assert.rejects(apply(more), (error: unknown) => {
      assert.ok(error instanceof VerbFailure);
      assert.match([error.message, ...error.details].join('\n'), pattern);
      return true;
    });
  };
  await writeFile(
    join(folder, 'types.csv'),
    encodeGb18030('代码,名称,上级代码,撤销\n1,小学,,\n11,完全小学,1,\n9,教学点,,是\n'),
  );
  await refused('file: types.csv', /types\.csv:4: 9 .*revoked|types\.csv:4: 9 .*撤销/);
  await refused('file: types.csv\nentries: []', /either file or entries/);
  await refused('revokedTo: 2020-12-31', /either file or entries/);
  await writeFile(join(folder, 'doubled.csv'), 'code,name\n1,a\n1,b\n2,\n');
  await refused('file: doubled.csv', /doubled\.csv:3: 1 [^]*doubled\.csv:4: 2 /);
  await writeFile(join(folder, 'empty.csv'), 'code,name\n');
  await refused('file: empty.csv', /empty\.csv cannot be taken/);
  assert.deepEqual(await apply('file: types.csv\nrevokedTo: 2020-12-31'), ['CodeList registered']);
  const { rows } = await hub.database.app.query<{ entries: unknown }>(
    "SELECT document::jsonb->'entries' AS entries FROM code_list WHERE id = 'school-type'",
  );
  assert.deepEqual(rows[0]?.entries, [
    { code: '1', zh: '小学' },
    { code: '11', zh: '完全小学', parent: '1' },
    { code: '9', zh: '教学点', to: '2020-12-31' },
  ]);
});

test('what a department with its own steward decides stays pending, and is no refusal', async () => {
  await hub.token(['steward'], 'pub-security');
  const mapping = (await yamlBelow('household'))
    .flatMap(readDocuments)
    .find(({ kind }) => kind === 'Mapping');
  const document = { ...Object(mapping?.members['document']), mapping: 'pub-security/again@1' } as object;
  const dataset = String(mapping?.members['dataset']);
  const file = await written(JSON.stringify({ kind: 'Mapping', dataset, document }));
  const [one] = await applyDocuments(readDocuments(file), { client, signers: [], approveWith });
  assert.deepEqual([one?.outcome, one?.owner], ['proposed', 'pub-security'], JSON.stringify(one));
});

test('a check reports who decides about a mapping: its own steward at once, else the department', async () => {
  const mapping = (await yamlBelow('household'))
    .flatMap(readDocuments)
    .find(({ kind }) => kind === 'Mapping');
  const document = { ...Object(mapping?.members['document']), mapping: 'pub-security/decided@1' } as object;
  const dataset = String(mapping?.members['dataset']);
  const file = await written(JSON.stringify({ kind: 'Mapping', dataset, document }));
  const steward = staffClient({
    ...{ origin: `https://localhost:${hub.ports.staff}`, ca: hub.ca },
    token: await hub.token(['steward'], 'pub-security'),
  });
  const outcome = async (by: typeof client, checkOnly: boolean): Promise<unknown[]> => {
    const [one] = await applyDocuments(readDocuments(file), { client: by, signers: [], checkOnly });
    return [one?.outcome, one?.checked?.decides];
  };
  assert.deepEqual(await outcome(client, true), ['ready', 'department']);
  assert.deepEqual(await outcome(steward, true), ['ready', 'caller']);
  assert.deepEqual(await outcome(steward, false), ['registered', undefined]);
  assert.deepEqual(await outcome(client, true), ['unchanged', undefined]);
  steward.close();
});

test('the bytes that were checked are the bytes that are sent, even if a file changes between check and sending', async () => {
  const schemaFile = join(folder, 'lamp.json');
  const schema = (title: string): string =>
    JSON.stringify({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'urn:datong:checked-lamp:1.0',
      'x-title': { zh: title, en: title },
      'x-class': 'general',
      'x-primary-key': ['/lamp'],
      type: 'object',
      required: ['lamp'],
      properties: {
        lamp: {
          type: 'string',
          maxLength: 40,
          'x-title': { zh: '灯', en: 'lamp' },
          'x-sensitivity': 'L1',
          'x-personal': 'none',
        },
      },
      additionalProperties: false,
    });
  await writeFile(schemaFile, schema('checked'));
  const file = await written('kind: Schema\nfile: lamp.json\n');
  const changing: typeof client = {
    ...client,
    get: async (path, token) => {
      await writeFile(schemaFile, schema('changed'));
      return client.get(path, token);
    },
  };
  const [one] = await applyDocuments(readDocuments(file), { client: changing, signers: [], whole: true });
  assert.equal(one?.outcome, 'registered', JSON.stringify(one));
  const { body } = await client.get('/v1/schemas/urn:datong:checked-lamp:1.0');
  assert.match(JSON.stringify(body), /"zh":"checked"/);
  await writeFile(schemaFile, '{\n  "maximum": 9007199254740993\n}\n');
  const again = applyDocuments(readDocuments(file), { client, signers: [], whole: true });
  await assert.rejects(again, /lamp\.json:2 .*number_not_exact/);
});

test('what the hub did not carry out because its log was busy is sent again, and each act is carried out once', async () => {
  const file = await written(
    'kind: Purpose\ncode: busy-purpose\ntitle: { zh: 忙时登记, en: registered while the log is busy }\n',
  );
  const { audit } = hub.services;
  const append = audit.append.bind(audit);
  const met: string[] = [];
  audit.append = (draft) => {
    const { operation } = draft.leaf;
    if (met.includes(operation)) return append(draft);
    met.push(operation);
    return Promise.reject(new Problem('log_busy'));
  };
  try {
    const options = { client, signers: [], approveWith, whole: true };
    assert.deepEqual(reported(await applyDocuments(readDocuments(file), options)), ['Purpose registered']);
    assert.ok(met.length >= 2, met.join(' '));
    assert.deepEqual(reported(await applyDocuments(readDocuments(file), options)), ['Purpose unchanged']);
  } finally {
    audit.append = append;
  }
});
