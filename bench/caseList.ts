/** Pages of a million cases: by state and place, the first page and the one after it, with versions. */
import { districtsFile } from '../scenarios/city/seededCity.ts';
import type { Query, Within } from '../clients/sdk/types.ts';
import { datasetTable, layoutOf } from '../hub/domain/rowTable/layout.ts';
import { indexRows } from '../hub/flows/indexRows.ts';
import { pointForm } from '../schemas/places/point.ts';
import { sampleCity, testHub, type City, type TestHub } from '../tests/hub.ts';
import { jsonCall } from '../clients/sdk/jsonCall.ts';
import { quantile, type Bench, type BenchRow } from './row.ts';

const cases = 1_000_000;
const dataset = 'ecology.listed-cases';
const urn = 'urn:datong:listed-case:1.0';
const states = ['open', 'accepted', 'done'] as const;
const pagesOfRegion = 40;

/** A few cases, thousands of them, and a third of all. */
const regions: Readonly<Record<string, Within>> = {
  'a rectangle of 100 m': { bbox: [120.15, 30.25, 120.151, 30.251] },
  'a radius of 500 m': { center: [120.15, 30.25], metres: 500 },
  'a district': { area: { list: 'urn:datong:code:city-districts', code: '990103' } },
};

export const caseListBench: Bench = { run };

async function run(): Promise<readonly BenchRow[]> {
  // rows are stored past the hub: no job compares them with their digest
  const hub = await testHub({ calls: { rate: 1e9, burst: 1e9 }, jobsByTime: false });
  try {
    const city = await sampleCity(hub);
    await register(city);
    await fill(hub, city);
    const { database } = hub.hub;
    await indexRows({ database, registry: hub.hub.services.registry }, new AbortController().signal);
    await database.owner.query('ANALYZE row_version');
    const figures: BenchRow[] = [];
    for (const [name, within] of Object.entries(regions)) {
      const times = await timesOf(city, within);
      figures.push({
        figure: `page of 100 of ${cases.toLocaleString('en')} cases, by state, in ${name}, p95`,
        value: quantile(times, 0.95),
        unit: 'ms',
        against: '–',
        must: { atMost: 50 },
        note: `p50 ${quantile(times, 0.5).toFixed(1)} ms`,
      });
    }
    return figures;
  } finally {
    await hub.stop();
  }
}

/** Ascending milliseconds of first and second pages. */
async function timesOf({ education }: City, value: Within): Promise<readonly number[]> {
  const context = { purpose: 'environment-study', agreement: 'agr-listed-cases', onBehalfOf: 'official-1' };
  const times: number[] = [];
  for (let nth = 0; nth < pagesOfRegion; nth += 1) {
    const first: Query = {
      filter: [
        { field: 'status', op: 'eq', value: states[nth % states.length] ?? '' },
        { field: 'place', op: 'within', value },
      ],
      limit: 100,
    };
    let query: Query | undefined = first;
    for (let page = 1; page <= 2 && query !== undefined; page += 1) {
      const begun = performance.now();
      const { json } = await education.client.query(dataset, query, context);
      times.push(performance.now() - begun);
      if (json.records.length === 0 || json.versions?.length !== json.records.length)
        throw new Error(`${json.records.length} cases`);
      query = json.nextCursor === undefined ? undefined : { ...first, cursor: json.nextCursor };
    }
  }
  // the first ones prepare the statements
  return times.slice(6).sort((one, other) => one - other);
}

async function register(city: City): Promise<void> {
  const field = (more: object): object => ({
    'x-title': { zh: '数据项', en: 'Field' },
    'x-sensitivity': 'L1',
    'x-personal': 'none',
    ...more,
  });
  const names = ['case', 'status', 'place', 'note'];
  await city.apply(districtsFile);
  await city.apply(
    [
      {
        kind: 'Schema',
        document: {
          $schema: 'https://json-schema.org/draft/2020-12/schema',
          $id: urn,
          type: 'object',
          'x-title': { zh: '案件', en: 'Cases' },
          'x-class': 'general',
          'x-primary-key': ['/case'],
          additionalProperties: false,
          required: ['case', 'status', 'place'],
          properties: {
            case: field({ type: 'string', maxLength: 20 }),
            status: field({ enum: states }),
            place: field({ ...pointForm, 'x-geo': 'point' }),
            note: field({ type: ['string', 'null'], maxLength: 40 }),
          },
        },
      },
      {
        kind: 'Dataset',
        id: dataset,
        title: { zh: '案件', en: 'Cases' },
        schema: urn,
        mode: 'upsert',
        sharing: { type: 'conditional', conditions: '示例' },
        intake: {
          byCall: {},
          cases: {
            state: 'status',
            transitions: [
              { id: 'accept', from: 'open', to: 'accepted', by: ['education'] },
              { id: 'finish', from: 'accepted', to: 'done', by: ['education'] },
            ],
            contributors: [{ department: 'education', sets: ['note'] }],
          },
        },
      },
      {
        kind: 'Agreement',
        id: 'agr-listed-cases',
        version: 1,
        title: { zh: '案件', en: 'Cases' },
        provider: 'ecology',
        consumer: 'education',
        purposes: ['environment-study'],
        basis: { type: 'statutory', reference: '中华人民共和国环境保护法', clause: '第五十四条' },
        valid: { from: '2026-01-01T00:00:00+08:00', until: '2029-01-01T00:00:00+08:00' },
        grants: [
          {
            dataset,
            schema: 'listed-case@1',
            filterBy: ['case', 'status', 'place'],
            requires: ['on-behalf-of'],
            limits: { rowsPerCall: 1000, callsPerDay: 100_000 },
            fields: Object.fromEntries(names.map((name) => [name, { mask: 'clear' }])),
          },
        ],
      },
    ],
    [city.education, city.ecology],
  );
}

/** One case by call, and copies of it with their versions, spread over the city. */
async function fill(hub: TestHub, city: City): Promise<void> {
  const first = {
    case: 'c-0',
    status: 'open',
    place: { type: 'Point', coordinates: [120.15, 30.25] },
    note: null,
  };
  await city.ecology.client.call(jsonCall(`/v1/datasets/${dataset}/rows`, [first], {}, 'required'));
  const schema = hub.hub.services.registry.current.datasets.get(dataset)?.schema;
  if (schema === undefined) throw new Error('no such dataset');
  const table = datasetTable(dataset, schema);
  const columns = ['case', 'status', 'place'].map((name) => layoutOf(schema).byField.get(name)?.name ?? '');
  const client = await hub.hub.database.owner.connect();
  try {
    await client.query('SET statement_timeout = 0');
    await client.query(
      `INSERT INTO ${table} (${columns.join(', ')}, _batch)
       SELECT 'c-' || n, (ARRAY['${states.join("', '")}'])[(1 + n % ${states.length})::int],
              json_build_object('type', 'Point', 'coordinates',
                json_build_array(120.1 + (n * 7919 % 100003) / 1000030.0, 30.2 + (n * 104729 % 99991) / 999910.0)),
              (SELECT _batch FROM ${table} LIMIT 1)
         FROM generate_series(1::bigint, ${cases - 1}) AS n`,
    );
    // their numbers alone are read: no deadline is shown
    await client.query(
      `INSERT INTO row_version (dataset, key_hash, version, department, exchange, at, sealed)
       SELECT v.dataset, sha256(convert_to('["c-' || n || '"]', 'UTF8')), 1, v.department, v.exchange, v.at, v.sealed
         FROM row_version AS v, generate_series(1, ${cases - 1}) AS n WHERE v.dataset = $1`,
      [dataset],
    );
    await client.query(`VACUUM ANALYZE ${table}`);
  } finally {
    // discards the connection with its settings
    client.release(true);
  }
}
