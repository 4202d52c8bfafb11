/** Finds files that are too long to read at once: 450 lines of code, or 600 lines of a test or a bench, whose cases follow one another. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../generated.ts';
import type { Step } from './step.ts';
import { treeFiles } from './treeFiles.ts';

const maxLines = 450;
const maxTestLength = 600;
/** An entry of a table, a name and its text: a dictionary may have any number of them. */
const entry = /^\s*(?:[\w'-]+: )?(?:\{ )?(?:(?:[\w'-]+: )?(?:'[^']*'|"[^"]*")(?:,? )?)+\}?,?$/;
/** A name in a list of names. */
const listed = /^\s+\w+,$/;
/** Made by `npm run generate`, and compared with it by `npm run check -- generated`. */
const generated = /^api\//;
const isCode = (path: string): boolean => /\.(?:ts|tsx|mjs|cjs)$/.test(path);

/** @returns findings about one file's length */
export function longFileFindings(path: string, text: string): string[] {
  if (!isCode(path) || generated.test(path)) return [];
  const lines = text.trimEnd().split('\n');
  const counted = lines.filter((line) => !entry.test(line) && !listed.test(line)).length;
  const most = /\.test\.tsx?$|^bench\//.test(path) ? maxTestLength : maxLines;
  return counted > most
    ? [`${path}: ${counted} lines, ${most} are the most: divide it by what it is about`]
    : [];
}

export const longFiles: Step = {
  name: 'long files',
  run: () => {
    const findings = treeFiles()
      .filter(isCode)
      .flatMap((path) => longFileFindings(path, readFileSync(join(root, path), 'utf8')));
    return Promise.resolve(findings);
  },
};
