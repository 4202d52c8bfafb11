/** Root does not write files of a hub that the service's user could not read. */
import assert from 'node:assert/strict';
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { configurationIn } from './configurationIn.ts';
import { VerbFailure } from './verb.ts';

const home = mkdtempSync(join(tmpdir(), 'datong-configuration-'));
after(() => rmSync(home, { recursive: true, force: true }));
const config = join(home, 'hub.json');
writeFileSync(config, JSON.stringify({ name: 'test', publicOrigin: 'https://localhost:8443' }));
mkdirSync(join(home, 'data'));

const asRoot = { skip: process.getuid?.() === 0 ? false : 'needs root' };

test('a state folder of another user is refused with the command to run as that user', asRoot, () => {
  assert.equal(configurationIn(config).name, 'test', 'a folder of root');
  chownSync(join(home, 'data'), 65_534, 65_534);
  assert.throws(
    () => configurationIn(config),
    (error: unknown) => {
      assert.ok(error instanceof VerbFailure);
      assert.equal(error.exit, 4);
      assert.match(error.next?.en ?? '', /^run it as that user: runuser -u nobody -- datong /);
      assert.match(error.text.zh, /data 属于用户 nobody/);
      return true;
    },
  );
  assert.equal(configurationIn(config, { writesState: false }).name, 'test', 'a verb that only reads');
  assert.equal(configurationIn(config, { writesState: true, uid: 65_534 }).name, 'test', 'the user itself');
});

test('a state folder that does not exist yet in a folder of another user, who has no name', asRoot, () => {
  const place = join(home, 'later');
  mkdirSync(place);
  chownSync(place, 54_321, 54_322);
  const later = join(home, 'later.json');
  writeFileSync(
    later,
    JSON.stringify({
      ...{ name: 'test', publicOrigin: 'https://localhost:8443' },
      stateDir: join(place, 'state'),
      keysDir: join(place, 'keys'),
    }),
  );
  assert.throws(
    () => configurationIn(later),
    (error: unknown) => {
      assert.ok(error instanceof VerbFailure);
      assert.match(error.next?.en ?? '', /: setpriv --reuid=54321 --regid=54322 --clear-groups -- datong /);
      assert.match(error.text.en, /state belongs to the user #54321/);
      return true;
    },
  );
});
