import type { components } from '../../../../api/openapi.ts';
import { pausedNow } from '../../../domain/pull.ts';
import { pagePulls } from '../store/pagePulls.ts';
import { listed, moment, names, oneMore, pageAsked } from '../../common/listing.ts';
import { reachOf, within } from '../../common/reach.ts';
import { pullRunView } from './pullRunView.ts';
import { seenBySenders } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

type Listed = components['schemas']['PullList']['pulls'][number];

const permission = seenBySenders;

/** GET /v1/pulls: what fills the datasets of her departments by itself, with the last run of each; to the data office all. @throws Problem cursor_invalid */
export const listPulls = operation('listPulls', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, { database }) => {
    const page = pageAsked(call.query, names.code);
    const { department, failed } = call.query;
    const departments = within(reachOf(permission, call.caller), department);
    const rows = await pagePulls(database.app, {
      ...oneMore(page),
      departments,
      failed: failed === 'true',
    });
    return listed(
      call,
      'pulls',
      page,
      rows,
      ({ dataset }) => dataset,
      ({ dataset, department: of, document: { source, schedule }, setAt, pause, last }): Listed => ({
        ...{ dataset, department: of, host: source.host, database: source.database, schedule },
        setAt: moment(setAt),
        ...(pause !== undefined && pausedNow(pause, call.now) ? { pausedUntil: pause.until } : {}),
        ...(last === undefined ? {} : { last: pullRunView(last) }),
      }),
    );
  },
});
