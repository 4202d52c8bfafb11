import { walkSchema } from '../../../schemas/lint/walk.ts';
import type { JsonSchema } from '../../../schemas/datasetSchema.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import { datasetsBoundTo } from '../../store/registry/datasetsOfSchema.ts';
import { pageSchemas } from '../../store/registry/pageSchemas.ts';
import { listed, names, oneMore, pageAsked } from '../reading/listing.ts';
import { reachOf, type Reading } from '../reading/reach.ts';
import type { Services } from '../services.ts';

/** What stands in a schema for a code list or an element. */
const wordFor: Readonly<Record<string, (name: string) => string>> = {
  'code-list': (name) => `urn:datong:code:${name}`,
  element: (name) => name,
};

/** GET /v1/uses/{kind}/{name}: where a code list or an element (数据元) stands: schema versions, places in them, datasets bound to each. */
export async function showUses(call: Call<Reading>, { database }: Services): Promise<Outcome> {
  const { kind = '', name = '' } = call.params;
  const word = wordFor[kind]?.(name) ?? '';
  const page = pageAsked(call.query, names.urn);
  const rows = await pageSchemas(database.app, {
    ...{ ...oneMore(page), name: undefined, state: undefined, text: JSON.stringify(word) },
    unpublishedOf: reachOf('showSchemaImpact', call.caller),
  });
  const bound = await datasetsBoundTo(
    database.app,
    rows.map(({ urn }) => urn),
  );
  return listed(
    'uses',
    page,
    rows,
    ({ urn }) => urn,
    ({ urn, state, document }) => ({
      ...{ schema: urn, state, places: placesOf(JSON.parse(document) as JsonSchema, word) },
      datasets: bound.filter(({ schema }) => schema === urn).map(({ id }) => id),
    }),
  );
}

/** Pointers of the sub-schemas that name it. */
function placesOf(document: JsonSchema, word: string): readonly string[] {
  return [...walkSchema(document)].flatMap(({ schema, pointer }) => {
    const codes = schema['x-code'] as { readonly list?: unknown } | undefined;
    return schema['x-semantic'] === word || codes?.list === word ? [pointer] : [];
  });
}
