import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { readJsonFile } from './readJsonFile.ts';

/**
 * Reader options from a JSON file. A copybook may stand in the options whole, or as the name of a file beside them: a copybook has
 * more than one line, a name has not.
 */
export async function readReaderOptions(path: string): Promise<unknown> {
  const options = await readJsonFile(path);
  if (typeof options !== 'object' || options === null || !('copybook' in options)) return options;
  const { copybook } = options;
  if (typeof copybook !== 'string' || copybook.includes('\n') || !/\.\w+$/.test(copybook)) return options;
  return { ...options, copybook: await readFile(resolve(dirname(path), copybook), 'utf8') };
}
