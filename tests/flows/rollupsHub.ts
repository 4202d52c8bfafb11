/** A hub with readings and datasets that are computed from them, for tests of rollups. */
import assert from 'node:assert/strict';
import { before } from 'node:test';
import { bucketOf, type Rollup } from '../../hub/domain/rollup.ts';
import { datasetTable } from '../../hub/domain/rowTable/layout.ts';
import { timePattern, timeText } from '../../hub/domain/timeField.ts';
import { computeRollups } from '../../hub/flows/intake/jobs/computeRollups.ts';
import { intakeServices } from '../../hub/flows/intake/services.ts';
import { performAct } from '../../hub/platform/jobs/act.ts';
import type { JobResult } from '../../hub/platform/jobs/job.ts';
import type { Registry } from '../../hub/registry/registry.ts';
import { holdJob, type HeldJob } from '../holdJob.ts';
import { cityHub } from '../cityHub.ts';

export const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 20 });
export const { client: sender } = city.ecology;
export const { client: reader } = city.education;
export const agreed = { purpose: 'environment-study', onBehalfOf: 'official-1' } as const;

export type Row = Readonly<Record<string, unknown>>;
export const field = (type: unknown, more: object = {}): object => ({
  type,
  'x-title': { zh: '数据项', en: 'Field' },
  'x-sensitivity': 'L1',
  'x-personal': 'none',
  ...more,
});
export const station = field('string', { maxLength: 40 });
export const time = field('string', { format: 'date-time', pattern: timePattern });
export const schema = (name: string, properties: object, more: object = {}): object => ({
  kind: 'Schema',
  document: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:datong:${name}:1.0`,
    type: 'object',
    additionalProperties: false,
    'x-title': { zh: '读数', en: 'Readings' },
    'x-class': 'general',
    'x-primary-key': ['/station', '/time'],
    required: ['station', 'time'],
    ...more,
    properties: { station, time, ...properties },
  },
});
export const computed = {
  level_avg: field(['number', 'null']),
  level_max: field('number'),
  level_count: field('integer'),
  flow_sum: field(['number', 'null']),
};
export const fields = { level: ['avg', 'max', 'count'], flow: ['sum'] } as const;

export const apply = (documents: readonly object[]): Promise<void> =>
  city.apply(documents, [city.education, city.ecology]);
before(() =>
  apply([
    schema('levels', {
      level: field(['number', 'null']),
      flow: field(['integer', 'null']),
      secret: field(['number', 'null'], { 'x-sensitivity': 'L3' }),
      note: field('string', { maxLength: 9 }),
    }),
    schema('levels-hourly', computed),
    schema('levels-limited', { level_max: field(['number', 'null'], { maximum: 100 }) }),
    schema('levels-narrow', { ...computed, station: field('string', { maxLength: 5 }) }),
    schema('levels-stepped', { level_avg: field(['number', 'null'], { multipleOf: 0.5 }) }),
    schema('levels-secret', { secret_avg: field(['number', 'null']) }),
    schema('levels-strange', { ...computed, other: field('number') }),
    schema('levels-required', { level_max: field('number') }, { required: ['station', 'time', 'level_max'] }),
    schema(
      'visits',
      {
        person: field('string', { maxLength: 18, 'x-personal': 'personal', 'x-subject-key': 'person' }),
        level: field('number'),
      },
      { required: ['station', 'time', 'person'] },
    ),
    schema('visits-hourly', { level_avg: field(['number', 'null']) }),
  ]),
);

export async function register(id: string, name: string, intake: object): Promise<void> {
  const { status, json } = await hub.staff(city.operator, 'POST', '/v1/datasets', {
    id,
    title: { zh: '水位', en: 'Levels' },
    schema: `urn:datong:${name}:1.0`,
    mode: 'upsert',
    sharing: { type: 'conditional', conditions: '示例' },
    intake,
  });
  if (status !== 201) throw new Error(`${String(json['code'])} ${JSON.stringify(json['detail'])}`);
}
let made = 0;
/** The name of another dataset of readings. */
export const nextName = (): string => {
  made += 1;
  return `ecology.levels-${made}`;
};
/** Readings and the dataset that is computed from them. @param earlier readings that are stored before the rollup is registered */
export async function pair(
  { every = '1h', more = {} }: { every?: Rollup['every']; more?: object } = {},
  earlier: readonly Row[] = [],
): Promise<{ readonly of: string; readonly id: string }> {
  const of = nextName();
  await register(of, 'levels', { byCall: {}, timeField: 'time', ...more });
  if (earlier.length > 0) await push(of, earlier);
  const id = `${of}-computed`;
  await register(id, 'levels-hourly', { timeField: 'time', rollup: { of, every, fields } });
  return { of, id };
}

const start = Date.UTC(2026, 8, 1);
export const at = (minute: number): string => timeText(start + minute * 60_000);
export const reading = (
  name: string,
  minute: number,
  level: number | null,
  flow: number | null = 1,
): Row => ({
  station: name,
  time: at(minute),
  level,
  flow,
});
export async function push(id: string, rows: readonly Row[]): Promise<void> {
  const { json } = await sender.call({
    method: 'POST',
    path: `/v1/datasets/${id}/rows`,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(rows), 'utf8'),
    receipt: 'optional',
  });
  assert.equal((json as { accepted: number }).accepted, rows.length, JSON.stringify(json));
}
export const compute = async (): Promise<void> =>
  assert.equal(await hub.hub.runner.run('computeRollups'), 'ok');

/** Rows of a dataset as they are stored, in the order of the key. */
export async function stored(id: string): Promise<readonly Row[]> {
  const live = hub.hub.services.registry.current.datasets.get(id);
  assert.ok(live !== undefined);
  const { rows } = await database.owner.query<Row>(
    `SELECT * FROM ${datasetTable(id, live.schema)} ORDER BY f_station, f_time`,
  );
  return rows.map((row) =>
    Object.fromEntries(
      live.schema.fields.map(({ name, type }) => {
        const value = row[`f_${name}`];
        return [name, type === 'integer' && value !== null ? Number(value) : value];
      }),
    ),
  );
}

/** The same computation from all readings, in this process. */
async function recomputed(of: string, every: Rollup['every'] = '1h'): Promise<readonly Row[]> {
  const buckets = new Map<string, Row[]>();
  for (const row of await stored(of)) {
    const key = JSON.stringify([row['station'], bucketOf(every, String(row['time']))]);
    buckets.set(key, [...(buckets.get(key) ?? []), row]);
  }
  return [...buckets].map(([key, rows]) => {
    const [name, from] = JSON.parse(key) as [string, string];
    const values = (one: string): number[] =>
      rows.flatMap((row) => (row[one] === null ? [] : [Number(row[one])]));
    const levels = values('level');
    const flows = values('flow');
    const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
    return {
      station: name,
      time: from,
      level_avg: levels.length === 0 ? null : sum(levels) / levels.length,
      level_max: levels.length === 0 ? null : Math.max(...levels),
      level_count: levels.length,
      flow_sum: flows.length === 0 ? null : sum(flows),
    };
  });
}
const near = (rows: readonly Row[]): readonly Row[] =>
  rows.map((row) => ({
    ...row,
    level_avg: row['level_avg'] === null ? null : Number(Number(row['level_avg']).toFixed(9)),
  }));
/** The rows of a computed dataset, and those that they must be. */
export async function compared(
  { of, id }: { of: string; id: string },
  every: Rollup['every'] = '1h',
): Promise<readonly [actual: readonly Row[], expected: readonly Row[]]> {
  const rows = await stored(id);
  assert.ok(rows.length > 0);
  return [near(rows), near(await recomputed(of, every))];
}

/** While this test has the job, as a process does that runs it. */
export const holding = <T>(work: (job: HeldJob) => Promise<T>): Promise<T> =>
  holdJob(database, 'computeRollups', work);

/** @param fail where the process ends: before its transaction, or before the commit */
export async function round(
  held: HeldJob,
  fail?: 'before' | 'within',
  {
    app = database.app,
    acts = Infinity,
    registry = hub.hub.services.registry,
  }: { app?: typeof database.app; acts?: number; registry?: Registry } = {},
): Promise<JobResult> {
  const { audit, keys } = hub.hub;
  const intake = intakeServices({
    audit,
    registry,
    keys,
    report: () => undefined,
    database: { ...database, app },
  });
  const stop = new AbortController();
  let left = acts;
  return computeRollups(intake).run({
    now: () => database.now(),
    state: null,
    signal: stop.signal,
    act: (facts) => {
      left -= 1;
      if (left <= 0) stop.abort();
      if (fail === 'before') throw new Error('killed');
      return performAct(audit, held, database.now(), {
        ...facts,
        work: async (transaction, exchange) => {
          await facts.work?.(transaction, exchange);
          if (fail === 'within') throw new Error('killed');
        },
      });
    },
  });
}
