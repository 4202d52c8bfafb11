/** docs/guides/contractor.md in both languages, command by command, as it is pasted into a terminal. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { problemCatalogue } from '../../terms/problemCatalogue.ts';
import { demoStage, guidesOf, typedOf, type DemoStage } from './demoStage.ts';
import { pageText, type GuideStep } from './guideSteps.ts';

const guides = guidesOf('guides/contractor');

/** Phone and case that the contractor is not granted, as Ecology reports them. */
const notGranted = /1990000001[78]|resident 1[78]|云门路/;

/** @returns what the contractor received: what its commands, which have no `--as`, printed */
async function played(stage: DemoStage, steps: readonly GuideStep[]): Promise<string> {
  let received = '';
  let line = '';
  for (const step of steps) {
    if (step.kind === 'file') stage.write(step);
    if (step.kind !== 'command') continue;
    // the line that the operator was shown, in place of the one of the guide
    const command = step.command.startsWith('datong enrol ') ? line : step.command;
    const [, variable] = /^(\w+)=\$\(/.exec(command) ?? [];
    const printed = await stage.shows({
      ...step,
      command: variable === undefined ? command : `${command} && printf %s "$${variable}" > ${variable}`,
    });
    if (variable !== undefined)
      stage.names.set(`$${variable}`, readFileSync(join(stage.folder, variable), 'utf8'));
    line ||= /^datong enrol .*$/m.exec(printed)?.[0] ?? '';
    if (!command.includes(' --as ')) received += printed;
  }
  return received;
}

for (const { LANG, steps, skip } of guides)
  test(
    `${LANG}: a contractor is enrolled, sees its case, sends a photo, and overwrites nothing`,
    { skip },
    async () => {
      const stage = await demoStage(LANG);
      const picture = sharp({ create: { width: 1600, height: 1200, channels: 3, background: 'grey' } });
      const taken = { IFD3: { GPSLatitude: '30/1 15/1 0/1', GPSLatitudeRef: 'N' } };
      writeFileSync(join(stage.folder, 'after.jpg'), await picture.withExif(taken).jpeg().toBuffer());
      const received = await played(stage, steps);
      assert.match(received, /荷塘街 1 号/);
      assert.doesNotMatch(received, notGranted);
      const [before, after] = await Promise.all(
        ['after.jpg', 'got.jpg'].map((name) => sharp(join(stage.folder, name)).metadata()),
      );
      assert.ok(before?.exif !== undefined);
      assert.deepEqual([after?.width, after?.height, after?.exif], [1600, 1200, undefined]);
    },
  );

test('both languages show the same files and commands, and each code exists', () => {
  const [english, chinese] = guides;
  assert.deepEqual(typedOf(chinese), typedOf(english));
  for (const name of ['guides/contractor.md', 'guides/contractor.zh-CN.md'])
    for (const [, code = ''] of pageText(name).matchAll(/^\| `([a-z_]+)` \|/gm))
      assert.ok(Object.hasOwn(problemCatalogue, code), code);
});
