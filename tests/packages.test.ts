/** What the two packages hold, and that a consumer who has nothing but Node, npm and the tarball can use the SDK. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { householdFile } from '../clients/cli/demo/files/householdFile.ts';
import { testDatabase } from './database.ts';
import { sampleCity, testHub } from './hub.ts';

const root = resolve(import.meta.dirname, '..');
const home = mkdtempSync(join(tmpdir(), 'datong-packages-'));
after(() => rmSync(home, { recursive: true, force: true }));
const run = promisify(execFile);

/** npm without a network, without the settings of any user. */
const npm = (folder: string, ...words: string[]): Promise<{ stdout: string }> =>
  run(
    'npm',
    [...words, '--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--cache', join(home, 'cache')],
    {
      cwd: folder,
      maxBuffer: 1 << 26,
    },
  );

interface Manifest {
  readonly name: string;
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

const packedFiles = async (folder: string): Promise<readonly string[]> => {
  const { stdout } = await npm(folder, 'pack', '--dry-run', '--json');
  const [packed] = JSON.parse(stdout) as { files: { path: string }[] }[];
  return packed?.files.map(({ path }) => path) ?? [];
};

describe('no package takes keys along', () => {
  /** What `enrol`, `serve` and `demo --keep` create, in the worst places. */
  const secrets = ['datong-keys/signing.key.pem', 'datong.json', 'store.p12', 'tls.key', 'signing.jwk'];

  for (const [name, folder, places] of [
    ['hub', root, ['', 'samples/', 'docs/', 'build/', 'deploy/', 'demo/', 'data/keys/']],
    ['sdk', join(root, 'clients/sdk'), ['', 'dist/']],
  ] as const) {
    test(name, async () => {
      const copy = join(home, `keys-${name}`);
      mkdirSync(copy);
      cpSync(join(folder, 'package.json'), join(copy, 'package.json'));
      const put = (path: string): void => {
        mkdirSync(dirname(join(copy, path)), { recursive: true });
        writeFileSync(join(copy, path), 'secret');
      };
      for (const place of places) for (const secret of secrets) put(`${place}${secret}`);
      put(name === 'hub' ? 'build/main.mjs' : 'dist/index.mjs');
      put('notes.txt');
      const files = await packedFiles(copy);
      assert.deepEqual(
        [...files].sort(),
        ['package.json', name === 'hub' ? 'build/main.mjs' : 'dist/index.mjs'].sort(),
      );
    });
  }
});

test('the hub package names only what is there, and starts without what builds it', () => {
  const { files, dependencies } = manifestOf(root);
  const made = ['build/', 'console/dist/'];
  for (const file of files.filter((one) => !one.startsWith('!') && !one.includes('*') && !made.includes(one)))
    assert.ok(existsSync(join(root, file)), file);
  for (const builder of ['esbuild', 'tsx', 'prettier', 'typescript', 'vite'])
    assert.equal(dependencies[builder], undefined, builder);
});

test('every link of a page in the hub package leads to a file of the package', async () => {
  const files = new Set(await packedFiles(root));
  const pages = [...files].filter((path) => path.endsWith('.md'));
  assert.ok(pages.includes('README.md') && pages.includes('docs/guides/first-hub.md'));
  const isThere = (path: string): boolean =>
    files.has(path) || [...files].some((file) => file.startsWith(`${path.replace(/\/$/, '')}/`));
  const dead = pages.flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8').replaceAll(/^```[\s\S]*?^```/gm, '');
    return [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)\s]*)?\)/g)]
      .map(([, link = '']) => link)
      .filter((link) => !/^[a-z]+:/.test(link) && !isThere(posix.join(posix.dirname(page), link)))
      .map((link) => `${page}: ${link}`);
  });
  assert.deepEqual(dead, []);
});

describe('the SDK, packed and installed in an empty folder', () => {
  const consumer = join(home, 'consumer');
  const installed = join(consumer, 'node_modules/@datong-exchange/sdk');

  before(async () => {
    const stage = join(home, 'sdk');
    mkdirSync(stage);
    for (const name of ['package.json', 'README.md'])
      cpSync(join(root, 'clients/sdk', name), join(stage, name));
    await run(process.execPath, [join(root, 'scripts/packages/build.mjs'), 'sdk', stage]);
    await npm(stage, 'pack', '--pack-destination', home);
    const [tarball = ''] = readdirSync(home).filter((name) => name.endsWith('.tgz'));
    mkdirSync(installed, { recursive: true });
    await run('tar', ['xzf', join(home, tarball), '--strip-components=1', '-C', installed]);
    // its dependencies come from where they are: npm has no network here
    for (const name of Object.keys(manifestOf(installed).dependencies)) {
      mkdirSync(dirname(join(consumer, 'node_modules', name)), { recursive: true });
      symlinkSync(join(root, 'node_modules', name), join(consumer, 'node_modules', name));
    }
    writeFileSync(join(consumer, 'package.json'), '{"type": "module"}');
  });

  test('is small: three dependencies at most, and nothing of the hub', () => {
    const { dependencies, name } = manifestOf(installed);
    assert.equal(name, '@datong-exchange/sdk');
    assert.ok(Object.keys(dependencies).length <= 3);
    const folders = readdirSync(join(installed, 'dist/types'));
    assert.ok(!folders.includes('hub') && !folders.includes('adapters'), folders.join());
    const code = readFileSync(join(installed, 'dist/index.mjs'), 'utf8');
    const imported = [...code.matchAll(/^import .*?from "([^."][^"]*)";$/gm)].map(([, from = '']) => from);
    for (const from of imported) assert.ok(from.startsWith('node:') || from in dependencies, from);
  });

  test('type-checks in a strict consumer', async () => {
    writeFileSync(
      join(consumer, 'use.ts'),
      `import { DatongClient, DatongProblem, type Answer, type QueryAnswer } from '@datong-exchange/sdk';
export const ask = (client: DatongClient): Promise<Answer<QueryAnswer>> =>
  client.query('a.b', { limit: 1 }, { purpose: 'p', agreement: 'a' });
export const codeOf = (error: unknown): string | undefined => (error instanceof DatongProblem ? error.code : undefined);
// @ts-expect-error a dataset is named by text: the types are there, and not any
export const wrong = (client: DatongClient) => client.query(1, {}, { purpose: 'p', agreement: 'a' });
`,
    );
    const options = [
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--types',
      'node',
    ];
    const types = ['--typeRoots', join(root, 'node_modules/@types')];
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const compiling = run(process.execPath, [tsc, ...options, ...types, 'use.ts'], { cwd: consumer });
    await assert.doesNotReject(compiling);
  });

  test('its README’s example has ten lines at most, and calls a hub', async () => {
    const [, example = ''] =
      /```js\n([\s\S]*?)```/.exec(readFileSync(join(installed, 'README.md'), 'utf8')) ?? [];
    assert.ok(example.trim().split('\n').length <= 10);
    const hub = await testHub({ database: await testDatabase() });
    try {
      const { education, publicSecurity } = await sampleCity(hub);
      const file = householdFile(2_000, 7);
      await publicSecurity.client.sendFile('pub-security.household', file.bytes, {
        mapping: 'household',
        fileName: 'household.csv',
      });
      const child = file.good.find(({ guardian, region }) => guardian !== '' && region === '990101');
      const { department, tls, signing } = education;
      const profile = {
        v: 1,
        department,
        hub: { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } },
        tls,
        signingKey: signing.privateKey.export({ format: 'jwk' }),
      };
      writeFileSync(join(consumer, 'datong.json'), JSON.stringify(profile), { mode: 0o600 });
      writeFileSync(join(consumer, 'example.js'), example);
      const { stdout } = await run(process.execPath, ['example.js', child?.id ?? ''], { cwd: consumer });
      assert.match(stdout, /^\[\{"person_id":".*"\}\] [0-9a-f-]{36}\n$/);
    } finally {
      await hub.stop();
    }
  });
});
