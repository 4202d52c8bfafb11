import type { OperationRows } from '../../gate/bindRows.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';
import { actOnDemand } from './actOnDemand.ts';
import { listDemands } from './listDemands.ts';
import { makeDemand } from './makeDemand.ts';

/** Demands for data that no catalogue entry offers. */
export const demanding = {
  makeDemand: { kind: 'management', run: makeDemand },
  actOnDemand: { kind: 'management', run: actOnDemand },
  listDemands: { kind: 'inspect', run: listDemands },
} as const satisfies OperationRows<StaffCaller, Services>;
