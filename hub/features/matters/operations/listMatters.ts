import type { components } from '../../../../api/openapi.ts';
import { soughtIn } from '../../../domain/catalogue.ts';
import { pageMatters } from '../../../registry/store/matters.ts';
import { listed, names, oneMore, pageAsked } from '../../common/listing.ts';
import { matterView } from './matterView.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** GET /v1/matters: the register as it is now, whole documents, so that anybody counts from it what was saved. */
export const listMatters = operation('listMatters', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database }) => {
    const { q, department, state } = call.query;
    const page = pageAsked(call.query, names.code);
    const runs = q === undefined ? [] : soughtIn(q).runs;
    const wanted = state === 'ended' ? 'ended' : state === 'current' ? 'current' : undefined;
    const rows =
      // a question without a letter finds nothing
      q !== undefined && runs.length === 0
        ? []
        : await pageMatters<components['schemas']['Matter']>(database.app, {
            ...oneMore(page),
            ...{ runs, department, state: wanted },
          });
    return listed(call, 'matters', page, rows, ({ code }) => code, matterView);
  },
});
