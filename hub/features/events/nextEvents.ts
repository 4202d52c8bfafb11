/**
 * The next events of a subscription: a run of stored events of one type, filtered, consented and masked as rows are. What is withheld is
 * passed over without a word, and a call that waits continues to wait after it: neither the answer nor its timing reveals what was withheld.
 */
import { meetsCondition } from '../../../policies/meetsCondition.ts';
import type { Permission, RowCondition } from '../../../policies/decision.ts';
import { agreedRows } from '../../flows/release/agreedRows.ts';
import { consentCheck, type ConsentCheck, type Consented } from '../../flows/release/consents.ts';
import { maskPage } from '../../flows/release/maskPage.ts';
import { callersTerms } from '../../flows/release/requestedRows.ts';
import { disclosedFields } from '../../flows/release/streamPart.ts';
import type { ReleaseServices } from '../../flows/release/services.ts';
import type { FetchedRow } from '../../flows/rows/store/fetch.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import type { StoredEvent } from './store/events.ts';
import type { SubscriptionRow } from './store/subscriptions.ts';

/** Events that a subscription may receive, masked. */
export interface ReleasableEvents {
  readonly events: readonly {
    readonly stored: StoredEvent;
    readonly data: Readonly<Record<string, unknown>>;
  }[];
  readonly rows: readonly FetchedRow[];
  readonly check: ConsentCheck | undefined;
  readonly consented: Consented;
  /** events that do not fit the version that their type is bound to by now */
  readonly unfit: number;
}

/** @throws Problem filter_value_invalid, mask_type_errors, masked_row_invalid: then no event is released */
export async function releasableEvents(
  services: ReleaseServices,
  { filter }: Pick<SubscriptionRow, 'filter'>,
  permission: Permission,
  dataset: LiveDataset,
  stored: readonly StoredEvent[],
  now: number,
): Promise<ReleasableEvents> {
  const { schema, compiled } = dataset;
  const conditions: readonly RowCondition[] = [...permission.rowFilter, ...callersTerms(dataset, { filter })];
  const fields = new Map(schema.fields.map((field) => [field.name, field]));
  const meets = (record: Readonly<Record<string, unknown>>): boolean =>
    conditions.every((condition) => {
      const field = fields.get(condition.field);
      return field !== undefined && meetsCondition(condition, field, record[condition.field]);
    });
  const byRow = new Map<FetchedRow, StoredEvent>();
  let unfit = 0;
  for (const event of stored) {
    const record = JSON.parse(event.data) as Readonly<Record<string, unknown>>; // written by readEvents
    if (event.schema !== schema.urn && !compiled.check(record)) unfit += 1;
    else if (meets(record))
      byRow.set({ record, subject: event.subject ?? undefined, position: { values: [], row: 0 } }, event);
  }
  const check = consentCheck(permission, disclosedFields(permission, { filter }, dataset), now);
  const { agreed: rows, consented } = await agreedRows(services, check, [...byRow.keys()]);
  const { records } = maskPage(services, permission, dataset, { rows }, now);
  const events = rows.flatMap((row, at) => {
    const event = byRow.get(row);
    const data = records[at];
    return event === undefined || data === undefined ? [] : [{ stored: event, data }];
  });
  return { events, rows, check, consented, unfit };
}
