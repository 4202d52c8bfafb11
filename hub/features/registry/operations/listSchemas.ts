import { pageSchemas } from '../../../registry/store/pageSchemas.ts';
import { listed, names, oneMore, pageAsked } from '../../common/listing.ts';
import { reachOf } from '../../common/reach.ts';
import { schemaView } from './schemaView.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { showSchemaImpact } from './showSchemaImpact.ts';

/** GET /v1/schemas: those that are not published yet to their owner and the data office only. */
export const listSchemas = operation('listSchemas', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database }) => {
    const { name, state, q: text } = call.query;
    const page = pageAsked(call.query, names.urn);
    const rows = await pageSchemas(database.app, {
      ...{ ...oneMore(page), name, state, text },
      unpublishedOf: reachOf(showSchemaImpact.permission, call.caller),
    });
    return listed(call, 'schemas', page, rows, ({ urn }) => urn, schemaView);
  },
});
