/** HMACs of very many values of 32 bytes under one key, four at a time. */
import { block, padded } from '../hmac.ts';
import { lanes, openLanes, writeWords } from './openLanes.ts';
import { initialState, maxValues, places } from './sha256Lanes.ts';

/** Bytes of a value. */
export const valueLength = 32;
/** Bytes that are kept of its HMAC. */
export const hashedLength = 16;

/** A memory, in which the states behind a padded key lie; and what works in it. */
export interface KeyedLanes {
  readonly memory: ArrayBuffer;
  /** Goes on from the state that lies there with the block; what comes of it lies in the block's first eight words. */
  readonly compress: (state: number) => void;
  readonly hmacs: (groups: number) => void;
  /** Words of the block, each once for each lane. */
  readonly fill: (from: number, words: readonly number[]) => void;
}

/**
 * @param key at most 64 bytes
 * @returns undefined where there are no vectors: old processors have none, and engines that may not compile
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
 * HMAC-SHA-256 (RFC 2104), its first 16 bytes. Made once for a key that is used often: it has a memory of its own.
 * @param key at most 64 bytes
 * @returns writes the HMACs of values that lie one behind the other to where they are wanted; undefined where there are no vectors
 * @throws RangeError for a key longer than a block
 */
export function hmacLanes(key: Uint8Array): ((values: Uint8Array, into: Uint8Array) => void) | undefined {
  const keyed = keyedLanes(key);
  if (keyed === undefined) return undefined;
  const { memory, hmacs, fill } = keyed;
  const bytes = new Uint8Array(memory);
  // behind 32 bytes, in both hashes: a bit, zeros, and how many bits there are with the padded key
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
