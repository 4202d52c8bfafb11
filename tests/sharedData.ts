/**
 * Real legacy files that tests read. Those whose licence lets them be passed on lie in tests/data, large ones compressed; a few without a
 * stated licence lie only in a collection next to the checkout (DATONG_SHARED_DATA), and their tests are skipped where it is not there.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

const published = resolve(import.meta.dirname, 'data');
const collection = process.env['DATONG_SHARED_DATA'] ?? resolve(import.meta.dirname, '../../shared/data');

/** Folders that may not be passed on. */
const unlicensed = new Set(['shantou-air', 'gbk-csv']);

/** `skip` option of a test that reads files of those folders. */
export const needsUnlicensedData = {
  skip: [...unlicensed].every((folder) => existsSync(join(collection, folder)))
    ? false
    : 'files without a stated licence are not part of the repository',
};

let unpacked: string | undefined;

/** Path of one real file, e.g. `dbf/cp1251.dbf`; a compressed one is unpacked for the life of this process. */
export function sharedData(path: string): string {
  const [folder = ''] = path.split('/');
  if (unlicensed.has(folder)) return join(collection, path);
  const plain = join(published, path);
  const packed = `${plain}.gz`;
  return existsSync(packed) ? unpack(packed, path) : plain;
}

/** Names of the real files of a folder. */
export const sharedFiles = (folder: string): string[] =>
  readdirSync(unlicensed.has(folder) ? join(collection, folder) : join(published, folder)).map((name) =>
    name.replace(/\.gz$/, ''),
  );

function unpack(packed: string, path: string): string {
  if (unpacked === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'datong-real-files-'));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    unpacked = made;
  }
  const file = join(unpacked, path);
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, gunzipSync(readFileSync(packed)));
  }
  return file;
}
