/** What stands behind the datasets that a code list, an element or a schema reaches: mappings, agreements, requests, restrictions. */
import type { components } from '../../../api/openapi.ts';
import type { MappingDocument } from '../../../adapters/mapping/document.ts';
import type { Agreement } from '../../../policies/documents/agreement.ts';
import type { Restriction } from '../../../policies/documents/restriction.ts';
import { documentsNaming } from '../../store/policy/documentsNaming.ts';
import { mappingsByCodeList, mappingsFor } from '../../store/registry/mappingsReading.ts';
import { supplementsOf } from '../../store/registry/supplementsOf.ts';
import { listRequests } from '../../store/requests/requests.ts';
import { reachOf, type Reading } from '../reading/reach.ts';
import { standingNow } from '../requests/standingNow.ts';
import type { Services } from '../services.ts';

type Use = components['schemas']['UseList']['uses'][number];
type Reached = Pick<Use, 'mappings' | 'agreements' | 'requests' | 'restrictions'>;
type Grants = Pick<Agreement, 'grants'>;

/** Open requests that are read for one page of uses: more than any city has at once, and a bound on what one call reads. */
const mostRequests = 10_000;

/**
 * What uses datasets, told to whom it may be told: agreements and restrictions to their readers, requests to the departments of each and the data
 * office.
 * @param datasets ids of all that are asked about
 * @returns answers for some of them and the fields in question; undefined: whatever their schema version holds
 */
export async function reachedThrough(
  caller: Reading,
  { database }: Pick<Services, 'database'>,
  now: number,
  datasets: readonly string[],
): Promise<(of: readonly string[], fields: ReadonlySet<string> | undefined) => Reached> {
  if (datasets.length === 0) return () => ({ mappings: [], agreements: [], requests: [], restrictions: [] });
  const { app } = database;
  const departments = reachOf('listRequests', caller);
  const mappings = (await mappingsFor(app, datasets)).map((one) => ({
    dataset: one.dataset,
    name: mappingName(one),
    fields: Object.keys((JSON.parse(one.document) as MappingDocument).fields),
  }));
  const documents = (
    await documentsNaming(app, { datasets, semantics: [] }, reachOf('listPolicyDocuments', caller))
  ).map(({ text, ...one }) => ({ ...one, said: JSON.parse(text) as Agreement | Restriction }));
  const requests = (
    await listRequests(
      app,
      { open: true, datasets, ...(departments === undefined ? {} : { departments }) },
      mostRequests,
    )
  ).map((request) => ({
    id: request.id,
    said: JSON.parse(standingNow(request, now).document) as Grants,
  }));
  return (of, fields) => ({
    mappings: mappings
      .filter(
        (one) => of.includes(one.dataset) && (fields === undefined || one.fields.some((f) => fields.has(f))),
      )
      .map(({ name }) => name),
    agreements: documents.flatMap(({ id, version, state, said }) =>
      said.kind === 'Agreement' && grantsOf(said, of, fields)
        ? [{ document: `${id}@${version}`, state }]
        : [],
    ),
    requests: requests
      .filter(({ said }) => grantsOf(said, of, fields))
      .map(({ id }) => id)
      .sort(),
    restrictions: documents.flatMap(({ id, version, state, said }) =>
      said.kind === 'Restriction' && bitesOn(said, of, fields)
        ? [{ document: `${id}@${version}`, state }]
        : [],
    ),
  });
}

/**
 * What names a code list or an element by itself, whatever a schema says: mappings that read words by the list, lists that supplement it or
 * that it supplements; restrictions on the tag.
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
  const parties = reachOf('listPolicyDocuments', caller);
  const found = await documentsNaming(database.app, { datasets: [], semantics: [name] }, parties);
  return {
    restrictions: found.map(({ id, version, state }) => ({
      document: `${id}@${version}`,
      state,
    })),
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

/** Whether one of its grants is on one of the datasets and names one of the fields, in whatever part of it. */
function grantsOf(
  { grants }: Grants,
  datasets: readonly string[],
  fields: ReadonlySet<string> | undefined,
): boolean {
  return grants.some(
    (grant) =>
      datasets.includes(grant.dataset) &&
      (fields === undefined || [...wordsOf(grant)].some((word) => fields.has(fieldOf(word)))),
  );
}

function bitesOn(
  { when }: Restriction,
  datasets: readonly string[],
  fields: ReadonlySet<string> | undefined,
): boolean {
  return (
    (when.dataset ?? []).some((one) => datasets.includes(one)) &&
    (fields === undefined || when.field === undefined || when.field.some((one) => fields.has(fieldOf(one))))
  );
}

/** The field of a path: `contacts` of `contacts[].phone`. */
const fieldOf = (path: string): string => path.split(/[.[]/)[0] ?? path;

/** Every name and text in a value. */
function* wordsOf(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (!Array.isArray(value)) yield name;
    yield* wordsOf(inner);
  }
}
