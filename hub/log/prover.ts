/** Hashes and proofs of the tree from stored data: tiles if they have been derived, leaf hashes otherwise. */
import { nodeHash } from '../../log/hash.ts';
import { foldFrontier } from '../../log/tree/growTree.ts';
import {
  consistencyRanges,
  inclusionRanges,
  nodesOf,
  type LeafRange,
  type TreeNode,
} from '../../log/tree/proofRanges.ts';
import { Problem } from '../../terms/problem.ts';
import { entryHashesOrGaps } from './store/seen.ts';
import { readTiles, tileWidth } from './store/tiles.ts';
import type { Reader } from '../platform/database/reader.ts';

/** Tiles of 256 hashes: each level covers eight heights more than the one below. */
const tileHeight = 8;

type Hashes = readonly (Uint8Array | undefined)[];

/**
 * The tree of the first `size` entries. Every method throws Problem log_entry_missing if it needs an entry that is missing and whose hash
 * is in no tile. Of such a failure only the gap is cached.
 */
export class StoredTree {
  readonly size: number;
  private readonly reader: Reader;
  private readonly trustsTiles: boolean;
  private readonly nodes = new Map<string, Promise<Uint8Array>>();
  private readonly tiles = new Map<string, Promise<Hashes | undefined>>();

  /**
   * @param options.tiles false: everything is computed from the entries, and a tile is used only if an entry is missing
   * @param options.frontier of the tree of this size, if it is known: its nodes are not read
   */
  constructor(
    reader: Reader,
    size: number,
    {
      tiles = true,
      frontier,
    }: { readonly tiles?: boolean; readonly frontier?: readonly Uint8Array[] | undefined } = {},
  ) {
    this.reader = reader;
    this.size = size;
    this.trustsTiles = tiles;
    for (const [at, { height, index }] of (frontier === undefined
      ? []
      : nodesOf({ first: 0, end: size })
    ).entries()) {
      const hash = frontier?.[at];
      if (hash !== undefined) this.nodes.set(`${height}/${index}`, Promise.resolve(hash));
    }
  }

  /** Root of the first `size` entries (default: all). */
  root(size: number = this.size): Promise<Uint8Array> {
    return this.rangeRoot({ first: 0, end: size });
  }

  /** Audit path of an entry, its sibling first. */
  inclusionProof(index: number): Promise<Uint8Array[]> {
    return this.rangeRoots(inclusionRanges(index, this.size));
  }

  /** Consistency proof from the tree of the first `from` entries. */
  consistencyProof(from: number): Promise<Uint8Array[]> {
    return this.rangeRoots(consistencyRanges(from, this.size));
  }

  /** Roots of the subtrees of the first `size` entries, the largest first. */
  async frontier(size: number): Promise<Uint8Array[]> {
    const hashes: Uint8Array[] = [];
    for (const node of nodesOf({ first: 0, end: size })) hashes.push(await this.node(node));
    return hashes;
  }

  private async rangeRoots(ranges: readonly LeafRange[]): Promise<Uint8Array[]> {
    const roots: Uint8Array[] = [];
    for (const range of ranges) roots.push(await this.rangeRoot(range));
    return roots;
  }

  private async rangeRoot(range: LeafRange): Promise<Uint8Array> {
    const hashes: Uint8Array[] = [];
    for (const node of nodesOf(range)) hashes.push(await this.node(node));
    return foldFrontier(hashes);
  }

  /** Paths of adjacent entries share most of their nodes. */
  private node(node: TreeNode): Promise<Uint8Array> {
    const key = `${node.height}/${node.index}`;
    const known = this.nodes.get(key);
    if (known !== undefined) return known;
    const made = this.makeNode(node);
    this.nodes.set(key, made);
    return made;
  }

  /** Computes a node from the hashes of one tile: the tile that contains it, or that of its descendants at most eight heights below. */
  private async makeNode({ height, index }: TreeNode): Promise<Uint8Array> {
    const level = Math.floor(height / tileHeight);
    const below = 2 ** (height % tileHeight);
    const first = index * below;
    const tile = await this.tile(level, Math.floor(first / tileWidth));
    const hashes = tile?.slice(first % tileWidth, (first % tileWidth) + below);
    const whole = hashes?.flatMap((hash) => hash ?? []) ?? [];
    if (whole.length === below) return rootOf(whole);
    if (level === 0) {
      const hole = hashes?.findIndex((hash) => hash === undefined) ?? 0;
      throw new Problem('log_entry_missing', { index: first + Math.max(hole, 0) });
    }
    // the nodes of the level below are roots of its tiles: all that are needed are read at once
    await this.prefetch(level - 1, first, first + below);
    const made: Uint8Array[] = [];
    for (let n = first; n < first + below; n += 1)
      made.push(
        await this.node({ height: level * tileHeight - 1, index: n * 2 }),
        await this.node({ height: level * tileHeight - 1, index: n * 2 + 1 }),
      );
    return rootOf(made);
  }

  private tile(level: number, n: number): Promise<Hashes | undefined> {
    const key = `${level}/${n}`;
    const known = this.tiles.get(key);
    if (known !== undefined) return known;
    const read = this.readTile(level, n);
    this.tiles.set(key, read);
    return read;
  }

  private async readTile(level: number, n: number): Promise<Hashes | undefined> {
    if (level > 0 && !this.trustsTiles) return undefined;
    const tile = this.trustsTiles ? (await readTiles(this.reader, level, n, n + 1)).get(n) : undefined;
    if (tile !== undefined || level > 0) return tile;
    const end = Math.min((n + 1) * tileWidth, this.size);
    const hashes = await entryHashesOrGaps(this.reader, n * tileWidth, end);
    if (this.trustsTiles || !hashes.includes(undefined)) return hashes;
    const stored = (await readTiles(this.reader, 0, n, n + 1)).get(n);
    return stored === undefined ? hashes : hashes.map((hash, at) => hash ?? stored[at]);
  }

  private async prefetch(level: number, first: number, end: number): Promise<void> {
    if (!this.trustsTiles || end - first < 2) return;
    for (const [n, tile] of await readTiles(this.reader, level, first, end)) {
      const key = `${level}/${n}`;
      if (!this.tiles.has(key)) this.tiles.set(key, Promise.resolve(tile));
    }
  }
}

/** Root over a power of two of nodes of one height. */
export function rootOf(nodes: readonly Uint8Array[]): Uint8Array {
  let level = nodes;
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let at = 1; at < level.length; at += 2) {
      const [left, right] = [level[at - 1], level[at]];
      if (left !== undefined && right !== undefined) above.push(nodeHash(left, right));
    }
    level = above;
  }
  const [root] = level;
  if (root === undefined) throw new RangeError('no nodes');
  return root;
}
