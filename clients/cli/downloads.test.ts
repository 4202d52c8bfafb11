/** What a department takes home: rows as files, receipts once more, and its own exchanges. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { readXlsx } from 'hucre/xlsx';
import { csvLine } from '../../terms/csv.ts';
import type { Ran } from '../../tests/datong.ts';
import { typedDatong } from '../../tests/typedDatong.ts';
import type { Machine } from '../../tests/hub.ts';
import { householdFile } from './demo/files/householdFile.ts';
import { tableOf, writeRows } from './fetch/rowsFile.ts';
import { exitCode, VerbFailure } from './verb.ts';
import { cityHub } from '../../tests/cityHub.ts';

const { hub, city } = await cityHub();
const home = mkdtempSync(join(tmpdir(), 'datong-downloads-'));
after(async () => {
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});
const { origins } = hub.hub;
const anchors = await city.education.client.anchorsDocument();
const profile = ({ department, tls, signing }: Machine): object => ({
  v: 1,
  department,
  hub: { ...origins, ca: hub.ca, keys: { keys: [] }, anchors },
  tls,
  signingKey: signing.privateKey.export({ format: 'jwk' }),
});
writeFileSync(join(home, 'datong.json'), JSON.stringify(profile(city.education)), { mode: 0o600 });
const file = householdFile(2_000, 7);
await city.publicSecurity.client.sendFile('pub-security.household', file.bytes, {
  mapping: 'household',
  fileName: 'household.csv',
});
const children = file.good
  .filter((person) => person.guardian !== '' && person.region === '990101')
  .slice(0, 2);
const [child] = children;
assert.ok(child);

const datong = (...words: string[]): Promise<Ran> => typedDatong(words, { cwd: home, env: { HOME: home } });
const why = ['--purpose', 'school-enrolment', '--agreement', 'agr-school-enrolment'];
const official = ['--on-behalf-of', 'clerk-0042', '--matter', 'RX-2026-000123'];
const fetchRows = (...more: string[]): Promise<Ran> =>
  datong('fetch', 'pub-security.household', ...why, ...official, ...more);
const one = ['--filter', `person_id=${child.id}`];

test('fetch --csv is what Excel opens, --xlsx a workbook whose long numbers retain their digits, --ndjson lines', async () => {
  const fields = ['--fields', 'person_id,name'];
  const csv = await fetchRows(...one, ...fields, '--csv');
  assert.equal(csv.code, 0, csv.stderr);
  const [heading, row = '', end] = csv.stdout.split('\r\n');
  assert.deepEqual([heading, end], ['\ufeffperson_id,name', '']);
  const book = join(home, 'rows.xlsx');
  assert.equal((await fetchRows(...one, ...fields, '--xlsx', '-o', book)).code, 0);
  const { sheets } = await readXlsx(readFileSync(book));
  assert.deepEqual(sheets[0]?.rows, [['person_id', 'name'], row.split(',')]);
  const lines = join(home, 'rows.ndjson');
  const reported = await fetchRows(...one, ...fields, '--ndjson', '-o', lines);
  assert.match(reported.stderr, /wrote 1 row to .*rows\.ndjson/);
  const [line = ''] = readFileSync(lines, 'utf8').split('\n');
  assert.deepEqual(Object.values(JSON.parse(line) as object).join(), row);
  assert.equal(statSync(book).mode & 0o777, 0o600);
  assert.equal(statSync(lines).mode & 0o777, 0o600);
});

test('fetch --each --csv has a row for every value, by its place', async () => {
  writeFileSync(join(home, 'numbers.txt'), `990101201501010015\n${child.id}\n`);
  const reported = await fetchRows('--by', 'person_id', '--each', 'numbers.txt', '--fields', 'name', '--csv');
  assert.equal(reported.code, 0, reported.stderr);
  const [heading, missing, found] = reported.stdout.split('\r\n');
  assert.deepEqual([heading, missing], ['\ufeff#,outcome,name', '1,not_found,']);
  assert.match(found ?? '', /^2,ok,.+/);
});

test('no text becomes a formula, and every sign survives', async () => {
  // of full width, and after marks that a spreadsheet skips
  const hidden = ['＝1+1', '＋1', '－1', '＠SUM(A1)', '\ufeff=1+1', '\0=1+1', '\ufeff\0＝1', '\t=1', '-1+1'];
  for (const text of hidden) assert.equal(csvLine([text]), `'${text}\r\n`);
  for (const text of ['－', '\n=1']) assert.match(csvLine([text]), /^"?'/);
  for (const text of ['-12.5', 'a=1', '\ufeffa', '１']) assert.equal(csvLine([text]), `${text}\r\n`);
  const odd = [
    '=1+1',
    '+A1',
    '-A1',
    '-12.5',
    '@SUM',
    '\tx',
    'a,b',
    'a"b',
    'a\nb',
    '',
    '\u{20bb7}野家',
    -3,
    true,
  ];
  const records = odd.map((value) => ({ value }));
  const place = join(home, 'odd');
  await writeRows({ csv: true, out: place }, tableOf(records, undefined), records);
  assert.equal(
    readFileSync(place, 'utf8'),
    `\ufeff${["value,'=1+1,'+A1,'-A1,-12.5,'@SUM,'\tx".replaceAll(',', '\r\n'), '"a,b"', '"a""b"', '"a\nb"', '', '\u{20bb7}野家', '-3', 'true', ''].join('\r\n')}`,
  );
  await writeRows({ xlsx: true, out: place }, tableOf(records, undefined), records);
  const { sheets } = await readXlsx(readFileSync(place));
  const cells = sheets[0]?.rows.map(([cell]) => cell);
  assert.deepEqual(cells?.slice(1, 10), odd.slice(0, 9));
  assert.deepEqual(cells.slice(-2), [-3, true]);
});

test('rows with a place become a FeatureCollection; a row without one has no geometry', async () => {
  const point = { type: 'Point', coordinates: [120.15, 30.27] };
  const records = [
    { id: 'a', place: point },
    { id: 'b', place: null },
  ];
  const place = join(home, 'rows.geojson');
  await writeRows({ geojson: true, out: place }, tableOf(records, undefined), records);
  assert.deepEqual(JSON.parse(readFileSync(place, 'utf8')), {
    type: 'FeatureCollection',
    features: [
      { type: 'Feature', geometry: point, properties: { id: 'a' } },
      { type: 'Feature', geometry: null, properties: { id: 'b' } },
    ],
  });
  const none = [{ id: 'a' }];
  await assert.rejects(
    () => writeRows({ geojson: true, out: place }, tableOf(none, undefined), none),
    (error: unknown) => error instanceof VerbFailure && error.exit === exitCode.usage,
  );
});

test('formats exclude each other, and a workbook wants a file: exit 2 before anything is asked', async () => {
  for (const [words, pattern] of [
    [['--csv', '--xlsx'], /--csv and --xlsx exclude each other/],
    [['--xlsx'], /--xlsx wants a file: add -o FILE\.xlsx/],
    [['--json', '-o', 'x'], /--json writes no file/],
  ] as const) {
    const reported = await fetchRows(...one, ...words);
    assert.equal(reported.code, 2);
    assert.match(reported.stderr, pattern);
  }
});

test('a refusal names the field and the flag that contained it', async () => {
  const query = (...more: string[]): Promise<Ran> =>
    datong('fetch', 'pub-security.household', ...why, ...more);
  const cases = [
    [
      await fetchRows(...one, '--fields', 'name,income'),
      /field_not_granted|unknown_field/,
      /at: income \(--fields\)/,
    ],
    [await fetchRows('--filter', 'address=x'), /filter/, /at: address \(--filter\)/],
    [await fetchRows(...one, '--sort', '-address'), /sort|filter/, /at: address \(--sort\)/],
    [await query(...one), /on_behalf_of_missing/, /at: datong-on-behalf-of \(--on-behalf-of\)/],
    [await query(...one, '--on-behalf-of', 'clerk-1'), /matter_missing/, /at: datong-matter \(--matter\)/],
  ] as const;
  for (const [{ code, stderr }, problem, place] of cases) {
    assert.equal(code, 1, stderr);
    assert.match(stderr, problem);
    assert.match(stderr, place);
  }
});

test('receipt verify takes a folder of several, receipt get one’s own again', async () => {
  const saved = join(home, 'evidence');
  for (const person of children) {
    const reported = await fetchRows('--filter', `person_id=${person.id}`, '--save', saved);
    assert.equal(reported.code, 0, reported.stderr);
  }
  const all = await datong('receipt', 'verify', saved);
  assert.equal(all.code, 0, all.stderr);
  assert.match(all.stderr, new RegExp(`all ${children.length} receipts hold`));
  const [exchange = ''] = readdirSync(saved);
  const got = join(home, 'again.json');
  assert.equal((await datong('receipt', 'get', exchange, '-o', got)).code, 0);
  assert.equal((await datong('receipt', 'verify', got)).code, 0);
  const never = await datong('receipt', 'get', '01890000-0000-7000-8000-000000000000');
  assert.deepEqual([never.code, /not_found/.test(never.stderr)], [1, true]);
  const reply = join(saved, exchange, 'reply.http');
  writeFileSync(reply, readFileSync(reply, 'latin1').replace('"delivered":1', '"delivered":2'), 'latin1');
  const changed = await datong('receipt', 'verify', saved);
  assert.equal(changed.code, 5);
  assert.match(changed.stdout, new RegExp(exchange));
});

test('logs: one’s own exchanges, the newest first, filtered, and followed', async () => {
  const denied = await fetchRows('--fields', 'income', ...one, '--json');
  const { exchange } = JSON.parse(denied.stdout) as { exchange: string };
  const reported = await datong('logs', '--decision', 'deny', '-n', '1');
  assert.equal(reported.code, 0, reported.stderr);
  assert.match(
    reported.stdout,
    new RegExp(`^\\S+  ${exchange}  queryDataset  \\w+  pub-security\\.household`),
  );
  assert.equal(reported.stdout.trim().split('\n').length, 1);
  assert.equal((await datong('logs', '--decision', 'maybe')).code, 2);

  const bin = resolve(import.meta.dirname, '../../bin/datong.mjs');
  const words = [bin, '--lang', 'en', 'logs', '--follow', '--every', '1', '--json', '-n', '1'];
  const process_ = spawn(process.execPath, words, { cwd: home, env: { ...process.env, HOME: home } });
  const seen: { exchange: string; operation: string }[] = [];
  let requested: Promise<Ran> | undefined;
  for await (const line of createInterface(process_.stdout)) {
    seen.push(JSON.parse(line) as (typeof seen)[number]);
    requested ??= fetchRows('--fields', 'income', ...one, '--json');
    const mine = JSON.parse((await requested).stdout) as { exchange: string };
    if (seen.some((entry) => entry.exchange === mine.exchange)) break;
  }
  process_.kill();
  assert.equal(seen.filter(({ operation }) => operation === 'listExchanges').length <= 1, true);
});
