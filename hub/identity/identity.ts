/** The identity module's interface: it authenticates callers, decides who may call, and prepares the acts that change identity. */
import type { JsonWebKey, X509Certificate } from 'node:crypto';
import type { Server as HttpsServer } from 'node:https';
import type { TlsOptions } from 'node:tls';
import type { Diagnosis, VerificationKey } from '../../certs/signatures/index.ts';
import type { AuditLog, Actor } from '../log/draft.ts';
import type { HubKeys } from '../platform/keys/hubKeys.ts';
import type { Problem } from '../../terms/problem.ts';
import type { Database } from '../platform/database/database.ts';
import type { DepartmentRow } from './store/departments.ts';
import type { Act, ActContext, ActDependencies } from './act.ts';
import type { SignedCall } from './authentication/authenticate.ts';
import type { AtExchange, CallHead, DepartmentCaller, StaffCaller } from './authentication/caller.ts';
import type { HandshakeDiagnosis } from './authentication/diagnoseCall.ts';
import type { KnownCertificate } from './directory/directory.ts';
import type { StandIn } from '../domain/standIn.ts';
import type { RolesNow } from './persons/rolesNow.ts';
import type { KnownPerson } from './persons/knownPersons.ts';
import type { IdentityProvider } from './sessions/identityProvider.ts';
import type { Sessions } from './sessions/sessions.ts';
import type { Listener } from './tls/tlsMaterial.ts';

export interface Identity {
  /**
   * Authenticates the department of a signed request, from its head alone.
   * @throws Refusal with the problem of the first check that failed
   */
  authenticate(head: SignedCall, at: AtExchange): Promise<DepartmentCaller>;
  /**
   * Checks that an authenticated caller is still valid: certificate and key, as the directory knows them now.
   * @throws Problem certificate_revoked, certificate_expired, key_revoked, …
   */
  checkAuthorised(caller: DepartmentCaller): void;
  /** The checks of `authenticate` one by one, to find a mistake in a request */
  diagnoseRequest(head: CallHead, body: Uint8Array, at: AtExchange): Diagnosis;
  /**
   * The person of a bearer token.
   * @throws Refusal token_missing, token_invalid, token_expired, token_revoked
   */
  staff(authorization: string | undefined): Promise<StaffCaller>;
  /** persons in a browser */
  readonly sessions: Sessions;

  /** undefined while the directory is as new as the log; otherwise resolves when it is. Await it before each `authenticate`. */
  current(): Promise<void> | undefined;
  /** Reads the directory again, even if the epoch is unchanged. */
  reload(): Promise<void>;
  /** state_epoch of the directory: decisions under it are fenced with this number */
  epoch(): number;

  departments(): readonly DepartmentRow[];
  department(code: string): DepartmentRow | undefined;
  /** by id; undefined: unknown */
  person(id: string): KnownPerson | undefined;
  persons(): readonly KnownPerson[];
  /** deputies and permanent seconds, without those that were ended */
  standIns(): readonly StandIn[];
  /** roles of a person now, deputised roles included @param now Unix milliseconds */
  rolesNow(person: string, now: number): RolesNow;
  /** the person a token belongs to; undefined for no token of this hub */
  holderOf(token: string): KnownPerson | undefined;
  verificationKey(keyid: string): VerificationKey | undefined;
  /** A signing key of this very department that is in force now. */
  keyInForce(keyid: string, department: string): VerificationKey | undefined;
  certificates(): readonly KnownCertificate[];
  isRevoked(serial: string): boolean;
  /** the hub's public signing keys, retired ones included (RFC 7517) */
  jwks(): { readonly keys: readonly JsonWebKey[] };
  /**
   * Revocation list (RFC 5280) of the root, of the intermediate authority that signs now, or of the one with this serial.
   * @throws Problem serial_unknown
   */
  crl(authority: string): { readonly pem: string; readonly der: Uint8Array };
  diagnoseHandshake(presented: X509Certificate | undefined): HandshakeDiagnosis;
  /** Unix milliseconds at which the revocation list and the listeners' certificate end; both are renewed long before */
  validity(): { readonly revocationList: number; readonly certificate: number };

  tlsOptions(listener: Listener): TlsOptions;
  /** Applies `tlsOptions` to a server, and again after each revocation. @returns a function that stops this */
  bindServer(server: HttpsServer, listener: Listener): () => void;
  /**
   * Calls back with the serials whose open sockets must be closed. This happens a moment after their revocation, so that a request in
   * transit still gets its signed 401. @returns a function that ends the subscription
   */
  onRevoked(callback: (serials: readonly string[]) => void): () => void;

  /**
   * Prepares an act of identity. Appending its entry performs it.
   * @param act one of `enrolment/` or `persons/`; its last argument has what it depends on
   * @throws Problem why the act is rejected
   */
  prepare<A extends readonly unknown[], R>(
    act: (...given: [...A, ActDependencies]) => Act<R> | Promise<Act<R>>,
    ...given: A
  ): Promise<Act<R>>;
  /**
   * Performs an act with a separate entry, for callers outside the request pipeline. A rejection is logged as a denied entry before it is
   * thrown.
   * @returns the act's reply, once its entry is durable and the directory contains it
   */
  perform<R>(operation: string, actor: Actor, prepare: (context: ActContext) => Promise<Act<R>>): Promise<R>;

  close(): void;
}

export interface IdentityOptions {
  readonly database: Database;
  readonly keys: Pick<HubKeys, 'authority' | 'log' | 'hubSigning' | 'retired' | 'cursor' | 'sealing'>;
  readonly audit: AuditLog;
  /** the hub's public origin */
  readonly origin: string;
  /** names and addresses of the listeners, in addition to the origin's and loopback */
  readonly hosts?: readonly string[];
  /** persons may be picked without proof: only `datong demo` sets it */
  readonly demo?: boolean;
  /** where persons may prove themselves by a city account */
  readonly provider?: IdentityProvider;
  /** Unix milliseconds; default: the database's clock */
  readonly now?: () => number;
  /** how often the log's epoch is polled, because another process may have advanced it; default 1,000 ms */
  readonly pollMs?: number;
  /** how long the sockets of a revoked certificate stay open; default 2,000 ms */
  readonly lingerMs?: number;
  /** called when the key of an authority that signs from now on is missing: this process stops serving */
  readonly halt?: (problem: Problem) => void;
  /** called with failures in the background; must not throw */
  readonly report?: (error: unknown) => void;
}
