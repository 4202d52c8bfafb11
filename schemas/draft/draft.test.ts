import { shippedSurroundings } from '../../machine/surroundings.ts';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { sharedData } from '../../tests/sharedData.ts';
import { csvRows, decodeChinese } from '../csvText.ts';
import { Random } from '../sample/random.ts';
import { sampleRecords } from '../sample/sampleRecords.ts';
import { sharedSchema } from '../../machine/shippedSchemas.ts';
import { draftSchema, type Draft } from './draftSchema.ts';
import { guessField } from './guessField.ts';
import { readDdl } from './readDdl.ts';
import { readObjects, readRows } from './readRows.ts';
import type { Table } from './table.ts';
import { nonEmpty } from '../../tests/nonEmpty.ts';

const propertiesOf = ({ schema }: Draft): Readonly<Record<string, Readonly<Record<string, unknown>>>> =>
  schema['properties'] as Record<string, Record<string, unknown>>;

function only(tables: readonly Table[]): Table {
  const [table, ...others] = tables;
  assert.ok(table);
  assert.equal(others.length, 0);
  return table;
}

/** The fields of a column list of one table. */
const ofList = (...rows: readonly (readonly string[])[]): ReturnType<typeof propertiesOf> =>
  propertiesOf(draftSchema(only(readRows('list', rows)), shippedSurroundings));

/** The drafts of a script's tables. */
const ofSql = (sql: string): Draft[] => readDdl(sql).map((table) => draftSchema(table, shippedSurroundings));

const ddl: Readonly<Record<string, string>> = {
  postgresql: `
    -- a dump
    CREATE TABLE IF NOT EXISTS public.t_resident (
      "id" bigserial, sfzh varchar(18) NOT NULL, xm character varying(50), csrq date, income numeric(12,2) DEFAULT 0.00, updated timestamptz,
      CONSTRAINT pk PRIMARY KEY (sfzh), CHECK (income >= 0));
    COMMENT ON TABLE public.t_resident IS '居民; 基本信息';
    COMMENT ON COLUMN public.t_resident.sfzh IS '公民身份号码';
    COMMENT ON COLUMN public.t_resident.xm IS '姓名';`,
  mysql: `
    CREATE TABLE \`t_resident\` (
      \`id\` bigint(20) NOT NULL AUTO_INCREMENT, \`sfzh\` varchar(18) NOT NULL COMMENT '公民身份号码', \`xm\` varchar(50) DEFAULT NULL COMMENT '姓名',
      \`csrq\` date, \`income\` decimal(12,2), \`updated\` datetime, PRIMARY KEY (\`sfzh\`), KEY \`k\` (\`xm\`)) ENGINE=InnoDB DEFAULT CHARSET=gbk COMMENT='居民; 基本信息';`,
  oracle: `
    CREATE TABLE HR.T_RESIDENT (ID NUMBER(20) NOT NULL, SFZH VARCHAR2(18 CHAR) NOT NULL, XM NVARCHAR2(50), CSRQ DATE, INCOME NUMBER(12,2), UPDATED TIMESTAMP(6));
    ALTER TABLE HR.T_RESIDENT ADD CONSTRAINT PK_R PRIMARY KEY (SFZH);
    COMMENT ON TABLE HR.T_RESIDENT IS '居民; 基本信息';
    COMMENT ON COLUMN HR.T_RESIDENT.SFZH IS '公民身份号码';
    COMMENT ON COLUMN HR.T_RESIDENT.XM IS '姓名';`,
};

describe('drafts from DDL', () => {
  for (const [dialect, sql] of Object.entries(ddl)) {
    test(dialect, () => {
      const [table, ...others] = readDdl(sql);
      assert.ok(table);
      assert.equal(others.length, 0);
      assert.equal(table.title, '居民; 基本信息');
      const draft = draftSchema(table, shippedSurroundings);
      const fields = propertiesOf(draft);
      assert.equal(draft.schema['$id'], 'urn:datong:resident:1.0');
      assert.deepEqual(draft.schema['x-primary-key'], ['/sfzh']);
      assert.equal(fields['sfzh']?.['format'], 'cn-resident-id');
      assert.equal(fields['sfzh']['x-semantic'], 'cn.resident-id');
      assert.deepEqual(fields['xm']?.['x-title'], { zh: '姓名', en: 'xm' });
      assert.equal(fields['xm']['maxLength'], 50);
      assert.equal(fields['csrq']?.['format'], 'date');
      assert.equal(fields['income']?.['format'], 'decimal');
      assert.equal(fields['updated']?.['format'], 'date-time');
      assert.deepEqual(draft.findings, []);
      assert.ok(
        nonEmpty(draft.fields).every(
          ({ confidence, reasons }) => confidence > 0 && confidence <= 1 && reasons.length > 0,
        ),
      );
    });
  }

  test('several tables in one text, and text that holds none', () => {
    assert.deepEqual(
      readDdl(
        'create table a (x int); insert into a values (1); create table b (y text, primary key (y));',
      ).map(({ name }) => name),
      ['a', 'b'],
    );
    assert.deepEqual(readDdl('select 1; create view v as select 2; create table ('), []);
  });
});

describe('drafts from column lists', () => {
  test('a data dictionary with a title line above its header', () => {
    const rows = [
      ['企业基本信息', '', '', '', ''],
      ['序号', '字段名', '中文名称', '数据类型', '长度', '是否必填', '主键'],
      ['1', 'TYSHXYDM', '统一社会信用代码', 'VARCHAR2(18)', '', '是', '是'],
      ['2', 'ZCZB', '注册资本', 'NUMBER(16,2)', '', '否', ''],
      ['3', 'XZQH', '行政区划代码', 'CHAR', '6', '是', ''],
    ];
    const draft = draftSchema(only(readRows('qyxx', rows)), shippedSurroundings);
    const fields = propertiesOf(draft);
    assert.equal(draft.source, 'column list');
    assert.deepEqual(draft.schema['x-primary-key'], ['/TYSHXYDM']);
    assert.deepEqual(draft.schema['required'], ['TYSHXYDM', 'XZQH']);
    assert.equal(fields['TYSHXYDM']?.['format'], 'cn-uscc');
    assert.deepEqual(fields['ZCZB']?.['type'], ['string', 'null']);
    assert.equal(fields['ZCZB']['format'], 'decimal');
    assert.deepEqual(fields['XZQH']?.['x-code'], { list: 'urn:datong:code:gbt2260', ever: true });
    assert.deepEqual(draft.findings, []);
  });
});

describe('what a column list says is heeded', () => {
  test('是否为空 = 是 is optional, = 否 required; 非空 and 必填 the other way round', () => {
    for (const [heading, cells] of [
      ['是否为空', ['是', '否']],
      ['Nullable', ['Y', 'N']],
      ['允许空', ['√', '×']],
      ['非空', ['否', '是']],
      ['约束', ['O', 'M']],
    ] as const) {
      const rows = [
        ['字段名', '数据类型', heading],
        ['a', 'varchar(5)', cells[0]],
        ['b', 'varchar(5)', cells[1]],
      ];
      const draft = draftSchema(only(readRows('list', rows)), shippedSurroundings);
      assert.deepEqual(draft.schema['required'], ['b'], heading);
      const fields = propertiesOf(draft);
      assert.deepEqual(
        [fields['a']?.['type'], fields['b']?.['type']],
        [['string', 'null'], 'string'],
        heading,
      );
    }
  });

  test('digits after the point are never lost: 数值型 10,2, NUMBER 5,4, N(8，3), a column of their own', () => {
    const fields = ofList(
      ['字段名', '数据类型', '长度', '小数位'],
      ['a', '数值型', '10,2', ''],
      ['b', 'NUMBER 5,4', '', ''],
      ['c', 'N(8，3)', '', ''],
      ['d', '数值型12.2', '', ''],
      ['e', 'decimal', '9', '1'],
      ['f', 'n..10,2', '', ''],
      ['whole', '数值型', '10', ''],
      ['unknown', '数值型', '', ''],
    );
    for (const [name, length] of Object.entries({ a: 12, b: 7, c: 10, d: 14, e: 11, f: 12, unknown: 40 }))
      assert.deepEqual([fields[name]?.['format'], fields[name]?.['maxLength']], ['decimal', length], name);
    assert.deepEqual(fields['whole']?.['type'], ['integer', 'null']);
  });

  test('是否涉及个人信息, 敏感个人信息 and levels raise the sensitivity and never lower it', () => {
    const fields = ofList(
      ['字段名', '中文名', '类型', '是否涉及个人信息', '敏感个人信息', '敏感级别'],
      ['a', '备用字段', '字符', '是', '', ''],
      ['b', '备用字段', '字符', '否', '是', ''],
      ['c', '备用字段', '字符', '否', '否', '四级'],
      ['d', '身份证号', '字符', '否', '否', 'L1'],
    );
    const marks = Object.values(fields).map((field) => [field['x-sensitivity'], field['x-personal']]);
    assert.deepEqual(marks, [
      ['L3', 'personal'],
      ['L3', 'sensitive'],
      ['L4', 'none'],
      ['L3', 'personal'],
    ]);
  });

  test('several tables in one list: by a column of names, and by headers one below the other', () => {
    const head = ['表名', '字段名', '类型'];
    const byColumn = readRows('x', [head, ['人员', 'a', 'int'], ['房屋', 'b', 'int'], ['人员', 'c', 'int']]);
    assert.deepEqual(
      byColumn.map(({ name, columns }) => [name, columns.map((column) => column.name)]),
      [
        ['人员', ['a', 'c']],
        ['房屋', ['b']],
      ],
    );
    const below = readRows('x', [
      ['字段名', '类型'],
      ['a', 'int'],
      ['房屋信息表'],
      ['字段名', '类型'],
      ['b', 'int'],
    ]);
    assert.deepEqual(
      below.map(({ name, columns }) => [name, columns.length]),
      [
        ['x', 1],
        ['房屋信息表', 1],
      ],
    );
  });

  test('rows of data with columns called name and type are a sample, not a list', () => {
    const table = only(
      readRows('x', [
        ['name', 'type'],
        ['王小明', '户主'],
        ['李小红', '配偶'],
      ]),
    );
    assert.equal(table.source, 'sample');
    assert.doesNotMatch(JSON.stringify(draftSchema(table, shippedSurroundings)), /王小明|户主/);
  });

  test('both a name in English and one in Chinese are retained, and a row without a name is reported', () => {
    const rows = [
      ['字段名称', '字段英文名', '类型', '备注'],
      ['姓名', 'xm', '字符', ''],
      ['', '', '字符', '??'],
      ['性别', 'xbdm', '字符', '1-男，2-女'],
    ];
    const table = only(readRows('x', rows));
    assert.deepEqual(
      table.columns.map(({ name, title, codes }) => [name, title, codes?.length]),
      [
        ['xm', '姓名', undefined],
        ['xbdm', '性别', 2],
      ],
    );
    assert.equal(table.doubts?.length, 1);
  });
});

describe('the name decides the sensitivity, values only confirm', () => {
  const numbers = sampleRecords(sharedSchema('household@1'), shippedSurroundings, { seed: 8, count: 40 });
  const ids = numbers.map((one) => String(one['person_id']));
  const guess = (name: string, samples: readonly string[]): Readonly<Record<string, unknown>> =>
    guessField({ name, samples }, shippedSurroundings.codeLists).schema;
  const broken = (id: string): string => `${id.slice(0, 17)}${id.endsWith('1') ? '2' : '1'}`;

  test('every name of the list, without any value', () => {
    const expected: Readonly<Record<string, readonly [level: string, personal: string]>> = {
      身份证号: ['L3', 'personal'],
      银行卡号: ['L3', 'sensitive'],
      性别: ['L1', 'personal'],
      出生日期: ['L2', 'personal'],
      人员姓名: ['L2', 'personal'],
      监护人姓名: ['L3', 'personal'],
      权利人: ['L2', 'personal'],
      残疾等级: ['L4', 'sensitive'],
      特病种: ['L4', 'sensitive'],
      残疾证号: ['L4', 'sensitive'],
      居住证编号: ['L3', 'personal'],
      学籍号: ['L3', 'personal'],
      驾驶证号: ['L3', 'personal'],
      社会保障号码: ['L3', 'personal'],
      birthDate: ['L2', 'personal'],
      csrq: ['L2', 'personal'],
      bank_account: ['L3', 'sensitive'],
      注册资本: ['L2', 'none'],
      page: ['L2', 'none'],
    };
    for (const [name, mark] of Object.entries(expected)) {
      const schema = guess(name, []);
      assert.deepEqual([schema['x-sensitivity'], schema['x-personal']], mark, name);
    }
  });

  test('an identity number with a quarter of wrong check digits remains one; another column retains only the level', () => {
    const quarter = guess(
      '身份证号',
      ids.map((id, i) => (i % 4 === 0 ? broken(id) : id)),
    );
    assert.deepEqual([quarter['format'], quarter['x-sensitivity']], ['cn-resident-id', 'L3']);
    const none = guess('身份证号', ids.map(broken));
    assert.deepEqual(
      [none['format'], none['x-semantic'], none['x-sensitivity']],
      [undefined, undefined, 'L3'],
    );
    const cards = guess(
      '银行卡号',
      Array.from({ length: 20 }, (_, i) => `622202000000000000${i % 10}`),
    );
    assert.deepEqual([cards['x-sensitivity'], cards['x-personal']], ['L3', 'sensitive']);
    const sex = guess(
      '性别',
      Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? '男' : '女')),
    );
    assert.deepEqual([sex['x-code'], sex['x-sensitivity'], sex['x-personal']], [undefined, 'L1', 'personal']);
  });

  test('numbers that hold an identity number are as sensitive as it', () => {
    const pupils = guess(
      '编号',
      ids.map((id) => `G${id}`),
    );
    assert.deepEqual([pupils['x-sensitivity'], pupils['x-personal']], ['L3', 'personal']);
  });
});

describe('the subject key is proposed', () => {
  const subjectOf = (columns: string): readonly string[] =>
    ofSql(`create table t (${columns})`).flatMap((draft) =>
      Object.entries(propertiesOf(draft)).flatMap(([name, field]) =>
        field['x-subject-key'] === undefined ? [] : [`${name} ${JSON.stringify(field['x-subject-key'])}`],
      ),
    );

  test("a person's own number, not the guardian's; an organisation where its code is the key", () => {
    assert.deepEqual(subjectOf('jhr_sfzh varchar(18), xm varchar(20), sfzh varchar(18)'), ['sfzh "person"']);
    assert.deepEqual(subjectOf('tyshxydm varchar(18) primary key, sfzh varchar(18)'), [
      'tyshxydm "organization"',
    ]);
    assert.deepEqual(subjectOf('fr_sfzh varchar(18), tyshxydm varchar(18)'), ['tyshxydm "organization"']);
    assert.deepEqual(subjectOf('a int, b int'), []);
  });
});

describe('no column vanishes', () => {
  const names = (sql: string): readonly string[][] =>
    readDdl(sql).map(({ columns }) => columns.map(({ name }) => name));

  test('MySQL: a quotation mark after a backslash, texts in double quotes, # as comment', () => {
    const [table] = readDdl(
      "create table `t` (`a` int COMMENT 'it\\'s, (one', # note, with )\n `b` int comment \"x''y\", `c` int)",
    );
    assert.deepEqual(
      table?.columns.map(({ name, title }) => [name, title]),
      [
        ['a', "it's, (one"],
        ['b', "x''y"],
        ['c', undefined],
      ],
    );
    // in standard SQL a backslash is a sign like others
    assert.deepEqual(names("create table t (a text default 'C:\\', b int)"), [['a', 'b']]);
  });

  test('Oracle and SQL Server: statements that end with / or GO, or not at all', () => {
    assert.deepEqual(names('create table a (x int)\n/\ncreate table b (y int)\n/'), [['x'], ['y']]);
    assert.deepEqual(names('create table [a] ([x] [int])\nGO\ncreate table [b] ([y] [int])\nGO'), [
      ['x'],
      ['y'],
    ]);
    assert.deepEqual(names('create table a (x int) create table b (y int)'), [['x'], ['y']]);
    assert.deepEqual(names('create table a (x number(5)/2, col# int)'), [['x', 'col#']]);
  });

  test('columns that are called as constraints are, and tables of one name in two schemas', () => {
    assert.deepEqual(names('create table a (key varchar(5), index int, primary key (key))'), [
      ['key', 'index'],
    ]);
    assert.deepEqual(
      readDdl(
        'create table a.t (x int); create table "b"."t" (y int); comment on column b.t.y is \'乙\'',
      ).map(({ name, columns }) => [name, columns[0]?.title]),
      [
        ['a.t', undefined],
        ['b.t', '乙'],
      ],
    );
  });

  test('an unreadable part is reported', () => {
    for (const sql of [
      "create table t (a int, b text default 'open, c int)",
      'create table t (a int, b (c int',
      'create table t (like other)',
      'create table t as select 1',
    ])
      assert.equal(readDdl(sql)[0]?.doubts?.length, 1, sql);
  });
});

describe('declared types', () => {
  test('long texts, binary, json, arrays and uuid have bounds that hold what they hold', () => {
    const [draft] = ofSql(
      'create table t (a text, b clob, c blob, d json, e varchar(20)[], f uuid, g integer[], h varchar, i nvarchar(max), ' +
        'j long raw, k year, l time, m int8, n geometry, o bit(8))',
    );
    assert.ok(draft);
    const fields = propertiesOf(draft);
    const least = (name: string): number => Number(fields[name]?.['maxLength']);
    for (const name of ['a', 'b', 'c', 'd', 'j']) assert.ok(least(name) >= 65_535, name);
    for (const name of ['h', 'i', 'n']) assert.ok(least(name) >= 4000, name);
    assert.equal(fields['f']?.['format'], 'uuid');
    assert.deepEqual(fields['e']?.['items'], { type: 'string', maxLength: 20 });
    assert.deepEqual(fields['g']?.['items'], { type: 'integer' });
    assert.deepEqual([fields['k']?.['type'], fields['m']?.['format']], [['integer', 'null'], 'decimal']);
    assert.deepEqual(draft.findings, []);
  });

  test("MySQL's enum and set", () => {
    const [draft] = ofSql(
      "create table `t` (`a` enum('x','it''s') not null, `b` enum('1','2'), `c` set('p','qq'))",
    );
    assert.ok(draft);
    const fields = propertiesOf(draft);
    assert.deepEqual(fields['a']?.['enum'], ['x', "it's"]);
    assert.deepEqual(fields['b']?.['enum'], ['1', '2', null]);
    assert.equal(fields['c']?.['maxLength'], 4);
    assert.deepEqual(draft.findings, []);
  });

  test('code lists in comments become values with their names; other numbers in comments do not', () => {
    const [draft] = ofSql(`create table \`t\` (
      \`a\` char(1) comment '状态 1：男，2：女', \`b\` tinyint not null comment '是否有效(0-否;1-是)', \`c\` varchar(9) comment '等级:A、甲 B、乙',
      \`d\` varchar(18) comment '证照(18位或15位)', \`e\` int comment '保留2位小数，1元起', \`f\` char(1) comment '类型（1男 2女）',
      \`g\` varchar(30) comment '依据 GB/T 2260-2007 和 GB 11643')`);
    assert.ok(draft);
    const fields = propertiesOf(draft);
    assert.deepEqual([fields['a']?.['title'], fields['a']?.['enum']], ['状态', ['1', '2', null]]);
    assert.equal(fields['a']?.['description'], '1 男；2 女');
    assert.deepEqual(fields['b']?.['enum'], [0, 1]);
    assert.deepEqual(fields['c']?.['enum'], ['A', 'B', null]);
    assert.deepEqual(fields['f']?.['enum'], ['1', '2', null]);
    for (const name of ['d', 'e', 'g']) assert.equal(fields[name]?.['enum'], undefined, name);
    assert.deepEqual(draft.findings, []);
  });
});

describe('drafts from samples', () => {
  test('semantic tags from values whose names say nothing; no value is written down', () => {
    const people = sampleRecords(sharedSchema('household@1'), shippedSurroundings, { seed: 4, count: 60 });
    const draft = draftSchema(
      readObjects(
        'table1',
        people.map((one) => ({
          c1: one['person_id'],
          c2: one['birth_date'],
          c3: one['relation'],
          c4: one['name'],
          c5: one['mobile'],
        })),
      ),
      shippedSurroundings,
    );
    const fields = propertiesOf(draft);
    assert.equal(fields['c1']?.['x-semantic'], 'cn.resident-id');
    assert.equal(fields['c2']?.['format'], 'date');
    assert.equal(fields['c3']?.['type'], 'string');
    assert.equal(fields['c4']?.['type'], 'string');
    assert.deepEqual(draft.findings, []);
    const text = JSON.stringify(draft);
    for (const person of people)
      for (const name of ['person_id', 'birth_date', 'relation', 'name', 'mobile'])
        assert.ok(typeof person[name] !== 'string' || !text.includes(person[name]), name);
  });

  test('odd headers become names that the profile takes', () => {
    const random = new Random(2);
    const rows = [
      ['', '__proto__', 'constructor', '1', 'PM2.5', 'PM2.5', ' 姓 名 '],
      ...Array.from({ length: 20 }, () => ['x', 'y', 'z', '1', random.digits(2), '3.5', '张三']),
    ];
    const draft = draftSchema(only(readRows('odd', rows)), shippedSurroundings);
    assert.deepEqual(draft.findings, []);
    assert.equal(draft.fields.length, 7);
    assert.equal(draft.doubts.length, 1);
  });

  test('few amounts and few names are still values', () => {
    const rows = [
      ['amount', 'official'],
      ...Array.from({ length: 40 }, (_, i) => [i === 7 ? '1x0' : '100.50', '王大明']),
    ];
    const text = JSON.stringify(draftSchema(only(readRows('x', rows)), shippedSurroundings));
    assert.doesNotMatch(text, /王大明|100\.50|1x0/);
  });

  test('without a header the first row is data, and titles above a header are no header', () => {
    const [person] = sampleRecords(sharedSchema('household@1'), shippedSurroundings, { seed: 4, count: 1 });
    const id = String(person?.['person_id']);
    const headless = draftSchema(
      only(
        readRows('x', [
          [id, '王小明'],
          [id, '李小红'],
        ]),
      ),
      shippedSurroundings,
    );
    assert.doesNotMatch(JSON.stringify(headless), /王小明|李小红/);
    assert.deepEqual(
      [headless.fields.map(({ field }) => field), headless.doubts.length],
      [['field_1', 'field_2'], 1],
    );
    const titled = draftSchema(
      only(readRows('x', [['人口信息表'], ['编码', '数量'], ['a', '1'], ['b', '2', 'c']])),
      shippedSurroundings,
    );
    assert.deepEqual(
      titled.fields.map(({ field }) => field),
      ['code', 'quantity', 'field_3'],
    );
    assert.equal(titled.doubts.length, 2);
  });

  test('totals and signatures at the end are no records; a row in the middle, or a number with such a name, is one', () => {
    const table = only(
      readRows('x', [
        ...[
          ['序号', '街道', '金额'],
          ['1', '东溪', '10'],
          ['2', '合计路', '20'],
          ['合计', '西岭', '30'],
        ],
        ...[
          ['4', '北门', '40'],
          ['合  计', '', '100'],
          ['制表人：演示甲', '', ''],
          ['审核：', '', ''],
        ],
      ]),
    );
    assert.deepEqual(
      table.columns.map(({ samples }) => samples.length),
      [4, 4, 4],
    );
    assert.match(JSON.stringify(table.doubts), /the last 3 lines are totals or signatures/);
    assert.doesNotMatch(JSON.stringify(draftSchema(table, shippedSurroundings)), /演示甲/);
    const short = only(
      readRows('x', [
        ['名称', '值'],
        ['a', '1'],
        ['b', '2'],
        ['合计', '3'],
      ]),
    );
    assert.equal(short.columns[0]?.samples.length, 3, 'two records are too few to know');
  });

  test('an empty column of codes is no subject, and sex by names is not reported as fitting by 0 %', () => {
    const draft = draftSchema(
      only(
        readRows('x', [
          ...[
            ['编号', '统一社会信用代码', '性别'],
            ['A1', '', '男'],
            ['A2', '', '女'],
            ['A3', '-', '男'],
          ],
        ]),
      ),
      shippedSurroundings,
    );
    assert.doesNotMatch(JSON.stringify(draft.schema), /x-subject-key/);
    assert.doesNotMatch(JSON.stringify(draft.fields), /\b0 ?%/);
    assert.match(JSON.stringify(draft.fields[2]?.reasons), /not written so: taken as they are/);
  });

  test('nested members and lists of a JSON sample retain their place', () => {
    const draft = draftSchema(
      readObjects('x', [{ a: { b: 1 }, c: ['x', 'y'], d: [1], e: 1.5, f: 3 }]),
      shippedSurroundings,
    );
    const fields = propertiesOf(draft);
    assert.equal(fields['a']?.['maxLength'], 1_000_000);
    assert.deepEqual([fields['c']?.['type'], fields['d']?.['items']], ['array', { type: 'integer' }]);
    assert.deepEqual([fields['e']?.['type'], fields['f']?.['type']], ['number', 'integer']);
    assert.deepEqual(draft.findings, []);
  });

  test('a real file in GBK', () => {
    const text = decodeChinese(readFileSync(sharedData('gb-codes/GB-3304-1991.gbk.csv')));
    const draft = draftSchema(
      only(
        readRows(
          'nationalities',
          csvRows(text).map(({ cells }) => cells),
        ),
      ),
      shippedSurroundings,
    );
    assert.deepEqual(
      draft.findings.map(({ code }) => code),
      ['subject_key_missing'],
      'its column "name" is taken for names of persons, and nothing says whose: a person decides',
    );
    assert.ok(draft.fields.some(({ field }) => field === 'code_number'));
  });
});
