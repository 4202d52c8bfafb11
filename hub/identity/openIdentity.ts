import type { JsonWebKey } from 'node:crypto';
import type { SigningKey, VerificationKey } from '../../certs/signatures/index.ts';
import { publicJwk } from '../../certs/thumbprint.ts';
import { Problem } from '../../terms/problem.ts';
import type { Act } from './act.ts';
import { authenticate } from './authenticate.ts';
import { diagnoseHandshake } from './diagnoseHandshake.ts';
import { enrol, type Issuing } from './enrol.ts';
import { issueEnrolmentCode } from './enrolmentCode.ts';
import type { Identity, IdentityOptions } from './identity.ts';
import { liveRegistry } from './liveRegistry.ts';
import { perform } from './perform.ts';
import { registerDepartment } from './registerDepartment.ts';
import { graceRenew, renew } from './renew.ts';
import { revoke } from './revoke.ts';
import { authenticateStaff, issueToken, revokeToken } from './staffToken.ts';

export type { Identity, IdentityOptions } from './identity.ts';

/** After an unknown token the database is asked again, at most this often: another process may have issued it. Milliseconds. */
const secondLook = 1_000;

/** Reads the registry and makes the listeners' certificate and revocation list. Needs the migrated database and the log's head. */
export async function openIdentity(options: IdentityOptions): Promise<Identity> {
  const { database, keys, audit } = options;
  const reader = database.app;
  const now = options.now ?? (() => database.now());
  const origin = (): string => (typeof options.origin === 'string' ? options.origin : options.origin());
  const live = await liveRegistry(options, hostsOf(options, origin), now);
  const { material } = live;
  let lastLook = 0;

  const issuing = (): Issuing => ({
    authority: keys.authority,
    origin: origin(),
    reader,
    registry: live.registry,
  });
  const prepared = async <R>(prepare: () => Act<R> | Promise<Act<R>>): Promise<Act<R>> => {
    await live.current();
    const act = await prepare();
    if (act.bumpsEpoch) live.expectChange();
    return act;
  };

  return {
    authenticate: (message, peer, nowMs, exchange) =>
      authenticate(message, peer, nowMs, {
        hasNonce: (keyid, nonce) => audit.hasNonce(keyid, nonce, exchange),
        registry: live.registry,
      }),
    async staff(authorization) {
      await live.current();
      try {
        return authenticateStaff(authorization, now(), live.registry);
      } catch (error) {
        const unknown = error instanceof Problem && error.code === 'token_invalid';
        if (!unknown || now() - lastLook < secondLook) throw error;
        lastLook = now();
        await live.reload();
        return authenticateStaff(authorization, now(), live.registry);
      }
    },

    current: () => live.current(),
    reload: () => live.reload(),
    epoch: () => live.registry.epoch,

    departments: () => [...live.registry.departments.values()],
    department: (code) => live.registry.departments.get(code),
    verificationKey: (keyid) => live.registry.keys.get(keyid)?.verification,
    certificates: () => [...live.registry.certificates.values()],
    isRevoked: (serial) => live.registry.certificates.get(serial)?.revoked !== undefined,
    jwks: () => ({ keys: [keys.hubSigning, ...keys.retired.hubSigning].map(jwkOf) }),
    crl(authority) {
      const pem = authority === 'root' ? keys.authority.rootRevocationList : material.list.pem;
      return { pem, der: derOf(pem) };
    },
    diagnoseHandshake: (presented) => diagnoseHandshake(presented, now(), keys.authority, live.registry),
    validity: () => ({ revocationList: material.list.nextUpdate, certificate: material.certificateUntil }),

    tlsOptions: (listener) => material.options(listener),
    bindServer(server, listener) {
      live.servers.set(server, listener);
      return () => live.servers.delete(server);
    },
    onRevoked(callback) {
      live.revokedListeners.add(callback);
      return () => live.revokedListeners.delete(callback);
    },

    registerDepartment: (description, context) =>
      prepared(() => registerDepartment(description, context, live.registry)),
    issueEnrolmentCode: (request, context) =>
      prepared(() => issueEnrolmentCode(request, context, live.registry)),
    enrol: (request, context) => prepared(() => enrol(request, context, issuing())),
    renew: (caller, request, context) => prepared(() => renew(caller, request, context, issuing())),
    graceRenew: (presented, request, context) =>
      prepared(() => graceRenew(presented, request, context, issuing())),
    revoke: (request, context) => prepared(() => revoke(request, context, reader)),
    issueToken: (request, context) => prepared(() => issueToken(request, context, live.registry)),
    revokeToken: (request, context) => prepared(() => revokeToken(request, context, live.registry)),
    async perform(operation, performer, prepare) {
      const reply = await perform(audit, operation, performer, now(), prepare);
      await live.current();
      return reply;
    },

    close: () => live.close(),
  };
}

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
