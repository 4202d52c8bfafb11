/** docs/guides/department-developer.md: the section to try with a demo, command by command, in both languages. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { demoStage, DemoStage, typedOf, guidesOf } from './demoStage.ts';

const headings = ['Try it with a demo', '用演示环境试一试'] as const;
const guides = guidesOf('guides/department-developer', headings);

for (const { LANG, steps, skip } of guides)
  test(
    `${LANG}: from a code to a key that a second person confirms, and invented rows`,
    { skip },
    async () => {
      const office = await demoStage(LANG);
      const folder = join(office.folder, 'machine');
      mkdirSync(folder);
      const machine = new DemoStage(folder, office.env);
      let line = '';
      for (const step of steps) {
        assert.ok(step.kind === 'command');
        // the line that the operator was shown, in place of the one of the guide
        const command = step.command.startsWith('datong enrol ') ? line : step.command;
        const printed = await (step.command.startsWith('datong hub ') ? office : machine).shows({
          ...step,
          command,
        });
        line ||= /^datong enrol .*$/m.exec(printed)?.[0] ?? '';
        const [keyid] = /(?<![\w-])[\w-]{43}(?![\w-])/.exec(printed) ?? [];
        if (step.command === 'datong client diagnose') machine.names.set(' KEYID ', ` ${keyid ?? ''} `);
      }
      assert.equal(steps.length, 6);
    },
  );

test('both languages have the same commands', () => {
  const [english, chinese] = guides;
  assert.deepEqual(typedOf(chinese), typedOf(english));
});
