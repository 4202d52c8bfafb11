import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isPostmaster } from './platform/postgres/liveness.ts';
import { startPostgres } from './platform/postgres/startPostgres.ts';
import { withServerAhead } from './serverAhead.ts';
import { startDatabase } from './startDatabase.ts';

const home = await mkdtemp(join(tmpdir(), 'datong-ahead-'));
await chmod(home, 0o711);
after(() => rm(home, { recursive: true, force: true }));

const database = { connections: 10, durable: false, requireSynchronousStandby: false };
const hubIn = (name: string) => ({ stateDir: join(home, name), database });
async function hubThatRan(name: string) {
  const config = hubIn(name);
  await (await startPostgres({ stateDir: config.stateDir, durable: false })).stop();
  return config;
}

test('the server of a hub that ran before is begun before the work, is the one that the work opens, and lives on', async () => {
  const config = await hubThatRan('again');
  const begun = await withServerAhead(config, async (server) => {
    assert.ok(server);
    return startDatabase(config, { server });
  });
  assert.equal((await begun.database.owner.query('SELECT')).rowCount, 1);
  const { pid, dataDir, attached } = begun.server ?? assert.fail('no server of its own');
  assert.deepEqual([attached, await isPostmaster(pid, dataDir)], [false, true]);
  await begun.stop();
  assert.equal(await isPostmaster(pid, dataDir), false);
});

test('where the work fails the server is stopped, whether it was awaited or not', async () => {
  const config = await hubThatRan('failing');
  for (const awaited of [true, false]) {
    const seen: { pid: number; dataDir: string }[] = [];
    const work = withServerAhead(config, async (server) => {
      void server?.then((running) => seen.push(running));
      if (awaited) await server;
      throw new Error('no keys');
    });
    await assert.rejects(work, /^Error: no keys$/);
    const [running = assert.fail('it was never ready')] = seen;
    assert.equal(await isPostmaster(running.pid, running.dataDir), false);
  }
});

test('a hub that never ran has nothing made, nor has one whose database another names', async () => {
  const first = hubIn('first');
  await mkdir(first.stateDir);
  assert.equal(await withServerAhead(first, (server) => Promise.resolve(server)), undefined);
  assert.deepEqual(await readdir(first.stateDir), []);
  const ran = await hubThatRan('moved');
  const elsewhere = { ...ran, database: { ...database, url: 'postgres://localhost/datong' } };
  assert.equal(await withServerAhead(elsewhere, (server) => Promise.resolve(server)), undefined);
});

test('a server that cannot start is reported to the caller that awaits it', async () => {
  const config = await hubThatRan('broken');
  const server = await startPostgres({ stateDir: config.stateDir, durable: false });
  await server.stop();
  await writeFile(join(server.dataDir, 'postgresql.conf'), 'no_such_setting = 1\n');
  await assert.rejects(
    withServerAhead(config, async (begun) => startDatabase(config, { server: begun })),
    { code: 'postgres_failed' },
  );
});
