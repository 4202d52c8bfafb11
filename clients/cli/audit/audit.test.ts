/** The auditor's verbs as they are typed, against a running hub and against its evidence once the hub is gone. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { asLogin } from '../../../hub/store/database.ts';
import type { PackFile } from '../../../log/pack/pack.ts';
import { testDatabase } from '../../../tests/database.ts';
import { runDatong, type Ran } from '../../../tests/datong.ts';
import { testHub, type TestHub } from '../../../tests/hub.ts';

const database = await testDatabase({ connections: 10 });
const home = mkdtempSync(join(tmpdir(), 'datong-audit-verb-'));
const at = (...names: string[]): string => join(home, ...names);
const evidence = at('evidence');
const stateFile = at('demo.json');
let hub: TestHub;
let hubRuns = true;

const datong = (...args: string[]): Promise<Ran> =>
  runDatong(args, { cwd: home, env: { DATONG_STATE: stateFile } });
interface Finding {
  readonly code: string;
  readonly path?: string;
  readonly index?: number;
  readonly exchange?: string;
}
const findingsOf = ({ stdout }: Ran): readonly Finding[] =>
  (JSON.parse(stdout) as { findings: Finding[] }).findings;
const tamper = (sql: string): Promise<unknown> =>
  asLogin(database.address, (login) => login.query(`SET session_replication_role = replica; ${sql}`));

before(async () => {
  hub = await testHub({ database });
  const token = await hub.token('auditor', ['auditor']);
  const { origins } = hub.hub;
  writeFileSync(
    stateFile,
    JSON.stringify({
      v: 1,
      pid: process.pid,
      hub: {
        exchange: origins.exchange,
        open: origins.open,
        staff: origins.staff,
        ca: hub.ca,
        keys: { keys: [] },
      },
      profiles: {},
      staff: { auditor: { token } },
    }),
  );
});
after(async () => {
  if (hubRuns) await hub.stop();
  rmSync(home, { recursive: true, force: true });
});

describe('a running hub', () => {
  test('its whole log verifies here; the key is said to be unproven unless it is given', async () => {
    const ran = await datong('audit', 'verify');
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stderr, /compare it by another channel/);
    assert.match(ran.stderr, /intact: datong\/yunxi, all \d+ entries fetched/);
    const given = await datong('audit', 'verify', '--key', hub.hub.keys.log.vkey, '--json');
    assert.deepEqual(JSON.parse(given.stdout), { ok: true, findings: [] });
  });

  test('an altered row is named by index and exchange; put back, the log is intact again', async () => {
    const { rows } = await database.app.query<{ id: string }>('SELECT id FROM audit_entry WHERE idx = 1');
    const swap = (from: string, to: string): string =>
      `UPDATE audit_entry SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), '${from}', '${to}'), 'UTF8') WHERE idx = 1`;
    await tamper(swap('"decision":"allow"', '"decision":"deny"'));
    const ran = await datong('audit', 'verify', '--key', hub.hub.keys.log.vkey, '--json');
    assert.equal(ran.code, 5);
    assert.deepEqual(
      findingsOf(ran).map(({ code, index, exchange }) => [code, index, exchange]),
      [['entry_altered', 1, rows[0]?.id]],
    );
    await tamper(swap('"decision":"deny"', '"decision":"allow"'));
    assert.equal((await datong('audit', 'verify')).code, 0);
  });

  test('a refusal and a wrong key are told apart', async () => {
    const refused = await datong('audit', 'verify', '--as', 'nobody');
    assert.equal(refused.code, 2);
    const stranger = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
    const ran = await datong('audit', 'verify', '--key', stranger, '--json');
    assert.equal(ran.code, 5);
    assert.deepEqual(
      findingsOf(ran).map(({ code }) => code),
      ['checkpoint_invalid'],
    );
  });

  test('evidence is taken out', async () => {
    mkdirSync(join(evidence, 'receipts'), { recursive: true });
    const ran = await datong('audit', 'export', '--history', '2', '-o', join(evidence, 'pack.json'));
    assert.equal(ran.code, 0, ran.stderr);
    const anchors = await fetchOpen('/v1/log/anchors');
    writeFileSync(join(evidence, 'anchors.json'), anchors.body);
    writeFileSync(join(evidence, 'log.vkey'), `${hub.hub.keys.log.vkey}\n`);
    const receipt = await receiptOfStaffCall();
    writeFileSync(join(evidence, 'receipts', 'one.txt'), receipt);
    // the newest checkpoint is newer than the pack's: export once more, so that the pack reaches it
    assert.equal((await datong('audit', 'export', '-o', join(evidence, 'pack.json'))).code, 0);
    const { checkpoint } = JSON.parse(readFileSync(join(evidence, 'pack.json'), 'utf8')) as PackFile;
    writeFileSync(join(evidence, 'checkpoint'), checkpoint);
  });
});

describe('the evidence, once the hub is gone', () => {
  before(async () => {
    await hub.stop();
    hubRuns = false;
  });
  const verify = (...more: string[]): Promise<Ran> =>
    datong('audit', 'verify', evidence, '--key', join(evidence, 'log.vkey'), '--json', ...more);

  test('folder, pack and receipt verify', async () => {
    const folder = await datong('audit', 'verify', evidence, '--key', join(evidence, 'log.vkey'));
    assert.equal(folder.code, 0, folder.stderr);
    assert.match(
      folder.stderr,
      /intact: datong\/yunxi, (\d+) entries, \1 of them proven here; kept checkpoints \(1\) and receipts \(1\) agree/,
    );
    const receipt = join(evidence, 'receipts', 'one.txt');
    const held = await datong(
      'receipt',
      'verify',
      receipt,
      '--anchors',
      join(evidence, 'anchors.json'),
      '--lang',
      'zh',
    );
    assert.equal(held.code, 0, held.stderr);
    assert.match(held.stderr, /回执成立：交换 \S+ 是日志第 \d+ 条，issueToken/);
  });

  test('an altered pack, a cut one and a foreign receipt fail with 5 and say where', async () => {
    const text = readFileSync(join(evidence, 'pack.json'), 'utf8');
    const pack = JSON.parse(text) as PackFile;
    const altered = pack.entries.map((entry) =>
      entry.index === 1
        ? {
            ...entry,
            leaf: Buffer.from(
              Buffer.from(entry.leaf, 'base64').toString().replace('allow', 'deny '),
            ).toString('base64'),
          }
        : entry,
    );
    writeFileSync(join(evidence, 'pack.json'), JSON.stringify({ ...pack, entries: altered }));
    const ran = await verify();
    writeFileSync(join(evidence, 'pack.json'), text);
    assert.equal(ran.code, 5);
    assert.ok(
      findingsOf(ran).some(
        ({ code, index, exchange }) => code === 'leaf_not_included' && index === 1 && exchange?.length === 36,
      ),
    );
    cpSync(join(evidence, 'receipts', 'one.txt'), at('reply.bin'));
    const receipt = join(evidence, 'receipts', 'one.txt');
    const other = await datong(
      'receipt',
      'verify',
      receipt,
      '--anchors',
      join(evidence, 'anchors.json'),
      '--reply',
      at('reply.bin'),
      '--json',
    );
    assert.equal(other.code, 5);
    assert.deepEqual(
      findingsOf(other).map(({ code }) => code),
      ['reply_differs'],
    );
  });

  test('missing files are 4, a missing key is 2', async () => {
    assert.equal((await datong('audit', 'verify', at('none'), '--key', join(evidence, 'log.vkey'))).code, 4);
    assert.equal((await datong('audit', 'verify', evidence)).code, 2);
    assert.equal(
      (await datong('receipt', 'verify', at('none'), '--anchors', join(evidence, 'anchors.json'))).code,
      4,
    );
  });
});

async function fetchOpen(path: string): Promise<{ readonly body: Buffer }> {
  const { Connection } = await import('../../sdk/connection.ts');
  const connection = new Connection({ ca: hub.ca });
  const reply = await connection.send({
    method: 'GET',
    uri: `${hub.hub.origins.open}${path}`,
    headers: {},
    body: Buffer.alloc(0),
  });
  connection.close();
  return { body: Buffer.from(reply.body) };
}

/** A management call's own receipt. */
async function receiptOfStaffCall(): Promise<string> {
  const { Connection } = await import('../../sdk/connection.ts');
  const connection = new Connection({ ca: hub.ca });
  const token = await hub.token('operator', ['operator']);
  const reply = await connection.send({
    method: 'POST',
    uri: `${hub.hub.origins.staff}/v1/tokens`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ name: 'second', scopes: ['auditor'], days: 1 })),
  });
  connection.close();
  const index = reply.rawHeaders.findIndex(
    (name, i) => i % 2 === 0 && name.toLowerCase() === 'datong-receipt',
  );
  const receipt = reply.rawHeaders[index + 1];
  assert.ok(
    index >= 0 && receipt !== undefined,
    `status ${reply.status}: ${Buffer.from(reply.body).toString()}`,
  );
  return receipt;
}
