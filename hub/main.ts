/** The composition root: a configuration becomes a running hub, and a running hub stops without losing anything. */
import { openAuditLog, type OpenedAuditLog } from './audit/openAuditLog.ts';
import { subjectToken, tokenYear } from './audit/subjects.ts';
import type { HubConfig } from './config/hubConfig.ts';
import { buckets, type BucketLimits } from './exchange/bucket.ts';
import { bothCurrent } from './exchange/currentEpoch.ts';
import { createGate } from './exchange/gate.ts';
import { resumeAbandoned } from './exchange/intake/background.ts';
import { defaultIntakeLimits, type IntakeLimits, type IntakeServices } from './exchange/intake/services.ts';
import { overloadSummary } from './exchange/overload.ts';
import { openRegistry } from './exchange/registry.ts';
import type { ReleaseServices } from './exchange/release/services.ts';
import { sealerOf } from './exchange/sealer.ts';
import { walks } from './exchange/walks.ts';
import { makeListeners } from './http/listeners.ts';
import { openIdentity } from './identity/openIdentity.ts';
import type { HubKeys } from './keys/hubKeys.ts';
import { openKeys } from './keys/openKeys.ts';
import { entryKinds } from './operations/entryKinds.ts';
import { diagnosing } from './operations/exchange/diagnose.ts';
import { exchangeOperations } from './operations/handlers.ts';
import { hubMetrics } from './operations/health/hubMetrics.ts';
import type { Services } from './operations/services.ts';
import { openPorts, type MovedPort, type Origins } from './openPorts.ts';
import { errorFacts, hubLogger, type Logger } from './report.ts';
import { startDatabase, type StartedDatabase } from './startDatabase.ts';
import type { Database } from './store/database.ts';
import { migrate } from './store/migrate.ts';
import { lookups } from './store/rows/lookups.ts';
import { pseudonymKeys } from '../policies/masks/pseudonymKey.ts';

export interface HubOptions {
  /** makes the keys where the folder is empty (a new hub), instead of refusing */
  readonly createKeys?: boolean;
  readonly logger?: Logger;
  /** a port that is taken: refuse (default), or take the next free one */
  readonly portTaken?: 'refuse' | 'next';
  readonly intake?: Partial<IntakeLimits>;
  /** calls of one certificate */
  readonly calls?: BucketLimits;
  /** settings of a PostgreSQL of the hub's own */
  readonly postgres?: Parameters<typeof startDatabase>[1];
  /** an open, migrated database; the hub then leaves it open when it stops */
  readonly database?: Database;
}

export interface Hub {
  readonly config: HubConfig;
  readonly services: Services;
  readonly keys: HubKeys;
  readonly database: Database;
  readonly audit: OpenedAuditLog;
  /** as clients reach them: `https://localhost:8443` */
  readonly origins: Origins;
  /** listeners that did not get the port they were configured for */
  readonly moved: readonly MovedPort[];
  /** the server of the hub's own, where it has one */
  readonly server: StartedDatabase['server'];
  /** Takes no new call, lets those in flight finish, flushes the log, closes everything. */
  stop(): Promise<void>;
}

const usualCalls: BucketLimits = { rate: 1_000, burst: 4_000 };

/** @throws Problem of configuration (exit 2), database, keys, log, ports; nothing is left half started */
export async function startHub(config: HubConfig, options: HubOptions = {}): Promise<Hub> {
  const closing: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    return await start(config, options, closing, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  config: HubConfig,
  options: HubOptions,
  closing: (() => Promise<void> | void)[],
  stop: () => Promise<void>,
): Promise<Hub> {
  const logger = options.logger ?? hubLogger(config.log.level);
  const report: Services['report'] = ({ exchange, operation, error }) => {
    metrics.failed();
    logger.error({ exchange, operation, ...errorFacts(error) }, 'failed');
  };
  const keys = await openKeys(config.keysDir, {
    create: options.createKeys === true,
    hubName: config.name,
  });
  const started = options.database === undefined ? await startDatabase(config, options.postgres) : undefined;
  if (started !== undefined) closing.push(() => started.stop());
  const database = started?.database ?? options.database;
  if (database === undefined) throw new TypeError('no database');
  await migrate(database);

  const audit = await openAuditLog({
    database,
    keys,
    stateDir: config.stateDir,
    onStateError: (error) => logger.error(errorFacts(error), 'the high-water file could not be written'),
  });
  closing.push(() => audit.close());
  const metrics = hubMetrics({
    log_entries: { help: 'entries of the audit log', value: () => audit.size() },
  });

  /** known once the listeners have their ports */
  const reached: { origins?: Origins } = {};
  const identity = await openIdentity({
    database,
    keys,
    audit,
    origin: () => reached.origins?.exchange ?? config.publicOrigin,
    hosts: [new URL(config.openOrigin).hostname],
    report: (error) => logger.error(errorFacts(error), 'identity'),
  });
  closing.push(() => identity.close());
  const registry = await openRegistry({ database, audit });

  const services: Services = {
    hub: {
      name: config.name,
      publicOrigin: () => reached.origins?.exchange ?? config.publicOrigin,
      openOrigin: () => reached.origins?.open ?? config.openOrigin,
    },
    database,
    keys,
    audit,
    identity,
    registry,
    metrics,
    readiness: { log_state: () => audit.broken()?.code ?? 'ok' },
    report,
  };
  const intake = intakeServices(services, options.intake);
  const overload = overloadSummary({ audit, now: () => database.now() });
  closing.push(() => overload.close());
  const operations = { ...walks(intake, releaseServices(services)), ...exchangeOperations(services) };
  const gate = createGate({
    audit,
    current: () => bothCurrent(identity.current(), registry.refresh()),
    authenticate: diagnosing(services, (message, peer, now, exchange) =>
      identity.authenticate(message, peer, now, exchange),
    ),
    operations: new Map(Object.entries(operations)),
    kindOf: (operation) => entryKinds[operation] ?? 'inspect',
    signer: { key: keys.hubSigning, now: () => database.now() },
    buckets: buckets(options.calls ?? usualCalls),
    overload,
    now: () => database.now(),
    report,
  });

  const resumer = resumeAbandoned(intake);
  closing.push(() => resumer.close());
  const listeners = await makeListeners({ services, gate, exchangeOperations: Object.keys(operations) });
  closing.push(() => listeners.drain());
  const opened = await openPorts(listeners, config, options.portTaken ?? 'refuse');
  reached.origins = opened.origins;
  void resumer.look();
  const { server } = started ?? {};
  return { config, services, keys, database, audit, ...opened, server, stop };
}

function intakeServices(services: Services, limits: Partial<IntakeLimits> = {}): IntakeServices {
  const { database, audit, registry, keys, report } = services;
  return {
    database,
    audit,
    registry,
    sealer: sealerOf(keys.sealing),
    subjectKey: keys.subject,
    limits: { ...defaultIntakeLimits, ...limits },
    report,
  };
}

function releaseServices({ database, registry, keys }: Services): ReleaseServices {
  return {
    database,
    registry,
    lookups: lookups(database.app),
    keys: {
      cursor: keys.cursor,
      pseudonyms: pseudonymKeys(new Uint8Array(keys.pseudonym.export())),
      logToken: (subject, now) => subjectToken(keys.logToken(tokenYear(now)), subject),
    },
  };
}
