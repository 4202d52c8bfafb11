/** `datong catalogue apply` and `datong hub` as they are typed, against a hub whose state file a demo would leave. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import request from 'supertest';
import { parse } from 'yaml';
import { documentsSchema } from '../../../machine/documentsSchema.ts';
import { startStaffHub } from '../../../tests/staffHub.ts';
import { writeDemoState } from '../../../tests/demoState.ts';
import type { Ran } from '../../../tests/datong.ts';
import { typedDatong } from '../../../tests/typedDatong.ts';
import { samples } from '../../../tests/hub.ts';

const hub = await startStaffHub();
const home = mkdtempSync(join(tmpdir(), 'datong-verbs-'));
after(() => rmSync(home, { recursive: true, force: true }));
const state = join(home, 'demo.json');
const origin = (listener: keyof typeof hub.ports): string => `https://localhost:${hub.ports[listener]}`;
const addresses = {
  exchange: origin('exchange'),
  open: origin('open'),
  staff: origin('staff'),
  ca: hub.ca,
  keys: hub.services.identity.jwks(),
};
const tokens = {
  operator: await hub.token(['operator']),
  auditor: await hub.token(['auditor']),
  security: await hub.token(['security']),
};
writeDemoState(state, addresses, tokens);

const datong = (...args: string[]): Promise<Ran> =>
  typedDatong(args, { cwd: home, env: { DATONG_STATE: state } });

test('apply sends a file whole or not at all, says what is wrong on stderr, and exits 1 for a refusal', async () => {
  const file = join(home, 'two.yaml');
  const good = 'kind: Purpose\ncode: good-purpose\ntitle: { zh: 好, en: good }\n';
  writeFileSync(file, `${good}---\nkind: Purpose\ncode: BAD\ntitle: { zh: 坏, en: bad }\n`);
  const ran = await datong('apply', file, '--demo', '--approve-with', 'security');
  assert.equal(ran.code, 1);
  assert.equal(ran.stdout, 'not sent  Purpose good-purpose\nrefused  Purpose BAD\n');
  assert.match(ran.stderr, /two\.yaml:5 {2}invalid_request \/body\/code/);
  assert.match(ran.stderr, /next: correct the places named in the findings/);
  const listed = await hub.database.app.query("SELECT 1 FROM purpose WHERE code = 'good-purpose'");
  assert.equal(listed.rows.length, 0, 'nothing of the file was registered');
  const again = await datong('apply', file, '--demo', '--json', '--lang', 'zh');
  const lines = again.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    lines.map(({ outcome }) => outcome),
    ['held', 'refused'],
  );
  writeFileSync(file, good);
  const checked = await datong('apply', file, '--demo', '--check');
  assert.deepEqual([checked.code, checked.stdout], [0, 'ready  Purpose good-purpose\n']);
  assert.match(checked.stderr, /another person of the data office approves it/);
  const waiting = await datong('apply', file, '--demo');
  assert.equal(waiting.stdout, 'proposed  Purpose good-purpose\n');
  assert.match(waiting.stderr, /waits for another person of the data office: datong review approve \S{36}/);
  const done = await datong('apply', file, '--demo', '--approve-with', 'security');
  assert.equal(done.stdout, 'registered  Purpose good-purpose\n');
});

test('apply prints the id under which the hub granted an automatic agreement', async () => {
  const files = ['city/departments.yaml', 'city/purposes.yaml', 'air-quality/dataset.yaml'].map((name) =>
    join(samples, name),
  );
  const before = await datong('apply', ...files, '--as', 'operator', '--approve-with', 'security');
  assert.equal(before.code, 0, before.stdout + before.stderr);
  const granted = await datong('apply', join(samples, 'air-quality/agreement.yaml'), '--as', 'operator');
  assert.equal(granted.code, 0, granted.stderr);
  const [, id = ''] = /^in force {2}AutomaticAgreement .+ {2}(\S+)$/m.exec(granted.stdout) ?? [];
  const listed = await hub.database.app.query('SELECT 1 FROM policy_document WHERE id = $1', [id]);
  assert.equal(listed.rows.length, 1, granted.stdout);
  const again = await datong('apply', join(samples, 'air-quality/agreement.yaml'), '--as', 'operator');
  assert.match(again.stdout, new RegExp(`^unchanged {2}AutomaticAgreement .+ {2}${id}$`, 'm'));
});

test('a schema, a dataset and a mapping that do not go together use up no name', async () => {
  const file = join(home, 'whole.yaml');
  const yaml = readFileSync(join(samples, 'air-quality/dataset.yaml'), 'utf8');
  const schemaOf = (field: string): string => `kind: Schema
document:
  $schema: https://json-schema.org/draft/2020-12/schema
  $id: urn:datong:whole-file:1.0
  x-title: { zh: 整, en: Whole }
  type: object
  additionalProperties: false
  x-primary-key: [/${field}]
  required: [${field}]
  properties:
    ${field}: { type: string, maxLength: 9, x-title: { zh: 编号, en: No }, x-sensitivity: L1, x-personal: none }
---
`;
  const rest = (from: string): string => `kind: Dataset
id: ecology.whole-file
title: { zh: 整, en: Whole }
schema: urn:datong:whole-file:1.0
mode: upsert
sharing: { type: conditional, conditions: 仅限测试 }
---
kind: Mapping
dataset: ecology.whole-file
document: { mapping: ecology/whole-file@1, target: whole-file@1, source: { format: csv }, fields: { ${from}: { from: 编号 } } }
`;
  assert.match(yaml, /kind: Dataset/);
  let stderr = '';
  const outcomes = async (text: string, ...more: string[]): Promise<string[]> => {
    writeFileSync(file, text);
    const ran = await datong('apply', file, '--as', 'operator', ...more);
    ({ stderr } = ran);
    return ran.stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split('  ')[0] ?? '');
  };
  // a name that no agreement takes; a mapping of another field; conditions that are missing
  assert.deepEqual(await outcomes(schemaOf('编号') + rest('编号')), ['refused', 'not sent', 'not sent']);
  assert.deepEqual(await outcomes(schemaOf('ref_no') + rest('other')), ['not sent', 'not sent', 'refused']);
  const without = rest('ref_no').replace(', conditions: 仅限测试', '');
  assert.deepEqual(await outcomes(schemaOf('ref_no') + without), ['not sent', 'refused', 'not sent']);
  assert.deepEqual(await outcomes(schemaOf('ref_no') + rest('ref_no'), '--check'), [
    'ready',
    'ready',
    'ready',
  ]);
  const elsewhere = (schemaOf('ref_no') + rest('ref_no')).replaceAll('ecology', 'nowhere');
  assert.deepEqual(await outcomes(elsewhere), ['not sent', 'refused', 'not sent']);
  assert.match(stderr, /department_unknown \/body\/id/);
  assert.deepEqual(await outcomes(schemaOf('ref_no') + rest('ref_no'), '--check'), Array(3).fill('ready'));
  assert.match(stderr, /a person of ecology approves it; the data office does where ecology has no steward/);
  writeDemoState(state, addresses, { ...tokens, steward: await hub.token(['steward'], 'transport') });
  const refused = await datong('apply', file, '--as', 'steward');
  assert.match(refused.stdout, /^not sent {2}Schema .+\nrefused {2}Dataset .+\nnot sent {2}Mapping/);
  assert.match(refused.stderr, /not_your_department \/body\/id/);
  const { rows } = await hub.database.app.query("SELECT 1 FROM schema_version WHERE name = 'whole-file'");
  assert.equal(rows.length, 0, 'the name is as free as before');
  const sent = await outcomes(schemaOf('ref_no') + rest('ref_no'), '--approve-with', 'security');
  assert.deepEqual(sent, ['registered', 'registered', 'registered']);
  const again = await outcomes(schemaOf('ref_no') + rest('ref_no'), '--check');
  assert.deepEqual([again[0], again[2]], ['unchanged', 'unchanged']);
});

test('a file that differs from a registered dataset reports the differences and the verb that changes each', async () => {
  const file = join(home, 'dataset-again.yaml');
  const yaml = readFileSync(join(samples, 'air-quality/dataset.yaml'), 'utf8');
  const changed = yaml.replace('{ type: unconditional }', '{ type: conditional, conditions: 仅限研究 }');
  assert.notEqual(changed, yaml);
  writeFileSync(file, changed);
  const again = await datong('apply', file, '--as', 'operator');
  assert.equal(again.code, 1, again.stdout + again.stderr);
  assert.match(
    again.stderr,
    /^ *\/body\/sharing {2}differs {2}is registered as unconditional, the file has conditional（仅限研究）; it is ruled by the catalogue entry/m,
  );
  assert.match(again.stderr, /change it in the way that each finding names/);
});

test('the places of an element, and the department it comes from, are shown', async () => {
  const uses = await datong('uses', 'element', 'time.event', '--as', 'operator');
  const [use, mapping, agreement, ...more] = uses.stdout.trimEnd().split('\n');
  assert.equal(
    use,
    'urn:datong:air-quality-hourly:1.0  published  /properties/time  ecology.air-quality-hourly',
    uses.stderr,
  );
  assert.equal(mapping, '  mapping  ecology.air-quality-hourly ecology/prsa@1');
  assert.match(agreement ?? '', /^ {2}agreement {2}\S+@1 {2}active$/);
  assert.deepEqual(more, []);
  const file = join(home, 'source.yaml');
  writeFileSync(
    file,
    'kind: ElementSource\nelement: time.event\ndepartment: ecology\nreason: as the list of 2026 says\n',
  );
  const decided = await datong('apply', file, '--as', 'operator', '--approve-with', 'security');
  assert.equal(decided.code, 0, decided.stdout + decided.stderr);
  const sources = await datong('catalogue', 'sources', '--as', 'operator');
  assert.equal(sources.stdout.trimEnd(), 'time.event  ecology  as the list of 2026 says', sources.stderr);
});

test('a dataset is shown with its catalogue entry and their differences in sharing', async () => {
  const air = 'ecology.air-quality-hourly';
  const shown = async (lang: string, id = air): Promise<readonly string[]> =>
    (await datong('datasets', id, '--as', 'operator', '--lang', lang)).stdout.trimEnd().split('\n');
  const entry = `  entry: ${air}  hourly  大气环境处  内线 0000`;
  const lines = await shown('en');
  assert.equal(
    lines[0],
    `${air}  unconditional  registered  urn:datong:air-quality-hourly:1.0  Hourly air quality`,
  );
  assert.ok(lines.includes(entry), lines.join('\n'));
  assert.equal(lines.filter((line) => /entr/.test(line)).length, 1, 'nothing is contradicted');
  const { dataset } = JSON.parse((await datong('datasets', air, '--as', 'operator', '--json')).stdout) as {
    dataset: { intake: object };
  };
  const rules = lines.slice(
    lines.indexOf('  intake:'),
    lines.findIndex((line) => /^ {2}mapping/.test(line)),
  );
  assert.deepEqual(parse(rules.join('\n')), { intake: dataset.intake }, lines.join('\n'));
  const sharing = (type: string): Promise<unknown> =>
    hub.database.owner.query('UPDATE dataset SET sharing = $1 WHERE id = $2', [type, air]);
  await sharing('none');
  const at = (await shown('en')).indexOf(entry);
  assert.equal(
    (await shown('en'))[at + 1],
    `  shared otherwise than the catalogue entry ${air} says (unconditional): its department revises the entry`,
  );
  assert.ok(
    (await shown('zh')).includes(`  共享属性与目录条目 ${air} 不一致，条目为 无条件共享：由其部门修订条目`),
  );
  await sharing('unconditional');
  const file = join(home, 'alone.yaml');
  writeFileSync(
    file,
    'kind: Dataset\nid: ecology.alone\ntitle: { zh: 一, en: Alone }\nschema: urn:datong:air-quality-hourly:1.0\nmode: upsert\nsharing: { type: unconditional }\n',
  );
  assert.equal((await datong('apply', file, '--as', 'operator')).code, 0);
  assert.ok(
    (await shown('en', 'ecology.alone')).includes(
      '  no catalogue entry in force states unconditional sharing yet; until then conditional sharing applies',
    ),
  );
  const request = join(home, 'alone-agreement.yaml');
  writeFileSync(
    request,
    readFileSync(join(samples, 'air-quality/agreement.yaml'), 'utf8').replace(air, 'ecology.alone'),
  );
  const refused = await datong('apply', request, '--as', 'operator', '--lang', 'en');
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /sharing_without_entry[^]*kind: CatalogueEntry, sharing\.type: unconditional/);
});

test('schemas of the hub are listed, searched and shown', async () => {
  const listed = await datong('schema', 'list', '--as', 'operator');
  assert.match(listed.stdout, /^urn:datong:air-quality-hourly:1\.0 {2}published /m, listed.stderr);
  const found = await datong('schema', 'search', 'air-quality', '--json', '--as', 'operator');
  const urns = (JSON.parse(found.stdout) as { schemas: { urn: string }[] }).schemas.map(({ urn }) => urn);
  assert.deepEqual(urns, ['urn:datong:air-quality-hourly:1.0']);
  const nothing = await datong('schema', 'search', 'no-such-field', '--as', 'operator');
  assert.deepEqual([nothing.code, nothing.stdout], [0, '']);
  const shown = await datong('schema', 'show', 'urn:datong:air-quality-hourly:1.0', '--as', 'operator');
  assert.equal((JSON.parse(shown.stdout) as { $id: string }).$id, 'urn:datong:air-quality-hourly:1.0');
  assert.equal((await datong('schema', 'show', 'urn:datong:none:1.0', '--as', 'operator')).code, 1);
});

test('a column list and a file become YAML that says why, is refused until its conditions are filled in, and then registers', async () => {
  const list = join(home, 'permits.csv');
  writeFileSync(
    list,
    '字段名,中文名称,类型,长度,是否为空,是否主键\npermit_no,许可证号,varchar,20,否,是\nvenue,场馆名称,varchar,60,否,否\n',
  );
  const sample = join(home, 'june.csv');
  writeFileSync(sample, '许可证号,场馆名称\nYC-1,东溪馆\nYC-2,西岭馆\n');
  const out = join(home, 'drafts');
  const drafted = await datong(
    'schema',
    'draft',
    list,
    '--for',
    'transport',
    '--sample',
    sample,
    '--catalogue',
    '--out',
    out,
  );
  assert.equal(drafted.code, 0, drafted.stderr);
  assert.equal(readFileSync(join(out, 'datong.schema.json'), 'utf8'), documentsSchema());
  const file = join(out, 'permits.yaml');
  const text = readFileSync(file, 'utf8');
  assert.match(text, /^# yaml-language-server: \$schema=datong\.schema\.json\n/);
  assert.match(text, /# 0\.\d\d .+\n +permit_no:\n/, 'a reason above a field');
  assert.match(text, /# 0\.\d\d .+\n +venue:\n +from: 场馆名称\n/, 'and above its source');
  assert.ok(!text.includes('东溪馆'), 'no value of the file');
  const early = await datong('apply', file, '--as', 'operator', '--approve-with', 'security');
  assert.deepEqual([early.code, early.stdout], [1, ''], early.stderr);
  const marked = text.split('\n').flatMap((line, place) => (line.includes('# REVIEW') ? [place + 1] : []));
  for (const line of marked)
    assert.match(early.stderr, new RegExp(`permits\\.yaml:${line} `), 'with its line');
  assert.match(early.stderr, /3 placeholders have not been reviewed; nothing was sent/);
  const lint = await datong('schema', 'lint', file);
  assert.equal(lint.code, 0, lint.stderr);
  const reviewed = text.replace(/^ *# REVIEW.*\n/gm, '');
  writeFileSync(file, reviewed.replace('type: conditional', 'type: conditional\n  conditions: 法定职责所需'));
  // the entry is as it was drafted: nothing of it registers before it is completed
  const unfilled = await datong('apply', file, '--as', 'operator', '--approve-with', 'security');
  assert.equal(unfilled.code, 1);
  assert.equal(
    unfilled.stdout,
    'not sent  Schema urn:datong:permits:1.0\nnot sent  Dataset transport.permits\nnot sent  Mapping transport/permits@1\nrefused  CatalogueEntry transport.permits\n',
  );
  const filled = { abstract: '场馆许可', category: '1/2', manner: 'table', openness: 'closed' };
  const more = {
    sourceSystem: '许可系统',
    updateFrequency: 'monthly',
    office: '审批处',
    contact: '0000-1',
    dataClass: 'general',
  };
  const [head = '', entry = ''] = readFileSync(file, 'utf8').split('kind: CatalogueEntry');
  const mended = Object.entries({ ...filled, ...more }).reduce(
    (all, [member, value]) => all.replace(`${member}: ""`, `${member}: ${value}`),
    entry
      .replace('zh: ""', 'zh: 场馆许可')
      .replace('en: ""', 'en: permits')
      .replace('conditions: ""', 'conditions: 法定职责'),
  );
  assert.match(entry, /# .*1\/12\/3\ncategory: ""\n/, 'what may stand there');
  writeFileSync(file, `${head}kind: CatalogueEntry${mended}`);
  const applied = await datong('apply', file, '--as', 'operator', '--approve-with', 'security');
  assert.match(applied.stdout, /^registered {2}CatalogueEntry transport\.permits/m, applied.stderr);
  assert.equal((await datong('schema', 'draft', list, '--catalogue', '--out', out)).code, 2);
  assert.equal((await datong('schema', 'draft', list, '--sample', sample, '--out', out)).code, 2);
});

test('the JSON Schema of documents is printed, and served to any caller', async () => {
  assert.equal((await datong('documents')).stdout, documentsSchema());
  const served = await request(origin('open')).get('/.well-known/datong-documents').ca(hub.ca).buffer(true);
  assert.equal(served.status, 200);
  assert.match(String(served.headers['content-type']), /^application\/schema\+json/);
  const text = served.text as string | undefined;
  assert.equal(text ?? Buffer.from(served.body as Uint8Array).toString('utf8'), documentsSchema());
});

test('apply exits 4 for a file it cannot read, 1 for a token without the scope, 2 for an unknown name', async () => {
  assert.equal((await datong('apply', join(home, 'none.yaml'))).code, 4);
  const file = join(home, 'one.yaml');
  writeFileSync(file, 'kind: Purpose\ncode: some-purpose\ntitle: { zh: 一, en: one }\n');
  const denied = await datong('apply', file, '--as', 'auditor');
  assert.deepEqual([denied.code, denied.stdout], [1, 'refused  Purpose some-purpose\n']);
  assert.match(denied.stderr, /scope_missing/);
  assert.equal((await datong('apply', file, '--as', 'nobody')).code, 2);
});

test('a token is issued, used and revoked; suspending what is not there is refused', async () => {
  const issued = await datong('admin', 'token', 'issue', '--days', '3', '--as', 'operator');
  assert.equal(issued.code, 0, issued.stderr);
  const token = issued.stdout.trim();
  const id = token.split('_')[1] ?? '';
  const file = join(home, 'one.yaml');
  writeFileSync(file, 'kind: Purpose\ncode: steward-purpose\ntitle: { zh: 一, en: one }\n');
  assert.equal((await datong('apply', file, '--demo', '--token', token)).code, 0);
  assert.equal((await datong('admin', 'token', 'revoke', id, '--demo')).code, 0);
  const refused = await datong('apply', file, '--demo', '--token', token);
  assert.deepEqual([refused.code, refused.stdout], [1, 'refused  Purpose steward-purpose\n']);
  assert.match(refused.stderr, /token_revoked/);
  const suspended = await datong('admin', 'suspend', 'agr-none', '--reason', 'a test', '--demo');
  assert.equal(suspended.code, 1);
  assert.match(suspended.stderr, /not_found/);
});

test('no hub is guessed: a demo on the same machine is reached by --as and --demo alone, and no token goes there by itself', async () => {
  const file = join(home, 'guess.yaml');
  writeFileSync(file, 'kind: Purpose\ncode: guessed-purpose\ntitle: { zh: 一, en: one }\n');
  const missing = await datong('apply', file, '--profile', '/nope.json');
  assert.deepEqual([missing.code, missing.stdout], [4, '']);
  const silent = await datong('apply', file);
  assert.deepEqual([silent.code, silent.stdout], [4, '']);
  const real = `dtg_aaaaaaaaaa_${'A'.repeat(43)}`;
  const before = await entryCount();
  for (const args of [
    ['apply', file, '--token', real],
    ['admin', 'suspend', 'agr-x', '--reason', 'test', '--token', real],
    ['audit', 'verify', '--token', real],
    ['inbox', '--token', real],
    ['approve', 'agr-x', '--yes', '--token', real],
  ]) {
    assert.equal((await datong(...args)).code, 4, args.join(' '));
  }
  assert.equal(await entryCount(), before, 'the running hub has not heard of it');
  assert.equal((await datong('apply', file, '--as', 'operator', '--profile', '/nope.json')).code, 2);
  assert.equal((await datong('apply', file, '--as', 'operator', '--token', real)).code, 2);
  assert.equal((await datong('apply', file, '--as', 'operator', '--approve-with', 'nobody')).code, 2);
});

async function entryCount(): Promise<number> {
  const { rows } = await hub.database.app.query<{ n: string }>('SELECT count(*) AS n FROM audit_entry');
  return Number(rows[0]?.n);
}
