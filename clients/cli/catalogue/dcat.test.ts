/** Exports for others' catalogues and tools, compared with what those standards publish: the shapes of DCAT-AP, the JSON Schema of ODCS. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { sharedSchemas } from '../../../machine/shippedSchemas.ts';
import { sharedData } from '../../../tests/sharedData.ts';
import { constraintsOf, violations } from '../../../tests/shapes.ts';
import { contractOf } from '../datasetContract.ts';
import type { CatalogueShown } from './csvRow.ts';
import { dcatCatalogue } from './dcat.ts';
import { frequencies, openness, sharingTypes } from './entryWords.ts';

const constraints = constraintsOf(readFileSync(sharedData('dcat-ap/dcat-ap-SHACL.ttl'), 'utf8'));
const departments = [
  { code: 'civil', name: { zh: '民政局', en: 'Civil Affairs' }, dataOffice: false },
  { code: 'data-office', name: { zh: '数据局', en: 'Data office' }, dataOffice: true },
];
const entry = {
  id: 'civil.relief',
  title: { zh: '救助对象', en: 'Relief' },
  abstract: { zh: '低保', en: 'relief' },
  category: '1/12/3',
  sharing: { type: 'conditional', manner: 'interface', conditions: '法定职责' },
  openness: 'closed',
  sourceSystem: '社会救助系统',
  updateFrequency: 'monthly',
  office: '社会救助处',
  contact: '0000-12345',
  dataClass: 'general',
  keywords: ['低保', '救助'],
  datasets: ['civil.relief'],
};
const linked = { dataset: 'civil.relief', state: 'published', schema: 'urn:datong:relief:1.0', fields: [] };
const shown = (more: object = {}, datasets: CatalogueShown['datasets'] = [linked]): CatalogueShown => ({
  entry: { ...entry, ...more },
  revision: 2,
  department: 'civil',
  datasets,
});

test('the catalogue as DCAT conforms to the shapes of DCAT-AP 3, for any entry', () => {
  const entries = [
    shown(),
    shown({ id: 'civil.bare', keywords: undefined }, []),
    shown({ id: 'civil.gone' }, [{ ...linked, state: 'retired' }]),
    ...Object.keys(frequencies).map((updateFrequency) =>
      shown({ id: `civil.f-${updateFrequency}`, updateFrequency }),
    ),
    ...Object.keys(openness).map((one) => shown({ id: `civil.o-${one}`, openness: one })),
    ...Object.keys(sharingTypes).map((type) =>
      shown({
        id: `civil.s-${type}`,
        sharing: { type, manner: 'file', ...(type === 'none' ? { basis: '《档案法》' } : {}) },
      }),
    ),
    { ...shown({ id: 'nobody.entry' }), department: 'nobody' },
  ];
  const catalogue = dcatCatalogue(entries, departments);
  assert.deepEqual(violations(catalogue, constraints), []);
  assert.deepEqual(violations(dcatCatalogue([], []), constraints), [], 'of a hub with nothing in it');
  const datasets = catalogue['dcat:dataset'] as Readonly<Record<string, unknown>>[];
  assert.equal(datasets.length, entries.length);
  // each word of the guide has one of its own
  const distinct = (property: string): number =>
    new Set(datasets.map((one) => JSON.stringify(one[property]))).size;
  assert.deepEqual([distinct('dct:accrualPeriodicity'), distinct('dct:accessRights')], [9, 3]);
  const [first, bare, gone] = datasets;
  assert.deepEqual(first?.['dct:rights'], {
    '@type': 'dct:RightsStatement',
    'rdfs:label': { '@value': '有条件共享：法定职责', '@language': 'zh' },
  });
  const contactOf = (more: object) =>
    (dcatCatalogue([shown(more)], departments)['dcat:dataset'] as Readonly<Record<string, unknown>>[])[0]?.[
      'dcat:contactPoint'
    ];
  assert.deepEqual(contactOf({ contact: '0000-54321' }), {
    '@type': 'vcard:Kind',
    'vcard:fn': entry.office,
    'vcard:note': '0000-54321',
  });
  assert.match(JSON.stringify(datasets), /不予共享：《档案法》/);
  assert.deepEqual(
    [bare, gone].map((one) => one?.['dcat:distribution']),
    [[], []],
    'what is retired is not to be had',
  );
  assert.equal((first['dct:publisher'] as { '@id': string })['@id'], 'urn:datong:dept:civil');
  assert.equal((catalogue['dct:publisher'] as { '@id': string })['@id'], 'urn:datong:dept:data-office');
});

test('what breaks a shape is found: the check can fail', () => {
  assert.ok(constraints.length > 200, String(constraints.length));
  const catalogue = dcatCatalogue([shown()], departments);
  const [one] = catalogue['dcat:dataset'] as Readonly<Record<string, unknown>>[];
  const broken: readonly (readonly [string, unknown, RegExp])[] = [
    ['dct:title', [], /title: 0 of them/],
    ['dct:publisher', [{ '@id': 'urn:x', '@type': 'dcat:Dataset' }], /publisher: not a .*Agent/],
    ['dct:accessRights', 'NON_PUBLIC', /accessRights: a literal, not a node/],
    ['dct:identifier', { '@id': 'urn:x' }, /identifier: a node, not a literal/],
    ['dcat:temporalResolution', 'P1D', /temporalResolution: not a .*duration/],
    [
      'dct:accrualPeriodicity',
      [1, 2].map((n) => ({ '@id': `urn:${n}`, '@type': 'dct:Frequency' })),
      /: 2 of them/,
    ],
  ];
  for (const [property, value, expected] of broken) {
    const wrong = { ...catalogue, 'dcat:dataset': [{ ...one, [property]: value }] };
    assert.match(violations(wrong, constraints).join('\n'), expected, property);
  }
});

test('every schema that ships is a data contract of ODCS 3.1, with its key, its codes and what may be empty', () => {
  const standard = JSON.parse(
    readFileSync(sharedData('odcs/odcs-json-schema-v3.1.0.json'), 'utf8'),
  ) as object;
  const check = new Ajv2019({
    strict: false,
    allErrors: true,
    validateFormats: false,
    logger: false,
  }).compile(standard);
  const dataset = {
    id: 'pub-security.household',
    title: { zh: '户籍', en: 'Household' },
    department: 'pub-security',
    mode: 'snapshot',
    sharing: { type: 'conditional', conditions: '法定职责' },
    state: 'published',
  };
  for (const { urn, document } of sharedSchemas()) {
    const contract = contractOf({ ...dataset, schema: urn }, document);
    assert.ok(check(contract), `${urn}: ${JSON.stringify(check.errors?.slice(0, 3))}`);
  }
  assert.ok(
    !check({ ...contractOf({ ...dataset, schema: 'urn:datong:x:1.0' }, {}), kind: 'Other' }),
    'the check can fail',
  );
  const household = sharedSchemas().find(({ urn }) => urn === 'urn:datong:household:1.0');
  const contract = contractOf({ ...dataset, schema: 'urn:datong:household:1.0' }, household?.document ?? {});
  assert.deepEqual([contract['status'], contract['version'], contract['id']], ['active', '1.0', dataset.id]);
  const [object] = contract['schema'] as { properties: Readonly<Record<string, unknown>>[] }[];
  const field = (name: string): unknown => object?.properties.find((one) => one['name'] === name);
  assert.deepEqual(field('person_id'), {
    name: 'person_id',
    logicalType: 'string',
    logicalTypeOptions: { format: 'cn-resident-id' },
    businessName: '公民身份号码',
    description: 'Citizen identity number',
    classification: 'L3',
    customProperties: [
      { property: 'semanticTag', value: 'cn.resident-id' },
      { property: 'personal', value: 'personal' },
    ],
    required: true,
    primaryKey: true,
    primaryKeyPosition: 1,
  });
  assert.equal((field('mobile') as { required: boolean }).required, false, 'it may be null');
  assert.equal((field('birth_date') as { logicalType: string }).logicalType, 'date');
  assert.match(JSON.stringify(field('relation')), /"metric":"invalidValues".*"户主"/);
});
