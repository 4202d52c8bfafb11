/**
 * The eight traps of TLS in Node and the eight mutants of a verifier, by their numbers, each against one whole hub. A trap shows what goes
 * wrong and that the hub does not fall into it. A mutant changes the hub's own source: what is refused with exactly one code is let through
 * once the mutant is on, so each of these tests is known to be able to fail.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { connect, createSecureContext, type TlsOptions, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { issueRevocationList } from '../../certs/authority/revocationList.ts';
import { signNow } from '../../machine/signNow.ts';
import { readSignature } from '../../certs/signatures/readSignature.ts';
import { requestBase } from '../../certs/signatures/verifyRequest.ts';
import type { Machine } from '../hub.ts';
import { mutableHub, mutate } from './mutants/mutableHub.ts';
import { mutants, type MutantNumber } from './mutants/mutants.ts';

const run = promisify(execFile);
const { registerDepartment, testDatabase, testHub } = await mutableHub();
const started = await testHub({ database: await testDatabase() });
const folder = mkdtempSync(join(tmpdir(), 'datong-traps-'));
after(async () => {
  mutate(undefined);
  await started.stop();
  rmSync(folder, { recursive: true, force: true });
});
const { hub, ca } = started;
const { identity } = hub.services;
for (const code of ['education', 'transport'])
  await identity.perform('registerDepartment', { proven: { staff: 'hub' } }, (context) =>
    identity.prepare(registerDepartment, { code, name: { zh: code, en: code }, kind: 'government' }, context),
  );
const operator = await started.token('operator', ['operator']);
await started.token('security', ['security']);

/** Ends once new connections are refused too: the listeners get their new list a moment after the act was answered. */
async function revoke(revoked: Machine): Promise<void> {
  const path = `/v1/certificates/${revoked.serial}/revocation`;
  assert.equal((await started.staff(operator, 'POST', path, { reason: 'superseded' })).status, 200);
  for (let isAnswered = true; isAnswered;) {
    const socket = await dial(revoked).catch(() => undefined);
    isAnswered = socket !== undefined && (await isHeard(socket));
    socket?.destroy();
  }
}

const target = '/v1/datasets/education.nothing/query';
const sent = Buffer.from('{"limit":1}');

/** A signed call of a machine, ready to be sent, and to be spoilt before. */
const signed = (machine: Machine, more: { nonce?: string } = {}): Record<string, string> =>
  signNow({
    method: 'POST',
    targetUri: `${hub.origins.exchange}${target}`,
    headers: {
      'content-type': 'application/json',
      'datong-purpose': 'any',
      'datong-agreement': 'agr-none',
    },
    body: sent,
    key: machine.signing,
    ...more,
  });

const agentOf = ({ tls }: Machine): Agent => new Agent({ keepAlive: true, maxSockets: 1, ca, ...tls });

/** The code of the answer; `let in` where nothing about the caller was refused. */
async function answer(agent: Agent, headers: Record<string, string>, body = sent): Promise<string> {
  return await new Promise((resolve, reject) => {
    const outgoing = request(
      `${hub.origins.exchange}${target}`,
      { method: 'POST', headers, agent },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        incoming.on('end', () => {
          const { code } = JSON.parse(text) as { code: string };
          resolve(beyondTheGate.has(code) ? 'let in' : code);
        });
      },
    );
    outgoing.on('error', reject).end(body);
  });
}
/** What a caller hears who was authenticated: the dataset does not exist. */
const beyondTheGate = new Set(['dataset_unknown', 'not_found']);

async function withAgent<T>(machine: Machine, use: (agent: Agent) => Promise<T>): Promise<T> {
  const agent = agentOf(machine);
  try {
    return await use(agent);
  } finally {
    agent.destroy();
  }
}

/** A bare TLS connection that stays open. */
async function dial(machine: Machine, more: object = {}, port = exchangePort): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, ca, servername: 'localhost', ...machine.tls, ...more });
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve).once('error', reject);
  });
  return socket;
}
const exchangePort = Number(new URL(hub.origins.exchange).port);

/** Whether a request over the socket is answered at all, by anything. */
async function isHeard(socket: TLSSocket): Promise<boolean> {
  return await new Promise((resolve) => {
    socket.once('data', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  });
}

/** A server with the given TLS: is the machine heard, and if not, why. */
async function served(options: TlsOptions, machine: Machine): Promise<string> {
  const server = createServer(options, (_request, response) => response.end('yes'));
  let why = 'refused';
  server.on('tlsClientError', (error, socket) => {
    const { authorizationError } = socket as { authorizationError?: unknown };
    why = typeof authorizationError === 'string' ? authorizationError : error.message;
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    const socket = await dial(machine, {}, (server.address() as AddressInfo).port);
    const isAnswered = await isHeard(socket);
    socket.destroy();
    return isAnswered ? 'heard' : why;
  } catch {
    return why;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const own = (): TlsOptions & { ca: string[]; crl: string[] } =>
  identity.tlsOptions('exchange') as TlsOptions & { ca: string[]; crl: string[] };

interface Probe {
  /** what the hub as it was written says */
  readonly refused: string;
  /** what the mutant says: `let in`, or what betrays it */
  readonly mutated: string;
  readonly attack: () => Promise<string>;
}

const machine = await started.enrol('education');
const other = await started.enrol('transport');
const newNonce = (): string => Math.random().toString(36).slice(2).padEnd(22, 'A').slice(0, 22);

const probes: Readonly<Record<MutantNumber, Probe>> = {
  1: {
    refused: 'digest_mismatch',
    mutated: 'let in',
    attack: () => withAgent(machine, (agent) => answer(agent, signed(machine), Buffer.from('{"limit":2}'))),
  },
  2: {
    refused: 'nonce_replayed',
    mutated: 'let in',
    attack: () =>
      withAgent(machine, async (agent) => {
        const headers = signed(machine);
        assert.equal(await answer(agent, headers), 'let in');
        return await answer(agent, headers);
      }),
  },
  3: {
    refused: 'component_missing',
    mutated: 'let in',
    attack: () =>
      withAgent(machine, (agent) => answer(agent, { ...signed(machine), 'datong-matter': 'YX-2026-000123' })),
  },
  4: {
    refused: 'signature_malformed',
    mutated: 'let in',
    attack: () => withAgent(machine, (agent) => answer(agent, inDer(signed(machine), machine))),
  },
  5: {
    refused: 'certificate_revoked',
    mutated: 'let in',
    attack: async () => {
      const revoked = await started.enrol('transport');
      return await withAgent(revoked, async (agent) => {
        assert.equal(await answer(agent, signed(revoked)), 'let in');
        await revoke(revoked);
        return await answer(agent, signed(revoked));
      });
    },
  },
  6: {
    refused: 'refused in TLS',
    mutated: 'let in',
    attack: async () => {
      await revoke(await started.enrol('transport')); // from here on the listener has the TLS that is under test
      const revoked = await started.enrol('transport');
      const pinned = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' };
      const first = await dial(revoked, pinned);
      assert.ok(await isHeard(first));
      const session = first.getSession();
      first.destroy();
      await revoke(revoked);
      const again = await dial(revoked, { ...pinned, session }).catch(() => undefined);
      const isAnswered = again !== undefined && (await isHeard(again));
      again?.destroy();
      return isAnswered ? 'let in' : 'refused in TLS';
    },
  },
  7: {
    // here the honest caller is the one who is let in, and the mutant lets another one burn his nonce
    refused: 'let in',
    mutated: 'nonce_replayed',
    attack: () =>
      withAgent(machine, async (agent) => {
        const nonce = newNonce();
        const forged = signed({ ...machine, signing: other.signing }, { nonce });
        const input = forged['signature-input'] ?? '';
        const named = {
          ...forged,
          'signature-input': input.replace(other.signing.keyid, machine.signing.keyid),
        };
        assert.equal(await answer(agent, named), 'signature_invalid');
        return await answer(agent, signed(machine, { nonce }));
      }),
  },
  8: {
    refused: 'key_department_mismatch',
    mutated: 'let in',
    attack: () =>
      withAgent(machine, (agent) => answer(agent, signed({ ...machine, signing: other.signing }))),
  },
};

/** The same message signed anew, its signature as OpenSSL writes one. */
function inDer(headers: Record<string, string>, { signing }: Machine): Record<string, string> {
  const message = {
    method: 'POST',
    targetUri: `${hub.origins.exchange}${target}`,
    rawHeaders: Object.entries(headers).flat(),
    body: sent,
  };
  const base = Buffer.from(requestBase(readSignature(message), message), 'latin1');
  const der = sign('sha256', base, { key: signing.privateKey, dsaEncoding: 'der' });
  return { ...headers, signature: `req=:${der.toString('base64')}:` };
}

type TrapNumber = MutantNumber;
interface Trap {
  readonly name: string;
  readonly shown: () => Promise<void>;
}

const traps: Readonly<Record<TrapNumber, Trap>> = {
  1: {
    name: 'a list labelled CRL is refused by Node and by OpenSSL: the hub’s are labelled X509 CRL',
    shown: async () => {
      const issuer = join(folder, 'issuer.pem');
      writeFileSync(issuer, ca + hub.keys.authority.signer.certificate);
      for (const pem of own().crl) {
        assert.match(pem, /^-----BEGIN X509 CRL-----\n[\s\S]+-----END X509 CRL-----\n$/);
        createSecureContext({ crl: pem });
        const file = join(folder, 'list.pem');
        writeFileSync(file, pem);
        const { stderr } = await run('openssl', ['crl', '-in', file, '-noout', '-CAfile', issuer]);
        assert.match(stderr, /verify OK/);
        const wrong = pem.replaceAll('X509 CRL', 'CRL');
        assert.throws(() => createSecureContext({ crl: wrong }), /Failed to parse CRL/);
        writeFileSync(file, wrong);
        await assert.rejects(run('openssl', ['crl', '-in', file, '-noout']), /unable to load CRL/i);
      }
    },
  },
  2: {
    name: 'of lists in one text Node reads the first and refuses everybody: the hub hands over one by one',
    shown: async () => {
      const { crl, ...options } = own();
      assert.equal(crl.length, 2);
      for (const pem of crl) assert.equal(pem.split('BEGIN X509 CRL').length, 2);
      assert.equal(await served({ ...options, crl }, machine), 'heard');
      assert.equal(await served({ ...options, crl: crl.join('') }, machine), 'UNABLE_TO_GET_CRL');
    },
  },
  3: {
    name: 'without the root’s list, or with one that has ended, everybody is refused: the hub has both, made again in time',
    shown: async () => {
      const { crl, ...options } = own();
      const [rootList, ...others] = crl;
      assert.equal(rootList, hub.keys.authority.rootRevocationList);
      assert.equal(await served({ ...options, crl: others }, machine), 'UNABLE_TO_GET_CRL');
      const ended = await endedList();
      assert.equal(await served({ ...options, crl: [rootList, ended] }, machine), 'CRL_HAS_EXPIRED');
    },
  },
  4: {
    name: 'with fixed keys of tickets a session outlives its revocation: the hub’s sessions do not resume',
    shown: async () => {
      assert.equal('ticketKeys' in own(), false);
      for (const version of ['TLSv1.2', 'TLSv1.3']) {
        const pinned = { minVersion: version, maxVersion: version };
        const first = await dial(machine, pinned);
        let session: Buffer | undefined = first.getSession();
        first.on('session', (offered: Buffer) => (session = offered));
        assert.ok(await isHeard(first));
        first.destroy();
        const second = await dial(machine, { ...pinned, session });
        assert.equal(second.isSessionReused(), false, version);
        second.destroy();
      }
    },
  },
  5: {
    name: 'an open socket is served after the lists changed: the hub asks at each request, and closes it',
    shown: async () => {
      const revoked = await started.enrol('transport');
      const idle = await dial(revoked);
      const closed = new Promise((resolve) => idle.once('close', resolve));
      idle.resume();
      await withAgent(revoked, async (agent) => {
        assert.equal(await answer(agent, signed(revoked)), 'let in');
        await revoke(revoked);
        assert.equal(await answer(agent, signed(revoked)), 'certificate_revoked');
      });
      await closed;
      assert.equal(await withAgent(machine, (agent) => answer(agent, signed(machine))), 'let in');
    },
  },
  6: {
    name: 'who is refused in TLS sees a bare reset: the open listener says why',
    shown: async () => {
      const revoked = await started.enrol('transport');
      await revoke(revoked);
      await assert.rejects(
        withAgent(revoked, (agent) => answer(agent, signed(revoked))),
        /ECONNRESET|socket hang up|alert|EPIPE/,
      );
      const reported = await new Promise<Record<string, unknown>>((resolve, reject) => {
        request(`${hub.origins.open}/v1/handshake`, { agent: false, ca, ...revoked.tls }, (incoming) => {
          let text = '';
          incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          incoming.on('end', () => resolve(JSON.parse(text) as Record<string, unknown>));
        })
          .on('error', reject)
          .end();
      });
      assert.deepEqual(
        [reported['accepted'], reported['code'], (reported['certificate'] as { serial: string }).serial],
        [false, 'certificate_revoked', revoked.serial],
      );
    },
  },
  7: {
    name: 'a client that sends its own certificate alone is refused where the root alone is trusted: the hub trusts both',
    shown: async () => {
      const [leaf = ''] = machine.tls.cert.split(/(?<=-----END CERTIFICATE-----\n)/);
      const bare = { ...machine, tls: { ...machine.tls, cert: leaf } };
      const { ca: trusted, ...options } = own();
      assert.equal(
        await served({ ...options, ca: trusted.slice(0, 1) }, bare),
        'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      );
      assert.equal(await withAgent(bare, (agent) => answer(agent, signed(bare))), 'let in');
    },
  },
  8: {
    name: 'under TLS 1.3 the handshake of who is refused looks well to him: only a request tells',
    shown: async () => {
      const revoked = await started.enrol('transport');
      await revoke(revoked);
      const socket = await dial(revoked, { minVersion: 'TLSv1.3' });
      assert.equal(socket.authorized, true, 'so it seems to him');
      assert.equal(await isHeard(socket), false);
    },
  },
};

/** A list of the authority that signs now, and that ended an hour ago. */
async function endedList(): Promise<string> {
  const { certificate, key } = hub.keys.authority.signer;
  const hour = 3_600_000;
  return await issueRevocationList(
    { certificate, key },
    { revoked: [], now: Date.now() - 2 * hour, validFor: hour },
  );
}

test('all sixteen are there, by their numbers', () => {
  const numbers = ['1', '2', '3', '4', '5', '6', '7', '8'];
  assert.deepEqual(
    [Object.keys(traps), Object.keys(mutants), Object.keys(probes)],
    [numbers, numbers, numbers],
  );
});

describe('traps', () => {
  for (const [number, { name, shown }] of Object.entries(traps)) test(`trap ${number}: ${name}`, shown);
});

describe('mutants', () => {
  for (const number of Object.keys(mutants).map(Number) as MutantNumber[]) {
    const { refused, mutated, attack } = probes[number];
    test(`mutant ${number}: a hub that ${mutants[number].name} is noticed`, async () => {
      assert.equal(await attack(), refused);
      mutate(number);
      try {
        assert.equal(await attack(), mutated);
      } finally {
        mutate(undefined);
      }
    });
  }
});
