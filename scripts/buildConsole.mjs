#!/usr/bin/env node
// Builds the staff console into console/dist, whole or not at all. `npm ci` runs it as `prepare`, so it never fails an installation:
// without the development dependencies (npm ci --omit=dev) there is nothing to build with, and a release brings the built files.
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const place = join(root, 'console');
const dist = join(place, 'dist');

// an archive may hold the built console alone
if (!existsSync(join(place, 'index.html'))) process.exit(0);

/** Of all that goes into the console: built files of other sources are old. */
function sourcesDigest() {
  const hash = createHash('sha256');
  const add = (path) => hash.update(path.slice(root.length)).update('\0').update(readFileSync(path));
  for (const folder of ['console', 'terms', 'log', 'certs']) {
    for (const name of readdirSync(join(root, folder), { recursive: true }).sort()) {
      if (/\.(?:tsx?|css|html|json)$/.test(name) && !/(?:^|\/)(?:dist|node_modules)|\.test\./.test(name))
        add(join(root, folder, name));
    }
  }
  add(join(root, 'api', 'openapi.ts'));
  add(join(root, 'package-lock.json'));
  return hash.digest('hex');
}

/** The licences of what the built files hold, with the notices that some ask to be passed on (Apache License 2.0, section 4 d). */
function addNotices(file) {
  for (const [, name] of readFileSync(file, 'utf8').matchAll(/^## (\S+) - /gm)) {
    const notice = join(root, 'node_modules', name, 'NOTICE');
    if (existsSync(notice))
      appendFileSync(file, `\n## NOTICE of ${name}\n\n${readFileSync(notice, 'utf8')}\n`);
  }
}

const stamp = join(dist, 'sources.sha256');
const digest = sourcesDigest();
if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) process.exit(0);
let vite;
try {
  vite = await import('vite');
} catch {
  process.stderr.write('console: vite is not installed, so nothing is built\n');
  process.exit(0);
}
const fresh = mkdtempSync(join(place, 'dist-'));
try {
  await vite.build({
    configFile: join(place, 'vite.config.ts'),
    logLevel: 'error',
    build: { outDir: fresh, emptyOutDir: true },
  });
  await vite.build({
    configFile: join(place, 'vite.own.ts'),
    logLevel: 'error',
    build: { outDir: join(fresh, 'own'), emptyOutDir: true },
  });
  addNotices(join(fresh, 'licences.md'));
  writeFileSync(join(fresh, 'sources.sha256'), digest);
  rmSync(dist, { recursive: true, force: true });
  renameSync(fresh, dist);
} catch (error) {
  rmSync(fresh, { recursive: true, force: true });
  process.stderr.write(`console: ${error.message}\n`);
  process.exitCode = process.argv.includes('--must') ? 1 : 0;
}
