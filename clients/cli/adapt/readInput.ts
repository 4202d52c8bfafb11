/** The file that a verb reads: a path, or `-` for standard input, as chunks, with its size where it is known. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

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
