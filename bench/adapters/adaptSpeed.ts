/** `datong batch adapt` of a GB18030 CSV whose rows are good, and of one in which every row is bad: rows a second in one thread. */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoRegions } from '../../adapters/fixtures/demoRegions.ts';
import { householdMapping } from '../../adapters/fixtures/householdMapping.ts';
import { compileMapping } from '../../adapters/mapping/compile.ts';
import { adaptedRows } from '../../clients/cli/adapt/adaptFile.ts';
import { sharedSchema } from '../../machine/shippedSchemas.ts';
import { surroundingsWith } from '../../machine/surroundings.ts';
import { compileSchema } from '../../schemas/compile.ts';
import type { BenchRow } from '../row.ts';
import { writePeople, type Cells } from './peopleFile.ts';

const rows = 300_000;
const schema = sharedSchema('household@1');
const surroundings = surroundingsWith([demoRegions]);
const mapping = compileMapping({ ...householdMapping, limits: {} }, schema, surroundings.codeLists);

/** Four cells of each row are wrong: check digit, sex, day of birth, income. */
const spoiled = (cells: Cells): Cells =>
  cells
    .with(0, `${cells[0]?.slice(0, 17) ?? ''}${cells[0]?.endsWith('0') === true ? '1' : '0'}`)
    .with(2, '不详')
    .with(3, `${cells[3]?.slice(0, 4) ?? ''}0230`)
    .with(11, '八万六千');

export async function adaptSpeed(): Promise<readonly BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'datong-bench-'));
  try {
    const good = join(folder, 'good.csv');
    const bad = join(folder, 'bad.csv');
    await writePeople(good, rows, 2);
    await writePeople(bad, rows, 2, spoiled);
    await rate(good, 0);
    const each = { unit: 'rows/s', against: '–' };
    return [
      { figure: 'adapt, GB18030 CSV', value: await rate(good, 0), ...each },
      { figure: 'adapt, every row bad', value: await rate(bad, rows), ...each, must: { atLeast: 40_000 } },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @throws Error where another number of rows is bad */
async function rate(path: string, expected: number): Promise<number> {
  const begun = performance.now();
  let found = 0;
  for await (const batch of adaptedRows(
    createReadStream(path),
    mapping,
    compileSchema(schema, surroundings),
    {},
  ))
    found += batch.bad.length;
  if (found !== expected) throw new Error(`${found} bad rows instead of ${expected}`);
  return (rows * 1000) / (performance.now() - begun);
}
