/**
 * The incremental RFC 6962 tree. To append and to prove the appended entries, a writer needs only the frontier: the root of one complete
 * subtree for each 1-bit of the size, largest first (at most 53 hashes).
 */
import { emptyRoot, hashLength, nodeHash } from '../hash.ts';

export interface TreeState {
  readonly size: number;
  readonly root: Uint8Array;
  readonly frontier: readonly Uint8Array[];
}

export const emptyTree: TreeState = { size: 0, root: emptyRoot, frontier: [] };

/** A tree after some leaves were appended. */
export interface Growth {
  readonly state: TreeState;
  /**
   * Audit path of a leaf of this growth (index ≥ the former size) to the new root, the leaf's sibling first.
   * @throws RangeError for an index outside the growth
   */
  pathOf(index: number): Uint8Array[];
}

/** One level of complete nodes: those of the growth, and the one of the old frontier before them. */
interface Level {
  /** index of the first stored node; always even */
  readonly first: number;
  readonly nodes: readonly Uint8Array[];
}

/** Root over the subtrees of a frontier, the largest first. */
export function foldFrontier(frontier: readonly Uint8Array[]): Uint8Array {
  let root = frontier.at(-1);
  if (root === undefined) return emptyRoot;
  for (let at = frontier.length - 2; at >= 0; at -= 1) root = nodeHash(frontier[at] ?? emptyRoot, root);
  return root;
}

/** The number of subtrees in the frontier of a tree of this size. */
export function frontierLength(size: number): number {
  let bits = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2;
  return bits;
}

/** Appends leaf hashes. The given state is not changed. */
export function growTree(before: TreeState, leafHashes: readonly Uint8Array[]): Growth {
  const size = before.size + leafHashes.length;
  const levels: Level[] = [];
  const frontier: Uint8Array[] = [];
  // the frontier ends with its smallest subtree: it is consumed from its end as the levels ascend
  let taken = before.frontier.length;
  let made: readonly Uint8Array[] = leafHashes;
  for (
    let old = before.size, total = size;
    total > 0;
    old = Math.floor(old / 2), total = Math.floor(total / 2)
  ) {
    const held = old % 2 === 1 ? before.frontier[(taken -= 1)] : undefined;
    const nodes = held === undefined ? made : [held, ...made];
    levels.push({ first: old - (old % 2), nodes });
    if (total % 2 === 1) frontier.unshift(nodes.at(-1) ?? emptyRoot);
    made = parents(nodes);
  }
  return {
    state: { size, root: foldFrontier(frontier), frontier },
    pathOf: pathFinder(before.size, size, levels),
  };
}

function parents(nodes: readonly Uint8Array[]): Uint8Array[] {
  const above: Uint8Array[] = [];
  for (let at = 0; at + 1 < nodes.length; at += 2) {
    above.push(nodeHash(nodes[at] ?? emptyRoot, nodes[at + 1] ?? emptyRoot));
  }
  return above;
}

function pathFinder(from: number, size: number, levels: readonly Level[]): (index: number) => Uint8Array[] {
  const edges = edgesOf(size, levels);
  return (index) => {
    if (!Number.isSafeInteger(index) || index < from || index >= size)
      throw new RangeError('not in this growth');
    const path: Uint8Array[] = [];
    let node = index;
    let last = size - 1;
    for (const [height, level] of levels.entries()) {
      if (last === 0) break;
      const sibling = node % 2 === 0 ? node + 1 : node - 1;
      const hash = level.nodes[sibling - level.first] ?? (sibling <= last ? edges[height] : undefined);
      if (hash !== undefined) path.push(hash);
      node = Math.floor(node / 2);
      last = Math.floor(last / 2);
    }
    return path;
  };
}

/** For each height the root of the incomplete subtree at the right edge: everything after the last complete node of that height. */
function edgesOf(size: number, levels: readonly Level[]): (Uint8Array | undefined)[] {
  const edges: (Uint8Array | undefined)[] = [];
  let edge: Uint8Array | undefined;
  let total = size;
  for (const level of levels) {
    edges.push(edge);
    if (total % 2 === 1) {
      const lastNode = level.nodes.at(-1) ?? emptyRoot;
      edge = edge === undefined ? lastNode : nodeHash(lastNode, edge);
    }
    total = Math.floor(total / 2);
  }
  return edges;
}

/** The frontier as concatenated bytes, as stored in the database. */
export const packFrontier = (frontier: readonly Uint8Array[]): Buffer => Buffer.concat(frontier);

/**
 * Restores a stored frontier, and its root.
 * @throws RangeError when its length does not belong to the size
 */
export function unpackTree(size: number, packed: Uint8Array): TreeState {
  if (packed.length !== frontierLength(size) * hashLength) {
    throw new RangeError('the frontier does not belong to the size');
  }
  const frontier: Uint8Array[] = [];
  for (let at = 0; at < packed.length; at += hashLength) frontier.push(packed.subarray(at, at + hashLength));
  return { size, root: foldFrontier(frontier), frontier };
}
