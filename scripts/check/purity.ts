/**
 * The pure modules have no clock, no randomness, no files, sockets or threads. They receive these as arguments.
 *
 * In the whole product, nothing at the top level of a module changes after loading. Two hubs can run in one process, and the state of each
 * is an object that `hub/main.ts` made for it. A memo on an immutable value (a WeakMap) is part of that value.
 */
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';
import { root } from '../generated.ts';
import { knownImpurities } from './knownImpurities.ts';
import { isImport, lookupOf, type Lookup } from './purity/declared.ts';
import { reportUse, type Tell } from './purity/impureUses.ts';
import { keepingMakers, reportMakers } from './purity/keepers.ts';
import { reportChange, reportKept, reportStatic } from './purity/moduleState.ts';
import type { Step } from './step.ts';
import { treeFiles } from './treeFiles.ts';

const pureRoom = /^(terms|schemas|adapters|policies|certs|log)\//;
/** Modules that may have effects, but no state. */
const statelessRoom = /^(machine|migrations|api|hub|clients|bin|console)\//;
/** Tests and their helpers are exempt. */
const ofTests = /\.test\.ts$|\/fixtures\//;

/** Returns the text of another file, undefined where there is none. */
export type ReadOther = (path: string) => string | undefined;

/** Impure uses in a file's text, as `path:line: what`. @param other reads the files that it imports */
export function purityFindings(path: string, text: string, other: ReadOther = () => undefined): string[] {
  return [...new Set(findings(path, text, true, other))];
}

/** Process-wide state in a file's text, as `path:line: what`. */
export function stateFindings(path: string, text: string, other: ReadOther = () => undefined): string[] {
  return [...new Set(findings(path, text, false, other))];
}

const parsed = (path: string, text: string): ts.SourceFile =>
  ts.createSourceFile(
    path,
    text,
    ts.ScriptTarget.ESNext,
    true,
    path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
  );

/** @param pure whether clock, randomness, files and threads are reported, too */
function findings(path: string, text: string, pure: boolean, other: ReadOther): string[] {
  const source = parsed(path, text);
  const lookup = lookupOf();
  const found: string[] = [];
  const tell: Tell = (node, what) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    found.push(`${path}:${line + 1}: ${what}`);
  };
  reportKept(source, tell);
  const makers = keepingMakers(source, lookup);
  reportMakers(source, (name) => makers.has(name.text) || isImportedMaker(name, path, lookup, other), tell);
  const visit = (node: ts.Node, inFunction: boolean): void => {
    if (pure) reportUse(node, lookup, tell);
    if (ts.isPropertyDeclaration(node)) reportStatic(node, tell);
    if (inFunction) reportChange(node, lookup, tell);
    node.forEachChild((child) => visit(child, inFunction || ts.isFunctionLike(node)));
  };
  visit(source, false);
  return found;
}

/** A value that is made on first use, and is always the same, is not state. */
const constantMakers: ReadonlySet<string> = new Set(['terms/lazily.ts']);

function isImportedMaker(name: ts.Identifier, path: string, lookup: Lookup, other: ReadOther): boolean {
  const at = lookup(name)?.node;
  if (at === undefined || !isImport(at) || !ts.isImportSpecifier(at)) return false;
  const from = at.parent.parent.parent.moduleSpecifier;
  if (!ts.isStringLiteral(from) || !from.text.startsWith('.')) return false;
  const file = posix.join(posix.dirname(path), from.text);
  const text = constantMakers.has(file) ? undefined : other(file);
  if (text === undefined) return false;
  return keepingMakers(parsed(file, text), lookupOf()).has((at.propertyName ?? at.name).text);
}

/** Findings that are not known, and known ones that are no longer found. @param known `path: what` → why */
export function judged(found: readonly string[], known: Readonly<Record<string, string>>): string[] {
  const withoutLine = (finding: string): string => finding.replace(/:\d+: /, ': ');
  const still = new Set(found.map(withoutLine));
  return [
    ...found.filter((finding) => !Object.hasOwn(known, withoutLine(finding))),
    ...Object.keys(known)
      .filter((one) => !still.has(one))
      .map((one) => `${one}: is so no more: take it out of scripts/check/knownImpurities.ts`),
  ];
}

export const purity: Step = {
  name: 'pure modules',
  run: () => {
    const texts = new Map(
      treeFiles()
        .filter((path) => /\.(?:tsx?|[mc]?js)$/.test(path) && !ofTests.test(path))
        .filter((path) => pureRoom.test(path) || statelessRoom.test(path))
        .map((path) => [path, readFileSync(join(root, path), 'utf8')]),
    );
    const found = [...texts].flatMap(([path, text]) =>
      (pureRoom.test(path) ? purityFindings : stateFindings)(path, text, (other) => texts.get(other)),
    );
    return Promise.resolve(judged(found, knownImpurities));
  },
};
