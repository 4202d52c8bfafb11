#!/usr/bin/env node
// Compiles what a package ships: node scripts/packages/build.mjs hub|sdk [FOLDER]; `npm pack` runs it before (prepack) and clears up after it.
// JavaScript that Node 20 and 24 import as it is, and declarations. Without FOLDER into the package's own folder.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import ts from 'typescript';
import { bundling, root } from '../../bin/bundle.mjs';

const sdkEntry = 'clients/sdk/index.ts';

/** In a package each file finds the files next to it from the place of the bundle: `build/` is next to the folders of the modules. */
const addressFromBuild = {
  name: 'address-from-build',
  setup(bundler) {
    bundler.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (!text.includes('import.meta.')) return undefined;
      const place = `../${relative(root, path).split(sep).join('/')}`;
      const contents = text
        .replaceAll(/\bimport\.meta\.url\b/g, `new URL(${JSON.stringify(place)}, import.meta.url).href`)
        .replaceAll(
          /\bimport\.meta\.dirname\b/g,
          `(import.meta.dirname + ${JSON.stringify(`/${dirname(place)}`)})`,
        );
      return { contents, loader: 'ts' };
    });
  },
};

/** Declarations of the SDK and of all that they mention, with endings that every consumer resolves. */
function declarations(folder) {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => readFileSync(path, 'utf8'));
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const made = {
    ...options,
    noEmit: false,
    incremental: false,
    tsBuildInfoFile: undefined,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: root,
    outDir: folder,
  };
  const program = ts.createProgram([join(root, sdkEntry)], made);
  const { emitSkipped, diagnostics } = program.emit(undefined, (path, text) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text.replaceAll(/(from |import\()(['"])(\.{1,2}\/[^'"]+)\.ts\2/g, '$1$2$3.js$2'));
  });
  if (emitSkipped || diagnostics.length > 0)
    throw new Error(
      ts.formatDiagnostics(diagnostics, {
        getCurrentDirectory: () => root,
        getCanonicalFileName: (name) => name,
        getNewLine: () => '\n',
      }),
    );
}

/** The hub with its command line, threads and SDK. */
export async function buildHub(folder) {
  const out = join(folder, 'build');
  rmSync(out, { recursive: true, force: true });
  const options = bundling('clients/cli/main.ts', out, addressFromBuild);
  await build({ ...options, entryPoints: { ...options.entryPoints, sdk: sdkEntry }, logLevel: 'error' });
  declarations(join(out, 'types'));
}

/** The SDK alone, in one file. */
export async function buildSdk(folder) {
  const out = join(folder, 'dist');
  rmSync(out, { recursive: true, force: true });
  const { entryPoints: _threads, splitting: _split, ...options } = bundling(sdkEntry, out);
  await build({ ...options, entryPoints: { index: sdkEntry }, splitting: false, logLevel: 'error' });
  declarations(join(out, 'types'));
  cpSync(join(root, 'LICENSE'), join(out, 'LICENSE'));
}

export const sdkFolder = join(root, 'clients', 'sdk');

/** Paths that a pattern of package.json's `files` names: a file, a folder, or a glob of one star. */
function shippedBy(pattern) {
  if (!pattern.includes('*')) return [pattern];
  return readdirSync(join(root, dirname(pattern)))
    .filter((name) => name.endsWith(basename(pattern).replace('*', '')))
    .map((name) => join(dirname(pattern), name));
}

/** What is in a folder as the package is there. @param files as `files` of package.json names them */
export function copyShipped(files, folder) {
  const excluded = files.filter((pattern) => pattern.startsWith('!') && !pattern.includes('**'));
  const leftOut = new Set(excluded.flatMap((pattern) => shippedBy(pattern.slice(1))));
  const filter = (path) => !leftOut.has(relative(root, path));
  for (const pattern of files) {
    if (pattern.startsWith('!') || pattern === 'build/' || pattern === 'dist/') continue;
    for (const name of shippedBy(pattern))
      cpSync(join(root, name), join(folder, name), { recursive: true, filter });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [what, folder] = process.argv.slice(2);
  if (what === 'hub') await buildHub(folder ?? root);
  else if (what === 'sdk') await buildSdk(folder ?? sdkFolder);
  else if (what === '--clean')
    for (const made of [join(root, 'build'), join(sdkFolder, 'dist')])
      rmSync(made, { recursive: true, force: true });
  else {
    process.stderr.write('usage: node scripts/packages/build.mjs hub|sdk|--clean [FOLDER]\n');
    process.exitCode = 2;
  }
}
