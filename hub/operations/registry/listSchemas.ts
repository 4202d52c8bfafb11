import type { Call, Outcome } from '../../gate/call.ts';
import { pageSchemas } from '../../store/registry/pageSchemas.ts';
import { listed, names, oneMore, pageAsked } from '../reading/listing.ts';
import { reachOf, type Reading } from '../reading/reach.ts';
import type { Services } from '../services.ts';
import { schemaView } from './schemaView.ts';

/** GET /v1/schemas: those that are not published yet to their owner and the data office only. */
export async function listSchemas(call: Call<Reading>, { database }: Services): Promise<Outcome> {
  const { name, state, q: text } = call.query;
  const page = pageAsked(call.query, names.urn);
  const rows = await pageSchemas(database.app, {
    ...{ ...oneMore(page), name, state, text },
    unpublishedOf: reachOf('showSchemaImpact', call.caller),
  });
  return listed('schemas', page, rows, ({ urn }) => urn, schemaView);
}
