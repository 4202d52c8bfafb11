/** Memo files: .dbt of dBase III and IV, .fpt of FoxPro. */
import type { DbfHeader } from './header.ts';

/** Bytes of the memo that begins at a block; undefined where the file has no such memo. */
export type ReadMemo = (block: number) => Uint8Array | undefined;

const dbase3Block = 512;

export function memoReader(memo: Uint8Array, header: DbfHeader): ReadMemo {
  const bytes = Buffer.from(memo.buffer, memo.byteOffset, memo.length);
  if (bytes.length < 24) return () => undefined;
  if (header.foxpro || header.version === 0xf5) return foxproMemo(bytes, Math.max(1, bytes.readUInt16BE(6)));
  if (header.version === 0x83) return dbase3Memo(bytes);
  return dbase4Memo(bytes, bytes.readUInt16LE(20) || dbase3Block);
}

/** Text up to the byte 1A, in blocks of 512. */
function dbase3Memo(bytes: Buffer): ReadMemo {
  return (block) => {
    const start = block * dbase3Block;
    if (block < 1 || start >= bytes.length) return undefined;
    const end = bytes.indexOf(0x1a, start);
    return bytes.subarray(start, end < 0 ? bytes.length : end);
  };
}

/**
 * FF FF 08 00, a length that includes these eight bytes, then the text. Without that header a memo is read as dBase III if blocks have 512
 * bytes, as dBase III writes them. With another block size it is damaged: there is no memo, and the row is bad (`dbf.memo`).
 */
function dbase4Memo(bytes: Buffer, blockSize: number): ReadMemo {
  const plain = dbase3Memo(bytes);
  return (block) => {
    const start = block * blockSize;
    if (block < 1 || start + 8 > bytes.length) return undefined;
    if (bytes.readUInt32BE(start) !== 0xffff0800) return blockSize === dbase3Block ? plain(block) : undefined;
    const length = bytes.readUInt32LE(start + 4);
    return length < 8 || start + length > bytes.length
      ? undefined
      : bytes.subarray(start + 8, start + length);
  };
}

/** Type and length, both most significant byte first, then the text. */
function foxproMemo(bytes: Buffer, blockSize: number): ReadMemo {
  return (block) => {
    const start = block * blockSize;
    if (block < 1 || start + 8 > bytes.length) return undefined;
    const length = bytes.readUInt32BE(start + 4);
    return start + 8 + length > bytes.length ? undefined : bytes.subarray(start + 8, start + 8 + length);
  };
}
