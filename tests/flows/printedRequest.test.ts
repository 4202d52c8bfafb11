/** `datong request print`: the form that an office signs says names, not codes. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { cityHub } from '../cityHub.ts';
import { writeDemoState } from '../demoState.ts';
import { typedDatong } from '../typedDatong.ts';
import { waitingRequest } from '../waitingRequest.ts';

const { database, hub } = await cityHub({ jobsByTime: false });
const folder = mkdtempSync(join(tmpdir(), 'datong-printed-'));
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await hub.stop();
});

test('the printed form names departments, purposes, datasets and fields', async () => {
  const consumer = await hub.token('Ann', ['steward'], 'education');
  const second = await hub.token('Bob', ['steward'], 'education');
  const id = await waitingRequest({ hub, database, consumer, second }, 'printed', 0);
  const state = join(folder, 'demo.json');
  writeDemoState(state, { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } }, { steward: consumer });
  const { code, stdout, stderr } = await typedDatong(['request', 'print', id, '--as', 'steward'], {
    cwd: folder,
    env: { DATONG_STATE: state, LANG: 'en_GB.UTF-8' },
  });
  assert.equal(code, 0, stderr);
  for (const text of [
    '云栖市公安局（pub-security）',
    '云栖市教育局（education）',
    '义务教育入学（school-enrolment）',
    '户籍人口（pub-security.household）',
    '姓名：原值',
    '<td>公民身份号码</td>',
  ])
    assert.ok(stdout.includes(text), `${text} in\n${stdout}`);
  assert.doesNotMatch(stdout, /person_id|name：/);
});
