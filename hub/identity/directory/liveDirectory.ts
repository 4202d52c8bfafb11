/**
 * Owns what changes while the hub runs: the directory in memory, the TLS material of the listeners, and the subscribers to revocations.
 * It replaces the whole directory when the log's state_epoch advances, also when another process advanced it.
 */
import type { Server as HttpsServer } from 'node:https';
import { unavailable } from '../../platform/database/failure.ts';
import { readStateEpoch } from '../../log/store/head.ts';
import type { IdentityOptions } from '../identity.ts';
import { Problem } from '../../../terms/problem.ts';
import { agreeOnAuthorities, authoritiesLearner, refuseEnded } from './authorities.ts';
import { loadDirectory, withRevokedIssuers, type Directory } from './directory.ts';
import { makeTlsMaterial, type IssuedRevoked, type Listener, type TlsMaterial } from '../tls/tlsMaterial.ts';

export interface LiveDirectory {
  readonly directory: Directory;
  readonly material: TlsMaterial;
  /** undefined while the directory is as new as the log; otherwise resolves when it is */
  current(): Promise<void> | undefined;
  reload(): Promise<void>;
  /** Call after preparing an act: the directory and TLS are updated once its entry is durable, whichever process appends it. */
  expectChange(): void;
  readonly servers: Map<HttpsServer, Listener>;
  readonly revokedListeners: Set<(serials: readonly string[]) => void>;
  close(): void;
}

/** How long to wait for a prepared act, in milliseconds. After that the poll finds it. */
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
  const { authority } = keys;
  await agreeOnAuthorities(options, now());
  refuseEnded(authority, now());
  let directory = withRevokedIssuers(await loadDirectory(reader, now()), authority);
  const material = await makeTlsMaterial(authority, hosts, revokedIn(directory), now());
  const learnAuthorities = authoritiesLearner(options);
  let reloading: Promise<void> | undefined;

  async function load(): Promise<void> {
    const before = directory;
    try {
      const loaded = await loadDirectory(reader, now(), before);
      // read after the epoch, like the rows: the authorities are at least as new
      reportMissing(await learnAuthorities());
      directory = withRevokedIssuers(loaded, authority);
    } catch (error) {
      throw error instanceof Problem ? error : unavailable(error);
    }
    const fresh = revokedIn(directory)
      .map((one) => one.serial)
      .filter((serial) => before.certificates.get(serial)?.revoked === undefined);
    await refreshTls();
    if (fresh.length > 0) setTimeout(reportRevoked, options.lingerMs ?? 2_000, fresh).unref();
  }

  let missing: number | undefined;
  /** Reports once; readiness continues to report it. */
  function reportMissing(index: number | undefined): void {
    if (index !== undefined && index !== missing) report(new Problem('log_entry_missing', { index }));
    missing = index;
  }

  function reportRevoked(serials: readonly string[]): void {
    for (const listener of revokedListeners) listener(serials);
  }

  /**
   * One reload at a time. A caller that arrives during a reload gets another reload after it, because the running one may have read too
   * early.
   */
  function reload(): Promise<void> {
    const next: Promise<void> = (reloading ?? Promise.resolve()).catch(() => undefined).then(load);
    const settled = next.finally(() => {
      if (reloading === settled) reloading = undefined;
    });
    reloading = settled;
    return settled;
  }

  async function refreshTls(): Promise<void> {
    authority.keep();
    try {
      authority.advance(now());
    } catch (error) {
      if (error instanceof Problem && error.code === 'keys_missing') options.halt?.(error);
      throw error;
    }
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
          if (!pollFailed) report(error); // reported once, not every second while the database is unavailable
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

const revokedIn = (directory: Directory): IssuedRevoked[] =>
  [...directory.certificates.values()].flatMap(({ serial, issuer, revoked }) =>
    revoked === undefined ? [] : [{ serial, issuer, at: revoked.at, reason: revoked.reason }],
  );
