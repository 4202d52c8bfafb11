/**
 * Process-wide state: variables of a module, and its constants, classes and functions that some function changes later, in any syntax: by
 * another name (`const mine = list`), through an import, or closed over by a function that the module made.
 */
import ts from 'typescript';
import { changedBy, rootOf } from './changedBy.ts';
import {
  bare,
  initializerOf,
  isFunction,
  isFunctionLike,
  isImport,
  isWeak,
  some,
  type Lookup,
} from './declared.ts';
import type { Tell } from './impureUses.ts';

/** Made when a module is loaded and never changed by it, although their class has methods that change others. */
const unchanging =
  /^(RegExp|URL|\w*(Error|Fault|Problem)|Set|Map|TextDecoder|TextEncoder|Intl\.\w+|(Big)?(Ui|I)nt\d+(Clamped)?Array|Float\d+Array)$/;
/** Methods that return a part of their object. */
const leading = /^(get|at|find|values|entries|slice|subarray)$/;
const change = 'state of the module changes';

/** A variable of the module, or a mutable object that it made. */
export function reportKept(source: ts.SourceFile, tell: Tell): void {
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclarationList(node)) {
      const isLoop =
        ts.isForStatement(node.parent) ||
        ts.isForOfStatement(node.parent) ||
        ts.isForInStatement(node.parent);
      if (!isLoop && (node.flags & ts.NodeFlags.Const) === 0) tell(node, 'a variable of the module');
      for (const { initializer } of node.declarations)
        if (initializer !== undefined) reportMade(initializer, tell);
    }
    // a method that was bound to the object that it changes
    if (ts.isCallExpression(node) && /\.(push|set|add|unshift|splice)\.bind$/.test(node.expression.getText()))
      tell(node, 'a function of the module keeps what it changes');
    if (!ts.isFunctionLike(node)) node.forEachChild(visit);
  };
  visit(source);
}

function reportMade(initializer: ts.Expression, tell: Tell): void {
  const value = bare(initializer);
  if (ts.isNewExpression(value)) {
    const made = value.expression.getText();
    if (!isWeak(value) && !unchanging.test(made)) tell(initializer, `the module keeps a ${made}`);
  }
  if (ts.isCallExpression(value) && isFunction(bare(value.expression)))
    tell(value, 'a function of the module keeps what it closes over');
}

/** A class is of its module too: its static members are one for the process. */
export function reportStatic(member: ts.PropertyDeclaration, tell: Tell): void {
  const { modifiers, initializer } = member;
  const has = (kind: ts.SyntaxKind): boolean => modifiers?.some((one) => one.kind === kind) === true;
  if (!has(ts.SyntaxKind.StaticKeyword)) return;
  const value = initializer === undefined ? undefined : bare(initializer);
  const isRetained =
    value !== undefined &&
    ((ts.isNewExpression(value) && !/^RegExp$|(Error|Fault|Problem)$/.test(value.expression.getText())) ||
      ts.isArrayLiteralExpression(value) ||
      ts.isObjectLiteralExpression(value));
  if (!has(ts.SyntaxKind.ReadonlyKeyword) || isRetained)
    tell(initializer ?? member, 'a static member is one for the process');
}

/** Reports a change, within a function, of an object that the module made or imports from another file of the product. */
export function reportChange(node: ts.Node, lookup: Lookup, tell: Tell): void {
  if (isPlace(node)) return;
  const at = changedBy(node);
  if (at.some((target) => isRetained(target, lookup) || isOwnOfModule(target))) tell(node, change);
  if (ts.isCallExpression(node) && handsOver(node, lookup)) tell(node, change);
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && movesOn(node, lookup))
    tell(node, change);
}

/** `pattern.lastIndex = at` sets where a search begins; whether it was set is checked where the pattern is used. */
const isPlace = (node: ts.Node): boolean =>
  ts.isBinaryExpression(node) &&
  ts.isPropertyAccessExpression(node.left) &&
  node.left.name.text === 'lastIndex' &&
  ts.isIdentifier(node.left.expression);

/** A pattern that continues after its last match. */
function hasPlace(value: ts.Expression): boolean {
  if (ts.isRegularExpressionLiteral(value)) return /\/[a-z]*[gy][a-z]*$/.test(value.text);
  const isMade = ts.isNewExpression(value) && value.expression.getText() === 'RegExp';
  return isMade && /[gy]/.test(value.arguments?.[1]?.getText() ?? '');
}

/** Whether the function itself sets where the pattern begins: then nothing of an earlier call counts. */
function isPlaced(call: ts.Node, pattern: string): boolean {
  for (let at = call.parent; !ts.isSourceFile(at); at = at.parent)
    if (ts.isFunctionLike(at)) return at.getText().includes(`${pattern}.lastIndex = `);
  return false;
}

/** Whether an expression is something of the module, or a part of it. */
function isRetained(expression: ts.Expression, lookup: Lookup, depth = 0): boolean {
  const node = bare(expression);
  if (depth > 8) return false;
  const deeper: IsRetained = (one) => isRetained(one, lookup, depth + 1);
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node))
    return node.getText() === 'process.env' || deeper(node.expression);
  if (ts.isCallExpression(node)) return isRetainedResult(node, lookup, deeper);
  if (ts.isBinaryExpression(node))
    return (
      /^(\?\?|\|\||&&)=?$/.test(node.operatorToken.getText()) && (deeper(node.left) || deeper(node.right))
    );
  if (ts.isConditionalExpression(node)) return deeper(node.whenTrue) || deeper(node.whenFalse);
  return ts.isIdentifier(node) && isRetainedName(node, lookup, deeper);
}

/** Whether a part of an expression is something of the module. */
type IsRetained = (part: ts.Expression) => boolean;

/** A function's result belongs to its caller; a collection's content belongs to the module. */
function isRetainedResult(call: ts.CallExpression, lookup: Lookup, deeper: IsRetained): boolean {
  const called = bare(call.expression);
  if (ts.isIdentifier(called)) return isMadeLazily(called, lookup);
  if (!ts.isPropertyAccessExpression(called) || !leading.test(called.name.text)) return false;
  const owner = rootOf(called.expression);
  return owner !== undefined && lookup(owner) !== undefined && deeper(called.expression);
}

function isRetainedName(name: ts.Identifier, lookup: Lookup, deeper: IsRetained): boolean {
  const declared = lookup(name);
  // an undeclared name belongs to the language or to the window
  if (declared === undefined) return name.text === 'globalThis' || /^[A-Z][a-z]/.test(name.text);
  const { node: at } = declared;
  if (isImport(at)) return isOwnFile(at);
  if (ts.isFunctionDeclaration(at) || ts.isClassDeclaration(at)) return declared.ofModule;
  const made = initializerOf(at);
  if (isWeak(made)) return false;
  if (declared.ofModule) return true;
  // by another name: only where the name refers to the same object
  return made !== undefined && deeper(made);
}

function isOwnFile(node: ts.Node): boolean {
  for (let at = node; !ts.isSourceFile(at); at = at.parent)
    if (ts.isImportDeclaration(at))
      return ts.isStringLiteral(at.moduleSpecifier) && at.moduleSpecifier.text.startsWith('.');
  return false;
}

/** `this` in a method of an object or class that the module made by itself: not one of many, but the module's one. */
function isOwnOfModule(target: ts.Expression): boolean {
  let root = bare(target);
  while (ts.isPropertyAccessExpression(root) || ts.isElementAccessExpression(root))
    root = bare(root.expression);
  if (root.kind !== ts.SyntaxKind.ThisKeyword) return false;
  let method: ts.Node = root;
  while (!ts.isSourceFile(method) && (!ts.isFunctionLike(method) || ts.isArrowFunction(method)))
    method = method.parent;
  if (ts.isSourceFile(method)) return false;
  const isStatic =
    ts.isMethodDeclaration(method) && (ts.getCombinedModifierFlags(method) & ts.ModifierFlags.Static) !== 0;
  const owner = ts.isFunctionExpression(method) ? method.parent.parent : method.parent;
  if (!isStatic && !ts.isObjectLiteralExpression(owner)) return false;
  for (let around = owner; !ts.isSourceFile(around); around = around.parent)
    if (ts.isFunctionLike(around)) return false;
  return true;
}

/** A call of a function of this file that changes its argument, with an object of the module. */
function handsOver(call: ts.CallExpression, lookup: Lookup): boolean {
  const at = ts.isIdentifier(call.expression) ? lookup(call.expression)?.node : undefined;
  const made = at === undefined || ts.isFunctionDeclaration(at) ? at : initializerOf(at);
  if (made === undefined || !isFunctionLike(made) || !call.arguments.some((one) => isRetained(one, lookup)))
    return false;
  const { body } = made;
  return made.parameters.some((parameter, i) => {
    const given = call.arguments[i];
    if (given === undefined || body === undefined || !isRetained(given, lookup)) return false;
    const isChanged = (target: ts.Expression): boolean => {
      const root = rootOf(target);
      return root !== undefined && lookup(root)?.node === parameter;
    };
    return some(body, (node) => !isPlace(node) && changedBy(node).some(isChanged));
  });
}

/** What a name of the module is made of; undefined for any other name. */
function valueOfModule(name: ts.Identifier, lookup: Lookup): ts.Expression | undefined {
  const declared = lookup(name);
  const made = declared?.ofModule === true ? initializerOf(declared.node) : undefined;
  return made === undefined ? undefined : bare(made);
}

/** `known()`, where `const known = lazily(() => …)`. */
function isMadeLazily(name: ts.Identifier, lookup: Lookup): boolean {
  const value = valueOfModule(name, lookup);
  return value !== undefined && ts.isCallExpression(value) && value.expression.getText() === 'lazily';
}

/**
 * Objects whose state moves between two calls without an assignment: a pattern with `g` or `y`, a decoder of a stream, and a memo whose key
 * is the module's own.
 */
function movesOn(call: ts.CallExpression, lookup: Lookup): boolean {
  const called = call.expression;
  if (!ts.isPropertyAccessExpression(called)) return false;
  const owner = bare(called.expression);
  const value = ts.isIdentifier(owner) ? valueOfModule(owner, lookup) : undefined;
  if (value === undefined) return false;
  const [first, second] = call.arguments;
  if (hasPlace(value)) return /^(exec|test)$/.test(called.name.text) && !isPlaced(call, owner.getText());
  if (!ts.isNewExpression(value)) return false;
  const kind = value.expression.getText();
  if (kind === 'TextDecoder')
    return called.name.text === 'decode' && /\bstream\b/.test(second?.getText() ?? '');
  return (
    isWeak(value) && /^(set|add)$/.test(called.name.text) && first !== undefined && isRetained(first, lookup)
  );
}
