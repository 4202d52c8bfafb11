/** A forked process that translates on request: `translator.ts PATH`. A message is the number of rows in the file, and so is the answer. */
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
