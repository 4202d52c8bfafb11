/** The lines that the console shows with each act and each refusal are lines that this program accepts. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { Command } from 'commander';
import ts from 'typescript';
import { registerAll } from '../../tests/everyVerb.ts';
import { nonEmpty } from '../../tests/nonEmpty.ts';
import { otherNames } from './verbs.ts';

const pages = resolve(import.meta.dirname, '../../console/src');
const begin = 'npx datong ';

/** What an expression may be as text: both branches of a condition, and a word for what only the page knows. */
function textsOf(node: ts.Expression): readonly string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isParenthesizedExpression(node)) return textsOf(node.expression);
  if (ts.isConditionalExpression(node)) return [node.whenTrue, node.whenFalse].flatMap(textsOf);
  if (!ts.isTemplateExpression(node)) return ['9'];
  return node.templateSpans.reduce<readonly string[]>(
    (before, { expression, literal }) =>
      before.flatMap((text) => textsOf(expression).map((word) => text + word + literal.text)),
    [node.head.text],
  );
}

function linesOf(file: string): readonly string[] {
  const found: string[] = [];
  const text = readFileSync(join(pages, file), 'utf8');
  if (!text.includes(begin)) return [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, false, ts.ScriptKind.TSX);
  const visit = (node: ts.Node): void => {
    const isText = ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
    if (isText) found.push(...textsOf(node).filter((text) => text.startsWith(begin)));
    else ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

interface Words {
  readonly command: Command;
  /** those after its name */
  readonly words: readonly string[];
}

/** The verb that a line names. */
function verbOf(program: Command, line: string): Words {
  let command = program;
  let words = (line.match(/"[^"]*"|\S+/g) ?? []).slice(2);
  for (;;) {
    const [word = ''] = words;
    const name = command === program ? (otherNames[word] ?? word) : word;
    const next = command.commands.find((one) => one.name() === name);
    if (next === undefined) return { command, words };
    [command, words] = [next, words.slice(1)];
  }
}

/** @returns the operands and the long names of the given options, or what is wrong with an option */
function readWords({
  command,
  words,
}: Words):
  string | { readonly operands: readonly string[]; readonly given: ReadonlySet<string | undefined> } {
  const known = new Map(
    [...command.options, ...(command.parent?.options ?? [])].flatMap((option) =>
      [option.long, option.short].map((name) => [name, option] as const),
    ),
  );
  const given = new Set<string | undefined>();
  const operands: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (isWord(word)) {
      operands.push(word);
      continue;
    }
    const option = known.get(word);
    if (option === undefined) return `no option ${word}`;
    given.add(option.long);
    const values = words.slice(at + 1);
    const end = values.findIndex((one) => !isWord(one));
    const there = end < 0 ? values.length : end;
    if (option.required && there === 0) return `${word} wants a value`;
    if (option.required) at += option.variadic ? there : 1;
  }
  return { operands, given };
}

/** @returns what is wrong with a line; nothing when it is taken */
function fault(program: Command, line: string): string | undefined {
  const { command, words } = verbOf(program, line);
  if (words.includes('--help')) return command === program ? 'no such verb' : undefined;
  // a group that does something by itself (`audit findings`) has options of its own
  if (command.commands.length > 0 && command.options.length === 0) return `no verb: ${words.join(' ')}`;
  const read = readWords({ command, words });
  if (typeof read === 'string') return read;
  const { operands, given } = read;
  const missing = command.options.find(({ mandatory, long }) => mandatory && !given.has(long));
  if (missing !== undefined) return `${missing.flags} is missing`;
  const { registeredArguments: places } = command;
  if (places.filter(({ required }) => required).length > operands.length) return 'an argument is missing';
  const maxArguments = places.some(({ variadic }) => variadic) ? Infinity : places.length;
  return operands.length > maxArguments ? 'too many arguments' : undefined;
}

/** @returns whether a sentence's `datong FIRST SECOND` names a verb; SECOND may be the next word of the sentence */
function isVerb(program: Command, first: string, second: string | undefined): boolean {
  const verb = program.commands.find((one) => one.name() === (otherNames[first] ?? first));
  if (verb === undefined) return false;
  const isGroup = verb.commands.length > 0 && verb.options.length === 0;
  return !isGroup || verb.commands.some((one) => one.name() === second);
}

const isWord = (word: string): boolean => !/^--?[a-z]/.test(word);

test('every verb that a sentence of the console names is a verb of this program', async () => {
  const program = new Command('datong');
  await registerAll(program);
  const named = readdirSync(join(pages, 'words'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('.test.'))
    .flatMap((file) => [
      ...readFileSync(join(pages, 'words', file), 'utf8').matchAll(/\bdatong ([a-z-]+)(?: ([a-z-]+))?/g),
    ]);
  const wrong = nonEmpty(named).flatMap(([text, first = '', second]) =>
    isVerb(program, first, second) ? [] : [text],
  );
  assert.deepEqual(wrong, []);
  assert.equal(isVerb(program, 'topic', 'register'), false);
});

test('every line that the console shows is a line that this program takes', async () => {
  const program = new Command('datong');
  await registerAll(program);
  const lines = readdirSync(pages, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.includes('.test.'))
    .flatMap((file) => linesOf(file).map((line) => ({ file, line })));
  assert.ok(lines.length > 80, `${lines.length} lines`);
  const wrong = nonEmpty(lines).flatMap(({ file, line }) =>
    line.split(/ (?:&&|>) /).flatMap((part) => {
      const why = part.startsWith(begin) ? fault(program, part) : undefined;
      return why === undefined ? [] : [`${file}: ${part}: ${why}`];
    }),
  );
  assert.deepEqual(wrong, []);
  assert.match(fault(program, 'npx datong audit findings acknowledge 9 --reason …') ?? '', /no option/);
  assert.match(fault(program, 'npx datong consent duty state 9') ?? 'taken', /taken/);
  assert.match(fault(program, 'npx datong consent duty state 9 --states deleted') ?? '', /no option/);
  assert.match(fault(program, 'npx datong audit lift 9') ?? '', /is missing/);
});
