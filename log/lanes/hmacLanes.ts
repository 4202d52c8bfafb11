/** HMACs of very many values of 32 bytes under one key, four at a time. */
import { block, padded } from '../hmac.ts';
import { lanes, openLanes, writeWords } from './openLanes.ts';
import { initialState, maxValues, places } from './sha256Lanes.ts';

/** Bytes of a value. */
export const valueLength = 32;
/** Retained bytes of its HMAC. */
export const hashedLength = 16;

/** A memory with the states after a padded key, and the functions on it. */
export interface KeyedLanes {
  readonly memory: ArrayBuffer;
  /** Compresses the block from the state at this address; the result is in the block's first eight words. */
  readonly compress: (state: number) => void;
  readonly hmacs: (groups: number) => void;
  /** Sets words of the block, the same in each lane. */
  readonly fill: (from: number, words: readonly number[]) => void;
}

/**
 * @param key at most 64 bytes
 * @returns undefined without SIMD: on old processors, and in engines that may not compile WebAssembly
 * @throws RangeError for a key longer than a block
 */
export function keyedLanes(key: Uint8Array): KeyedLanes | undefined {
  const opened = openLanes();
  if (opened === undefined) return undefined;
  const { compress, hmacs } = opened;
  const view = new DataView(opened.memory);
  const write = (at: number, words: readonly number[]): void => writeWords(view, at, words);
  const fill = (from: number, words: readonly number[]): void =>
    write(
      places.block + 4 * lanes * from,
      words.flatMap((word) => Array<number>(lanes).fill(word)),
    );
  const stateBehind = (pad: number): number[] => {
    const start = padded(key, pad, 0);
    fill(
      0,
      Array.from({ length: block / 4 }, (_, i) => start.readUInt32BE(4 * i)),
    );
    compress(places.initial);
    return initialState.map((_, i) => view.getUint32(places.block + 4 * lanes * i, true));
  };
  write(places.inner, stateBehind(0x36));
  write(places.outer, stateBehind(0x5c));
  return { memory: opened.memory, compress, hmacs, fill };
}

/**
 * HMAC-SHA-256 (RFC 2104), its first 16 bytes. Create it once per frequently used key: it has its own memory.
 * @param key at most 64 bytes
 * @returns a function that writes the HMACs of concatenated values into a target; undefined without SIMD
 * @throws RangeError for a key longer than a block
 */
export function hmacLanes(key: Uint8Array): ((values: Uint8Array, into: Uint8Array) => void) | undefined {
  const keyed = keyedLanes(key);
  if (keyed === undefined) return undefined;
  const { memory, hmacs, fill } = keyed;
  const bytes = new Uint8Array(memory);
  // padding after 32 bytes, in both hashes: a bit, zeros, and the number of bits including the padded key
  fill(8, [0x80000000, 0, 0, 0, 0, 0, 0, 8 * (block + valueLength)]);
  return (values, into) => {
    for (let from = 0; from < values.length; from += maxValues * valueLength) {
      const some = values.subarray(from, from + maxValues * valueLength);
      const count = some.length / valueLength;
      bytes.set(some, places.values);
      hmacs(Math.ceil(count / lanes));
      into.set(
        bytes.subarray(places.hashed, places.hashed + count * hashedLength),
        (from / valueLength) * hashedLength,
      );
    }
  };
}
