/**
 * `npm run measure`: size and wording of the tree in figures, so that a change can be compared before and after.
 * Words of the former dialect are those that a newcomer has to read twice; `hits` counts words, not files.
 */
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';
import { median } from '../hub/domain/median.ts';
import { treeFiles } from './check/treeFiles.ts';
import { root } from './generated.ts';

/** Words of the dialect. `gate` of the compatibility gate, `keep-alive` and similar terms of the field are not among them. */
const dialect =
  /\b(?:told|tells?|telling|kept|keeps?|keeping|stands?|standing|standings|lay|laid|walks?|whoever|nobody|somebody|anybody|everybody|beside|ahead|lanes?|hands?|stretch(?:es)?|most[A-Z]\w*|longest[A-Z]\w*|shortest[A-Z]\w*|said\w*|held against|she|her|hers)\b/g;
const small = 25;
const piece = 40;

interface CodeFile {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly string[];
  readonly casts: number;
  readonly conditionalSpreads: number;
  readonly inComments: number;
  readonly inNames: number;
}

const conditionalSpread = /\.\.\.\(\s*[^()]*(?:\([^()]*\)[^()]*)*\?\s*\{\s*\}|\?\s*\{\s*\}\s*:\s*\{/g;

const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');
const linesOf = (text: string): number => text.split('\n').length - 1;
const hits = (text: string): number => text.match(dialect)?.length ?? 0;
/** `keptRows` → `kept Rows`, so that the words of a name are found. */
const wordsOfName = (name: string): string => name.replaceAll(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase();

function readCode(path: string): CodeFile {
  const text = textOf(path);
  const kind = path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true, kind);
  const names = new Set<string>();
  let casts = 0;
  const visit = (node: ts.Node): void => {
    if (ts.isAsExpression(node) && !ts.isConstTypeReference(node.type)) casts += 1;
    const declared = node as { name?: ts.Node };
    if (declared.name !== undefined && ts.isIdentifier(declared.name)) names.add(declared.name.text);
    node.forEachChild(visit);
  };
  visit(source);
  const comments = text.match(/\/\*[\s\S]*?\*\/|(?<![:'"`\w])\/\/.*/g) ?? [];
  return {
    path,
    lines: linesOf(text),
    imports: [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g)].map(([, specifier = '']) =>
      posix.normalize(posix.join(posix.dirname(path), specifier)),
    ),
    casts,
    conditionalSpreads: text.match(conditionalSpread)?.length ?? 0,
    inComments: hits(comments.join('\n')),
    inNames: [...names].filter((name) => hits(wordsOfName(name)) > 0).length,
  };
}

const isTest = (path: string): boolean => /\.test\.|^tests\//.test(path);

/** @returns files of at most {@link piece} lines that exactly one file imports (tests do not count), with that file */
function singleImporterPieces(code: readonly CodeFile[]): readonly string[] {
  const importers = new Map<string, Set<string>>();
  for (const { path, imports } of code) {
    if (isTest(path)) continue;
    for (const imported of imports) importers.set(imported, (importers.get(imported) ?? new Set()).add(path));
  }
  return code
    .filter(({ path, lines }) => lines <= piece && !isTest(path) && importers.get(path)?.size === 1)
    .map(({ path, lines }) => `${path} (${String(lines)}) → ${[...(importers.get(path) ?? [])][0] ?? ''}`);
}

const tree = treeFiles();
const code = tree
  .filter((path) => /\.(?:tsx?|mjs|cjs)$/.test(path) && !/^api\/|\/fixtures\//.test(path))
  .map(readCode);
const docs = tree.filter((path) => path.endsWith('.md') && path.startsWith('docs/'));
const english = docs.filter((path) => !path.endsWith('.zh-CN.md'));
const wordsIn = (paths: readonly string[]): number =>
  paths.reduce((sum, path) => sum + textOf(path).split(/\s+/).length, 0);
const sum = (of: (file: CodeFile) => number): number => code.reduce((total, file) => total + of(file), 0);
const pieces = singleImporterPieces(code);

const figures: Readonly<Record<string, number>> = {
  'code files': code.length,
  'code lines': sum(({ lines }) => lines),
  'lines of the median file': median(code.map(({ lines }) => lines)) ?? 0,
  [`files of at most ${String(small)} lines`]: code.filter(({ lines }) => lines <= small).length,
  [`pieces of at most ${String(piece)} lines with one importer`]: pieces.length,
  'casts (as const not counted)': sum(({ casts }) => casts),
  'conditional spreads': sum(({ conditionalSpreads }) => conditionalSpreads),
  'dialect words in comments': sum(({ inComments }) => inComments),
  'names with a dialect word': sum(({ inNames }) => inNames),
  'dialect words in English docs': english.reduce((total, path) => total + hits(textOf(path)), 0),
  'words of docs, English': wordsIn(english),
  'words of docs, all files': wordsIn(docs),
  'files with functions above complexity 15': complexityExemptions(),
};

function complexityExemptions(): number {
  const { overrides } = JSON.parse(textOf('.oxlintrc.json').replaceAll(/^\s*\/\/.*$/gm, '')) as {
    overrides: { files: string[]; rules: Record<string, unknown> }[];
  };
  return overrides
    .filter(({ rules }) => rules['complexity'] === 'off')
    .reduce((total, { files }) => total + files.length, 0);
}

if (process.argv.includes('--pieces')) process.stdout.write(`${pieces.join('\n')}\n`);
else
  for (const [name, figure] of Object.entries(figures))
    process.stdout.write(`${figure.toLocaleString('en').padStart(9)}  ${name}\n`);
