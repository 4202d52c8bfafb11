/** A whole hub for tests and benches: real listeners on free ports, real PostgreSQL, departments enrolled, the samples registered. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { request, type RequestOptions } from 'node:https';
import { join, resolve } from 'node:path';
import { Writable } from 'node:stream';
import { createCertificateRequest } from '../certs/authority/createRequest.ts';
import { newKeyPair } from '../machine/newKeyPair.ts';
import { provePossession } from '../certs/authority/possession.ts';
import { signingKey, type SigningKey } from '../certs/signatures/index.ts';
import { applyDocuments } from '../clients/cli/apply/applyDocuments.ts';
import { readDocuments, type AppliedDocument } from '../clients/cli/apply/readDocuments.ts';
import type { Signer } from '../clients/cli/apply/requestOf.ts';
import { staffClient } from '../clients/cli/apply/staffCall.ts';
import { DatongClient } from '../clients/sdk/datongClient.ts';
import type { Role } from '../hub/domain/permissions.ts';
import { readConfig } from '../hub/platform/config/readConfig.ts';
import { startHub, type Hub, type HubOptions } from '../hub/main.ts';
import { hubLogger } from '../hub/report.ts';
import type { Database } from '../hub/platform/database/database.ts';
import { admitPerson } from './admitPerson.ts';
import { enrol as act } from '../hub/identity/enrolment/enrol.ts';
import { issueEnrolmentCode } from '../hub/identity/enrolment/enrolmentCode.ts';
import { defined } from '../terms/defined.ts';
import { writtenDocuments } from './writtenDocuments.ts';

export const samples: string = resolve(import.meta.dirname, '../samples');

export interface Machine {
  readonly department: string;
  readonly serial: string;
  readonly tls: { readonly cert: string; readonly key: string };
  readonly signing: SigningKey;
  readonly client: DatongClient;
}

export interface TestHub {
  readonly hub: Hub;
  readonly stateDir: string;
  /** everything the hub's own log said */
  readonly logged: string[];
  /** PEM of the root certificate */
  readonly ca: string;
  /** A bearer token of a new person. */
  token(name: string, scopes: readonly Role[], department?: string): Promise<string>;
  staff(token: string, method: string, path: string, body?: unknown): Promise<StaffAnswer>;
  /** Enrols a machine of a department and opens its client. */
  enrol(department: string): Promise<Machine>;
  stop(): Promise<void>;
}

export interface StaffAnswer {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

export interface TestHubOptions extends HubOptions {
  /** an open, migrated database of the test's own; absent: the hub starts a PostgreSQL below its state folder */
  readonly database?: Database;
  /** keys of another test hub: a second process of the same hub */
  readonly keysDir?: string;
  /** a state folder to start from; it is copied */
  readonly stateOf?: string;
  /** the page of persons too */
  readonly citizen?: boolean;
  /** further members of hub.json */
  readonly config?: Readonly<Record<string, unknown>>;
  /** of listeners that are to replace another hub's; free ones where absent */
  readonly ports?: Readonly<Partial<Record<'exchange' | 'open' | 'staff' | 'admin', number>>>;
  /** a proxy in front of the exchange listener: its origin, and the free port that it forwards to */
  readonly behind?: { readonly origin: string; readonly port: number };
}

export async function testHub(options: TestHubOptions = {}): Promise<TestHub> {
  const stateDir = await mkdtemp(join(tmpdir(), 'datong-test-hub-'));
  if (options.stateOf !== undefined) await cp(options.stateOf, stateDir, { recursive: true });
  const logged: string[] = [];
  const logger = hubLogger('info', collecting(logged));
  const config = readConfig(
    {
      name: 'yunxi',
      publicOrigin: options.behind?.origin ?? `https://localhost:${options.ports?.exchange ?? 8443}`,
      stateDir,
      ...options.config,
      ...defined({ keysDir: options.keysDir }),
      listeners: listenersOf(options),
    },
    {},
  );
  const hub = await startHub(config, { createKeys: true, logger, ...options });
  const ca = hub.keys.authority.rootCertificate;
  const { identity } = hub.services;
  const machines: Machine[] = [];
  return {
    hub,
    stateDir,
    logged,
    ca,
    async token(name, scopes, department) {
      const issued = await admitPerson(
        identity,
        name,
        scopes.map((role) => ({ role, department: role === 'operator' ? undefined : department })),
      );
      return issued.token;
    },
    staff: (token, method, path, body) => staffCall(hub.origins.staff, ca, token, method, path, body),
    async enrol(department) {
      const machine = await enrol(hub, ca, department);
      machines.push(machine);
      return machine;
    },
    async stop() {
      for (const machine of machines) machine.client.close();
      await hub.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

/** Listeners on the given ports, or on free ones. */
function listenersOf({ ports = {}, behind, citizen }: TestHubOptions): object {
  const host = '127.0.0.1';
  return {
    exchange: { host, port: behind?.port ?? ports.exchange ?? 0 },
    open: { host, port: ports.open ?? 0 },
    staff: { host, port: ports.staff ?? 0 },
    admin: { host, port: ports.admin ?? 0 },
    ...(citizen === true ? { citizen: { host, port: 0 } } : {}),
  };
}

/** What hubs of this process reported as failures, the newest last: a test that gets 503 reads the cause here. */
export const failuresOfHubs: string[] = [];
const maxFailures = 20;

function collecting(lines: string[]): NodeJS.WritableStream {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      const line = chunk.toString('utf8');
      lines.push(line);
      if (/"level":(?:50|60),/.test(line)) {
        failuresOfHubs.push(line);
        if (failuresOfHubs.length > maxFailures) failuresOfHubs.shift();
      }
      done();
    },
  });
}

async function enrol(hub: Hub, ca: string, department: string): Promise<Machine> {
  const { identity } = hub.services;
  const { code } = await identity.perform('issueEnrolmentCode', { proven: { staff: 'hub' } }, (context) =>
    identity.prepare(issueEnrolmentCode, { department }, context),
  );
  const tls = newKeyPair();
  const signing = signingKey(newKeyPair().privateKey);
  const csr = await createCertificateRequest(tls);
  const iat = Math.floor(hub.database.now() / 1000);
  const proof = provePossession('enrolment', { aud: hub.origins.exchange, csr, iat, department }, signing);
  const enrolled = await identity.perform('enrol', { proven: {} }, (context) =>
    identity.prepare(act, { code, csr, proof }, context),
  );
  const key = tls.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return machineOf(
    { department, serial: enrolled.serial, tls: { cert: enrolled.certificate, key }, signing },
    { hub, ca },
  );
}

/** An enrolled machine, with its client. */
export function machineOf(keys: Omit<Machine, 'client'>, { hub, ca }: Pick<TestHub, 'hub' | 'ca'>): Machine {
  const { department, tls, signing } = keys;
  const { exchange, open } = hub.origins;
  return {
    ...keys,
    client: new DatongClient({ department, hub: { exchange, open }, ca, tls, signingKey: signing }),
  };
}

function staffCall(
  origin: string,
  ca: string,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<StaffAnswer> {
  const bytes = body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body), 'utf8');
  const headers = {
    authorization: `Bearer ${token}`,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  return httpsCall(`${origin}${path}`, { method, ca, headers }, bytes);
}

/** A request with headers of the caller's choosing, signed or not, as a department's machine would send it. */
export async function rawCall(
  origin: string,
  ca: string,
  tls: { readonly cert: string; readonly key: string },
  path: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
): Promise<{ readonly status: number; readonly code: unknown }> {
  const { status, json } = await httpsCall(`${origin}${path}`, { method: 'POST', ca, ...tls, headers }, body);
  return { status, code: json['code'] };
}

type CallOptions = Omit<RequestOptions, 'headers'> & { readonly headers: Readonly<Record<string, string>> };

function httpsCall(url: string, options: CallOptions, body: Uint8Array): Promise<StaffAnswer> {
  return new Promise((answered, reject) => {
    const headers = { ...options.headers, 'content-length': String(body.length) };
    const sent = request(url, { agent: false, ...options, headers }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      reply.on('end', () => {
        const json = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>;
        answered({ status: reply.statusCode ?? 0, json });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

export interface City {
  readonly operator: string;
  readonly security: string;
  readonly education: Machine;
  readonly publicSecurity: Machine;
  readonly ecology: Machine;
  /** Registers documents, or those of a file: of samples/, or by its whole path. Agreements are signed by these machines. */
  apply(given: string | readonly object[], signers?: readonly Machine[]): Promise<void>;
}

/**
 * Registers the city, its households and its air data (samples/) as `datong catalogue apply` does, and enrols three departments.
 * @param callsPerDay quota of the household agreement in place of the sample's, for loads
 */
export async function sampleCity(test: TestHub, callsPerDay?: number): Promise<City> {
  const operator = await test.token('operator', ['operator']);
  const security = await test.token('security', ['security']);
  const apply = applyTo(test, { operator, security }, callsPerDay);
  for (const name of ['departments', 'regions', 'purposes', 'matters']) await apply(`city/${name}.yaml`);
  for (const name of ['household', 'air-quality']) await apply(`${name}/dataset.yaml`);
  const education = await test.enrol('education');
  const publicSecurity = await test.enrol('pub-security');
  const ecology = await test.enrol('ecology');
  await apply('household/agreement.yaml', [education, publicSecurity]);
  await apply('air-quality/agreement.yaml');
  return { operator, security, education, publicSecurity, ecology, apply };
}

/** @param by tokens of the two persons who register and approve @returns as `City.apply` */
export function applyTo(
  test: Pick<TestHub, 'hub' | 'ca'>,
  by: Pick<City, 'operator' | 'security'>,
  callsPerDay?: number,
): City['apply'] {
  return async (given, signers = []) => {
    const documents =
      typeof given === 'string' ? readDocuments(resolve(samples, given)) : writtenDocuments(given);
    const limited = documents.map((one) => withQuota(one, callsPerDay));
    const client = staffClient({ origin: test.hub.origins.staff, ca: test.ca, token: by.operator });
    try {
      const applied = await applyDocuments(limited, {
        client,
        signers: signers.map(signerOf),
        approveWith: by.security,
      });
      const refused = applied.find(({ outcome }) => outcome === 'refused');
      if (refused !== undefined)
        throw new Error(`${refused.name}: ${refused.code ?? ''} ${refused.message?.en ?? ''}`);
    } finally {
      client.close();
    }
  };
}

/** Registers files of samples/ as an operator, approved by a security officer. */
export async function applyCity(test: TestHub, files: readonly string[]): Promise<void> {
  const operator = await test.token('operator', ['operator']);
  const security = await test.token('security', ['security']);
  const apply = applyTo(test, { operator, security });
  for (const file of files) await apply(file);
}

const signerOf = ({ department, signing }: Machine): Signer => ({ department, key: signing });

function withQuota(document: AppliedDocument, callsPerDay: number | undefined): AppliedDocument {
  if (document.kind !== 'Agreement' || callsPerDay === undefined) return document;
  const grants = document.members['grants'] as { limits: object; facts?: { limits: object }[] }[];
  const widened = <T extends { limits: object }>(one: T): T => ({
    ...one,
    limits: { ...one.limits, callsPerDay },
  });
  const wide = grants.map((grant) => ({
    ...widened(grant),
    ...(grant.facts === undefined ? {} : { facts: grant.facts.map(widened) }),
  }));
  return { ...document, members: { ...document.members, grants: wide } };
}
