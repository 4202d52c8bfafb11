/** An entry as a sentence: with codes for the command line, with names for a reader who knows them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Leaf } from './leaf.ts';
import { actorText, storyOf, whoOf, type StoryNames } from './story.ts';

const leaf: Leaf = {
  v: 1,
  id: '01890000-0000-7000-8000-000000000000',
  at: '2026-06-30T17:30:00.000Z',
  kind: 'release',
  operation: 'queryDataset',
  decision: 'allow',
  actor: { department: 'education' },
  consumer: 'education',
  provider: 'pub-security',
  dataset: 'pub-security.household',
  schema: 'urn:datong:household:1.0',
  agreement: 'agr-1',
  purpose: 'school-enrolment',
  onBehalfOf: 'official-17',
  matter: 'YX-1',
  fields: { name: 'personName', region_code: 'clear' },
  rows: { delivered: 1, withheld: 0 },
};
const titles: Readonly<Record<string, string>> = {
  'department education': '教育局',
  'department pub-security': '公安局',
  'purpose school-enrolment': '入学核验',
  'dataset pub-security.household': '户籍人口',
  'operation makeRequest': '提出数据申请',
  'person p-1': '张三',
  'urn:datong:household:1.0 name': '姓名',
  'urn:datong:household:2.0 name': '全名',
};
const names: StoryNames = {
  nameOf: (kind, code) => titles[`${kind} ${code}`],
  fieldName: (schema = '', field) => titles[`${schema} ${field}`],
  when: () => '7月1日',
};

test('a code is replaced by its name where the reader knows one', () => {
  assert.equal(
    storyOf(7, leaf, false, names).zh,
    '7月1日，教育局 请求数据，经办人 official-17，办件 YX-1，数据资源 户籍人口（公安局），依据共享协议 agr-1，使用场景 入学核验：允许；放出数据项 姓名（脱敏：姓名）、region_code；1 行',
  );
  const { zh } = storyOf(7, { ...leaf, purpose: 'other', fields: { name: 'unknown' } }, true, names);
  assert.match(zh, /使用场景 other：允许；放出数据项 姓名（脱敏：unknown）；1 行；查而未得$/);
});

test('a field is named by the schema version of its entry', () => {
  const { zh } = storyOf(7, { ...leaf, schema: 'urn:datong:household:2.0' }, false, names);
  assert.match(zh, /放出数据项 全名（脱敏：姓名）/);
});

test('a name may contain what String.replace reads as a pattern', () => {
  const { zh, en } = storyOf(7, { ...leaf, matter: "A$&B$'C$$" }, false);
  assert.ok(zh.includes("，办件 A$&B$'C$$，"), zh);
  assert.ok(en.includes(", case A$&B$'C$$,"), en);
});

test('without names it has codes, its number and its operation', () => {
  const { zh, en } = storyOf(7, leaf, false);
  assert.match(
    zh,
    /^第 7 条 {2}2026-07-01 01:30:00 {2}education 请求数据（queryDataset）.*数据资源 pub-security\.household，依据/,
  );
  assert.match(
    en,
    /^entry 7 .* education requested data \(queryDataset\).*fields that left: name \(personName\), region_code; 1 rows$/,
  );
});

test('a consent is registered by the department that sends it', () => {
  const consent: Leaf = { ...leaf, kind: 'consent', actor: { department: 'pub-security' } };
  assert.match(storyOf(7, consent, false, names).zh, /^7月1日，公安局 登记个人同意或撤回/);
  assert.match(storyOf(7, consent, false).zh, / pub-security 登记个人同意或撤回/);
  // of printed evidence and of the command line
  assert.deepEqual([whoOf(consent), whoOf(leaf)], ['pub-security', 'education']);
});

test('a denial names its code', () => {
  const denied = storyOf(7, { ...leaf, decision: 'deny', code: 'purpose_not_agreed' }, false, names).zh;
  assert.match(denied, /：拒绝（purpose_not_agreed/);
});

test('an act of a person names department and person, and the operation by its summary', () => {
  const act: Leaf = {
    ...leaf,
    kind: 'management',
    operation: 'makeRequest',
    actor: { department: 'pub-security', person: 'p-1', staff: 'c-1' },
  };
  // the consumer is whom the act is about
  assert.match(storyOf(7, act, false, names).zh, /^7月1日，公安局 张三 办理“提出数据申请”，/);
  assert.match(storyOf(7, { ...act, operation: 'other' }, false, names).zh, /张三 管理操作（other），/);
  assert.match(storyOf(7, { ...act, kind: 'inspect' }, false, names).zh, /张三 查阅“提出数据申请”，/);
});

test('the hub’s own acts and callers without proof are whole sentences', () => {
  const own: Leaf = {
    v: 1,
    id: leaf.id,
    at: leaf.at,
    kind: 'management',
    operation: 'reverifyLog',
    decision: 'allow',
    actor: { staff: 'hub' },
  };
  assert.equal(storyOf(7, own, false, names).zh, '7月1日，枢纽 办理“复核日志”：允许');
  const unproven: Leaf = { ...own, operation: 'enrol', actor: {}, decision: 'deny' };
  assert.match(storyOf(7, unproven, false).zh, / {2}身份未证实的调用方 管理操作（enrol）：拒绝/);
  assert.deepEqual(actorText({ ...unproven, claimedDepartment: 'education' }, names), {
    zh: '自称“教育局”、身份未证实的调用方',
    en: 'a caller that claimed to be 教育局, without proof',
  });
});
