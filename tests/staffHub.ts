/** A hub with everything but the walks: real database, log, identity and listeners on loopback, for tests of management. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { openAuditLog } from '../hub/audit/openAuditLog.ts';
import type { Gate } from '../hub/exchange/gate.ts';
import { openRegistry } from '../hub/exchange/registry.ts';
import { makeListeners, type HubListeners } from '../hub/http/listeners.ts';
import { operationsOf, readContract } from '../hub/http/contract.ts';
import type { StaffScope } from '../hub/identity/caller.ts';
import { openIdentity } from '../hub/identity/openIdentity.ts';
import { openKeys } from '../hub/keys/openKeys.ts';
import { hubMetrics } from '../hub/operations/health/hubMetrics.ts';
import type { Services } from '../hub/operations/services.ts';
import { testDatabase, type TestDatabase } from './database.ts';

export interface StaffHub {
  readonly database: TestDatabase;
  readonly services: Services;
  readonly listeners: HubListeners;
  /** root certificate, to trust the listeners by */
  readonly ca: string;
  readonly ports: Readonly<Record<'exchange' | 'open' | 'staff' | 'admin', number>>;
  /** failures that the hub called its own: a test that expects none looks here */
  readonly failures: unknown[];
  /** issues a token the way the operator's bootstrap does */
  token(scopes: readonly StaffScope[], department?: string): Promise<string>;
}

/** Ends with the test file. @param gate what stands behind the exchange listener */
export async function startStaffHub(
  gate: Gate = refusingGate,
  more: Pick<Services, 'strangers'> = {},
): Promise<StaffHub> {
  const database = await testDatabase();
  const stateDir = await mkdtemp(join(tmpdir(), 'datong-staff-'));
  const keys = await openKeys(join(stateDir, 'keys'), { create: true, hubName: 'test' });
  const audit = await openAuditLog({ database, keys, stateDir });
  const failures: unknown[] = [];
  const ports = { exchange: 0, open: 0, staff: 0, admin: 0 };
  const origin = (listener: keyof typeof ports): string => `https://localhost:${ports[listener]}`;
  const identity = await openIdentity({ database, keys, audit, origin: () => origin('exchange') });
  const services: Services = {
    hub: { name: 'test', publicOrigin: () => origin('exchange'), openOrigin: () => origin('open') },
    database,
    keys,
    audit,
    identity,
    registry: await openRegistry({ database, audit }),
    metrics: hubMetrics(),
    report: ({ error }) => failures.push(error),
    ...more,
  };
  const listeners = await makeListeners({
    services,
    gate,
    exchangeOperations: operationsOf(readContract(), 'exchange').map(({ operationId }) => operationId),
  });
  for (const listener of ['exchange', 'open', 'staff', 'admin'] as const) {
    ports[listener] = await listeners.listen(listener, { host: '127.0.0.1', port: 0 });
  }
  after(async () => {
    await listeners.drain(1_000);
    identity.close();
    await audit.close();
    await database.cleanup();
    await rm(stateDir, { recursive: true, force: true });
  });
  return {
    database,
    services,
    listeners,
    ca: keys.authority.rootCertificate,
    ports,
    failures,
    token: async (scopes, department) => {
      const request = { name: scopes.join(' '), scopes, ...(department === undefined ? {} : { department }) };
      const issued = await identity.perform('issueToken', { actor: { staff: 'hub' } }, (context) =>
        identity.issueToken(request, context),
      );
      return issued.token;
    },
  };
}

const refusingGate: Gate = {
  answer: () => Promise.resolve({ status: 418, headers: [], body: new Uint8Array() }),
};
