/**
 * Finds functions that return a function with state between calls: a counter, a memo, a list. Called for an object, they are correct;
 * called while a module is loaded, they are module state that no variable shows.
 */
import ts from 'typescript';
import { assignedNames, changedBy, rootOf } from './changedBy.ts';
import { bare, initializerOf, isFunction, isFunctionLike, isWeak, some, type Lookup } from './declared.ts';
import type { Tell } from './impureUses.ts';

/** Names of a file's functions that return a function with state between calls. */
export function keepingMakers(source: ts.SourceFile, lookup: Lookup): ReadonlySet<string> {
  const makers = new Set<string>();
  for (const statement of source.statements) {
    if (ts.isFunctionDeclaration(statement) && statement.name !== undefined && givesKeeper(statement, lookup))
      makers.add(statement.name.text);
    if (ts.isVariableStatement(statement))
      for (const { name, initializer } of statement.declarationList.declarations) {
        const made = initializer === undefined ? undefined : bare(initializer);
        if (ts.isIdentifier(name) && made !== undefined && isFunction(made) && givesKeeper(made, lookup))
          makers.add(name.text);
      }
  }
  return makers;
}

/** Whether a function returns one that changes variables of this one: a counter, a memo, a list. */
function givesKeeper(maker: ts.Node, lookup: Lookup): boolean {
  if (!isFunctionLike(maker) || maker.body === undefined) return false;
  const given = ts.isBlock(maker.body) ? returned(maker.body) : [maker.body];
  const inside = (node: ts.Node): boolean => {
    let at = node;
    while (at !== maker && !ts.isSourceFile(at)) at = at.parent;
    return at === maker;
  };
  /** functions that leave: written where something is given out, or named there */
  const leaving = (node: ts.Node, seen: Set<ts.Node>): ts.Node[] => {
    if (ts.isFunctionLike(node)) {
      const isHandedOn = ts.isCallExpression(node.parent) && node.parent.expression !== node;
      return isHandedOn && node.parent.expression.getText() !== 'Object.freeze' ? [] : [node];
    }
    if (ts.isIdentifier(node)) {
      const at = lookup(node)?.node;
      if (at === undefined || seen.has(at) || at === maker || !inside(at)) return [];
      seen.add(at);
      if (ts.isFunctionDeclaration(at)) return [at];
      const made = initializerOf(at);
      return made === undefined ? [] : leaving(bare(made), seen);
    }
    const found: ts.Node[] = [];
    node.forEachChild((child) => void found.push(...leaving(child, seen)));
    return found;
  };
  const changesOuter = (keeper: ts.Node): boolean => {
    const isOuter = (name: ts.Identifier): boolean => {
      const at = lookup(name)?.node;
      if (at === undefined || !inside(at) || at === maker) return false;
      for (let around: ts.Node = at; around !== maker; around = around.parent)
        if (around === keeper) return false;
      return !ts.isParameter(at);
    };
    return some(keeper, (node) => {
      const [root] = [...changedBy(node), ...assignedNames(node)].map(rootOf);
      return root !== undefined && isOuter(root) && !isWeak(initializerOf(lookup(root)?.node));
    });
  };
  return given.flatMap((one) => leaving(one, new Set())).some(changesOuter);
}

/** The expressions that a function returns. */
function returned(body: ts.Block): ts.Expression[] {
  const found: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isReturnStatement(node) && node.expression !== undefined) found.push(node.expression);
    if (!ts.isFunctionLike(node)) node.forEachChild(visit);
  };
  body.forEachChild(visit);
  return found;
}

/** Calls, while a module is loaded, of functions that return a function with state. @param isMaker by its name in this file */
export function reportMakers(
  source: ts.SourceFile,
  isMaker: (name: ts.Identifier) => boolean,
  tell: Tell,
): void {
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && isMaker(node.expression))
      tell(node, `${node.expression.text} gives the module something that keeps what it closes over`);
    // an awaited value is a result, not a function
    if (!ts.isFunctionLike(node) && !ts.isAwaitExpression(node)) node.forEachChild(visit);
  };
  visit(source);
}
