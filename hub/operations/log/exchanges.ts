import type { OperationRows } from '../../gate/bindRows.ts';
import type { DepartmentCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';
import { diagnoseExchange } from './diagnoseExchange.ts';
import { getReceipt } from './getReceipt.ts';
import { listExchanges } from './listExchanges.ts';

/** What a department asks about exchanges that were its own, or about its data. */
export const exchanges = {
  listExchanges: { kind: 'inspect', run: listExchanges },
  getReceipt: { kind: 'inspect', run: getReceipt },
  diagnoseExchange: { kind: 'inspect', run: diagnoseExchange },
} as const satisfies OperationRows<DepartmentCaller, Services>;
