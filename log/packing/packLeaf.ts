/**
 * Packs a leaf for its row (format.ts). The packed form is unpacked and compared: a leaf that would not be restored byte for byte, or does
 * not become shorter, is stored unpacked. Reading it needs no data other than this program.
 */
import { maxLeafLength } from '../leafBytes.ts';
import {
  codec1,
  farCopy,
  headLength,
  letters,
  lettersBase,
  longCopy,
  maxRunLength,
  nearCopy,
  oftenUsed,
  pairs,
  phrase,
  rarePhrase,
  raw,
  minCopy,
} from './format.ts';
import { phrases } from './phrases.ts';
import { maxRawBytes, rawByteLength, rawFormAt, rawTextLength, writeRaw } from './rawForms.ts';
import { unpackInto } from './unpackLeaf.ts';

const quote = 0x22;
const maxCopyLength = minCopy + longCopy + 255;
/** Length in bytes of the texts whose positions are remembered. */
const remembered = 4;
const slots = 1_024;

/** The number of each letter; 255 for other bytes. */
const letterNumbers = new Uint8Array(256).fill(255);
for (const [number, letter] of Array.from(letters).entries()) letterNumbers[letter.charCodeAt(0)] = number;

/** 1 for letters and digits. */
const inWord = new Uint8Array(256);
for (const letter of letters)
  if (/[a-z0-9]/.test(letter)) {
    inWord[letter.charCodeAt(0)] = 1;
    inWord[letter.toUpperCase().charCodeAt(0)] = 1;
  }

/**
 * Phrases as a tree, with three numbers per node in `nodes`. The first is the phrase that ends there (+ 1). The others are either the only
 * next byte and its node, or `many` and the index of its range in `ways`.
 */
const many = 256;
const signs = 128;
const { nodes, ways } = treeOf(phrases);

interface Branch {
  phrase: number;
  readonly ways: Map<number, Branch>;
}

function treeOf(texts: readonly string[]): { readonly nodes: Uint16Array; readonly ways: Uint16Array } {
  const root: Branch = { phrase: 0, ways: new Map() };
  const branches = [root];
  for (const [number, text] of texts.entries()) {
    let branch = root;
    for (const sign of Buffer.from(text)) {
      let next = branch.ways.get(sign);
      if (next === undefined) {
        next = { phrase: 0, ways: new Map() };
        branch.ways.set(sign, next);
        branches.push(next);
      }
      branch = next;
    }
    branch.phrase = number + 1;
  }
  const numbers = new Map(branches.map((branch, number) => [branch, number]));
  const wide = branches.filter((branch) => branch === root || branch.ways.size > 1);
  const places = new Map(wide.map((branch, nth) => [branch, nth]));
  const nodes = new Uint16Array(branches.length * 3);
  const ways = new Uint16Array(wide.length * signs);
  for (const [number, branch] of branches.entries()) {
    const place = places.get(branch);
    const [[sign, next] = [0, root]] = branch.ways;
    nodes[3 * number] = branch.phrase;
    nodes[3 * number + 1] = place === undefined ? sign : many;
    nodes[3 * number + 2] = place ?? numbers.get(next) ?? 0;
    if (place === undefined) continue;
    for (const [way, to] of branch.ways) ways[place * signs + way] = numbers.get(to) ?? 0;
  }
  return { nodes, ways };
}

/** Packs leaves. Each call reuses the instance's buffers. */
export class LeafPacker {
  private packed = Buffer.allocUnsafe(2_048);
  private again = Buffer.allocUnsafe(2_048);
  private readonly rawBytes = new Uint8Array(maxRawBytes);
  /** where a text was last seen in the leaf of this turn: turn and place */
  private readonly seen = new Float64Array(slots);
  private turn = 0;
  /** of the phrase or the copy found last */
  private found = 0;

  /** The bytes to store for a leaf: packed, or the leaf itself. */
  pack(leaf: Uint8Array): Uint8Array {
    if (leaf.length > maxLeafLength) return leaf;
    // worst case: one more byte for each run, and for each piece between two parts
    const maxLength = headLength + 2 * leaf.length + 64;
    if (this.packed.length < maxLength) this.packed = Buffer.allocUnsafe(maxLength);
    if (this.again.length < leaf.length) this.again = Buffer.allocUnsafe(leaf.length);
    const end = this.write(leaf);
    if (end >= leaf.length || !unpackInto(this.again, leaf.length, this.packed, end)) return leaf;
    if (this.again.compare(leaf, 0, leaf.length, 0, leaf.length) !== 0) return leaf;
    return Buffer.from(this.packed.subarray(0, end));
  }

  private write(leaf: Uint8Array): number {
    this.turn += 1;
    this.packed[0] = codec1;
    this.packed[1] = leaf.length >> 8;
    this.packed[2] = leaf.length;
    let end = headLength;
    let at = 0;
    /** bytes from this offset on are not written yet */
    let open = 0;
    while (at < leaf.length) {
      // phrases and copies begin at the beginning of a word
      if (at > open && inWord[leaf[at] as number] === 1 && inWord[leaf[at - 1] as number] === 1) {
        at += 1;
        continue;
      }
      const length = this.longestPhrase(leaf, at);
      if (length > 0) {
        end = this.writePhrase(this.found, this.writeRun(leaf, open, at, end));
        at += length;
        open = at;
        continue;
      }
      const match = this.copyAt(leaf, at);
      if (match > 0) {
        end = this.writeCopy(match, this.found, this.writeRun(leaf, open, at, end));
        at += match;
        open = at;
        continue;
      }
      const form = at > 0 && leaf[at - 1] === quote ? rawFormAt(leaf, at) : -1;
      if (form >= 0 && writeRaw(form, leaf, at, this.rawBytes, 0)) {
        end = this.writeRun(leaf, open, at, end);
        this.packed[end] = raw + form;
        end += 1;
        const count = rawByteLength[form] as number;
        for (let nth = 0; nth < count; nth += 1) this.packed[end + nth] = this.rawBytes[nth] as number;
        end += count;
        at += rawTextLength[form] as number;
        open = at;
        continue;
      }
      at += 1;
    }
    return this.writeRun(leaf, open, at, end);
  }

  /** The number of bytes from here on that are a phrase; 0 for none. */
  private longestPhrase(leaf: Uint8Array, at: number): number {
    let node = 0;
    let length = 0;
    for (let next = at; next < leaf.length;) {
      const sign = leaf[next] as number;
      const way = nodes[3 * node + 1] as number;
      const to = nodes[3 * node + 2] as number;
      if (way === many) node = sign < signs ? (ways[to * signs + sign] as number) : 0;
      else node = way === sign ? to : 0;
      if (node === 0) break;
      next += 1;
      const ends = nodes[3 * node] as number;
      if (ends === 0) continue;
      this.found = ends - 1;
      length = next - at;
    }
    return length;
  }

  private writePhrase(number: number, to: number): number {
    if (number < oftenUsed) {
      this.packed[to] = phrase + number;
      return to + 1;
    }
    this.packed[to] = rarePhrase + ((number - oftenUsed) >> 8);
    this.packed[to + 1] = number - oftenUsed;
    return to + 2;
  }

  /** The number of bytes from here on that occur earlier in the leaf; 0 for too few. Remembers the text at this offset. */
  private copyAt(leaf: Uint8Array, at: number): number {
    if (at + remembered > leaf.length) return 0;
    const word =
      (leaf[at] as number) |
      ((leaf[at + 1] as number) << 8) |
      ((leaf[at + 2] as number) << 16) |
      ((leaf[at + 3] as number) << 24);
    const slot = Math.imul(word, 0x9e3779b1) >>> 22;
    const before = this.seen[slot] as number;
    this.seen[slot] = this.turn * 65_536 + at;
    const place = before - this.turn * 65_536;
    if (place < 0) return 0;
    const maxLength = Math.min(leaf.length - at, at - place, maxCopyLength);
    let count = 0;
    while (count < maxLength && leaf[place + count] === leaf[at + count]) count += 1;
    if (count < minCopy) return 0;
    this.found = place;
    return count;
  }

  private writeCopy(length: number, place: number, to: number): number {
    let end = to;
    const wide = place > 255;
    const more = length - minCopy;
    this.packed[end] = (wide ? farCopy : nearCopy) + Math.min(more, longCopy);
    end += 1;
    if (more >= longCopy) {
      this.packed[end] = more - longCopy;
      end += 1;
    }
    if (wide) {
      this.packed[end] = place >> 8;
      end += 1;
    }
    this.packed[end] = place;
    return end + 1;
  }

  /** Writes literal bytes: runs of letters three by three, the rest unchanged. */
  private writeRun(leaf: Uint8Array, from: number, to: number, end: number): number {
    let next = end;
    let plain = from;
    for (let at = from; at < to;) {
      let stop = at;
      while (stop < to && letterNumbers[leaf[stop] as number] !== 255) stop += 1;
      const count = stop - at;
      // between other bytes, a run of letters costs its own first byte and the first byte of the following literal run
      if (count >= (at === from && stop === to ? 3 : 7)) {
        next = this.writePairs(leaf, at, stop, this.writePlain(leaf, plain, at, next));
        plain = stop;
      }
      at = stop + 1;
    }
    return this.writePlain(leaf, plain, to, next);
  }

  private writePairs(leaf: Uint8Array, from: number, to: number, end: number): number {
    let next = end;
    for (let open = from; open < to; open += 3 * maxRunLength) {
      const stop = Math.min(to, open + 3 * maxRunLength);
      this.packed[next] = pairs + Math.ceil((stop - open) / 3) - 1;
      next += 1;
      for (let at = open; at < stop; at += 3) {
        const first = letterNumbers[leaf[at] as number] as number;
        const second = at + 1 < stop ? (letterNumbers[leaf[at + 1] as number] as number) : letters.length;
        const third = at + 2 < stop ? (letterNumbers[leaf[at + 2] as number] as number) : letters.length;
        const three = (first * lettersBase + second) * lettersBase + third;
        this.packed[next] = three >> 8;
        this.packed[next + 1] = three;
        next += 2;
      }
    }
    return next;
  }

  private writePlain(leaf: Uint8Array, from: number, to: number, end: number): number {
    let next = end;
    for (let open = from; open < to; open += maxRunLength) {
      const stop = Math.min(to, open + maxRunLength);
      this.packed[next] = stop - open - 1;
      next += 1;
      for (let at = open; at < stop; at += 1, next += 1) this.packed[next] = leaf[at] as number;
    }
    return next;
  }
}
