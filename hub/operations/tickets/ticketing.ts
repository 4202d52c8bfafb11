import type { OperationRows } from '../../gate/bindRows.ts';
import type { Reading } from '../reading/reach.ts';
import type { Services } from '../services.ts';
import { answerTicket } from './answerTicket.ts';
import { listTickets } from './listTickets.ts';
import { openTicket } from './openTicket.ts';
import { showTicket } from './showTicket.ts';

/** What departments' machines and stewards do alike. */
export const ticketing = {
  openTicket: { kind: 'management', run: openTicket },
  listTickets: { kind: 'inspect', run: listTickets },
  showTicket: { kind: 'inspect', run: showTicket },
  answerTicket: { kind: 'management', run: answerTicket },
} as const satisfies OperationRows<Reading, Services>;
