import { Problem } from '../../../terms/problem.ts';
import { publishedStates } from '../../domain/schemaVersion.ts';
import { allowed } from '../../gate/call.ts';
import { datasetsOfSchema } from '../../store/registry/datasetsOfSchema.ts';
import { datedSchema } from '../../store/registry/pageSchemas.ts';
import { reachOf } from '../reading/reach.ts';
import { schemaView } from './schemaView.ts';
import { everyone } from '../../domain/cells.ts';
import { self } from '../../gate/ownership.ts';
import { operation } from '../operation.ts';
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
