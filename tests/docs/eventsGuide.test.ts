/**
 * docs/events.md: the section to try is run in both languages; the shell script that receives events by the pull verb is run as it is
 * printed, and so is a stranger's repetition.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { testDatabase } from '../database.ts';
import { pasteLines } from '../datong.ts';
import { profileOf } from '../demoState.ts';
import { sampleCity, testHub } from '../hub.ts';
import { demoStage, typedOf, guidesOf } from './demoStage.ts';

const page = (name: string): string => readFileSync(join(import.meta.dirname, '../../docs', name), 'utf8');
/** The script and the command that hands it events. */
function shellOf(text: string): readonly [script: string, command: string] {
  const found = /```sh\n(# receive\.sh[^]*?)```\n\n```sh\n(datong event listen [^]*?)```/.exec(text);
  return [found?.[1] ?? assert.fail('script'), found?.[2] ?? assert.fail('command')];
}
const [script, command] = shellOf(page('events.md'));

const folder = mkdtempSync(join(tmpdir(), 'datong-events-guide-'));
const hub = await testHub({ database: await testDatabase(), jobsByTime: false });
after(async () => {
  await hub.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('both languages print the same script', () => {
  assert.deepEqual(shellOf(page('events.zh-CN.md')), [script, command]);
});

test('the script stores each event once, masked, and a failed one comes again', async () => {
  const city = await sampleCity(hub);
  await city.apply('air-warning/topic.yaml');
  await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
  const { json } = await city.education.client.events.subscribe(
    { topic: 'ecology.air-warnings' },
    { purpose: 'public-service', agreement: 'agr-air-warnings' },
  );
  const { exchange, open, staff } = hub.hub.origins;
  const profile = profileOf(city.education, { exchange, open, staff, ca: hub.ca, keys: undefined });
  writeFileSync(join(folder, 'datong.json'), JSON.stringify(profile), { mode: 0o600 });
  writeFileSync(join(folder, 'receive.sh'), script);
  const typed = command.replace('ID --as education', json.id).replace(/\s*#.*/, ' --once');
  const receive = () => pasteLines(typed, folder);
  const ids = ['1', '2'];
  const sent = await city.ecology.client.events.publish(
    'ecology.air-warnings',
    ids.map((id) => ({
      specversion: '1.0',
      id,
      source: 'guide',
      type: 'ecology.air-warning-issued',
      data: { warning_id: id, district: '990101', level: 'red', duty_phone: '0990-5550100' },
    })),
  );
  // a file in the place of the folder: the script fails, and nothing is taken over
  writeFileSync(join(folder, 'inbox'), '');
  await assert.rejects(receive(), { code: 4 });
  rmSync(join(folder, 'inbox'));
  mkdirSync(join(folder, 'inbox'));
  const { stdout } = await receive();
  assert.match(
    stdout,
    /^\S+Z ecology\.air-warning-issued red 990101\n\S+Z ecology\.air-warning-issued red 990101\n$/,
  );
  const files = sent.json.events.map(({ event }) => `${event}.json`);
  assert.deepEqual(readdirSync(join(folder, 'inbox')).sort(), files.sort());
  for (const file of files) {
    const { data } = JSON.parse(readFileSync(join(folder, 'inbox', file), 'utf8')) as {
      readonly data: Readonly<Record<string, unknown>>;
    };
    assert.equal('duty_phone' in data, false);
  }
  assert.equal((await receive()).stdout, '');
});

const guides = guidesOf('events', ['Try it', '试一试']);

for (const { LANG, steps, skip } of guides)
  test(
    `${LANG}: from a topic to an event that is received, and from a plan to an archive that verifies`,
    { skip },
    async () => {
      const stage = await demoStage(LANG);
      let commands = 0;
      for (const step of steps) {
        if (step.kind === 'file') stage.write(step);
        if (step.kind !== 'command') continue;
        commands += 1;
        const printed = await stage.shows(step);
        const [id] = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(printed) ?? [];
        if (step.command.startsWith('datong event subscribe')) stage.names.set(' ID ', ` ${id ?? ''} `);
        if (step.command.startsWith('datong event board')) stage.names.set(' EVENT ', ` ${id ?? ''} `);
      }
      assert.ok(commands >= 15, `${commands} commands`);
    },
  );

test('both languages have the same commands and files', () => {
  const [english, chinese] = guides;
  assert.deepEqual(typedOf(chinese), typedOf(english));
});
