import { breather, inTurns } from '../../../../machine/yieldIfSlow.ts';
import type { JsonSchema } from '../../../../schemas/datasetSchema.ts';
import { placesWhere } from '../../../../schemas/lint/placeWhere.ts';
import type { Page } from '../../../platform/database/values.ts';
import { datasetsBoundTo } from '../../../registry/store/datasetLists.ts';
import { pageSchemas, schemasReferring } from '../../../registry/store/schemas.ts';
import { listed, names, requestedPage } from '../../common/listing.ts';
import { reachOf } from '../../common/reach.ts';
import type { Services } from '../../common/services.ts';
import { namedDirectly, reachedThrough } from './usesReached.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { showSchemaImpact } from './showSchemaImpact.ts';

interface Kind {
  /** the quoted text that occurs in a document that names it */
  readonly text: (name: string) => string;
  /** whether a sub-schema names it */
  readonly namedBy: (schema: JsonSchema, name: string) => boolean;
}

/** Minimum number of versions read together, even for a small page: many of them are not on it. */
const atOnce = 50;

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
 * GET /v1/uses/{kind}/{name}: where a code list, an element (数据元) or a shared schema is used. Returns schema versions (including those
 * that take it by `$ref` from another), the places in them, and datasets bound to each. Also returns what reads those datasets: mappings,
 * agreements, requests and restrictions, as far as the caller may see them.
 */
export const showUses = operation('showUses', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, services) => {
    const { kind, name } = call.params;
    const { app } = services.database;
    const page = requestedPage(call.query, names.urn);
    const text = kinds[kind]?.text(name) ?? '';
    await services.registry.refresh();
    const placesOf = placesOfName(services, kind, name);
    const referring = await schemasReferring(app, text);
    const unpublishedOf = reachOf(showSchemaImpact.permission, call.caller);
    const read = async (next: Page): Promise<Versions> =>
      (
        await pageSchemas(app, {
          ...next,
          name: undefined,
          state: undefined,
          text,
          furtherUrns: referring,
          unpublishedOf,
        })
      ).rows;
    const rows = await versionsUsing(page, read, new Set(referring), placesOf);
    const bound = await datasetsBoundTo(
      app,
      rows.map(({ urn }) => urn),
    );
    const ids = bound.map(({ id }) => id);
    const reached = await reachedThrough(call.caller, services, ids);
    return listed(
      call,
      'uses',
      page,
      rows,
      ({ urn }) => urn,
      ({ urn, state, places }) => {
        const datasets = bound.filter(({ schema }) => schema === urn).map(({ id }) => id);
        return {
          schema: urn,
          state,
          places,
          datasets,
          ...reached({ schema: urn, datasets, fields: fieldsAt(places) }),
        };
      },
      // returned once, with the first page
      page.after === undefined ? await namedDirectly(call.caller, services, kind, name) : {},
    );
  },
});

/**
 * The top-level fields that places of a text belong to. Undefined if a place is outside them or none is given: then any field may be
 * meant.
 */
function fieldsAt(places: readonly string[]): ReadonlySet<string> | undefined {
  const fields = places.map((place) => /^\/properties\/([^/]+)/.exec(place)?.[1]);
  return fields.length === 0 || fields.includes(undefined) ? undefined : new Set(fields as string[]);
}

type Versions = Awaited<ReturnType<typeof pageSchemas>>['rows'];
type UsingVersion = Versions[number] & { readonly places: readonly string[] };

/**
 * The versions of a page with their places, and one more where there is one. Of versions that refer to a version that uses it, only those
 * that take that part count. Reads only as many as the page needs, and yields to other work in between.
 */
async function versionsUsing(
  page: Page,
  read: (next: Page) => Promise<Versions>,
  referring: ReadonlySet<string>,
  placesOf: (document: JsonSchema) => Iterator<unknown, readonly string[]>,
): Promise<readonly UsingVersion[]> {
  const found: UsingVersion[] = [];
  const breathe = breather();
  const maxUses = Math.max(page.maxRows, atOnce) + 1;
  for (let { after } = page, rows: Versions; ; after = rows.at(-1)?.urn) {
    rows = await read({ after, maxRows: maxUses });
    for (const row of rows) {
      const places = await inTurns(placesOf(JSON.parse(row.document) as JsonSchema), breathe);
      if (places.length > 0 || !referring.has(row.urn)) found.push({ ...row, places });
      if (found.length > page.maxRows) return found;
    }
    if (rows.length < maxUses) return found;
  }
}

/** Places of a document that name it, or refer to a part of another version that does. */
function placesOfName(
  { registry }: Pick<Services, 'registry'>,
  kind: string,
  name: string,
): ReturnType<typeof placesWhere> {
  const { schemas, surroundings } = registry.current;
  return placesWhere(
    (urn) => schemas.get(urn)?.schema.document ?? surroundings.resolve(urn),
    (schema) => kinds[kind]?.namedBy(schema, name) === true,
  );
}
