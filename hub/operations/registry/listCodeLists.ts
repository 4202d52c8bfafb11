import type { Call, Outcome } from '../../gate/call.ts';
import { pageCodeLists } from '../../store/registry/pageCodeLists.ts';
import { listed, moment, names, oneMore, pageAsked } from '../reading/listing.ts';
import type { Reading } from '../reading/reach.ts';
import type { Services } from '../services.ts';

/** GET /v1/code-lists */
export async function listCodeLists(call: Call<Reading>, { database }: Services): Promise<Outcome> {
  const page = pageAsked(call.query, names.versioned);
  const rows = await pageCodeLists(database.app, { ...oneMore(page), id: call.query['id'] });
  return listed(
    'codeLists',
    page,
    rows,
    ({ id, version }) => `${id}@${version}`,
    ({ id, version, titleZh, titleEn, source, codes, digest, registeredAt }) => ({
      ...{ id, version, title: { zh: titleZh, en: titleEn } },
      ...(source === null ? {} : { source }),
      ...{ codes, digest, registeredAt: moment(registeredAt) },
    }),
  );
}
