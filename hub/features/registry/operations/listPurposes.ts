import { pagePurposes } from '../../../registry/store/pagePurposes.ts';
import { listed, moment, names, oneMore, pageAsked } from '../../common/listing.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** GET /v1/purposes */
export const listPurposes = operation('listPurposes', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database }) => {
    const page = pageAsked(call.query, names.code);
    const rows = await pagePurposes(database.app, { ...oneMore(page), parent: call.query.parent });
    return listed(
      call,
      'purposes',
      page,
      rows,
      ({ code }) => code,
      ({ code, parent, titleZh, titleEn, registeredAt }) => ({
        code,
        ...(parent === null ? {} : { parent }),
        title: { zh: titleZh, en: titleEn },
        registeredAt: moment(registeredAt),
      }),
    );
  },
});
