import type { components } from '../../../../api/openapi.ts';
import { defined, present } from '../../../../terms/defined.ts';
import { roleWords } from '../../../../terms/factWords/lifeWords.ts';
import { isUuid7 } from '../../../../terms/ids.ts';
import { isFoundIn, soughtIn } from '../../../domain/catalogue.ts';
import { everyone } from '../../../domain/cells.ts';
import { soughtWords, type SoughtWord } from '../../../domain/soughtWords.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { allowed } from '../../../pipeline/call.ts';
import { self } from '../../../pipeline/ownership.ts';
import { pageCatalogue } from '../../../registry/store/catalogue.ts';
import { pagePolicyDocuments } from '../../../registry/store/policy/pagePolicyDocuments.ts';
import { listPolicyDocuments } from '../../agreements/operations/listPolicyDocuments.ts';
import { searchCatalogue, synonymsIn, wordsOf } from '../../catalogue/operations/showCatalogueEntry.ts';
import { operation } from '../../common/operation.ts';
import { reachOf } from '../../common/reach.ts';
import type { Services } from '../../common/services.ts';
import { batchById } from '../../../flows/intake/store/batches.ts';
import { listBatches } from '../../batches/operations/listBatches.ts';
import { findDisputes, listDisputes } from '../../disputes/operations/listDisputes.ts';
import { listDatasets } from '../../registry/operations/showDataset.ts';
import { findRequests, listRequests } from '../../requests/operations/listRequests.ts';
import { listPersons, visiblePersons } from '../../staff/operations/persons.ts';
import { findTickets, listTickets } from '../../tickets/operations/showTicket.ts';

type Group = components['schemas']['SearchGroup'];
type Hit = components['schemas']['SearchHit'];

/** Hits of one kind in an answer. */
const maxHits = 6;

interface Question {
  readonly text: string;
  readonly words: readonly SoughtWord[];
  readonly caller: StaffCaller;
  /** departments whose things of this kind the caller sees; undefined: all */
  readonly departments: readonly string[] | undefined;
  readonly now: number;
}

/** Finds things of one kind, at most one more than are shown. */
type Find = (question: Question, services: Services) => Promise<readonly Hit[]> | readonly Hit[];

/** Live datasets by pinyin, synonyms and fields, as the catalogue finds those without an entry. */
const datasets: Find = ({ text }, { registry, identity }) => {
  const sought = soughtIn(text, synonymsIn(registry.current.surroundings.codeLists));
  const words = text.toLowerCase().trim();
  const hits: Hit[] = [];
  for (const live of registry.current.datasets.values()) {
    const { row } = live;
    // an id has points and hyphens, which the text index leaves out
    if (!row.id.includes(words) && !isFoundIn(wordsOf(live, identity), sought)) continue;
    const title = { zh: row.titleZh, en: row.titleEn };
    hits.push({ id: row.id, title, department: row.department, state: row.state });
    if (hits.length > maxHits) break;
  }
  return hits;
};

const catalogue: Find = async ({ text }, { registry, database }) => {
  const sought = soughtIn(text, synonymsIn(registry.current.surroundings.codeLists));
  if (sought.runs.length === 0) return [];
  const none = undefined;
  const filter = { department: none, category: none, sharing: none, frequency: none, dataClass: none };
  const { rows } = await pageCatalogue(
    database.app,
    { sought, ...filter, tag: none, since: none, linking: none },
    { after: none, maxRows: maxHits + 1 },
  );
  return rows.map(({ id, titleZh, titleEn, department }) => ({
    id,
    department,
    title: { zh: titleZh, en: titleEn },
  }));
};

const requests: Find = async ({ words, departments, now }, { database }) => {
  const rows = await findRequests(database.app, { ...defined({ departments }), words }, maxHits + 1, now);
  return rows.map(({ id, consumer, provider, state, title }) => ({
    id,
    consumer,
    provider,
    state,
    ...defined({ title }),
  }));
};

const agreements: Find = async ({ words, departments }, { database }) => {
  const none = undefined;
  const { rows } = await pagePolicyDocuments(database.app, {
    after: none,
    state: none,
    id: none,
    digest: none,
    provider: none,
    consumer: none,
    dataset: none,
    parties: departments,
    kind: 'Agreement',
    words,
    newest: true,
    maxRows: maxHits + 1,
  });
  return rows.map(({ id, version, state, consumer, provider, text }) => {
    const { title } = JSON.parse(text) as Pick<Hit, 'title'>;
    return {
      id: `${id}@${version}`,
      state,
      ...defined({ title }),
      ...present({ consumer, provider }),
    };
  });
};

const tickets: Find = async ({ words, departments }, { database }) => {
  const rows = await findTickets(database.app, { ...defined({ departments }), words }, maxHits + 1);
  return rows.map(({ id, state, provider, dataset }) => ({ id, state, provider, about: dataset }));
};

/** By the whole id: a hub has a million batches, and their file names are not indexed. */
const batches: Find = async ({ text, departments }, { database }) => {
  const id = text.trim().toLowerCase();
  const row = isUuid7(id) ? await batchById(database.app, id) : undefined;
  if (row === undefined || departments?.includes(row.department) === false) return [];
  return [{ id, department: row.department, about: row.dataset, state: row.state }];
};

const disputes: Find = async ({ words, departments }, { database }) => {
  const rows = await findDisputes(database.app, { ...defined({ departments }), words }, maxHits + 1);
  return rows.map(({ id, state, about, raised, other }) => ({
    id,
    state,
    about,
    consumer: raised,
    provider: other,
  }));
};

/** By name, role and department. */
const persons: Find = ({ words, caller }, { identity }) => {
  const hits: Hit[] = [];
  for (const { id, name, department, state, grants } of visiblePersons(identity, caller)) {
    const roles = [...new Set(grants.map(({ role }) => role))];
    const text = [name, ...roles, ...roles.map(titleOfRole)].join(' ').toLowerCase();
    const has = ({ word, departments }: SoughtWord): boolean =>
      text.includes(word) || (department !== null && departments.includes(department));
    if (state === 'ended' || !words.every(has)) continue;
    hits.push({ id, name, state, roles, ...present({ department }) });
    if (hits.length > maxHits) break;
  }
  return hits;
};

const titleOfRole = (role: string): string =>
  role in roleWords ? roleWords[role as keyof typeof roleWords] : '';

/** Each kind with the list whose permission decides who finds it. */
const kinds: readonly {
  readonly kind: Group['kind'];
  readonly list: { readonly permission: Parameters<typeof reachOf>[0] };
  readonly find: Find;
}[] = [
  { kind: 'dataset', list: listDatasets, find: datasets },
  { kind: 'catalogue', list: searchCatalogue, find: catalogue },
  { kind: 'request', list: listRequests, find: requests },
  { kind: 'agreement', list: listPolicyDocuments, find: agreements },
  { kind: 'batch', list: listBatches, find: batches },
  { kind: 'ticket', list: listTickets, find: tickets },
  { kind: 'dispute', list: listDisputes, find: disputes },
  { kind: 'person', list: listPersons, find: persons },
];

/**
 * GET /v1/search: returns what the caller may see and whose number, title, department or role has the words. Each kind is searched with
 * the permission and the conditions of its list. Rows of datasets, subjects and texts of tickets are not searched.
 */
export const search = operation('search', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, services) => {
    const { q } = call.query;
    const { caller, now } = call;
    const words = soughtWords(q, services.identity.departments());
    const groups = await Promise.all(
      kinds.map(async ({ kind, list, find }): Promise<Group[]> => {
        const departments = reachOf(list.permission, caller);
        if (words.length === 0 || departments?.length === 0) return [];
        const hits = await find({ text: q, words, caller, departments, now }, services);
        if (hits.length === 0) return [];
        return [{ kind, hits: hits.slice(0, maxHits), more: hits.length > maxHits }];
      }),
    );
    return allowed<'search'>(200, { groups: groups.flat() }, { facts: {} });
  },
});
