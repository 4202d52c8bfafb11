/** `datong catalogue template`, `import` and `export --xlsx` as they are typed: a workbook goes round, and what is wrong with one has its place. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parse } from 'yaml';
import { sharedSchema } from '../../../machine/shippedSchemas.ts';
import type { Ran } from '../../../tests/datong.ts';
import { typedDatong } from '../../../tests/typedDatong.ts';
import { writeDemoState } from '../../../tests/demoState.ts';
import { staffCall } from '../../../tests/secondPerson.ts';
import { startStaffHub } from '../../../tests/staffHub.ts';
import { entryColumns } from './columns.ts';
import type { CatalogueShown } from './csvRow.ts';
import { entryOfLine, lineOfEntry } from './entryOfLine.ts';
import { readSheet } from './readSheet.ts';

const hub = await startStaffHub();
const home = mkdtempSync(join(tmpdir(), 'datong-catalogue-'));
after(() => rmSync(home, { recursive: true, force: true }));
const state = join(home, 'demo.json');
const origin = (listener: keyof typeof hub.ports): string => `https://localhost:${hub.ports[listener]}`;
const operator = await hub.token(['operator']);
await staffCall(hub, operator, 'POST', '/v1/departments', {
  code: 'civil',
  name: { zh: '民政局', en: 'Civil Affairs' },
  kind: 'government',
});
const stewardToken = await hub.token(['steward'], 'civil');
writeDemoState(
  state,
  {
    exchange: origin('exchange'),
    open: origin('open'),
    staff: origin('staff'),
    ca: hub.ca,
    keys: hub.services.identity.jwks(),
  },
  {
    operator,
    steward: await hub.token(['steward'], 'civil'),
    security: await hub.token(['security'], 'civil'),
  },
);
const datong = (...args: string[]): Promise<Ran> =>
  typedDatong(args, { cwd: home, env: { DATONG_STATE: state } });

const cells: Readonly<Record<string, string>> = {
  id: 'civil.relief',
  titleZh: '救助对象',
  category: '1/12/3',
  abstractZh: '低保家庭',
  keywords: '低保、救助',
  office: '社会救助处',
  contact: '0000-12345',
  sourceSystem: '社会救助系统',
  updateFrequency: '每月',
  sharingType: '有条件共享',
  conditions: '法定职责',
  manner: '接口',
  openness: '不开放',
  dataClass: '一般数据',
};
const row = (more: Readonly<Record<string, string>> = {}): string[] =>
  entryColumns.map(({ key }) => ({ ...cells, ...more })[key] ?? '');
const header = entryColumns.map(({ heading }) => heading);
async function book(name: string, rows: readonly (readonly string[])[]): Promise<string> {
  const { writeXlsx } = await import('hucre/xlsx');
  const path = join(home, name);
  writeFileSync(path, await writeXlsx({ sheets: [{ name: '目录', rows: rows.map((one) => [...one]) }] }));
  return path;
}
const imported = (path: string, ...more: string[]): Promise<Ran> =>
  datong('catalogue', 'import', path, '--as', 'steward', ...more);
const live = async (): Promise<number> =>
  (await hub.database.app.query('SELECT 1 FROM catalogue_entry WHERE NOT superseded')).rows.length;
const entries = async (): Promise<number> =>
  (await hub.database.app.query('SELECT 1 FROM catalogue_entry')).rows.length;

test('a workbook goes in after a dry run and a second person, comes out again, and goes in unchanged', async () => {
  const path = await book('first.xlsx', [header, row(), row({ id: 'civil.archive', titleEn: 'Archive' })]);
  const dry = await imported(path, '--dry-run');
  assert.equal(dry.code, 0, dry.stderr);
  assert.match(dry.stdout, /^2 {2}new {2}civil\.relief\s*\n3 {2}new {2}civil\.archive\s*$/);
  assert.match(dry.stderr, /a trial: nothing is changed/);
  const { stderr, code } = await imported(path);
  assert.equal(code, 0, stderr);
  const [, proposal = ''] = /datong review approve (\S{36})/.exec(stderr) ?? [];
  assert.equal(await entries(), 0, 'it waits');
  const approved = await datong('approve', proposal, '--yes', '--as', 'security');
  assert.match(approved.stdout, /^new {2}civil\.relief\s*$/m, approved.stderr);
  assert.equal(await entries(), 2);

  const out = join(home, 'out.xlsx');
  const written = await datong('catalogue', 'export', '--xlsx', '-o', out, '--as', 'steward');
  assert.equal(written.code, 0, written.stderr);
  const again = await imported(out);
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stdout, /unchanged {2}civil\.archive\s*\n.*unchanged {2}civil\.relief/);
  assert.match(again.stderr, /nothing is different/);
});

test('what is wrong with a file, or with one of its entries, refuses all of it', async () => {
  const before = await entries();
  const broken = await book('broken.xlsx', [header, row({ id: 'civil.fine' }), row({ office: '' })]);
  const { code, stdout } = await imported(broken, '--json');
  const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: Record<string, unknown>[] };
  assert.deepEqual([code, ok, findings[0]?.['code'], findings[0]?.['line']], [1, false, 'cell_missing', 3]);
  const secret = row({ id: 'civil.secret', dataClass: '国家秘密' });
  const refused = await imported(await book('secret.xlsx', [header, row({ id: 'civil.ok' }), secret]));
  assert.equal(refused.code, 1);
  assert.match(refused.stdout, /^3 {2}refused {2}civil\.secret {2}catalogue_secret/m);
  assert.equal(await entries(), before);
});

test('a thousand broken lines are reported line by line, and nothing of the others is registered', async () => {
  const before = await entries();
  const lines = Array.from({ length: 1000 }, (_, n) =>
    row({ id: `civil.broken-${n}`, office: '', category: '一类' }),
  );
  const path = await book('thousand.xlsx', [header, row({ id: 'civil.whole' }), ...lines]);
  const { code, stdout } = await imported(path, '--json');
  const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: { line: number; code: string }[] };
  assert.deepEqual([code, ok, findings.length], [1, false, 2000]);
  assert.deepEqual([findings[0]?.line, findings.at(-1)?.line], [3, 1002]);
  assert.deepEqual([...new Set(findings.map((one) => one.code))].sort(), ['cell_malformed', 'cell_missing']);
  assert.equal(await entries(), before);
});

test('an entry that waits too long is in datong inbox, with its day', async () => {
  const read = entryOfLine({ line: 2, cells: new Map(Object.entries({ ...cells, id: 'civil.late' })) });
  assert.ok('entry' in read);
  const { body } = await staffCall(hub, stewardToken, 'POST', '/v1/catalogue', read.entry);
  await hub.database.owner.query(
    `UPDATE proposal SET proposed_at = now() - interval '40 days' WHERE id = $1`,
    [body['proposal']],
  );
  const { stdout } = await datong('inbox', '--as', 'steward', '--lang', 'zh');
  const line =
    /^目录条目 {2}civil\.late@1 {2}civil {2}修改待同意 {2}(\S{36}) {2}≤ \d{4}-\d\d-\d\d {2}已逾期$/m.exec(
      stdout,
    );
  assert.ok(line !== null, stdout);
  assert.equal(line[1], body['proposal']);
  const refused = await datong('refuse', line[1] ?? '', '--reason', '再核', '--as', 'security');
  assert.equal(refused.code, 0, refused.stderr);
  const after = await datong('inbox', '--as', 'steward', '--json');
  assert.deepEqual((JSON.parse(after.stdout) as { catalogue: unknown }).catalogue, []);
});

test('the linking rate is shown by department and in all, with the entries that wait for data', async () => {
  const reported = await datong('catalogue', 'linking', '--as', 'steward', '--lang', 'zh');
  assert.equal(reported.code, 0, reported.stderr);
  assert.match(reported.stdout, /^civil\s+0\/2\s+0\.0%\n合计\s+0\/2\s+0\.0%\n$/);
  const { stdout } = await datong('catalogue', 'linking', '--as', 'steward', '--json');
  const total = { linked: 0, should: 2, rate: 0 };
  assert.deepEqual(JSON.parse(stdout), { departments: [{ department: 'civil', ...total }], total });
  const awaited = await datong('catalogue', 'search', '--linking', 'awaited', '--as', 'steward');
  assert.match(awaited.stdout, /^civil\.archive[^]*civil\.relief/);
});

test('a keyword that holds a comma, a quotation mark or a space at its end is one keyword in the workbook too', () => {
  const keywords = ['低保', 'a, b', '说 "不"', '甲、乙；丙', ' 空格 ', '"', 'end'];
  const read = entryOfLine({ line: 2, cells: new Map(Object.entries(cells)) });
  assert.ok('entry' in read);
  const shown = { entry: { ...read.entry, keywords }, datasets: [] } as unknown as CatalogueShown;
  const at = entryColumns.findIndex(({ key }) => key === 'keywords');
  const cell = lineOfEntry(shown)[at] ?? '';
  const again = (text: string): unknown => {
    const back = entryOfLine({ line: 2, cells: new Map(Object.entries({ ...cells, keywords: text })) });
    assert.ok('entry' in back);
    return back.entry['keywords'];
  };
  assert.deepEqual(again(cell), keywords);
  // as people type them: an open quotation mark is a sign like others
  assert.deepEqual(again('低保，救助;"特困\n，残疾'), ['低保', '救助', '"特困', '残疾']);
});

test('the template reads back, holds nothing, and is not written over', async () => {
  const path = join(home, 'template.xlsx');
  assert.equal((await datong('catalogue', 'template', '-o', path)).code, 0);
  const { lines, findings } = await readSheet(readFileSync(path), undefined);
  assert.deepEqual([lines, findings.map(({ code }) => code)], [[], ['no_entries']]);
  // lists to choose from: each names its words on the last sheet
  const { readXlsx } = await import('hucre/xlsx');
  const { sheets } = await readXlsx(readFileSync(path));
  const lists = (sheets[0]?.dataValidations ?? []).filter(({ type }) => type === 'list');
  const listed = entryColumns.filter(({ words }) => words !== undefined);
  assert.equal(lists.length, listed.length);
  const words = (sheets[1]?.rows ?? []).map((row) => row[0]).filter((word) => typeof word === 'string');
  assert.deepEqual(words, [listed[0]?.heading, ...Object.values(listed[0]?.words ?? {})]);
  assert.match(lists[0]?.formula1 ?? '', new RegExp(`!\\$A\\$2:\\$A\\$${words.length}$`));
  assert.equal((await datong('catalogue', 'template', '-o', path)).code, 4);
});

test('several waiting entries are approved in one call; a name that does not wait for approval stops all', async () => {
  const steward = stewardToken;
  for (const office of ['甲处', '乙处']) {
    const read = entryOfLine({
      line: 2,
      cells: new Map(
        Object.entries({ ...cells, office, id: `civil.${office === '甲处' ? 'first' : 'other'}` }),
      ),
    });
    assert.ok('entry' in read);
    assert.equal((await staffCall(hub, steward, 'POST', '/v1/catalogue', read.entry)).status, 202);
  }
  const before = await entries();
  const names = ['civil.first@1', 'civil.other@1'];
  assert.equal(
    (await datong('approve', ...names, 'nothing-of-the-kind', '--yes', '--as', 'security')).code,
    1,
  );
  assert.equal(await entries(), before);
  assert.equal((await datong('approve', ...names, '--yes', '--as', 'security')).code, 0);
  assert.equal(await entries(), before + 2);
});

test('the catalogue goes out as DCAT, and a dataset as a data contract', async () => {
  const { stdout, code, stderr } = await datong('catalogue', 'export', '--dcat', '--as', 'steward');
  assert.equal(code, 0, stderr);
  const catalogue = JSON.parse(stdout) as { readonly 'dcat:dataset': readonly Record<string, unknown>[] };
  const names = catalogue['dcat:dataset'].map((one) => one['dct:identifier']);
  assert.equal(names.length, await live());
  const relief = catalogue['dcat:dataset'][names.indexOf('civil.relief')];
  assert.equal((relief?.['dct:publisher'] as { '@id': string })['@id'], 'urn:datong:dept:civil');
  assert.match(JSON.stringify(relief?.['dct:publisher']), /民政局/);
  for (const more of [['--json'], ['-o', 'catalogue.jsonld'], ['--xlsx', '-o', 'catalogue.xlsx']])
    assert.equal(
      (await datong('catalogue', 'export', '--dcat', '--as', 'steward', ...more)).code,
      2,
      more[0],
    );

  const document: unknown = sharedSchema('household@1').document;
  await staffCall(hub, operator, 'POST', '/v1/schemas', { document: document as object });
  const people = { id: 'civil.people', title: { zh: '人口', en: 'People' }, mode: 'snapshot' };
  const sharing = { type: 'conditional', conditions: '法定职责' };
  const made = { ...people, sharing, schema: 'urn:datong:household:1.0' };
  assert.equal((await staffCall(hub, operator, 'POST', '/v1/datasets', made)).status, 201);
  const contract = await datong('dataset', 'odcs', 'civil.people', '--as', 'steward');
  assert.equal(contract.code, 0, contract.stderr);
  const read = parse(contract.stdout) as Readonly<Record<string, unknown>>;
  assert.deepEqual(
    [read['apiVersion'], read['id'], read['domain'], read['description']],
    ['v3.1.0', 'civil.people', 'civil', { purpose: '人口 / People', limitations: '法定职责' }],
  );
  const json = await datong('dataset', 'odcs', 'civil.people', '--as', 'steward', '--json');
  assert.deepEqual(JSON.parse(json.stdout), read);
  const unknown = await datong('dataset', 'odcs', 'civil.nobody', '--as', 'steward');
  assert.equal(unknown.code, 1);
  assert.equal(unknown.stdout, '');
});

test('no failure of the hub itself came to light', () => assert.deepEqual(hub.failures, []));
