/**
 * Identity: who is calling, and who may. Owner of the registry in memory (replaced whole when the log's state_epoch moves, also by other
 * processes) and of what TLS shows and demands.
 */
import type { JsonWebKey, X509Certificate } from 'node:crypto';
import type { Server as HttpsServer } from 'node:https';
import type { TlsOptions } from 'node:tls';
import type { RequestMessage } from '../../certs/message.ts';
import type { SigningKey, VerificationKey } from '../../certs/signatures/index.ts';
import { publicJwk } from '../../certs/thumbprint.ts';
import { Problem } from '../../terms/problem.ts';
import type { AuditLog } from '../audit/draft.ts';
import type { HubKeys } from '../keys/hubKeys.ts';
import { unavailable, type Database } from '../store/database.ts';
import type { DepartmentRow } from '../store/departments.ts';
import { readStateEpoch } from '../store/stateEpoch.ts';
import type { Act, ActContext } from './act.ts';
import { authenticate } from './authenticate.ts';
import type { Caller, StaffCaller, TlsPeer } from './caller.ts';
import { diagnoseHandshake, type HandshakeDiagnosis } from './diagnoseHandshake.ts';
import { enrol, type CertificateReply, type Enrolled, type EnrolmentRequest, type Issuing } from './enrol.ts';
import { issueEnrolmentCode, type IssuedCode } from './enrolmentCode.ts';
import { perform, type Performer } from './perform.ts';
import { registerDepartment, type DepartmentDescription } from './registerDepartment.ts';
import { loadRegistry, type KnownCertificate, type Registry } from './registry.ts';
import { graceRenew, renew } from './renew.ts';
import { revoke, type RevocationRequest } from './revoke.ts';
import {
  authenticateStaff,
  issueToken,
  revokeToken,
  type IssuedToken,
  type TokenRequest,
} from './staffToken.ts';
import { makeTlsMaterial, type Listener } from './tls/tlsMaterial.ts';

export interface Identity {
  /**
   * @param nowMs Unix milliseconds
   * @param exchange set when a call is decided again: its own nonce, still claimed, is not a replay
   * @throws Refusal with the problem of the first check that failed
   */
  authenticate(message: RequestMessage, peer: TlsPeer | undefined, nowMs: number, exchange?: string): Caller;
  /**
   * Who a bearer token belongs to.
   * @throws Problem token_missing, token_invalid, token_expired, token_revoked
   */
  staff(authorization: string | undefined): Promise<StaffCaller>;

  /** undefined while the registry is as new as the log; else ends when it is. To be awaited before each `authenticate`. */
  current(): Promise<void> | undefined;
  /** Reads the registry again whatever the epoch says. */
  reload(): Promise<void>;
  /** state_epoch of the registry: decisions under it are fenced with this number */
  epoch(): number;

  departments(): readonly DepartmentRow[];
  department(code: string): DepartmentRow | undefined;
  verificationKey(keyid: string): VerificationKey | undefined;
  certificates(): readonly KnownCertificate[];
  isRevoked(serial: string): boolean;
  /** the hub's public signing keys, retired ones included (RFC 7517) */
  jwks(): { readonly keys: readonly JsonWebKey[] };
  /** revocation list (RFC 5280) of one of the hub's two authorities */
  crl(authority: 'root' | 'intermediate'): { readonly pem: string; readonly der: Uint8Array };
  diagnoseHandshake(presented: X509Certificate | undefined): HandshakeDiagnosis;
  /** Unix milliseconds at which the revocation list and the listeners' certificate end; both are renewed long before */
  validity(): { readonly revocationList: number; readonly certificate: number };

  tlsOptions(listener: Listener): TlsOptions;
  /** Keeps a server's TLS as `tlsOptions` say, also after a revocation. @returns ends it */
  bindServer(server: HttpsServer, listener: Listener): () => void;
  /**
   * Told the serials whose open sockets are to be closed: a moment after they were revoked, so that a request on its way still gets its
   * signed 401. @returns ends it
   */
  onRevoked(callback: (serials: readonly string[]) => void): () => void;

  // Acts: prepared and checked here, done by the append of their entry.
  registerDepartment(
    description: DepartmentDescription,
    context: ActContext,
  ): Promise<Act<{ readonly code: string; readonly unchanged: boolean }>>;
  issueEnrolmentCode(
    request: { readonly department: string; readonly hours?: number },
    context: ActContext,
  ): Promise<Act<IssuedCode>>;
  enrol(request: EnrolmentRequest, context: ActContext): Promise<Act<Enrolled>>;
  renew(
    caller: Caller,
    request: { readonly csr: string },
    context: ActContext,
  ): Promise<Act<CertificateReply>>;
  graceRenew(
    presented: X509Certificate | undefined,
    request: { readonly csr: string; readonly proof: string },
    context: ActContext,
  ): Promise<Act<CertificateReply>>;
  revoke(
    request: RevocationRequest,
    context: ActContext,
  ): Promise<Act<{ readonly serial: string; readonly department: string }>>;
  issueToken(request: TokenRequest, context: ActContext): Promise<Act<IssuedToken>>;
  revokeToken(
    request: { readonly id: string; readonly reason?: string },
    context: ActContext,
  ): Promise<Act<{ readonly id: string }>>;
  /**
   * Does an act with an entry of its own: for callers that have no gate. A refusal becomes a denied entry before it is thrown.
   * @returns the act's reply, once its entry is durable and the registry knows of it
   */
  perform<R>(
    operation: string,
    performer: Performer,
    prepare: (context: ActContext) => Promise<Act<R>>,
  ): Promise<R>;

  close(): void;
}

export interface IdentityOptions {
  readonly database: Database;
  readonly keys: Pick<HubKeys, 'authority' | 'hubSigning' | 'retired'>;
  readonly audit: AuditLog;
  /** the hub's public origin; a function where the port is known only once a server listens */
  readonly origin: string | (() => string);
  /** names and addresses of the listeners besides the origin's and loopback */
  readonly hosts?: readonly string[];
  /** Unix milliseconds; default: the database's clock */
  readonly now?: () => number;
  /** how often the log's epoch is asked for, which another process may have moved; default 1,000 ms */
  readonly pollMs?: number;
  /** how long the sockets of a revoked certificate stay open; default 2,000 ms */
  readonly lingerMs?: number;
  /** told of failures in the background; must not throw */
  readonly report?: (error: unknown) => void;
}

/** After an unknown token the database is asked again, at most this often: another process may have issued it. Milliseconds. */
const secondLook = 1_000;

/** How long a prepared act is waited for, after which the poll finds it. Milliseconds. */
const patience = 2_000;

/** Reads the registry and makes the listeners' certificate and revocation list. Needs the migrated database and the log's head. */
export async function openIdentity(options: IdentityOptions): Promise<Identity> {
  const { database, keys, audit } = options;
  const reader = database.app;
  const now = options.now ?? (() => database.now());
  const origin = (): string => (typeof options.origin === 'string' ? options.origin : options.origin());
  const report = options.report ?? (() => undefined);
  const revokedListeners = new Set<(serials: readonly string[]) => void>();
  const servers = new Map<HttpsServer, Listener>();

  let registry = await loadRegistry(reader, now());
  const material = await makeTlsMaterial(
    keys.authority,
    hostsOf(options, origin),
    revokedIn(registry),
    now(),
  );
  let reloading: Promise<void> | undefined;
  let lastLook = 0;

  async function load(): Promise<void> {
    const before = registry;
    registry = await loadRegistry(reader, now(), before).catch((error: unknown) => {
      throw unavailable(error);
    });
    const fresh = revokedIn(registry)
      .map((one) => one.serial)
      .filter((serial) => before.certificates.get(serial)?.revoked === undefined);
    await refreshTls();
    if (fresh.length > 0) {
      setTimeout(() => {
        for (const tell of revokedListeners) tell(fresh);
      }, options.lingerMs ?? 2_000).unref();
    }
  }

  /** One reload at a time; whoever asks while one runs gets another after it, because the running one may have read too early. */
  function reload(): Promise<void> {
    const next: Promise<void> = (reloading ?? Promise.resolve()).catch(() => undefined).then(load);
    const settled = next.finally(() => {
      if (reloading === settled) reloading = undefined;
    });
    reloading = settled;
    return settled;
  }

  async function refreshTls(): Promise<void> {
    if (!(await material.refresh(revokedIn(registry), now()))) return;
    for (const [server, listener] of servers) server.setSecureContext(material.options(listener));
  }

  function current(): Promise<void> | undefined {
    return registry.epoch < audit.epoch() ? (reloading ?? reload()).then(current) : undefined;
  }

  let pollFailed = false;
  const poll = setInterval(() => {
    void readStateEpoch(reader)
      .then((epoch) => (epoch === registry.epoch ? refreshTls() : reload()))
      .then(
        () => (pollFailed = false),
        (error: unknown) => {
          if (!pollFailed) report(error); // told once, not every second while the database is away
          pollFailed = true;
        },
      );
  }, options.pollMs ?? 1_000).unref();

  /** An act was prepared: as soon as its entry is durable the registry and TLS follow, whoever appends it. */
  function expectChange(until = performance.now() + patience): void {
    setTimeout(() => {
      if (registry.epoch < audit.epoch()) current()?.catch(report);
      else if (performance.now() < until) expectChange(until);
    }, 5).unref();
  }

  const issuing = (): Issuing => ({ authority: keys.authority, origin: origin(), reader, registry });
  const prepared = async <R>(prepare: () => Act<R> | Promise<Act<R>>): Promise<Act<R>> => {
    await current();
    const act = await prepare();
    if (act.bumpsEpoch) expectChange();
    return act;
  };

  return {
    authenticate: (message, peer, nowMs, exchange) =>
      authenticate(message, peer, nowMs, {
        hasNonce: (keyid, nonce) => audit.hasNonce(keyid, nonce, exchange),
        registry,
      }),
    async staff(authorization) {
      await current();
      try {
        return authenticateStaff(authorization, now(), registry);
      } catch (error) {
        const unknown = error instanceof Problem && error.code === 'token_invalid';
        if (!unknown || now() - lastLook < secondLook) throw error;
        lastLook = now();
        await reload();
        return authenticateStaff(authorization, now(), registry);
      }
    },

    current,
    reload,
    epoch: () => registry.epoch,

    departments: () => [...registry.departments.values()],
    department: (code) => registry.departments.get(code),
    verificationKey: (keyid) => registry.keys.get(keyid)?.verification,
    certificates: () => [...registry.certificates.values()],
    isRevoked: (serial) => registry.certificates.get(serial)?.revoked !== undefined,
    jwks: () => ({ keys: [keys.hubSigning, ...keys.retired.hubSigning].map(jwkOf) }),
    crl(authority) {
      const pem = authority === 'root' ? keys.authority.rootRevocationList : material.list.pem;
      return { pem, der: derOf(pem) };
    },
    diagnoseHandshake: (presented) => diagnoseHandshake(presented, now(), keys.authority, registry),
    validity: () => ({ revocationList: material.list.nextUpdate, certificate: material.certificateUntil }),

    tlsOptions: (listener) => material.options(listener),
    bindServer(server, listener) {
      servers.set(server, listener);
      return () => servers.delete(server);
    },
    onRevoked(callback) {
      revokedListeners.add(callback);
      return () => revokedListeners.delete(callback);
    },

    registerDepartment: (description, context) =>
      prepared(() => registerDepartment(description, context, registry)),
    issueEnrolmentCode: (request, context) => prepared(() => issueEnrolmentCode(request, context, registry)),
    enrol: (request, context) => prepared(() => enrol(request, context, issuing())),
    renew: (caller, request, context) => prepared(() => renew(caller, request, context, issuing())),
    graceRenew: (presented, request, context) =>
      prepared(() => graceRenew(presented, request, context, issuing())),
    revoke: (request, context) => prepared(() => revoke(request, context, reader)),
    issueToken: (request, context) => prepared(() => issueToken(request, context, registry)),
    revokeToken: (request, context) => prepared(() => revokeToken(request, context, registry)),
    async perform(operation, performer, prepare) {
      const reply = await perform(audit, operation, performer, now(), prepare);
      await current();
      return reply;
    },

    close: () => clearInterval(poll),
  };
}

const revokedIn = (
  registry: Registry,
): { serial: string; at: number; reason: RevocationRequest['reason'] }[] =>
  [...registry.certificates.values()].flatMap(({ serial, revoked }) =>
    revoked === undefined ? [] : [{ serial, at: revoked.at, reason: revoked.reason }],
  );

function hostsOf(options: IdentityOptions, origin: () => string): string[] {
  const named = new URL(origin()).hostname.replace(/^\[(.*)\]$/, '$1');
  return [...new Set([named, ...(options.hosts ?? []), 'localhost', '127.0.0.1', '::1'])];
}

function jwkOf(key: SigningKey | VerificationKey): JsonWebKey {
  const jwk = publicJwk('publicKey' in key ? key.publicKey : key.privateKey);
  return { ...jwk, kid: key.keyid, alg: key.alg === 'ed25519' ? 'EdDSA' : 'ES256', use: 'sig' };
}

function derOf(pem: string): Buffer {
  return Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
}
