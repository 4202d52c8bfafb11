import type { components } from '../../../../api/openapi.ts';
import { pageSources } from '../../../registry/store/elementSources.ts';
import { listed, moment, names, oneMore, pageAsked } from '../../common/listing.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** GET /v1/element-sources: what the data office has decided of each element. */
export const listElementSources = operation('listElementSources', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database }) => {
    const { element, department } = call.query;
    const page = pageAsked(call.query, names.code);
    const asked = { ...oneMore(page), element, department };
    const rows = await pageSources<components['schemas']['ElementSource']>(database.app, asked);
    return listed(
      call,
      'sources',
      page,
      rows,
      (row) => row.element,
      ({ document, revision, registeredAt }) => ({
        ...document,
        revision,
        registeredAt: moment(registeredAt),
      }),
    );
  },
});
