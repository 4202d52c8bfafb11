/** A signer sees what they sign: the form names every word of an agreement and of a request, also words added to the schemas later. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { approvalForm } from '../../clients/cli/request/showRequest.ts';
import type { RequestView } from '../../clients/sdk/listTypes.ts';
import { agreementSchema, maskRule } from '../../policies/documents/documentSchemas.ts';
import { documentWords } from '../../policies/fixtures/documentWords.ts';
import { maskCatalogue } from '../../policies/masks/catalogue.ts';
import { isSchemaObject } from '../../schemas/jsonSchema.ts';
import type { JsonSchema } from '../../schemas/datasetSchema.ts';
import { nonEmpty } from '../../tests/nonEmpty.ts';
import { agreementWords } from './agreementWords.ts';
import { maskWords } from './maskWords.ts';
import { requestForm, type FormRequest } from './requestForm.ts';
import { datasetsNamedIn, agreementRows } from './saidAgreement.ts';

/** One value of every kind that a schema allows, each of its own: so that a value which the form drops is missed. */
function sample(schema: JsonSchema, path: string): unknown {
  if (schema === maskRule) return { mask: 'idCard', head: 6, of: `mark ${path}` };
  const { oneOf, anyOf, enum: values, properties, items, additionalProperties } = schema;
  const branches = [oneOf, anyOf].flatMap((one): unknown[] => (Array.isArray(one) ? one : []));
  if (branches.length > 0) return nonEmpty(branches.filter(isSchemaObject)).map((one) => sample(one, path));
  if (Array.isArray(values)) return values as unknown;
  if ('const' in schema) return schema['const'];
  if (isSchemaObject(properties)) {
    return Object.fromEntries(
      Object.entries(properties).map(([name, member]) => [
        name,
        isSchemaObject(member)
          ? sample(member, path === '' ? name : `${path}.${name}`)
          : `mark ${path}.${name}`,
      ]),
    );
  }
  if (isSchemaObject(items)) {
    const one = sample(items, `${path}[]`);
    return Array.isArray(one) ? (one as unknown) : [one];
  }
  if (isSchemaObject(additionalProperties)) return { marked: sample(additionalProperties, `${path}.*`) };
  return schema['type'] === 'boolean' ? true : `mark ${path}`;
}

const leaves = (value: unknown): readonly string[] =>
  Array.isArray(value)
    ? value.flatMap(leaves)
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(leaves)
      : typeof value === 'string'
        ? [value]
        : [];

const document = sample(agreementSchema, '');
const papers = {
  reason: 'mark reason',
  commitment: 'mark commitment',
  basisText: 'mark basis text',
  volume: 'mark volume',
};
const reported = {
  act: 'return',
  at: '2026-06-30T17:30:00Z',
  person: 'mark person',
  exchange: 'mark exchange',
  reason: 'mark why',
  wouldGrant: 'mark less',
  missing: [{ item: 'mark item', note: 'mark note' }],
  papers: {
    reason: 'mark reason 2',
    commitment: 'mark commitment 2',
    basisText: 'mark basis text 2',
    volume: 'mark volume 2',
  },
  to: 'mark to',
  insteadOf: ['mark deputy of'],
};
const view: FormRequest = {
  id: 'mark id',
  consumer: 'mark consumer',
  provider: 'mark provider',
  procedure: 'mark procedure',
  procedureTitle: { zh: 'mark 办理流程', en: 'mark title of the procedure' },
  document,
  papers,
  events: [reported],
  stages: [{ title: { zh: 'mark stage', en: 'mark stage' }, by: 'consumer' }],
};

/** The words for a value of a closed set: of a mask, or of any place of an agreement. */
const wordsOf = (value: string): readonly string[] =>
  [
    maskWords[value],
    ...Object.entries(agreementWords).flatMap(([place, word]) => (place.endsWith(`=${value}`) ? [word] : [])),
  ].flatMap((word) => word?.zh ?? []);

test('every word of an agreement has a name on the form, in both languages', () => {
  const words = documentWords(agreementSchema).filter((word) => !/\.(?:zh|en)$/.test(word));
  for (const word of nonEmpty(words)) {
    assert.ok(
      Object.hasOwn(agreementWords, word),
      `${word} has no name in terms/requestForm/agreementWords.ts`,
    );
    assert.match(agreementWords[word]?.zh ?? '', /\p{Script=Han}/u, word);
    assert.doesNotMatch(agreementWords[word]?.en ?? '', /\p{Script=Han}/u, word);
  }
});

test('every value of an agreement is on the form: filters, deliveries, facts, statistics, consent, entrusted parties, masks', () => {
  const rows = agreementRows(document);
  const text = rows.flatMap(({ lines }) => lines.flatMap(({ zh, en }) => [zh, en])).join('\n');
  // a mask is described by its title, not by its code
  for (const leaf of nonEmpty(leaves(document)))
    assert.ok(
      [leaf, ...wordsOf(leaf)].some((word) => text.includes(word)),
      leaf,
    );
  const titles = rows.map(({ title }) => title.zh);
  const grant = Object.keys(
    (agreementSchema['properties'] as { grants: { items: { properties: object } } }).grants.items.properties,
  );
  for (const word of nonEmpty(grant))
    assert.ok(titles.includes(agreementWords[`grants[].${word}`]?.zh ?? ''), word);
  assert.ok(text.includes('身份证号（保留前几位 6'));
});

test('a form that is signed names fields, masks and times as its readers do, without codes of the machine', () => {
  const agreement = {
    basis: { type: 'statutory' },
    valid: { from: '2026-12-01T00:00:00+08:00', until: '2027-01-15T01:30:00Z' },
    grants: [
      {
        requires: ['on-behalf-of'],
        obligations: [{ id: 'delete-after', period: 'P1Y180D' }],
        dataset: 'a.household',
        fields: { birth_date: { mask: 'dateTrunc', to: 'month' }, name: { mask: 'clear' } },
        filterBy: ['birth_date'],
        rows: { all: [{ field: 'name', op: 'eq', value: 'x' }] },
      },
    ],
  };
  const names: Readonly<Record<string, string>> = {
    'a.household.birth_date': '出生日期',
    'a.household.name': '姓名',
    'a.household': '户籍人口',
  };
  const rows = agreementRows(agreement, (_kind, code) => names[code]);
  const text = rows.flatMap(({ lines }) => lines.map(({ zh }) => zh)).join('\n');
  for (const line of [
    '出生日期：日期截断（精确到 月）',
    '姓名：原值',
    '户籍人口（a.household）',
    '类别：法定职责',
    '经办人',
    '义务：期满删除；期间：1 年 180 天',
    '数据项：姓名',
    '自：2026年12月1日；至（不含）：2027年1月15日 09:30',
  ])
    assert.ok(text.includes(line), `${line} in\n${text}`);
  for (const code of [
    'dateTrunc',
    'birth_date',
    '+08:00',
    'Z',
    'statutory',
    'on-behalf-of',
    'delete-after',
    'P1Y',
  ])
    assert.ok(!text.includes(code), code);
});

test('fields of linked datasets and of masks, and datasets in titles, are named', () => {
  const grant = { fields: { address: { mask: 'address', by: 'region_code' } } };
  const agreement = {
    linkages: [{ id: 'l', members: [{ dataset: 'b.homes', field: 'owner_id' }] }],
    grants: [
      { dataset: 'a.household', ...grant },
      { dataset: 'b.homes', fields: {} },
    ],
  };
  const names: Readonly<Record<string, string>> = {
    'a.household': '户籍人口',
    'a.household.address': '住址',
    'a.household.region_code': '行政区划代码',
    'b.homes': '不动产',
    'b.homes.owner_id': '权利人',
  };
  assert.deepEqual(datasetsNamedIn(agreement), ['a.household', 'b.homes']);
  const rows = agreementRows(agreement, (_kind, code) => names[code]);
  const text = rows.map(({ title, lines }) => [title.zh, ...lines.map(({ zh }) => zh)].join('\n')).join('\n');
  for (const line of [
    '数据项：权利人',
    '依据数据项 行政区划代码',
    '户籍人口　数据项与脱敏',
    '不动产　数据项与脱敏',
  ])
    assert.ok(text.includes(line), `${line} in\n${text}`);
  assert.doesNotMatch(text, /owner_id|region_code|a\.household　/);
});

test('every member of a request’s papers and events is on the form, with the day in China', () => {
  const contract = parse(readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8')) as {
    components: {
      schemas: Record<string, { properties: Record<string, { items: { properties: object } }> }>;
    };
  };
  const { RequestPapers, RequestView } = contract.components.schemas;
  assert.deepEqual(Object.keys(papers).sort(), Object.keys(RequestPapers?.properties ?? {}).sort());
  // the number of an event is its place, its document is the content of the request from then on, its name denotes the person
  const members = Object.keys(RequestView?.properties['events']?.items.properties ?? {});
  assert.deepEqual([...Object.keys(reported), 'seq', 'document', 'name'].sort(), members.sort());
  const text = JSON.stringify(requestForm(view));
  for (const leaf of nonEmpty(
    leaves({ ...view, events: [{ ...reported, act: '退回补正', at: '2026-07-01 01:30' }] }),
  ))
    assert.ok(
      [leaf, ...wordsOf(leaf)].some((word) => text.includes(word)) ||
        leaf === 'mark provider' ||
        leaf === 'consumer',
      leaf,
    );
});

test('a word without a translation is printed as it is, and the meaning of an absent one is printed too', () => {
  const rows = agreementRows({
    kind: 'Agreement',
    novel: { deep: 'mark' },
    grants: [{ dataset: 'a.b', fresh: ['x'] }],
  });
  const printed = rows.map(({ title, lines }) => [title.en, ...lines.map(({ en }) => en)].join(' | '));
  for (const line of [
    'novel | deep: mark',
    'fresh | x',
    'Rows | all rows, without a condition',
    'Consent | not asked for',
  ])
    assert.ok(printed.includes(line), line);
});

test('masks are called as in the catalogue', () => {
  assert.deepEqual(maskWords, Object.fromEntries(maskCatalogue.map(({ name, title }) => [name, title])));
});

test('the printed page has every row of the list, escaped', () => {
  const form = approvalForm({
    ...view,
    papers: { ...papers, reason: '<script>alert(1)</script>' },
  } as unknown as RequestView);
  assert.equal(form.split('<tr>').length - 1, requestForm(view).length);
  assert.ok(!form.includes('<script'));
});
