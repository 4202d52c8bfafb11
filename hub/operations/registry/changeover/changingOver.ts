import type { OperationRows } from '../../../gate/bindRows.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import type { Services } from '../../services.ts';
import { beginChangeover } from './beginChangeover.ts';
import { decideChangeover } from './decideChangeover.ts';
import { showChangeover } from './showChangeover.ts';

/** A dataset's way to a new major version of its schema. */
export const changingOver = {
  beginChangeover: { kind: 'management', run: beginChangeover },
  showChangeover: { kind: 'inspect', run: showChangeover },
  decideChangeover: { kind: 'management', run: decideChangeover },
} as const satisfies OperationRows<StaffCaller, Services>;
