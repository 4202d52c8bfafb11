import type { OperationRows } from '../../gate/bindRows.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';
import { endLiveService } from './endLiveService.ts';
import { showLiveService } from './showLiveService.ts';

/** What persons do with a service that is registered. */
export const serving = {
  showLiveService: { kind: 'inspect', run: showLiveService },
  endLiveService: { kind: 'management', run: endLiveService },
} as const satisfies OperationRows<StaffCaller, Services>;
