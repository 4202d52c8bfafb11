/**
 * The nine-day holiday: hub, agent, programs and witness are switched off on its eve and on again after it, and no one does anything.
 * Real TLS, a real database whose clock is moved, processes of their own where a department would have one.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { X509Certificate } from 'node:crypto';
import { after, test } from 'node:test';
import { connect } from 'node:tls';
import { writeProfile, writeWhole } from '../../clients/cli/enrol/clientFolder.ts';
import { storeIn, storeRootIn } from '../../clients/cli/enrol/renewCertificate.ts';
import { serveWitness } from '../../clients/cli/witness/serveWitness.ts';
import { createWitness, openWitness } from '../../clients/cli/witness/witnessFolder.ts';
import { keepCertificateRenewed } from '../../clients/sdk/certificateKeeper.ts';
import { DatongClient } from '../../clients/sdk/datongClient.ts';
import { readProfile, type ProfileDocument } from '../../clients/sdk/profile.ts';
import { renewalWay } from '../../clients/sdk/renewalWay.ts';
import { parseVkey } from '../../log/note/noteKey.ts';
import { testDatabase } from '../database.ts';
import { datongBin, datongEnvironment, runDatong } from '../datong.ts';
import { profileOf } from '../demoState.ts';
import { freePorts } from '../freePorts.ts';
import { applyCity, testHub, type Machine, type TestHub } from '../hub.ts';
import { leavesWhere } from '../leafTexts.ts';

const day = 86_400_000;
const holiday = 9;
/** how far the hub's clock is behind the machine's, which is the day after the holiday */
const behind = { days: holiday + 15 };
const real = await testDatabase();
const database = { ...real, now: () => real.now() - behind.days * day };
const home = mkdtempSync(join(tmpdir(), 'datong-holiday-'));
const witnessSigner = createWitness(join(home, 'witness'), 'audit.example/w1');
const witnessPort = await freePorts();
const config = { witnesses: [{ url: `http://127.0.0.1:${witnessPort}`, vkey: witnessSigner.vkey }] };
const eve = await testHub({ database, jobsByTime: false, config });
const ends: (() => unknown)[] = [() => rmSync(home, { recursive: true }), () => eve.hub.stop()];
after(async () => {
  for (const end of ends.reverse()) await end();
});

const { origins } = eve.hub;
const portOf = (origin: string): number => Number(new URL(origin).port);

/** A folder as `datong enrol` leaves it. */
function folderOf(machine: Machine): string {
  const folder = join(home, machine.department);
  mkdirSync(join(folder, 'datong-keys'), { recursive: true, mode: 0o700 });
  writeWhole(folder, 'datong-keys/tls.key.pem', machine.tls.key);
  writeWhole(folder, 'datong-keys/tls.cert.pem', machine.tls.cert);
  const { exchange, open, staff } = origins;
  const profile = profileOf(machine, { exchange, open, staff, ca: eve.ca, keys: undefined });
  const tls = { cert: 'datong-keys/tls.cert.pem', key: 'datong-keys/tls.key.pem' };
  writeProfile(folder, { ...profile, tls }, 'datong.json');
  return folder;
}
const certificateIn = (folder: string): string => {
  const { tls } = JSON.parse(readFileSync(join(folder, 'datong.json'), 'utf8')) as ProfileDocument;
  return readFileSync(join(folder, tls.cert), 'utf8');
};
const wayOf = (folder: string) => renewalWay(certificateIn(folder), Date.now());
const serialIn = (folder: string) => new X509Certificate(certificateIn(folder)).serialNumber;

function witnessOf({ hub, ca }: TestHub, alarms: unknown[]) {
  return serveWitness({
    folder: openWitness(join(home, 'witness'), { lock: true }),
    logKey: parseVkey(hub.keys.log.vkey),
    listen: { host: '127.0.0.1', port: witnessPort },
    hub: { origin: hub.origins.open, ca },
    every: 3_600_000,
    now: () => database.now(),
    onAlarm: (alarm) => alarms.push(alarm),
  });
}

/** From when the certificate that a listener shows counts. */
async function shownFrom(origin: string, tls: Machine['tls']): Promise<number> {
  const socket = connect({ host: 'localhost', port: portOf(origin), ca: eve.ca, ...tls });
  await once(socket, 'secureConnect');
  const from = Date.parse(socket.getPeerX509Certificate()?.validFrom ?? '');
  socket.destroy();
  return from;
}

const readiness = async ({ hub }: TestHub) => {
  const reply = await fetch(`${hub.origins.admin}/readyz`);
  return (await reply.json()) as { status: string; checks: Record<string, string> };
};

/** `datong client agent` in a folder, as a service of its machine would start it. @returns where it listens, and its output so far */
async function startAgent(folder: string) {
  const child = spawn(process.execPath, [datongBin, 'agent', '--port', '0', '--tokens', 'tokens.json'], {
    cwd: folder,
    env: datongEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  ends.push(() => child.kill('SIGTERM'));
  const lines: string[] = [];
  createInterface(child.stderr).on('line', (line) => lines.push(line));
  const [at] = (await once(createInterface(child.stdout), 'line')) as [string];
  const [token = ''] = Object.values(
    JSON.parse(readFileSync(join(folder, 'tokens.json'), 'utf8')) as Record<string, string>,
  );
  return { at, token, lines };
}

test('nine days with all machines off: hub, listeners, revocation list, agent, program and witness come back by themselves, and no person does anything', async () => {
  await applyCity(eve, ['city/departments.yaml']);
  // one whose machine was seldom on, one that was to renew on the very day, one that is new
  behind.days = holiday + 29;
  const seldom = await eve.enrol('ecology');
  behind.days = holiday + 15;
  const due = await eve.enrol('transport');
  behind.days = holiday;
  const fresh = await eve.enrol('education');
  const folders = { seldom: folderOf(seldom), due: folderOf(due), fresh: folderOf(fresh) };
  await eve.hub.services.identity.reload();
  const alarms: unknown[] = [];
  const before = await witnessOf(eve, alarms);
  assert.equal(await eve.hub.runner.run('submitCheckpoints'), 'ok');
  assert.equal(await before.look(), true);
  const shown = await shownFrom(origins.open, fresh.tls);
  const listed = eve.hub.services.identity.validity().revocationList;

  // everything goes off
  await before.close();
  const written = (await leavesWhere(database)).length;
  await eve.hub.stop();
  behind.days = 0;
  assert.ok(listed < Date.now(), 'the list that TLS would refuse everybody by');
  assert.deepEqual(
    [folders.fresh, folders.due, folders.seldom].map(wayOf),
    ['none', 'signed', 'grace'],
    'each way there is',
  );
  const serials = Object.values(folders).map(serialIn);

  // and comes on again
  const witness = await witnessOf(eve, alarms);
  ends.push(() => witness.close());
  const ports = {
    exchange: portOf(origins.exchange),
    open: portOf(origins.open),
    staff: portOf(origins.staff),
    admin: portOf(origins.admin),
  };
  const hub = await testHub({ database, config, ports, keysDir: join(eve.stateDir, 'keys') });
  ends.push(
    () => hub.stop(),
    () => rmSync(eve.stateDir, { recursive: true }),
  );
  assert.deepEqual(hub.hub.origins, origins);

  for (const origin of [origins.exchange, origins.open, origins.staff]) {
    const from = await shownFrom(origin, fresh.tls);
    assert.ok(from > shown && from > Date.now() - day, 'each listener shows a new certificate');
  }
  assert.ok(hub.hub.services.identity.validity().revocationList > Date.now());

  const { at, token, lines } = await startAgent(folders.due);
  assert.ok(
    lines.some((line) => line.includes('renewed by itself')),
    lines.join('\n'),
  );
  const headers = { authorization: `Bearer ${token}` };
  assert.equal((await fetch(`${at}/v1/exchanges`, { headers })).status, 200);
  // a program with the SDK, in its grace
  const file = join(folders.seldom, 'datong.json');
  const profile = readProfile(JSON.parse(readFileSync(file, 'utf8')), file);
  const client = DatongClient.fromProfile(profile, undefined, storeRootIn(file));
  ends.push(() => client.close());
  const failures: unknown[] = [];
  const keeper = keepCertificateRenewed(client, {
    keep: storeIn(file),
    failed: (error) => failures.push(error),
  });
  await keeper.look();
  keeper.stop();
  assert.deepEqual(failures, []);
  assert.equal((await client.exchanges()).status, 200);
  // and a verb, with a certificate that has time left
  const ran = await runDatong(['logs', '--json'], { cwd: folders.fresh });
  assert.equal(ran.code, 0, ran.stderr);
  const after = Object.values(folders).map(serialIn);
  assert.deepEqual(
    after.map((serial, nth) => serial === serials[nth]),
    [false, false, true],
  );
  assert.deepEqual(Object.values(folders).map(wayOf), ['none', 'none', 'none']);
  // the old certificate of one that renewed in time still counts next to the new one
  assert.equal((await due.client.exchanges()).status, 200);

  // the witness goes on from what it saw on the eve, and the hub's own work catches up
  const until = Date.now() + 30_000;
  let ready = await readiness(hub);
  while (ready.status !== 'ok' && Date.now() < until) {
    await new Promise((done) => setTimeout(done, 200));
    ready = await readiness(hub);
  }
  assert.equal(ready.status, 'ok', JSON.stringify(ready));
  assert.equal(await witness.look(), true);
  assert.deepEqual(alarms, []);
  const since = (await leavesWhere(database)).slice(written);
  assert.deepEqual(
    since
      .filter(({ actor }) => actor.person !== undefined || (actor.staff ?? 'hub') !== 'hub')
      .map((one) => one.operation),
    [],
    'no person',
  );
  assert.deepEqual(
    since
      .map(({ operation }) => operation)
      .filter((operation) => /enew/.test(operation))
      .sort(),
    ['graceRenew', 'renewCertificate'],
  );
});
