import { walkSchema } from '../../../schemas/lint/walk.ts';
import type { JsonSchema } from '../../../schemas/datasetSchema.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import { datasetsBoundTo } from '../../store/registry/datasetsOfSchema.ts';
import { pageSchemas } from '../../store/registry/pageSchemas.ts';
import { listed, names, oneMore, pageAsked } from '../reading/listing.ts';
import { reachOf, type Reading } from '../reading/reach.ts';
import type { Services } from '../services.ts';

interface Kind {
  /** what its text holds that names it */
  readonly text: (name: string) => string;
  /** whether a sub-schema names it */
  readonly namedBy: (schema: JsonSchema, name: string) => boolean;
}

const kinds: Readonly<Record<string, Kind>> = {
  'code-list': {
    text: (name) => JSON.stringify(`urn:datong:code:${name}`),
    namedBy: (schema, name) =>
      (schema['x-code'] as { readonly list?: unknown } | undefined)?.list === `urn:datong:code:${name}`,
  },
  element: {
    text: (name) => JSON.stringify(name),
    namedBy: (schema, name) => schema['x-semantic'] === name,
  },
  // any version of it, whole or a part
  schema: {
    text: (name) => `"urn:datong:${name}:`,
    namedBy: ({ $ref }, name) => typeof $ref === 'string' && $ref.startsWith(`urn:datong:${name}:`),
  },
};

/**
 * GET /v1/uses/{kind}/{name}: where a code list, an element (数据元) or a shared schema stands: schema versions, places in them, datasets bound to
 * each.
 */
export async function showUses(call: Call<Reading>, { database }: Services): Promise<Outcome> {
  const { kind = '', name = '' } = call.params;
  const page = pageAsked(call.query, names.urn);
  const rows = await pageSchemas(database.app, {
    ...{ ...oneMore(page), name: undefined, state: undefined, text: kinds[kind]?.text(name) ?? '' },
    notNamed: kind === 'schema' ? name : undefined,
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
      ...{ schema: urn, state, places: placesOf(JSON.parse(document) as JsonSchema, kind, name) },
      datasets: bound.filter(({ schema }) => schema === urn).map(({ id }) => id),
    }),
  );
}

/** Pointers of the sub-schemas that name it. */
const placesOf = (document: JsonSchema, kind: string, name: string): readonly string[] =>
  [...walkSchema(document)].flatMap(({ schema, pointer }) =>
    kinds[kind]?.namedBy(schema, name) === true ? [pointer] : [],
  );
