import type { components } from '../../../api/openapi.ts';
import type { Call } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { batchById } from '../../store/intake/batchById.ts';
import { listOpenChangeovers } from '../../store/registry/changeovers.ts';
import { datasetById } from '../../store/registry/datasets.ts';
import { stageOf } from '../registry/changeover/changeoverView.ts';
import { placeFor } from '../registry/schemaHands.ts';
import type { Services } from '../services.ts';

type Waiting = components['schemas']['Waiting']['changeovers'];

/**
 * To whoever may agree, datasets whose rows lie ready under a new major version; to stewards of a department that reads one, its agreements
 * over it, from the beginning on: each names the major version that is left, and stops with the switch.
 */
export async function waitingChangeovers(
  { caller }: Call<StaffCaller>,
  services: Services,
): Promise<Waiting> {
  const { database, identity, registry } = services;
  const own = caller.grants.flatMap(({ role, department }) =>
    role === 'steward' && department !== undefined ? [department] : [],
  );
  const waiting: Waiting = [];
  for (const changeover of await listOpenChangeovers(database.app)) {
    const row = await datasetById(database.app, changeover.dataset);
    if (row === undefined) continue;
    const { dataset, from, to, batch } = changeover;
    const about = { dataset, department: row.department, from, to };
    const stage = stageOf(
      services,
      changeover,
      row,
      batch === null ? undefined : await batchById(database.app, batch),
    );
    const as = placeFor({ ...changeover, owner: row.department }, caller, identity);
    if (stage === 'ready' && as !== undefined) waiting.push({ ...about, as, stops: [] });
    const read = registry.current.plans.all.filter(
      ({ ref }) => ref.dataset === dataset && own.includes(ref.consumer),
    );
    const stops = [...new Set(read.map(({ ref }) => ref.agreement))].sort();
    if (stops.length > 0) waiting.push({ ...about, as: 'consumer', stops });
  }
  return waiting;
}
