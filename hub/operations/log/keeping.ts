import type { OperationRows } from '../../gate/bindRows.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';
import { listDestructions } from './listDestructions.ts';
import { listLogReads } from './listLogReads.ts';
import { listHolds } from './listHolds.ts';
import { showRetention } from './showRetention.ts';

/** How long entries are kept, what must stay longer, what is gone, and who looked into them. What changes any of it is a proposal. */
export const keeping = {
  listHolds: { kind: 'inspect', run: listHolds },
  showRetention: { kind: 'inspect', run: showRetention },
  listLogReads: { kind: 'inspect', run: listLogReads },
  listDestructions: { kind: 'inspect', run: listDestructions },
} as const satisfies OperationRows<StaffCaller, Services>;
