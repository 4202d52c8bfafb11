/** What uses the datasets that a code list, an element or a schema affects: mappings, agreements, requests, restrictions. */
import type { components } from '../../../../api/openapi.ts';
import type { MappingDocument } from '../../../../adapters/mapping/document.ts';
import type { Agreement } from '../../../../policies/documents/agreement.ts';
import type { Restriction } from '../../../../policies/documents/documentChecks.ts';
import { fieldsNamedIn } from '../../../../policies/documents/fieldsNamedIn.ts';
import { rootOf } from '../../../../policies/masks/rows/fieldPath.ts';
import { canBite } from '../../../../policies/questions/canBite.ts';
import { agreementsNaming, type NamedDocument } from '../../../registry/store/policy/agreements.ts';
import { liveRestrictions } from '../../../registry/store/policy/stops.ts';
import { mappingsByCodeList, mappingsFor } from '../../../registry/store/mappings.ts';
import { supplementsOf } from '../../../registry/store/schemas.ts';
import { openRequestsNaming } from '../../requests/store/openRequestsNaming.ts';
import { reachOf, type Reading } from '../../common/reach.ts';
import type { Services } from '../../common/services.ts';
import { listPolicyDocuments } from '../../agreements/operations/listPolicyDocuments.ts';
import { listRequests } from '../../requests/operations/listRequests.ts';

type Use = components['schemas']['UseList']['uses'][number];
type Reached = Pick<Use, 'mappings' | 'agreements' | 'requests' | 'restrictions'>;
type Grants = Pick<Agreement, 'grants'>;

/** Maximum number of open requests that one page of uses returns, newest first. Bounds what one call reads. */
const maxRequests = 1000;

export interface RequestedReach {
  /** urn of the schema version */
  readonly schema: string;
  /** those of the datasets that are bound to it */
  readonly datasets: readonly string[];
  /** fields in question; undefined: every field of the version */
  readonly fields: ReadonlySet<string> | undefined;
}

/**
 * What uses datasets, as far as the caller may see it. Agreements and restrictions are shown to their readers. Requests are shown to the
 * departments of each and to the data office.
 * @param datasets ids of all that are asked about
 * @returns answers for some of them
 */
export async function reachedThrough(
  caller: Reading,
  { database, registry }: Pick<Services, 'database' | 'registry'>,
  datasets: readonly string[],
): Promise<(requested: RequestedReach) => Reached> {
  if (datasets.length === 0) return () => ({ mappings: [], agreements: [], requests: [], restrictions: [] });
  const { app } = database;
  await registry.refresh();
  const { schemas, context } = registry.current;
  const mappings = (await mappingsFor(app, datasets)).map((one) => ({
    dataset: one.dataset,
    name: mappingName(one),
    fields: Object.keys((JSON.parse(one.document) as MappingDocument).fields),
  }));
  const parties = reachOf(listPolicyDocuments.permission, caller);
  const agreements = (await agreementsNaming(app, datasets, parties)).map(read<Agreement>);
  const restrictions = await describedRestrictions(app, parties);
  const departments = reachOf(listRequests.permission, caller);
  const requests = await openRequestsNaming(app, datasets, departments, maxRequests);
  const bites = canBite(context.purposes);
  return ({ schema: urn, datasets: of, fields }) => {
    const schema = schemas.get(urn)?.schema;
    return {
      mappings: mappings
        .filter(
          (one) =>
            of.includes(one.dataset) && (fields === undefined || one.fields.some((f) => fields.has(f))),
        )
        .map(({ name }) => name),
      agreements: agreements.filter(({ content }) => grantsOf(content, of, fields)).map(named),
      requests: requests
        .filter((request) => grantsOf(request, of, fields))
        .map(({ id }) => id)
        .sort(),
      restrictions:
        schema === undefined
          ? []
          : restrictions.filter(({ content }) => bites(content, { schema, fields, datasets: of })).map(named),
    };
  };
}

/** Restrictions are listed to callers who may list every document. */
async function describedRestrictions(
  app: Services['database']['app'],
  parties: readonly string[] | undefined,
): Promise<readonly Read<Restriction>[]> {
  return parties === undefined ? (await liveRestrictions(app)).map(read<Restriction>) : [];
}

type Read<T> = Omit<NamedDocument, 'text'> & { readonly content: T };

const read = <T>({ text, ...one }: NamedDocument): Read<T> => ({ ...one, content: JSON.parse(text) as T });

const named = ({ id, version, state }: Omit<NamedDocument, 'text'>): Reached['restrictions'][number] => ({
  document: `${id}@${version}`,
  state,
});

/**
 * What names a code list or an element directly, independent of any schema. These are mappings that read words by the list, lists that
 * supplement it or that it supplements, and restrictions on the tag.
 */
export async function namedDirectly(
  caller: Reading,
  { database }: Pick<Services, 'database'>,
  kind: string,
  name: string,
): Promise<Omit<components['schemas']['UseList'], 'uses' | 'nextCursor'>> {
  if (kind === 'code-list') {
    const mappings = await mappingsByCodeList(database.app, name);
    const { added, to } = await supplementsOf(database.app, name);
    return { mappings: mappings.map(mappingName), supplements: [...added], supplementTo: [...to] };
  }
  if (kind !== 'element') return {};
  const parties = reachOf(listPolicyDocuments.permission, caller);
  const found = await describedRestrictions(database.app, parties);
  return {
    restrictions: found.filter(({ content }) => content.when.semantic?.includes(name) === true).map(named),
  };
}

const mappingName = ({
  dataset,
  name,
  version,
}: {
  readonly dataset: string;
  readonly name: string;
  readonly version: number;
}): string => `${dataset} ${name}@${version}`;

/** Whether one of its grants is on one of the datasets and names one of the fields, in any part of the grant. */
function grantsOf(
  { grants }: Grants,
  datasets: readonly string[],
  fields: ReadonlySet<string> | undefined,
): boolean {
  return grants.some(
    (grant) =>
      datasets.includes(grant.dataset) &&
      (fields === undefined || fieldsNamedIn(grant).some((path) => fields.has(rootOf(path)))),
  );
}
