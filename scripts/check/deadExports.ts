/**
 * Functions, constants and classes that a file exports and nothing of the product uses: dead code, or an engine that no path calls.
 * What waits for its path is named in `waiting`, with the path it waits for; an entry that is used again is a finding, too.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../generated.ts';
import type { Step } from './step.ts';

/** `file: name` → what it waits for, or whose measure it is. */
export const waiting: Readonly<Record<string, string>> = {
  'adapters/sql/sql.ts: sqlRecords': 'pulls from databases',
  'adapters/suggest/calibration.ts: calibration': 'measures guesses for the table in the documents',
  'adapters/suggest/calibration.ts: calibrationTable': 'measures guesses for the table in the documents',
  'console/src/parts/scrollBarSize.ts: getTargetScrollBarSize':
    'takes the place of a module of the tables (console/vite.config.ts)',
  'hub/domain/permissions.ts: rolesFor': 'what x-scopes of openapi.yaml are compared with',
  'hub/identity/tls/readPeer.ts: readPresented': 'reads certificates of attacks',
  'hub/store/database/address.ts: withDatabase': 'databases of tests',
  'policies/consents/readConsent.ts: consentPayload':
    'the canonical form of a consent, for whoever makes one',
  'policies/documents/parseDocument.ts: parseRestriction': 'restrictions of tests',
  'schemas/codelists/readCodeListCsv.ts: readCodeListCsv': 'import of code lists from spreadsheets',
  'schemas/subset/compare.ts: compareVersions': 'publication of schema versions',
};

const isProduct = (path: string): boolean =>
  !/\.test\.|^tests\/|^bench\/|^scripts\/check\/|\/fixtures\/|\/fuzz\/|^api\//.test(path) &&
  /\.(?:tsx?|mjs)$/.test(path);
/** Where a file is an entrance of its own, or what others import from outside. */
const isEntrance = (path: string): boolean => /^(?:bin|scripts|clients\/sdk)\//.test(path);

const exported = /^export (?:async )?(?:function\*?|class|const) ([A-Za-z_$][\w$]*)/gm;

/** @param texts product files by their path @returns `file: name` of each export that no other file and no line beside its own uses */
export function deadExports(texts: ReadonlyMap<string, string>): string[] {
  const users = new Map<string, number>();
  for (const text of texts.values())
    for (const word of new Set(text.match(/[A-Za-z_$][\w$]*/g))) users.set(word, (users.get(word) ?? 0) + 1);
  const dead: string[] = [];
  for (const [path, text] of texts) {
    if (isEntrance(path)) continue;
    for (const [, name = ''] of text.matchAll(exported)) {
      const here =
        text.match(new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`, 'g'))?.length ?? 0;
      if (users.get(name) === 1 && here === 1) dead.push(`${path}: ${name}`);
    }
  }
  return dead;
}

/** @returns what to mend: dead exports that nobody named, and names that are used again or gone */
export function deadExportFindings(texts: ReadonlyMap<string, string>): string[] {
  const dead = new Set(deadExports(texts));
  return [
    ...[...dead]
      .filter((one) => !Object.hasOwn(waiting, one))
      .map((one) => `${one}: nothing of the product uses it`),
    ...Object.keys(waiting)
      .filter((one) => !dead.has(one))
      .map((one) => `${one}: is used, or gone; take it out of scripts/check/deadExports.ts`),
  ];
}

export const deadExportsStep: Step = {
  name: 'no dead exports',
  run: () => {
    const listed = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' });
    const texts = new Map(
      listed
        .split('\0')
        // one that was removed may not be committed yet
        .filter((path) => isProduct(path) && existsSync(join(root, path)))
        .map((path) => [path, readFileSync(join(root, path), 'utf8')]),
    );
    return Promise.resolve(deadExportFindings(texts));
  },
};
