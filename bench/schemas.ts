/**
 * Schemas: validation compared with a bare validator, a comparison as a whole process, comparisons in one process, lint at its size limit.
 */
import { shippedSurroundings } from '../machine/surroundings.ts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileSchema } from '../schemas/compile.ts';
import { lintSchema } from '../schemas/lint/lintSchema.ts';
import { sampleRecords } from '../schemas/sample/sampleRecords.ts';
import { sharedSchema, sharedSchemas } from '../machine/shippedSchemas.ts';
import { compareSchemas } from '../schemas/subset/compare.ts';
import { configureAjv } from '../schemas/vocabulary/configureAjv.ts';
import { inTurns, median, type Bench, type BenchRow } from './row.ts';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { householdFile } from '../clients/cli/demo/files/householdFile.ts';
import { batchTable } from '../hub/domain/rowTable/layout.ts';
import { theHub } from '../hub/log/draft.ts';
import { entry } from '../hub/log/entry.ts';
import {
  insertPolicyDocument,
  listPolicyDocumentsInForce,
} from '../hub/registry/store/policy/policyDocuments.ts';
import { insertSchema } from '../hub/registry/store/schemas.ts';
import { uuid7 } from '../machine/uuid7.ts';
import { parseAgreement } from '../policies/documents/parseDocument.ts';
import type { JsonSchema } from '../schemas/datasetSchema.ts';
import { parseDatasetSchema } from '../schemas/parse.ts';
import { sampleCity, testHub, type City, type TestHub } from '../tests/hub.ts';

/*
 * The registry under load. A version is published against 50 earlier ones and 800 agreements while a department sends calls. A dataset of a
 * million rows changes to a version with a further field while it is read, and a long read blocks the lock.
 */

const earlier = 50;
const agreements = { consumers: 40, purposes: 20 };
const publications = 3;
const rows = Number(process.env['ROWS'] ?? 1_000_000);
/** seconds for which one reader holds its lock on the table */
const longRead = 1.5;
const dataset = 'pub-security.household';
const air = { dataset: 'ecology.air-quality-hourly', name: 'air-quality-hourly' };

export const registryBench: Bench = { run };

async function run(): Promise<readonly BenchRow[]> {
  const hub = await testHub({ calls: { rate: 1e9, burst: 1e9 }, jobsByTime: false });
  try {
    const city = await sampleCity(hub, 1e9);
    const file = householdFile(1500, 12);
    const sent = await city.publicSecurity.client.sendFile(dataset, file.bytes, { mapping: 'household' });
    const office = await hub.token('office', ['steward']);
    const [person] = file.good.filter(({ region }) => region === '990101');
    const ask = (): Promise<unknown> =>
      city.education.client.query(
        dataset,
        { filter: [{ field: 'person_id', op: 'eq', value: person?.id ?? '' }] },
        {
          purpose: 'school-enrolment',
          agreement: 'agr-school-enrolment',
          onBehalfOf: 'o',
          matter: 'RX-2026-000001',
        },
      );
    const widened = await widening(hub, city, office, sent.json.batch, ask);
    return [widened, ...(await publishing(hub, city, office, ask))];
  } finally {
    await hub.stop();
  }
}

const added = (document: JsonSchema, minor: number, fields: readonly string[]): JsonSchema => ({
  ...document,
  $id: String(document['$id']).replace(/\.\d+$/, `.${minor}`),
  properties: {
    ...(document['properties'] as object),
    ...Object.fromEntries(
      fields.map((field) => [
        field,
        {
          type: ['string', 'null'],
          maxLength: 20,
          'x-title': { zh: '新增', en: 'Added' },
          'x-sensitivity': 'L1',
          'x-personal': 'none',
        },
      ]),
    ),
  },
});

/** Work that ran while calls went on; all in milliseconds. */
interface Measured {
  readonly took: number;
  readonly calls: readonly number[];
  /** the longest time in which the event loop served no caller */
  readonly stall: number;
}

async function measureDuring(ask: () => Promise<unknown>, work: () => Promise<unknown>): Promise<Measured> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const calls: number[] = [];
  const state = { over: false };
  const caller = async (): Promise<void> => {
    while (!state.over) {
      const begun = performance.now();
      await ask();
      calls.push(performance.now() - begun);
    }
  };
  const callers = [caller(), caller()];
  const begun = performance.now();
  await work();
  const took = performance.now() - begun;
  state.over = true;
  await Promise.all(callers);
  delay.disable();
  return { took, calls, stall: delay.max / 1e6 };
}

async function submitted(hub: TestHub, { operator }: City, document: object): Promise<string> {
  const { status, json } = await hub.staff(operator, 'POST', '/v1/schemas', { document });
  if (json['state'] !== 'inReview') throw new Error(`${status} ${JSON.stringify(json)}`);
  return String(json['digest']);
}

async function decided(hub: TestHub, office: string, urn: string, digest: string): Promise<void> {
  const { json } = await hub.staff(office, 'POST', `/v1/schemas/${urn}/decision`, { act: 'publish', digest });
  if (json['state'] !== 'published') throw new Error(JSON.stringify(json));
}

async function publishing(
  hub: TestHub,
  city: City,
  office: string,
  ask: () => Promise<unknown>,
): Promise<readonly BenchRow[]> {
  const first = await documentOf(hub, `urn:datong:${air.name}:1.0`);
  const fields = (count: number): string[] => Array.from({ length: count }, (_, i) => `added_${i + 1}`);
  for (let minor = 1; minor < earlier; minor += 1) await versionOf(hub, added(first, minor, fields(minor)));
  const agreementsInForce = await agree(hub, city);
  await ask();
  const quiet = await measureDuring(ask, () => pause(1_000));
  const times: number[] = [];
  const stalls: number[] = [];
  const calls: number[] = [];
  for (let minor = earlier; minor < earlier + publications; minor += 1) {
    const document = added(first, minor, fields(minor));
    const digest = await submitted(hub, city, document);
    const one = await measureDuring(ask, () => decided(hub, office, String(document['$id']), digest));
    times.push(one.took);
    stalls.push(one.stall);
    calls.push(...one.calls);
  }
  const against = `${earlier} earlier versions of its major, ${agreementsInForce} agreements in force over its dataset`;
  return [
    {
      figure: 'publication of a schema version, gate and all',
      value: median(times),
      unit: 'ms',
      against,
      must: { atMost: 2_000 },
      note: `two callers beside it; slowest ${Math.max(...times).toFixed(0)} ms`,
    },
    {
      figure: 'the longest stall of the event loop while a schema version is published',
      value: Math.max(...stalls),
      unit: 'ms',
      against: `${quiet.stall.toFixed(0)} ms in 1 s of the same calls before`,
      note: 'callers, hub and their signatures on one thread',
    },
    {
      figure: 'a call while a schema version is published',
      value: median(calls) / median(quiet.calls),
      unit: '×',
      against: 'the same calls before',
      note: `${calls.length} answered, none refused; median ${median(calls).toFixed(0)} ms, slowest ${Math.max(...calls).toFixed(0)} ms`,
    },
  ];
}

async function documentOf({ hub }: TestHub, urn: string): Promise<JsonSchema> {
  const { rows: found } = await hub.database.app.query<{ document: string }>(
    'SELECT document::text AS document FROM schema_version WHERE urn = $1',
    [urn],
  );
  return JSON.parse(found[0]?.document ?? '{}') as JsonSchema;
}

/** A published version as registering it would leave it. */
async function versionOf({ hub }: TestHub, document: JsonSchema): Promise<void> {
  const { surroundings } = hub.services.registry.current;
  const { urn, name, major, minor, digest } = parseDatasetSchema(document, surroundings);
  const { rows: persons } = await hub.database.app.query<{ id: string }>(
    'SELECT id FROM person ORDER BY id LIMIT 2',
  );
  const [author = '', approver = ''] = persons.map(({ id }) => id);
  await insertSchema(
    hub.database.app,
    {
      urn,
      name,
      major,
      minor,
      digest,
      document: JSON.stringify(document),
      state: 'published',
      owner: null,
      compatibility: 'BACKWARD',
      needsSecond: true,
      needsOfficer: false,
      waiver: null,
      author,
      approver,
    },
    '00000000-0000-7000-8000-000000000000',
  );
}

/**
 * Copies of the agreement that the hub wrote for the sample city, for other consumers and purposes, each with its entry in the log: they
 * decide as the first one does.
 * @returns the number of agreements over the dataset
 */
async function agree(hub: TestHub, { operator }: City): Promise<number> {
  const { owner, app } = hub.hub.database;
  const { audit, registry } = hub.hub.services;
  await owner.query(
    `INSERT INTO department SELECT (jsonb_populate_record(d, jsonb_build_object('code', 'consumer-' || n, 'principal', NULL, 'parent', NULL))).*
       FROM department AS d, generate_series(1, ${agreements.consumers}) AS n WHERE d.code = 'education'`,
  );
  await owner.query(
    `INSERT INTO purpose SELECT (jsonb_populate_record(p, jsonb_build_object('code', 'study-' || n))).*
       FROM purpose AS p, generate_series(1, ${agreements.purposes}) AS n WHERE p.code = 'environment-study'`,
  );
  const [first] = (await listPolicyDocumentsInForce(app)).filter(({ automatic }) => automatic);
  if (first === undefined) throw new Error('the sample city has no automatic agreement');
  const each = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1);
  const copies = each(agreements.consumers).flatMap((c) =>
    each(agreements.purposes).map((p) =>
      parseAgreement({
        ...(JSON.parse(first.text) as object),
        id: `${first.id}-${c}-${p}`,
        consumer: `consumer-${c}`,
        purposes: [`study-${p}`],
      }),
    ),
  );
  await Promise.all(
    copies.map(async ({ id, version, kind, canonical: text, digest, consumer }) => {
      const now = hub.hub.database.now();
      const exchange = uuid7(now);
      const change = { document: `${id}@${version}`, kind, state: 'active', digest, changed: true };
      await audit.append(
        entry({
          exchange,
          now,
          operation: 'submitPolicyDocument',
          kind: 'management' as const,
          actor: theHub,
          facts: { change },
          carried: undefined,
        }),
      );
      await insertPolicyDocument(
        owner,
        { ...first, id, version, text, digest, consumer: typeof consumer === 'string' ? consumer : null },
        exchange,
      );
    }),
  );
  // a registration increments the epoch: the tables are read again
  const { status, json } = await hub.staff(operator, 'POST', '/v1/departments', {
    code: 'bench-office',
    name: { zh: '测试局', en: 'Bench' },
    kind: 'government',
  });
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(json)}`);
  await registry.refresh();
  const { plans, failed } = registry.current;
  if (failed.length > 0)
    throw new Error(`${failed.length} agreements are not relied on: ${failed[0]?.fault}`);
  return [...plans.agreements.values()].filter(({ agreement }) => agreement.provider === 'ecology').length;
}

async function widening(
  hub: TestHub,
  city: City,
  office: string,
  batch: string,
  ask: () => Promise<unknown>,
): Promise<BenchRow> {
  const { app, owner } = hub.hub.database;
  const table = batchTable(batch);
  const { rows: columns } = await owner.query<{ name: string }>(
    `SELECT quote_ident(attname) AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`,
    [table],
  );
  const names = columns.map(({ name }) => name);
  const copied = names.map((name) =>
    name === 'f_person_id' ? "lpad(n::text, 18, '0')" : name === '_row' ? 'n + 1000000' : `r.${name}`,
  );
  for (let from = 0; from < rows; from += 100_000)
    await owner.query(
      `INSERT INTO ${table} (${names.join(', ')}) SELECT ${copied.join(', ')}
         FROM (SELECT * FROM ${table} LIMIT 1) AS r, generate_series(${from + 1}, ${from + 100_000}) AS n`,
    );
  await owner.query(`ANALYZE ${table}`);
  const document = added(await documentOf(hub, 'urn:datong:household:1.0'), 1, ['added_1']);
  const urn = String(document['$id']);
  await decided(hub, office, urn, await submitted(hub, city, document));
  const read = (): Promise<unknown> =>
    app.query(`SELECT * FROM ${table} WHERE f_person_id = $1`, [String(rows).padStart(18, '0')]);
  const long = { over: false };
  const holding = async (): Promise<void> => {
    while (!long.over)
      await app.query(`SELECT count(*), pg_sleep(${longRead}) FROM (SELECT 1 FROM ${table} LIMIT 1) AS held`);
  };
  const reader = holding();
  await read();
  const quiet = await measureDuring(read, () => pause(3_000));
  const moved = await measureDuring(read, async () => {
    const { status, json } = await hub.staff(city.operator, 'POST', `/v1/datasets/${dataset}/schema`, {
      schema: urn,
    });
    if (status !== 200 || json['changed'] !== true) throw new Error(`${status} ${JSON.stringify(json)}`);
  });
  long.over = true;
  await reader;
  await ask();
  return {
    figure: `an additive version on ${rows.toLocaleString('en')} rows: the slowest read while it goes over`,
    value: Math.max(...moved.calls),
    unit: 'ms',
    against: `${Math.max(...quiet.calls).toFixed(0)} ms in 3 s before`,
    must: { atMost: 100 },
    note: `over in ${moved.took.toFixed(0)} ms beside a read that holds the table ${longRead} s at a time; ${moved.calls.length} reads; ADD COLUMN writes no row, so that the number of rows does not count`,
  };
}

export const schemasBench: Bench = { run: runOfSchemas };

const rounds = 9;

async function runOfSchemas(): Promise<readonly BenchRow[]> {
  return [await validation(), await wholeProcess(), await batch(), lint()];
}

/** Records a second through one check, measured for about so many milliseconds. */
function rate(check: (record: unknown) => boolean, records: readonly unknown[], slice: number): number {
  const started = performance.now();
  let done = 0;
  while (performance.now() - started < slice) {
    for (const record of records) if (!check(record)) throw new Error('a sample is invalid');
    done += records.length;
  }
  return (done * 1000) / (performance.now() - started);
}

async function validation(): Promise<BenchRow> {
  const schema = sharedSchema('household@1');
  const records = sampleRecords(schema, shippedSurroundings, { seed: 1, count: 500 });
  const bare = configureAjv(
    new Ajv2020({ ownProperties: true, allowUnionTypes: true, logger: false }),
    shippedSurroundings,
  ).compile({ ...schema.document });
  const { check } = compileSchema(schema, shippedSurroundings);
  const plain = (record: unknown): boolean => bare(record);
  for (const side of [check, plain]) rate(side, records, 500);
  const { ratio, base, measured } = await inTurns(
    rounds,
    () => rate(plain, records, 200),
    () => rate(check, records, 200),
  );
  return {
    figure: 'validation of household records',
    value: ratio,
    unit: '×',
    against: 'bare Ajv, first error, same flags and formats',
    must: { atLeast: 0.8 },
    note: `${measured.toFixed(0)} against ${base.toFixed(0)} records/s`,
  };
}

/** A record of so many fields; every third bound differs with `shift`. */
function wide(fields: number, shift: number): object {
  const titled = { 'x-title': { zh: '字段', en: 'field' }, 'x-sensitivity': 'L1' };
  const field = (at: number): object => ({
    ...titled,
    type: 'string',
    maxLength: 20 + at + (at % 3 === 0 ? shift : 0),
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:datong:wide:1.${shift}`,
    'x-title': { zh: '宽表', en: 'Wide' },
    type: 'object',
    properties: Object.fromEntries(Array.from({ length: fields }, (_, at) => [`field_${at}`, field(at)])),
    required: Array.from({ length: fields / 2 }, (_, at) => `field_${at}`),
    additionalProperties: false,
  };
}

async function wholeProcess(): Promise<BenchRow> {
  const folder = await mkdtemp(join(tmpdir(), 'datong-bench-schemas-'));
  try {
    const [old, fresh] = [join(folder, 'old.json'), join(folder, 'new.json')];
    await writeFile(old, JSON.stringify(wide(300, 0)));
    await writeFile(fresh, JSON.stringify(wide(300, 5)));
    const bin = fileURLToPath(new URL('../bin/datong.mjs', import.meta.url));
    const times = Array.from({ length: 7 }, () => {
      const started = performance.now();
      const { status } = spawnSync(process.execPath, [bin, 'schema', 'diff', old, fresh, '--json']);
      if (status !== 0) throw new Error(`schema diff ended with ${String(status)}`);
      return performance.now() - started;
    });
    return {
      figure: 'schema diff of two 300-field schemas, whole process',
      value: median(times.slice(1)),
      unit: 'ms',
      against: '–',
      must: { atMost: 300 },
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Shipped schemas against themselves with one field changed: half of the pairs compatible, half refused with a witness. */
async function batch(): Promise<BenchRow> {
  const pairs = sharedSchemas().flatMap(({ document, fields, primaryKey }) => {
    const properties = document['properties'] as Readonly<Record<string, unknown>>;
    return fields.slice(0, 6).map(({ name }, place) => {
      const others = Object.fromEntries(
        Object.entries(properties).filter(
          ([other]) => place % 2 === 0 || other !== name || primaryKey.includes(name),
        ),
      );
      const added = place % 2 === 0 ? { extra: { type: 'string', maxLength: 5 } } : {};
      return [
        document,
        { ...document, properties: { ...others, ...added }, required: Object.keys(others) },
      ] as const;
    });
  });
  const once = async (): Promise<void> => {
    for (const [old, fresh] of pairs) {
      const options = { tries: 120, surroundings: shippedSurroundings };
      const { compatible, witness } = await compareSchemas(old, fresh, 'BACKWARD', options);
      if (!compatible && witness === undefined) throw new Error('a refusal has no witness');
    }
  };
  await once();
  const rates: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const started = performance.now();
    await once();
    rates.push((pairs.length * 1000) / (performance.now() - started));
  }
  return {
    figure: 'comparisons in one process',
    value: median(rates),
    unit: 'pairs/s',
    against: '–',
    must: { atLeast: 500 },
    note: `${pairs.length} pairs of shipped schemas`,
  };
}

/** As many fields as lint permits, filled with text up to its size limit. */
function lint(): BenchRow {
  const document = wide(300, 0) as { properties: Record<string, object> };
  const names = Object.keys(document.properties);
  const room = Math.floor((262_144 - JSON.stringify(document).length) / names.length) - 60;
  for (const [place, name] of names.entries()) {
    document.properties[name] = {
      ...document.properties[name],
      pattern: `^[a-z]{1,${(place % 20) + 1}}$`,
      description: '说'.repeat(Math.floor(room / 3)),
    };
  }
  const times = Array.from({ length: 5 }, () => {
    const started = performance.now();
    const findings = lintSchema(document, shippedSurroundings);
    if (findings.length > 0) throw new Error(`lint: ${findings[0]?.code ?? ''}`);
    return performance.now() - started;
  });
  const size = Buffer.byteLength(JSON.stringify(document));
  return {
    figure: 'lint of a schema at its size limit',
    value: Math.max(...times),
    unit: 'ms',
    against: '–',
    must: { atMost: 1000 },
    note: `${size} bytes`,
  };
}
