/**
 * Schemas in the form that the proof uses: one node a sub-schema, drafts 07 to 2020-12 converted to one form, references resolved,
 * annotations removed. Nodes of equal content (references followed, cycles included) share one number, so that each proof is made once.
 */
import type { Decimal } from '../../terms/decimal.ts';
import type { CodeLists } from '../codelists/codeLists.ts';

/** Number of a node's content class. */
export type NodeId = number;

export const jsonTypes = ['null', 'boolean', 'number', 'string', 'array', 'object'] as const;
/** `integer` is a number that is a multiple of 1. */
export type JsonType = (typeof jsonTypes)[number];

export interface CodeAtom {
  readonly list: string;
  readonly version?: string;
  readonly at?: string;
}

/** One sub-schema; every member is one constraint, and all of them apply. An absent member is no constraint. */
export interface Node {
  /** a boolean schema */
  readonly always?: boolean;
  /** target of a $ref that has other keywords next to it */
  readonly ref?: NodeId;
  /** draft-07 ignores keywords next to a $ref; validators differ */
  readonly hasRefSiblings?: boolean;
  readonly types?: ReadonlySet<JsonType>;
  /** numbers must be whole (`integer` without `number`) */
  readonly whole?: boolean;
  readonly values?: readonly unknown[];
  readonly minimum?: Decimal;
  readonly maximum?: Decimal;
  readonly above?: Decimal;
  readonly below?: Decimal;
  readonly multipleOf?: Decimal;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly code?: CodeAtom;
  readonly prefix?: readonly NodeId[];
  readonly items?: NodeId;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly unique?: boolean;
  readonly contains?: NodeId;
  readonly minContains?: number;
  readonly maxContains?: number;
  readonly unevaluatedItems?: NodeId;
  readonly properties?: ReadonlyMap<string, NodeId>;
  readonly patterns?: readonly (readonly [string, NodeId])[];
  readonly additional?: NodeId;
  readonly names?: NodeId;
  readonly required?: readonly string[];
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly dependentRequired?: readonly (readonly [string, readonly string[]])[];
  readonly dependentSchemas?: readonly (readonly [string, NodeId])[];
  readonly unevaluatedProperties?: NodeId;
  readonly allOf?: readonly NodeId[];
  readonly anyOf?: readonly NodeId[];
  readonly oneOf?: readonly NodeId[];
  readonly not?: NodeId;
  readonly condition?: NodeId;
  readonly then?: NodeId;
  readonly otherwise?: NodeId;
  /** x-semantic, for samples; no constraint, so that equal nodes may have different ones */
  readonly hint?: string;
  /** a keyword that the proof does not understand: equal only to itself */
  readonly opaque?: string;
}

/** The nodes of a universe, and the code lists that they may name. */
export interface Nodes {
  (id: NodeId): Node;
  readonly codeLists: CodeLists;
}

/** Members of a node whose children apply to the same value. */
export function inPlaceChildren(node: Node): NodeId[] {
  return [
    ...(node.ref === undefined ? [] : [node.ref]),
    ...(node.allOf ?? []),
    ...(node.anyOf ?? []),
    ...(node.oneOf ?? []),
    ...[node.not, node.condition, node.then, node.otherwise].filter((id) => id !== undefined),
    ...(node.dependentSchemas ?? []).map(([, id]) => id),
  ];
}
