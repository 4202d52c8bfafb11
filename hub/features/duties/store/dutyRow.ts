import type { DutyKind } from '../../../domain/duty.ts';

/** A row of `duty`. Days are `YYYY-MM-DD`, calendar of China. */
export interface DutyRow {
  readonly id: string;
  readonly obligation: DutyKind;
  readonly consumer: string;
  readonly provider: string;
  readonly dataset: string;
  readonly agreement: string;
  readonly purpose: string;
  readonly receivedFrom: string;
  readonly receivedUntil: string;
  readonly due: string;
  /** answers that brought the data */
  readonly exchanges: number;
  readonly consent: string | null;
  readonly named: readonly string[] | null;
  readonly statement: string | null;
  /** id of the statement's entry */
  readonly answeredBy: string | null;
}

export const dutyColumns = `id, obligation, consumer, provider, dataset, agreement, purpose, received_from::text AS "receivedFrom",
  received_until::text AS "receivedUntil", due::text AS due, exchanges::double precision AS exchanges, consent, named, statement,
  answered_by AS "answeredBy"`;
