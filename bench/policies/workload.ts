/** A city's worth of policy: 50 agreements of 8 grants for 2 purposes each on 200 datasets of 15 fields = 800 plans, and two floors. */
import type { PolicyContext } from '../../policies/context.ts';
import type { DecisionRequest } from '../../policies/decision.ts';
import { parsePolicyDocument } from '../../policies/documents/parseDocument.ts';
import type { PolicyDocument } from '../../policies/documents/storedDocument.ts';
import { parseDatasetSchema } from '../../schemas/parse.ts';
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';

const providers = 25;
const datasetsOfProvider = 8;
const fieldCount = 15;
const purposes = ['school-enrolment', 'school-meals'];

export const now = Date.parse('2026-06-01T00:00:00Z');

const fieldName = (i: number): string => `field_${i}`;
const datasetOf = (provider: number, i: number): string => `provider-${provider}.dataset-${i}`;

export function workloadContext(): PolicyContext {
  const schema = wideSchema();
  const departments = Array.from({ length: providers }, (_, i) => ({
    code: `provider-${i}`,
    region: '990100',
  }));
  const consumers = Array.from({ length: providers * 2 }, (_, i) => ({
    code: `consumer-${i}`,
    region: '990100',
  }));
  return {
    schemas: (name) => (name === 'wide@1' ? schema : undefined),
    purposes: purposes.map((code) => ({ code })),
    departments: [...departments, ...consumers],
    datasets: departments.flatMap((_, p) =>
      Array.from({ length: datasetsOfProvider }, (__, i) => datasetOf(p, i)),
    ),
  };
}

/** 15 fields: three identity numbers, three names, three dates, three amounts, three codes. */
function wideSchema(): DatasetSchema {
  const kinds = [
    { type: 'string', format: 'cn-resident-id', 'x-semantic': 'cn.resident-id', 'x-sensitivity': 'L3' },
    { type: 'string', maxLength: 60, 'x-semantic': 'person.name', 'x-sensitivity': 'L2' },
    { type: 'string', format: 'date', 'x-sensitivity': 'L2' },
    { type: 'integer', minimum: 0, maximum: 1_000_000, 'x-sensitivity': 'L2' },
    { type: 'string', format: 'cn-admin-code', 'x-semantic': 'cn.admin-code', 'x-sensitivity': 'L1' },
  ];
  const names = Array.from({ length: fieldCount }, (_, i) => fieldName(i));
  return parseDatasetSchema({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:datong:wide:1.0',
    'x-title': { zh: '宽表', en: 'Wide' },
    'x-class': 'general',
    type: 'object',
    additionalProperties: false,
    required: names,
    properties: Object.fromEntries(
      names.map((name, i) => [
        name,
        {
          'x-title': { zh: name, en: name },
          'x-personal': 'personal',
          ...kinds[i % kinds.length],
          ...(i === 0 ? { 'x-subject-key': 'person' } : {}),
        },
      ]),
    ),
  });
}

const masks = [
  { mask: 'keep', head: 6, tail: 4 },
  { mask: 'personName' },
  { mask: 'dateTrunc', to: 'month' },
  { mask: 'floorTo', step: 1000 },
  { mask: 'clear' },
];

/** @param step of the amounts' mask; another one makes a set that differs in 800 × 3 cells */
export function workloadDocuments(step = 1000): readonly PolicyDocument[] {
  const agreements = Array.from({ length: providers * 2 }, (_, n) => {
    const provider = n % providers;
    return parsePolicyDocument({
      kind: 'Agreement',
      id: `agr-${n}`,
      version: 1,
      provider: `provider-${provider}`,
      consumer: `consumer-${n}`,
      purposes,
      basis: { type: 'statutory', reference: 'law' },
      valid: { from: '2026-01-01T00:00:00+08:00', until: '2027-01-01T00:00:00+08:00' },
      grants: Array.from({ length: datasetsOfProvider }, (__, i) => grantOn(datasetOf(provider, i), step)),
    });
  });
  return [...agreements, ...floors()];
}

function grantOn(dataset: string, step: number): object {
  const fields = Array.from({ length: fieldCount }, (_, i): [string, object] => {
    const rule = masks[i % masks.length] ?? { mask: 'clear' };
    return [fieldName(i), rule.mask === 'floorTo' ? { ...rule, step } : rule];
  });
  return {
    dataset,
    schema: 'wide@1',
    rows: { all: [{ field: 'field_4', is: 'own-region' }] },
    filterBy: ['field_4', 'field_9'],
    lookupBy: ['field_0'],
    requires: ['matter'],
    limits: { rowsPerCall: 100 },
    fields: Object.fromEntries(fields),
  };
}

function floors(): readonly PolicyDocument[] {
  return [
    { id: 'res-id', when: { semantic: ['cn.resident-id'] }, floor: { mask: 'idCard', head: 6, tail: 0 } },
    {
      id: 'res-name',
      when: { semantic: ['person.name'], purposeUnder: ['school-meals'] },
      floor: { mask: 'personName', fixed: true },
    },
  ].map((one) => parsePolicyDocument({ kind: 'Restriction', version: 1, ...one }));
}

/** A realistic mix of requests: most look up one person, some name fields or filter, one in eight is refused. */
export function workloadRequests(count: number): readonly DecisionRequest[] {
  return Array.from({ length: count }, (_, i) => {
    const n = (i * 7) % (providers * 2);
    const base: DecisionRequest = {
      consumer: `consumer-${n}`,
      dataset: datasetOf(n % providers, (i * 3) % datasetsOfProvider),
      agreement: `agr-${n}`,
      purpose: purposes[i % 2],
      onBehalfOf: 'official-1',
      matter: 'BJ-1',
      fields: undefined,
      filter: [{ field: 'field_0', op: 'eq', value: '11010519491231002X' }],
      sort: [],
      limit: 1,
    };
    return { ...base, ...variants[i % variants.length] };
  });
}

const variants: readonly Partial<DecisionRequest>[] = [
  {},
  {},
  {},
  { filter: [] },
  { fields: ['field_0', 'field_1', 'field_4'] },
  { filter: [{ field: 'field_4', op: 'in', value: ['990101', '990102'] }], sort: ['-field_9'], limit: 100 },
  {},
  { filter: [{ field: 'field_1', op: 'eq', value: '张三' }] },
];
