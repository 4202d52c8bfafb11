/** A keyed hash of a set of texts: the sum of their MACs modulo 2^256. It does not depend on their order. No database, no state outside. */
import { createHmac, type KeyObject } from 'node:crypto';
import { hmacBytes } from '../../../../log/hmac.ts';

const modulus = 1n << 256n;
/** words of 32 bits */
const words = 8;
/** bytes of a row whose MAC takes the fast path */
const usualBytes = 4096;
/** additions after which carries are propagated: a sum of 2^20 words of 32 bits is exact in a double */
const maxAdded = 2 ** 20;

export class SetHash {
  private readonly mac: (bytes: Uint8Array) => Buffer;
  private readonly sums = new Float64Array(words);
  private uncarried = 0;
  private carried = 0n;
  /** number of texts added minus texts removed */
  count = 0;

  /** @param key of the hub @param name of the set: the same text has another MAC in another set */
  constructor(key: KeyObject, name: string) {
    this.mac = hmacBytes(createHmac('sha256', key).update(`datong set 1\n${name}`).digest(), '', usualBytes);
  }

  add(text: Uint8Array | string): void {
    this.change(text, 1);
  }

  remove(text: Uint8Array | string): void {
    this.change(text, -1);
  }

  private change(text: Uint8Array | string, sign: 1 | -1): void {
    const mac = this.mac(typeof text === 'string' ? Buffer.from(text) : text);
    for (let word = 0; word < words; word += 1)
      this.sums[word] = (this.sums[word] ?? 0) + sign * mac.readUInt32BE(4 * word);
    this.count += sign;
    this.uncarried += 1;
    if (this.uncarried === maxAdded) this.carry();
  }

  /** Removes everything that another set of the same name holds. */
  subtract(other: SetHash): void {
    this.carried -= other.sumWith(0n);
    this.count -= other.count;
  }

  private carry(): void {
    this.carried += this.uncarriedSum();
    this.sums.fill(0);
    this.uncarried = 0;
  }

  private uncarriedSum(): bigint {
    let sum = 0n;
    for (const word of this.sums) sum = sum * (1n << 32n) + BigInt(word);
    return sum;
  }

  /** The sum, added to the previous one. */
  sumWith(before: bigint): bigint {
    const sum = (before + this.carried + this.uncarriedSum()) % modulus;
    return sum < 0n ? sum + modulus : sum;
  }
}
