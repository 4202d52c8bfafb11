import type { ShapesRead, SigningKey, VerificationKey } from '../../certs/signatures/index.ts';
import type { JsonWebKey } from 'node:crypto';
import { publicJwk } from '../../certs/thumbprint.ts';
import { authenticate, checkState } from './authentication/authenticate.ts';
import { diagnoseCall, diagnoseHandshake } from './authentication/diagnoseCall.ts';
import type { Identity, IdentityOptions } from './identity.ts';
import { liveDirectory } from './directory/liveDirectory.ts';
import { Problem } from '../../terms/problem.ts';
import { Refusal } from './authentication/refusal.ts';
import type { Directory } from './directory/directory.ts';
import { sessionsOf } from './sessions/sessions.ts';
import { type Named, isRegistered } from './store/departments.ts';
import { rolesNow } from './persons/rolesNow.ts';
import { authenticateStaff } from './persons/staffToken.ts';
import type { Reader } from '../platform/database/reader.ts';
import type { AuditLog, Actor } from '../log/draft.ts';
import { entry } from '../log/entry.ts';
import { hubDraft } from '../log/hubDraft.ts';
import { keyStoredHashes } from './store/keyedHashes.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import type { Act, ActContext } from './act.ts';

/**
 * Looks up an unknown caller once before rejecting it, because another process may have registered it a moment ago. Stores the names that
 * were not found. Concurrent requests for one name share a lookup.
 */
interface SecondLookup {
  /** @returns whether the directory was read again because of it. @throws the database's error */
  find(what: Named, id: string): Promise<boolean>;
}

/** How long a name that was not found stays unknown, in milliseconds; how many such names are stored, and looked up at once. */
const forgets = 2_000;

const maxMissing = 4_096;

const maxLookups = 16;

/** @param now milliseconds of any monotonic clock */
export function secondLookup(reader: Reader, reload: () => Promise<void>, now: () => number): SecondLookup {
  const lookups = new Map<string, Promise<boolean>>();
  /** name → when it may be looked up again; the oldest first */
  const missing = new Map<string, number>();

  async function look(what: Named, id: string, name: string): Promise<boolean> {
    const found = await isRegistered(reader, what, id);
    if (found) await reload();
    else remember(name);
    return found;
  }

  function remember(name: string): void {
    const oldest = missing.size >= maxMissing ? missing.keys().next().value : undefined;
    if (oldest !== undefined) missing.delete(oldest);
    missing.delete(name);
    missing.set(name, now() + forgets);
  }

  return {
    find(what, id) {
      const name = `${what} ${id}`;
      const until = missing.get(name);
      if (until !== undefined && now() < until) return Promise.resolve(false);
      const running = lookups.get(name);
      if (running !== undefined) return running;
      if (lookups.size >= maxLookups) return Promise.resolve(false);
      const started = look(what, id, name).finally(() => lookups.delete(name));
      lookups.set(name, started);
      return started;
    },
  };
}

export type { Identity, IdentityOptions } from './identity.ts';

/** Reads the directory and makes the listeners' certificate and revocation list. Needs the migrated database and the log's head. */
export async function openIdentity(options: IdentityOptions): Promise<Identity> {
  const { database, keys, audit, origin } = options;
  const reader = database.app;
  const now = options.now ?? (() => database.now());
  await keyStoredHashes(database, (credentials) =>
    audit.append(hubDraft('keyCredentials', now(), { credentials }, { bumpsEpoch: true })),
  );
  const live = await liveDirectory(options, hostsOf(options), now);
  const { material } = live;

  const second = secondLookup(
    reader,
    () => live.reload(),
    () => performance.now(),
  );
  /** Authenticates again if what was unknown is registered by now. */
  async function lookingTwice<C>(first: () => Promise<C> | C): Promise<C> {
    try {
      return await first();
    } catch (error) {
      const named = error instanceof Refusal ? unknownOf(error, live.directory) : undefined;
      if (named === undefined || !(await second.find(...named))) throw error;
      return first();
    }
  }

  const shapes: ShapesRead = new Map();

  return {
    authenticate: (head, { now: nowMs, exchange }) =>
      lookingTwice(() =>
        authenticate(head, nowMs, {
          hasNonce: (keyid, nonce) => audit.hasNonce(keyid, nonce, exchange),
          directory: live.directory,
          shapes,
        }),
      ),
    checkAuthorised: (caller) => checkState(caller, now(), live.directory),
    diagnoseRequest: (head, body, { now: nowMs, exchange }) =>
      diagnoseCall(head, body, nowMs, {
        hasNonce: (keyid, nonce) => audit.hasNonce(keyid, nonce, exchange),
        directory: live.directory,
      }),
    async staff(authorization) {
      await live.current();
      return lookingTwice(() => authenticateStaff(authorization, now(), live.directory));
    },

    sessions: sessionsOf({
      reader,
      keys,
      directory: () => live.directory,
      demo: options.demo === true,
      provider: options.provider,
    }),

    current: () => live.current(),
    reload: () => live.reload(),
    epoch: () => live.directory.epoch,

    departments: () => [...live.directory.departments.values()],
    department: (code) => live.directory.departments.get(code),
    person: (id) => live.directory.persons.get(id),
    persons: () => [...live.directory.persons.values()],
    standIns: () => live.directory.standIns,
    rolesNow: (person, at) => rolesNow(person, live.directory, at),
    holderOf: (token) => live.directory.persons.get(live.directory.tokens.get(token)?.person ?? ''),
    keyInForce: (keyid, department) => {
      const key = live.directory.keys.get(keyid);
      const held = key?.department === department && key.revokedAt === null && !key.waiting;
      const inForce = held && key.notBefore <= now();
      return inForce ? key.verification : undefined;
    },
    verificationKey: (keyid) => live.directory.keys.get(keyid)?.verification,
    certificates: () => [...live.directory.certificates.values()],
    isRevoked: (serial) => live.directory.certificates.get(serial)?.revoked !== undefined,
    jwks: () => ({ keys: [keys.hubSigning, ...keys.retired.hubSigning].map(jwkOf) }),
    crl(authority) {
      const pem = authority === 'root' ? keys.authority.rootRevocationList : material.listOf(authority);
      if (pem === undefined) throw new Problem('serial_unknown');
      return { pem, der: derOf(pem) };
    },
    diagnoseHandshake: (presented) => diagnoseHandshake(presented, now(), keys.authority, live.directory),
    validity: () => ({
      revocationList: Math.min(material.list.nextUpdate, keys.authority.rootList.nextUpdate),
      certificate: material.certificateUntil,
    }),

    tlsOptions: (listener) => material.options(listener),
    bindServer(server, listener) {
      live.servers.set(server, listener);
      return () => live.servers.delete(server);
    },
    onRevoked(callback) {
      live.revokedListeners.add(callback);
      return () => live.revokedListeners.delete(callback);
    },

    async prepare(act, ...given) {
      await live.current();
      const dependencies = { authority: keys.authority, origin, reader, directory: live.directory };
      const prepared = await act(...given, dependencies);
      if (prepared.bumpsEpoch) live.expectChange();
      return prepared;
    },
    async perform(operation, actor, prepare) {
      const reply = await perform(audit, operation, actor, now(), prepare);
      await live.current();
      return reply;
    },

    close: () => live.close(),
  };
}

/** What a rejected caller named that this process does not know. */
function unknownOf({ code, actor }: Refusal, directory: Directory): readonly [Named, string] | undefined {
  const { keyid, token } = actor.claimed ?? {};
  const { certificate } = actor.proven;
  if (code === 'certificate_unknown' && certificate !== undefined) return ['certificate', certificate];
  if (code === 'key_unknown' && keyid !== undefined) return ['key', keyid];
  if (code === 'token_invalid' && token !== undefined && !directory.tokens.has(token))
    return ['token', token];
  return undefined;
}

function hostsOf(options: IdentityOptions): string[] {
  const named = new URL(options.origin).hostname.replace(/^\[(.*)\]$/, '$1');
  return [...new Set([named, ...(options.hosts ?? []), 'localhost', '127.0.0.1', '::1'])];
}

function jwkOf(key: SigningKey | VerificationKey): JsonWebKey {
  const jwk = publicJwk('publicKey' in key ? key.publicKey : key.privateKey);
  return { ...jwk, kid: key.keyid, alg: key.alg === 'ed25519' ? 'EdDSA' : 'ES256', use: 'sig' };
}

function derOf(pem: string): Buffer {
  return Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
}

/**
 * Prepares an act and does it by its entry. A rejection, before or in its transaction, becomes a denied entry.
 * @param now Unix milliseconds
 * @throws Problem of the act, once the denial is durable; log_unavailable, log_busy
 */
async function perform<R>(
  audit: AuditLog,
  operation: string,
  actor: Actor,
  now: number,
  prepare: (context: ActContext) => Promise<Act<R>>,
): Promise<R> {
  const exchange = uuid7(now);
  const what = { exchange, now, operation, kind: 'management', actor, carried: undefined } as const;
  try {
    const { reply, change, work, bumpsEpoch } = await prepare({ exchange, now });
    await audit.append(entry({ ...what, facts: { change }, work, bumpsEpoch }));
    return reply;
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500) throw error;
    await audit.append(entry({ ...what, code: error.code }));
    throw error;
  }
}
