/**
 * A hub is killed (SIGKILL) KILLS times at random moments while its log changes to another key. Each order of two persons gives one rotation and
 * one entry, every signed checkpoint verifies from the first key, and the log verifies completely. ATTACK_SEED sets the moments. Run by itself.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { staffClient } from '../../clients/cli/apply/staffCall.ts';
import { verifyLog } from '../../clients/cli/audit/verifyLog.ts';
import { seededRandom } from '../../clients/cli/demo/files/invented.ts';
import { Connection } from '../../clients/sdk/connection.ts';
import { openCheckpoint } from '../../log/checkpoint.ts';
import { anchoredLogKeys } from '../../log/note/keyRotation.ts';
import { acceptedLogKeys } from '../../hub/log/store/logKeys.ts';
import { testDatabase } from '../database.ts';
import { testHub } from '../hub.ts';
import { hubAgain, killedWhile } from './hubAgain.ts';
import { leavesWhere } from '../leafTexts.ts';

const kills = Number(process.env['KILLS'] ?? 6);
const { int: below } = seededRandom(Number(process.env['ATTACK_SEED'] ?? 20261122));

const database = await testDatabase();
const made = await testHub({ database });
const operator = await made.token('operator', ['operator']);
const security = await made.token('security', ['security']);
const auditor = await made.token('auditor', ['auditor']);
const first = made.hub.keys.log.vkey;
const { origins } = made.hub;
const serve = await hubAgain(made, database);
after(() => made.stop());
const open = new Connection({ ca: made.ca, sockets: 1 });
after(() => open.close());

type Body = Readonly<Record<string, unknown>>;
/** A call of a person; undefined where the connection fails or the hub refuses. */
async function call(
  token: string,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<Body | undefined> {
  const client = staffClient({ origin: origins.staff, ca: made.ca, token });
  try {
    return (await (method === 'GET' ? client.get(path) : client.post(path, body ?? {}))).body;
  } catch {
    return undefined;
  } finally {
    client.close();
  }
}
async function shown(path: string): Promise<string> {
  const { status, body } = await open.send({
    method: 'GET',
    uri: `${origins.open}${path}`,
    headers: {},
    body: new Uint8Array(),
  });
  assert.equal(status, 200, path);
  return Buffer.from(body).toString('utf8');
}

const count = async (sql: string): Promise<number> =>
  Number((await database.owner.query<{ n: string }>(sql)).rows[0]?.n);
const rotations = (): Promise<number> => count('SELECT count(*) AS n FROM log_key_rotation');
const reported = async (): Promise<number> =>
  (await leavesWhere(database)).filter(
    ({ operation, change }) => operation === 'rotateLogKey' && change?.['statement'] !== undefined,
  ).length;

/** Verifies every stored checkpoint and the published one with the first key. */
async function allSigned(): Promise<void> {
  const { logKeyRotations } = JSON.parse(await shown('/v1/log/anchors')) as { logKeyRotations: string[] };
  const keys = anchoredLogKeys({ logKeys: [first], logKeyRotations });
  const { rows } = await database.owner.query<{ note: string }>('SELECT note FROM audit_checkpoint');
  for (const note of [...rows.map((row) => row.note), await shown('/v1/log/checkpoint')])
    openCheckpoint(note, keys);
}

/** Has two persons order a rotation until it has taken place. */
async function rotate(done: number): Promise<void> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    assert.ok(Date.now() < deadline, 'the rotation did not take place');
    // read the open orders first: an order that is no longer open is then among the rotations
    const [waiting] = await acceptedLogKeys(database.owner);
    if ((await rotations()) > done) return;
    if (waiting !== undefined) {
      await sleep(100);
      continue;
    }
    const requested = await call(operator, 'POST', '/v1/log/keys', { reason: `rotation ${done + 1}` });
    const path = `/v1/proposals/${String(requested?.['proposal'])}`;
    const seen = requested === undefined ? undefined : await call(security, 'GET', path);
    if (seen !== undefined) await call(security, 'POST', `${path}/acceptance`, { digest: seen['digest'] });
    await sleep(100);
  }
}

test(`a hub that is killed ${kills} times during rotations rotates once for each order, and its log verifies from the first key`, async (t) => {
  await killedWhile(t, serve, { times: kills, below }, rotate, async (_, where, i) => {
    assert.deepEqual([await rotations(), await reported()], [i + 1, i + 1], where);
    await allSigned();
  });
  const reader = {
    ask: async (method: string, path: string, body?: object): Promise<Body> =>
      (await call(auditor, method as 'GET' | 'POST', path, body)) ?? {},
  };
  const { logKeyRotations } = JSON.parse(await shown('/v1/log/anchors')) as { logKeyRotations: string[] };
  const keys = anchoredLogKeys({ logKeys: [first], logKeyRotations });
  assert.equal(keys.length, kills + 2, 'one chain');
  assert.deepEqual((await verifyLog(reader, keys, [])).findings, []);
});
