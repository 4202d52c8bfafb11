/** The parties that a change of a schema affects: what is bound to its other versions, and who reads that. */
import type { components } from '../../../../api/openapi.ts';
import { fieldsNamedIn } from '../../../../policies/documents/fieldsNamedIn.ts';
import { rootOf } from '../../../../policies/masks/rows/fieldPath.ts';
import type { Plan } from '../../../../policies/plans.ts';
import { newestCheckpoint } from '../../../log/evidence/logAccess.ts';
import { callsOfConsumers, type CallsOfConsumer } from '../../../log/search/callsOfConsumers.ts';
import { listDatasets } from '../../../registry/store/datasets.ts';
import { listMappings } from '../../../registry/store/mappings.ts';
import { moment } from '../../common/listing.ts';
import type { Services } from '../../common/services.ts';
import { defined } from '../../../../terms/defined.ts';

type Touched = components['schemas']['Touched'];

/** The top-level field that a place of a schema's text belongs to. */
const fieldAt = (pointer: string): string | undefined =>
  /^\/(?:properties|required)\/([^/]+)/.exec(pointer)?.[1];

/** What a change of the field at a place affects. @param of urns of the versions that a change is compared with */
export async function touchedAt(
  services: Services,
  of: readonly string[],
): Promise<(pointer: string) => Touched> {
  const { database, registry, identity } = services;
  await registry.refresh();
  const { app } = database;
  const datasets = (await listDatasets(app)).filter(
    ({ schema, state }) => of.includes(schema) && state !== 'retired',
  );
  const ids = new Set(datasets.map(({ id }) => id));
  const mappings = (await listMappings(app)).filter(({ dataset }) => ids.has(dataset));
  const plans = registry.current.plans.all.filter(({ ref }) => ids.has(ref.dataset));
  const pairs = new Map(plans.map(({ ref }) => [`${ref.consumer} ${ref.dataset}`, ref]));
  const calls = await callsOfConsumers(
    app,
    [...pairs.values()],
    newestCheckpoint(services).size,
    database.now(),
  );
  const persons = identity.persons().filter(({ state }) => state === 'active');
  const consumerOf = (
    department: string,
    among: readonly CallsOfConsumer[] | undefined,
  ): Touched['consumers'][number] => {
    const row = identity.department(department);
    const last = Math.max(...(among ?? []).map(({ last: one }) => one ?? -Infinity));
    return {
      department,
      name: { zh: row?.nameZh ?? department, en: row?.nameEn ?? department },
      contacts: persons
        .filter(({ grants }) =>
          grants.some((grant) => grant.role === 'steward' && grant.department === department),
        )
        .map(({ name }) => name),
      // the number of calls is unknown while the search index is being rebuilt
      ...(among === undefined ? {} : { calls: among.reduce((sum, one) => sum + one.calls, 0) }),
      ...(Number.isFinite(last) ? { lastCall: moment(last) } : {}),
    };
  };
  const touched = (field: string | undefined): Touched => {
    const reading = plans.filter((plan) => field === undefined || readsField(plan, field));
    return {
      ...defined({ field }),
      datasets: [...ids],
      mappings: mappings
        .filter(({ document }) => field === undefined || writesField(document, field))
        .map(({ name, version }) => `${name}@${version}`),
      agreements: [...new Set(reading.map(({ ref }) => ref.agreement))].sort(),
      consumers: [...new Set(reading.map(({ ref }) => ref.consumer))].sort().map((department) =>
        consumerOf(
          department,
          calls?.filter(
            ({ consumer, dataset }) =>
              consumer === department &&
              reading.some(({ ref }) => ref.consumer === consumer && ref.dataset === dataset),
          ),
        ),
      ),
    };
  };
  const answers = new Map<string | undefined, Touched>();
  return (pointer) => {
    const field = fieldAt(pointer);
    const answer = answers.get(field) ?? touched(field);
    answers.set(field, answer);
    return answer;
  };
}

/** Whether a grant names a field in any part. Of its fields a consumer may have fewer than the grant. */
function readsField({ granted, dropped, grant }: Plan, field: string): boolean {
  const fields = Object.fromEntries(
    Object.entries(grant.fields).filter(([path]) => granted.has(rootOf(path)) || dropped.has(rootOf(path))),
  );
  return fieldsNamedIn({ ...grant, fields }).some((path) => rootOf(path) === field);
}

function writesField(mapping: string, field: string): boolean {
  const { fields } = JSON.parse(mapping) as { readonly fields?: object };
  return fields !== undefined && Object.hasOwn(fields, field);
}
