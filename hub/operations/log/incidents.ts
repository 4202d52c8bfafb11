import type { OperationRows } from '../../gate/bindRows.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';
import { assessIncident } from './assessIncident.ts';
import { openSubjects } from './openSubjects.ts';
import { sealSubjects } from './sealSubjects.ts';

/** What an incident touched, and whom. */
export const incidents = {
  assessIncident: { kind: 'inspect', run: assessIncident },
  sealSubjects: { kind: 'management', run: sealSubjects },
  openSubjects: { kind: 'management', run: openSubjects },
} as const satisfies OperationRows<StaffCaller, Services>;
