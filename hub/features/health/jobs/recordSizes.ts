/** Records how large database and log are, once a day, so that their growth is known without a monitoring system. */
import { dayInChina } from '../../../../terms/civilDate.ts';
import type { OpenedAuditLog } from '../../../log/openAuditLog.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Job } from '../../../platform/jobs/job.ts';
import { serverFigures } from '../store/serverFigures.ts';

/** Days that are stored. */
const maxDays = 31;

export interface RecordedSize {
  /** Unix milliseconds */
  readonly at: number;
  /** of the database */
  readonly bytes: number;
  /** of the log */
  readonly entries: number;
}

export const recordSizes = (reader: Reader, audit: Pick<OpenedAuditLog, 'size'>): Job => ({
  name: 'recordSizes',
  every: 3_600_000,
  lease: 60_000,
  run: async (run) => {
    const sizes = sizesIn(run.state);
    const last = sizes.at(-1);
    const now = run.now();
    if (last !== undefined && dayInChina(last.at) === dayInChina(now)) return {};
    const { bytes } = await serverFigures(reader);
    return { state: { sizes: [...sizes, { at: now, bytes, entries: audit.size() }].slice(-maxDays) } };
  },
});

/** @param state of the job, as the database returned it @returns oldest first; none where it is not in the job's format */
export function sizesIn(state: unknown): readonly RecordedSize[] {
  const { sizes } = (state ?? {}) as { readonly sizes?: unknown };
  return Array.isArray(sizes) ? sizes.filter(isSize) : [];
}

function isSize(one: unknown): one is RecordedSize {
  const { at, bytes, entries } = (one ?? {}) as Readonly<Record<string, unknown>>;
  return [at, bytes, entries].every((figure) => typeof figure === 'number' && Number.isFinite(figure));
}
