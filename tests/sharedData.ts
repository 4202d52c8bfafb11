import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const folder = process.env['DATONG_SHARED_DATA'] ?? resolve(import.meta.dirname, '../../shared/data');

/**
 * False where the collection of real legacy files does not lie beside the checkout. In CI it must lie there:
 * a test may be skipped on a laptop, never in CI.
 */
export const hasSharedData: boolean = existsSync(join(folder, 'README.md')) || process.env['CI'] === 'true';

/** `skip` option of a test that reads real files. */
export const needsSharedData = {
  skip: hasSharedData ? false : 'the collection of real legacy files is not beside this checkout',
};

/** Path of one real legacy file, e.g. `dbf/cp1251.dbf`. */
export function sharedData(path: string): string {
  return join(folder, path);
}
