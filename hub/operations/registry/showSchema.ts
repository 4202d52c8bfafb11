import { Problem } from '../../../terms/problem.ts';
import { publishedStates } from '../../domain/schemaVersion.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import { datasetsOfSchema } from '../../store/registry/datasetsOfSchema.ts';
import { datedSchema } from '../../store/registry/pageSchemas.ts';
import { reachOf, type Reading } from '../reading/reach.ts';
import type { Services } from '../services.ts';
import { schemaView } from './schemaView.ts';

/** GET /v1/schemas/{schema}: the text as it was registered, and who is bound to it. @throws Problem not_found */
export async function showSchema(call: Call<Reading>, { database }: Services): Promise<Outcome> {
  const row = await datedSchema(database.app, call.params['schema'] ?? '');
  const reach = reachOf('showSchemaImpact', call.caller);
  const unseen =
    row !== undefined && !publishedStates.includes(row.state) && reach?.includes(row.owner ?? '') === false;
  if (row === undefined || unseen) throw new Problem('not_found');
  const body = {
    schema: schemaView(row),
    document: JSON.parse(row.document) as unknown,
    datasets: await datasetsOfSchema(database.app, row.urn),
  };
  return allowed(200, body, { facts: { change: { schema: row.urn } } });
}
