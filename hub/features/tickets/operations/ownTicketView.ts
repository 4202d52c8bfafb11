import type { components } from '../../../../api/openapi.ts';
import type { TicketTold } from '../store/tickets.ts';
import type { Services } from '../../common/services.ts';
import { titledDepartment } from '../../subjects/operations/titledDepartment.ts';
import { ticketSummary } from './ticketView.ts';

type Schemas = components['schemas'];

/** `OwnTicket` of openapi.yaml: what a person reads of her objection. */
export function ownTicketView(row: TicketTold, services: Services, now: number): Schemas['OwnTicket'] {
  const { id, state, due, provisional, overdue, opened, answered, exchange } = ticketSummary(
    row,
    [row.opener],
    now,
  );
  return {
    ...{ id, state, claim: row.claim, due, provisional, overdue, opened },
    ...(row.wish === 'correction' ? {} : { wish: row.wish }),
    dataset: titledDataset(row.dataset, services),
    provider: titledDepartment(services.identity, row.provider),
    ...(exchange === undefined ? {} : { exchange }),
    ...(answered === undefined ? {} : { answered }),
    ...(row.reason === null ? {} : { reason: row.reason }),
  };
}

/** A dataset as persons are told of it: its title beside its code. */
export function titledDataset(code: string, { registry }: Pick<Services, 'registry'>): Schemas['TitledCode'] {
  const row = registry.current.datasets.get(code)?.row;
  return row === undefined ? { code } : { code, title: { zh: row.titleZh, en: row.titleEn } };
}
