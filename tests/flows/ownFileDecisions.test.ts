/** `datong dataset create` by options: texts that are read as empty, reasons for a key, and a department whose own steward decides. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { testDatabase } from '../database.ts';
import type { Ran } from '../datong.ts';
import { writeDemoState } from '../demoState.ts';
import { applyCity, testHub } from '../hub.ts';
import { typedDatong } from '../typedDatong.ts';

const hub = await testHub({ database: await testDatabase() });
await applyCity(hub, ['city/departments.yaml', 'city/purposes.yaml']);
const home = mkdtempSync(join(tmpdir(), 'datong-decided-'));
after(async () => {
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});
const state = join(home, 'demo.json');
writeDemoState(
  state,
  { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } },
  {
    operator: await hub.token('operator', ['operator']),
    security: await hub.token('security', ['security']),
    steward: await hub.token('steward', ['steward'], 'transport'),
  },
  [await hub.enrol('transport')],
);
const datong = (words: readonly string[], lang = 'en_GB.UTF-8'): Promise<Ran> =>
  typedDatong(words, { cwd: home, env: { DATONG_STATE: state, LANG: lang } });

const path = join(home, 'stops.csv');
writeFileSync(
  path,
  [
    '站点编号,站名,线路编号,启用日期,备注',
    'S01,东门,K1,2020年3月1日,无',
    'S02,西门,K1,2021年5月2日,临时',
    'S03,南门,K2,不详,-',
    'S04,北门,K2,2022年6月3日,无',
    'S05,中门,K3,2023年7月4日,夜间',
  ].join('\n'),
);
const base = ['dataset', 'create', path, '--for', 'transport', '--as', 'operator'];

/** Documents of a file that a verb wrote. */
const written = (name: string): readonly unknown[] =>
  parseAllDocuments(readFileSync(join(home, name), 'utf8')).map((one) => one.toJS() as unknown);

/** Fields of the mapping in a file that `dataset create` wrote. */
function mappedFields(name: string): Readonly<Record<string, { readonly nullIf?: readonly string[] }>> {
  const documents = written(`${name}.yaml`) as readonly { kind: string; document?: { fields: object } }[];
  return documents.find(({ kind }) => kind === 'Mapping')?.document?.fields as ReturnType<
    typeof mappedFields
  >;
}

test('a steward of the data office creates no dataset of another department, and nothing of the file is registered', async () => {
  const tokens = { steward: await hub.token('office-steward', ['steward']) };
  const other = join(home, 'office.json');
  writeDemoState(other, { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } }, tokens);
  const words = ['dataset', 'create', path, '--for', 'transport', '--as', 'steward'];
  const ran = await typedDatong([...words, '--name', 'stops-foreign', '--yes'], {
    cwd: home,
    env: { DATONG_STATE: other, LANG: 'en_GB.UTF-8' },
  });
  assert.notEqual(ran.code, 0);
  assert.match(ran.stdout, /^refused {2}Dataset transport\.stops-foreign/m);
  assert.match(ran.stderr, /not_your_department \/body\/id/);
  assert.doesNotMatch(ran.stdout, /^registered/m);
  const { rows } = await hub.hub.database.app.query(
    "SELECT 1 FROM schema_version WHERE name = 'stops-foreign'",
  );
  assert.equal(rows.length, 0, 'no schema of that name is registered');
});

test('texts that are read as empty are named with their number and first record; --keep leaves them as they are', async () => {
  const shown = await datong([...base, '--name', 'stops-shown']);
  assert.equal(shown.code, 0, shown.stderr);
  assert.match(
    shown.stderr,
    /remark is read as empty: "无" in 2 records \(first: record 1\), "-" in 1 record \(first: record 3\); to keep these texts: --keep remark/,
  );
  assert.match(shown.stderr, /read as empty: "不详" in 1 record \(first: record 3\)/);
  assert.deepEqual(mappedFields('stops-shown')['remark']?.nullIf, ['无', '-']);
  const inChinese = await datong([...base, '--name', 'stops-zh', '--keep', 'remark'], 'zh_CN.UTF-8');
  assert.equal(inChinese.code, 0, inChinese.stderr);
  assert.doesNotMatch(inChinese.stderr, /remark 读作空值/);
  assert.match(inChinese.stderr, /读作空值：“不详”1 条（首见第 3 条）/);
  assert.equal(mappedFields('stops-zh')['remark']?.nullIf, undefined);
  const unknown = await datong([...base, '--name', 'stops-x', '--keep', 'nothing']);
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /no field nothing/);
});

test('a word with more parts than its option has is refused, and none of them is dropped', async () => {
  for (const [option, word, expected] of [
    ['--sensitivity', 'remark=L3=x', /remark=L3=x: written field=L3/],
    ['--about', 'station_code:organisation', /written field:person or field:organization/],
    ['--about', 'station_code:person:x', /written field:person or field:organization/],
    ['--about', 'station_code,remark', /written field:person or field:organization/],
  ] as const) {
    const { code, stderr } = await datong([...base, '--name', 'stops-parts', option, word]);
    assert.deepEqual([code, expected.test(stderr)], [2, true], `${word}: ${stderr}`);
  }
});

test('a text that remains and is no date counts among the records that do not fit', async () => {
  const ran = await datong([...base, '--name', 'stops-date', '--keep', 'opened_on,remark']);
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stderr, /sample of 5 records, 1 do not fit/);
});

test('the key is proposed with its reason, and so is each number that is passed over', async () => {
  const { stdout } = await datong([...base, '--name', 'stops-key']);
  assert.match(stdout, /station_code +proposed: a different value in 5 of 5 records/);
  assert.match(stdout, /route_no +not proposed: records 1 and 2 have the same value/);
  const { stdout: zh } = await datong([...base, '--name', 'stops-key-zh'], 'zh_CN.UTF-8');
  assert.match(zh, /station_code +提议：5 条中 5 条取值各不相同/);
});

test('where the department has a steward, the next step is their approval, and a send before it says so', async () => {
  const created = await datong([...base, '--name', 'stops', '--yes', '--approve-with', 'security']);
  assert.equal(created.code, 0, created.stderr);
  assert.match(created.stderr, /transport has a steward, who decides; --approve-with was not used/);
  const [, proposal = ''] =
    /next: datong review approve (\S{36}) --yes; datong send stops\.csv/.exec(created.stderr) ?? [];
  assert.notEqual(proposal, '', created.stderr);
  const send = ['send', path, '--dataset', 'transport.stops', '--as', 'transport'];
  const early = await datong(send);
  assert.equal(early.code, 1);
  assert.match(
    early.stderr,
    new RegExp(
      `waits for approval by another person of transport[^]*mapping_waits[^]*review approve ${proposal}`,
    ),
  );
  const check = ['catalogue', 'apply', 'stops.yaml', '--check', '--as', 'operator'];
  const waiting = await datong(check);
  assert.match(waiting.stdout, /^ready {2}Mapping transport\/stops@1$/m);
  assert.match(waiting.stderr, /a person of transport approves it/);
  const shown = await datong(['review', 'approve', proposal, '--as', 'steward']);
  assert.equal(shown.code, 0, shown.stderr);
  assert.doesNotMatch(shown.stdout, /\\n/);
  assert.match(shown.stdout, /^ {2}"document": \{$/m);
  const approved = await datong(['review', 'approve', proposal, '--yes', '--as', 'steward']);
  assert.equal(approved.code, 0, approved.stderr);
  const sent = await datong(send);
  assert.equal(sent.code, 0, sent.stderr);
  assert.match(sent.stderr, /5 records, 5 rows visible/);
  const registered = await datong(check);
  assert.match(registered.stdout, /^unchanged {2}Mapping transport\/stops@1$/m);
});

test('sensitive personal data is marked and withheld unless it is chosen; a lookup by a masked field is written and holds', async () => {
  const relief = join(home, 'relief.csv');
  writeFileSync(
    relief,
    '救助编号,姓名,联系电话,低保类别,救助金额\nR1,演示甲,19900000001,甲类,100\nR2,演示乙,19900000002,乙类,200\nR3,演示丙,19900000003,甲类,300\n',
  );
  const created = await datong([
    ...['dataset', 'create', relief, '--for', 'education', '--name', 'relief', '--yes'],
    ...['--as', 'operator', '--approve-with', 'security'],
  ]);
  assert.equal(created.code, 0, created.stderr);
  const agreement = [
    ...['agreement', 'create', 'education.relief', '--consumer', 'transport', '--as', 'operator'],
    ...['--purpose', 'statistics', '--basis', '统计法'],
  ];
  const usual = await datong(agreement);
  assert.equal(usual.code, 0, usual.stdout + usual.stderr);
  assert.match(usual.stdout, /低保类别 +L3 +withheld +sensitive personal data/);
  assert.match(
    usual.stderr,
    /submit it: datong catalogue apply agr-transport-relief\.yaml --signature … --as operator$/m,
  );
  const usualText = readFileSync(join(home, 'agr-transport-relief.yaml'), 'utf8');
  const [, name = ''] = /^(\S+) +低保类别/m.exec(usual.stdout) ?? [];
  assert.doesNotMatch(usualText, new RegExp(`\\b${name}:`));
  const lookup = await datong([...agreement, '--id', 'agr-relief-lookup', '--lookup-by', 'phone']);
  assert.equal(lookup.code, 0, lookup.stdout + lookup.stderr);
  const [document] = written('agr-relief-lookup.yaml') as readonly {
    readonly grants: readonly Readonly<Record<string, unknown>>[];
  }[];
  const grant = document?.grants[0];
  assert.deepEqual(
    [grant?.['lookupBy'], grant?.['requires'], grant?.['filterBy']],
    [['phone'], ['on-behalf-of', 'lookup'], undefined],
  );
  assert.match(lookup.stdout, /^ready {2}Agreement agr-relief-lookup@1$/m);
  for (const word of ['phone=clear=x', 'phone=']) {
    const { code, stderr } = await datong([...agreement, '--id', 'agr-x', '--mask', word]);
    assert.deepEqual([code, stderr.includes(`--mask ${word}: write field=mask`)], [2, true], stderr);
  }
  const unknown = await datong([...agreement, '--id', 'agr-x', '--lookup-by', 'nothing']);
  assert.deepEqual(
    [unknown.code, /there is no field nothing/.test(unknown.stderr)],
    [2, true],
    unknown.stderr,
  );
});
