/** Identity as the rest of the hub sees it: who is calling, who may, and the acts that change it. */
import type { JsonWebKey, X509Certificate } from 'node:crypto';
import type { Server as HttpsServer } from 'node:https';
import type { TlsOptions } from 'node:tls';
import type { RequestMessage } from '../../certs/message.ts';
import type { VerificationKey } from '../../certs/signatures/index.ts';
import type { AuditLog } from '../audit/draft.ts';
import type { HubKeys } from '../keys/hubKeys.ts';
import type { Database } from '../store/database.ts';
import type { DepartmentRow } from '../store/departments.ts';
import type { Act, ActContext } from './act.ts';
import type { Caller, StaffCaller, TlsPeer } from './caller.ts';
import type { HandshakeDiagnosis } from './diagnoseHandshake.ts';
import type { CertificateReply, Enrolled, EnrolmentRequest } from './enrol.ts';
import type { IssuedCode } from './enrolmentCode.ts';
import type { Performer } from './perform.ts';
import type { DepartmentDescription } from './registerDepartment.ts';
import type { KnownCertificate } from './registry.ts';
import type { RevocationRequest } from './revoke.ts';
import type { IssuedToken, TokenRequest } from './staffToken.ts';
import type { Listener } from './tls/tlsMaterial.ts';

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
