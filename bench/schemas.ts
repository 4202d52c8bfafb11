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
import { median, type Bench, type BenchRow } from './row.ts';

export const bench: Bench = { run };

const rounds = 9;

async function run(): Promise<readonly BenchRow[]> {
  return [validation(), await wholeProcess(), await batch(), lint()];
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

function validation(): BenchRow {
  const schema = sharedSchema('household@1');
  const records = sampleRecords(schema, shippedSurroundings, { seed: 1, count: 500 });
  const bare = configureAjv(
    new Ajv2020({ ownProperties: true, allowUnionTypes: true, logger: false }),
    shippedSurroundings,
  ).compile({ ...schema.document });
  const { check } = compileSchema(schema, shippedSurroundings);
  const plain = (record: unknown): boolean => bare(record);
  for (const side of [check, plain]) rate(side, records, 500);
  const ratios: number[] = [];
  const rates = { measured: [] as number[], bare: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    const bareRate = rate(plain, records, 200);
    const measuredRate = rate(check, records, 200);
    rates.measured.push(measuredRate);
    rates.bare.push(bareRate);
    ratios.push(measuredRate / bareRate);
  }
  return {
    figure: 'validation of household records',
    value: median(ratios),
    unit: '×',
    against: 'bare Ajv, first error, same flags and formats',
    must: { atLeast: 0.8 },
    note: `${median(rates.measured).toFixed(0)} against ${median(rates.bare).toFixed(0)} records/s`,
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
