/** What whoever runs the hub asks it: whether it lives, and whether it is ready. */
import type { OperationRows } from '../../gate/bindRows.ts';
import type { Stranger } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';
import { healthz } from './healthz.ts';
import { readyz } from './readyz.ts';

export const probing: OperationRows<Stranger, Services> = {
  healthz: { kind: 'none', run: healthz },
  readyz: { kind: 'none', run: readyz },
};
