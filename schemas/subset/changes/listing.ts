import type { Bilingual } from '../../../terms/bilingual.ts';
import type { Node, NodeId } from '../node.ts';
import type { ChangeCode } from '../reasons.ts';

export interface Change {
  /** JSON pointer into the new schema, or into the old one where the place was removed; references followed */
  readonly path: string;
  readonly code: ChangeCode;
  /** old data remains valid */
  readonly backward: boolean;
  /** data valid under the new schema is valid under the old one */
  readonly forward: boolean;
  readonly from?: unknown;
  readonly to?: unknown;
  readonly reason: Bilingual;
}

export interface Pair {
  readonly old: NodeId;
  readonly fresh: NodeId;
  readonly path: string;
}

/** Functions that comparisons of single constraints use from the list they write to. */
export interface Listing {
  /** A node whose only constraint is one other node in place is that node. */
  readonly opened: (id: NodeId) => Node;
  readonly node: (id: NodeId) => Node;
  /** The number of a constraint taken alone. */
  readonly make: (node: Node) => NodeId;
  readonly proves: (left: NodeId, right: NodeId) => boolean;
  /** Adds a change. `newRule` and `oldRule` are the new and the old constraint alone; undefined where there is none. */
  readonly add: (
    pair: Pair,
    path: string,
    code: ChangeCode,
    newRule: NodeId | undefined,
    oldRule: NodeId | undefined,
    facts: Readonly<Record<string, string>>,
    values?: { readonly from?: unknown; readonly to?: unknown },
  ) => void;
}
