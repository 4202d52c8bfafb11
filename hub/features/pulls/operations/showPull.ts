import type { components } from '../../../../api/openapi.ts';
import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import { datasetId, providerOf } from '../../../../terms/ids.ts';
import { Problem } from '../../../../terms/problem.ts';
import { pausedNow, periodNow, windowOpen } from '../../../domain/pull.ts';
import { allowed } from '../../../pipeline/call.ts';
import { pullOf } from '../store/pulls.ts';
import { runsOf } from '../store/runs.ts';
import { moment } from '../../common/listing.ts';
import { namesBeside } from '../../common/namesBeside.ts';
import { pullRunView } from './pullRunView.ts';
import { seenBySenders } from '../../../domain/cells.ts';
import { ofDataset } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** Runs that are told, the newest first. */
const told = 20;

/** What a dataset is filled from, and what its last runs came to; the password is never told. @throws Problem pull_unknown */
export const showPull = operation('showPull', {
  kind: 'inspect',
  permission: seenBySenders,
  owner: ofDataset,
  run: async (call, { database, identity }) => {
    const dataset = datasetId(call.params.dataset);
    const row = await pullOf(database.app, dataset);
    if (row === undefined) throw new Problem('pull_unknown', { dataset });
    const { pause } = row;
    const runs = await runsOf(database.app, dataset, told);
    const { schedule, key, ...document } = row.document;
    const period = periodNow(schedule, call.now, chinaWorkingCalendar);
    const answer: components['schemas']['PullShown'] = {
      dataset,
      pull: { ...document, key: [...key], schedule },
      digest: row.digest,
      author: row.author,
      approver: row.approver,
      ...namesBeside(identity, { author: row.author, approver: row.approver }),
      setAt: moment(row.setAt),
      ...(pause === undefined || !pausedNow(pause, call.now)
        ? {}
        : { pause: { ...pause, ...namesBeside(identity, { by: pause.by }), at: moment(pause.at) } }),
      ...(period === undefined ? {} : { period }),
      windowOpen: windowOpen(schedule, call.now),
      runs: runs.map(pullRunView),
    };
    return allowed<'showPull'>(200, answer, { facts: { dataset, provider: providerOf(dataset) } });
  },
});
