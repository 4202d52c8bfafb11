import { Problem } from '../../../../terms/problem.ts';
import { publishedStates } from '../../../domain/schemaVersion.ts';
import { allowed } from '../../../pipeline/call.ts';
import { datasetsOfSchema } from '../../../registry/store/datasetsOfSchema.ts';
import { datedSchema } from '../../../registry/store/pageSchemas.ts';
import { reachOf } from '../../common/reach.ts';
import { schemaView } from './schemaView.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { showSchemaImpact } from './showSchemaImpact.ts';

/** GET /v1/schemas/{schema}: the text as it was registered, and who is bound to it. @throws Problem not_found */
export const showSchema = operation('showSchema', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database }) => {
    const row = await datedSchema(database.app, call.params.schema);
    const reach = reachOf(showSchemaImpact.permission, call.caller);
    const unseen =
      row !== undefined && !publishedStates.includes(row.state) && reach?.includes(row.owner ?? '') === false;
    if (row === undefined || unseen) throw new Problem('not_found');
    const body = {
      schema: schemaView(row),
      document: JSON.parse(row.document) as unknown,
      datasets: await datasetsOfSchema(database.app, row.urn),
    };
    return allowed<'showSchema'>(200, body, { facts: { change: { schema: row.urn } } });
  },
});
