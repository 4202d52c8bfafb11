/**
 * The pure rooms are pure: no clock, no randomness, no files, sockets or threads. What they need of these is an argument.
 *
 * And nowhere in the product does anything at the top level of a module change after it was loaded: two hubs live in one process, and what
 * one of them keeps is an object that `hub/main.ts` made for it. A memo on an immutable value (a WeakMap) is part of that value.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from '../generated.ts';
import { knownImpurities } from './knownImpurities.ts';
import type { Step } from './step.ts';
import { treeFiles } from './treeFiles.ts';

const pureRoom = /^(terms|schemas|adapters|policies|certs|log)\//;
/** Whose modules may do things, but keep nothing. */
const statelessRoom = /^(machine|migrations|api|hub|clients|bin|console)\//;
/** Made at the load of a module and never changed by it, although their class has methods that change others. */
const unchanging =
  /^(RegExp|URL|\w*(Error|Fault|Problem)|Set|Map|TextDecoder|TextEncoder|Intl\.\w+|(Big)?(Ui|I)nt\d+(Clamped)?Array|Float\d+Array)$/;
/** Tests and what they alone use may do as they like. */
const ofTests = /\.test\.ts$|\/fixtures\//;

const modules =
  /^(?:node:)?(fs|fs\/promises|worker_threads|child_process|cluster|net|tls|http|http2|https|dgram|dns|os|process|perf_hooks|timers|timers\/promises)$/;
const random = /^(random\w*|generateKey\w*|generatePrime\w*|webcrypto|getRandomValues)$/;
/** Reads the form of a text, and nothing of the network. */
const harmless = new Set(['isIP', 'isIPv4', 'isIPv6']);
const members: ReadonlyMap<string, RegExp> = new Map([
  ['Date', /^now$/],
  ['performance', /^now$|^timeOrigin$/],
  ['Math', /^random$/],
  ['crypto', /^(randomUUID|getRandomValues)$/],
  ['process', /^(hrtime|uptime)$/],
]);
const mutating =
  /^(set|add|delete|clear|push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin|setUint32|setUint8)$/;

/** What is impure in a file's text, as `path:line: what`. */
export function purityFindings(path: string, text: string): string[] {
  return [...new Set(findings(path, text, true))];
}

/** What keeps something for the whole process in a file's text, as `path:line: what`. */
export function stateFindings(path: string, text: string): string[] {
  return [...new Set(findings(path, text, false))];
}

/** @param pure whether clock, randomness, files and threads are told, too */
function findings(path: string, text: string, pure: boolean): string[] {
  const kind = path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true, kind);
  const found: string[] = [];
  const tell = (node: ts.Node, what: string): void => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    found.push(`${path}:${line + 1}: ${what}`);
  };
  const state = new Set<string>();
  for (const statement of source.statements) {
    if (pure && ts.isImportDeclaration(statement)) tellImport(statement, tell);
    if (ts.isVariableStatement(statement)) tellState(statement, state, tell);
    if (ts.isImportDeclaration(statement)) addImported(statement, state);
  }
  const visit = (node: ts.Node, inFunction: boolean): void => {
    if (pure) tellUse(node, tell);
    if (ts.isPropertyDeclaration(node)) tellStatic(node, tell);
    if (inFunction && changes(node, state)) tell(node, 'state of the module changes');
    node.forEachChild((child) => visit(child, inFunction || ts.isFunctionLike(node)));
  };
  visit(source, false);
  return found;
}

type Tell = (node: ts.Node, what: string) => void;

function tellImport({ importClause, moduleSpecifier }: ts.ImportDeclaration, tell: Tell): void {
  if (!ts.isStringLiteral(moduleSpecifier) || importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword)
    return;
  const bindings = importClause?.namedBindings;
  const names = bindings !== undefined && ts.isNamedImports(bindings) ? bindings.elements : undefined;
  const values = names?.filter((one) => !one.isTypeOnly).map((one) => (one.propertyName ?? one.name).text);
  if (modules.test(moduleSpecifier.text)) {
    if (values?.every((name) => harmless.has(name)) !== true) tell(moduleSpecifier, moduleSpecifier.text);
  } else if (/^(node:)?crypto$/.test(moduleSpecifier.text)) {
    for (const name of values ?? ['*']) if (name === '*' || random.test(name)) tell(moduleSpecifier, name);
  }
}

/** Variables, and constants that can be changed in place. */
function tellState({ declarationList }: ts.VariableStatement, state: Set<string>, tell: Tell): void {
  if ((declarationList.flags & ts.NodeFlags.Const) === 0) tell(declarationList, 'a variable of the module');
  for (const { name, initializer } of declarationList.declarations) {
    if (!ts.isIdentifier(name) || initializer === undefined) continue;
    const value = bare(initializer);
    const made = ts.isNewExpression(value) ? value.expression.getText() : '';
    if (/^Weak(Map|Set|Ref)$/.test(made)) continue;
    if (made !== '' && !unchanging.test(made)) tell(initializer, `the module keeps a ${made}`);
    const changeable =
      made !== '' ||
      ts.isArrayLiteralExpression(value) ||
      ts.isObjectLiteralExpression(value) ||
      /^(Buffer|\w+Array|Array|Object)\./.test(value.getText());
    if (ts.isCallExpression(value) && isFunction(bare(value.expression)))
      tell(value, 'a function of the module keeps what it closes over');
    if (changeable) state.add(name.text);
  }
}

/** What another file of ours made, and this one could change in place. */
function addImported({ importClause, moduleSpecifier }: ts.ImportDeclaration, state: Set<string>): void {
  if (!ts.isStringLiteral(moduleSpecifier) || !moduleSpecifier.text.startsWith('.')) return;
  const bindings = importClause?.namedBindings;
  if (bindings === undefined || !ts.isNamedImports(bindings)) return;
  for (const { name, isTypeOnly } of bindings.elements) if (!isTypeOnly) state.add(name.text);
}

/** A class is of its module too: its static members are one for the process. */
function tellStatic({ modifiers, initializer }: ts.PropertyDeclaration, tell: Tell): void {
  const has = (kind: ts.SyntaxKind): boolean => modifiers?.some((one) => one.kind === kind) === true;
  if (!has(ts.SyntaxKind.StaticKeyword) || initializer === undefined) return;
  const value = bare(initializer);
  const isChanging = !has(ts.SyntaxKind.ReadonlyKeyword);
  const isKept = ts.isNewExpression(value) && !unchanging.test(value.expression.getText());
  if (isChanging || isKept || (ts.isNewExpression(value) && /^(Set|Map)$/.test(value.expression.getText())))
    tell(initializer, 'a static member is one for the process');
}

const isFunction = (node: ts.Expression): boolean =>
  ts.isArrowFunction(node) || ts.isFunctionExpression(node);

/** Without brackets and claims about its type. */
function bare(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node)
    ? bare(node.expression)
    : node;
}

function tellUse(node: ts.Node, tell: Tell): void {
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && (node.arguments?.length ?? 0) === 0)
    tell(node, 'new Date()');
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [target] = node.arguments;
    if (target !== undefined && ts.isStringLiteral(target) && modules.test(target.text))
      tell(node, target.text);
  }
  if (!ts.isPropertyAccessExpression(node)) return;
  const owner = node.expression.getText().replace(/^globalThis\./, '');
  if (members.get(owner)?.test(node.name.text) === true) tell(node, `${owner}.${node.name.text}`);
}

/** `known.set(…)`, `table[i] = …`, `delete table.x`, `used += 1` on something of the module. */
function changes(node: ts.Node, state: ReadonlySet<string>): boolean {
  const isPart = (target: ts.Node): boolean =>
    (ts.isPropertyAccessExpression(target) || ts.isElementAccessExpression(target)) &&
    isState(target.expression);
  /** what the module keeps, or anything within it */
  const isState = (target: ts.Node): boolean =>
    (ts.isIdentifier(target) && (state.has(target.text) || target.text === 'globalThis')) ||
    (ts.isNonNullExpression(target) && isState(target.expression)) ||
    (ts.isPropertyAccessExpression(target) && target.getText() === 'process.env') ||
    isPart(target);
  if (
    ts.isCallExpression(node) &&
    /^Object\.(assign|definePropert(y|ies)|setPrototypeOf)$/.test(node.expression.getText())
  )
    return node.arguments[0] !== undefined && isState(node.arguments[0]);
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression))
    return isState(node.expression.expression) && mutating.test(node.expression.name.text);
  if (ts.isBinaryExpression(node))
    return (
      node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
      node.operatorToken.kind <= ts.SyntaxKind.LastAssignment &&
      isPart(node.left)
    );
  if (ts.isDeleteExpression(node)) return isPart(node.expression);
  return (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) && isPart(node.operand);
}

/** Findings without those that are known, and known ones that are no longer found. */
export function judged(found: readonly string[], known: Readonly<Record<string, string>>): string[] {
  const fileOf = (finding: string): string => finding.slice(0, finding.indexOf(':'));
  const files = new Set(found.map(fileOf));
  return [
    ...found.filter((finding) => !Object.hasOwn(known, fileOf(finding))),
    ...Object.keys(known)
      .filter((path) => !files.has(path))
      .map((path) => `${path}: is pure now: take it out of scripts/check/knownImpurities.ts`),
  ];
}

export const purity: Step = {
  name: 'rooms are pure',
  run: () => {
    const found = treeFiles()
      .filter((path) => /\.tsx?$/.test(path) && !ofTests.test(path))
      .flatMap((path) => {
        const look = pureRoom.test(path)
          ? purityFindings
          : statelessRoom.test(path)
            ? stateFindings
            : undefined;
        return look?.(path, readFileSync(join(root, path), 'utf8')) ?? [];
      });
    return Promise.resolve(judged(found, knownImpurities));
  },
};
