import { shippedCodeListIds, shippedSurroundings } from '../../../../machine/surroundings.ts';
import { pageCodeLists } from '../../../registry/store/pageCodeLists.ts';
import { listed, moment, names, oneMore, pageAsked } from '../../common/listing.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** What comes with the product, of one id or of all. */
const shippedAs = (wanted: string | undefined) =>
  shippedCodeListIds
    .filter((id) => wanted === undefined || id === wanted)
    .flatMap((id) => shippedSurroundings.codeLists.list(id) ?? [])
    .map(({ id, version, title, source, entries }) => ({
      ...{ id, version, title, codes: entries.length },
      ...(source === undefined ? {} : { source }),
    }));

/** GET /v1/code-lists */
export const listCodeLists = operation('listCodeLists', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database }) => {
    const page = pageAsked(call.query, names.versioned);
    const rows = await pageCodeLists(database.app, { ...oneMore(page), id: call.query.id });
    return listed(
      call,
      'codeLists',
      page,
      rows,
      ({ id, version }) => `${id}@${version}`,
      ({ id, version, titleZh, titleEn, source, codes, digest, registeredAt }) => ({
        ...{ id, version, title: { zh: titleZh, en: titleEn } },
        ...(source === null ? {} : { source }),
        ...{ codes, digest, registeredAt: moment(registeredAt) },
      }),
      page.after === undefined ? { shipped: shippedAs(call.query.id) } : {},
    );
  },
});
