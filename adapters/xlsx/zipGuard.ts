/**
 * Checks a zip archive before it is unpacked: the number of parts, their declared sizes, and their real sizes. The real size is counted
 * part by part in small pieces, so that a zip bomb is detected in bounded memory.
 */
import type { FaultWord } from '../../terms/factWords.ts';
import { asIs, type Bilingual } from '../../terms/bilingual.ts';
import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib';
import { Problem } from '../../terms/problem.ts';

export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  readonly declared: number;
  readonly encrypted: boolean;
  /** CRC-32 of the content, as in the directory */
  readonly checksum: number;
  /** the packed bytes */
  readonly data: Uint8Array;
}

export interface ZipLimits {
  readonly maxInflatedBytes: number;
  readonly maxEntries: number;
  /** unpacked : packed, over the whole archive */
  readonly maxRatio: number;
}

const endSignature = 0x06054b50;
const directorySignature = 0x02014b50;
const localSignature = 0x04034b50;

/** The parts of an archive. @throws Problem xlsx_damaged, file_limit_exceeded */
export function zipEntries(bytes: Buffer, limits: ZipLimits): ZipEntry[] {
  const end = endOfDirectory(bytes);
  const count = bytes.readUInt16LE(end + 10);
  if (count > limits.maxEntries) throw over('entries', limits.maxEntries);
  const entries: ZipEntry[] = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let i = 0; i < count; i += 1) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== directorySignature)
      throw damaged('zip directory');
    const packed = bytes.readUInt32LE(at + 20);
    const nameLength = bytes.readUInt16LE(at + 28);
    const local = bytes.readUInt32LE(at + 42);
    if (local + 30 > bytes.length || bytes.readUInt32LE(local) !== localSignature) throw damaged('zip part');
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    if (start + packed > bytes.length) throw damaged('zip part cut short');
    entries.push({
      name: bytes.toString('utf8', at + 46, at + 46 + nameLength),
      method: bytes.readUInt16LE(at + 10),
      packed,
      declared: bytes.readUInt32LE(at + 24),
      encrypted: (bytes.readUInt16LE(at + 8) & 1) === 1,
      checksum: bytes.readUInt32LE(at + 16),
      data: bytes.subarray(start, start + packed),
    });
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  const declared = entries.reduce((sum, entry) => sum + entry.declared, 0);
  if (declared > limits.maxInflatedBytes) throw over('unpacked bytes', limits.maxInflatedBytes);
  return entries;
}

/** Called with the content of a part, piece by piece. */
export type SeePiece = (entry: ZipEntry, piece: Uint8Array) => void;

/** Unpacks everything once to count it and to compare its checksums, storing nothing. @throws Problem file_limit_exceeded, xlsx_damaged */
export async function countInflated(
  entries: readonly ZipEntry[],
  limits: ZipLimits,
  see?: SeePiece,
): Promise<void> {
  let total = 0;
  let packed = 0;
  for (const entry of entries) {
    packed += entry.packed;
    total += await measured(entry, limits.maxInflatedBytes - total, see);
    if (total > limits.maxInflatedBytes) throw over('unpacked bytes', limits.maxInflatedBytes);
  }
  if (total > packed * limits.maxRatio + 1_048_576) throw over('unpacked : packed', limits.maxRatio);
}

/** @returns its size, unpacked */
async function measured(entry: ZipEntry, left: number, see: SeePiece | undefined): Promise<number> {
  let size = 0;
  let checksum = 0;
  const count = (piece: Uint8Array): void => {
    size += piece.length;
    if (size > left) throw over('unpacked bytes', left);
    checksum = crc32(piece, checksum);
    see?.(entry, piece);
  };
  if (entry.method === 0) count(entry.data);
  else await inflated(entry, count);
  if (checksum !== entry.checksum) throw damaged(asIs(entry.name.slice(0, 60)));
  return size;
}

async function inflated(entry: ZipEntry, take: (piece: Uint8Array) => void): Promise<void> {
  const inflate = createInflateRaw();
  const done = (async () => {
    for await (const piece of inflate as AsyncIterable<Uint8Array>) take(piece);
  })();
  inflate.end(entry.data);
  try {
    await done;
  } catch (error) {
    inflate.destroy();
    throw error instanceof Problem ? error : damaged(asIs(entry.name.slice(0, 60)));
  }
}

/** A small part, whole. @throws Problem xlsx_damaged */
export function smallEntry(entry: ZipEntry, limit: number): string {
  try {
    const bytes = entry.method === 0 ? entry.data : inflateRawSync(entry.data, { maxOutputLength: limit });
    return Buffer.from(bytes).toString('utf8');
  } catch {
    throw damaged(asIs(entry.name.slice(0, 60)));
  }
}

/** Finds the end record, which is in the last 64 KiB. */
function endOfDirectory(bytes: Buffer): number {
  for (let at = bytes.length - 22; at >= Math.max(0, bytes.length - 65_557); at -= 1) {
    if (bytes.readUInt32LE(at) === endSignature) return at;
  }
  throw damaged('no zip directory');
}

const damaged = (what: FaultWord | Bilingual): Problem => new Problem('xlsx_damaged', { what });
const over = (what: FaultWord, limit: number): Problem =>
  new Problem('file_limit_exceeded', { place: 'xlsx', what, limit });
