/** The addresses of one listener as a tree of path segments, made from the contract at boot. */
import type { ContractOperation } from './contract.ts';

export type Match<T> =
  | { readonly found: true; readonly route: T; readonly params: Readonly<Record<string, string>> }
  /** the address exists, for these methods */
  | { readonly found: false; readonly allow: readonly string[] };

interface Node<T> {
  readonly fixed: Map<string, Node<T>>;
  parameter: { readonly name: string; readonly node: Node<T> } | undefined;
  readonly methods: Map<string, T>;
}

export interface Routes<T> {
  /** @param path raw path of the request target, without query */
  match(method: string, path: string): Match<T>;
}

const emptyNode = <T>(): Node<T> => ({ fixed: new Map(), parameter: undefined, methods: new Map() });

export function routesOf<T extends { readonly operation: ContractOperation }>(
  routes: readonly T[],
): Routes<T> {
  const root = emptyNode<T>();
  for (const route of routes) {
    let node = root;
    for (const segment of route.operation.path.slice(1).split('/')) node = descend(node, segment);
    node.methods.set(route.operation.method, route);
  }
  return { match: (method, path) => matchPath(root, method, path) };
}

function descend<T>(node: Node<T>, segment: string): Node<T> {
  if (segment.startsWith('{')) {
    node.parameter ??= { name: segment.slice(1, -1), node: emptyNode<T>() };
    return node.parameter.node;
  }
  const child = node.fixed.get(segment) ?? emptyNode<T>();
  node.fixed.set(segment, child);
  return child;
}

/** No identifier of the contract needs an escape, so a path with `%` names nothing: there is no second way to write an address. */
function matchPath<T>(root: Node<T>, method: string, path: string): Match<T> {
  if (!path.startsWith('/') || path.includes('%')) return { found: false, allow: [] };
  const params: Record<string, string> = {};
  let node: Node<T> | undefined = root;
  for (const segment of path.slice(1).split('/')) {
    const next: Node<T> | undefined = node.fixed.get(segment);
    if (next !== undefined) node = next;
    else if (node.parameter !== undefined && segment !== '') {
      params[node.parameter.name] = segment;
      node = node.parameter.node;
    } else return { found: false, allow: [] };
  }
  const route = node.methods.get(method);
  return route === undefined
    ? { found: false, allow: [...node.methods.keys()] }
    : { found: true, route, params };
}
