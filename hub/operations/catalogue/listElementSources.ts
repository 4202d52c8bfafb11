import type { components } from '../../../api/openapi.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import { pageSources } from '../../store/registry/elementSources.ts';
import { listed, moment, names, oneMore, pageAsked } from '../reading/listing.ts';
import type { Reading } from '../reading/reach.ts';
import type { Services } from '../services.ts';

/** GET /v1/element-sources: what the data office has decided of each element. */
export async function listElementSources(call: Call<Reading>, { database }: Services): Promise<Outcome> {
  const { element, department } = call.query;
  const page = pageAsked(call.query, names.code);
  const asked = { ...oneMore(page), element, department };
  const rows = await pageSources<components['schemas']['ElementSource']>(database.app, asked);
  return listed(
    'sources',
    page,
    rows,
    (row) => row.element,
    ({ document, revision, registeredAt }) => ({ ...document, revision, registeredAt: moment(registeredAt) }),
  );
}
