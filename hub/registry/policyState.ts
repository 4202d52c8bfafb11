import type { RegistrySnapshot } from './snapshot.ts';

/** For readiness: documents in force that are not trusted. The hub continues without what depends on them. */
export function policyState({ failed }: Pick<RegistrySnapshot, 'failed'>): string {
  if (failed.length === 0) return 'ok';
  return `degraded: ${failed.map(({ name, fault }) => `${name} ${fault}`).join(', ')}`;
}

/** For readiness: registrations that cannot be read. The hub continues without what depends on them. */
export const registryState = ({ unreadable }: Pick<RegistrySnapshot, 'unreadable'>): string =>
  unreadable.size === 0 ? 'ok' : `degraded: cannot be read: ${[...unreadable.keys()].join(', ')}`;
