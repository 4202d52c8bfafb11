/** The content of one test of a file: its own body, and the declarations of the same file that it uses. */
import ts from 'typescript';

interface TestFile {
  readonly source: ts.SourceFile;
  readonly tests: readonly NamedTest[];
}

interface NamedTest {
  readonly name: string;
  /** arguments of `test(…)` after the name */
  readonly parts: readonly ts.Node[];
  /** declarations around it, by name: at the top of the file, and in the enclosing blocks */
  readonly around: Declared;
  /** computed on first use */
  text?: string;
}

type Declared = ReadonlyMap<string, readonly ts.Node[]>;

const parsed = new Map<string, TestFile>();

/**
 * The code of a test: its body, the functions and constants of its file that the body refers to, and those that these refer to. Names of
 * tests and of variables, comments and types are not part of it.
 * @param path of the file; one path is read once @param named the name of the test, or its beginning
 * @returns undefined for a name of no test, or of several
 */
export function testText(path: string, text: string, named: string): string | undefined {
  const file = parsed.get(path) ?? read(path, text);
  parsed.set(path, file);
  const begun = file.tests.filter(({ name }) => name.startsWith(named));
  const exact = begun.filter(({ name }) => name === named);
  const [found, ...others] = exact.length > 0 ? exact : begun;
  return found === undefined || others.length > 0 ? undefined : (found.text ??= textOf(found, file));
}

function textOf({ parts, around }: NamedTest, { source }: TestFile): string {
  const seen = new Set<ts.Node>();
  const waiting: ts.Node[] = [...parts];
  const reported: string[] = [];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    reported.push(codeOf(node, source));
    for (const name of namesUsed(node)) waiting.push(...(around.get(name) ?? []));
  }
  return reported.join('\n');
}

function read(path: string, text: string): TestFile {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext);
  const tests: NamedTest[] = [];
  const visit = (node: ts.Node, around: Declared): void => {
    const inside = ts.isSourceFile(node) || ts.isBlock(node) ? declaredIn(around, node.statements) : around;
    if (ts.isCallExpression(node) && isTest(node, source)) {
      const [name, ...parts] = node.arguments;
      if (name !== undefined) tests.push({ name: written(name, source), parts, around: inside });
    }
    ts.forEachChild(node, (child) => {
      visit(child, inside);
    });
  };
  visit(source, new Map());
  return { source, tests };
}

const isTest = ({ expression }: ts.CallExpression, source: ts.SourceFile): boolean =>
  ts.isIdentifier(expression) && /^(?:test|it)$/.test(expression.getText(source));

/** The text of a literal; of other expressions, their source text. */
const written = (node: ts.Expression, source: ts.SourceFile): string =>
  ts.isStringLiteralLike(node) ? node.text : node.getText(source);

/** A block's own declarations hide those of the same name around it. */
function declaredIn(around: Declared, statements: readonly ts.Statement[]): Declared {
  const all = new Map(around);
  for (const statement of statements) {
    if ((ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) && statement.name)
      all.set(statement.name.text, [statement]);
    if (ts.isVariableStatement(statement))
      for (const one of statement.declarationList.declarations)
        for (const name of namesBound(one.name)) all.set(name, [one]);
  }
  return all;
}

function namesBound(name: ts.BindingName): readonly string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((one) => (ts.isBindingElement(one) ? namesBound(one.name) : []));
}

/** Names that a piece of code refers to: not those of members, nor of types. */
function namesUsed(node: ts.Node): ReadonlySet<string> {
  const used = new Set<string>();
  const visit = (one: ts.Node): void => {
    if (ts.isTypeNode(one)) return;
    if (ts.isIdentifier(one)) used.add(one.text);
    else if (ts.isPropertyAccessExpression(one)) visit(one.expression);
    else if (ts.isPropertyAssignment(one)) {
      if (ts.isComputedPropertyName(one.name)) visit(one.name);
      visit(one.initializer);
    } else ts.forEachChild(one, visit);
  };
  visit(node);
  return used;
}

/** The text of a node without comments and types, and without names that only denote a value: of those, only members are retained. */
function codeOf(node: ts.Node, source: ts.SourceFile, parent?: ts.Node): string {
  if (ts.isTypeNode(node)) return '';
  if (ts.isIdentifier(node) && !isMember(node, parent)) return ' _';
  const between = (from: number, to: number): string =>
    source.text.slice(from, to).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, ' ');
  const parts: ts.Node[] = [];
  ts.forEachChild(node, (child) => {
    parts.push(child);
  });
  if (parts.length === 0) {
    const start = node.getStart(source);
    // `\\n` before a word is not part of it
    return between(node.pos, start) + source.text.slice(start, node.end).replaceAll(/\\[nrt]/g, ' ');
  }
  const ends = [node.pos, ...parts.map(({ end }) => end)];
  const code = parts.map((part, i) => between(ends[i] ?? 0, part.pos) + codeOf(part, source, node)).join('');
  return code + between(ends.at(-1) ?? 0, node.end);
}

/** `{ name: … }`, `{ name }`, `x.name`, `const { name } = x`. */
function isMember(name: ts.Identifier, parent: ts.Node | undefined): boolean {
  if (parent === undefined) return false;
  if (ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent)) return parent.name === name;
  if (ts.isBindingElement(parent)) return parent.propertyName === undefined || parent.propertyName === name;
  return ts.isShorthandPropertyAssignment(parent) || ts.isMethodDeclaration(parent);
}
