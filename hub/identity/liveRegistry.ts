/**
 * What changes while the hub runs. Owner of the registry in memory, of what the listeners show and demand in TLS, and of who is told of
 * revocations. The registry is replaced whole when the log's state_epoch moves, be it by another process.
 */
import type { Server as HttpsServer } from 'node:https';
import type { Revoked } from '../../certs/authority/revocationList.ts';
import { unavailable } from '../store/database.ts';
import { readStateEpoch } from '../store/stateEpoch.ts';
import type { IdentityOptions } from './identity.ts';
import { loadRegistry, type Registry } from './registry.ts';
import { makeTlsMaterial, type Listener, type TlsMaterial } from './tls/tlsMaterial.ts';

export interface LiveRegistry {
  readonly registry: Registry;
  readonly material: TlsMaterial;
  /** undefined while the registry is as new as the log; else ends when it is */
  current(): Promise<void> | undefined;
  reload(): Promise<void>;
  /** An act was prepared: as soon as its entry is durable the registry and TLS follow, whoever appends it. */
  expectChange(): void;
  readonly servers: Map<HttpsServer, Listener>;
  readonly revokedListeners: Set<(serials: readonly string[]) => void>;
  close(): void;
}

/** How long a prepared act is waited for, after which the poll finds it. Milliseconds. */
const patience = 2_000;

/** @throws the database's error */
export async function liveRegistry(
  options: IdentityOptions,
  hosts: readonly string[],
  now: () => number,
): Promise<LiveRegistry> {
  const { audit, keys } = options;
  const reader = options.database.app;
  const report = options.report ?? (() => undefined);
  const servers: LiveRegistry['servers'] = new Map();
  const revokedListeners: LiveRegistry['revokedListeners'] = new Set();
  let registry = await loadRegistry(reader, now());
  const material = await makeTlsMaterial(keys.authority, hosts, revokedIn(registry), now());
  let reloading: Promise<void> | undefined;

  async function load(): Promise<void> {
    const before = registry;
    registry = await loadRegistry(reader, now(), before).catch((error: unknown) => {
      throw unavailable(error);
    });
    const fresh = revokedIn(registry)
      .map((one) => one.serial)
      .filter((serial) => before.certificates.get(serial)?.revoked === undefined);
    await refreshTls();
    if (fresh.length > 0) setTimeout(tellRevoked, options.lingerMs ?? 2_000, fresh).unref();
  }

  function tellRevoked(serials: readonly string[]): void {
    for (const tell of revokedListeners) tell(serials);
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
    if (!(await material.refresh(() => revokedIn(registry), now()))) return;
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

  function expectChange(until = performance.now() + patience): void {
    setTimeout(() => {
      if (registry.epoch < audit.epoch()) current()?.catch(report);
      else if (performance.now() < until) expectChange(until);
    }, 5).unref();
  }

  return {
    get registry() {
      return registry;
    },
    material,
    current,
    reload,
    expectChange: () => expectChange(),
    servers,
    revokedListeners,
    close: () => clearInterval(poll),
  };
}

const revokedIn = (registry: Registry): Revoked[] =>
  [...registry.certificates.values()].flatMap(({ serial, revoked }) =>
    revoked === undefined ? [] : [{ serial, ...revoked }],
  );
