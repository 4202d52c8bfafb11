import type { components } from '../../../../api/openapi.ts';
import { Problem } from '../../../../terms/problem.ts';
import { verdictOf } from '../../../domain/permissions.ts';
import { allowed } from '../../../pipeline/call.ts';
import {
  catalogueEntry,
  type CatalogueSearch,
  pageCatalogue,
  placeOfEntry,
} from '../../../registry/store/catalogue.ts';
import { waitingForEntry } from '../../../registry/store/proposals.ts';
import { ownerOf } from '../../../identity/owners.ts';
import type { Reading } from '../../common/reach.ts';
import type { Services } from '../../common/services.ts';
import { namesOfIds } from '../../common/namesOfIds.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { showProposal } from '../../proposals/operations/showProposal.ts';
import {
  isFoundIn,
  soughtIn,
  synonymList,
  synonymsOf,
  type Synonyms,
  searchable,
} from '../../../domain/catalogue.ts';
import type { CodeLists } from '../../../../schemas/codelists/codeLists.ts';
import { pageOfRows } from '../../../platform/database/pages.ts';
import { refusedPart } from '../../common/refusedPart.ts';
import { listedInOrder, moment, names, oneMore, orderedPage } from '../../common/listing.ts';
import type { Identity } from '../../../identity/identity.ts';
import { unlistedDatasets } from '../../../registry/store/datasetLists.ts';
import type { LiveDataset, RegistrySnapshot } from '../../../registry/snapshot.ts';
import { defined } from '../../../../terms/defined.ts';

export type EntryBody = components['schemas']['CatalogueEntry'];

type Field = components['schemas']['CatalogueField'];

interface Marks {
  readonly 'x-title'?: { readonly zh: string; readonly en: string };
  readonly 'x-sensitivity'?: string;
  readonly 'x-semantic'?: string;
  readonly 'x-code'?: { readonly list: string };
}

/** Fields of a dataset, taken from its schema version. */
function fieldsOf({ datasets }: Pick<RegistrySnapshot, 'datasets'>, dataset: string): readonly Field[] {
  return (datasets.get(dataset)?.schema.fields ?? []).map(({ name, type, schema }) => {
    const marks = schema as Marks;
    return {
      name,
      type,
      ...defined({
        title: marks['x-title'],
        sensitivity: marks['x-sensitivity'],
        semantic: marks['x-semantic'],
      }),
      ...(marks['x-code'] === undefined ? {} : { codes: marks['x-code'].list }),
    };
  });
}

/** The search data of an entry, also from the fields of its datasets. @param bound the bindings of the datasets, current or future */
export function searchOf(
  entry: EntryBody,
  bound: Pick<RegistrySnapshot, 'datasets'> & Partial<Pick<RegistrySnapshot, 'surroundings'>>,
  identity: Pick<Identity, 'department'>,
  department: string,
): CatalogueSearch {
  const fields = (entry.datasets ?? []).flatMap((dataset) => fieldsOf(bound, dataset));
  const named = identity.department(department);
  const texts = [
    ...[entry.id, entry.title.zh, entry.title.en, entry.abstract.zh, entry.abstract.en],
    ...(entry.keywords ?? []),
    ...[entry.sourceSystem, entry.office, named?.nameZh ?? '', named?.nameEn ?? ''],
    ...fields.flatMap(({ name, title }) => [name, title?.zh ?? '', title?.en ?? '']),
    ...codesOf(fields, bound),
  ];
  const tags = [...new Set(fields.flatMap(({ semantic }) => semantic ?? []))].sort();
  return { ...searchable(texts, [entry.title.zh, entry.title.en]), tags };
}

/** Longer code lists are searchable by their title only. */
const maxCodes = 100;

/** Titles of the code lists that fields use, and the meanings of the codes of short lists. */
function codesOf(
  fields: readonly Field[],
  { surroundings }: Partial<Pick<RegistrySnapshot, 'surroundings'>>,
): readonly string[] {
  const named = new Set(fields.flatMap(({ codes }) => codes ?? []));
  return [...named].flatMap((name) => {
    const list = surroundings?.codeLists.list(name.replace(/^urn:datong:code:/, ''));
    if (list === undefined) return [];
    const { title, entries } = list;
    return [title.zh, title.en, ...(entries.length > maxCodes ? [] : entries.map(({ zh }) => zh))];
  });
}

/**
 * GET /v1/catalogue/{entry}: returns an entry with the fields of its datasets, from their current schema versions.
 * @throws Problem not_found
 */
export const showCatalogueEntry = operation('showCatalogueEntry', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database, registry, identity }) => {
    const id = call.params.entry;
    const row = await catalogueEntry(database.app, id);
    if (row === undefined) throw new Problem('not_found');
    await registry.refresh();
    const datasets = row.datasets.map((dataset) => {
      const live = registry.current.datasets.get(dataset);
      return {
        dataset,
        state: live?.row.state ?? 'retired',
        ...defined({ schema: live?.row.schema }),
        fields: fieldsOf(registry.current, dataset),
      };
    });
    const waiting = seesWaiting(call.caller, row.department, identity)
      ? (await waitingForEntry(database.app, id)).map(({ id: proposal, digest, author }) => ({
          proposal,
          digest,
          author,
          ...namesOfIds(identity, { author }),
        }))
      : [];
    const body = {
      entry: row.document as components['schemas']['CatalogueEntry'],
      revision: row.revision,
      department: row.department,
      datasets,
      ...(waiting.length === 0 ? {} : { waiting }),
    };
    return allowed<'showCatalogueEntry'>(200, body, { facts: { change: { entry: id } } });
  },
});

/** Staff who may read a proposal of this department see it at the entry. A department's system does not. */
const seesWaiting = (caller: Reading, department: string, identity: Services['identity']): boolean =>
  caller.kind === 'staff' &&
  verdictOf(showProposal.permission, caller.grants, [ownerOf(identity, department)]) === 'act';

/**
 * GET /v1/catalogue: returns the matching entries, best match first. Entries that are not shared show the reason. Rows are not returned.
 * Matching published datasets without an entry are returned in `unlisted`, with the first page.
 */
export const searchCatalogue = operation('searchCatalogue', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database, registry, identity }) => {
    const { q, department, category, sharing, frequency, tag, since, linking, sort } = call.query;
    if (q !== undefined && sort !== undefined)
      throw refusedPart('/query/sort', 'sort', {
        zh: '按词查找的结果按匹配程度排列，不能另选排序',
        en: 'entries that match words are in the order of the match: choose no other',
      });
    const page = orderedPage(call.query, names.ranked);
    const sought =
      q === undefined ? undefined : soughtIn(q, synonymsIn(registry.current.surroundings.codeLists));
    // a query without a letter matches nothing
    const isEmpty = sought?.runs.length === 0;
    const dataClass = call.query.class;
    const filter = { sought, department, category, sharing, frequency, tag, since, dataClass, linking };
    const found: Awaited<ReturnType<typeof pageCatalogue>> = isEmpty
      ? pageOfRows([], page, () => 0)
      : await pageCatalogue(database.app, filter, oneMore(page));
    // of pages that are read backwards, the first one has no row before it
    const isFirst = page.after === undefined || (page.isBackwards && found.rows.length <= page.maxRows);
    // a filter by what only an entry has excludes datasets without one
    const narrow = [category, frequency, tag, since, dataClass, linking];
    const unlisted =
      sought === undefined || !isFirst || narrow.some((one) => one !== undefined)
        ? []
        : (await unlistedDatasets(database.app)).flatMap((dataset) => {
            const live = registry.current.datasets.get(dataset);
            if (live === undefined || !isFoundIn(wordsOf(live, identity), sought)) return [];
            const { row } = live;
            if (department !== undefined && row.department !== department) return [];
            if (sharing !== undefined && row.sharing !== sharing) return [];
            const title = { zh: row.titleZh, en: row.titleEn };
            return [{ dataset, department: row.department, title, sharing: row.sharing }];
          });
    return listedInOrder(
      call,
      'entries',
      page,
      found,
      placeOfEntry,
      ({ id: entry, titleZh, titleEn, registeredAt, updated, ...row }) => ({
        id: entry,
        revision: row.revision,
        department: row.department,
        title: { zh: titleZh, en: titleEn },
        category: row.category,
        sharing: row.sharing as EntryBody['sharing']['type'],
        datasets: row.datasets,
        ...basisOf(row.document as EntryBody),
        updateFrequency: row.updateFrequency as EntryBody['updateFrequency'],
        dataClass: row.dataClass as EntryBody['dataClass'],
        registeredAt: moment(registeredAt),
        ...(updated === null ? {} : { updatedAt: moment(updated) }),
      }),
      unlisted.length === 0 ? {} : { unlisted: unlisted.slice(0, maxUnlisted) },
    );
  },
});

/** Maximum number of datasets without an entry in one answer. */
const maxUnlisted = 20;

const datasetWords = new WeakMap<LiveDataset, string>();

/** What a dataset without an entry is found by: id, title, department, and names and titles of its fields. */
export function wordsOf(live: LiveDataset, identity: Pick<Identity, 'department'>): string {
  const known = datasetWords.get(live);
  if (known !== undefined) return known;
  const { row, schema } = live;
  const named = identity.department(row.department);
  const fields = schema.fields.flatMap(({ name, schema: marks }) => {
    const title = (marks as Marks)['x-title'];
    return [name, title?.zh ?? '', title?.en ?? ''];
  });
  const texts = [row.id, row.titleZh, row.titleEn, named?.nameZh ?? '', named?.nameEn ?? '', ...fields];
  const { words } = searchable(texts, []);
  datasetWords.set(live, words);
  return words;
}

const compiled = new WeakMap<CodeLists, Synonyms>();

/** The city's synonyms: the newest version of the list, with its supplements. */
export function synonymsIn(lists: CodeLists): Synonyms {
  const known = compiled.get(lists);
  if (known !== undefined) return known;
  const made = synonymsOf(lists.few(synonymList) ?? lists.list(synonymList)?.entries ?? []);
  compiled.set(lists, made);
  return made;
}

/** The legal basis for not sharing. */
const basisOf = ({ sharing: { basis } }: EntryBody) => (basis === undefined ? {} : { basis });
