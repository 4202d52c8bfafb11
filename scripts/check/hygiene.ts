/** Content that must never be committed: secrets, paths of one machine, hosts of one package registry, heavy files. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../generated.ts';
import type { Step } from './step.ts';
import { treeFiles } from './treeFiles.ts';

interface Rule {
  readonly what: string;
  readonly pattern: RegExp;
  /** files where it is allowed */
  readonly except?: RegExp;
}

const rules: readonly Rule[] = [
  {
    what: 'a private key',
    pattern: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{16}/,
    except: /\.test\.ts$|(^|\/)vectors?\//, // published test vectors
  },
  {
    what: 'an access token',
    pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|AKIA[0-9A-Z]{16}|npm_[A-Za-z0-9]{30,})\b/,
  },
  {
    what: 'a path of one machine',
    pattern: /(?<![\w.~-])\/(?:work|home\/[a-z][\w-]*|Users\/[A-Za-z][\w-]*)\/[\w.]/,
  },
  { what: 'the host of a package registry', pattern: /"resolved":\s*"https?:/ },
  { what: 'a merge conflict', pattern: /^(?:<{7}|>{7}) /m },
];

const heaviest = 2_000_000; // bytes

/** @returns findings in one file's text */
export function hygieneFindings(path: string, text: string): string[] {
  return rules
    .filter(({ pattern, except }) => pattern.test(text) && except?.test(path) !== true)
    .map(({ what, pattern }) => {
      const line = text.slice(0, text.search(pattern)).split('\n').length;
      return `${path}:${line}: ${what}`;
    });
}

export const hygiene: Step = {
  name: 'hygiene',
  run: () => {
    const findings = treeFiles().flatMap((path) => {
      const file = join(root, path);
      const { size } = statSync(file);
      return size > heaviest ? [`${path}: ${size} bytes`] : hygieneFindings(path, readFileSync(file, 'utf8'));
    });
    return Promise.resolve(findings);
  },
};
