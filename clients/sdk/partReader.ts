import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';

/** Bytes read at once where a resumed submission has nothing left to send and is only hashed. */
const hashedAtOnce = 1 << 20;

/** Bytes of a submission by offset, from memory or from a file, with the digest of the whole computed on the way. */
export class PartReader {
  readonly size: number;
  private readonly bytes: Uint8Array | FileHandle;
  private readonly hash: Hash = createHash('sha256');
  private hashed = 0;

  private constructor(bytes: Uint8Array | FileHandle, size: number) {
    this.bytes = bytes;
    this.size = size;
  }

  static async open(source: Uint8Array | string): Promise<PartReader> {
    if (typeof source !== 'string') return new PartReader(source, source.length);
    const file = await open(source, 'r');
    return new PartReader(file, (await file.stat()).size);
  }

  /** At most `length` bytes from `offset`. Offsets may go back (a part is sent again) or skip ahead (a batch is resumed). */
  async read(offset: number, length: number): Promise<Uint8Array> {
    while (this.hashed < offset)
      this.digest(this.hashed, await this.at(this.hashed, Math.min(length, offset - this.hashed)));
    const part = await this.at(offset, length);
    this.digest(offset, part);
    return part;
  }

  /** hex SHA-256 of the whole. Call it once, after every byte was read. */
  async sha256(): Promise<string> {
    await this.read(this.size, hashedAtOnce);
    return this.hash.digest('hex');
  }

  async close(): Promise<void> {
    if (!(this.bytes instanceof Uint8Array)) await this.bytes.close();
  }

  private digest(offset: number, part: Uint8Array): void {
    const fresh = offset + part.length - this.hashed;
    if (fresh <= 0) return;
    this.hash.update(part.subarray(part.length - fresh));
    this.hashed += fresh;
  }

  private async at(offset: number, length: number): Promise<Uint8Array> {
    const end = Math.min(this.size, offset + length);
    if (this.bytes instanceof Uint8Array) return this.bytes.subarray(offset, end);
    const part = Buffer.allocUnsafe(end - offset);
    let filled = 0;
    while (filled < part.length) {
      const { bytesRead } = await this.bytes.read(part, filled, part.length - filled, offset + filled);
      if (bytesRead === 0)
        throw Object.assign(new Error('the file became shorter while it was sent'), { code: 'EIO' });
      filled += bytesRead;
    }
    return part;
  }
}
