/** The pages point at what is there: every relative link, every heading that a link names, every file named in backticks. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/generated.ts';

const entries = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => path.split(sep).join('/'));

/** What a working copy may hold in addition to the repository. */
const foreign = new Set(['node_modules', 'data', 'evidence', 'build', 'release']);
const folders = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !foreign.has(entry.name))
  .map(({ name }) => name);
const paths = folders.flatMap((folder) => [
  folder,
  ...entries(join(root, folder)).map((p) => `${folder}/${p}`),
]);

const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...paths.filter((path) => path.startsWith('docs/') && path.endsWith('.md')),
];
/** Without code blocks, and without the names of files that a page of docs/how-to has its reader make. */
const prose = (page: string): string =>
  readFileSync(join(root, page), 'utf8')
    .replaceAll(/^```[\s\S]*?^```/gm, '')
    .replaceAll(/^New file `[^`]+`:$/gm, '');

/** The name GitHub gives a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\- _]/gu, '')
    .replaceAll(' ', '-');
const anchorsIn = (file: string): ReadonlySet<string> =>
  new Set(
    [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)),
  );

/** Links of a page that lead nowhere. */
function deadLinks(page: string, text: string): string[] {
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const file = path === '' ? join(root, page) : resolve(root, dirname(page), path);
    if (relative(root, file).startsWith('..') || !existsSync(file)) return true;
    return anchor !== undefined && !anchorsIn(file).has(decodeURIComponent(anchor));
  });
}

/** Files named in backticks, with `*`, `<any>` and `{one,other}` for more than one, that do not exist. */
function deadPaths(text: string): string[] {
  const named = [...text.matchAll(/`([\w.-]+\/[\w.\-/*<>{},]*)`/g)].map(([, path = '']) => path);
  return named.filter((path) => {
    if (!folders.includes(path.slice(0, path.indexOf('/')))) return false;
    const pattern = path
      .replace(/\/$/, '')
      .replaceAll('.', '\\.')
      .replaceAll('*', '[^/]*')
      .replaceAll(/<[^>]*>/g, '[^/]+')
      .replaceAll(/\{([^}]*)\}/g, (_whole, list: string) => `(${list.replaceAll(',', '|')})`);
    return !paths.some((one) => new RegExp(`^${pattern}$`).test(one));
  });
}

test('links lead to files and headings that exist', () => {
  assert.ok(pages.includes('README.md') && pages.includes('docs/ARCHITECTURE.md'));
  assert.deepEqual(
    pages.flatMap((page) => deadLinks(page, prose(page)).map((link) => `${page}: ${link}`)),
    [],
  );
  assert.deepEqual(deadLinks('README.md', '[a](docs/no.md) [b](README.md#none) [c](#limits)'), [
    'docs/no.md',
    'README.md#none',
  ]);
});

test('files named in backticks exist', () => {
  assert.deepEqual(
    pages.flatMap((page) =>
      deadPaths(prose(page))
        // the operation that the page adds
        .filter((path) => page !== 'docs/how-to/add-an-operation.md' || !path.includes('/showPurpose.'))
        .map((path) => `${page}: ${path}`),
    ),
    [],
  );
  assert.deepEqual(
    deadPaths('`hub/main.ts` `hub/log/store/*.ts` `hub/{main,no}.ts` `hub/no.ts` `other/no.ts`'),
    ['hub/no.ts'],
  );
});

test('pages that exist in both languages name each other', () => {
  const chinese = pages.filter((page) => page.endsWith('.zh-CN.md'));
  assert.ok(chinese.length > 5);
  for (const page of chinese) {
    const english = page.replace('.zh-CN.md', '.md');
    const name = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
    assert.ok(prose(page).includes(`](${name(english)})`), `${page} → ${name(english)}`);
    assert.ok(prose(english).includes(`](${name(page)})`), `${english} → ${name(page)}`);
  }
});

test('no page and no text recommends a package by a name that others could own', () => {
  const texts = [
    ...pages,
    ...paths.filter((path) => /^(?:clients|hub|terms)\/.*(?<!\.test)\.ts$/.test(path)),
  ];
  assert.ok(texts.length > 500);
  assert.deepEqual(
    texts.filter((path) =>
      /\b(?:npx|npm exec|npm install -g)\s/.test(readFileSync(join(root, path), 'utf8')),
    ),
    [],
  );
});

test('every dependency is listed with its exact version, and why, where dependencies are decided', () => {
  const packages = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    'dependencies' | 'optionalDependencies' | 'devDependencies',
    Readonly<Record<string, string>>
  >;
  const { dependencies, optionalDependencies, devDependencies } = packages;
  const wanted = Object.entries({ ...dependencies, ...optionalDependencies, ...devDependencies });
  const rows = readFileSync(join(root, 'docs/decisions/dependencies.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split(' | '));
  const reported = rows.flatMap(([names = '', versions = '', why = '']) => {
    const each = versions.split(', ');
    return [...names.matchAll(/`([^`]+)`/g)].map(
      ([, name = ''], i) => [name, each[i] ?? each[0] ?? '', why !== ''] as const,
    );
  });
  const decided = reported.filter(([, version]) => /^(?:npm:[\w@/-]+@)?\d+\.\d+\.\d/.test(version));
  assert.deepEqual([...decided].sort(), wanted.map(([name, version]) => [name, version, true]).sort());
});
