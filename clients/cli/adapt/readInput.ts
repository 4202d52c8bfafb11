/** The file that a verb reads: a path, or `-` for standard input, as chunks, with its size where it is known. */
import { createReadStream } from 'node:fs';
import { stat, readFile } from 'node:fs/promises';
import { exitCode, VerbFailure } from '../verb.ts';
import { dirname, resolve } from 'node:path';
import type { DatasetSchema } from '../../../schemas/datasetSchema.ts';
import { parseDatasetSchema } from '../../../schemas/parse.ts';
import { sharedSchema } from '../../../machine/shippedSchemas.ts';
import type { Surroundings } from '../../../schemas/surroundings.ts';

export interface Input {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** bytes handed on so far */
  readonly position: () => number;
  /** undefined for a pipe */
  readonly size: number | undefined;
}

const chunkBytes = 256 * 1024;

/** @throws NodeJS.ErrnoException when the file cannot be read */
export async function openInput(path: string): Promise<Input> {
  const found = path === '-' ? undefined : await stat(path);
  const source: AsyncIterable<Uint8Array> =
    path === '-' ? process.stdin : createReadStream(path, { highWaterMark: chunkBytes });
  let position = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      position += chunk.length;
      yield chunk;
    }
  }
  return {
    chunks: counted(),
    position: () => position,
    size: found?.isFile() === true ? found.size : undefined,
  };
}

/** @throws VerbFailure when the file is not JSON, NodeJS.ErrnoException when it cannot be read */
export async function readJsonFile(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8');
  try {
    return JSON.parse(text.replace(/^\ufeff/, '')) as unknown;
  } catch (error) {
    const offset = error instanceof Error ? /position (\d+)/.exec(error.message)?.[1] : undefined;
    const before = offset === undefined ? [text] : text.slice(0, Number(offset)).split('\n');
    const [line, column] = [before.length, (before.at(-1) ?? '').length + 1];
    const place =
      offset === undefined
        ? { zh: '', en: '' }
        : { zh: `（第 ${line} 行第 ${column} 列）`, en: ` (line ${line}, column ${column})` };
    throw new VerbFailure(exitCode.local, {
      zh: `${path} 不是有效的 JSON${place.zh}`,
      en: `${path} is not valid JSON${place.en}`,
    });
  }
}

/**
 * Reader options from a JSON file. They contain a copybook as text, or the name of a file next to them: a copybook has more than one line,
 * a name has not.
 */
export async function readReaderOptions(path: string): Promise<unknown> {
  const options = await readJsonFile(path);
  if (typeof options !== 'object' || options === null || !('copybook' in options)) return options;
  const { copybook } = options;
  if (typeof copybook !== 'string' || copybook.includes('\n') || !/\.\w+$/.test(copybook)) return options;
  return { ...options, copybook: await readFile(resolve(dirname(path), copybook), 'utf8') };
}

/** A schema by file, or a shared one by its short name. @throws Problem schema_invalid */
export async function schemaFrom(fileOrName: string, surroundings: Surroundings): Promise<DatasetSchema> {
  if (/^[a-z][a-z0-9-]*@\d+$/.test(fileOrName)) return sharedSchema(fileOrName);
  return parseDatasetSchema(await readJsonFile(fileOrName), surroundings);
}
