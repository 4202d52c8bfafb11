import { readFile } from 'node:fs/promises';

/** Text of a file, undefined where there is none. A file that may not be read is an error: it is there. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
