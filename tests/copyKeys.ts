import { chmodSync, cpSync, type CopySyncOptions } from 'node:fs';
import { defined } from '../terms/defined.ts';

/** A folder of keys once more, closed to others: not every version of Node copies the mode of a folder. */
export function copyKeys(from: string, to: string, { filter }: Pick<CopySyncOptions, 'filter'> = {}): void {
  cpSync(from, to, { recursive: true, ...defined({ filter }) });
  chmodSync(to, 0o700);
}
