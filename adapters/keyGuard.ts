/**
 * Finds keys that occur twice in one file. It stores 64 bits of a hash and the line of each key: 12 bytes a slot, so a million keys take
 * about 25 MB. Two different keys of one file share a hash with a chance below 10^-7 at a million keys; such a record would be reported as
 * repeated, never lost.
 */
import type { DatasetSchema } from '../schemas/datasetSchema.ts';

const slotWords = 3;

/**
 * Hash of rows' keys: two independent multiplicative hashes, with a separator between the parts. Both begin with the salt: without it, a
 * file could be constructed whose keys all have one place in the table, so that each is compared with all before it.
 */
export class KeyHash {
  high = 0;
  low = 0;
  private readonly places: readonly number[];
  private readonly salt: number;

  /** @param places indexes of the key's parts among a row's values @param salt 32 bits, the same for all rows that are compared */
  constructor(places: readonly number[], salt: number) {
    this.places = places;
    this.salt = salt;
  }

  /** For a schema with a primary key; undefined for one without. @param names fields of a row's values, in their order */
  static of(schema: DatasetSchema, names: readonly string[], salt: number): KeyHash | undefined {
    if (schema.primaryKey.length === 0) return undefined;
    return new KeyHash(
      schema.primaryKey.map((name) => names.indexOf(name)),
      salt,
    );
  }

  /** Stores the hash of a row's key in `high` and `low`. */
  take(values: readonly unknown[]): void {
    let a = 0x811c9dc5 ^ this.salt;
    let b = 0x9e3779b9 ^ this.salt;
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

export class KeyGuard {
  private slots = new Int32Array(4096 * slotWords);
  private mask = 4095;
  private used = 0;
  private readonly maxKeys: number;

  /** @param maxKeys stored at most; later ones are compared with these, not with each other */
  constructor(maxKeys = Infinity) {
    this.maxKeys = maxKeys;
  }

  /** Line on which the key first occurred; undefined (and stored) when it is new. */
  seen(high: number, low: number, line: number): number | undefined {
    const { slots, mask } = this;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const at = slot * slotWords;
      const known = slots[at + 2] ?? 0;
      if (known === 0) {
        if (this.used >= this.maxKeys) return undefined;
        slots[at] = high;
        slots[at + 1] = low;
        slots[at + 2] = Math.max(1, line);
        this.used += 1;
        if (this.used * 10 > (mask + 1) * 6) this.grow();
        return undefined;
      }
      if (slots[at] === high && slots[at + 1] === low) return known;
    }
  }

  private grow(): void {
    const old = this.slots;
    const mask = this.mask * 2 + 1;
    const slots = new Int32Array((mask + 1) * slotWords);
    for (let at = 0; at < old.length; at += slotWords) {
      if (old[at + 2] === 0) continue;
      let slot = (old[at + 1] ?? 0) & mask;
      while (slots[slot * slotWords + 2] !== 0) slot = (slot + 1) & mask;
      for (let word = 0; word < slotWords; word += 1) slots[slot * slotWords + word] = old[at + word] ?? 0;
    }
    this.mask = mask;
    this.slots = slots;
  }
}
