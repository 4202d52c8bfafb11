import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { exitCode, VerbFailure } from './verb.ts';

const megabyte = 1024 * 1024;
const piece = 4 * megabyte;

/**
 * A file's bytes, read piece by piece up to a limit: files delivered as evidence may have any size, or no end.
 * @param maxBytes maximum bytes
 * @throws VerbFailure for a longer one; the file system's error, which names the path
 */
export function readBounded(path: string, maxBytes: number): Buffer {
  const file = openSync(path, 'r');
  try {
    if (fstatSync(file).size > maxBytes) throw tooLong(path, maxBytes);
    const pieces: Buffer[] = [];
    for (let bytes = 0; ;) {
      const next = Buffer.allocUnsafe(Math.min(piece, maxBytes + 1 - bytes));
      const read = readSync(file, next);
      if (read === 0) return Buffer.concat(pieces);
      pieces.push(next.subarray(0, read));
      bytes += read;
      if (bytes > maxBytes) throw tooLong(path, maxBytes);
    }
  } finally {
    closeSync(file);
  }
}

/** The first bytes of a file. @param maxBytes maximum bytes */
export function readBegin(path: string, maxBytes: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const begin = Buffer.alloc(maxBytes);
    let bytes = 0;
    for (let read = -1; read !== 0 && bytes < maxBytes; bytes += read)
      read = readSync(file, begin, bytes, maxBytes - bytes, null);
    return begin.subarray(0, bytes);
  } finally {
    closeSync(file);
  }
}

/** The same as text. @throws VerbFailure also where the bytes are no UTF-8 */
export function readBoundedText(path: string, maxBytes: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readBounded(path, maxBytes));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new VerbFailure(exitCode.local, {
      zh: `${path} 不是 UTF-8 文本`,
      en: `${path} is no text in UTF-8`,
    });
  }
}

/** A key as an option gives it: its text (which has a plus sign), or the name of a file with it. */
export const boundedOrText = (option: string): string =>
  option.includes('+') && !existsSync(option) ? option : readBoundedText(option, megabyte / 16);

function tooLong(path: string, maxBytes: number): VerbFailure {
  const size =
    maxBytes < megabyte ? `${Math.floor(maxBytes / 1024)} KB` : `${Math.floor(maxBytes / megabyte)} MB`;
  return new VerbFailure(
    exitCode.local,
    { zh: `${path} 超过 ${size}，不读取`, en: `${path} is longer than ${size}: it is not read` },
    { zh: '核对文件；证据包可分段导出', en: 'check the file; a pack can be exported in ranges' },
  );
}
