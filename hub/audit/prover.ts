/** Hashes and proofs of the tree from what the database stores: tiles where they have been derived, leaf hashes elsewhere. */
import { nodeHash } from '../../log/hash.ts';
import { foldFrontier } from '../../log/tree/growTree.ts';
import { LeafTree } from '../../log/tree/leafTree.ts';
import {
  consistencyRanges,
  inclusionRanges,
  nodesOf,
  type LeafRange,
  type TreeNode,
} from '../../log/tree/proofRanges.ts';
import { entryHashes } from '../store/auditSeen.ts';
import { insertTiles, readTile, tileCount, tileWidth } from '../store/auditTiles.ts';
import type { Reader } from '../store/reader.ts';

/** Tiles of 256 hashes: each level stands eight heights above the one before. */
const tileHeight = 8;
/** tiles of one reading while they are derived */
const stride = 64;

/** The tree of the first `size` entries. Every method throws RangeError where entries are missing. */
export class StoredTree {
  readonly size: number;
  readonly #reader: Reader;
  readonly #nodes = new Map<string, Promise<Uint8Array>>();
  readonly #tiles = new Map<string, Promise<readonly Uint8Array[] | undefined>>();

  constructor(reader: Reader, size: number) {
    this.#reader = reader;
    this.size = size;
  }

  /** Root of the first `size` entries (default: all). */
  root(size: number = this.size): Promise<Uint8Array> {
    return this.#rangeRoot({ first: 0, end: size });
  }

  /** Audit path of an entry, its sibling first. */
  inclusionProof(index: number): Promise<Uint8Array[]> {
    return this.#rangeRoots(inclusionRanges(index, this.size));
  }

  /** Consistency proof from the tree of the first `from` entries. */
  consistencyProof(from: number): Promise<Uint8Array[]> {
    return this.#rangeRoots(consistencyRanges(from, this.size));
  }

  async #rangeRoots(ranges: readonly LeafRange[]): Promise<Uint8Array[]> {
    const roots: Uint8Array[] = [];
    for (const range of ranges) roots.push(await this.#rangeRoot(range));
    return roots;
  }

  async #rangeRoot(range: LeafRange): Promise<Uint8Array> {
    const hashes: Uint8Array[] = [];
    for (const node of nodesOf(range)) hashes.push(await this.#node(node));
    return foldFrontier(hashes);
  }

  /** Paths of neighbouring entries share most of their nodes. */
  #node(node: TreeNode): Promise<Uint8Array> {
    const key = `${node.height}/${node.index}`;
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    const made = this.#makeNode(node);
    this.#nodes.set(key, made);
    return made;
  }

  async #makeNode({ height, index }: TreeNode): Promise<Uint8Array> {
    if (height % tileHeight === 0) {
      const tile = await this.#tile(height / tileHeight, Math.floor(index / tileWidth));
      const hash = tile?.[index % tileWidth];
      if (hash !== undefined) return hash;
      if (height === 0) throw new RangeError('entries are missing');
    }
    const left = await this.#node({ height: height - 1, index: index * 2 });
    return nodeHash(left, await this.#node({ height: height - 1, index: index * 2 + 1 }));
  }

  #tile(level: number, n: number): Promise<readonly Uint8Array[] | undefined> {
    const key = `${level}/${n}`;
    const known = this.#tiles.get(key);
    if (known !== undefined) return known;
    const read = this.#readTile(level, n);
    this.#tiles.set(key, read);
    return read;
  }

  async #readTile(level: number, n: number): Promise<readonly Uint8Array[] | undefined> {
    const tile = await readTile(this.#reader, level, n);
    return tile ?? (level === 0 ? entryHashes(this.#reader, n * tileWidth, (n + 1) * tileWidth) : undefined);
  }
}

/**
 * Derives the full tiles of the first `size` entries that are not there yet, level by level. Repeatable; what it costs is
 * what was appended since the last time.
 */
export async function deriveTiles(reader: Reader, size: number): Promise<void> {
  for (let level = 0, nodes = size; nodes >= tileWidth; level += 1, nodes = Math.floor(nodes / tileWidth)) {
    const full = Math.floor(nodes / tileWidth);
    for (let n = await tileCount(reader, level); n < full; n += stride) {
      const until = Math.min(n + stride, full);
      const hashes = await hashesBelow(reader, level, n * tileWidth, until * tileWidth);
      const tiles = Array.from({ length: until - n }, (_, at) =>
        hashes.slice(at * tileWidth, (at + 1) * tileWidth),
      );
      await insertTiles(reader, level, n, tiles);
    }
  }
}

/** The hashes that tiles of a level consist of: leaf hashes, or the roots of the tiles one level below. */
async function hashesBelow(
  reader: Reader,
  level: number,
  from: number,
  to: number,
): Promise<readonly Uint8Array[]> {
  if (level === 0) {
    const hashes = await entryHashes(reader, from, to);
    if (hashes.length !== to - from) throw new RangeError('entries are missing');
    return hashes;
  }
  const roots: Uint8Array[] = [];
  for (let n = from; n < to; n += 1) {
    const tile = await readTile(reader, level - 1, n);
    if (tile === undefined) throw new RangeError('a tile is missing');
    roots.push(new LeafTree(tile).root());
  }
  return roots;
}
