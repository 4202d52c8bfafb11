/** A guide as a test reads it: console blocks become commands with the output next to them, files become files. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export interface Command {
  readonly kind: 'command';
  /** whose machine it is typed on */
  readonly at: string;
  readonly command: string;
  readonly output: readonly string[];
}

export interface GuideFile {
  readonly kind: 'file';
  /** `market/permits.csv`, one or several places */
  readonly places: readonly string[];
  readonly text: string;
}

/** Files that are carried from one machine to another. */
export interface Carried {
  readonly kind: 'carried';
  readonly files: readonly string[];
  readonly to: string;
}

export type GuideStep = Command | GuideFile | Carried;

const marks = /<!-- (at|file|bring): (.*?) -->|```(\w+)\n([\s\S]*?)```/g;

/** @param section heading of the only section to read, of a page that is a reference too */
export function guideSteps(path: string, section?: string): readonly GuideStep[] {
  const steps: GuideStep[] = [];
  let at = '';
  let places: readonly string[] | undefined;
  const page = readFileSync(path, 'utf8');
  for (const [, mark, argument = '', language, block = ''] of sectionOf(page, section).matchAll(marks)) {
    if (mark === 'at') at = argument;
    else if (mark === 'file') places = argument.split(' ');
    else if (mark === 'bring') steps.push(carried(argument));
    else if (places !== undefined) {
      steps.push({ kind: 'file', places, text: block });
      places = undefined;
    } else if (language === 'console') steps.push(...commands(block, at));
  }
  return steps;
}

function sectionOf(page: string, heading: string | undefined): string {
  if (heading === undefined) return page;
  const [, text] = page.split(`# ${heading}\n`);
  assert.ok(text !== undefined, `there is no section ${heading}`);
  return text.split(/\n##+ /)[0] ?? '';
}

function carried(argument: string): Carried {
  const [files = '', to = ''] = argument.split(' -> ');
  return { kind: 'carried', files: files.split(' '), to };
}

function commands(block: string, at: string): readonly Command[] {
  const found: { kind: 'command'; at: string; command: string; output: string[] }[] = [];
  for (const line of block.trimEnd().split('\n')) {
    if (line.startsWith('$ ')) found.push({ kind: 'command', at, command: line.slice(2), output: [] });
    else found.at(-1)?.output.push(line);
  }
  return found;
}

/** `…` matches anything; on a line of its own, any lines. */
export const outputPattern = (lines: readonly string[]): RegExp =>
  new RegExp(
    `^${lines.map((line) => (line === '…' ? '(?:.*\\n)*?.*' : linePattern(line))).join('\\n')}\\n?$`,
  );

/** One line, what is left out by `…` excepted. */
export const linePattern = (line: string): string =>
  line
    .split('…')
    .map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');

/** Every line that is shown was printed, and nothing else was unless the guide leaves lines out. */
export function assertEachLine(lines: readonly string[], reported: string, command: string): void {
  const rest = reported.trimEnd().split('\n');
  for (const line of lines.filter((one) => one !== '…')) {
    const at = rest.findIndex((one) => new RegExp(`^${linePattern(line)}$`).test(one));
    assert.notEqual(at, -1, `${command}\nlacks: ${line}\nsaid:\n${reported}`);
    rest.splice(at, 1);
  }
  if (!lines.includes('…')) assert.deepEqual(rest, [], command);
}

/** @param name of a page below `docs/` */
export const pageText = (name: string): string =>
  readFileSync(resolve(import.meta.dirname, '../../docs', name), 'utf8');

/** Code of a page, by its language. */
export const blocksOf = (text: string, language: string): readonly string[] =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, code = '']) => code);
