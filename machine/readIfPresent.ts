import { readFile } from 'node:fs/promises';

/** Text of a file, undefined where there is none. A file without read permission is an error, because it exists. */
export async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
