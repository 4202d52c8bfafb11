import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { BenchRow } from '../row.ts';

const formats = ['csv', 'fixed', 'copybook', 'dbf', 'xml', 'json', 'hl7', 'xlsx'] as const;

/** Growth of a process that reads 100 MB of a format (xlsx: of a sheet, unpacked). One process a format. */
export async function memoryGrowth(): Promise<BenchRow[]> {
  const figures: BenchRow[] = [];
  for (const format of formats) {
    const probe = `${import.meta.dirname}/memoryProbe.ts`;
    const { stdout } = await promisify(execFile)(process.execPath, [
      `${import.meta.dirname}/../../scripts/run.mjs`,
      probe,
      format,
    ]);
    figures.push({
      figure: `memory growth, 100 MB of ${format}`,
      value: Number(stdout),
      unit: 'MB',
      against: '–',
      must: { atMost: format === 'xlsx' ? 160 : 96 },
    });
  }
  return figures;
}
