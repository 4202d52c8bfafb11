/**
 * An incident that starts from a batch (错误或被篡改的批次). Entries do not name the batch whose rows left: it is told by when the batch was
 * current, and by its dataset.
 */
import type { components } from '../../../../api/openapi.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { batchPeriod } from '../../../flows/intake/store/batchPeriod.ts';
import type { AskedEntries } from './incidentEntries.ts';

type Asked = Omit<components['schemas']['IncidentQuestion'], 'reason' | 'case'>;

/** An answer that began just before another batch came, and clocks of processes that differ. */
const slack = 60_000;

export interface BatchAsked {
  /** undefined: nobody got rows of it in the period */
  readonly entries: AskedEntries | undefined;
  readonly batch?: Omit<NonNullable<components['schemas']['Incident']['batch']>, 'perhaps'>;
  /** entries of the time in which only a page that a cursor goes on with may be of the batch */
  readonly later?: AskedEntries;
}

/** @throws Problem batch_unknown, where there is none, or it is of another dataset than the one that is asked about */
export async function batchAsked(reader: Reader, { batch, ...asked }: Asked): Promise<BatchAsked> {
  if (batch === undefined) return { entries: asked };
  const period = await batchPeriod(reader, batch);
  if (period === undefined || (asked.dataset !== undefined && asked.dataset !== period.dataset))
    throw new Problem('batch_unknown');
  const { dataset, from, until, readUntil } = period;
  const told = {
    ...{ id: batch, dataset },
    ...(from === null ? {} : { from: iso(from) }),
    ...(until === null ? {} : { until: iso(until) }),
  };
  if (from === null) return { entries: undefined, batch: told };
  const question = { ...asked, dataset };
  const end = until === null ? undefined : until + slack;
  const later = end === undefined ? undefined : within(question, end, readUntil ?? undefined);
  return {
    entries: within(question, from - slack, end),
    batch: told,
    ...(later === undefined ? {} : { later }),
  };
}

const iso = (at: number): string => new Date(at).toISOString();

/** What of a question lies between two moments; undefined: nothing does. */
function within(asked: AskedEntries, from: number, until: number | undefined): AskedEntries | undefined {
  const first = Math.max(from, Date.parse(asked.from));
  const end = Math.min(until ?? Infinity, Date.parse(asked.until));
  return first >= end ? undefined : { ...asked, from: iso(first), until: iso(end) };
}
