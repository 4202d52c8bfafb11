/** Who may call and who may no longer, against a whole hub: certificates, keys, codes and tokens. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { after, test } from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import { createCertificateRequest } from '../../certs/authority/createRequest.ts';
import { newKeyPair } from '../../machine/newKeyPair.ts';
import { provePossession } from '../../certs/authority/possession.ts';
import { signingKey } from '../../certs/signatures/index.ts';
import { DatongClient } from '../../clients/sdk/datongClient.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { startHub } from '../../hub/main.ts';
import { hubLogger } from '../../hub/report.ts';
import type { Leaf } from '../../log/leaf.ts';
import { testDatabase } from '../database.ts';
import { testHub, type Machine } from '../hub.ts';
import { registerDepartment } from '../../hub/identity/enrolment/registerDepartment.ts';
import { leavesWhere } from '../leafTexts.ts';
import { defined } from '../../terms/defined.ts';

const database = await testDatabase();
const started = await testHub({ database });
after(() => started.stop());
const { hub, ca } = started;
const { identity } = hub.services;
for (const code of ['education', 'ecology', 'transport']) {
  await identity.perform('registerDepartment', { proven: { staff: 'hub' } }, (context) =>
    identity.prepare(registerDepartment, { code, name: { zh: code, en: code }, kind: 'government' }, context),
  );
}
const operator = await started.token('operator', ['operator']);
await started.token('security', ['security']); // two persons found a hub: until then it answers the sandbox alone

const entries = (): Promise<Leaf[]> => leavesWhere(database);

async function entryOf(exchange: unknown): Promise<Leaf> {
  const found = (await entries()).find((leaf) => leaf.id === exchange);
  assert.ok(found, `an entry of ${String(exchange)}`);
  return found;
}

/** A signed call that touches no rows; its code, or the error of a connection that was refused. */
async function call(client: DatongClient): Promise<{ code: string; exchange: string | undefined }> {
  try {
    await client.explain('education.nothing', {}, { purpose: 'any', agreement: 'agr-none' });
    return { code: 'answered', exchange: undefined };
  } catch (error) {
    if (error instanceof DatongProblem) return { code: error.code, exchange: error.exchange };
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!/^(ECONNRESET|EPIPE|ERR_SSL_.*)$/.test(code)) throw error;
    return { code: 'connection_refused', exchange: undefined };
  }
}
/** Codes that a caller gets only after it was authenticated. */
const known = /^(answered|dataset_unknown|no_agreement|agreement_unknown|purpose_unknown|not_found)$/;

const clientOf = (
  machine: Machine,
  change: Partial<{ signing: Machine['signing'] }> = {},
  exchange = hub.origins.exchange,
) =>
  new DatongClient({
    department: machine.department,
    hub: { exchange, open: hub.origins.open },
    ca,
    tls: machine.tls,
    signingKey: change.signing ?? machine.signing,
  });

async function fresh<T>(client: DatongClient, use: (client: DatongClient) => Promise<T>): Promise<T> {
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

const revoke = (machine: Machine) =>
  started.staff(operator, 'POST', `/v1/certificates/${machine.serial}/revocation`, {
    reason: 'key-compromise',
  });

test('a revoked certificate: 401 with an entry on its open socket, then closed; refused by TLS on a new one, without an entry', async () => {
  const [bad, good] = [await started.enrol('transport'), await started.enrol('education')];
  assert.match((await call(bad.client)).code, known);
  assert.equal((await revoke(bad)).status, 200);

  const late = await call(bad.client);
  assert.equal(late.code, 'certificate_revoked');
  const entry = await entryOf(late.exchange);
  assert.deepEqual([entry.decision, entry.code], ['deny', 'certificate_revoked']);
  assert.deepEqual(entry.actor, { certificate: bad.serial });
  assert.deepEqual([entry.claimedDepartment, entry.claimedKeyid], ['transport', bad.signing.keyid]);

  const before = (await entries()).length;
  assert.match((await fresh(clientOf(bad), call)).code, /^connection_refused$/);
  assert.equal((await entries()).length, before);
  assert.match((await call(good.client)).code, known);
});

test('a TLS session from before the revocation, resumed after it: refused like a new connection', async () => {
  const machine = await started.enrol('transport');
  const { port } = new URL(hub.origins.exchange);
  /** One request over a connection of its own; its status, 0 where the connection was refused. */
  const ask = (session?: Buffer): Promise<{ status: number; reused: boolean; session: Buffer | undefined }> =>
    new Promise((resolve) => {
      let ticket: Buffer | undefined;
      let reused = false;
      const socket = tlsConnect({
        host: '127.0.0.1',
        port: Number(port),
        servername: 'localhost',
        ca,
        ...machine.tls,
        ...defined({ session }),
      });
      let text = '';
      socket.on('session', (made: Buffer) => (ticket = made));
      socket.on('error', () => undefined);
      socket.on('secureConnect', () => {
        reused = socket.isSessionReused();
        socket.write(
          'GET /v1/datasets/education.nothing HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n',
        );
      });
      socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
      socket.on('close', () =>
        resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0), reused, session: ticket }),
      );
    });
  const before = await ask();
  assert.notEqual(before.status, 0, 'the certificate is taken');
  assert.ok(before.session, 'the server sends a ticket');
  const again = await ask(before.session);
  assert.notEqual(again.status, 0);
  assert.equal(again.reused, false, 'a resumed session would skip the list of revocations');
  assert.equal((await revoke(machine)).status, 200);
  // the list that TLS reads is made anew after the answer
  for (;;) {
    const late = await ask(before.session);
    assert.equal(late.reused, false);
    if (late.status === 0) break;
  }
});

test('of calls that begin after the revocation was answered, none passes, however many are on their way', async () => {
  const machine = await started.enrol('transport');
  const client = clientOf(machine);
  let revoked = false;
  const codes: { code: string; after: boolean }[] = [];
  const caller = async (): Promise<void> => {
    for (let n = 0; n < 400 && codes.filter((one) => one.after).length < 20; n += 1) {
      const after = revoked;
      codes.push({ code: (await call(client)).code, after });
    }
  };
  const calls = Promise.all([caller(), caller(), caller(), caller()]);
  while (codes.length < 10) await new Promise((done) => setTimeout(done, 2));
  assert.equal((await revoke(machine)).status, 200);
  revoked = true;
  await calls;
  client.close();
  assert.ok(codes.some((one) => !one.after && known.test(one.code)));
  const afterwards = codes.filter((one) => one.after);
  assert.ok(afterwards.length > 0);
  assert.deepEqual(
    afterwards.filter((one) => known.test(one.code)),
    [],
  );
});

test('a second process of the same hub refuses at once what the first has revoked', async () => {
  const machine = await started.enrol('transport');
  const stateDir = mkdtempSync(join(tmpdir(), 'datong-second-'));
  const silent = hubLogger('error', new Writable({ write: (_chunk, _encoding, done) => done() }));
  const place = { host: '127.0.0.1', port: 0 };
  const listeners = { exchange: place, open: place, staff: place, admin: place };
  const second = await startHub(
    { ...hub.config, listeners, stateDir, keysDir: hub.config.keysDir },
    { database, logger: silent },
  );
  try {
    const client = clientOf(machine, {}, second.origins.exchange);
    assert.match((await call(client)).code, known);
    assert.equal((await revoke(machine)).status, 200);
    // the second process has not read the log since; its first entry shows it that the registry moved on
    const codes = [(await call(client)).code, (await call(client)).code];
    client.close();
    for (const code of codes) assert.match(code, /^certificate_revoked$/);
  } finally {
    await second.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
});

test('certificate of one department, key of another: 403 with an entry that blames no department', async () => {
  const [education, ecology] = [await started.enrol('education'), await started.enrol('ecology')];
  const answer = await fresh(clientOf(education, { signing: ecology.signing }), call);
  assert.equal(answer.code, 'key_department_mismatch');
  const entry = await entryOf(answer.exchange);
  assert.deepEqual(entry.actor, { certificate: education.serial });
  assert.deepEqual([entry.claimedDepartment, entry.claimedKeyid], ['education', ecology.signing.keyid]);
  const stranger = await fresh(clientOf(education, { signing: signingKey(newKeyPair().privateKey) }), call);
  assert.equal(stranger.code, 'key_unknown');
});

test('a token opens the staff listener alone, while it lasts, for what it may', async () => {
  const denied = async (token: string, status: number, code: string): Promise<void> => {
    const before = (await entries()).length;
    const answer = await started.staff(token, 'POST', '/v1/departments', {
      code: 'new-one',
      name: { zh: '新', en: 'New' },
      kind: 'government',
    });
    assert.deepEqual([answer.status, answer.json['code']], [status, code]);
    const leaf = (await entries()).at(-1);
    assert.equal((await entries()).length, before + 1);
    assert.deepEqual([leaf?.decision, leaf?.code], ['deny', code]);
  };
  await denied(await started.token('auditor', ['auditor']), 403, 'scope_missing');
  await denied('dtg_0000000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 401, 'token_invalid');
  const lost = await started.token('lost', ['operator']);
  const [, id = ''] = lost.split('_');
  assert.equal(
    (await started.staff(operator, 'POST', `/v1/tokens/${id}/revocation`, { reason: 'unspecified' })).status,
    200,
  );
  await denied(lost, 401, 'token_revoked');
  const old = await started.token('old', ['operator']);
  await database.owner.query("UPDATE credential SET expires_at = now() - interval '1 second' WHERE id = $1", [
    old.split('_')[1],
  ]);
  await identity.reload();
  await denied(old, 401, 'token_expired');
});

test('a token is nothing on the exchange listener, a certificate nothing on the staff listener', async () => {
  const { tls } = await started.enrol('education');
  const unsigned = async (
    origin: string,
    authorization: string,
  ): Promise<{ status: number; code: unknown }> =>
    await new Promise((resolve, reject) => {
      const headers = {
        'content-type': 'application/json',
        ...(authorization === '' ? {} : { authorization }),
      };
      const path = origin === hub.origins.staff ? '/v1/departments' : '/v1/datasets/education.nothing/query';
      const sent = request(
        `${origin}${path}`,
        { method: 'POST', ca, ...tls, agent: false, headers },
        (reply) => {
          let text = '';
          reply.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          reply.on('end', () => {
            const { code } = JSON.parse(text) as { code?: unknown };
            resolve({ status: reply.statusCode ?? 0, code });
          });
        },
      );
      sent.on('error', reject).end('{}');
    });
  assert.deepEqual(await unsigned(hub.origins.exchange, `Bearer ${operator}`), {
    status: 401,
    code: 'signature_missing',
  });
  assert.deepEqual(await unsigned(hub.origins.staff, ''), { status: 401, code: 'token_missing' });
});

/** A call of the open listener. */
async function post(path: string, body: object): Promise<{ status: number; json: Record<string, unknown> }> {
  return await new Promise((resolve, reject) => {
    const sent = request(
      `${hub.origins.open}${path}`,
      { method: 'POST', ca, agent: false, headers: { 'content-type': 'application/json' } },
      (reply) => {
        let text = '';
        reply.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        reply.on('end', () =>
          resolve({ status: reply.statusCode ?? 0, json: JSON.parse(text) as Record<string, unknown> }),
        );
      },
    );
    sent.on('error', reject).end(JSON.stringify(body));
  });
}

async function enrolment(code: string): Promise<{ code: string; csr: string; proof: string }> {
  const csr = await createCertificateRequest(newKeyPair());
  const iat = Math.floor(Date.now() / 1000);
  const key = signingKey(newKeyPair().privateKey);
  return { code, csr, proof: provePossession('enrolment', { aud: hub.origins.exchange, csr, iat }, key) };
}

test('a code over the wire: once; a replay is an entry; guessing is slowed down and stops filling the log', async () => {
  const issued = await started.staff(operator, 'POST', '/v1/departments/ecology/enrolment-codes', {});
  assert.equal(issued.status, 201);
  const code = String(issued.json['code']);
  const first = await post('/v1/enrolments', await enrolment(code));
  assert.deepEqual([first.status, first.json['department']], [201, 'ecology']);
  const replay = await post('/v1/enrolments', await enrolment(code));
  assert.deepEqual([replay.status, replay.json['code']], [403, 'enrolment_code_used']);
  const denial = await entryOf(replay.json['exchange']);
  assert.deepEqual([denial.operation, denial.decision, denial.actor], ['enrol', 'deny', {}]);

  const before = (await entries()).length;
  const statuses = new Map<number, number>();
  const guess = await enrolment('DT-AAAAA-AAAAA-AAAAA-AAAAA');
  for (let n = 0; n < 60; n += 1) {
    const { status } = await post('/v1/enrolments', guess);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  assert.ok((statuses.get(429) ?? 0) > 0, 'guesses are slowed down');
  // slowed connections are reported by a summary, one a second at most
  const left = (await entries()).slice(before).filter(({ kind }) => kind !== 'overload');
  assert.equal(left.length, statuses.get(403));
  for (const leaf of await entries()) assert.ok(!JSON.stringify(leaf).includes(code));
});
