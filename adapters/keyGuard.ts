/**
 * Finds keys that occur twice in one file. Keeps 64 bits of a hash and the line of each key: 12 bytes a slot, so a million keys take
 * about 25 MB. Two different keys of one file share a hash with a chance below 10^-7 at a million keys; such a record would be
 * reported as repeated, never lost.
 */
import type { DatasetSchema } from '../schemas/datasetSchema.ts';

const slotWords = 3;

export class KeyGuard {
  private readonly places: readonly number[];
  private slots = new Int32Array(4096 * slotWords);
  private mask = 4095;
  private used = 0;
  private high = 0;
  private low = 0;

  /** @param places where the parts of the key stand among a row's values */
  constructor(places: readonly number[]) {
    this.places = places;
  }

  /** For a schema with a primary key; undefined for one without. @param names fields of a row's values, in their order */
  static of(schema: DatasetSchema, names: readonly string[]): KeyGuard | undefined {
    if (schema.primaryKey.length === 0) return undefined;
    return new KeyGuard(schema.primaryKey.map((name) => names.indexOf(name)));
  }

  /** Line on which the row's key was seen first; undefined (and remembered) when it is new. */
  seen(values: readonly unknown[], line: number): number | undefined {
    this.hash(values);
    const { slots, mask, high, low } = this;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const at = slot * slotWords;
      const known = slots[at + 2] ?? 0;
      if (known === 0) {
        this.put(at, line);
        return undefined;
      }
      if (slots[at] === high && slots[at + 1] === low) return known;
    }
  }

  private put(at: number, line: number): void {
    this.slots[at] = this.high;
    this.slots[at + 1] = this.low;
    this.slots[at + 2] = Math.max(1, line);
    this.used += 1;
    if (this.used * 10 > (this.mask + 1) * 6) this.grow();
  }

  private grow(): void {
    const old = this.slots;
    this.mask = this.mask * 2 + 1;
    this.slots = new Int32Array((this.mask + 1) * slotWords);
    for (let at = 0; at < old.length; at += slotWords) {
      if (old[at + 2] === 0) continue;
      let slot = (old[at + 1] ?? 0) & this.mask;
      while (this.slots[slot * slotWords + 2] !== 0) slot = (slot + 1) & this.mask;
      for (let word = 0; word < slotWords; word += 1)
        this.slots[slot * slotWords + word] = old[at + word] ?? 0;
    }
  }

  /** Two independent multiplicative hashes over the key's characters, parts told apart by a mark. */
  private hash(values: readonly unknown[]): void {
    let a = 0x811c9dc5;
    let b = 0x9e3779b9;
    for (const place of this.places) {
      const value = values[place];
      const text = typeof value === 'string' ? value : String(value);
      for (let i = 0; i < text.length; i += 1) {
        const code = text.charCodeAt(i);
        a = Math.imul(a ^ code, 0x01000193);
        b = Math.imul(b ^ code, 0x85ebca6b);
        b ^= b >>> 13;
      }
      a = Math.imul(a ^ 0x1ffff, 0x01000193);
      b = Math.imul(b ^ 0x1ffff, 0x85ebca6b);
    }
    this.high = a | 0;
    this.low = (b ^ (b >>> 16)) | 0;
  }
}
