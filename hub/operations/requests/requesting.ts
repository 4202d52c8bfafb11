import type { OperationRows } from '../../gate/bindRows.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';
import { beginFromTemplate } from '../requestTemplates/beginFromTemplate.ts';
import { beginRenewal } from './beginRenewal.ts';
import { registerProcedure } from './registerProcedure.ts';
import { makeRequest } from './makeRequest.ts';
import { showRequest } from './showRequest.ts';
import { answerRequest } from './answerRequest.ts';

/** Requests, and how a city answers them. */
export const requesting = {
  registerProcedure: { kind: 'management', run: registerProcedure },
  makeRequest: { kind: 'management', run: makeRequest },
  showRequest: { kind: 'inspect', run: showRequest },
  beginFromTemplate: { kind: 'inspect', run: beginFromTemplate },
  beginRenewal: { kind: 'inspect', run: beginRenewal },
  answerRequest: { kind: 'management', run: answerRequest },
} as const satisfies OperationRows<StaffCaller, Services>;
