/** A witness, run by another office, with a real hub: it follows, it survives nonsense, and it catches what the stolen keys can do. */
import assert from 'node:assert/strict';
import { createServer as createHttpServer } from 'node:http';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createWitness, openWitness, type Alarm } from '../../clients/cli/witness/witnessFolder.ts';
import { serveWitness, type WitnessOptions } from '../../clients/cli/witness/serveWitness.ts';
import { openCheckpoint } from '../../log/checkpoint.ts';
import { leafHash, nodeHash } from '../../log/hash.ts';
import { parseVkey } from '../../log/note/noteKey.ts';
import { tilePath } from '../../log/missing.ts';
import { addCheckpointText } from '../../log/witness/addCheckpoint.ts';
import { cosign, witnessSigner } from '../../log/witness/cosignature.ts';
import { testDatabase } from '../database.ts';
import { runDatong } from '../datong.ts';
import { freePorts } from '../freePorts.ts';
import { applyCity, testHub, type TestHub } from '../hub.ts';
import { rewriteLog } from './rewriteLog.ts';
import { newNotePair } from '../../machine/newKeyPair.ts';
import { leafTexts } from '../leafTexts.ts';

const database = await testDatabase();
const folder = mkdtempSync(join(tmpdir(), 'datong-witness-'));
const signer = createWitness(join(folder, 'state'), 'audit.example/w1');
const port = await freePorts();
const mirrorDir = join(folder, 'mirror');
const config = {
  witnesses: [{ url: `http://127.0.0.1:${port}`, vkey: signer.vkey }],
  mirrorDir,
};
const first = await testHub({ database, jobsByTime: false, config });
const open = [first];
const alarms: Alarm[] = [];
const logKey = parseVkey(first.hub.keys.log.vkey);
const reported: WitnessOptions['onAlarm'] = (alarm) => alarms.push(alarm);
const serve = ({ hub, ca }: TestHub, now = Date.now) =>
  serveWitness({
    folder: openWitness(join(folder, 'state'), { lock: true }),
    logKey,
    listen: { host: '127.0.0.1', port },
    hub: { origin: hub.origins.open, ca },
    every: 3_600_000,
    now,
    onAlarm: reported,
  });
let witness: Awaited<ReturnType<typeof serve>> | undefined;
after(async () => {
  await witness?.close();
  for (const hub of open.reverse()) await hub.stop();
  rmSync(folder, { recursive: true });
});

const trouble = async (): Promise<string | null | undefined> => {
  const { rows } = await database.app.query<{ trouble: string | null }>('SELECT trouble FROM audit_witness');
  return rows[0]?.trouble;
};
const readiness = async ({ hub }: TestHub): Promise<Record<string, unknown>> => {
  const reply = await fetch(`${hub.origins.admin}/readyz`);
  return ((await reply.json()) as { checks: Record<string, unknown> }).checks;
};
const submit = (body: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}/add-checkpoint`, { method: 'POST', body });

await applyCity(first, ['city/departments.yaml']);
const education = await first.enrol('education');
/** A profile as the verbs read it, and a stored receipt. */
const profile = join(folder, 'datong.json');
const receipt = join(folder, 'receipt.txt');
writeFileSync(join(folder, 'anchors.json'), JSON.stringify(await education.client.anchorsDocument()));
writeFileSync(
  profile,
  JSON.stringify({
    v: 1,
    department: 'education',
    hub: {
      exchange: first.hub.origins.exchange,
      open: first.hub.origins.open,
      ca: first.ca,
      keys: { keys: [] },
    },
    tls: education.tls,
    signingKey: education.signing.privateKey.export({ format: 'jwk' }),
  }),
);
writeFileSync(receipt, await received());

async function received(): Promise<string> {
  const answer = await education.client.call({ method: 'POST', path: '/v1/diagnose', receipt: 'required' });
  return answer.receipt ?? '';
}
const verifyReceipt = () =>
  runDatong(
    [
      ...['receipt', 'verify', receipt, '--anchors', join(folder, 'anchors.json')],
      ...['--witness', join(folder, 'state', 'witness.vkey'), '--profile', profile, '--json'],
    ],
    { cwd: folder },
  );

test('no reply waits for an absent witness; its absence is reported, and when it comes it follows', async () => {
  assert.equal(await first.hub.runner.run('submitCheckpoints'), 'ok');
  assert.equal(await trouble(), 'witness_unreachable');
  assert.match(
    String((await readiness(first))['witnesses']),
    /degraded: audit\.example\/w1 witness_unreachable/,
  );
  const before = await verifyReceipt();
  assert.equal(before.code, 5, before.stderr);
  assert.match(before.stdout, /witness_silent/);
  witness = await serve(first);
  assert.equal(await first.hub.runner.run('submitCheckpoints'), 'ok');
  assert.equal(await trouble(), null);
  assert.equal((await readiness(first))['witnesses'], 'ok');
  const verified = await verifyReceipt();
  assert.equal(verified.code, 0, verified.stdout + verified.stderr);
  const { witnesses } = JSON.parse(verified.stdout) as { witnesses: readonly { name: string }[] };
  assert.deepEqual(
    witnesses.map(({ name }) => name),
    ['audit.example/w1'],
  );
});

test('the witness checks the hub by itself, and its statements are public', async () => {
  await received();
  assert.equal(await witness?.look(), true);
  // the hub learns from the answer how far the witness is
  await received();
  assert.equal(await first.hub.runner.run('submitCheckpoints'), 'ok');
  assert.equal(await trouble(), null);
  const state = openWitness(join(folder, 'state'), { lock: false });
  assert.equal(state.latest(logKey.name)?.size, first.hub.audit.size());
  const status = await runDatong([
    ...['witness', 'status', '--state', join(folder, 'state'), '--log', logKey.vkey, '--json'],
  ]);
  assert.equal(status.code, 0, status.stderr);
  assert.deepEqual((JSON.parse(status.stdout) as { alarms: unknown }).alarms, []);
});

test('a size of the witness that is larger than the log delays one submission', async () => {
  const size = async (): Promise<number> =>
    Number((await database.app.query<{ size: string }>('SELECT size FROM audit_witness')).rows[0]?.size);
  await database.owner.query('UPDATE audit_witness SET size = 1000000');
  for (const expected of [1_000_000, first.hub.audit.size()]) {
    assert.equal(await first.hub.runner.run('submitCheckpoints'), 'ok');
    assert.equal(await size(), expected);
  }
  assert.equal(await trouble(), null);
});

test('a process that has not read the entries of another one is no shorter log, until it stays behind', async (context) => {
  await witness?.close();
  const idle = await testHub({ database, jobsByTime: false, config, keysDir: join(first.stateDir, 'keys') });
  let late = 0;
  witness = await serve(idle, () => Date.now() + late);
  try {
    assert.equal(await witness.look(), true);
    // the idle process reads the head once a second by this clock
    const now = database.now();
    const clock = context.mock.method(database, 'now', () => now);
    await idle.hub.audit.freshCheckpoint();
    await received();
    assert.equal(await first.hub.runner.run('submitCheckpoints'), 'ok');
    assert.ok(idle.hub.audit.size() < first.hub.audit.size());
    assert.equal(await witness.look(), undefined);
    assert.deepEqual(alarms, []);
    // a stored proof cannot hide for ever that the log was cut
    late = 6 * 3_600_000;
    assert.equal(await witness.look(), false);
    assert.deepEqual(
      alarms.splice(0).map(({ kind }) => kind),
      ['shrunk'],
    );
    clock.mock.restore();
    context.mock.method(database, 'now', () => Date.now() + 2_000);
    await received();
    assert.equal(await witness.look(), true);
    assert.equal(await idle.hub.runner.run('submitCheckpoints'), 'ok');
    assert.equal(await trouble(), null);
  } finally {
    await witness.close();
    await idle.stop();
    witness = await serve(first);
  }
});

test('old checkpoints, wrong proofs and nonsense are refused and raise no alarm', async () => {
  const note = first.hub.audit.checkpoint();
  for (const [body, status] of [
    ['nonsense', 400],
    [addCheckpointText({ old: 1, proof: [], checkpoint: note }), 409],
    [addCheckpointText({ old: 0, proof: [], checkpoint: note.replace('datong/', 'other/') }), 404],
    ['x'.repeat(80_000), 413],
  ] as const)
    assert.equal((await submit(body)).status, status, body.slice(0, 40));
  assert.equal((await fetch(`http://127.0.0.1:${port}/elsewhere`)).status, 404);
  await witness?.look();
  assert.deepEqual(alarms, []);
});

test('the folder for mirrors holds the checkpoint and the tiles that lead to its root', async () => {
  assert.equal(await first.hub.runner.run('mirrorTiles'), 'ok');
  const { size, root } = openCheckpoint(readFileSync(join(mirrorDir, 'checkpoint'), 'utf8'), [logKey]);
  const tile = readFileSync(join(mirrorDir, tilePath(0, 0, size)));
  const hashes = Array.from({ length: size }, (_, at) => tile.subarray(at * 32, at * 32 + 32));
  assert.deepEqual(rootOver(hashes), Buffer.from(root));
  assert.ok(readdirSync(mirrorDir).includes('checkpoint.cosigned'));
  const [genesis = ''] = await leafTexts(database, 'idx = 0');
  assert.deepEqual(hashes[0], Buffer.from(leafHash(Buffer.from(genesis))));
});

/** RFC 6962 §2.1, word for word. */
function rootOver(hashes: readonly Uint8Array[]): Uint8Array {
  const [only] = hashes;
  if (only !== undefined && hashes.length === 1) return Buffer.from(only);
  const split = 2 ** Math.floor(Math.log2(hashes.length - 1));
  return nodeHash(rootOver(hashes.slice(0, split)), rootOver(hashes.slice(split)));
}

test('a log rewritten with the stolen keys is refused by the witness: the hub says so, the witness raises the alarm', async () => {
  await witness?.close();
  await first.hub.stop();
  await rewriteLog(database, first.hub.keys, {
    index: 3,
    replace: (leaf) => leaf.replace(/"at":"2/, '"at":"1'),
  });
  const second = await testHub({
    database,
    jobsByTime: false,
    config,
    keysDir: join(first.stateDir, 'keys'),
  });
  open.push(second);
  witness = await serve(second);
  assert.equal(await second.hub.runner.run('submitCheckpoints'), 'ok');
  assert.equal(await trouble(), 'witness_refused');
  assert.equal((await readiness(second))['witnesses'], 'audit.example/w1 witness_refused');
  const reported = (await leafTexts(database)).filter((text) => text.includes('witness_refused'));
  assert.equal(reported.length, 1);
  assert.equal(await witness.look(), false);
  assert.deepEqual([...new Set(alarms.map(({ kind }) => kind))], ['forked']);
  // both heads are signed by the log's key: the proof needs no further statement
  for (const { kept: stored, shown } of alarms)
    for (const note of [stored, shown]) openCheckpoint(note, [logKey]);
  const status = await runDatong([
    'witness',
    'status',
    '--state',
    join(folder, 'state'),
    '--log',
    logKey.vkey,
  ]);
  assert.equal(status.code, 5);
  assert.match(status.stdout, /the log is forked/);
});

test('a log that was cut is shorter than what was witnessed', async () => {
  await witness?.close();
  const cut = open.at(-1);
  await cut?.hub.stop();
  alarms.length = 0;
  await rewriteLog(database, first.hub.keys, { keep: 3 });
  await database.app.query('UPDATE audit_witness SET size = 0');
  const third = await testHub({ database, jobsByTime: false, config, keysDir: join(first.stateDir, 'keys') });
  open.push(third);
  witness = await serve(third);
  assert.equal(await third.hub.runner.run('submitCheckpoints'), 'ok');
  assert.equal(await trouble(), 'witness_ahead');
  assert.equal(await witness.look(), false);
  assert.deepEqual(
    alarms.map(({ kind }) => kind),
    ['shrunk'],
  );
});

test('a witness whose signature is not its own is not believed', async () => {
  await witness?.close();
  const other = witnessSigner('audit.example/w1', newNotePair().privateKey);
  const liar = createHttpServer((request, response) => {
    request.resume().on('end', () => response.end(cosign('another tree\n', 1, other)));
  });
  await new Promise<void>((listening) => liar.listen(port, '127.0.0.1', listening));
  try {
    assert.equal(await open.at(-1)?.hub.runner.run('submitCheckpoints'), 'ok');
    assert.equal(await trouble(), 'witness_signature_invalid');
  } finally {
    liar.closeAllConnections();
    await new Promise((closed) => liar.close(closed));
    witness = undefined;
  }
});
