// One file is read faster than four hundred: the command line is bundled once and stored in node_modules/.cache.
// A bundle is used only while every file it was made from is untouched, so it can never run old code.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setEnvironmentData } from 'node:worker_threads';

export const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(root, 'node_modules', '.cache', 'datong');
const record = join(cache, 'bundle.json');
const hour = 3_600_000; // ms

/** What changes when a file is touched in any way, its times set back included. */
function stamp(path) {
  const found = statSync(root + path, { throwIfNoEntry: false });
  return found === undefined ? 'none' : `${found.mtimeMs} ${found.ctimeMs} ${found.size}`;
}

const stampsOf = (paths) => paths.map((path) => [path, stamp(path)]);

/** The entry of a bundle that is current, undefined where there is none. */
function current() {
  try {
    const { entry, inputs } = JSON.parse(readFileSync(record, 'utf8'));
    const fresh = inputs.every(([path, known]) => stamp(path) === known);
    return fresh && statSync(entry, { throwIfNoEntry: false }) !== undefined ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** In a bundle `import.meta.url` would name the cache: each file retains its own address, and finds the files next to it. */
const ownAddress = {
  name: 'own-address',
  setup(build) {
    build.onLoad({ filter: /\.(ts|mjs)$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (!text.includes('import.meta.')) return undefined;
      const url = JSON.stringify(pathToFileURL(path).href);
      const folder = JSON.stringify(join(path, '..'));
      const contents = text
        .replaceAll(/\bimport\.meta\.url\b/g, url)
        .replaceAll(/\bimport\.meta\.dirname\b/g, folder)
        .replaceAll(/\bimport\.meta\.filename\b/g, JSON.stringify(path));
      return { contents, loader: path.endsWith('.ts') ? 'ts' : 'js' };
    });
  },
};

/** Threads start from the bundle too (scripts/thread.mjs), each by the name of its file. */
const threads = [
  'hub/flows/intake/translation/threads/copyInThread.ts',
  'hub/flows/release/threads/pageInThread.ts',
  'hub/flows/release/threads/workbookInThread.ts',
  'hub/features/registry/operations/drafting/draftInThread.ts',
  'machine/lintInWorker.ts',
  'machine/compareInWorker.ts',
];

/** esbuild's options for one entry, which becomes main.mjs, and the threads it may start. @param address how files find the files next to them */
export const bundling = (entry, folder, address = ownAddress) =>
  bundlingOfAll({ main: entry }, folder, address);

/** The same for several entries by the names they get. */
export function bundlingOfAll(entries, folder, address = ownAddress) {
  const found = threads.filter((path) => existsSync(join(root, path)));
  return {
    absWorkingDir: root,
    entryPoints: { ...entries, ...Object.fromEntries(found.map((path) => [basename(path, '.ts'), path])) },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    plugins: [address],
  };
}

/** A new folder for bundles. */
export function folderInCache(prefix) {
  mkdirSync(cache, { recursive: true });
  return mkdtempSync(join(cache, prefix));
}

async function build() {
  const { build: esbuild } = await import('esbuild');
  const folder = folderInCache('cli-');
  // taken before the files are read: an edit during the build makes the bundle old, not wrong
  const began = Date.now() - 20; // the clock of files may lag a tick
  const { metafile } = await esbuild({
    ...bundling('clients/cli/main.ts', folder),
    metafile: true,
    logLevel: 'silent',
  });
  const inputs = stampsOf([
    ...Object.keys(metafile.inputs),
    'package.json',
    'package-lock.json',
    'bin/bundle.mjs',
  ]);
  const entry = join(folder, 'main.mjs');
  const touched = inputs.some(([, known]) => Math.max(...known.split(' ').slice(0, 2).map(Number)) >= began);
  if (!touched) {
    const draft = `${record}.${process.pid}`;
    writeFileSync(draft, JSON.stringify({ entry, inputs }));
    renameSync(draft, record);
  }
  sweep(folder);
  return entry;
}

/** All but the ten newest go after an hour: a process that has been running since may still load a part of its own. */
function sweep(current) {
  const others = readdirSync(cache)
    .filter((name) => name.startsWith('cli-') && join(cache, name) !== current)
    .map((name) => ({ folder: join(cache, name), made: statSync(join(cache, name)).mtimeMs }))
    .sort((a, b) => b.made - a.made);
  for (const { folder, made } of others.slice(10))
    if (Date.now() - made > hour) rmSync(folder, { recursive: true, force: true });
}

/** Address of the bundled command line; undefined where it cannot be made (read-only folder, broken source). */
export async function bundledCli() {
  try {
    const entry = current() ?? (await build());
    setEnvironmentData('datong-bundle', dirname(entry));
    return pathToFileURL(entry).href;
  } catch {
    return undefined;
  }
}
