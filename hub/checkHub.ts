/** Whether a hub would start: contract, keys and database are tried, nothing is begun. */
import type { HubConfig } from './config/hubConfig.ts';
import { readContract } from './http/contract/contract.ts';
import { openKeys } from './keys/openKeys.ts';
import { startDatabase } from './startDatabase.ts';
import { refuseForeign } from './store/database/refuseForeign.ts';

/**
 * @param newHub its keys are not there yet: the bootstrap makes them
 * @throws Problem of keys and database
 */
export async function checkHub(config: HubConfig, { newHub }: { readonly newHub: boolean }): Promise<void> {
  readContract();
  if (!newHub) await openKeys(config.keysDir, { create: false, hubName: config.name });
  const started = await startDatabase(config);
  try {
    await refuseForeign(started.database.owner);
  } finally {
    await started.stop();
  }
}
