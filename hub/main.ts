/** The composition root: starts a hub from a configuration, and stops it without losing data. */
import { agreeOnKeys } from './log/agreedKeys.ts';
import { followErasures } from './log/erasureFile.ts';
import { followDestructions } from './log/retention/destructionFile.ts';
import { openAuditLog, type OpenedAuditLog } from './log/openAuditLog.ts';
import { Mutex } from '../machine/mutex.ts';
import { staffTurns, type TurnLimits } from '../machine/turns.ts';
import type { HubConfig } from './platform/config/hubConfig.ts';
import { demoPlaces, hubPlace, type DemoOptions, type DemoPlaces } from './demoPlace.ts';
import { buckets, type BucketLimits } from './pipeline/bucket.ts';
import { bothCurrent } from './pipeline/requestChecks.ts';
import { createGate } from './pipeline/pipeline.ts';
import { LiveProviders } from './flows/live/liveProviders.ts';
import { hubCertificates } from './flows/live/service/hubCertificate.ts';
import { ServiceCalls } from './flows/live/service/serviceCall.ts';
import { resolveName, type Resolve } from './flows/live/service/servicePlace.ts';
import type { IntakeLimits } from './flows/intake/limits.ts';
import { openStorages } from './flows/attachments/storage.ts';
import { intakeServices } from './flows/intake/services.ts';
import type { StreamLimits } from './flows/release/openStreams.ts';
import type { ReleaseLimits } from './flows/release/quotas.ts';
import { openDispatcher, type DispatchLimits } from './features/events/dispatcher.ts';
import { OpenEventWatch, type WatchLimits } from './features/events/openEventWatch.ts';
import { openReminderDeliveries } from './features/reminders/deliverReminders.ts';
import { releaseServices } from './flows/release/services.ts';
import { overloadSummary } from './pipeline/overload.ts';
import { openRegistry } from './registry/registry.ts';
import { readContract } from './platform/http/contract/contract.ts';
import { makeListeners } from './platform/http/listeners.ts';
import { openIdentity } from './identity/openIdentity.ts';
import { identityProvider } from './identity/sessions/identityProvider.ts';
import type { HubKeys } from './platform/keys/hubKeys.ts';
import { allJobs } from './jobs.ts';
import { jobChecks, releaseCheck, witnessCheck } from './features/health/jobChecks.ts';
import { digestRows } from './flows/digestRows.ts';
import { sealerOf } from './flows/sealer.ts';
import { sealStoredFindings } from './log/store/findings.ts';
import { sealStoredOutcomes } from './pipeline/store/idempotency.ts';
import { startRunner, type Runner } from './platform/jobs/runner.ts';
import { openKeys } from './platform/keys/openKeys.ts';
import { bindings, staffBindings } from './operations/bindings.ts';
import { Simulations } from './features/agreements/operations/simulations.ts';
import { CounterHistory } from './features/health/operations/counterHistory.ts';
import { readLastBackup } from './platform/backup/lastBackup.ts';
import { hubGauges } from './features/health/operations/hubGauges.ts';
import { overdueBeforeOffice, pendingItems } from './features/inbox/operations/pendingItems.ts';
import { ViewCounts } from './log/viewCounts.ts';
import { countCalls, hubCounters, type HubCounters } from './features/health/operations/hubCounters.ts';
import { hubMetrics, type HubMetrics } from './features/health/operations/hubMetrics.ts';
import type { Telemetry } from './features/health/telemetry/openTelemetry.ts';
import { timedCount } from './features/health/operations/timedCount.ts';
import { stateChecks } from './features/health/operations/readyz.ts';
import type { Services } from './features/common/services.ts';
import { reservePorts, type MovedPort, type Origins, type ReservedPorts } from './reservePorts.ts';
import { errorFacts, failureReport, hubLogger, waitReport, type Logger } from './report.ts';
import { startDatabase, type StartedDatabase } from './startDatabase.ts';
import { verifyStart, withoutRecord } from './verifyStart.ts';
import type { Database } from './platform/database/database.ts';
import { outageOf } from './platform/database/failure.ts';
import { migrate } from './platform/database/migrate.ts';
import { ReleaseWatch } from './platform/database/releaseWatch.ts';

export interface HubOptions {
  /** creates the keys where the folder is empty (a new hub), instead of failing */
  readonly createKeys?: boolean;
  readonly logger?: Logger;
  /** if a port is taken: fail (default), use the next free one, or share it with other workers of this hub */
  readonly portTaken?: 'refuse' | 'next' | 'share';
  readonly intake?: Partial<IntakeLimits>;
  readonly streams?: Partial<StreamLimits>;
  /** ms in which a consumer must accept a slice of a stream (default 5 minutes) */
  readonly streamPatience?: number;
  readonly release?: ReleaseLimits;
  readonly live?: ConstructorParameters<typeof LiveProviders>[2];
  /** resolves the name of a provider's service to addresses (default: the machine's own resolver) */
  readonly resolve?: Resolve;
  /** false: jobs run only when `runner.run` is called, so that no job reads what a test is changing */
  readonly jobsByTime?: boolean;
  /** pages that show open events (default: the usual limits) */
  readonly openEventWatch?: Partial<WatchLimits>;
  /** deliveries to webhooks and of reminders (default: the usual limits); false: this process makes none */
  readonly dispatch?: Partial<DispatchLimits> | false;
  /** threads that lint and compare schemas */
  readonly checks?: TurnLimits;
  /** rate limits for calls of one certificate */
  readonly calls?: BucketLimits;
  /** rate limits for calls of one address whose caller is unknown */
  readonly strangers?: BucketLimits;
  /** `datong demo`: persons may be picked without proof, and the console and the citizen's pages are also on http://localhost */
  readonly demo?: DemoOptions;
  /** settings of a PostgreSQL of the hub's own */
  readonly postgres?: Parameters<typeof startDatabase>[1];
  /** an open, migrated database; the hub then does not close it when it stops */
  readonly database?: Database;
}

export interface Hub {
  readonly config: HubConfig;
  readonly services: Services;
  /** as its admin listener reports them */
  readonly metrics: HubMetrics;
  readonly keys: HubKeys;
  readonly database: Database;
  readonly audit: OpenedAuditLog;
  /** runs the hub's jobs; a job can be run at once by its name */
  readonly runner: Runner;
  /** as clients reach them: `https://localhost:8443` */
  readonly origins: Origins;
  /** address of the console for a browser */
  readonly console: string;
  /** listeners that did not get their configured port */
  readonly moved: readonly MovedPort[];
  /** the hub's own server, where it has one */
  readonly server: StartedDatabase['server'];
  /** Accepts no new call, lets those in flight finish, flushes the log, closes everything. */
  stop(): Promise<void>;
}

const usualCalls: BucketLimits = { rate: 1_000, burst: 4_000 };
const usualStrangers: BucketLimits = { rate: 2, burst: 20 };
/** How often the data office's overdue inbox items are counted for the metrics, in milliseconds. */
const overdueEvery = 60_000;

/** @throws Problem of configuration (exit 2), database, keys, log, ports; nothing remains half started */
export async function startHub(config: HubConfig, options: HubOptions = {}): Promise<Hub> {
  const closing: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    return await start(config, options, closing, stop);
  } catch (error) {
    await stop();
    throw outageOf(error) ?? error;
  }
}

async function start(
  config: HubConfig,
  options: HubOptions,
  closing: (() => Promise<void> | void)[],
  stop: () => Promise<void>,
): Promise<Hub> {
  const logger = options.logger ?? hubLogger(config.log.level);
  const keys = await openKeys(config.keysDir, {
    create: options.createKeys === true,
    hubName: config.name,
  });
  const { database, server } = await openDatabase(config, options, closing);
  await migrate(database);
  const { isRecorded } = await verifyStart({ config, database, keys, isMigrated: true });
  if (!isRecorded) logger.warn({ folder: config.stateDir }, withoutRecord);

  const audit = await openAuditLog({
    database,
    keys,
    stateDir: config.stateDir,
    onStateError: (error) => logger.error(errorFacts(error), 'the high-water file could not be written'),
  });
  closing.push(() => audit.close());
  const agreedKeys = await agreeOnKeys(database, keys, (problem) => audit.halt(problem));
  closing.push(() => agreedKeys.close());
  const erasures = await followErasures({
    database,
    audit,
    key: keys.headMac,
    stateDir: config.stateDir,
    onError: (error) => logger.error(errorFacts(error), 'the file of erasures could not be written'),
  });
  closing.push(() => erasures.close());
  const destructions = await followDestructions({
    database,
    audit,
    keys,
    stateDir: config.stateDir,
    onError: (error) => logger.error(errorFacts(error), 'the file of destructions could not be written'),
  });
  closing.push(() => destructions.close());
  const counters = hubCounters();
  const report: Services['report'] = failureReport(logger, (error) => {
    counters.failed();
    database.storage.noticed(error);
  });

  const ports = await reservePorts(config, options.portTaken ?? 'refuse');
  closing.push(() => ports.release());
  const { origins, moved } = ports;
  const demo = options.demo && (await demoPlaces(options.demo));
  closing.push(() => {
    for (const place of [demo?.console, demo?.own]) place?.reserved.close();
  });
  const identity = await openIdentity({
    database,
    keys,
    audit,
    origin: origins.exchange,
    hosts: [new URL(config.openOrigin).hostname],
    demo: options.demo !== undefined,
    ...(config.signIn === undefined ? {} : { provider: identityProvider(config.signIn) }),
    report: (error) => logger.error(errorFacts(error), 'identity'),
    halt: (problem) => audit.halt(problem),
  });
  closing.push(() => identity.close());
  const registry = await openRegistry({ database, audit });
  await digestRows(database, audit);
  await sealStoredOutcomes(database);
  await sealStoredFindings(database);

  const attachments = openStorages(database.app, config.attachments);
  const releases = new ReleaseWatch(database.owner, () => database.now());
  closing.push(() => releases.close());
  const services: Services = {
    hub: hubPlace(config.name, origins, demo, options.demo),
    database,
    keys,
    audit,
    identity,
    registry,
    counters,
    figures: { families: () => metrics.families(), increase: () => history.increase() },
    readiness: {
      ...stateChecks({ audit, database, agreedKeys, registry, keys, attachments }),
      ...jobChecks(database),
      ...releaseCheck(releases),
      ...(config.witnesses.length === 0 ? {} : witnessCheck(database)),
    },
    sources: config.sources,
    reminders: config.reminders ?? {},
    servicePlaces: config.services,
    ...staffTurns(options.checks),
    simulations: new Simulations(),
    openEventWatch: new OpenEventWatch(database, options.openEventWatch),
    keepErasures: () => erasures.keep(),
    report,
  };
  const history = new CounterHistory((name) => counters.family(name));
  await history.begin();
  const overdue = timedCount(
    () => overdueBeforeOffice(services, database.now()),
    (error) => report({ exchange: '', operation: 'countOverdue', error }),
  );
  const live = new LiveProviders(keys.hubSigning, () => database.now(), options.live, counters.live);
  const metrics = hubMetrics(
    counters,
    hubGauges(services, {
      audit,
      live,
      overdue,
      stateDir: config.stateDir,
      lastBackup: () => readLastBackup(config.stateDir),
    }),
    (gauge, error) =>
      logger.error({ gauge, ...errorFacts(error) }, 'a figure of the metrics could not be read'),
  );
  const telemetry = await telemetryOf(config, metrics, counters, logger);
  closing.push(() => telemetry?.close());
  const client = hubCertificates(keys.authority, config.name, () => database.now());
  const resolve = options.resolve ?? resolveName;
  const serviceCalls = new ServiceCalls(client, resolve, { ...live.limits, sockets: live.limits.atOnce });
  const liveServices = { places: config.services, calls: serviceCalls };
  const flows = {
    intake: intakeServices({ ...services, attachments, scanner: config.scanner }, options.intake),
    release: releaseServices(
      { ...services, attachments, live, liveServices },
      options.streams,
      options.release,
      config.lookups,
    ),
  };
  const overload = overloadSummary({ audit, now: () => database.now() });
  closing.push(...[history, overdue, serviceCalls, overload, attachments].map((one) => () => one.close()));
  const gate = createGate({
    audit,
    database,
    current: () => bothCurrent(identity.current(), registry.refresh()),
    calls: buckets(options.calls ?? usualCalls),
    strangers: buckets(options.strangers ?? usualStrangers),
    overload,
    acts: new Mutex(),
    report,
    views: new ViewCounts(database, audit, (error) =>
      report({ exchange: '', operation: 'countViews', error }),
    ),
    logged: countCalls(counters, (dataset) => registry.current.datasets.has(dataset)),
    tracing: telemetry?.tracing,
  });
  const contract = readContract();

  const reminders = remindersOf(config, services, origins, options.dispatch);
  if (reminders !== undefined) closing.push(reminders.close);
  const runner = startRunner(
    {
      database,
      audit,
      random: Math.random,
      rests: () => releases.jobsRest(),
      byTime: options.jobsByTime,
      ended: (job, outcome, milliseconds) => counters.jobEnded(job, outcome, milliseconds),
      report: ({ job, error }) => report({ exchange: '', operation: job, error }),
      waiting: waitReport(logger),
    },
    allJobs({
      database,
      audit,
      keys,
      ...flows,
      config,
      catalogue: { registry, identity },
      storeDestructions: () => destructions.keep(),
      reminders: {
        wake: () => reminders?.wake(),
        waiting: (place, now, only) => pendingItems(place, services, now, only),
      },
    }),
  );
  const needs = {
    release: flows.release,
    audit,
    identity,
    publicOrigin: services.hub.publicOrigin,
    client,
    resolve,
    ...config.webhooks,
  };
  const events = openDispatcher(needs, options.dispatch);
  closing.push(() => runner.close(), events.close);
  const further = { intake: flows.intake, release: { ...flows.release, ...events, identity }, metrics };
  const bound = bindings(gate, contract.operations, services, further);
  const listeners = await makeListeners({
    services,
    contract,
    bindings: bound,
    demo: demo && {
      reserved: demo.console.reserved,
      plainCitizen: demo.own !== undefined,
      operations: staffBindings(
        gate,
        contract.operations,
        { ...services, hub: { ...services.hub, staff: demo.console } },
        further,
      ),
    },
    connectionLimits: config.connections,
    streamPatience: options.streamPatience,
  });
  const { streams, changeWaits } = flows.release;
  closing.push(() => streams.settled());
  closing.push(() => live.settled());
  closing.push(() => {
    streams.stop();
    changeWaits.close();
    events.topics.close();
    services.openEventWatch.close();
    live.stop();
    return listeners.drain();
  });
  await listeners.listen(serversOf(ports, demo));
  void runner.run('resumeBatches');
  if (options.jobsByTime !== false) overdue.begin(overdueEvery);
  const console = consoleOrigin(demo, origins);
  return { config, services, metrics, keys, database, audit, runner, origins, console, moved, server, stop };
}

/** The database of the options, or the one of the configuration, which this hub stops. */
async function openDatabase(
  config: HubConfig,
  { database, postgres }: HubOptions,
  closing: (() => Promise<void> | void)[],
): Promise<Pick<Hub, 'database' | 'server'>> {
  if (database !== undefined) return { database, server: undefined };
  const started = await startDatabase(config, postgres);
  closing.push(() => started.stop());
  return { database: started.database, server: started.server };
}

/** Deliveries of reminders; undefined where hub.json has none. */
function remindersOf(
  { reminders, webhooks, name }: HubConfig,
  { database, audit, report, keys }: Services,
  origins: Origins,
  dispatch: HubOptions['dispatch'],
): ReturnType<typeof openReminderDeliveries> | undefined {
  if (reminders === undefined) return undefined;
  return openReminderDeliveries(
    {
      database,
      audit,
      report,
      config: reminders,
      ...webhooks,
      sealer: sealerOf(keys.sealing),
      key: keys.hubSigning,
      place: { hub: name, console: origins.staff },
    },
    dispatch,
  );
}

/** The listeners' servers; the citizen's pages of a demo are on its server. */
const serversOf = (
  { servers }: Pick<ReservedPorts, 'servers'>,
  demo: DemoPlaces | undefined,
): ReservedPorts['servers'] =>
  demo?.own === undefined ? servers : { ...servers, citizen: demo.own.reserved };

const consoleOrigin = (demo: DemoPlaces | undefined, { staff }: Origins): string =>
  demo?.console.origin ?? staff;

/** Traces and metrics for the receiver of hub.json. Its packages are loaded only where there is one. */
async function telemetryOf(
  { telemetry, name }: HubConfig,
  metrics: HubMetrics,
  counters: HubCounters,
  logger: Logger,
): Promise<Telemetry | undefined> {
  if (telemetry === undefined) return undefined;
  const { openTelemetry } = await import('./features/health/telemetry/openTelemetry.ts');
  const failing = new Set<string>();
  return openTelemetry({
    config: telemetry,
    hub: name,
    metrics,
    exported: (signal, outcome) => {
      counters.exported(signal, outcome);
      // one line when it begins to fail, not one for each export
      if (outcome === 'ok') {
        if (failing.delete(signal)) logger.info({ signal }, 'the receiver of telemetry accepts it again');
      } else if (!failing.has(signal)) {
        failing.add(signal);
        logger.warn({ signal }, 'the receiver of telemetry did not accept it');
      }
    },
  });
}
