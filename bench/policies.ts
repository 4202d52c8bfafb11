/**
 * The policy engine and its masks, on one thread. Times are the process's own CPU time (collector and compiler threads included), so that
 * a busy machine distorts them less; of several rounds the best counts for rates, the median for ratios.
 */
import { compileMasking, type Masking } from '../policies/masks/rows/compileMasking.ts';
import { pseudonymKeys } from '../policies/masks/pseudonyms/pseudonymKey.ts';
import type { FieldGrant, MaskUse, DecisionRequest } from '../policies/decision.ts';
import { decide } from '../policies/decide.ts';
import { compilePlans } from '../policies/plans.ts';
import { diffPlans } from '../policies/questions/diff.ts';
import { effectOf } from '../policies/questions/effectOf.ts';
import { answerOf, replay } from '../policies/questions/replay.ts';
import { shippedSurroundings } from '../machine/surroundings.ts';
import { sharedSchema } from '../machine/shippedSchemas.ts';
import { median, type Bench, type BenchRow } from './row.ts';
import type { PolicyContext } from '../policies/context.ts';
import { parsePolicyDocument } from '../policies/documents/parseDocument.ts';
import type { PolicyDocument } from '../policies/documents/storedDocument.ts';
import { parseDatasetSchema } from '../schemas/parse.ts';
import type { DatasetSchema } from '../schemas/datasetSchema.ts';

/* A city's worth of policy: 50 agreements of 8 grants for 2 purposes each on 200 datasets of 15 fields = 800 plans, and two floors. */

const providers = 25;
const datasetsOfProvider = 8;
const fieldCount = 15;
const purposes = ['school-enrolment', 'school-meals'];

const now = Date.parse('2026-06-01T00:00:00Z');

const fieldName = (i: number): string => `field_${i}`;
const datasetOf = (provider: number, i: number): string => `provider-${provider}.dataset-${i}`;

function workloadContext(): PolicyContext {
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
function workloadDocuments(step = 1000): readonly PolicyDocument[] {
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
      valid: { from: '2026-01-01T00:00:00+08:00', until: '2029-01-01T00:00:00+08:00' },
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
function workloadRequests(count: number): readonly DecisionRequest[] {
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

export const bench: Bench = {
  run: () => Promise.resolve([...engineRows(), ...maskRows()]),
};

/** milliseconds that `work` takes, the minimum of several rounds */
function minMs(rounds: number, work: () => void): number {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) times.push(cpuMs(work));
  return Math.min(...times);
}

function cpuMs(work: () => void): number {
  const begun = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1000;
}

function engineRows(): readonly BenchRow[] {
  const context = workloadContext();
  const documents = workloadDocuments();
  const proposed = workloadDocuments(5000);
  const plans = compilePlans(documents, context);
  const requests = workloadRequests(16_384);
  let allowed = 0;
  const decideAll = (): void => {
    for (const request of requests) if (decide(request, plans, now).effect === 'allow') allowed += 1;
  };
  decideAll();
  const share = allowed / requests.length;
  const perSecond = (requests.length / minMs(30, decideAll)) * 1000;
  const compileMs = minMs(10, () => compilePlans(documents, context));
  let cells = 0;
  const diffMs = minMs(10, () => {
    cells = diffPlans(plans, compilePlans(proposed, context)).cells.length;
  });
  const [activated] = proposed;
  if (activated === undefined) throw new TypeError('the workload has no documents');
  let moved = 0;
  // as an approval does it: compile the current state with the document, compare every cell, search for finer unions
  const activationMs = minMs(10, () => {
    moved = effectOf(plans, activated, context).diff.cells.length;
  });
  const recorded = requests.map((request, i) => ({
    id: String(i),
    at: now,
    request,
    answer: answerOf(decide(request, plans, now)),
  }));
  const replayMs = minMs(10, () => replay(recorded, plans));
  return [
    {
      figure: 'decisions, one thread, 800 plans',
      value: Math.round(perSecond),
      unit: 'decisions/s',
      against: '–',
      must: { atLeast: 500_000 },
      aim: 1_500_000,
      note: `${plans.all.length} plans, ${Math.round(share * 100)} % allowed`,
    },
    {
      figure: 'compile 800 plans',
      value: compileMs,
      unit: 'ms',
      against: '–',
      must: { atMost: 50 },
      aim: 15,
    },
    {
      figure: 'set diff, compile included',
      value: diffMs,
      unit: 'ms',
      against: '–',
      must: { atMost: 100 },
      note: `${cells} cells differ`,
    },
    {
      figure: 'activation of one document: recompile and cell diff',
      value: activationMs,
      unit: 'ms',
      against: '–',
      must: { atMost: 100 },
      note: `${plans.all.length} plans, ${moved} cells differ; calls wait no longer than this`,
    },
    {
      figure: 'replay of recorded decisions',
      value: Math.round((recorded.length / replayMs) * 1000),
      unit: 'decisions/s',
      against: '–',
      must: { atLeast: 50_000 },
    },
  ];
}

const schema = sharedSchema('household@1');
const rowCount = 4000;

/**
 * Household rows as they lie in the hub, twelve fields and about 290 bytes each.
 * @param rowsOfHousehold how many rows share one household number
 */
function householdLines(rowsOfHousehold: number): readonly string[] {
  const two = (n: number): string => String(n).padStart(2, '0');
  return Array.from({ length: rowCount }, (_, i) =>
    JSON.stringify({
      person_id: `9901012019${two(1 + (i % 12))}${two(1 + (i % 28))}${String(i % 1000).padStart(3, '0')}X`,
      name: ['欧阳娜', '张三', '买买提·艾则孜', '王小明'][i % 4],
      sex: String(1 + (i % 2)),
      birth_date: `20${two(10 + (i % 10))}-${two(1 + (i % 12))}-15`,
      household_no: `H${String(Math.floor(i / rowsOfHousehold)).padStart(9, '0')}`,
      relation: '子',
      address: '云栖市东溪区世纪大道100号阳光小区3号楼',
      region_code: '330106',
      mobile: `100${String(10_000_000 + i)}`,
      guardian_id: `990101198901${two(1 + (i % 28))}${String(i % 1000).padStart(3, '0')}X`,
      move_in_date: '2020-07-01',
      income: `${i * 17}.50`,
    }),
  );
}

const use = (name: string, params: MaskUse['params'] = {}): MaskUse => ({ name, params });

/** All twelve fields, four of them masked: those by which a stranger finds a person. */
function masking(pseudonym: boolean): Masking {
  const masks = new Map([
    ['person_id', use('idCard', { head: 6, tail: 0 })],
    ['name', use('personName', { fixed: false })],
    ['address', use('address', { level: 'county', list: 'gbt2260', by: 'region_code' })],
    pseudonym
      ? ['household_no', use('pseudonym', { domain: 'household', epoch: 1, algorithm: 'sha256' })]
      : ['mobile', use('phone', { head: 3, tail: 4 })],
  ]);
  const grants: FieldGrant[] = schema.fields.map(({ name }) => ({
    field: name,
    mask: masks.get(name) ?? use('clear'),
    floors: [],
  }));
  return compileMasking(grants, schema, pseudonymKeys(new Uint8Array(32)), 'education', shippedSurroundings);
}

function maskRows(): readonly BenchRow[] {
  const against = 'parse + stringify of the same rows';
  return [
    {
      figure: 'parse, mask 4 of 12 fields, stringify',
      value: maskRatio(false, 1),
      unit: '×',
      against,
      must: { atMost: 1.3 },
      aim: 1,
    },
    {
      figure: 'the same, one of the four a pseudonym, each value in ten rows',
      value: maskRatio(true, 10),
      unit: '×',
      against,
      must: { atMost: 1.5 },
      aim: 1.2,
    },
    {
      figure: 'the same, every pseudonym new',
      value: maskRatio(true, 1),
      unit: '×',
      against,
      note: 'two SHA-256 a row: decision 0010',
    },
  ];
}

function maskRatio(pseudonym: boolean, rowsOfHousehold: number): number {
  const lines = householdLines(rowsOfHousehold);
  const compiled = masking(pseudonym);
  const plain = (): void => {
    for (const line of lines) JSON.stringify(JSON.parse(line));
  };
  const masked = (): void => {
    const run = compiled.begin(now);
    for (const line of lines) {
      JSON.stringify(compiled.mask(JSON.parse(line) as Record<string, unknown>, run));
    }
    compiled.settle(run);
  };
  for (const warm of [plain, masked, plain, masked]) warm();
  return median(Array.from({ length: 25 }, () => cpuMs(masked) / cpuMs(plain)));
}
