/** Objects that a statement changes: by assignment, by a method that changes its owner, by a function that changes its argument. */
import ts from 'typescript';
import { bare } from './declared.ts';

/** Methods that change their object. */
const changing =
  /^(set([A-Z]\w*)?|add|delete|clear|push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin|write\w*|swap\d\d|append|update|next)$/;
const ofObject =
  /^(Object\.(assign|definePropert(y|ies)|setPrototypeOf)|Reflect\.(set|defineProperty|deleteProperty|setPrototypeOf))$/;

/** Objects of which a statement changes a part: `known` of `known.set(…)`, `table[i] = …`, `delete table.x`, `({ a: table.x } = y)`. */
export function changedBy(node: ts.Node): readonly ts.Expression[] {
  if (ts.isCallExpression(node)) {
    const called = bare(node.expression);
    const [first] = node.arguments;
    if (ofObject.test(called.getText())) return first === undefined ? [] : [first];
    if (!ts.isPropertyAccessExpression(called)) return [];
    // `list.push.apply(list, …)`, `Array.prototype.push.call(list, …)`
    const lent = bare(called.expression);
    if (
      /^(call|apply)$/.test(called.name.text) &&
      ts.isPropertyAccessExpression(lent) &&
      changing.test(lent.name.text)
    )
      return [...(first === undefined ? [] : [first]), lent.expression];
    return changing.test(called.name.text) ? [called.expression] : [];
  }
  const assigned = assignedIn(node) ?? (ts.isDeleteExpression(node) ? node.expression : undefined);
  return assigned === undefined ? [] : targets(assigned);
}

/** Names that are themselves assigned to. */
export function assignedNames(node: ts.Node): readonly ts.Identifier[] {
  const assigned = assignedIn(node);
  return assigned !== undefined && ts.isIdentifier(assigned) ? [assigned] : [];
}

/** The left side of an assignment, the operand of `++`. */
function assignedIn(node: ts.Node): ts.Expression | undefined {
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    const assigns = kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
    return assigns ? node.left : undefined;
  }
  if (ts.isPostfixUnaryExpression(node)) return node.operand;
  if (!ts.isPrefixUnaryExpression(node)) return undefined;
  const steps = [ts.SyntaxKind.PlusPlusToken, ts.SyntaxKind.MinusMinusToken].includes(node.operator);
  return steps ? node.operand : undefined;
}

/** Owners of the places that an assignment writes to. */
function targets(node: ts.Expression): ts.Expression[] {
  const left = bare(node);
  if (ts.isPropertyAccessExpression(left) || ts.isElementAccessExpression(left)) return [left.expression];
  if (ts.isArrayLiteralExpression(left)) return left.elements.flatMap(targets);
  if (ts.isSpreadElement(left)) return targets(left.expression);
  if (ts.isObjectLiteralExpression(left))
    return left.properties.flatMap((one) => (ts.isPropertyAssignment(one) ? targets(one.initializer) : []));
  return [];
}

/** `held` of `held.list[0]`. */
export function rootOf(expression: ts.Expression): ts.Identifier | undefined {
  const node = bare(expression);
  if (ts.isIdentifier(node)) return node;
  return ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)
    ? rootOf(node.expression)
    : undefined;
}
