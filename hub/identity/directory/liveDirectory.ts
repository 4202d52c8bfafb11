/**
 * What changes while the hub runs. Owner of the directory in memory, of what the listeners show and demand in TLS, and of who is told of
 * revocations. The directory is replaced whole when the log's state_epoch moves, be it by another process.
 */
import type { Server as HttpsServer } from 'node:https';
import type { Revoked } from '../../../certs/authority/revocationList.ts';
import { unavailable } from '../../store/database/failure.ts';
import { readStateEpoch } from '../../store/audit/stateEpoch.ts';
import type { IdentityOptions } from '../identity.ts';
import { loadDirectory, type Directory } from './directory.ts';
import { makeTlsMaterial, type Listener, type TlsMaterial } from '../tls/tlsMaterial.ts';

export interface LiveDirectory {
  readonly directory: Directory;
  readonly material: TlsMaterial;
  /** undefined while the directory is as new as the log; else ends when it is */
  current(): Promise<void> | undefined;
  reload(): Promise<void>;
  /** An act was prepared: as soon as its entry is durable the directory and TLS follow, whoever appends it. */
  expectChange(): void;
  readonly servers: Map<HttpsServer, Listener>;
  readonly revokedListeners: Set<(serials: readonly string[]) => void>;
  close(): void;
}

/** How long a prepared act is waited for, after which the poll finds it. Milliseconds. */
const patience = 2_000;

/** @throws the database's error */
export async function liveDirectory(
  options: IdentityOptions,
  hosts: readonly string[],
  now: () => number,
): Promise<LiveDirectory> {
  const { audit, keys } = options;
  const reader = options.database.app;
  const report = options.report ?? (() => undefined);
  const servers: LiveDirectory['servers'] = new Map();
  const revokedListeners: LiveDirectory['revokedListeners'] = new Set();
  let directory = await loadDirectory(reader, now());
  const material = await makeTlsMaterial(keys.authority, hosts, revokedIn(directory), now());
  let reloading: Promise<void> | undefined;

  async function load(): Promise<void> {
    const before = directory;
    directory = await loadDirectory(reader, now(), before).catch((error: unknown) => {
      throw unavailable(error);
    });
    const fresh = revokedIn(directory)
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
    if (!(await material.refresh(() => revokedIn(directory), now()))) return;
    for (const [server, listener] of servers) server.setSecureContext(material.options(listener));
  }

  function current(): Promise<void> | undefined {
    return directory.epoch < audit.epoch() ? (reloading ?? reload()).then(current) : undefined;
  }

  let pollFailed = false;
  const poll = setInterval(() => {
    void readStateEpoch(reader)
      .then((epoch) => (epoch === directory.epoch ? refreshTls() : reload()))
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
      if (directory.epoch < audit.epoch()) current()?.catch(report);
      else if (performance.now() < until) expectChange(until);
    }, 5).unref();
  }

  return {
    get directory() {
      return directory;
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

const revokedIn = (directory: Directory): Revoked[] =>
  [...directory.certificates.values()].flatMap(({ serial, revoked }) =>
    revoked === undefined ? [] : [{ serial, ...revoked }],
  );
