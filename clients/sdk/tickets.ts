/**
 * Tickets: a department reports wrong or missing data, for itself or for a person whose identity its service has proven. The provider
 * answers.
 */
import type { components } from '../../api/openapi.ts';
import { jsonCall } from './jsonCall.ts';
import { type CallServices, signedCall } from './signedCall.ts';
import { assertionFor, type RequestedView } from './subjects.ts';
import type { Answer } from './types.ts';

export type TicketSummary = components['schemas']['TicketSummary'];
export type TicketView = components['schemas']['TicketView'];
export type RequestedTicket = components['schemas']['TicketAsked'];
export type TicketAnswer = components['schemas']['TicketAnswer'];

export class Tickets {
  private readonly services: CallServices;
  private readonly department: string;

  constructor(services: CallServices, department: string) {
    this.services = services;
    this.department = department;
  }

  /** @param person whose identity this department's service has proven, and for whom it acts; absent: it acts for itself */
  async open(
    ticket: Omit<RequestedTicket, 'counter'>,
    person?: Pick<RequestedView, 'person' | 'presentedBy' | 'assurance'>,
  ): Promise<Answer<TicketView>> {
    const { key, origin } = this.services;
    const asserted = person && assertionFor(person, { key, origin, department: this.department });
    const body = {
      ...ticket,
      ...(asserted === undefined ? {} : { assertion: { jws: asserted.jws, subject: asserted.opening } }),
    };
    return (await signedCall(
      jsonCall('/v1/tickets', body, {}, 'required'),
      this.services,
    )) as Answer<TicketView>;
  }

  /**
   * Answers a ticket: the batch that corrected the data, or why nothing is wrong. For a ticket of this department: that it is withdrawn.
   */
  async answer(id: string, answer: TicketAnswer): Promise<Answer<TicketSummary>> {
    const path = `/v1/tickets/${encodeURIComponent(id)}/answer`;
    return (await signedCall(jsonCall(path, answer, {}, 'required'), this.services)) as Answer<TicketSummary>;
  }
}
