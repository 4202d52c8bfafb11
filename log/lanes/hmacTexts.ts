import { block } from '../hmac.ts';
import { keyedLanes, type KeyedLanes } from './hmacLanes.ts';
import { lanes } from './openLanes.ts';
import { places } from './sha256Lanes.ts';

/** Characters that fit into one block together with the padding bit and the length. */
const maxCharacters = block - 9;
const words = block / 4;
const hashWords = 8;

/** HMAC-SHA-256 (RFC 2104) of short texts in ASCII under one key, four at a time. */
export class HmacTexts {
  private readonly lanes: KeyedLanes;
  /** word after word; the lanes of a word are adjacent */
  private readonly block: Int32Array;
  private readonly prefix: Uint8Array;
  private readonly text = new Uint8Array(block);
  private used = 0;

  private constructor(keyed: KeyedLanes, prefix: string) {
    this.lanes = keyed;
    this.block = new Int32Array(this.lanes.memory, places.block, words * lanes);
    this.prefix = Buffer.from(prefix, 'latin1');
    this.text.set(this.prefix.subarray(0, block));
  }

  /**
   * @param key at most 64 bytes @param prefix common prefix of all texts, in ASCII
   * @returns undefined without SIMD @throws RangeError for a longer key
   */
  static of(key: Uint8Array, prefix: string): HmacTexts | undefined {
    const keyed = keyedLanes(key);
    return keyed === undefined ? undefined : new HmacTexts(keyed, prefix);
  }

  /** number of texts added since the last `hash` */
  get size(): number {
    return this.used;
  }

  /** Adds a text. @returns false for one that is too long or not ASCII, and when there are four already */
  add(text: string): boolean {
    const { text: bytes, block: into, used: lane } = this;
    const before = this.prefix.length;
    const length = before + text.length;
    if (length > maxCharacters || lane === lanes) return false;
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i);
      if (code > 127) return false;
      bytes[before + i] = code;
    }
    bytes[length] = 0x80;
    const last = length >> 2;
    // clears the rest of the last word, which may contain bytes of a previous text, also of a rejected one
    bytes.fill(0, length + 1, 4 * last + 4);
    for (let word = 0; word <= last; word += 1) {
      const at = word * 4;
      into[word * lanes + lane] =
        ((bytes[at] ?? 0) << 24) |
        ((bytes[at + 1] ?? 0) << 16) |
        ((bytes[at + 2] ?? 0) << 8) |
        (bytes[at + 3] ?? 0);
    }
    for (let word = last + 1; word < words - 1; word += 1) into[word * lanes + lane] = 0;
    into[(words - 1) * lanes + lane] = 8 * (block + length);
    this.used += 1;
    return true;
  }

  /** Removes the text that was added last. */
  leaveLast(): void {
    this.used -= 1;
  }

  /** Hashes the added texts; others may be added once the hashes were read. */
  hash(): void {
    this.lanes.compress(places.inner);
    this.block.set(behindHash, hashWords * lanes);
    this.lanes.compress(places.outer);
    this.used = 0;
  }

  /** Writes a hash, 32 bytes. @param nth in the order in which they were added */
  hashInto(nth: number, bytes: Uint8Array, at: number): void {
    for (let word = 0; word < hashWords; word += 1) {
      const value = this.block[word * lanes + nth] ?? 0;
      bytes[at + word * 4] = value >>> 24;
      bytes[at + word * 4 + 1] = value >>> 16;
      bytes[at + word * 4 + 2] = value >>> 8;
      bytes[at + word * 4 + 3] = value;
    }
  }
}

/** Padding after a hash in the outer block: a bit, zeros, and the number of bits including the padded key. */
const behindHash = Int32Array.from(
  [0x80000000, 0, 0, 0, 0, 0, 0, 8 * (block + 4 * hashWords)].flatMap((word) =>
    Array<number>(lanes).fill(word),
  ),
);
