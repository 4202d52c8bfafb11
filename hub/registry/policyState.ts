import type { RegistrySnapshot } from './snapshot.ts';

/** For readiness: documents that stand and are not relied on. The hub serves on, without what they reach. */
export function policyState({ failed }: Pick<RegistrySnapshot, 'failed'>): string {
  if (failed.length === 0) return 'ok';
  return `degraded: ${failed.map(({ name, fault }) => `${name} ${fault}`).join(', ')}`;
}

/** For readiness: what is registered and cannot be read. The hub serves on, without what it reaches. */
export const registryState = ({ unreadable }: Pick<RegistrySnapshot, 'unreadable'>): string =>
  unreadable.length === 0 ? 'ok' : `degraded: cannot be read: ${unreadable.join(', ')}`;
