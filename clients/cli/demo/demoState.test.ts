import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { commandPrefix } from './demoState.ts';

test('printed commands find the state of this demo in each folder', () => {
  for (const path of ['/srv/demo/demo.json', "/srv/my demo's; echo x/demo.json"]) {
    const line = `${commandPrefix({ path, own: true })}printenv DATONG_STATE`;
    assert.equal(execFileSync('sh', ['-c', line]).toString(), `${path}\n`);
  }
  assert.equal(commandPrefix({ path: '/srv/my demo/demo.json', own: false }), '');
});
