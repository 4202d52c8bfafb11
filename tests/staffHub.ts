/**
 * A hub with real database, log, identity and listeners on loopback, for tests of management. It runs no jobs, and its topics have no
 * webhooks.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { openAuditLog } from '../hub/log/openAuditLog.ts';
import { Mutex } from '../machine/mutex.ts';
import { buckets, type BucketLimits } from '../hub/pipeline/bucket.ts';
import { bothCurrent } from '../hub/pipeline/requestChecks.ts';
import { hostCookie } from '../hub/pipeline/callers/cookie.ts';
import { createGate, type Answering } from '../hub/pipeline/pipeline.ts';
import { overloadSummary } from '../hub/pipeline/overload.ts';
import { reservePorts } from '../hub/reservePorts.ts';
import { openRegistry } from '../hub/registry/registry.ts';
import { makeListeners, type HubListeners } from '../hub/platform/http/listeners.ts';
import { readContract } from '../hub/platform/http/contract/contract.ts';
import type { Role } from '../hub/domain/permissions.ts';
import { openIdentity } from '../hub/identity/openIdentity.ts';
import type { IdentityProvider } from '../hub/identity/sessions/identityProvider.ts';
import { openKeys } from '../hub/platform/keys/openKeys.ts';
import { ViewCounts } from '../hub/log/viewCounts.ts';
import { CounterHistory } from '../hub/features/health/operations/counterHistory.ts';
import { hubCounters } from '../hub/features/health/operations/hubCounters.ts';
import { hubMetrics } from '../hub/features/health/operations/hubMetrics.ts';
import { intakeServices } from '../hub/flows/intake/services.ts';
import { LiveProviders } from '../hub/flows/live/liveProviders.ts';
import { ServiceCalls } from '../hub/flows/live/service/serviceCall.ts';
import { releaseServices } from '../hub/flows/release/services.ts';
import { bindings, type FurtherServices } from '../hub/operations/bindings.ts';
import { staffTurns } from '../machine/turns.ts';
import { OpenEventWatch } from '../hub/features/events/openEventWatch.ts';
import { Simulations } from '../hub/features/agreements/operations/simulations.ts';
import type { Services } from '../hub/features/common/services.ts';
import { admitPerson } from './admitPerson.ts';
import { testDatabase, type TestDatabase } from './database.ts';
import { defined } from '../terms/defined.ts';

export interface StaffHub {
  readonly database: TestDatabase;
  readonly services: Services;
  readonly listeners: HubListeners;
  /** root certificate, to trust the listeners by */
  readonly ca: string;
  readonly ports: Readonly<Record<'exchange' | 'open' | 'staff' | 'admin', number>>;
  /** internal failures that the hub reported: a test that expects none checks this list */
  readonly failures: unknown[];
  /** a token of a new person, who is admitted without an invitation as the bootstrap does */
  token(scopes: readonly Role[], department?: string): Promise<string>;
}

export interface StaffHubOptions {
  /** answers every operation of the exchange listener; absent: the hub's own operations do */
  readonly exchange?: Answering;
  /** identity provider by whose accounts persons can sign in */
  readonly provider?: IdentityProvider;
  /** limits of calls of one address without a known caller */
  readonly strangers?: BucketLimits;
}

/** The hub stops when the test file ends. */
export async function startStaffHub({
  exchange,
  strangers,
  provider,
}: StaffHubOptions = {}): Promise<StaffHub> {
  const database = await testDatabase();
  const stateDir = await mkdtemp(join(tmpdir(), 'datong-staff-'));
  const keys = await openKeys(join(stateDir, 'keys'), { create: true, hubName: 'test' });
  const audit = await openAuditLog({ database, keys, stateDir });
  const failures: unknown[] = [];
  const place = { host: '127.0.0.1', port: 0 };
  const reserved = await reservePorts(
    {
      publicOrigin: 'https://localhost',
      openOrigin: 'https://localhost',
      listeners: { exchange: place, open: place, staff: place, admin: place },
    },
    'refuse',
  );
  const { origins } = reserved;
  const port = (listener: 'exchange' | 'open' | 'staff' | 'admin'): number =>
    Number(new URL(origins[listener]).port);
  const identity = await openIdentity({
    database,
    keys,
    audit,
    origin: origins.exchange,
    ...defined({ provider }),
  });
  const counters = hubCounters();
  const history = new CounterHistory((name) => counters.family(name));
  const metrics = hubMetrics(counters);
  const services: Services = {
    hub: {
      name: 'test',
      publicOrigin: origins.exchange,
      openOrigin: origins.open,
      staff: { origin: origins.staff, cookie: hostCookie },
    },
    database,
    keys,
    audit,
    identity,
    registry: await openRegistry({ database, audit }),
    counters,
    figures: { families: () => metrics.families(), increase: () => history.increase() },
    sources: [],
    reminders: {},
    servicePlaces: [],
    ...staffTurns(),
    simulations: new Simulations(),
    openEventWatch: new OpenEventWatch(database),
    keepErasures: () => Promise.resolve(),
    report: ({ error }) => failures.push(error),
  };
  const overload = overloadSummary({ audit, now: () => database.now() });
  const gate = createGate({
    audit,
    database,
    current: () => bothCurrent(identity.current(), services.registry.refresh()),
    calls: buckets({ rate: 1_000, burst: 4_000 }),
    strangers: buckets(strangers ?? { rate: 2, burst: 20 }),
    overload,
    acts: new Mutex(),
    report: services.report,
    views: new ViewCounts(database, audit, (error) => failures.push(error)),
  });
  const noServices = new ServiceCalls(
    () => Promise.reject(new Error('no service is called')),
    () => Promise.resolve([]),
    { maxAnswerLength: 1, sockets: 1, lookedUpFor: 0 },
  );
  after(() => noServices.close());
  const live = new LiveProviders(keys.hubSigning, () => database.now());
  const released = releaseServices({ ...services, live, liveServices: { places: [], calls: noServices } });
  const contract = readContract();
  const bound = bindings(gate, contract.operations, services, {
    intake: intakeServices(services),
    release: { ...noEvents, ...released, identity, publicOrigin: services.hub.publicOrigin },
    metrics,
  });
  const listeners = await makeListeners({
    services,
    contract,
    bindings:
      exchange === undefined
        ? bound
        : {
            ...bound,
            exchange: Object.fromEntries(Object.keys(bound.exchange).map((id) => [id, exchange])),
          },
  });
  await listeners.listen(reserved.servers);
  after(async () => {
    await listeners.drain(1_000);
    reserved.release();
    identity.close();
    await overload.close();
    await audit.close();
    await database.cleanup();
    await rm(stateDir, { recursive: true, force: true });
  });
  return {
    database,
    services,
    listeners,
    ca: keys.authority.rootCertificate,
    ports: { exchange: port('exchange'), open: port('open'), staff: port('staff'), admin: port('admin') },
    failures,
    token: async (scopes, department) => {
      const issued = await admitPerson(
        identity,
        scopes.join(' '),
        scopes.map((role) => ({ role, department: role === 'operator' ? undefined : department })),
      );
      return issued.token;
    },
  };
}

/** An operation that needs topics or webhooks fails with a TypeError here. */
const noEvents = {} as Pick<FurtherServices['release'], 'topics' | 'webhooks'>;
