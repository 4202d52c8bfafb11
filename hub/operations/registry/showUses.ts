import type { JsonSchema } from '../../../schemas/datasetSchema.ts';
import { placeWhere } from '../../../schemas/lint/placeWhere.ts';
import { walkSchema } from '../../../schemas/lint/walk.ts';
import { resolveReference, type Resolve } from '../../../schemas/references.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import { datasetsBoundTo } from '../../store/registry/datasetsOfSchema.ts';
import { pageSchemas, schemasReferring } from '../../store/registry/pageSchemas.ts';
import { listed, names, oneMore, pageAsked } from '../reading/listing.ts';
import { reachOf, type Reading } from '../reading/reach.ts';
import type { Services } from '../services.ts';
import { namedDirectly, reachedThrough } from './usesReached.ts';

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
 * GET /v1/uses/{kind}/{name}: where a code list, an element (数据元) or a shared schema stands: schema versions (those too that take it by `$ref` from another),
 * places in them, datasets bound to each, and what reads those: mappings, agreements, requests and restrictions, as far as the caller may be told of them.
 */
export async function showUses(call: Call<Reading>, services: Services): Promise<Outcome> {
  const { kind = '', name = '' } = call.params;
  const { app } = services.database;
  const page = pageAsked(call.query, names.urn);
  const text = kinds[kind]?.text(name) ?? '';
  await services.registry.refresh();
  const placesOf = placesOfName(services, kind, name);
  const { schemas } = services.registry.current;
  const beside = (await schemasReferring(app, text)).filter(
    (urn) => placesOf(schemas.get(urn)?.schema.document ?? {}).length > 0,
  );
  const rows = await pageSchemas(app, {
    ...{ ...oneMore(page), name: undefined, state: undefined, text, beside },
    unpublishedOf: reachOf('showSchemaImpact', call.caller),
  });
  const bound = await datasetsBoundTo(
    app,
    rows.map(({ urn }) => urn),
  );
  const ids = bound.map(({ id }) => id);
  const reached = await reachedThrough(call.caller, services, ids);
  return listed(
    'uses',
    page,
    rows,
    ({ urn }) => urn,
    ({ urn, state, document }) => {
      const places = placesOf(JSON.parse(document) as JsonSchema);
      const datasets = bound.filter(({ schema }) => schema === urn).map(({ id }) => id);
      return {
        schema: urn,
        state,
        places,
        datasets,
        ...reached({ schema: urn, datasets, fields: fieldsAt(places) }),
      };
    },
    // told once, with the first page
    page.after === undefined ? await namedDirectly(call.caller, services, kind, name) : {},
  );
}

/** The fields that places of a text lie in; undefined where one lies elsewhere, or none is named: then any field may be meant. */
function fieldsAt(places: readonly string[]): ReadonlySet<string> | undefined {
  const fields = places.map((place) => /^\/properties\/([^/]+)/.exec(place)?.[1]);
  return fields.length === 0 || fields.includes(undefined) ? undefined : new Set(fields as string[]);
}

/** Pointers of the sub-schemas that name it, or refer to a part of another version that does, over however many others. */
function placesOfName(
  { registry }: Pick<Services, 'registry'>,
  kind: string,
  name: string,
): (document: JsonSchema) => readonly string[] {
  const { schemas, surroundings } = registry.current;
  const resolve: Resolve = (urn) => schemas.get(urn)?.schema.document ?? surroundings.resolve(urn);
  const named = (schema: JsonSchema): boolean => kinds[kind]?.namedBy(schema, name) === true;
  return (document) =>
    [...walkSchema(document)].flatMap(({ schema, pointer }) => {
      if (named(schema)) return [pointer];
      const { $ref } = schema;
      const target = typeof $ref === 'string' ? resolveReference($ref, document, resolve) : undefined;
      // within the document the place itself is told
      if (target === undefined || target.document === document) return [];
      const holds = placeWhere(target.schema, resolve, named, target.document) !== undefined;
      return holds ? [pointer] : [];
    });
}
