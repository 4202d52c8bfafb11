import type { components } from '../../../api/openapi.ts';
import { soughtIn } from '../../domain/catalogue.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import { pageMatters } from '../../store/registry/matters.ts';
import { listed, names, oneMore, pageAsked } from '../reading/listing.ts';
import type { Reading } from '../reading/reach.ts';
import type { Services } from '../services.ts';
import { matterView } from './matterView.ts';

/** GET /v1/matters: the register as it is now, whole documents, so that anybody counts from it what was saved. */
export async function listMatters(call: Call<Reading>, { database }: Services): Promise<Outcome> {
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
  return listed('matters', page, rows, ({ code }) => code, matterView);
}
