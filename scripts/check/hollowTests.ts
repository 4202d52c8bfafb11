/**
 * Tests that cannot fail: without any assertion; with assertions only where they may never be reached (in a `catch`, in the handler of an
 * event, in one branch of an `if`, in a loop, a `forEach` or an `every` over a list that may be empty: `nonEmpty` of tests/nonEmpty.ts
 * asserts that it is not); and assertions that hold whatever happens: of a constant, by a pattern that fits everything, for any error.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from '../generated.ts';
import type { Step } from './step.ts';
import { treeFiles } from './treeFiles.ts';

/** `path:line: what` of each test, or assertion, of a file that cannot fail. */
export function hollowTests(path: string, text: string): string[] {
  const kind = path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true, kind);
  const found: string[] = [];
  const tell = (node: ts.Node, what: string): void => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    found.push(`${path}:${line + 1}: ${what}`);
  };
  const file = { constants: constantsOf(source), asserting: assertingNames(source) };
  const visit = (node: ts.Node): void => {
    const body = testBody(node);
    if (body !== undefined) {
      if (!reaches(body, file)) tell(node, 'no assertion of this test is sure to be reached');
    }
    const hollow = ts.isCallExpression(node) ? hollowAssertion(node, file) : undefined;
    if (hollow !== undefined) tell(node, hollow);
    if (ts.isTryStatement(node) && isSilentTry(node)) tell(node, 'passes when nothing is thrown');
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

interface TestFile {
  /** values of `const` names at any depth */
  readonly constants: ReadonlyMap<string, ts.Expression>;
  /** functions and methods of the file that assert, by name */
  readonly asserting: ReadonlySet<string>;
}

type Body = ts.ArrowFunction | ts.FunctionExpression;
const isFunction = (node: ts.Node | undefined): node is Body =>
  node !== undefined && (ts.isArrowFunction(node) || ts.isFunctionExpression(node));

/** The function of a `test(…)`, undefined for anything else. */
function testBody(node: ts.Node): Body | undefined {
  if (!ts.isCallExpression(node) || !/^(?:test|it)$/.test(node.expression.getText())) return undefined;
  const last = node.arguments.at(-1);
  return isFunction(last) ? last : undefined;
}

function some(node: ts.Node, holds: (node: ts.Node) => boolean): boolean {
  return holds(node) || (ts.forEachChild(node, (child) => some(child, holds) || undefined) ?? false);
}

/** `assert.equal(…)`, `fc.assert(…)`, `page.getByText(…).waitFor()`: calls that throw by themselves when a condition fails. */
const isAssertion = (node: ts.Node): node is ts.CallExpression =>
  ts.isCallExpression(node) &&
  (/^(?:assert|fc\.assert)\b/.test(node.expression.getText()) ||
    /\.waitFor$/.test(node.expression.getText()));

const calledName = ({ expression }: ts.CallExpression): string =>
  ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();

const asserts = (node: ts.Node, names: ReadonlySet<string>): boolean =>
  isAssertion(node) || (ts.isCallExpression(node) && names.has(calledName(node)));

/** Names of the file's functions that assert, directly or through another one; imported ones are recognised by their names. */
function assertingNames(source: ts.SourceFile): ReadonlySet<string> {
  const functions: [string, ts.Node][] = [];
  const names = new Set<string>();
  const collect = (node: ts.Node): void => {
    if (ts.isFunctionDeclaration(node) && node.name !== undefined) functions.push([node.name.text, node]);
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && isFunction(node.initializer))
      functions.push([node.name.text, node.initializer]);
    if (ts.isMethodDeclaration(node) || ts.isPropertyAssignment(node))
      functions.push([node.name.getText(), node]);
    if (
      ts.isImportSpecifier(node) &&
      /^(?:assert|attempt|expect|refuse|until|guideSteps)/.test(node.name.text)
    )
      names.add(node.name.text);
    node.forEachChild(collect);
  };
  collect(source);
  for (let before = -1; before !== names.size;) {
    before = names.size;
    for (const [name, node] of functions) if (some(node, (one) => asserts(one, names))) names.add(name);
  }
  return names;
}

function constantsOf(source: ts.SourceFile): Map<string, ts.Expression> {
  const constants = new Map<string, ts.Expression>();
  const collect = (node: ts.Node): void => {
    if (
      ts.isVariableDeclaration(node) &&
      ts.isIdentifier(node.name) &&
      node.initializer !== undefined &&
      (ts.getCombinedNodeFlags(node) & ts.NodeFlags.Const) !== 0
    )
      constants.set(node.name.text, node.initializer);
    node.forEachChild(collect);
  };
  collect(source);
  return constants;
}

/** Whether some assertion is always reached, for any lists, errors and branches. */
function reaches(body: Body, file: TestFile): boolean {
  const sure = (node: ts.Node): boolean => {
    if (asserts(node, file.asserting)) return true;
    if (ts.isCatchClause(node) || (node !== body && isLateHandler(node))) return false;
    if (ts.isForOfStatement(node) && node.awaitModifier === undefined && !holdsSome(node.expression, file))
      return sure(node.expression);
    if (ts.isIfStatement(node)) return isSureIf(node, sure);
    if (node !== body && isOfEach(node, file)) return false;
    return ts.forEachChild(node, (child) => sure(child) || undefined) ?? false;
  };
  return sure(body.body);
}

/** Its condition asserts, or each of its branches. */
function isSureIf(
  { expression, thenStatement, elseStatement }: ts.IfStatement,
  sure: (node: ts.Node) => boolean,
): boolean {
  return (
    sure(expression) ||
    // an early exit from the test counts like another branch
    ((sure(thenStatement) || leaves(thenStatement)) && elseStatement !== undefined && sure(elseStatement))
  );
}

/** `return`, `continue`, `throw` at the end of a branch. */
function leaves(branch: ts.Statement): boolean {
  const last = ts.isBlock(branch) ? branch.statements.at(-1) : branch;
  return last !== undefined && ts.isThrowStatement(last);
}

/** A function that is called for each of a list, which may be empty. */
function isOfEach(node: ts.Node, file: TestFile): boolean {
  if (!isFunction(node) || !ts.isCallExpression(node.parent)) return false;
  const { expression } = node.parent;
  return (
    ts.isPropertyAccessExpression(expression) &&
    /^(?:forEach|map|flatMap|filter|find|some|every|sort|reduce)$/.test(expression.name.text) &&
    !holdsSome(expression.expression, file)
  );
}

/** A function that may be called later: the handler of an event or of a timer, and what follows a promise without await. */
function isLateHandler(node: ts.Node): boolean {
  if (!isFunction(node) || !ts.isCallExpression(node.parent)) return false;
  return /(?:\.(?:on|once|addEventListener|catch)|setTimeout|setImmediate)$/.test(
    node.parent.expression.getText(),
  );
}

/** Whether a list is seen to have something in it: written down, asserted, or made of one that is. */
function holdsSome(list: ts.Expression, file: TestFile): boolean {
  if (ts.isParenthesizedExpression(list) || ts.isAsExpression(list) || ts.isSatisfiesExpression(list))
    return holdsSome(list.expression, file);
  if (ts.isArrayLiteralExpression(list))
    return list.elements.some((one) => !ts.isSpreadElement(one) || holdsSome(one.expression, file));
  if (ts.isObjectLiteralExpression(list)) return list.properties.some((one) => !ts.isSpreadAssignment(one));
  if (ts.isStringLiteralLike(list)) return list.text !== '';
  if (ts.isIdentifier(list)) {
    const value = file.constants.get(list.text);
    return value !== undefined && value !== list && holdsSome(value, file);
  }
  if (ts.isNewExpression(list)) {
    const [first] = list.arguments ?? [];
    return first !== undefined && holdsSome(first, file);
  }
  return ts.isCallExpression(list) && returnsSome(list, file);
}

/** Whether the list that a call returns is seen to have something in it. */
function returnsSome(list: ts.CallExpression, file: TestFile): boolean {
  const called = list.expression.getText();
  const [first] = list.arguments;
  if (called === 'nonEmpty') return true;
  if (first !== undefined && /^(?:Object\.(?:keys|values|entries|freeze)|new Set|Array\.from)$/.test(called))
    return holdsSome(first, file) || isCounted(first);
  return (
    ts.isPropertyAccessExpression(list.expression) &&
    /^(?:map|entries|keys|values|sort|toSorted|reverse|toReversed)$/.test(list.expression.name.text) &&
    holdsSome(list.expression.expression, file)
  );
}

/** `{ length: 5 }` */
const isCounted = (node: ts.Expression): boolean =>
  ts.isObjectLiteralExpression(node) &&
  node.properties.some((one) => ts.isPropertyAssignment(one) && one.name.getText() === 'length');

/** The fault of one assertion by itself. */
function hollowAssertion(call: ts.CallExpression, file: TestFile): string | undefined {
  const name = call.expression.getText();
  const [first, second] = call.arguments;
  if (!/^assert\b/.test(name) || first === undefined) return undefined;
  const hollow = /^assert(?:\.ok)?$/.test(name) ? hollowCondition(first, file) : undefined;
  if (hollow !== undefined) return hollow;
  const pattern = call.arguments.find(fitsAll);
  if (pattern !== undefined) return `${pattern.getText()} fits everything`;
  if (/^assert\.(?:throws|rejects)$/.test(name) && second === undefined)
    return 'any error will do: say which';
  const isSame =
    second !== undefined &&
    first.getText() === second.getText() &&
    !some(first, (node) => ts.isCallExpression(node));
  if (isSame) return 'compares a thing with itself';
  const isFloating =
    /^assert\.(?:rejects|doesNotReject)$/.test(name) && ts.isExpressionStatement(call.parent);
  return isFloating ? 'nobody awaits it' : undefined;
}

/** The fault of the condition of `assert(…)`. */
function hollowCondition(condition: ts.Expression, file: TestFile): string | undefined {
  if (isAlwaysTrue(condition)) return 'holds whatever happens';
  const every = everyOf(condition);
  if (every === undefined || holdsSome(every, file)) return undefined;
  const isMeasured = condition.getText().includes(`${every.getText()}.length`);
  return isMeasured ? undefined : '`every` holds of an empty list: nonEmpty(…)';
}

/** `true`, `[]`, `list.filter(…)`, `list.length >= 0`, `a || true`. */
function isAlwaysTrue(node: ts.Expression): boolean {
  if (ts.isBinaryExpression(node)) {
    const operator = node.operatorToken.getText();
    if (operator === '||') return isAlwaysTrue(node.left) || isAlwaysTrue(node.right);
    return (
      operator === '>=' && /\.(?:length|size)$/.test(node.left.getText()) && node.right.getText() === '0'
    );
  }
  return (
    node.kind === ts.SyntaxKind.TrueKeyword ||
    ts.isLiteralExpression(node) ||
    ts.isArrayLiteralExpression(node) ||
    ts.isObjectLiteralExpression(node) ||
    ts.isNewExpression(node) ||
    ts.isTypeOfExpression(node) ||
    isFunction(node) ||
    (ts.isCallExpression(node) && /^(?:map|filter|flatMap|toSorted|keys|entries)$/.test(calledName(node)))
  );
}

const unlike = ['', 'a', '0', ' ', '\n', '-', '中文', '{"a":1}', 'Error: no such thing'];

/** A pattern that matches any text. */
function fitsAll(node: ts.Expression): boolean {
  if (!ts.isRegularExpressionLiteral(node)) return false;
  const end = node.text.lastIndexOf('/');
  const pattern = new RegExp(node.text.slice(1, end), node.text.slice(end + 1).replace(/[gy]/g, ''));
  return unlike.every((text) => pattern.test(text));
}

/** The list of `list.every(…)`, also as part of an `&&`. */
function everyOf(node: ts.Expression): ts.Expression | undefined {
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken)
    return everyOf(node.left) ?? everyOf(node.right);
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  return node.expression.name.text === 'every' ? node.expression.expression : undefined;
}

/** A try whose only assertions are in its catch, and after which the function ends. */
function isSilentTry({ tryBlock, catchClause, finallyBlock, parent }: ts.TryStatement): boolean {
  if (catchClause === undefined || finallyBlock !== undefined) return false;
  const last = tryBlock.statements.at(-1);
  const isLast = ts.isBlock(parent) && parent.statements.at(-1)?.end === catchClause.end;
  return (
    isLast &&
    some(catchClause.block, isAssertion) &&
    !some(tryBlock, isAssertion) &&
    !(last !== undefined && (ts.isReturnStatement(last) || ts.isThrowStatement(last)))
  );
}

export const hollowTestsStep: Step = {
  name: 'tests can fail',
  run: () => {
    const found = treeFiles()
      .filter((path) => /\.test\.tsx?$/.test(path))
      .flatMap((path) => hollowTests(path, readFileSync(join(root, path), 'utf8')));
    return Promise.resolve(found);
  },
};
