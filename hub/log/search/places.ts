/** A set of entries of a chunk: a bitmap of 1,024 bits; in the database two bytes per place while they are few. */

/** Entries of a chunk. */
export const chunkSize = 1_024;
const bitmapBytes = chunkSize / 8;

export type Places = Uint8Array;

export const noPlaces = (): Places => new Uint8Array(bitmapBytes);
export const allPlaces = (): Places => new Uint8Array(bitmapBytes).fill(255);

export function addPlace(places: Places, at: number): void {
  places[at >> 3] = (places[at >> 3] ?? 0) | (1 << (at & 7));
}

/** Adds the others to these places. */
export function addPlaces(places: Places, others: Places): void {
  for (let at = 0; at < bitmapBytes; at += 1) places[at] = (places[at] ?? 0) | (others[at] ?? 0);
}

export const hasPlace = (places: Places, at: number): boolean =>
  ((places[at >> 3] ?? 0) & (1 << (at & 7))) !== 0;

export function both(a: Places, b: Places): Places {
  const places = noPlaces();
  for (let at = 0; at < bitmapBytes; at += 1) places[at] = (a[at] ?? 0) & (b[at] ?? 0);
  return places;
}

export function either(a: Places, b: Places): Places {
  const places = Uint8Array.from(a);
  addPlaces(places, b);
  return places;
}

export function isNowhere(places: Places): boolean {
  for (let at = 0; at < bitmapBytes; at += 1) if (places[at] !== 0) return false;
  return true;
}

export function isEverywhere(places: Places): boolean {
  for (let at = 0; at < bitmapBytes; at += 1) if (places[at] !== 255) return false;
  return true;
}

const bitsOf = Uint8Array.from({ length: 256 }, (_, byte) => {
  let bits = 0;
  for (let rest = byte; rest > 0; rest >>= 1) bits += rest & 1;
  return bits;
});

export function countPlaces(places: Places): number {
  let count = 0;
  for (const byte of places) count += bitsOf[byte] ?? 0;
  return count;
}

/** The number of these places that a stored posting contains. */
export function countAmong(places: Places, packed: Uint8Array): number {
  let count = 0;
  if (packed.length !== bitmapBytes) {
    for (let at = 0; at + 1 < packed.length; at += 2) if (hasPlace(places, placeAt(packed, at))) count += 1;
    return count;
  }
  for (let at = 0; at < bitmapBytes; at += 1) count += bitsOf[(places[at] ?? 0) & (packed[at] ?? 0)] ?? 0;
  return count;
}

/** Ascending. */
export function listPlaces(places: Places): number[] {
  const list: number[] = [];
  for (let at = 0; at < chunkSize; at += 1) if (hasPlace(places, at)) list.push(at);
  return list;
}

export function packPlaces(places: Places): Buffer {
  const count = countPlaces(places);
  if (count * 2 >= bitmapBytes) return Buffer.from(places);
  const packed = Buffer.alloc(count * 2);
  for (const [nth, at] of listPlaces(places).entries()) packed.writeUInt16BE(at, nth * 2);
  return packed;
}

/** Packs a list of places, ascending, together with a bitmap of others. */
export function packAll(few: readonly number[], many: Places | undefined): Buffer {
  if (many === undefined && few.length * 2 < bitmapBytes) {
    const packed = Buffer.alloc(few.length * 2);
    for (const [nth, at] of few.entries()) packed.writeUInt16BE(at, nth * 2);
    return packed;
  }
  const places = many === undefined ? noPlaces() : Uint8Array.from(many);
  for (const at of few) addPlace(places, at);
  return packPlaces(places);
}

const placeAt = (packed: Uint8Array, at: number): number =>
  (((packed[at] ?? 0) << 8) | (packed[at + 1] ?? 0)) % chunkSize;

/** Altered bytes yield some other set, never an error: results are verified with the leaves. */
export function unpackPlaces(packed: Uint8Array): Places {
  if (packed.length === bitmapBytes) return Uint8Array.from(packed);
  const places = noPlaces();
  for (let at = 0; at + 1 < packed.length; at += 2) addPlace(places, placeAt(packed, at));
  return places;
}
