import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BenchRow } from '../row.ts';
import { peopleCells } from './sampleFiles.ts';
import { largeWorkbook } from './workbook.ts';

const formats = ['csv', 'fixed', 'copybook', 'dbf', 'xml', 'json', 'hl7', 'xlsx'] as const;
const megabyte = 1024 * 1024;

/** Growth of a process that reads 100 MB of a format (xlsx: of a sheet, unpacked). One process a format. */
export async function memoryGrowth(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'datong-bench-'));
  try {
    const books = [1, 100].map((size) => ({ path: join(folder, `${size}.xlsx`), size }));
    for (const { path, size } of books)
      await writeFile(path, largeWorkbook(peopleCells(2_000), size * megabyte));
    const figures: BenchRow[] = [];
    for (const format of formats) {
      const value = await growth(format, format === 'xlsx' ? books.map(({ path }) => path) : []);
      figures.push({
        figure: `memory growth, 100 MB of ${format}`,
        value,
        unit: 'MB',
        against: '–',
        must: { atMost: format === 'xlsx' ? 160 : 96 },
      });
    }
    return figures;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function growth(format: string, files: readonly string[]): Promise<number> {
  const runner = join(import.meta.dirname, '../../scripts/run.mjs');
  const probe = join(import.meta.dirname, 'memoryProbe.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [runner, probe, format, ...files]);
  return Number(stdout);
}
