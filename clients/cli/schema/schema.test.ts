/** The verb as a person runs it: whole processes, real files, exit codes. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, describe, test } from 'node:test';
import { writeXlsx } from 'hucre/xlsx';
import { Problem } from '../../../terms/problem.ts';
import { number, text, workbookFile } from '../../../adapters/xlsx/fixtures/workbookFile.ts';
import { workbookTables } from '../../../adapters/newDataset/readTables.ts';

const folder = mkdtempSync(join(tmpdir(), 'datong-schema-'));
after(() => {
  rmSync(folder, { recursive: true });
});
const bin = resolve(import.meta.dirname, '../../../bin/datong.mjs');

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, '--lang', 'en', 'schema', ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.doesNotMatch(stderr, /^\s+at .*:\d+:\d+/m, 'no stack');
  return { status, stdout, stderr };
}

function file(name: string, content: string | Uint8Array | object): string {
  const path = join(folder, name);
  writeFileSync(
    path,
    typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content),
  );
  return path;
}

const shared = (name: string): Record<string, unknown> =>
  JSON.parse(
    readFileSync(resolve(import.meta.dirname, `../../../schemas/shared/${name}.json`), 'utf8'),
  ) as Record<string, unknown>;

describe('datong schema', () => {
  test('lint: 0 and silence on stdout, 1 and findings, the shape of --json', () => {
    const good = file('household.json', shared('household'));
    assert.deepEqual([run('lint', good).status, run('lint', good).stdout], [0, '']);
    const bad = run(
      'lint',
      file('bad.json', { ...shared('household'), additionalProperties: true }),
      '--json',
    );
    assert.equal(bad.status, 1);
    const { ok, findings } = JSON.parse(bad.stdout) as {
      ok: boolean;
      findings: { code: string; path: string; message: { zh: string; en: string } }[];
    };
    assert.equal(ok, false);
    assert.deepEqual([findings[0]?.code, findings[0]?.path], ['object_open', '/']);
    assert.ok(findings[0]?.message.zh !== '' && findings[0]?.message.en !== '');
  });

  test('diff: verdict, changes, witness; profile unless --no-lint; several versions', () => {
    const old = shared('household');
    const v10 = file('1.0.json', old);
    const { income: _removed, ...properties } = old['properties'] as Record<string, unknown>;
    const v11 = file('1.1.json', {
      ...old,
      $id: 'urn:datong:household:1.1',
      properties,
      required: (old['required'] as string[]).filter((name) => name !== 'income'),
    });
    const refused = run('diff', v10, v11, '--json');
    assert.equal(refused.status, 1);
    const answer = JSON.parse(refused.stdout) as {
      compatible: boolean;
      mode: string;
      changes: { code: string; backward: boolean }[];
      witness: { income: unknown };
    };
    assert.deepEqual([answer.compatible, answer.mode], [false, 'BACKWARD']);
    assert.ok(answer.changes.some(({ code, backward }) => code === 'property_removed' && !backward));
    assert.ok('income' in answer.witness);
    assert.equal(run('diff', v10, v10, '--mode', 'FULL').status, 0);
    const readable = run('diff', v10, v11);
    assert.match(readable.stdout, /not compatible[\s\S]*income[\s\S]*counter-example/);
    const plain = file('plain.json', { type: 'object', properties: { a: { type: 'string' } } });
    assert.equal(run('diff', plain, plain).status, 1);
    assert.equal(run('diff', plain, plain, '--no-lint').status, 0);
    assert.equal(run('diff', v10, v11, v10, '--json').status, 1);
    assert.equal(run('diff', v10).status, 2);
    assert.equal(run('diff', v10, v11, '--mode', 'SIDEWAYS').status, 2);
  });

  test('diff --batch: one answer a line, errors answered too', () => {
    const lines = [
      { id: 'a', old: { type: 'integer' }, new: { type: 'number' }, mode: 'BACKWARD' },
      { id: 'b', old: { type: 'integer' }, new: { type: 'number' }, mode: 'FORWARD' },
      { id: 'c', old: { $ref: '#' }, new: {} },
      { id: 'd', old: {}, new: {}, mode: 'SIDEWAYS' },
      { id: 'e' },
    ].map((one) => JSON.stringify(one));
    const { status, stdout } = run(
      'diff',
      '--batch',
      file('pairs.ndjson', [...lines, '{"id":', '{"id":"g","old":{},"old":{},"new":{}}'].join('\n')),
    );
    assert.equal(status, 1);
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: unknown; compatible: boolean; error?: { code: string } });
    assert.deepEqual(
      answers.map(({ id, compatible, error }) => [id, compatible, error?.code]),
      [
        ['a', true, undefined],
        ['b', false, undefined],
        ['c', false, 'ref_cycle'],
        ['d', false, 'mode_unknown'],
        ['e', false, 'line_malformed'],
        [6, false, 'not_json'],
        [7, false, 'name_doubled'],
      ],
    );
  });

  test('sample, then validate: what is made is valid, what is broken is reported without its value', () => {
    const rows = run('sample', 'household@1', '--count', '40', '--seed', '9');
    assert.equal(rows.status, 0);
    assert.equal(rows.stdout, run('sample', 'household@1', '--count', '40', '--seed', '9').stdout);
    assert.equal(run('validate', 'household@1', file('rows.ndjson', rows.stdout)).status, 0);
    const canary = '王小明19900101';
    const broken = file(
      'broken.ndjson',
      `${rows.stdout}${JSON.stringify({ [canary]: canary, person_id: canary })}\n{"a":1,"a":2}\nnot json\n`,
    );
    const reported = run(
      'validate',
      'household@1',
      broken,
      '--json',
      '--problems',
      join(folder, 'problems.ndjson'),
    );
    assert.equal(reported.status, 1);
    assert.doesNotMatch(
      reported.stdout + reported.stderr + readFileSync(join(folder, 'problems.ndjson'), 'utf8'),
      /王小明|19900101/,
    );
    const result = JSON.parse(reported.stdout) as {
      ok: boolean;
      records: number;
      bad: number;
      findings: { code: string; line: number }[];
    };
    assert.deepEqual([result.ok, result.records, result.bad], [false, 43, 3]);
    assert.ok(result.findings.some(({ code, line }) => code === 'name_doubled' && line === 42));
    assert.equal(run('validate', 'household@1', file('empty.ndjson', '')).status, 1);
  });

  test('types and draft', () => {
    assert.match(run('types', 'person@1').stdout, /export interface PersonRecord[\s\S]*公民身份号码/);
    const sql = file('t.sql', "CREATE TABLE t_x (sfzh varchar(18) primary key COMMENT '身份证号');");
    const list = file(
      'list.csv',
      '字段名,中文名称,类型,长度\ngh,公民身份号码,varchar,18\nxm,姓名,varchar,20\n',
    );
    const { status, stdout, stderr } = run('draft', sql, list, '--json', '--out', join(folder, 'drafts'));
    assert.equal(status, 0);
    const { drafts } = JSON.parse(stdout) as {
      drafts: { table: string; fields: { confidence: number }[] }[];
    };
    assert.deepEqual(
      drafts.map(({ table }) => table),
      ['t_x', 'list'],
    );
    assert.match(stderr, /sfzh/);
    assert.equal(run('lint', join(folder, 'drafts', 'list.json')).status, 0);
  });

  test('draft of workbooks: column lists and samples, one draft a sheet, none lost', async () => {
    const heading = ['字段名', '类型', '长度', '说明', '是否必填'];
    const list = {
      name: '人口',
      rows: [
        ['人口基本信息'],
        heading,
        ['SFZH', '字符', 18, '公民身份号码', '是'],
        ['CSRQ', '日期', null, '出生日期', '否'],
      ],
    };
    const day = new Date(Date.UTC(2024, 1, 29));
    const sample = {
      name: '样例',
      rows: [['观测日', '数值'], ...Array.from({ length: 6 }, () => [day, 3.5])],
    };
    const one = Buffer.from(await writeXlsx({ sheets: [list] }));
    assert.deepEqual(await workbookTables('renkou', one), [
      {
        name: 'renkou',
        source: 'column list',
        columns: [
          { name: 'SFZH', title: '公民身份号码', type: '字符', length: 18, required: true, samples: [] },
          { name: 'CSRQ', title: '出生日期', type: '日期', samples: [] },
        ],
      },
    ]);
    const three = Buffer.from(await writeXlsx({ sheets: [list, { name: '空', rows: [] }, sample] }));
    const out = join(folder, 'sheets');
    const { status, stdout } = run('draft', file('清单.xlsx', three), '--json', '--out', out);
    assert.equal(status, 0);
    const { drafts } = JSON.parse(stdout) as {
      drafts: {
        table: string;
        schema: { $id: string; required: string[]; properties: Record<string, object> };
      }[];
    };
    assert.deepEqual(
      drafts.map(({ table, schema: { $id, required } }) => [table, $id, required]),
      [
        ['人口', 'urn:datong:population:1.0', ['SFZH']],
        ['样例', 'urn:datong:yangli:1.0', ['guanceri', 'shuzhi']],
      ],
    );
    assert.match(JSON.stringify(drafts[0]?.schema.properties['SFZH']), /"format":"cn-resident-id"/);
    assert.match(JSON.stringify(drafts[1]?.schema.properties['guanceri']), /"format":"date"/);
    assert.deepEqual(readdirSync(out).sort(), ['人口.json', '样例.json'].sort());
  });

  test('draft of a workbook as its sheet shows it: merged headers, padded numbers, identifiers', async () => {
    const rows = [
      text('社区') + text('户主') + '<c r="D1" t="str"><v>编号</v></c>',
      '<c r="B2" t="str"><v>姓名</v></c><c r="C2" t="str"><v>座机</v></c>',
      number('1') + number('2') + number('3') + number('4'),
      ...[5, 6, 7, 8].map(
        (i) =>
          `${i % 2 === 1 ? `<c r="A${i - 1}" t="str"><v>区</v></c>` : ''}<c r="B${i - 1}" t="str"><v>甲</v></c><c r="C${i - 1}"><v>8765432${i}</v></c><c r="D${i - 1}" s="2"><v>${i}</v></c>`,
      ),
    ];
    const merged = ['A1:A2', 'B1:C1', 'D1:D2', 'A4:A5', 'A6:A7'];
    const book = workbookFile([{ name: 'S', rows, merged }], false, ['00000']);
    const [table] = await workbookTables('book', book);
    assert.deepEqual(
      table?.columns.map(({ name, samples }) => [name, samples[1]]),
      [
        ['社区', '区'],
        ['户主/姓名', '甲'],
        ['户主/座机', '87654326'],
        ['编号', '00006'],
      ],
    );
    assert.match(JSON.stringify(table.doubts), /lines 1, 2/);
    const { status, stdout } = run('draft', file('book.xlsx', book), '--json');
    assert.equal(status, 0);
    const { drafts } = JSON.parse(stdout) as {
      drafts: { schema: { properties: Record<string, { type: string }> } }[];
    };
    assert.equal(drafts[0]?.schema.properties['ref_no']?.type, 'string');
  });

  test('draft of identifiers in a sample: texts, though every value is a number', () => {
    const sample =
      '序号,电话,长号,零号,邮编,科学,数量\n' +
      '1,87654321,110101199001,00123,430000,4.40106E+17,12\n2,87654322,110101199002,10456,430001,4.40107E+17,13\n';
    const { stdout } = run('draft', file('ids.csv', sample), '--json');
    const { drafts } = JSON.parse(stdout) as {
      drafts: { schema: { properties: Record<string, { type: string }> } }[];
    };
    const types = Object.entries(drafts[0]?.schema.properties ?? {}).map(([name, { type }]) => [name, type]);
    assert.deepEqual(Object.fromEntries(types), {
      serial_no: 'integer',
      phone: 'string',
      chang_no: 'string',
      ling_no: 'string',
      postcode: 'string',
      kexue: 'string',
      quantity: 'integer',
    });
  });

  test('draft of CSV as a spreadsheet saves it: marks, unseen characters, titles and two header rows', () => {
    const sample =
      '人员登记表,,,,\n编号,户籍信息,,联系方式,\n,姓名,证件号,电话,固话\n' +
      [1, 2, 3]
        .map((i) => `="00${i}",张\u200b三,'11010119900101123${i},1380013800${i},8888123${i}\n`)
        .join('');
    const { stdout, stderr } = run('draft', file('marked.csv', sample), '--json');
    const { drafts } = JSON.parse(stdout) as {
      drafts: { schema: { properties: Record<string, { title: string; type: string }> } }[];
    };
    const fields = Object.values(drafts[0]?.schema.properties ?? {}).map(({ title, type }) => [title, type]);
    assert.deepEqual(fields, [
      ['编号', 'string'],
      ['户籍信息/姓名', 'string'],
      ['户籍信息/证件号', 'string'],
      ['联系方式/电话', 'string'],
      ['联系方式/固话', 'string'],
    ]);
    assert.match(stderr, /spreadsheet\.mark .*6/);
    assert.match(stderr, /text\.invisible .*3/);
    assert.match(stderr, /2, 3/);
  });

  test('draft --out names files after their tables and replaces none without --force', () => {
    const sql =
      'create table 居民 (a int); create table "居民/x" (a int); create table con (a int); create table `..` (a int);';
    const out = join(folder, 'chinese');
    assert.equal(run('draft', file('居民.sql', sql.replaceAll('"', '`')), '--out', out).status, 0);
    const files = readdirSync(out);
    assert.deepEqual(files.sort(), ['居民.json', '居民-x.json', 'table-con.json', 'table.json'].sort());
    const before = readFileSync(join(out, '居民.json'), 'utf8');
    const other = file('other.sql', 'create table 新表 (b int); create table 居民 (b int);');
    const refused = run('draft', other, '--out', out);
    assert.equal(refused.status, 4);
    assert.match(refused.stderr, /居民\.json[\s\S]*--force/);
    assert.deepEqual([readFileSync(join(out, '居民.json'), 'utf8'), readdirSync(out).length], [before, 4]);
    assert.equal(run('draft', other, '--out', out, '--force').status, 0);
    assert.notEqual(readFileSync(join(out, '居民.json'), 'utf8'), before);
  });

  test('draft of what is no table, list or sample is refused with a sentence', () => {
    const refused = (name: string, content: string | Uint8Array, words: RegExp): void => {
      const { status, stdout, stderr } = run('draft', file(name, content));
      assert.deepEqual([status, stdout], [1, ''], name);
      assert.match(stderr, words, name);
    };
    refused('query.sql', '-- all\nselect 1', /no table and no columns/);
    refused('query.csv', 'select a, b from t\nwhere x = 1', /no table and no columns/);
    refused('page.xls', '<html><table></table></html>', /no table and no columns/);
    refused('sentence.txt', 'only one sentence', /no table and no columns/);
    refused('like.sql', 'create table a (like b)', /no columns of table a/);
    refused('old.xls', Buffer.from('d0cf11e0a1b11ae10000', 'hex'), /\.xls[\s\S]*\.xlsx/);
    refused('utf16.csv', Buffer.from('\ufeff姓名,年龄', 'utf16le'), /UTF-16/);
  });

  test('draft of a workbook that is none, or is damaged, is refused with a sentence', async () => {
    const whole = Buffer.from(await writeXlsx({ sheets: [{ name: 'a', rows: [['字段名', '类型']] }] }));
    const isDamaged = (error: unknown): boolean => error instanceof Problem && error.code === 'xlsx_damaged';
    await assert.rejects(workbookTables('cut', whole.subarray(0, whole.length - 40)), isDamaged);
    const renamed = Buffer.from(
      whole.toString('latin1').replaceAll('xl/workbook.xml', 'xl/worxbook.xml'),
      'latin1',
    );
    await assert.rejects(workbookTables('renamed', renamed), isDamaged);
  });

  test('bad input ends with a sentence and 1, 2 or 4', () => {
    const large = file('large.json', `{"a":"${'x'.repeat(50 * 1024 * 1024)}"}`);
    const sentence = (...args: string[]): number | null => {
      const { status, stdout, stderr } = run(...args);
      assert.ok((stdout + stderr).trim().length > 10, args.join(' '));
      assert.ok(stderr.length < 4000);
      return status;
    };
    assert.equal(sentence('lint', large), 1);
    assert.equal(sentence('diff', large, large), 1);
    assert.equal(sentence('validate', 'household@1', large), 1);
    assert.equal(sentence('draft', large), 1);
    assert.equal(sentence('lint', file('bytes.json', new Uint8Array([0x7b, 0xff, 0x7d]))), 1);
    assert.equal(sentence('lint', file('doubled.json', '{"type":"object","type":"array"}')), 1);
    assert.equal(sentence('lint', file('cut.json', '{"type":')), 1);
    assert.equal(
      sentence(
        'diff',
        file('bomb.json', `${'{"items":'.repeat(5000)}{}${'}'.repeat(5000)}`),
        large,
        '--no-lint',
      ),
      1,
    );
    assert.equal(sentence('lint', file('deep.json', `${'{"items":'.repeat(120)}{}${'}'.repeat(120)}`)), 1);
    const cycle = file('cycle.json', { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } });
    assert.equal(sentence('lint', cycle), 1);
    assert.equal(sentence('diff', cycle, cycle.replace('cycle', 'doubled'), '--no-lint'), 1);
    assert.equal(
      sentence(
        'lint',
        file('pattern.json', {
          ...shared('household'),
          properties: { a: { type: 'string', maxLength: 60, pattern: '^(a+)+$' } },
        }),
      ),
      1,
    );
    assert.equal(sentence('types', file('array.json', '[]')), 1);
    assert.equal(sentence('draft', file('nothing.csv', '')), 1);
    assert.equal(sentence('lint', join(folder, 'no-such-file.json')), 4);
    assert.equal(sentence('sample', 'household@1', '--count', 'many'), 2);
    assert.equal(sentence('types', 'nothing@1'), 4);
  });
});

test('names and texts of a file cannot steer the terminal', () => {
  const hostile = { ...shared('household'), title: 'x', '\u001b[2K\u202ekeyword': 1 };
  const { stdout, stderr } = run('lint', file('hostile.json', hostile));
  assert.match(stdout, /keyword_not_allowed .*\\u001b\[2K\\u202ekeyword/);
  assert.doesNotMatch(stdout + stderr, /[\u001b\u202e]/);
});
