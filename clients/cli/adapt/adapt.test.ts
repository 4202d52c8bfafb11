import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { schemaOf } from '../../../adapters/fixtures/schemaOf.ts';
import { text, workbookFile } from '../../../adapters/xlsx/fixtures/workbookFile.ts';
import { sharedSchema } from '../../../machine/shippedSchemas.ts';
import { encodeGb18030 } from '../../../terms/gb18030.ts';
import { householdFile } from '../demo/files/householdFile.ts';

const bin = resolve(import.meta.dirname, '../../../bin/datong.mjs');
const folder = mkdtempSync(join(tmpdir(), 'datong-adapt-'));
after(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly exit: number | null;
  readonly out: string;
  readonly talk: string;
}

/** Runs the command line as a person does. @param rows where standard output goes, other than to the caller */
function datong(words: readonly string[], input?: Uint8Array, rows: number | 'pipe' = 'pipe'): Promise<Ran> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [bin, ...words], {
      env: { ...process.env, LANG: 'C' },
      stdio: ['pipe', rows, 'pipe'],
    });
    let out = '';
    let talk = '';
    child.stdout?.on('data', (text: Buffer) => (out += text.toString()));
    child.stderr?.on('data', (text: Buffer) => (talk += text.toString()));
    child.on('close', (exit) => done({ exit, out, talk }));
    child.stdin?.end(input);
  });
}

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

test('records of a GBK file from a pipe; problems in a file; exit 1 where there are any', async () => {
  const problems = join(folder, 'bad.ndjson');
  const bytes = encodeGb18030('编号,姓名\r\n1,张三\r\n2\r\n');
  const ran = await datong(
    [
      'adapt',
      '-',
      '--format',
      'csv',
      '--options',
      file('o.json', '{"encoding":"GBK"}'),
      '--problems',
      problems,
    ],
    bytes,
  );
  assert.equal(ran.out, '{"编号":"1","姓名":"张三"}\n');
  assert.equal(ran.exit, 1);
  assert.match(ran.talk, /2 records = 1 good \+ 1 bad \+ 0 skipped/);
  const [problem] = readFileSync(problems, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual([problem?.['line'], problem?.['rule'], problem?.['got']], [3, 'csv.ragged', '1 cells']);
});

test('a drafted mapping turns a file into rows without a hub', async () => {
  const source = file('household.csv', householdFile(200, 9).bytes);
  const draft = await datong(['map', 'suggest', source, '--schema', 'household@1']);
  assert.equal(draft.exit, 0);
  const mapping = JSON.parse(draft.out) as { fields: Record<string, unknown> };
  const named = file(
    'mapping.json',
    JSON.stringify({ ...mapping, fields: { ...mapping.fields, region_code: { const: '110101' } } }),
  );
  const ran = await datong(['adapt', source, '--mapping', named, '--schema', 'household@1', '--lang', 'zh']);
  assert.match(ran.talk, /共 200 条 = 通过 \d+ \+ 问题 \d+ \+ 跳过 0/);
  assert.equal(
    (JSON.parse(ran.out.split('\n')[0] ?? '') as Record<string, unknown>)['region_code'],
    '110101',
  );
});

test('a mapping is taken from the YAML that registers it, with the schema in the same folder and code lists of its city', async () => {
  const dataset = `kind: Schema
shared: household@1
---
kind: Mapping
dataset: a.household
document:
  mapping: a/region@1
  target: household@1
  source: { format: csv }
  fields:
    person_id: { from: 号码 }
    name: { from: 姓名 }
    sex: { const: '1' }
    birth_date: { const: '1975-01-01' }
    household_no: { const: H00001 }
    relation: { const: 户主 }
    address: { const: 东溪区 }
    region_code: { from: 区划 }
    mobile: { const: null }
    guardian_id: { const: null }
    move_in_date: { const: null }
    income: { const: null }
`;
  const regions = `kind: CodeList
id: a.region
version: '1'
title: { zh: 虚构, en: invented }
supplements: gbt2260
entries:
  - { code: '990101', zh: 东溪区, en: Dongxi }
`;
  const mapping = file('dataset.yaml', dataset);
  const people = file('people.csv', '号码,姓名,区划\n110101199003074610,张三,990101\n');
  const words = ['adapt', people, '--mapping', mapping];
  const known = await datong([...words, '--code-lists', file('regions.yaml', regions)]);
  assert.equal(known.exit, 0, known.talk);
  assert.equal((JSON.parse(known.out) as Record<string, unknown>)['region_code'], '990101');
  file('regions.csv', '代码,名称\n990101,东溪区\n');
  const [head = ''] = regions.split('entries:');
  const listed = await datong([...words, '--code-lists', file('listed.yaml', `${head}file: regions.csv\n`)]);
  assert.deepEqual([listed.exit, listed.out], [0, known.out], listed.talk);
  const empty = await datong([...words, '--code-lists', file('empty.yaml', head)]);
  assert.equal(empty.exit, 4);
  assert.match(empty.talk, /a CodeList needs file or entries/);
  const unknown = await datong(words);
  assert.deepEqual([unknown.exit, unknown.out], [1, ''], 'a hub would not know the code either');
  const twice = file('twice.yaml', `${dataset}---\n${dataset}`);
  assert.equal((await datong(['adapt', people, '--mapping', twice])).exit, 4);
  assert.equal((await datong([...words, '--code-lists', mapping])).exit, 4, 'holds no code list');
  const json = file('alone.json', '{}');
  assert.equal((await datong(['adapt', people, '--mapping', json])).exit, 2, 'JSON needs --schema');
});

test('what is wrong ends with a sentence and the right exit code', async () => {
  assert.equal((await datong(['adapt', join(folder, 'none.csv')])).exit, 4);
  assert.equal((await datong(['adapt', '-'], Buffer.from('a'))).exit, 2);
  const refused = await datong(['adapt', '-', '--format', 'xml'], Buffer.from('<!DOCTYPE a><a/>'));
  assert.deepEqual([refused.exit, refused.out], [1, '']);
  assert.match(refused.talk, /xml_doctype/);
  assert.doesNotMatch(refused.talk, /at .*\.ts:\d+/);
});

test('an option that changes nothing next to the others is refused, with what to do', async () => {
  const people = file('unused.csv', '号码\n1\n');
  const memo = file('unused.dbt', '');
  const problems = join(folder, 'unused.ndjson');
  const cases: readonly (readonly [flag: string, words: readonly string[]])[] = [
    ['--schema', [people, '--schema', 'household@1']],
    ['--code-lists', [people, '--code-lists', file('unused.yaml', '')]],
    ['--memo', [people, '--memo', memo]],
    ['--memo', ['x.dbf', '--memo', memo, '--options', file('no-memo.json', '{"memo":"ignore"}')]],
    ['--problems', [people, '--preview', '--problems', problems]],
    ['--strict', [people, '--preview', '--strict']],
    ['--no-strict', [people, '--preview', '--no-strict']],
  ];
  for (const [flag, words] of cases) {
    const { exit, out, talk } = await datong(['adapt', ...words]);
    assert.deepEqual([exit, out], [2, ''], talk);
    assert.match(talk, new RegExp(`failed: ${flag} has no effect here: .+\nnext: leave ${flag} out`));
  }
});

test('a mapping with a word that has no effect is refused, as on the hub', async () => {
  const words = (v: object): Promise<Ran> => {
    const fields = { person_id: { from: 'a' }, name: v };
    const mapping = { mapping: 'a/b@1', target: 'b@1', source: { format: 'csv' }, fields };
    const names = ['--mapping', file('words.json', JSON.stringify(mapping))];
    const short = { type: 'string', maxLength: 9 };
    const schema = schemaOf('b@1', { person_id: short, name: short });
    const document = file('words.schema.json', JSON.stringify(schema.document));
    return datong(['adapt', file('words.csv', 'a\nx\n'), ...names, '--schema', document]);
  };
  const read = await words({ from: 'a', upper: true });
  assert.deepEqual([read.exit, read.out], [0, '{"person_id":"x","name":"X"}\n'], read.talk);
  const refused = await words({ from: 'a', upper: true, lower: true });
  assert.deepEqual([refused.exit, refused.out], [1, ''], refused.talk);
  assert.match(refused.talk, /\/fields\/name\/upper {2}mapping_unused {2}it has no effect here: lower runs/);
});

test('an option of the reader that changes nothing is refused, with and without a preview', async () => {
  const options = file('idle.json', '{"hidden":true}');
  const words = ['adapt', file('idle.xlsx', ''), '--options', options];
  for (const more of [[], ['--preview']]) {
    const { exit, talk } = await datong([...words, ...more]);
    assert.equal(exit, 1, talk);
    assert.match(talk, /\/hidden {2}option_unused {2}it has no effect here: a hidden sheet/);
  }
});

test('where it cannot write, one sentence names the place', async () => {
  const rows = file('few.csv', 'a,b\n1,2\n');
  const full = openSync('/dev/full', 'w');
  const places: readonly [ran: Ran, pattern: RegExp][] = [
    [
      await datong(['adapt', rows, '--problems', join(folder, 'none', 'problems')]),
      /none\/problems: there is no such/,
    ],
    [await datong(['adapt', rows], undefined, full), /cannot read or write the file: the disk is full/],
  ];
  closeSync(full);
  for (const [{ exit, talk }, pattern] of places) {
    assert.equal(exit, 4, talk);
    assert.match(talk, pattern);
    assert.doesNotMatch(talk, /^\s+at /m);
  }
});

test('a file refused in the middle: totals so far, and what was written is void', async () => {
  const lines = Array.from({ length: 30_000 }, (_, i) => `{"a":${i}}`).join('\n');
  const bytes = Buffer.from(`${lines}\n{"a":"${'x'.repeat(2_000_000)}`);
  const options = file('lines.json', '{"layout":"lines","maxRecordChars":2000}');
  const ran = await datong(['adapt', file('lines.ndjson', bytes), '--options', options]);
  assert.equal(ran.exit, 1);
  const written = ran.out.split('\n').length - 1;
  assert.ok(written > 0);
  assert.match(ran.talk, new RegExp(`${written} records = ${written} good \\+ 0 bad`));
  assert.match(ran.talk, new RegExp(`the ${written} already written are void`));
});

test('a .cpg file next to a table names its code page; a table without one is doubted where its text proves nothing', async () => {
  const header = Buffer.alloc(65);
  header[0] = 3;
  header[4] = 1;
  header[8] = header.length;
  header[10] = 9;
  header.write('NAME', 32);
  header.write('C', 43);
  header[48] = 8;
  header[64] = 13;
  const bytes = Buffer.concat([header, Buffer.from(' '), Buffer.from('c8e2e0edeee22020', 'hex')]);
  const table = file('people.dbf', bytes);
  const doubted = await datong(['adapt', table, '--lang', 'zh']);
  assert.match(doubted.talk, /存疑：整份文件：没有写明编码/);
  assert.equal((await datong(['adapt', table, '--strict'])).exit, 1);
  file('people.cpg', 'ANSI 1251');
  const named = await datong(['adapt', table, '--strict']);
  assert.deepEqual([named.exit, named.out], [0, '{"NAME":"Иванов"}\n']);
});

test('a finding about a whole file has no line 0', async () => {
  const book = workbookFile([
    { name: 'old', hidden: true, rows: [text('h')] },
    { name: 'now', rows: [text('h'), text('1')] },
  ]);
  const ran = await datong(['adapt', file('hidden.xlsx', book), '--lang', 'zh']);
  assert.match(ran.talk, /警告：整份文件：文件中有隐藏的工作表/);
  assert.doesNotMatch(ran.talk, /第 0 行/);
});

test('doubts: reported and counted, or problems where configured', async () => {
  const copybook = '       01 R.\n          05 A PIC X(2).\n';
  const options = { copybook, recordFormat: 'D', encoding: 'ascii' };
  const layout = file('lines-layout.json', JSON.stringify(options));
  const host = file('lines.txt', 'ab\ncde\n');
  const words = ['adapt', host, '--format', 'copybook', '--options', layout];
  const reported = await datong(words);
  assert.deepEqual([reported.exit, reported.out], [0, '{"A":"ab"}\n{"A":"cd"}\n']);
  assert.match(reported.talk, /in doubt: record 2: is longer than the copybook describes/);
  assert.match(reported.talk, /2 records = 2 good \+ 0 bad \+ 0 skipped; 1 of the good ones in doubt/);
  const strict = await datong([...words, '--strict', '--json']);
  assert.deepEqual([strict.exit, strict.out], [1, '{"A":"ab"}\n']);
  assert.match(strict.talk, /"rule":"copybook.long"/);
  assert.match((await datong([...words, '--json'])).talk, /"severity":"doubt"/);
  const schema = file(
    'pair.json',
    JSON.stringify(schemaOf('pair@1', { a: { type: 'string', maxLength: 2 } }).document),
  );
  const mapping = file(
    'pair-mapping.json',
    JSON.stringify({
      mapping: 'test/pair@1',
      target: 'pair@1',
      source: { format: 'copybook', options },
      fields: { a: { from: 'A' } },
    }),
  );
  const mapped = ['adapt', host, '--mapping', mapping, '--schema', schema];
  const refused = await datong(mapped);
  assert.deepEqual([refused.exit, refused.out], [1, '{"a":"ab"}\n'], refused.talk);
  const stored = await datong([...mapped, '--no-strict']);
  assert.deepEqual([stored.exit, stored.out], [0, '{"a":"ab"}\n{"a":"cd"}\n']);
});

test('a place in a file without lines is a record', async () => {
  const options = { encoding: 'ascii', columns: [{ name: 'A', start: 0, length: 2 }], lineEnds: false };
  const layout = file('fixed-layout.json', JSON.stringify({ ...options, recordLength: 2 }));
  const words = ['adapt', file('fixed.txt', 'abc\0'), '--format', 'fixed', '--options', layout];
  const ran = await datong(words);
  assert.match(ran.talk, /record 2, column/);
  assert.match((await datong([...words, '--lang', 'zh'])).talk, /第 2 条第 \d+ 列/);
});

test('a preview shows bytes next to fields and the remainder of the file', async () => {
  const options = file(
    'host.json',
    JSON.stringify({ copybook: '       01 R.\n          05 A PIC X(2).\n          05 N PIC 9(2).\n' }),
  );
  const host = file('host.bin', Buffer.from([0xc1, 0xc2, 0xf0, 0xf7, 0xc3]));
  const { out } = await datong(['adapt', host, '--format', 'copybook', '--options', options, '--preview']);
  assert.match(out, /file of 5 bytes = 1 × 4, remainder 1/);
  assert.match(out, /2 \+2 +N +f0f7 +7/);
  const around = { fileHeaderBytes: 3, fileTrailerBytes: 2 };
  const enclosed = file(
    'enclosed.json',
    JSON.stringify({ copybook: '       01 R.\n          05 A PIC X(4).\n', ...around }),
  );
  const preview = async (bytes: number, ...more: readonly string[]): Promise<string> => {
    const words = ['--format', 'copybook', '--options', enclosed, '--preview', ...more];
    return (await datong(['adapt', file('enclosed.bin', Buffer.alloc(bytes, 0xc1)), ...words])).out;
  };
  // the records between header and trailer, which alone would give one more
  assert.match(await preview(14), /file of 14 bytes = header 3 \+ trailer 2 \+ 2 × 4, remainder 1/);
  assert.match(await preview(4), /file of 4 bytes is smaller than its header of 3 and its trailer of 2/);
  assert.equal((JSON.parse(await preview(14, '--json')) as { remainder: number }).remainder, 1);
  assert.ok(!(await preview(4, '--json')).includes('"remainder"'));
});

test('a schema that does not ship with the product is named', async () => {
  const mapping = file('mapping.json', '{}');
  const ran = await datong([
    'adapt',
    file('some.csv', 'a\n1\n'),
    '--mapping',
    mapping,
    '--schema',
    'nobody@9',
    '--json',
  ]);
  assert.deepEqual([ran.exit, /nobody@9/.test(ran.talk)], [1, true], ran.talk);
  assert.throws(() => sharedSchema('nobody@9'), { code: 'schema_unknown', facts: { name: 'nobody@9' } });
});
