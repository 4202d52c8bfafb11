/** The log changes its key under every verifier, and a thief has the old one. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createPrivateKey } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { serveWitness, type WitnessOptions } from '../../clients/cli/witness/serveWitness.ts';
import { storedKeys } from '../../clients/cli/witness/witness.ts';
import { createWitness, openWitness, type Alarm } from '../../clients/cli/witness/witnessFolder.ts';
import { checkpointsInFile } from '../../clients/sdk/checkpointFile.ts';
import { DatongClient, readProfile } from '../../clients/sdk/index.ts';
import { parseAnchors } from '../../log/anchors.ts';
import { parseReceipt, receiptText } from '../../log/receipt/receipt.ts';
import { verifyExchange } from '../../log/receipt/verifyExchange.ts';
import { verifyFiles } from '../../clients/cli/audit/verifyFiles.ts';
import { signCheckpoint, openCheckpoint } from '../../log/checkpoint.ts';
import { anchoredLogKeys, bearsUnknownKey, signRotation } from '../../log/note/keyRotation.ts';
import { noteSigner, parseVkey, type NoteSigner } from '../../log/note/noteKey.ts';
import type { EvidenceFile } from '../../log/pack/evidenceFile.ts';
import { addCheckpointText } from '../../log/witness/addCheckpoint.ts';
import { testDatabase } from '../database.ts';
import { runDatong } from '../datong.ts';
import { writeDemoState } from '../demoState.ts';
import { applyCity, testHub, type TestHub } from '../hub.ts';
import { acceptAs } from '../secondPerson.ts';
import { newNotePair } from '../../machine/newKeyPair.ts';

const database = await testDatabase({ connections: 8 });
const folder = mkdtempSync(join(tmpdir(), 'datong-log-key-'));
const mirrorDir = join(folder, 'mirror');
const first = await testHub({ database, jobsByTime: false, config: { mirrorDir } });
const keysDir = join(first.stateDir, 'keys');
const open: TestHub[] = [first];
const alarms: Alarm[] = [];
createWitness(join(folder, 'witness'), 'audit.example/w1');
const old = parseVkey(first.hub.keys.log.vkey);
createWitness(join(folder, 'apart'), 'audit.example/w2');
const witnessing = (name: string, more: Pick<WitnessOptions, 'hub' | 'logKeys' | 'onAlarm'>) =>
  serveWitness({
    folder: openWitness(join(folder, name), { lock: true }),
    logKey: old,
    listen: { host: '127.0.0.1', port: 0 },
    every: 3_600_000,
    now: Date.now,
    ...more,
  });
const witness = ({ hub, ca }: TestHub) =>
  witnessing('witness', {
    hub: { origin: hub.origins.open, ca },
    onAlarm: (alarm) => alarms.push(alarm),
  });
const show = ({ origin }: { readonly origin: string }, checkpoint: string, from = 0): Promise<Response> =>
  fetch(`${origin}/add-checkpoint`, {
    method: 'POST',
    body: addCheckpointText({ old: from, proof: [], checkpoint }),
  });
after(async () => {
  for (const hub of open.reverse()) await hub.stop();
  rmSync(folder, { recursive: true });
});
const path = (name: string): string => join(folder, name);
const keep = (name: string, content: unknown): string => {
  writeFileSync(path(name), typeof content === 'string' ? content : JSON.stringify(content));
  return path(name);
};
const read = (name: string): string => readFileSync(path(name), 'utf8');
const findingsOf = (receipt: string, anchors: string): string[] =>
  verifyExchange(receipt, { anchors: parseAnchors(anchors) }).findings.map(({ code }) => code);
const verify = async (
  ...args: readonly string[]
): Promise<{ code: number; codes: string[]; text: string }> => {
  const ran = await runDatong([...args, '--json'], { cwd: folder, env: { DATONG_STATE: path('demo.json') } });
  const { findings = [] } = JSON.parse(ran.stdout) as {
    findings?: { code: string; message?: { en: string } }[];
  };
  return {
    code: ran.code,
    codes: findings.map(({ code }) => code),
    text: JSON.stringify(findings) + ran.stderr,
  };
};

await applyCity(first, ['city/departments.yaml']);
const education = await first.enrol('education');
const profileOf = ({ hub, ca }: TestHub) =>
  readProfile(
    {
      v: 1,
      department: 'education',
      hub: {
        exchange: hub.origins.exchange,
        open: hub.origins.open,
        ca,
        keys: { keys: [] },
        anchors: oldAnchors,
      },
      tls: education.tls,
      signingKey: education.signing.privateKey.export({ format: 'jwk' }),
    },
    path('datong.json'),
  );
/** A client of today with the anchors of the first day, as every program that runs for years. */
const clientOf = (hub: TestHub): DatongClient =>
  DatongClient.fromProfile(profileOf(hub), checkpointsInFile(path('kept.json'), hub.ca));
const receiptBy = async (client: DatongClient): Promise<string> =>
  (await client.call({ method: 'POST', path: '/v1/diagnose', receipt: 'required' })).receipt ?? '';

const oldAnchors = (await education.client.anchorsDocument()) as object & { logKeys: string[] };
keep('old-anchors.json', oldAnchors);
keep('old-receipt', await receiptBy(education.client));
keep('old.vkey', old.vkey);
keep('old-checkpoint', first.hub.audit.checkpoint());
const operator = await first.token('operator', ['operator']);
const security = await first.token('security', ['security']);
const auditor = await first.token('auditor', ['auditor']);
const listener = (hub: TestHub) => ({
  ca: hub.ca,
  ports: { staff: Number(new URL(hub.hub.origins.staff).port) },
});
const asAuditor = (hub: TestHub): void =>
  writeDemoState(
    path('demo.json'),
    { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } },
    { auditor, operator },
  );
asAuditor(first);

test('an operator requests, another person accepts, and both keys sign', async () => {
  const requested = await runDatong(
    ['admin', 'rotate-log-key', '--reason', '每年更换', '--as', 'operator', '--json'],
    {
      cwd: folder,
      env: { DATONG_STATE: path('demo.json') },
    },
  );
  assert.equal(requested.code, 0, requested.stdout + requested.stderr);
  const body = JSON.parse(requested.stdout) as Record<string, unknown>;
  const ask = () => first.staff(operator, 'POST', '/v1/log/keys', { reason: '每年更换' });
  assert.equal((await ask()).json['proposal'], body['proposal'], 'the same again is the same');
  assert.equal(readdirSync(keysDir).filter((name) => /^log-[0-9a-f]{8}\.pem$/.test(name)).length, 1);
  const proposed = { status: 202, body };
  assert.equal(
    (await acceptAs(listener(first), operator, proposed)).status,
    403,
    'no one accepts their own proposal',
  );
  assert.equal(await first.hub.runner.run('rotateLogKey'), 'ok');
  assert.equal(first.hub.keys.log.vkey, old.vkey, 'not before the second person');
  const accepted = await acceptAs(listener(first), security, proposed);
  assert.equal(accepted.status, 201, JSON.stringify(accepted.body));
  assert.equal(await first.hub.runner.run('rotateLogKey'), 'ok');
  const now = first.hub.keys.log;
  assert.notEqual(now.vkey, old.vkey);
  const note = first.hub.audit.checkpoint();
  for (const key of [old, parseVkey(now.vkey)]) openCheckpoint(note, [key]);
});

test('a client from before learns of the new key while both sign, and stores it', async () => {
  const client = clientOf(first);
  await receiptBy(client);
  await client.settle();
  client.close();
  const { rotations } = JSON.parse(readFileSync(path('kept.json'), 'utf8')) as { rotations: string[] };
  assert.deepEqual(rotations, first.hub.keys.log.rotations());
});

test('after the overlap the new key signs alone; every verifier goes on from the key it has', async () => {
  await first.hub.stop();
  await database.owner.query("UPDATE log_key_rotation SET rotated_at = rotated_at - interval '31 days'");
  const second = await testHub({ database, jobsByTime: false, keysDir, config: { mirrorDir } });
  open.push(second);
  asAuditor(second);
  const now = second.hub.keys.log;
  rmSync(path('kept.json'));
  const client = clientOf(second);
  keep('receipt', await receiptBy(client));
  const newAnchors = await client.anchorsDocument();
  keep('anchors.json', newAnchors);
  client.close();
  const note = second.hub.audit.checkpoint();
  assert.equal(bearsUnknownKey(note, [parseVkey(now.vkey)]), false, 'the old one does not sign');

  for (const [receipt, anchors] of [
    ['old-receipt', 'old-anchors.json'],
    ['old-receipt', 'anchors.json'],
    ['receipt', 'anchors.json'],
  ] as const)
    assert.deepEqual(findingsOf(read(receipt), read(anchors)), []);
  // the receipt brings the statement that leads on from the key of the first day; without it nothing does
  assert.deepEqual(findingsOf(read('receipt'), read('old-anchors.json')), []);
  const { proof, ...rest } = parseReceipt(read('receipt'));
  const { rotations, ...alone } = proof;
  assert.deepEqual(rotations, now.rotations());
  const bare = receiptText({ ...rest, proof: alone });
  assert.deepEqual(findingsOf(bare, read('anchors.json')), []);
  assert.deepEqual(findingsOf(bare, read('old-anchors.json')), ['checkpoint_invalid']);
  // one that begins at no key of this log leads nowhere
  const stranger = (): NoteSigner => noteSigner(old.name, newNotePair().privateKey);
  const astray = receiptText({
    ...rest,
    proof: { ...alone, rotations: [signRotation(stranger(), stranger(), 1)] },
  });
  assert.deepEqual(findingsOf(astray, read('old-anchors.json')), ['checkpoint_invalid']);

  const trusting = ['audit', 'verify', '--as', 'auditor', '--key', path('old.vkey')];
  const whole = await verify(...trusting, '--checkpoint', path('old-checkpoint'));
  assert.equal(whole.code, 0, whole.text);
  const pack = await second.staff(auditor, 'POST', '/v1/log/packs', { history: [2] });
  keep('pack.json', pack.json);
  const stored = [{ name: 'kept', text: read('old-checkpoint') }];
  const byKey = { key: [path('old.vkey')] };
  const receipts = [{ name: 'older', text: read('old-receipt') }];
  for (const trust of [byKey, { key: [now.vkey] }, { ...byKey, anchors: path('anchors.json') }]) {
    const offline = verifyFiles(path('pack.json'), trust, stored, receipts);
    assert.deepEqual(offline.findings, [], JSON.stringify(trust));
  }
  const { logKeyRotations: _led, ...silent } = pack.json;
  keep('silent.json', silent);
  assert.ok(verifyFiles(path('silent.json'), byKey, stored, []).findings.length > 0);

  assert.equal(await second.hub.runner.run('mirrorTiles'), 'ok');
  const mirrored = JSON.parse(readFileSync(join(mirrorDir, 'log-keys.json'), 'utf8')) as {
    logKeyRotations: string[];
  };
  const led = anchoredLogKeys({ logKeys: [old.vkey], logKeyRotations: mirrored.logKeyRotations });
  assert.ok(openCheckpoint(readFileSync(join(mirrorDir, 'checkpoint'), 'utf8'), led).size > 0);
});

test('evidence of entries before and after the change verifies offline from the key of the first day', async () => {
  const [, second] = open;
  assert.ok(second);
  const requested = { question: { first: 0, whole: true }, reason: 'review', case: 'SJ-2026-3' };
  const made = await second.staff(auditor, 'POST', '/v1/log/evidence', requested);
  assert.equal(made.status, 201, JSON.stringify(made.json));
  const got = await second.staff(auditor, 'GET', `/v1/log/evidence/${String(made.json['id'])}`);
  const evidence = got.json as unknown as EvidenceFile;
  const [from] = anchoredLogKeys(evidence.anchors).flatMap(({ ended }) => ended?.from ?? []);
  const places = evidence.pack.entries.map(({ index }) => index);
  assert.ok(
    places.includes(0) && places.includes(from ?? 0),
    'the first entry, and the first that the new key signed',
  );
  keep('evidence.json', evidence);
  for (const trust of [
    { key: [path('old.vkey')] },
    { anchors: path('old-anchors.json') },
    { key: [second.hub.keys.log.vkey] },
  ]) {
    const verdict = verifyFiles(path('evidence.json'), trust, [], []);
    assert.deepEqual(verdict.findings, [], JSON.stringify(trust));
  }
  // the checkpoint in the thief's name: the old key has ended for the reader of the evidence
  const thief = noteSigner(old.name, createPrivateKey(readFileSync(join(keysDir, 'log.pem'), 'utf8')));
  const { size, root } = openCheckpoint(evidence.pack.checkpoint, second.hub.keys.log.verifiers());
  const checkpoint = signCheckpoint(size, root, thief);
  keep('evidence.json', { ...evidence, pack: { ...evidence.pack, checkpoint } });
  const { findings } = verifyFiles(path('evidence.json'), { key: [path('old.vkey')] }, [], []);
  assert.equal(findings[0]?.code, 'checkpoint_invalid');
});

test('a witness without a hub takes the statements from a mirror', async () => {
  const [, second] = open;
  assert.ok(second);
  const note = second.hub.audit.checkpoint();
  const unled = await witnessing('apart', { onAlarm: () => undefined });
  assert.equal((await show(unled, note)).status, 403);
  await unled.close();
  const stolen: Alarm[] = [];
  const reported = path('told');
  const running = await witnessing('apart', {
    logKeys: storedKeys(reported),
    onAlarm: (alarm) => stolen.push(alarm),
  });
  try {
    assert.equal((await show(running, note)).status, 403, 'nothing is there yet');
    for (const text of ['half a fi', 'null', '{"logKeyRotations":["nonsense"]}']) {
      writeFileSync(reported, text);
      assert.equal((await show(running, note)).status, 403, text);
    }
    // the file gives way to a mirror's folder
    rmSync(reported);
    cpSync(mirrorDir, reported, { recursive: true });
    assert.equal((await show(running, note)).status, 200);
    assert.equal(stolen.length, 0);
  } finally {
    await running.close();
  }
  // what was followed is stored, and with it the old key's end
  const again = await witnessing('apart', { onAlarm: (alarm) => stolen.push(alarm) });
  try {
    const { size, root } = openCheckpoint(note, second.hub.keys.log.verifiers());
    const thief = noteSigner(old.name, createPrivateKey(readFileSync(join(keysDir, 'log.pem'), 'utf8')));
    const forged = signCheckpoint(size, Buffer.from(root).fill(9), thief);
    assert.equal((await show(again, forged, size)).status, 403);
    assert.deepEqual(
      stolen.map(({ kind }) => kind),
      ['stolen'],
    );
  } finally {
    await again.close();
  }
});

test('a thief of the old key signs nothing that is believed, and the witness says so', async () => {
  const [, second] = open;
  assert.ok(second);
  const running = await witness(second);
  const thief = noteSigner(old.name, createPrivateKey(readFileSync(join(keysDir, 'log.pem'), 'utf8')));
  assert.equal(thief.vkey, old.vkey);
  try {
    // it checks by itself when it starts: led on from the key of the first day
    while ((await running.look()) !== true) assert.deepEqual(alarms, []);
    const { size, root } = openCheckpoint(second.hub.audit.checkpoint(), second.hub.keys.log.verifiers());
    const forged = signCheckpoint(size, Buffer.from(root).fill(7), thief);
    keep('forged', forged);
    assert.equal((await show(running, forged, size)).status, 403);
    assert.deepEqual(
      alarms.map(({ kind, shown: note }) => [kind, note]),
      [['stolen', forged]],
    );
  } finally {
    await running.close();
  }
  const trusting = ['audit', 'verify', '--as', 'auditor', '--key', path('old.vkey')];
  const online = await verify(...trusting, '--checkpoint', path('forged'));
  assert.deepEqual(online.codes, ['checkpoint_invalid']);
  assert.match(online.text, /old log key alone/);

  // a receipt of the forged tree, for any verifier
  const receipt = parseReceipt(read('receipt'));
  const stolen = receiptText({ ...receipt, proof: { ...receipt.proof, checkpoint: read('forged') } });
  assert.ok(findingsOf(stolen, read('anchors.json')).includes('checkpoint_invalid'));

  // a successor of the thief's own
  const evil = noteSigner(old.name, newNotePair().privateKey);
  const anchors = JSON.parse(read('anchors.json')) as { logKeyRotations: string[] };
  const two = { ...anchors, logKeyRotations: [...anchors.logKeyRotations, signRotation(thief, evil, 5)] };
  assert.throws(() => parseAnchors(two), /two successors/);
});
