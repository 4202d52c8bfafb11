/**
 * Applies the code blocks of a page of docs/how-to to a copy of the repository, and runs commands there.
 * A line that ends with a path in backticks and a colon names the new file of the next code block. A `diff` block begins with `--- path`.
 */
import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after } from 'node:test';
import { promisify } from 'node:util';
import { root } from '../../scripts/generated.ts';

export interface AppliedPage {
  /** of the copy */
  readonly root: string;
  /** files that the page creates or changes */
  readonly files: readonly string[];
  /** Runs test files of the copy. @throws with the output of the first that fails */
  readonly test: (...files: readonly string[]) => Promise<void>;
  readonly read: (path: string) => string;
  readonly write: (path: string, text: string) => void;
}

/** @param page name in docs/how-to @param folders of the repository that the copy needs, besides the files at its top */
export function appliedPage(page: string, folders: readonly string[]): AppliedPage {
  const copy = mkdtempSync(join(tmpdir(), 'datong-how-to-'));
  after(() => rmSync(copy, { recursive: true, force: true }));
  const needed = [...folders, 'scripts', 'package.json', 'tsconfig.json', 'openapi.yaml'];
  for (const name of needed)
    cpSync(join(root, name), join(copy, name), {
      recursive: true,
      filter: (path) => !/\/(?:tests\/data|console\/dist[^/]*)$/.test(path),
    });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const read = (path: string): string => readFileSync(join(copy, path), 'utf8');
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), text);
  };
  const text = readFileSync(join(root, 'docs/how-to', page), 'utf8');
  const files: string[] = [];
  for (const [, path, language, block = ''] of text.matchAll(
    /(?:`([^`\n]+)`:\n\n)?```(\w*)\n([^]*?)^```$/gm,
  )) {
    if (language === 'diff') {
      const [, changed = '', edits = ''] = /^--- (\S+)\n([^]*)$/.exec(block) ?? [];
      write(changed, edited(read(changed), edits, changed));
      files.push(changed);
    } else if (path !== undefined) {
      if (existsSync(join(copy, path))) throw new TypeError(`${page}: ${path} exists`);
      write(path, block);
      files.push(path);
    }
  }
  const test = async (...tests: readonly string[]): Promise<void> => {
    // of the run that this test belongs to: the copy's is another one
    const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
    for (const file of tests)
      await promisify(execFile)(process.execPath, ['--import', './scripts/typescript.mjs', file], {
        cwd: copy,
        env,
      }).catch((error: unknown) => {
        const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
        throw new Error(`${file} fails in the copy:\n${stdout}${stderr}`, { cause: error });
      });
  };
  return { root: copy, files, test, read, write };
}

/** A text after the hunks of a diff without line numbers. @throws TypeError where what a hunk retains or removes is not there once */
function edited(text: string, edits: string, path: string): string {
  return edits.split(/^@@\n/m).reduce((before, hunk) => {
    const lines = hunk.trimEnd().split('\n');
    const part = (sign: '+' | '-'): string =>
      lines
        .filter((line) => line.startsWith(' ') || line.startsWith(sign) || line === '')
        .map((line) => `${line.slice(1)}\n`)
        .join('');
    const found = before.split(part('-'));
    if (found.length !== 2) throw new TypeError(`${path}: found ${found.length - 1} times:\n${part('-')}`);
    return found.join(part('+'));
  }, text);
}
