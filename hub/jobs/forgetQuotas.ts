import { dayInChina } from '../../terms/civilDate.ts';
import { forgetQuotas as forget } from '../store/audit/forgetQuotas.ts';
import type { Reader } from '../store/database/reader.ts';
import type { Job } from './job.ts';

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
