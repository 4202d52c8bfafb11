#!/usr/bin/env node
// `npm run bundle`: release/datong-VERSION-PLATFORM-ARCH.tar.gz with everything built and installed, its bill of materials (CycloneDX), the
// licences of what is in it, and SHA256SUMS over the three. Wants no network: what is installed here is taken, as the lock file names it.
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import {
  cpSync,
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
import { basename, join } from 'node:path';
import { root } from '../../bin/bundle.mjs';
import { buildHub, buildSdk, copyShipped } from './build.mjs';

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const name = `datong-${manifest.version}-${process.platform}-${process.arch}`;
const release = join(root, 'release');
mkdirSync(release, { recursive: true });
const draft = mkdtempSync(join(release, 'draft-'));
process.on('exit', () => rmSync(draft, { recursive: true, force: true }));
const place = join(draft, name);
mkdirSync(place);

/** Never run: recheck's backends other than the one of pure JavaScript (schemas/patterns/patternSafety.ts). */
const unused = /^recheck-(?:jar|linux|macos|windows)/;

/** Names and folders of what the lock file calls for in production, as far as it is installed: packages of other platforms are not. */
function productionPackages() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true && existsSync(join(root, path, 'package.json')))
    .map(([path, entry]) => ({
      path,
      entry,
      read: JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')),
    }))
    .filter(({ path, read }) => !unused.test(read.name) && !isOfDevelopment(path, packages));
}

/** What lies below a package that is not shipped is not either. */
const isOfDevelopment = (path, packages) => {
  const parent = path.slice(0, path.lastIndexOf('/node_modules/'));
  return path.includes('/node_modules/') && packages[parent]?.dev === true;
};

/** Builds for browsers and bundlers, of packages that run here in Node. */
const forBrowsers =
  /^node_modules\/(?:@opentelemetry\/[\w-]+\/build\/(?:esm|esnext)|@(?:aws|aws-sdk|smithy)\/[\w-]+\/dist-es|node-forge\/(?:dist|flash)|prettier\/plugins\/flow\.m?js|yaml\/browser|recheck\/lib\/browser\.js)$/;

/** Source maps, sources in TypeScript, texts about a package (except its licence) and its own tests are not needed at run time; swagger-ui ships four builds of which two files are served. */
function isShipped(path) {
  const inside = path.slice(path.lastIndexOf('node_modules/'));
  if (/\.md$/i.test(inside) && !/(?:licen[cs]e|notice|copying)[^/]*$/i.test(inside)) return false;
  if (forBrowsers.test(inside)) return false;
  if (/\.(?:map|[cm]?ts)$|\/(?:tests?|__tests__|examples|benchmarks?)$/.test(inside)) return false;
  if (!inside.startsWith('node_modules/swagger-ui-dist/'))
    return !/\/node_modules\/.*\/node_modules$/.test(path);
  return (
    statSync(path).isDirectory() ||
    /\/(?:package\.json|LICENSE|NOTICE|swagger-ui\.css|swagger-ui-bundle\.js)$/.test(path)
  );
}

/** The package of the SDK, built, for developers of departments: `npm install FOLDER` needs no script of it. */
async function placeSdk(folder) {
  mkdirSync(folder, { recursive: true });
  await buildSdk(folder);
  const { scripts: _build, ...shipped } = JSON.parse(
    readFileSync(join(root, 'clients', 'sdk', 'package.json'), 'utf8'),
  );
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(shipped, undefined, 2)}\n`);
}

const packages = productionPackages();
execFileSync(process.execPath, [join(root, 'scripts', 'buildConsole.mjs'), '--must'], { stdio: 'inherit' });
await buildHub(place);
rmSync(join(place, 'build', 'types'), { recursive: true });
copyShipped([...manifest.files, 'package.json', 'README.md', 'LICENSE'], place);
await placeSdk(join(place, 'clients', 'sdk'));
for (const { path } of packages)
  cpSync(join(root, path), join(place, path), { recursive: true, filter: isShipped, verbatimSymlinks: true });

const purl = ({ name: full, version }) => `pkg:npm/${full.replace('@', '%40')}@${version}`;
const licenceOf = ({ license, licenses }) =>
  typeof license === 'string'
    ? license
    : (license?.type ?? licenses?.map(({ type }) => type).join(' OR ') ?? 'see its text');
const sbom = {
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  version: 1,
  metadata: {
    component: {
      type: 'application',
      'bom-ref': purl(manifest),
      name: manifest.name,
      version: manifest.version,
      purl: purl(manifest),
      licenses: [{ license: { id: manifest.license } }],
    },
  },
  components: packages
    .map(({ read, entry }) => ({
      type: 'library',
      'bom-ref': purl(read),
      name: read.name,
      version: read.version,
      purl: purl(read),
      licenses: [{ expression: licenceOf(read) }],
      ...(entry.integrity === undefined
        ? {}
        : {
            hashes: [
              {
                alg: 'SHA-512',
                content: Buffer.from(entry.integrity.replace(/^sha512-/, ''), 'base64').toString('hex'),
              },
            ],
          }),
    }))
    .filter((one, at, all) => all.findIndex((other) => other.purl === one.purl) === at),
};
const licences = packages
  .map(({ path, read }) => {
    const file = readdirSync(join(root, path)).find((one) => /^(?:licen[cs]e|copying)/i.test(one));
    const text =
      file === undefined ? '(no text in the package)' : readFileSync(join(root, path, file), 'utf8').trim();
    return `${read.name} ${read.version}\n${licenceOf(read)}\n\n${text}\n`;
  })
  .join(`\n${'-'.repeat(80)}\n\n`);

const files = {
  [`${name}.cdx.json`]: `${JSON.stringify(sbom, undefined, 2)}\n`,
  [`${name}.licences.txt`]: licences,
};
for (const [file, text] of Object.entries(files)) writeFileSync(join(draft, file), text);
cpSync(join(draft, `${name}.licences.txt`), join(place, 'LICENCES.txt'));
const tarball = `${name}.tar.gz`;
// owner, order and times do not depend on who packs it
const same = [
  '--owner=0',
  '--group=0',
  '--numeric-owner',
  '--sort=name',
  '--mtime=2026-01-01T00:00:00Z',
  '--mode=a+rX,u+w,go-w',
];
execFileSync('tar', [...same, '-czf', join(draft, tarball), '-C', draft, name]);
const made = [tarball, ...Object.keys(files)];
const sums = made.map(
  (file) =>
    `${createHash('sha256')
      .update(readFileSync(join(draft, file)))
      .digest('hex')}  ${file}\n`,
);
writeFileSync(join(draft, 'SHA256SUMS'), sums.join(''));
for (const file of [...made, 'SHA256SUMS']) renameSync(join(draft, file), join(release, file));

const bytesBelow = (folder) =>
  readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? bytesBelow(path) : entry.isFile() ? statSync(path).size : 0);
  }, 0);
const megabytes = bytesBelow(place) / 1e6;
process.stdout.write(
  `${join(release, tarball)}: ${basename(place)} unpacked ${megabytes.toFixed(1)} MB, ${sbom.components.length} packages\n`,
);
// PostgreSQL for trials 59, libvips of sharp 19, prettier (in json-schema-to-typescript) 11, the S3 client 11
const mostMegabytes = 140;
if (megabytes > mostMegabytes) {
  process.stderr.write(`the release is larger than ${mostMegabytes} MB unpacked\n`);
  process.exitCode = 1;
}
