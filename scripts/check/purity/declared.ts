/** Finds the declaration of a name, by the scopes around it. */
import ts from 'typescript';

/** Where a name was declared. */
export interface Declared {
  readonly node: ts.Node;
  /** it is made when the module is loaded: no function encloses it */
  readonly ofModule: boolean;
}

/** Resolves names of one file. */
export type Lookup = (name: ts.Identifier) => Declared | undefined;

export const isFunctionLike = (node: ts.Node): node is ts.FunctionLikeDeclaration =>
  ts.isFunctionLike(node) && 'body' in node;

/** @returns a resolver that remembers the scopes that it has seen */
export function lookupOf(): Lookup {
  const scopes = new Map<ts.Node, ReadonlyMap<string, ts.Node>>();
  const namesIn = (scope: ts.Node): ReadonlyMap<string, ts.Node> => {
    const known = scopes.get(scope) ?? declaredIn(scope);
    scopes.set(scope, known);
    return known;
  };
  return (name) => {
    for (let scope: ts.Node = name.parent; ; scope = scope.parent) {
      const node = namesIn(scope).get(name.text);
      if (node !== undefined) return { node, ofModule: !isInFunction(node) };
      if (ts.isSourceFile(scope)) return undefined;
    }
  };
}

/** Whether a function encloses a declaration: then each call makes it again. */
function isInFunction(node: ts.Node): boolean {
  for (let around = node.parent; !ts.isSourceFile(around); around = around.parent)
    if (ts.isFunctionLike(around)) return true;
  return false;
}

type Names = Map<string, ts.Node>;

function declaredIn(scope: ts.Node): ReadonlyMap<string, ts.Node> {
  const names: Names = new Map();
  if (ts.isSourceFile(scope) || ts.isBlock(scope) || ts.isCaseOrDefaultClause(scope))
    for (const statement of scope.statements) bindStatement(names, statement);
  if (ts.isFunctionLike(scope)) for (const one of scope.parameters) bind(names, one.name, one);
  if ((ts.isFunctionExpression(scope) || ts.isClassExpression(scope)) && scope.name !== undefined)
    names.set(scope.name.text, scope);
  bindHead(names, scope);
  return names;
}

function bind(names: Names, name: ts.BindingName, node: ts.Node): void {
  if (ts.isIdentifier(name)) names.set(name.text, node);
  else for (const one of name.elements) if (!ts.isOmittedExpression(one)) bind(names, one.name, one);
}

function bindVariables(names: Names, list: ts.Node): void {
  if (ts.isVariableDeclarationList(list)) for (const one of list.declarations) bind(names, one.name, one);
}

function bindStatement(names: Names, statement: ts.Statement): void {
  if (ts.isVariableStatement(statement)) bindVariables(names, statement.declarationList);
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement))
    if (statement.name !== undefined) names.set(statement.name.text, statement);
  if (ts.isImportDeclaration(statement)) for (const one of importedNames(statement)) names.set(...one);
}

/** The variables of a loop, and the error of a catch. */
function bindHead(names: Names, scope: ts.Node): void {
  if (ts.isForStatement(scope) && scope.initializer !== undefined) bindVariables(names, scope.initializer);
  if (ts.isForOfStatement(scope) || ts.isForInStatement(scope)) bindVariables(names, scope.initializer);
  if (ts.isCatchClause(scope) && scope.variableDeclaration !== undefined)
    bind(names, scope.variableDeclaration.name, scope.variableDeclaration);
}

/** Values that an import adds to its file. */
function importedNames({ importClause }: ts.ImportDeclaration): [string, ts.Node][] {
  if (importClause === undefined || importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return [];
  const { name, namedBindings: bound } = importClause;
  return [
    ...(name === undefined ? [] : [[name.text, importClause] as [string, ts.Node]]),
    ...(bound === undefined
      ? []
      : ts.isNamespaceImport(bound)
        ? [[bound.name.text, bound] as [string, ts.Node]]
        : bound.elements
            .filter((one) => !one.isTypeOnly)
            .map((one) => [one.name.text, one] as [string, ts.Node])),
  ];
}

/** Without brackets and claims about its type. */
export function bare(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node)
    ? bare(node.expression)
    : node;
}

/** The expression from which a declaration takes its value, or its part of one. */
export function initializerOf(node: ts.Node | undefined): ts.Expression | undefined {
  if (node === undefined) return undefined;
  if (ts.isParameter(node)) return node.initializer;
  if (ts.isBindingElement(node)) {
    let around: ts.Node = node;
    while (ts.isBindingElement(around) || ts.isBindingName(around)) around = around.parent;
    return initializerOf(around);
  }
  if (!ts.isVariableDeclaration(node)) return undefined;
  const loop = node.parent.parent;
  return ts.isForOfStatement(loop) ? loop.expression : node.initializer;
}

export const isFunction = (node: ts.Node): boolean =>
  ts.isArrowFunction(node) || ts.isFunctionExpression(node);

export const isImport = (node: ts.Node): boolean =>
  ts.isImportClause(node) || ts.isImportSpecifier(node) || ts.isNamespaceImport(node);

/** A memo on immutable values: it is part of them, and is freed with them. */
export function isWeak(made: ts.Expression | undefined): boolean {
  const value = made === undefined ? undefined : bare(made);
  return (
    value !== undefined && ts.isNewExpression(value) && /^Weak(Map|Set|Ref)$/.test(value.expression.getText())
  );
}

export function some(node: ts.Node, holds: (node: ts.Node) => boolean): boolean {
  return holds(node) || (ts.forEachChild(node, (child) => some(child, holds) || undefined) ?? false);
}
