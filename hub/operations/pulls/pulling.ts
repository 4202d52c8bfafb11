import type { OperationRows } from '../../gate/bindRows.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';
import { endPull } from './endPull.ts';
import { listPulls } from './listPulls.ts';
import { pausePull } from './pausePull.ts';
import { resumePull } from './resumePull.ts';
import { runPull } from './runPull.ts';
import { showPull } from './showPull.ts';

/** What persons do with a pull that is registered. */
export const pulling = {
  listPulls: { kind: 'inspect', run: listPulls },
  showPull: { kind: 'inspect', run: showPull },
  runPull: { kind: 'management', run: runPull },
  pausePull: { kind: 'management', run: pausePull },
  resumePull: { kind: 'management', run: resumePull },
  endPull: { kind: 'management', run: endPull },
} as const satisfies OperationRows<StaffCaller, Services>;
