import type { OperationRows } from '../../gate/bindRows.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';
import { actOnDispute } from './actOnDispute.ts';
import { listDisputes } from './listDisputes.ts';
import { raiseDispute } from './raiseDispute.ts';
import { showDispute } from './showDispute.ts';

/** Disputes between departments. */
export const disputing = {
  raiseDispute: { kind: 'management', run: raiseDispute },
  actOnDispute: { kind: 'management', run: actOnDispute },
  showDispute: { kind: 'inspect', run: showDispute },
  listDisputes: { kind: 'inspect', run: listDisputes },
} as const satisfies OperationRows<StaffCaller, Services>;
