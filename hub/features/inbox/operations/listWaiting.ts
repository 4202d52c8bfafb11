import type { components } from '../../../../api/openapi.ts';
import { inboxPage, inboxPlace, type Sections } from '../../../domain/inboxPage.ts';
import { allowedJson } from '../../../pipeline/call.ts';
import { documentTitles } from '../../../registry/store/policy/policyDocuments.ts';
import type { RegistrySnapshot } from '../../../registry/snapshot.ts';
import type { Services } from '../../common/services.ts';
import { cursorOf, requestedPage } from '../../common/listing.ts';
import { inboxOf, overdueIn } from './inboxOf.ts';
import { othersOf } from './othersOf.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

type Waiting = components['schemas']['Waiting'];

/**
 * GET /v1/inbox: returns the items that wait for a decision the caller may make, and the duties of departments. The result is paged,
 * earliest due day first, with the number of items of each kind and of overdue items, and the titles of the datasets that the items name. On
 * request it also lists who else can act on each item.
 */
export const listWaiting = operation('listWaiting', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, services) => {
    const { after, maxRows: maxItems } = requestedPage(call.query, inboxPlace);
    const all = await inboxOf(call, services);
    const counts = Object.fromEntries(
      Object.entries(all).map(([name, found]): [string, number] => [name, found.length]),
    );
    const { sections, next } = inboxPage(all, { after, kind: call.query.kind, maxItems });
    const others =
      call.query.others === undefined ? {} : { others: await othersOf(call, services, sections) };
    const body = {
      ...sections,
      ...others,
      datasets: datasetsIn(sections, services.registry.current),
      agreements: await agreementsIn(sections as unknown as Waiting, services),
      counts,
      overdue: overdueIn(all),
      ...(next === undefined ? {} : { nextCursor: cursorOf(next) }),
    };
    return allowedJson(200, body, { facts: { change: counts } });
  },
});

/** The agreements and restrictions that items name and that have a title, each once. */
async function agreementsIn(
  { documents, expiring, stops, changeovers, retirements }: Waiting,
  { database, registry }: Pick<Services, 'database' | 'registry'>,
): Promise<NonNullable<Waiting['agreements']>> {
  const named = new Set([
    ...documents.map(({ id, version }) => `${id}@${version}`),
    ...[...expiring, ...stops].map(({ agreement }) => agreement),
  ]);
  // these name agreements without a version: the title is that of the version in force
  const ids = new Set([
    ...changeovers.flatMap((one) => one.stops),
    ...retirements.flatMap((one) => one.agreements),
  ]);
  const inForce = new Map(
    registry.current.plans.all
      .filter(({ ref }) => ids.has(ref.agreement))
      .map(({ ref }) => [ref.agreement, `${ref.agreement}@${ref.version}`]),
  );
  if (named.size + inForce.size === 0) return [];
  const titles = await documentTitles(database.app, [...new Set([...named, ...inForce.values()])]);
  const asNamed = [...[...named].map((name) => [name, name] as const), ...inForce];
  return asNamed.flatMap(([agreement, version]) => {
    const title = titles.get(version);
    return title === undefined ? [] : [{ agreement, title }];
  });
}

/** The registered datasets that items name, each once, with its title. */
function datasetsIn(
  sections: Sections,
  { datasets }: Pick<RegistrySnapshot, 'datasets'>,
): Waiting['datasets'] {
  const named = Object.values(sections).flatMap((items) =>
    (items as readonly { readonly dataset?: string }[]).flatMap(({ dataset }) => dataset ?? []),
  );
  return [...new Set(named)].flatMap((dataset) => {
    const row = datasets.get(dataset)?.row;
    return row === undefined ? [] : [{ dataset, title: { zh: row.titleZh, en: row.titleEn } }];
  });
}
