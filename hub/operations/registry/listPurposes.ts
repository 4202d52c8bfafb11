import type { Call, Outcome } from '../../gate/call.ts';
import { pagePurposes } from '../../store/registry/pagePurposes.ts';
import { listed, moment, names, oneMore, pageAsked } from '../reading/listing.ts';
import type { Reading } from '../reading/reach.ts';
import type { Services } from '../services.ts';

/** GET /v1/purposes */
export async function listPurposes(call: Call<Reading>, { database }: Services): Promise<Outcome> {
  const page = pageAsked(call.query, names.code);
  const rows = await pagePurposes(database.app, { ...oneMore(page), parent: call.query['parent'] });
  return listed(
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
}
