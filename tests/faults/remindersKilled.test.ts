/**
 * The hub is killed (SIGKILL) while it sends reminders: each is received, in the order in which they were made, and twice only under the
 * same id.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { insertReminder } from '../../hub/features/reminders/store/reminders.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { hubAgain, killHub } from '../attackers/hubAgain.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, testHub } from '../hub.ts';
import { mailServer } from '../mailServer.ts';
import { serverCertificate } from '../serverCertificate.ts';

const [reminders, kills] = [120, 8];

async function eventually(holds: () => boolean | Promise<boolean>, what: () => string): Promise<void> {
  for (const until = Date.now() + 60_000; !(await holds());) {
    assert.ok(Date.now() < until, what());
    await sleep(3);
  }
}

test('the hub is killed while it sends reminders: none is lost, the order holds, and doubles have the same id', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'datong-reminders-killed-'));
  const { ca, tls } = await serverCertificate();
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, ca);
  const mail = await mailServer(tls, 'direct');
  const called: string[] = [];
  const receiver = createServer(tls, (request, response) => {
    void text(request).then(async (body) => {
      const claims = Buffer.from(body.split('.')[1] ?? '', 'base64url').toString('utf8');
      called.push((JSON.parse(claims) as { jti: string }).jti);
      await sleep(5);
      response.writeHead(204).end();
    });
  });
  await once(receiver.listen(0, '127.0.0.1'), 'listening');
  const at = receiver.address();
  const port = typeof at === 'object' && at !== null ? at.port : 0;
  const further = {
    reminders: {
      mail: {
        host: 'localhost',
        port: mail.port,
        caFile,
        from: 'hub@yunxi.example',
        domains: ['yunxi.example'],
      },
      webhooks: { hosts: [`localhost:${port}`], caFile },
    },
  };
  const database = await testDatabase();
  const made = await testHub({ database, jobsByTime: false, config: further });
  await sampleCity(made);
  const steward = await made.token('刘老师', ['steward'], 'education');
  const set = await made.staff(steward, 'POST', '/v1/departments/education/reminders', {
    ...{ mail: 'jiaoyu@yunxi.example', webhook: `https://localhost:${port}/` },
  });
  assert.equal(set.status, 200, JSON.stringify(set.json));
  const serve = await hubAgain(made, database, further);
  const ids = { mail: [] as string[], webhook: [] as string[] };
  for (let nth = 0; nth < reminders; nth += 1)
    for (const way of ['mail', 'webhook'] as const) {
      const id = uuid7(database.now());
      ids[way].push(id);
      const place = { kind: 'department', owner: 'education', way } as const;
      await insertReminder(
        database.app,
        { ...place, id, said: { counts: { requests: nth + 1 } }, at: Date.now() + nth },
        [],
      );
    }
  const mailed = (): string[] =>
    mail.mails.map((one) => /^Message-ID: <([^@]*)@/m.exec(one)?.[1] ?? 'without an id');

  let hub = await serve();
  t.after(async () => {
    await killHub(hub);
    await made.stop();
    mail.close();
    receiver.close();
    receiver.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  });
  const queued = async (): Promise<number> =>
    (await database.app.query('SELECT FROM reminder')).rowCount ?? assert.fail();
  for (let kill = 1; kill <= kills; kill += 1) {
    const goal = Math.floor((kill * reminders) / (kills + 1));
    await eventually(
      () => called.length >= goal,
      () => `${called.length} calls before kill ${kill}`,
    );
    await sleep(Math.random() * 20);
    await killHub(hub);
    hub = await serve();
  }
  await eventually(
    async () => (await queued()) === 0,
    () => 'some are still queued',
  );
  for (const [way, got] of [
    ['webhook', called],
    ['mail', mailed()],
  ] as const) {
    assert.deepEqual([...new Set(got)], ids[way], `${way}: each of them, in their order`);
    assert.ok(got.length <= reminders + kills, `${way}: ${got.length} for ${reminders}`);
  }
});
