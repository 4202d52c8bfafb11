import type { AgreedKeys } from '../../../log/agreedKeys.ts';
import type { OpenedAuditLog } from '../../../log/openAuditLog.ts';
import { policyState, registryState } from '../../../registry/policyState.ts';
import type { Registry } from '../../../registry/registry.ts';
import type { Database } from '../../../platform/database/database.ts';
import type { HubKeys } from '../../../platform/keys/hubKeys.ts';
import { authorityReady } from './authorityState.ts';
import { enrolmentState } from '../../signingKeys/operations/enrolmentState.ts';

export interface StateOwners {
  readonly audit: OpenedAuditLog;
  readonly database: Database;
  readonly agreedKeys: Pick<AgreedKeys, 'state'>;
  readonly registry: Registry;
  readonly keys: HubKeys;
}

/** For readiness: what each owner of a state says of it, by name: `ok`, `degraded: …`, or why not. */
export function stateChecks({
  audit,
  database,
  agreedKeys,
  registry,
  keys,
}: StateOwners): Readonly<Record<string, () => Promise<string> | string>> {
  return {
    log_state: () => audit.broken()?.code ?? 'ok',
    storage: () => database.storage.state(),
    keys: () => agreedKeys.state(),
    authority: () => authorityReady({ audit, database, keys }, database.now()),
    clock: () => database.clock.trouble()?.code ?? 'ok',
    policy: () => policyState(registry.current),
    registry: () => registryState(registry.current),
    enrolments: () => enrolmentState(database.app),
  };
}
