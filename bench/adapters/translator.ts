/** One process that translates as often as it is told: `translator.ts PATH`, forked. A message is how many rows the file has, and so is the answer. */
import { once } from 'node:events';
import { ThreadPool } from '../../hub/flows/intake/translation/threads/threadPool.ts';
import { translate } from './translating.ts';

const path = process.argv[2] ?? '';
const pool = new ThreadPool();
process.send?.(0);
for (;;) {
  const [rows] = (await once(process, 'message')) as [number];
  await translate(path, rows, pool);
  process.send?.(rows);
}
