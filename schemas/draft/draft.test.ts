import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { needsSharedData, sharedData } from '../../tests/sharedData.ts';
import { csvRows, decodeChinese } from '../csvText.ts';
import { Random } from '../sample/random.ts';
import { sampleRecords } from '../sample/sampleRecords.ts';
import { sharedSchema } from '../sharedSchemas.ts';
import { draftSchema, type Draft } from './draftSchema.ts';
import { readDdl } from './readDdl.ts';
import { readObjects, readRows } from './readRows.ts';

const propertiesOf = ({ schema }: Draft): Readonly<Record<string, Readonly<Record<string, unknown>>>> =>
  schema['properties'] as Record<string, Record<string, unknown>>;

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
      const draft = draftSchema(table);
      const fields = propertiesOf(draft);
      assert.equal(draft.schema['$id'], 'urn:datong:resident:0.1');
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
        draft.fields.every(
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
    const draft = draftSchema(readRows('qyxx', rows));
    const fields = propertiesOf(draft);
    assert.equal(draft.source, 'column list');
    assert.deepEqual(draft.schema['x-primary-key'], ['/TYSHXYDM']);
    assert.deepEqual(draft.schema['required'], ['TYSHXYDM', 'XZQH']);
    assert.equal(fields['TYSHXYDM']?.['format'], 'cn-uscc');
    assert.deepEqual(fields['ZCZB']?.['type'], ['string', 'null']);
    assert.equal(fields['ZCZB']['format'], 'decimal');
    assert.deepEqual(fields['XZQH']?.['x-code'], { list: 'urn:datong:code:gbt2260' });
    assert.deepEqual(draft.findings, []);
  });
});

describe('drafts from samples', () => {
  test('semantic tags from values whose names say nothing; no value is written down', () => {
    const people = sampleRecords(sharedSchema('household@1'), { seed: 4, count: 60 });
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
    );
    const fields = propertiesOf(draft);
    assert.equal(fields['c1']?.['x-semantic'], 'cn.resident-id');
    assert.equal(fields['c2']?.['format'], 'date');
    assert.ok(Array.isArray(fields['c3']?.['enum']));
    assert.equal(fields['c4']?.['type'], 'string');
    assert.deepEqual(draft.findings, []);
    for (const person of people) assert.ok(!JSON.stringify(draft).includes(String(person['person_id'])));
  });

  test('odd headers become names that the profile takes', () => {
    const random = new Random(2);
    const rows = [
      ['', '__proto__', 'constructor', '1', 'PM2.5', 'PM2.5', ' 姓 名 '],
      ...Array.from({ length: 20 }, () => ['x', 'y', 'z', '1', random.digits(2), '3.5', '张三']),
    ];
    const draft = draftSchema(readRows('odd', rows));
    assert.deepEqual(draft.findings, []);
    assert.equal(draft.fields.length, 6);
  });

  test('a real file in GBK', needsSharedData, () => {
    const text = decodeChinese(readFileSync(sharedData('gb-codes/GB-3304-1991.gbk.csv')));
    const draft = draftSchema(
      readRows(
        'nationalities',
        csvRows(text).map(({ cells }) => cells),
      ),
    );
    assert.deepEqual(draft.findings, []);
    assert.ok(draft.fields.some(({ field }) => field === 'code_number'));
  });
});
