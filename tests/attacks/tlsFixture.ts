/** A hub of nothing but identity and log, over real TLS and PostgreSQL: for tests of certificates, enrolment and revocation. */
import type { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, createServer, request, type AgentOptions, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { TLSSocket } from 'node:tls';
import { createCertificateRequest } from '../../certs/authority/createRequest.ts';
import { privateKeyPem, type KeyPair } from '../../certs/authority/keyPair.ts';
import { newKeyPair } from '../../machine/newKeyPair.ts';
import { provePossession } from '../../certs/authority/possession.ts';
import { signNow } from '../../machine/signNow.ts';
import { checkContentDigest, signingKey, type SigningKey } from '../../certs/signatures/index.ts';
import type { AuditLog } from '../../hub/log/draft.ts';
import { openAuditLog } from '../../hub/log/openAuditLog.ts';
import { openIdentity, type Identity } from '../../hub/identity/openIdentity.ts';
import type { Enrolled } from '../../hub/identity/enrolment/enrol.ts';
import { readPeer } from '../../hub/identity/tls/readPeer.ts';
import { openKeys, type HubKeys } from '../../hub/platform/keys/openKeys.ts';
import { portOf, reservePort } from '../../hub/reservePorts.ts';
import type { Leaf } from '../../log/leaf.ts';
import { Problem } from '../../terms/problem.ts';
import { testDatabase, type TestDatabase } from '../database.ts';
import { enrol } from '../../hub/identity/enrolment/enrol.ts';
import { issueEnrolmentCode } from '../../hub/identity/enrolment/enrolmentCode.ts';
import { registerDepartment as act } from '../../hub/identity/enrolment/registerDepartment.ts';
import { leavesWhere } from '../leafTexts.ts';
import { defined } from '../../terms/defined.ts';

export interface TestHub {
  readonly database: TestDatabase;
  readonly keys: HubKeys;
  readonly audit: AuditLog;
  readonly identity: Identity;
  /** milliseconds added to the hub's clock; TLS itself uses the machine's */
  readonly clock: { offset: number };
  readonly exchange: Server;
  readonly open: Server;
  readonly origin: string;
}

export const operator = { proven: { staff: 'operator' } } as const;

/** Starts it; everything ends with the test file. */
export async function testHub(): Promise<TestHub> {
  const database = await testDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'datong-identity-'));
  const keys = await openKeys(join(folder, 'keys'), { create: true, hubName: 'yunqi', now: Date.now });
  const audit = await openAuditLog({ database, keys, stateDir: folder });
  const clock = { offset: 0 };
  const reserved = await reservePort('exchange', { host: '127.0.0.1', port: 0 }, 'refuse');
  const origin = `https://127.0.0.1:${portOf(reserved)}`;
  const identity = await openIdentity({
    database,
    keys,
    audit,
    origin,
    now: () => Date.now() + clock.offset,
    pollMs: 60_000,
    lingerMs: 50,
  });
  const exchange = createServer(identity.tlsOptions('exchange'));
  const open = createServer(identity.tlsOptions('open'));
  identity.bindServer(exchange, 'exchange');
  identity.bindServer(open, 'open');
  await new Promise<void>((done) => exchange.listen(reserved, done));
  await new Promise<void>((done) => open.listen(0, '127.0.0.1', done));
  const hub: TestHub = { database, keys, audit, identity, clock, exchange, open, origin };
  serve(hub);
  after(async () => {
    identity.close();
    await audit.close();
    for (const server of [exchange, open]) {
      server.closeAllConnections();
      server.close();
    }
    reserved.close();
    rmSync(folder, { recursive: true, force: true }); // the log writes its high-water file when it closes
  });
  return hub;
}

/** Answers who called; closes the sockets of revoked certificates. */
function serve({ identity, exchange, open, clock, ...hub }: TestHub): void {
  const sockets = new Map<Socket, string>();
  exchange.on('secureConnection', (socket) => {
    sockets.set(socket, readPeer(socket)?.serial ?? '');
    socket.once('close', () => sockets.delete(socket));
  });
  identity.onRevoked((serials) => {
    for (const [socket, serial] of sockets) if (serials.includes(serial)) socket.destroy();
  });
  exchange.on('request', (incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      void (async () => {
        try {
          await identity.current();
          const { method = '', url = '', rawHeaders } = incoming;
          const head = {
            method,
            targetUri: `${hub.origin}${url}`,
            rawHeaders,
            hasBody: chunks.length > 0,
            peer: readPeer(incoming.socket),
          };
          const now = Date.now() + clock.offset;
          const caller = await identity.authenticate(head, { now, exchange: '' });
          checkContentDigest(caller.digest, Buffer.concat(chunks));
          response.end(JSON.stringify(caller));
        } catch (error) {
          response.statusCode = error instanceof Problem ? error.status : 500;
          response.end(JSON.stringify({ code: error instanceof Problem ? error.code : String(error) }));
        }
      })();
    });
  });
  open.on('request', (incoming, response) => {
    response.end(JSON.stringify(identity.diagnoseHandshake(presentedOn(incoming.socket))));
  });
}

/** The certificate that a client showed: any at all, proven in the handshake to be its own, not verified. */
const presentedOn = (socket: Socket): X509Certificate | undefined =>
  socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;

/** Every leaf of the log, in order. */
export const entries = (hub: TestHub): Promise<Leaf[]> => leavesWhere(hub.database);

/** A department's machine: its two keys and what it was given. */
export interface Machine {
  readonly department: string;
  readonly tls: KeyPair;
  readonly signing: SigningKey;
  readonly serial: string;
  /** PEM chain */
  readonly certificate: string;
}

export async function registerDepartment(hub: TestHub, code: string): Promise<void> {
  await hub.identity.perform('registerDepartment', operator, (context) =>
    hub.identity.prepare(act, { code, name: { zh: code, en: code }, kind: 'government' }, context),
  );
}

export async function newCode(hub: TestHub, department: string, hours?: number): Promise<string> {
  const { code } = await hub.identity.perform('issueEnrolmentCode', operator, (context) =>
    hub.identity.prepare(issueEnrolmentCode, { department, ...defined({ hours }) }, context),
  );
  return code;
}

export interface EnrolmentParts {
  readonly tls: KeyPair;
  readonly signing: SigningKey;
  readonly csr: string;
  readonly proof: string;
}

/** Fresh keys with the request and the proof that belong to them. */
export async function enrolmentParts(
  hub: TestHub,
  given: { tls?: KeyPair; signing?: SigningKey; department?: string } = {},
): Promise<EnrolmentParts> {
  const tls = given.tls ?? newKeyPair();
  const signing = given.signing ?? signingKey(newKeyPair().privateKey);
  const csr = await createCertificateRequest(tls);
  const iat = Math.floor((Date.now() + hub.clock.offset) / 1000);
  const { department } = given;
  const claims = { aud: hub.origin, csr, iat, ...defined({ department }) };
  return { tls, signing, csr, proof: provePossession('enrolment', claims, signing) };
}

export async function enrolWith(
  hub: TestHub,
  code: string,
  parts: Pick<EnrolmentParts, 'csr' | 'proof'>,
): Promise<Enrolled> {
  return await hub.identity.perform('enrol', { proven: {} }, (context) =>
    hub.identity.prepare(enrol, { code, csr: parts.csr, proof: parts.proof }, context),
  );
}

/** Registers (where needed), issues a code and enrols. */
export async function enrolMachine(hub: TestHub, department: string, tls?: KeyPair): Promise<Machine> {
  if (hub.identity.department(department) === undefined) await registerDepartment(hub, department);
  const parts = await enrolmentParts(hub, tls === undefined ? {} : { tls });
  const { serial, certificate } = await enrolWith(hub, await newCode(hub, department), parts);
  return { department, tls: parts.tls, signing: parts.signing, serial, certificate };
}

export const agentOf = (hub: TestHub, machine: Machine, more: AgentOptions = {}): Agent =>
  new Agent({
    keepAlive: true,
    maxSockets: 1,
    ca: hub.keys.authority.rootCertificate,
    cert: machine.certificate,
    key: privateKeyPem(machine.tls.privateKey),
    ...more,
  });

export interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A signed request over the agent's connection. Rejects with the socket's error where TLS refuses. */
export async function ask(
  hub: TestHub,
  agent: Agent,
  signing: SigningKey,
  server: Server = hub.exchange,
): Promise<Answer> {
  const body = Buffer.from('{}');
  const path = '/v1/whoami';
  const headers = signNow({
    method: 'POST',
    targetUri: `${hub.origin}${path}`,
    headers: { 'content-type': 'application/json' },
    body,
    key: signing,
    created: Math.floor((Date.now() + hub.clock.offset) / 1000),
  });
  const { port } = server.address() as AddressInfo;
  return await new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port, path, method: 'POST', headers, agent },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        incoming.on('end', () => {
          const parsed = JSON.parse(text) as Record<string, unknown>;
          const { code } = parsed;
          resolve({
            status: incoming.statusCode ?? 0,
            code: typeof code === 'string' ? code : undefined,
            body: parsed,
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Whether a call of a machine, over a connection of its own, is answered. */
export async function isAnswered(hub: TestHub, machine: Machine): Promise<boolean> {
  const agent = agentOf(hub, machine);
  try {
    return (await ask(hub, agent, machine.signing)).status === 200;
  } catch {
    return false;
  } finally {
    agent.destroy();
  }
}
