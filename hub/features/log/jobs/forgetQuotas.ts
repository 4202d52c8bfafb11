import { dayInChina } from '../../../../terms/civilDate.ts';
import { forgetQuotas as forget } from '../../../log/store/forgetQuotas.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Job } from '../../../platform/jobs/job.ts';

const hour = 3_600_000;
/** Days that counters stay: whoever asks why a call was refused yesterday is still answered. */
const kept = 7 * 24 * hour;

/** Counters of days that are over go, and with them the tokens of whom facts were asked about. */
export const forgetQuotas = (reader: Reader): Job => ({
  name: 'forgetQuotas',
  every: hour,
  lease: 60_000,
  run: async (run) => {
    await forget(reader, dayInChina(run.now() - kept));
    return {};
  },
});
