/** docs/guides/clerk.md is done as it stands, in both languages: every file, every command, every line. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { encodeGb18030 } from '../../terms/gb18030.ts';
import { testDatabase } from '../database.ts';
import { typedDatong } from '../typedDatong.ts';
import { sampleCity, testHub } from '../hub.ts';
import { assertEachLine, guideSteps, outputPattern, type Command } from './guideSteps.ts';

const guides = resolve(import.meta.dirname, '../../docs/guides');
const hub = await testHub({ database: await testDatabase(), jobsByTime: false });
const world = mkdtempSync(join(tmpdir(), 'datong-clerk-'));
after(async () => {
  await hub.stop();
  rmSync(world, { recursive: true, force: true });
});
const { publicSecurity, operator } = await sampleCity(hub);
const steward = await hub.token('han', ['steward'], 'pub-security');
const quiet = {
  id: 'pub-security.residence',
  title: { zh: '居住登记', en: 'Residence' },
  schema: 'urn:datong:household:1.0',
  mode: 'snapshot',
  sharing: { type: 'none' },
  intake: { expect: { every: 'month', by: 5, since: '2026-01-01' } },
};
assert.equal((await hub.staff(operator, 'POST', '/v1/datasets', quiet)).status, 201);

const { origins } = hub.hub;
const { department, tls, signing } = publicSecurity;
const profile = JSON.stringify({
  v: 1,
  department,
  hub: { ...origins, ca: hub.ca, keys: { keys: [] } },
  tls,
  signingKey: signing.privateKey.export({ format: 'jwk' }),
});

for (const [guide, language] of [
  ['clerk.md', 'en_GB.UTF-8'],
  ['clerk.zh-CN.md', 'zh_CN.UTF-8'],
] as const) {
  test(`${guide} holds, a month from the first file to the last`, async () => {
    const folderOf = (at: string): string => join(world, language, at);
    for (const at of ['clerk', 'steward']) {
      mkdirSync(folderOf(at), { recursive: true });
      writeFileSync(join(folderOf(at), 'datong.json'), profile);
    }
    /** the batch that was named last */
    let batch = '';
    const run = async ({ at, command, output }: Command): Promise<void> => {
      const words = command.replace('$BATCH', batch).split(' ').slice(1);
      const env = { LANG: language, DATONG_HOME: join(world, language, 'home'), DATONG_TOKEN: steward };
      const { stdout, stderr } = await typedDatong(words, { cwd: folderOf(at), env });
      const told = `${stdout}${stderr}`;
      batch = [...told.matchAll(/(?:batch|批次) +([0-9a-f]{8}[0-9a-f-]{28})/gi)].at(-1)?.[1] ?? batch;
      if (!outputPattern(output).test(told)) assertEachLine(output, told, command);
    };
    for (const step of guideSteps(join(guides, guide))) {
      if (step.kind === 'file') {
        for (const place of step.places) {
          mkdirSync(dirname(folderOf(place)), { recursive: true });
          const text = place.endsWith('.csv') ? encodeGb18030(step.text) : step.text;
          writeFileSync(folderOf(place), text);
        }
      } else if (step.kind === 'command') await run(step);
    }
  });
}
