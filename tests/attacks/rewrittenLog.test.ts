/** A log rewritten or cut with the stolen keys holds inside the hub; the holder of a checkpoint sees it at the next contact. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { checkpointsInFile } from '../../clients/sdk/checkpointFile.ts';
import { DatongClient } from '../../clients/sdk/datongClient.ts';
import { beginPass, reverifyPortion } from '../../hub/log/evidence/reverifyPortion.ts';
import { openCheckpoint } from '../../log/checkpoint.ts';
import { parseVkey } from '../../log/note/noteKey.ts';
import { Problem } from '../../terms/problem.ts';
import { testDatabase } from '../database.ts';
import { applyCity, testHub, type Machine, type TestHub } from '../hub.ts';
import { rewriteLog } from './rewriteLog.ts';

const database = await testDatabase();
const first = await testHub({ database });
const stored = mkdtempSync(join(tmpdir(), 'datong-kept-'));
const open = [first];
after(async () => {
  for (const hub of open.reverse()) await hub.stop();
  rmSync(stored, { recursive: true });
});
await applyCity(first, ['city/departments.yaml']);
const education = await first.enrol('education');
const police = await first.enrol('pub-security');

/** A program of a department, begun anew: all it has is its file. */
const clientOf = (machine: Machine, { hub, ca }: TestHub): DatongClient =>
  new DatongClient({
    department: machine.department,
    hub: { exchange: hub.origins.exchange, open: hub.origins.open },
    ca,
    tls: machine.tls,
    signingKey: machine.signing,
    checkpoints: checkpointsInFile(join(stored, `${machine.department}.json`), ca),
  });

async function contact(machine: Machine, hub: TestHub): Promise<number> {
  const client = clientOf(machine, hub);
  try {
    await client.diagnose();
    await client.settle();
    return client.newestCheckpoint ?? 0;
  } finally {
    client.close();
  }
}

test('clients store what they saw, and the hub proves each time that it only grew', async () => {
  const seen = await contact(education, first);
  assert.ok(seen > 0);
  assert.ok((await contact(education, first)) > seen);
  await contact(police, first);
});

test('an entry rewritten with the stolen keys is caught by every client that was there before', async () => {
  await first.hub.stop();
  await rewriteLog(database, first.hub.keys, {
    index: 2,
    replace: (leaf) => leaf.replace(/"id":"[0-9a-f]/, '"id":"f'),
  });
  const second = await testHub({ database, keysDir: join(first.stateDir, 'keys') });
  open.push(second);
  // inside, all holds: the thief has signed it with the hub's own keys
  const { services } = second.hub;
  const { findings } = await reverifyPortion(services, beginPass(services, 1), 1_000);
  assert.deepEqual(
    findings.filter(({ code }) => code !== 'columns_altered'),
    [],
  );
  for (const machine of [education, police])
    await assert.rejects(contact(machine, second), (error: unknown) => {
      assert.ok(error instanceof Problem && error.code === 'reply_log_forked', String(error));
      const { kept: before, shown } = JSON.parse(readFileSync(error.facts['place'] as string, 'utf8')) as {
        kept: string;
        shown: string;
      };
      // the proof is public: both are signed by the log's key
      for (const note of [before, shown]) openCheckpoint(note, [parseVkey(second.hub.keys.log.vkey)]);
      return true;
    });
  // one who was never there before begins with what is shown
  const newcomer = await second.enrol('ecology');
  await contact(newcomer, second);
});
