/** The verbs a department's developer types, as processes of their own, against a whole hub. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { publicJwk } from '../../certs/thumbprint.ts';
import { asLogin } from '../../hub/platform/database/database.ts';
import { emptyDatabase } from '../../tests/database.ts';
import { runDatong, type Ran } from '../../tests/datong.ts';
import { typedDatong } from '../../tests/typedDatong.ts';
import type { Machine } from '../../tests/hub.ts';
import { applyGrant } from '../../tests/policyWith.ts';
import type { ProfileDocument } from '../sdk/profile.ts';
import { profileOf as profileIn, writeDemoState, type DemoHub } from '../../tests/demoState.ts';
import type { DatongProblem } from '../sdk/datongProblem.ts';
import { householdFile } from './demo/files/householdFile.ts';
import { newKeyPair } from '../../machine/newKeyPair.ts';
import { cityHub } from '../../tests/cityHub.ts';

const { hub, city } = await cityHub();
const home = mkdtempSync(join(tmpdir(), 'datong-verbs-'));
after(async () => {
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});

const place: DemoHub = { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } };
const profileOf = (machine: Machine): ProfileDocument => profileIn(machine, place);
const statePath = join(home, 'demo.json');
writeDemoState(statePath, place, {}, [city.education, city.publicSecurity, city.ecology]);
const file = householdFile(2000, 7);
writeFileSync(join(home, 'household.csv'), file.bytes);
const child = file.good.find((person) => person.guardian !== '' && person.region === '990101');
assert.ok(child);

// jsonb does not retain the order of members */
const sortedText = (record: object): string => JSON.stringify(Object.entries(record).sort());

const datong = (...words: string[]): Promise<Ran> =>
  typedDatong(words, { cwd: home, env: { DATONG_STATE: statePath } });
const ask = (...more: string[]): Promise<Ran> =>
  datong(
    ...[
      'fetch',
      'pub-security.household',
      '--purpose',
      'school-enrolment',
      '--agreement',
      'agr-school-enrolment',
    ],
    ...more,
  );
const why = ['--purpose', 'school-enrolment', '--agreement', 'agr-school-enrolment'];
const official = ['--on-behalf-of', 'clerk-0042', '--matter', 'RX-2026-000123'];

test('send: the rows are published, and those with problems are named by line, column and rule', async () => {
  const out = await datong(
    'send',
    'household.csv',
    '--dataset',
    'pub-security.household',
    '--as',
    'pub-security',
    '--json',
  );
  const sent = JSON.parse(out.stdout) as {
    ok: boolean;
    state: string;
    counts: { bad: number; rows: number };
    problems: object[];
  };
  assert.equal(out.code, 0, out.stderr + out.stdout);
  assert.ok(sent.counts.bad > 0);
  assert.equal(sent.problems.length, Math.min(20, sent.counts.bad));
  assert.match(out.stderr, /with problems\n/);
  assert.doesNotMatch(out.stderr, new RegExp(child.id));
});

test('sandbox: what comes of the twin and how it is asked, then its rows, and that they are invented', async () => {
  const household = ['pub-security.household', '--as', 'education'];
  const shown = await datong('sandbox', 'show', ...household);
  assert.equal(shown.code, 0, shown.stderr);
  assert.match(
    shown.stdout,
    /^purpose: sandbox\nalso required, signed: datong-on-behalf-of, datong-matter\n/,
  );
  assert.match(shown.stdout, /^guardian_id {2,}pseudonym$/m);
  assert.match(
    shown.stderr,
    /invented rows about no real person; .* agreement agr-school-enrolment, which is in force/,
  );
  const [, value = ''] = /^values to look up: person_id = (99\d{15}[\dX]),/m.exec(shown.stdout) ?? [];
  const lookups = ['sandbox', 'fetch', ...household, ...official, '--filter', `person_id=${value}`];
  const fetched = await datong(...lookups);
  assert.equal(fetched.code, 0, fetched.stderr);
  assert.equal(
    (JSON.parse(fetched.stdout) as { person_id: string }).person_id,
    `${value.slice(0, 6)}${'*'.repeat(12)}`,
  );
  assert.match(fetched.stderr, /^1 row; signature and receipt verified, entry \d+ .*\n.*invented rows/);
  const refused = await datong(...lookups, '--fields', 'income');
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /field_not_granted/);
  const air = ['sandbox', 'fetch', 'ecology.air-quality-hourly', '--as', 'pub-security'];
  const misspelt = await datong(...air, '--for', 'no-such-purpose');
  assert.equal(misspelt.code, 1);
  assert.match(misspelt.stderr, /purpose_not_agreed/);
  const every = await datong(...air, '--limit', '150', '--all', '--json');
  assert.equal(every.code, 0, every.stderr);
  const { synthetic, records, exchanges } = JSON.parse(every.stdout) as {
    readonly synthetic: { readonly from: string };
    readonly records: readonly object[];
    readonly exchanges: readonly object[];
  };
  assert.deepEqual([synthetic.from, records.length, exchanges.length], ['default', 200, 2]);
});

test('explain: field by field, with what would permit what is denied; no row leaves', async () => {
  const requested = (...more: string[]): Promise<Ran> =>
    datong(
      ...['explain', 'pub-security.household', '--as', 'education', '--purpose', 'school-enrolment'],
      ...['--agreement', 'agr-school-enrolment', ...official, '--filter', `person_id=${child.id}`, ...more],
    );
  const out = await requested('--fields', 'name');
  assert.deepEqual([out.code, out.stderr.includes('it would be allowed')], [0, true], out.stderr);
  assert.match(out.stdout, /^name {2,}Name {2,}personName/m);
  const denied = await requested('--fields', 'income', '--lang', 'zh');
  assert.equal(denied.code, 1);
  assert.match(denied.stderr, /会拒绝：.*\(field_not_granted\)\n.*处理建议：/s);
  assert.doesNotMatch(`${out.stdout}${denied.stdout}`, new RegExp(child.id));
});

test('dataset openapi, types: what this department may ask and gets, as answers have it; nothing of others', async () => {
  const described = (...more: string[]) =>
    datong('dataset', 'openapi', 'pub-security.household', '--as', 'education', ...more);
  const out = await described();
  assert.equal(out.code, 0, out.stderr);
  const { info, components, paths } = JSON.parse(out.stdout) as {
    readonly info: { readonly version: string };
    readonly paths: Readonly<Record<string, object>>;
    readonly components: { readonly schemas: object };
  };
  assert.equal(info.version, '1.0');
  assert.ok('/v1/datasets/pub-security.household/query' in paths, Object.keys(paths).join(' '));
  // as a developer's own tools read it, who know nothing of the hub's keywords
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const parts = JSON.stringify(components.schemas).replaceAll('#/components/schemas/', '#/$defs/');
  ajv.addSchema({ $id: 'urn:datong:received:1.0', $defs: JSON.parse(parts) as object });
  const fits = (name: string, value: unknown): boolean =>
    ajv.validate({ $ref: `urn:datong:received:1.0#/$defs/${name}` }, value);
  const query = { filter: [{ field: 'person_id', op: 'eq' as const, value: child.id }] };
  assert.equal(fits('Query', query), true, JSON.stringify(ajv.errors));
  assert.equal(fits('Query', { ...query, fields: ['income'] }), false, 'not granted');
  assert.equal(fits('Query', { filter: [{ field: 'address', op: 'eq', value: 'x' }] }), false);
  const context = { purpose: 'school-enrolment', agreement: 'agr-school-enrolment' };
  const official = { onBehalfOf: 'clerk-0042', matter: 'RX-2026-000123' };
  const { json } = await city.education.client.query('pub-security.household', query, {
    ...context,
    ...official,
  });
  assert.equal(json.records.length, 1);
  assert.equal(fits('Answer', json), true, JSON.stringify(ajv.errors));
  assert.equal(fits('Answer', { ...json, records: [{ ...json.records[0], income: 1 }] }), false);
  const types = await datong('dataset', 'types', 'pub-security.household', '--as', 'education');
  assert.equal(types.code, 0, types.stderr);
  assert.match(types.stdout, /^export interface HouseholdForEducationRecord/m);
  for (const field of Object.keys(json.records[0] ?? {}))
    assert.match(types.stdout, new RegExp(`\\b${field}\\b`));
  assert.doesNotMatch(types.stdout, /\bincome\b/);
  assert.match((await described('--agreement', 'agr-none')).stderr, /no_agreement/);
  const foreign = await datong('dataset', 'openapi', 'pub-security.household', '--as', 'ecology');
  assert.equal(foreign.code, 1);
  assert.match(foreign.stderr, /no_agreement/);
});

test('send: a file with too many problems is refused, with the bad rows', async () => {
  writeFileSync(join(home, 'bad.csv'), householdFile(300, 8).bytes);
  const out = await datong(
    ...['send', 'bad.csv', '--dataset', 'pub-security.household', '--as', 'pub-security'],
  );
  assert.equal(out.code, 1);
  assert.match(out.stderr, /is held until a person decides: 300 records/);
  assert.match(out.stderr, /cn-resident-id/);
});

test('aggregate: groups and totals as a table, small ones as -, verified; what the agreement lacks is refused', async () => {
  const title = { zh: '统计', en: 'statistics' };
  await applyGrant(hub, city, 'household/agreement.yaml', 2, (grant) => ({
    ...grant,
    aggregates: [{ id: 'by-relation', title, by: ['relation'], minGroup: 250 }],
  }));
  const aggregate = (id: string, ...more: string[]): Promise<Ran> =>
    datong(
      ...['aggregate', 'pub-security.household', id, '--as', 'education', '--purpose', 'school-enrolment'],
      ...[
        '--agreement',
        'agr-school-enrolment',
        '--on-behalf-of',
        'official-17',
        '--matter',
        'YX-2026-000123',
      ],
      ...more,
    );
  const table = await aggregate('by-relation');
  assert.equal(table.code, 0, table.stderr);
  const [head, ...lines] = table.stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  assert.deepEqual(head, ['relation', 'count']);
  assert.ok(lines.some(([name, count]) => name === '*' && Number(count) > 250));
  assert.ok(lines.some(([, count]) => count === '-'));
  assert.match(table.stderr, /signature and receipt verified/);
  const out = JSON.parse((await aggregate('by-relation', '--json')).stdout) as {
    readonly ok: boolean;
    readonly cells: readonly object[];
  };
  assert.deepEqual([out.ok, out.cells.length], [true, lines.length]);
  const refused = await aggregate('by-name');
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /aggregate_not_agreed/);
});

test('check: a fact is answered with one word, verified; a fact outside the agreement is refused', async () => {
  const check = (fact: string, ...more: string[]): Promise<Ran> =>
    datong(
      ...['check', 'pub-security.household', fact, '--as', 'education', '--purpose', 'school-enrolment'],
      ...['--agreement', 'agr-school-enrolment', ...official, ...more],
    );
  const out = await check('registered-as', '--subject', child.id, '--value', child.name, '--json');
  const { ok, answer, index } = JSON.parse(out.stdout) as { ok: boolean; answer: string; index: number };
  assert.deepEqual([out.code, ok, answer, Number.isInteger(index)], [0, true, 'yes', true], out.stderr);
  const other = await check('registered-as', '--subject', child.id, '--value', '别人');
  assert.deepEqual([other.code, other.stdout], [0, 'no\n']);
  const unknown = await check('no-such-fact', '--subject', child.id);
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /fact_not_agreed/);
});

test('fetch --each: an outcome a line for the values of a file, in their order; half of the flags is a usage error', async () => {
  writeFileSync(join(home, 'numbers.txt'), `${child.id}\r\n990101201501010015\n`);
  const out = await ask('--as', 'education', ...official, '--by', 'person_id', '--each', 'numbers.txt');
  assert.equal(out.code, 0, out.stderr);
  const [found, missing] = out.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  assert.ok(found && 'records' in found);
  assert.deepEqual(missing, { code: 'not_found' });
  assert.match(out.stderr, /2 subjects: 1 found, 1 not, 0 without consent/);
  assert.equal((await ask('--as', 'education', ...official, '--by', 'person_id')).code, 2);
});

test('fetch: masked rows on stdout, verified; the evidence verifies with its own verbs, offline', async () => {
  const saved = join(home, 'evidence');
  const out = await ask(
    '--as',
    'education',
    ...official,
    '--filter',
    `person_id=${child.id}`,
    '--save',
    saved,
  );
  assert.equal(out.code, 0, out.stderr);
  const rows = out.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, string>);
  assert.equal(rows.length, 1);
  assert.notEqual(rows[0]?.['name'], child.name);
  assert.match(out.stderr, /signature and receipt verified, entry \d+ of the log/);
  assert.match(out.stderr, /withheld address/);

  const [exchange = ''] = readdirSync(saved);
  const place = (name: string): string => join(saved, exchange, name);
  const anchors = join(home, 'anchors.json');
  writeFileSync(anchors, JSON.stringify(await city.education.client.anchorsDocument()));
  const own = join(home, 'education.jwk');
  writeFileSync(own, JSON.stringify(publicJwk(city.education.signing.privateKey)));
  const request = await datong('signature', 'verify', place('request.http'), '--key', own);
  assert.equal(request.code, 0, request.stderr);
  assert.match(request.stdout, /^"@method": POST\n"@target-uri": https:\/\//);
  const receipt = ['receipt', 'verify', place('receipt.json'), '--anchors', anchors];
  const both = ['--request', place('request.http'), '--reply', place('reply.http')];
  assert.equal((await datong(...receipt, ...both)).code, 0);
  const reply = ['signature', 'verify', place('reply.http'), '--key', anchors];
  assert.equal((await datong(...reply, '--request', place('request.http'))).code, 0);
  assert.equal((await datong(...reply)).code, 2);

  writeFileSync(
    place('reply.http'),
    readFileSync(place('reply.http'), 'latin1').replace('"delivered":1', '"delivered":2'),
    'latin1',
  );
  const changed = await datong(...reply, '--request', place('request.http'), '--json');
  assert.equal(changed.code, 5);
  const findings = (JSON.parse(changed.stdout) as { findings: { code: string }[] }).findings;
  assert.deepEqual(
    findings.map(({ code }) => code),
    ['reply_signature_invalid'],
  );
});

test('fetch: a refusal is exit 1 with the hub’s words, its code and the id of its entry', async () => {
  const out = await ask('--as', 'education', '--filter', `person_id=${child.id}`, '--json');
  assert.equal(out.code, 1);
  const problem = JSON.parse(out.stdout) as { ok: boolean; code: string; exchange: string };
  assert.deepEqual([problem.ok, problem.code], [false, 'on_behalf_of_missing']);
  assert.match(out.stderr, new RegExp(`exchange: ${problem.exchange}`));
});

test('usage, unknown names and an absent hub have exits of their own', async () => {
  assert.equal((await ask('--as', 'education', ...official, '--filter', 'person_id')).code, 2);
  const unknownPerson = await ask('--as', 'transport', ...official);
  assert.equal(unknownPerson.code, 2);
  assert.match(unknownPerson.stderr, /known: education, pub-security, ecology/);
  const none = await ask(...official);
  assert.equal(none.code, 4);
  assert.match(none.stderr, /datong enrol/);
  const gone = profileOf(city.education);
  writeFileSync(
    join(home, 'gone.json'),
    JSON.stringify({
      ...gone,
      hub: { ...gone.hub, exchange: 'https://127.0.0.1:1', open: 'https://127.0.0.1:1' },
    }),
  );
  assert.equal((await ask('--profile', 'gone.json', ...official)).code, 3);
});

test('diagnose with a clock two minutes fast or slow, or forty days fast: the clock is named, and which certificate seems expired', async () => {
  for (const [seconds, out] of [
    [120, /✗ clock: 1[12]\d s from the hub's/],
    [-120, /✗ clock: -1[12]\d s from the hub's/],
    [3_456_000, /✗ certificate: the certificate of the department education[^]*✗ clock: 345\d{4} s/],
  ] as const) {
    const shift = `const now = Date.now; Date.now = () => now() + ${seconds * 1000};`;
    const shifted = `--import data:text/javascript,${encodeURIComponent(shift)}`;
    const env = { DATONG_STATE: statePath, NODE_OPTIONS: shifted };
    const ran = await runDatong(['diagnose', '--as', 'education'], { cwd: home, env });
    assert.notEqual(ran.code, 0);
    assert.match(ran.stdout, out);
    if (seconds < 600) assert.match(ran.stdout, /hub's clock[^\n]* says \d{4}-\d\d-\d\dT[\d:]+Z/);
  }
});

test('diagnose: every step passes for a good profile', async () => {
  const out = await datong('diagnose', '--as', 'education', '--json');
  assert.equal(out.code, 0, out.stderr + out.stdout);
  const { ok, steps } = JSON.parse(out.stdout) as {
    ok: boolean;
    steps: { step: string; ok: boolean }[];
  };
  assert.equal(ok, true);
  assert.deepEqual(
    steps.map(({ step }) => step),
    [
      'certificate',
      'signing-key',
      'handshake',
      'clock',
      'headers',
      'time',
      'key',
      'department',
      'signature',
      'nonce',
      'digest',
    ],
  );
});

test('diagnose EXCHANGE: reports step by step why an exchange was denied, and which party corrects it', async () => {
  const query = { fields: ['income'] };
  const denied = await city.education.client
    .query('pub-security.household', query, {
      purpose: 'school-enrolment',
      agreement: 'agr-school-enrolment',
    })
    .then(
      () => assert.fail('was answered'),
      (error: unknown) => error as DatongProblem,
    );
  const exchange = denied.exchange ?? '';
  const out = await datong('diagnose', exchange, '--as', 'education', '--lang', 'en');
  assert.equal(out.code, 1, out.stderr);
  assert.match(out.stdout, /✓ sender: education, by certificate and signature/);
  assert.match(out.stdout, new RegExp(`✗ decision: .*\\(${denied.code}\\)`));
  assert.match(out.stdout, /to be corrected by /);
  const json = await datong('diagnose', exchange, '--as', 'education', '--json');
  assert.equal((JSON.parse(json.stdout) as { exchange: string }).exchange, exchange);
});

test('diagnose: names a signing key that is not registered, and a certificate of another department', async () => {
  const write = (name: string, profile: object): string => {
    writeFileSync(join(home, name), JSON.stringify(profile));
    return name;
  };
  const stranger = newKeyPair().privateKey.export({ format: 'jwk' });
  const key = await datong(
    'diagnose',
    '--profile',
    write('key.json', { ...profileOf(city.education), signingKey: stranger }),
  );
  assert.equal(key.code, 1);
  assert.match(key.stdout, /✗ signature: .*\(key_unknown\)/);
  const mixed = { ...profileOf(city.education), signingKey: profileOf(city.ecology).signingKey };
  const department = await datong('diagnose', '--profile', write('mixed.json', mixed));
  assert.match(department.stdout, /\(key_department_mismatch\)/);
});

test('diagnose: names the address the hub is published under, where the profile has another', async () => {
  const good = profileOf(city.education);
  const exchange = good.hub.exchange.replace('localhost', '127.0.0.1');
  writeFileSync(join(home, 'address.json'), JSON.stringify({ ...good, hub: { ...good.hub, exchange } }));
  const out = await datong('diagnose', '--profile', 'address.json');
  assert.equal(out.code, 1);
  assert.match(out.stdout, /\(host_mismatch\)\n {4}at: host\n {4}expected: localhost:\d+/);
});

test('signature verify: any RFC 9421 signature, the base of one’s own code, and what is wrong with a message', async () => {
  // RFC 9421 B.2.6 with the key of B.1.4
  const message = `POST /foo?param=Value&Pet=dog HTTP/1.1
Host: example.com
Date: Tue, 20 Apr 2021 02:07:55 GMT
Content-Type: application/json
Content-Length: 18
Signature-Input: sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"
Signature: sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:

{"hello": "world"}
`;
  const key = '{"kty":"OKP","crv":"Ed25519","x":"JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"}';
  writeFileSync(join(home, 'b26.http'), message);
  const verify = ['signature', 'verify', 'b26.http', '--key', key];
  const any = await datong(...verify, '--any-profile');
  assert.equal(any.code, 0, any.stderr);
  assert.match(any.stdout, /^"date": Tue, 20 Apr 2021 02:07:55 GMT\n"@method": POST\n/);
  const strict = await datong(...verify, '--json');
  assert.equal(strict.code, 5);
  assert.match(strict.stdout, /"code":"signature_input_malformed"/);
  writeFileSync(join(home, 'own.txt'), any.stdout.replace('POST', 'post').trimEnd());
  const compared = await datong(...verify, '--any-profile', '--base', 'own.txt');
  assert.equal(compared.code, 5);
  assert.match(compared.stderr, /differ from line 2, column 12: the method is in upper case/);
  assert.equal((await datong('signature', 'verify', 'absent.http', '--key', key)).code, 4);
  assert.equal((await datong('signature', 'verify', 'b26.http', '--key', 'absent.jwk')).code, 4);
});

test('fetch --stream: every row, a line each, with evidence that is verified offline; flags of pages are a usage error', async () => {
  await applyGrant(hub, city, 'household/agreement.yaml', 3, (grant) => ({
    ...grant,
    requires: ['on-behalf-of', 'matter'],
    deliveries: ['batch', 'stream'],
  }));
  const out = await ask('--as', 'education', ...official, '--stream', '--save', 'streams');
  assert.equal(out.code, 0, out.stderr);
  const rows = out.stdout.trimEnd().split('\n').length;
  assert.ok(rows > 1000, String(rows));
  assert.match(out.stderr, new RegExp(`${rows} rows in 2 parts; signatures, end and receipt verified`));
  const [stored = ''] = readdirSync(join(home, 'streams'));
  const anchors = await city.education.client.anchorsDocument();
  writeFileSync(join(home, 'anchors.json'), JSON.stringify(anchors));
  const place = join('streams', stored);
  const check = (): Promise<Ran> =>
    datong(
      ...['receipt', 'verify', join(place, 'receipt.json'), '--anchors', 'anchors.json'],
      ...['--request', join(place, 'request.http'), '--reply', join(place, 'records.ndjson'), '--json'],
    );
  const verified = await check();
  assert.equal(verified.code, 0, verified.stdout + verified.stderr);
  const records = join(home, place, 'records.ndjson');
  writeFileSync(records, readFileSync(records, 'utf8').replace('"990101', '"990102'));
  assert.equal((await check()).code, 5);
  assert.equal((await ask('--as', 'education', ...official, '--stream', '--all')).code, 2);
});

test('export: the hub makes the file, what was begun goes on, and no file is overwritten', async () => {
  await applyGrant(hub, city, 'household/agreement.yaml', 4, (grant) => ({
    ...grant,
    requires: ['on-behalf-of', 'matter'],
    deliveries: ['batch', 'export'],
  }));
  const words = [
    'export',
    'pub-security.household',
    '--as',
    'education',
    ...why,
    ...official,
    '-o',
    'rows.csv',
  ];
  const out = await datong(...words, '--json');
  assert.equal(out.code, 0, out.stderr);
  const { rows, bytes } = JSON.parse(out.stdout) as { rows: number; bytes: number };
  const written = readFileSync(join(home, 'rows.csv'));
  assert.deepEqual([written.length, written.toString('utf8').split('\r\n').length], [bytes, rows + 2]);
  assert.match(out.stderr, /manifest, signatures and receipts verified/);
  assert.equal(existsSync(join(home, 'rows.csv.part')), false);
  assert.equal((await datong(...words)).code, 4);
});

describe('listen: a copy in step', () => {
  const words = ['listen', 'pub-security.household', '--as', 'education', ...why, ...official, '--once'];
  const listen = (...more: string[]): Promise<Ran> => datong(...words, ...more);
  /** What the answers of a run came to. */
  const came = ({ code, stdout, stderr }: Ran): { readonly put: number; readonly gone: number } => {
    assert.equal(code, 0, stderr);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { put: number; gone: number });
    const sum = (of: 'put' | 'gone'): number => lines.reduce((all, line) => all + line[of], 0);
    return { put: sum('put'), gone: sum('gone') };
  };
  const filesIn = (folder: string): readonly string[] =>
    readdirSync(join(home, folder, 'rows'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.json'))
      .map((name) => readFileSync(join(home, folder, 'rows', name), 'utf8').trimEnd())
      .sort();
  let given: readonly string[] = [];

  before(async () => {
    await applyGrant(hub, city, 'household/agreement.yaml', 5, (grant) => ({
      ...grant,
      requires: ['on-behalf-of', 'matter'],
      deliveries: ['changes'],
      limits: { rowsPerCall: 1000 },
    }));
    const context = {
      purpose: 'school-enrolment',
      agreement: 'agr-school-enrolment',
      onBehalfOf: 'official-17',
      matter: 'YX-2026-000123',
    };
    const records: string[] = [];
    const pages = city.education.client.queryPages('pub-security.household', { limit: 1000 }, context);
    for await (const { json } of pages) records.push(...json.records.map((record) => JSON.stringify(record)));
    given = records.sort();
  });

  test('as files: what pages hold; nothing comes twice, and the folder is of one copy alone', async () => {
    assert.deepEqual(came(await listen('--to-dir', 'copy')), { put: given.length, gone: 0 });
    assert.deepEqual(filesIn('copy'), given);
    assert.deepEqual(came(await listen('--to-dir', 'copy')), { put: 0, gone: 0 });
    const other = await datong(...words.with(1, 'ecology.air-quality-hourly'), '--to-dir', 'copy');
    assert.equal(other.code, 4, other.stderr);
    assert.equal((await listen()).code, 2);
    assert.equal((await listen('--to-dir', 'copy', '--forward-to', 'http://localhost/')).code, 2);
  });

  test('as a table: rows and watermark in one transaction; a copy that was overtaken begins anew', async () => {
    const own = await emptyDatabase();
    try {
      const { host, port, database, user } = own.owner.options;
      const url = `postgres://${user ?? ''}@/${database ?? ''}?host=${encodeURIComponent(host ?? '')}&port=${port ?? 5432}`;
      const table = ['--to-sql', url, '--table', 'children'];
      assert.deepEqual(came(await listen(...table)), { put: given.length, gone: 0 });
      const { rows } = await asLogin(url, (login) =>
        login.query<{ record: object }>('SELECT record FROM children'),
      );
      assert.deepEqual(
        rows.map(({ record }) => sortedText(record)).sort(),
        given.map((text) => sortedText(JSON.parse(text) as object)).sort(),
      );
      // the folder's watermark is not known any more: that copy begins anew and is the same again
      const again = await listen('--to-dir', 'copy');
      assert.match(again.stderr, /begins anew/);
      assert.deepEqual(filesIn('copy'), given);
      assert.equal((await listen('--to-sql', url, '--table', 'Children; DROP')).code, 2);
      for (const other of [
        'mysql://own@localhost/school',
        'MariaDB://localhost/school',
        'https://localhost',
      ]) {
        const refused = await listen('--to-sql', other);
        assert.equal(refused.code, 2, other);
        assert.match(refused.stderr, /knows PostgreSQL alone/);
      }
    } finally {
      await own.cleanup();
    }
  });

  test('to a program: what it does not take over is posted again, and nothing leaves this machine in the clear', async () => {
    const bodies: { readonly begins: boolean; readonly changes: readonly unknown[] }[] = [];
    const server = createServer((request, reply) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        bodies.push(JSON.parse(Buffer.concat(chunks).toString('utf8')) as (typeof bodies)[number]);
        reply.writeHead(bodies.length === 1 ? 503 : 204).end();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object', 'a port');
    const to = ['--forward-to', `http://127.0.0.1:${address.port}/changes`];
    try {
      assert.equal((await listen(...to)).code, 3);
      assert.deepEqual(came(await listen(...to)), { put: given.length, gone: 0 });
    } finally {
      server.close();
    }
    assert.deepEqual(bodies[0]?.changes, bodies[1]?.changes);
    assert.equal(bodies[1]?.begins, true);
    assert.equal((await listen('--forward-to', 'http://192.0.2.1/')).code, 2);
  });
});

test('conformance: the hub passes as a gateway, and a gateway that breaks a rule is reported with it', async () => {
  const passed = await datong(
    'conformance',
    '--as',
    'education',
    '--client',
    hub.hub.origins.exchange,
    '--json',
  );
  const { findings, cases } = JSON.parse(passed.stdout) as { findings: unknown[]; cases: unknown[] };
  assert.deepEqual(findings, []);
  assert.equal(cases.length, 40);
  const only = ['--only', 'plain', 'other-host'];
  const other = await datong(
    'conformance',
    '--as',
    'education',
    '--client',
    hub.hub.origins.open,
    ...only,
    '--json',
  );
  assert.equal(other.code, 1);
  const out = (JSON.parse(other.stdout) as { findings: { code: string; path: string }[] }).findings;
  assert.ok(
    out.some(
      ({ code, path }) => code === 'reply_signature_missing' || (code === 'answer_wrong' && path === 'plain'),
    ),
    other.stdout,
  );
});

test('dataset openapi: where several agreements grant data of it, one is chosen', async () => {
  const second = { id: 'agr-school-second' };
  await applyGrant(hub, city, 'household/agreement.yaml', 1, (grant) => grant, second);
  const described = (...more: string[]) =>
    datong('dataset', 'openapi', 'pub-security.household', '--as', 'education', ...more);
  const both = await described();
  assert.equal(both.code, 1);
  assert.match(both.stderr, /several_agreements/);
  assert.match(both.stderr, /agr-school-enrolment school-enrolment, agr-school-second school-enrolment/);
  const one = await described('--agreement', second.id, '--purpose', 'school-enrolment');
  assert.equal(one.code, 0, one.stderr);
  assert.match(one.stdout, /"const": "agr-school-second"/);
});
