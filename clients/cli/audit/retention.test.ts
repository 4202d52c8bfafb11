import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { typedDatong } from '../../../tests/typedDatong.ts';

const home = mkdtempSync(join(tmpdir(), 'datong-retention-'));
after(() => rmSync(home, { recursive: true, force: true }));

test('options of a rule without --class are a usage error, before the hub is called', async () => {
  for (const options of [
    ['--dataset', 'pub-security.household', '--years', '5', '--reason', 'schedule'],
    ['--dataset', 'pub-security.household'],
    ['--forever'],
  ]) {
    const { code, stdout, stderr } = await typedDatong(['audit', 'retention', ...options], {
      cwd: home,
      env: { DATONG_STATE: join(home, 'none.json') },
    });
    assert.deepEqual([code, stdout], [2, ''], options.join(' '));
    assert.match(stderr, /go with --class/);
  }
});
