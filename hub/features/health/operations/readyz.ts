import { unlogged } from '../../../pipeline/call.ts';
import type { Services } from '../../common/services.ts';
import { operation } from '../../common/operation.ts';
import type { AttachmentStorages } from '../../../flows/attachments/storage.ts';
import type { AgreedKeys } from '../../../log/agreedKeys.ts';
import type { OpenedAuditLog } from '../../../log/openAuditLog.ts';
import type { Registry } from '../../../registry/registry.ts';
import type { RegistrySnapshot } from '../../../registry/snapshot.ts';
import type { Database } from '../../../platform/database/database.ts';
import type { HubKeys } from '../../../platform/keys/hubKeys.ts';
import { authorityReady } from './authorityState.ts';
import { enrolmentState } from '../../signingKeys/operations/signingKeys.ts';

type Check = () => Promise<string> | string;

/**
 * Reports whether the hub can serve exchanges: database, log, certificates and further named checks. `degraded` continues to serve but
 * needs attention. Reasons contain no person and no secret.
 */
export const readyz = operation('readyz', {
  kind: 'none',
  run: async (_call, services) => {
    const checks = await checkResults(services);
    const results = Object.values(checks);
    if (results.every((result) => result === 'ok')) return unlogged<'readyz'>(200, { status: 'ok', checks });
    const degraded = results.every((result) => result === 'ok' || result.startsWith('degraded'));
    return unlogged<'readyz'>(degraded ? 200 : 503, { status: degraded ? 'degraded' : 'failing', checks });
  },
});

/** Result of each check, within the deadline: `ok`, `degraded: …`, or the reason for failure. */
export async function checkResults(services: Services): Promise<Readonly<Record<string, string>>> {
  const checks: Record<string, string> = {};
  await Promise.all(
    Object.entries(checksOf(services)).map(async ([name, check]) => {
      checks[name] = await outcome(check);
    }),
  );
  return checks;
}

function checksOf(services: Services): Record<string, Check> {
  const { database, audit, identity } = services;
  return {
    database: async () => {
      await database.check();
      return 'ok';
    },
    log: () => (audit.checkpoint() === '' ? 'no checkpoint' : 'ok'),
    certificates: () => {
      const { revocationList, certificate } = identity.validity();
      return Math.min(revocationList, certificate) > database.now() ? 'ok' : 'expired';
    },
    ...services.readiness,
  };
}

/** ms; the reply is sent within this time, even if the database does not respond */
const deadline = 2_000;

async function outcome(check: Check): Promise<string> {
  try {
    return await withinDeadline(Promise.resolve(check()));
  } catch (error) {
    return (error as { code?: unknown }).code === undefined
      ? 'failing'
      : String((error as { code: unknown }).code);
  }
}

async function withinDeadline(checked: Promise<string>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('no answer'), deadline);
  });
  try {
    return await Promise.race([checked, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Reports that the process responds. */
export const healthz = operation('healthz', {
  kind: 'none',
  run: () => {
    return unlogged<'healthz'>(200, { status: 'ok', checks: {} });
  },
});

interface StateOwners {
  readonly audit: OpenedAuditLog;
  readonly database: Database;
  readonly agreedKeys: Pick<AgreedKeys, 'state'>;
  readonly registry: Registry;
  readonly keys: HubKeys;
  readonly attachments: Pick<AttachmentStorages, 'state'>;
}

/** Readiness checks of each component by name: `ok`, `degraded: …`, or the reason for failure. */
export function stateChecks({
  audit,
  database,
  agreedKeys,
  registry,
  keys,
  attachments,
}: StateOwners): Readonly<Record<string, () => Promise<string> | string>> {
  return {
    log_state: () => audit.broken()?.code ?? 'ok',
    storage: () => database.storage.state(),
    commit: () => database.commits.state(),
    keys: () => agreedKeys.state(),
    authority: () => authorityReady({ audit, database, keys }, database.now()),
    clock: () => database.clock.trouble()?.code ?? 'ok',
    policy: () => policyState(registry.current),
    registry: () => registryState(registry.current),
    enrolments: () => enrolmentState(database.app),
    attachments: () => attachments.state(),
  };
}

/** Documents in force that are not trusted. The hub continues without what depends on them. */
function policyState({ failed }: Pick<RegistrySnapshot, 'failed'>): string {
  if (failed.length === 0) return 'ok';
  return `degraded: ${failed.map(({ name, fault }) => `${name} ${fault}`).join(', ')}`;
}

/** Registrations that cannot be read. The hub continues without what depends on them. */
const registryState = ({ unreadable }: Pick<RegistrySnapshot, 'unreadable'>): string =>
  unreadable.size === 0 ? 'ok' : `degraded: cannot be read: ${[...unreadable.keys()].join(', ')}`;
