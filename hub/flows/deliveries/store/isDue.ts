import { momentAt } from '../../../platform/database/values.ts';
import { clockDifferenceMs } from '../../../platform/jobs/store/jobs.ts';

/**
 * SQL: no process works for the sink `d`, and its next attempt is due. A superuser can postpone a sink, or lease it to no process: a time later than
 * any that a process stores is ignored. @param until, latest parameters, see `ClaimRequest`
 */
export const isDue = (until: string, latest: string): string =>
  `(d.next_at <= now() OR d.next_at > ${momentAt(latest)})
   AND (d.leased_until <= now() OR d.leased_until > ${momentAt(until)} + interval '${clockDifferenceMs} ms')`;
