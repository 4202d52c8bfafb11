/**
 * Finds exported functions, constants and classes that are needless: no code of the product uses them (dead code, or an engine that no path
 * calls), or no file imports them (remove the word `export`). Types may be exported with the values they describe. Exports that wait for
 * their path are named in `waiting`, with that path. An entry that is used again is a finding, too.
 */
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';
import { root } from '../generated.ts';
import type { Step } from './step.ts';
import { treeFiles } from './treeFiles.ts';

/** `file: name` → the path that it waits for. */
export const waiting: Readonly<Record<string, string>> = {
  'hub/platform/database/authenticated/openTables.ts: openTables': 'its test compares it with the tables',
  'hub/platform/database/authenticated/statements.ts: triggerOf': 'its test compares it with the migrations',
  'clients/cli/verbs.ts: registerAll': 'tests of all help texts',
  'clients/cli/verbs.ts: formerVerbs': 'the test of former verbs',
};

const isCode = (path: string): boolean => /\.(?:tsx?|mjs)$/.test(path) && !path.startsWith('api/');
const isProduct = (path: string): boolean =>
  !/\.test\.|^tests\/|^bench\/|^scenarios\/|^scripts\/check\/|\/fixtures\/|\/fuzz\//.test(path);
/** Whether a file is an entry point, or is imported from outside. */
const isEntrance = (path: string): boolean => /^(?:bin|scripts|clients\/sdk|clients\/examples)\//.test(path);

interface Export {
  readonly name: string;
  /** its file uses it outside its own declaration */
  readonly usedHere: boolean;
  /** a value of this file: no type, and nothing handed on from another file */
  readonly isValue: boolean;
}

/** Exports of a file, and its imports by file; `*` is all of it. */
interface Traffic {
  readonly gives: readonly Export[];
  readonly takes: readonly (readonly [path: string, name: string])[];
}

/**
 * @param texts files by their path @returns `file: name` of each export that no file of the product uses, and of each value that no file
 * imports
 */
export function deadExports(texts: ReadonlyMap<string, string>): { unused: string[]; needless: string[] } {
  const files = [...texts].map(([path, text]) => ({ path, ...trafficOf(path, text) }));
  const takenBy = (wanted: (path: string) => boolean): ReadonlySet<string> =>
    new Set(
      files
        .filter(({ path }) => wanted(path))
        .flatMap(({ takes }) => takes.map(([path, name]) => `${path}: ${name}`)),
    );
  const [byProduct, byAnybody] = [takenBy(isProduct), takenBy(() => true)];
  const unused: string[] = [];
  const needless: string[] = [];
  for (const { path, gives } of files) {
    if (isEntrance(path) || !isProduct(path)) continue;
    for (const { name, usedHere, isValue } of gives) {
      const isTaken = (by: ReadonlySet<string>): boolean =>
        by.has(`${path}: ${name}`) || by.has(`${path}: *`);
      if (!usedHere && !isTaken(byProduct)) unused.push(`${path}: ${name}`);
      else if (isValue && !isTaken(byAnybody)) needless.push(`${path}: ${name}`);
    }
  }
  return { unused, needless };
}

function trafficOf(path: string, text: string): Traffic {
  const kind = path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true, kind);
  const takes: [string, string][] = [];
  const take = (specifier: ts.Node | undefined, names: Iterable<string>): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier) || !specifier.text.startsWith('.'))
      return;
    const from = posix.normalize(posix.join(posix.dirname(path), specifier.text));
    for (const name of names) takes.push([from, name]);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      take(node.moduleSpecifier, namesOf(node));
      return;
    }
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      take(node.argument.literal, [node.qualifier?.getText(source) ?? '*']);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      // its members that are read appear somewhere in this file
      take(node.arguments[0], new Set(text.match(/[A-Za-z_$][\w$]*/g)));
      return;
    }
    // a file named by its path is loaded whole: a thread, or a replacement of a module
    if (ts.isStringLiteral(node) && /^\.\.?\/.*\.tsx?$/.test(node.text)) take(node, ['*']);
    node.forEachChild(visit);
  };
  visit(source);
  return { gives: source.statements.flatMap((statement) => exportsOf(statement, source)), takes };
}

function namesOf(node: ts.ImportDeclaration | ts.ExportDeclaration): string[] {
  const clause = ts.isImportDeclaration(node) ? node.importClause?.namedBindings : node.exportClause;
  const whole = ts.isImportDeclaration(node) ? node.importClause?.name : undefined;
  return [
    ...(whole === undefined ? [] : ['default']),
    ...(clause !== undefined && (ts.isNamedImports(clause) || ts.isNamedExports(clause))
      ? clause.elements.map((one) => (one.propertyName ?? one.name).text)
      : clause !== undefined || ts.isExportDeclaration(node)
        ? ['*']
        : []),
  ];
}

function exportsOf(statement: ts.Statement, source: ts.SourceFile): Export[] {
  if (ts.isExportDeclaration(statement)) {
    const { exportClause } = statement;
    if (exportClause === undefined || !ts.isNamedExports(exportClause)) return [];
    return exportClause.elements.map(({ name }) => ({
      name: name.text,
      usedHere: isUsedBeside(statement, name.text, source),
      isValue: false,
    }));
  }
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  if (!modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
  // an interface or type is exported with the value it describes
  if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) return [];
  return declaredNames(statement).map((name) => ({
    name,
    usedHere: isUsedBeside(statement, name, source),
    isValue: true,
  }));
}

function declaredNames(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    const bound = (name: ts.BindingName): string[] =>
      ts.isIdentifier(name)
        ? [name.text]
        : name.elements.flatMap((one) => (ts.isOmittedExpression(one) ? [] : bound(one.name)));
    return statement.declarationList.declarations.flatMap(({ name }) => bound(name));
  }
  const isNamed = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement);
  return isNamed && statement.name !== undefined ? [statement.name.text] : [];
}

/** Whether a name occurs in a file outside its own declaration (a function that only calls itself is not used). */
function isUsedBeside(declaration: ts.Node, name: string, source: ts.SourceFile): boolean {
  const uses = (node: ts.Node): boolean =>
    node !== declaration &&
    ((ts.isIdentifier(node) && node.text === name) || (ts.forEachChild(node, uses) ?? false));
  return uses(source);
}

/** @returns findings to correct: dead exports that are not listed, and listed names that are used again or gone */
export function deadExportFindings(texts: ReadonlyMap<string, string>, known = waiting): string[] {
  const { unused, needless } = deadExports(texts);
  const dead = new Set(unused);
  return [
    ...unused
      .filter((one) => !Object.hasOwn(known, one))
      .map((one) => `${one}: nothing of the product uses it`),
    ...needless.map((one) => `${one}: nobody imports it, it need not be exported`),
    ...Object.keys(known)
      .filter((one) => !dead.has(one))
      .map((one) => `${one}: is used, or gone; take it out of scripts/check/deadExports.ts`),
  ];
}

export const deadExportsStep: Step = {
  name: 'no dead exports',
  run: () => {
    const texts = new Map(
      treeFiles()
        .filter(isCode)
        .map((path) => [path, readFileSync(join(root, path), 'utf8')]),
    );
    return Promise.resolve(deadExportFindings(texts));
  },
};
