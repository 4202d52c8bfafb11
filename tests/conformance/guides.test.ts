/**
 * docs/guides/developer, done as written in a folder such as `datong enrol` writes, one shell a page, before one hub. Both languages of a
 * page say the same programs (tests/docs/developerGuides.test.ts), so the English one is run: `npm test -- tests/conformance`.
 */
import assert from 'node:assert/strict';
import { spawn, execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';
import { writeAnchors } from '../../clients/cli/demo/stage.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { root } from '../../scripts/generated.ts';
import { testDatabase } from '../database.ts';
import { datongBin, datongEnvironment } from '../datong.ts';
import { assertEachLine, guideSteps, outputPattern } from '../docs/guideSteps.ts';
import { example, languagesIn, skipOf } from '../docs/languages.ts';
import { sampleCity, testHub, type TestHub } from '../hub.ts';

const folder = mkdtempSync(join(tmpdir(), 'datong-developers-'));
const database = await testDatabase();
/** A number that the case of the pages is about. */
let person = '';
let started: TestHub;

before(async () => {
  started = await testHub({ database });
  const city = await sampleCity(started);
  const { education, publicSecurity } = city;
  await city.apply('school-places/agreement.yaml', [education, publicSecurity]);
  const file = householdFile(1500, 7);
  person = file.good.find(({ guardian, region }) => guardian !== '' && region === '990101')?.id ?? '';
  assert.notEqual(person, '');
  await publicSecurity.client.sendFile('pub-security.household', file.bytes, { mapping: 'household' });
  writeAnchors(folder, started.hub);
  const profile = {
    v: 1,
    department: education.department,
    tls: education.tls,
    hub: { ...started.hub.origins, ca: started.ca, keys: { keys: [] } },
    signingKey: education.signing.privateKey.export({ format: 'jwk' }),
  };
  const files = {
    'datong.json': JSON.stringify(profile),
    'hub-root.pem': started.ca,
    'tls.cert.pem': education.tls.cert,
    'tls.key.pem': education.tls.key,
    'signing.key.pem': education.signing.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
});
after(async () => {
  await started.stop();
  rmSync(folder, { recursive: true, force: true });
});

const needs = new Map(languagesIn(folder).map((language) => [language.name.toLowerCase(), skipOf(language)]));
for (const name of ['typescript', 'python', 'java', 'shell', 'agent']) {
  // every page is typed into a shell with curl
  const skip = (needs.get(name) ?? false) || (needs.get('shell') ?? false);
  test(`${name}: every command ends as the page says`, { skip }, () => play(name));
}

/** Between what two commands say. */
const mark = '\u0001';

async function play(name: string): Promise<void> {
  const desk = join(folder, name);
  await furnish(desk);
  const agent = { at: '', stop: (): Promise<unknown> => Promise.resolve() };
  const here = (text: string): string =>
    text
      .replaceAll('https://hub.yunxi.example:8443', started.hub.origins.exchange)
      .replaceAll('http://127.0.0.1:8790', agent.at);
  const typed: { readonly command: string; readonly output: readonly string[] }[] = [];
  try {
    for (const step of guideSteps(join(root, `docs/guides/developer/${name}.md`))) {
      if (step.kind === 'file')
        for (const place of step.places) writeFileSync(join(desk, place), here(step.text));
      else if (step.kind === 'command' && step.command.startsWith('datong client agent')) {
        Object.assign(agent, await startAgent(desk, step.command));
        assert.equal(step.output.join(), 'http://127.0.0.1:8790');
      } else if (step.kind === 'command') typed.push(step);
    }
    assert.ok(typed.length > 0);
    const script = typed.map(({ command }) => `${here(command)}\nprintf '\\n${mark}'`).join('\n');
    const outputs = (await shell(desk, script)).split(`\n${mark}`);
    for (const [i, { command, output }] of typed.entries()) {
      const reported = (outputs[i] ?? '').replace(/^\n+/, '');
      if (!outputPattern(output).test(reported))
        assertEachLine(output, reported.replaceAll(/\n+/g, '\n'), command);
    }
  } finally {
    await agent.stop();
  }
}

/** What a developer has: their keys, the examples, the command `datong`, the package of the SDK. */
async function furnish(desk: string): Promise<void> {
  const sdk = join(desk, 'node_modules/@datong-exchange/sdk');
  for (const one of ['datong-keys', 'bin']) mkdirSync(join(desk, one), { recursive: true });
  mkdirSync(sdk, { recursive: true });
  copyFileSync(join(folder, 'datong.json'), join(desk, 'datong.json'));
  for (const file of ['hub-root.pem', 'tls.cert.pem', 'tls.key.pem', 'signing.key.pem', 'anchors.json'])
    copyFileSync(join(folder, file), join(desk, 'datong-keys', file));
  for (const file of ['datong_client.py', 'DatongClient.java', 'datong.sh'])
    copyFileSync(example(file), join(desk, file));
  const datong = `#!/bin/sh\nexec '${process.execPath}' '${datongBin}' "$@"\n`;
  writeFileSync(join(desk, 'bin/datong'), datong, { mode: 0o755 });
  writeFileSync(join(sdk, 'package.json'), '{"type": "module", "exports": "./index.mjs"}');
  await build({
    entryPoints: [join(root, 'clients/sdk/index.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
    // CommonJS dependencies require the platform's own modules
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    outfile: join(sdk, 'index.mjs'),
  });
}

/** @returns where it listens, on a port of its own */
async function startAgent(
  desk: string,
  command: string,
): Promise<{ at: string; stop: () => Promise<unknown> }> {
  const words = command.split(' ').slice(1);
  const child = spawn(process.execPath, [datongBin, ...words, '--port', '0'], {
    cwd: desk,
    env: datongEnvironment(),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const gone = once(child, 'exit');
  const [at] = (await Promise.race([once(createInterface(child.stdout), 'line'), gone])) as [unknown];
  assert.ok(typeof at === 'string', 'the agent ended');
  const stop = (): Promise<unknown> => {
    child.kill('SIGTERM');
    return gone;
  };
  return { at, stop };
}

/** Everything that one shell says to a page's commands. */
function shell(desk: string, script: string): Promise<string> {
  const env = datongEnvironment({
    PERSON: person,
    PATH: `${join(desk, 'bin')}:${process.env['PATH'] ?? ''}`,
  });
  return new Promise((done) => {
    const child = execFile('bash', ['-c', `exec 2>&1\n${script}`], { cwd: desk, env }, (_, stdout) =>
      done(stdout),
    );
    child.stdin?.end();
  });
}
