import type { Facts } from '../facts.ts';
import type { Node, NodeId, Nodes } from '../node.ts';

/** Functions of the surrounding proof that a theory may use. */
export interface Context {
  readonly node: Nodes;
  readonly intern: (node: Node) => NodeId;
  /** whether every value valid under all of `left` is valid under one of `right`; false when it cannot be proven */
  readonly implies: (left: readonly NodeId[], right: readonly NodeId[]) => boolean;
}

/** Whether no value of the type satisfies the facts. False also means: unknown. */
export type Theory = (facts: Facts, context: Context) => boolean;

/** Whether no value at all is valid under all of them. */
export const isEmpty = (context: Context, ids: readonly NodeId[]): boolean => context.implies(ids, []);
