import { erasedSubject } from '../../../log/erasure.ts';
import {
  searchEntries as search,
  type EntrySearch,
  newestAnswers,
} from '../../../log/evidence/searchEntries.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { allowed, type Call } from '../../../pipeline/call.ts';
import { erasedBefore } from '../../../log/store/erasures.ts';
import type { Services } from '../../common/services.ts';
import { searchedSubject } from './searchedSubject.ts';
import { refuseIdentityNumbers } from './sealedSubjects.ts';
import { everywhere, overseen, own, type Permission } from '../../../domain/cells.ts';
import { self, ofOffice } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { Gone, reportedMissing, listEntries as readEntries } from '../../../log/evidence/entryBundle.ts';
import type { components } from '../../../../api/openapi.ts';
import { pageFindings, placeOfFinding } from '../../../log/store/findings.ts';
import { listed, listedInOrder, names, oneMore, orderedPage, requestedPage } from '../../common/listing.ts';
import type { Leaf } from '../../../../log/leaf.ts';
import { newestCheckpoint } from '../../../log/evidence/logAccess.ts';
import type { EntryQuestion } from '../../../log/search/findEntries.ts';
import { leafIn } from '../../../log/search/leaves.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { refusedPart } from '../../common/refusedPart.ts';
import { namesOfIds } from '../../common/namesOfIds.ts';
import { reachOf } from '../../common/reach.ts';
import { visiblePersons } from '../../staff/operations/persons.ts';
import { defined } from '../../../../terms/defined.ts';

/**
 * Searches entries. The log entry of the search contains its criteria, but never the subject: the identifier is converted to the permanent
 * hash and discarded. A search about a subject must state reason and case, which its entry contains.
 * @throws Problem search_identity_number for an identity number in reason or case; unknown_reference for a dataset that is not registered
 *   or has no subjects; invalid_request where a case is of another dataset; those of searchedSubject
 */
export const searchEntries = operation('searchEntries', {
  kind: 'inspect',
  permission: { 'office auditor': everywhere, auditor: own },
  owner: self,
  run: async (call, services) => {
    const { subject, ...filter } = call.body;
    refuseIdentityNumbers({ reason: subject?.reason, case: subject?.case });
    const own = ownEntries(call);
    const hash = subject === undefined ? undefined : await searchedSubject(subject, own.scope, services);
    // a case is of one dataset
    const dataset = subject?.key === undefined ? filter.dataset : subject.dataset;
    if (filter.dataset !== undefined && filter.dataset !== dataset)
      throw refusedPart('/body/dataset', 'dataset', {
        zh: '与 subject 的 dataset 不一致：办件只属于一个数据资源',
        en: 'it differs from the dataset of subject: a case is of one dataset',
      });
    const found = await search(
      services,
      { ...(filter as Omit<EntrySearch, 'subject'>), ...own, ...defined({ subject: hash, dataset }) },
      call.now,
    );
    return allowed<'searchEntries'>(
      200,
      {
        ...found,
        persons: actingPersons(found.entries, visiblePersons(services.identity, call.caller)),
        ...(await reportedErasure(hash, own.scope, services)),
      },
      {
        facts: {
          ...defined({ dataset }),
          change: {
            by: Object.keys(call.body).sort().join(' '),
            entries: found.entries.length,
            ...(subject === undefined ? {} : { reason: subject.reason, case: subject.case }),
          },
        },
      },
    );
  },
});

/**
 * Names by id. Whom the directory no longer has is left out.
 * @param visible a department's auditor reads no names of persons of other departments: their ids stay in the entries
 */
function actingPersons(
  entries: readonly { readonly leaf: string }[],
  visible: ReturnType<typeof visiblePersons>,
): Readonly<Record<string, string>> {
  const acted = new Set<string | undefined>(
    entries.map(({ leaf }) => leafIn(Buffer.from(leaf, 'base64'))?.actor.person),
  );
  return Object.fromEntries(visible.flatMap(({ id, name }) => (acted.has(id) ? [[id, name] as const] : [])));
}

/** Not shown to a department's auditor: the fact that a person's tokens were erased is itself personal. */
async function reportedErasure(
  subject: Uint8Array | undefined,
  scope: string | undefined,
  { database, keys }: Services,
): Promise<{ readonly erasedBefore?: string }> {
  if (subject === undefined || scope !== undefined) return {};
  const before = await erasedBefore(database.app, erasedSubject(keys.subject, subject));
  return before === undefined ? {} : { erasedBefore: new Date(before).toISOString() };
}

/** An auditor of the data office sees all entries; an auditor of a department those in which it gave or received data. */
function ownEntries(call: Call<StaffCaller, 'searchEntries'>): Pick<EntrySearch, 'scope'> {
  const grants = call.caller.grants.filter(({ role }) => role === 'auditor');
  const [{ department } = {}] = grants;
  return grants.some((grant) => grant.department === undefined) || department === undefined
    ? {}
    : { scope: department };
}

/** Returns entries in log order, as they were hashed. Reading the log is logged too. */
export const listEntries = operation('listEntries', {
  kind: 'inspect',
  permission: { 'office auditor': everywhere },
  owner: ofOffice,
  run: async (call, services) => {
    const from = Number(call.query.from ?? 0);
    const limit = Number(call.query.limit ?? 100);
    const page = await readEntries(services, { from, limit });
    return allowed<'listEntries'>(200, page, { facts: { change: { from, entries: page.entries.length } } });
  },
});

/**
 * GET /v1/log/findings: returns open findings of the hub's own re-verification, most severe first, by page. They include search columns
 * and subject tokens, which the tree does not cover.
 */
export const listLogFindings = operation('listLogFindings', {
  kind: 'inspect',
  permission: overseen,
  owner: ofOffice,
  run: async (call, { database }) => {
    const page = orderedPage(call.query, names.finding);
    const { code, concerning } = call.query;
    const found = await pageFindings(database.app, { ...oneMore(page), code, concerning });
    return listedInOrder(
      call,
      'findings',
      page,
      found,
      placeOfFinding,
      ({ finding, about = '', foundAt }) => ({
        ...(finding as components['schemas']['LogFindings']['findings'][number]),
        ...(about === '' ? {} : { about }),
        foundAt: new Date(foundAt).toISOString(),
      }),
    );
  },
});

interface Look {
  readonly index: number;
  readonly leaf: Leaf;
}

/** Number of entries read at once. */
const portion = 500;

type Read = components['schemas']['LogRead'];

/** Operations by which staff read the log or its subjects, and the operation that shows who did. */
const logReads = [
  'searchEntries',
  'listEntries',
  'getEntryBundle',
  'exportPack',
  'askEvidence',
  'getEvidence',
  'assessIncident',
  'sealSubjects',
  'openSubjects',
  'listDestructions',
  'showRisk',
  'viewSubjectAtCounter',
  'listLogReads',
  'listViewCounts',
] as const;

/** Who sees which reads of the log and of pages. */
export const listLogReadsPermission: Permission = {
  'office auditor': everywhere,
  'office security': everywhere,
  security: own,
};

/**
 * GET /v1/log/reads: returns which staff read the log, newest first, from the entries of these accesses. Auditors' own accesses are thus
 * reviewed by others too. Staff of the data office see all; a department's security officer sees those of its own staff. This access is
 * logged as well.
 * @throws Problem cursor_invalid
 */
export const listLogReads = operation('listLogReads', {
  kind: 'inspect',
  permission: listLogReadsPermission,
  owner: self,
  run: async (call, services) => {
    const { person, from, until } = call.query;
    const page = requestedPage(call.query, names.index);
    const { size } = newestCheckpoint(services);
    const end = page.after === undefined ? size : Math.min(Number(page.after), size);
    const { maxRows } = oneMore(page);
    const places = reachOf(listLogReadsPermission, call.caller) ?? [undefined];
    const narrowed = defined({ person, from, until });
    const found: Look[] = [];
    const gone: number[] = [];
    for (const place of places)
      for (const operation of logReads) {
        const question = { ...narrowed, operation, ...defined({ consumer: place }) };
        const reported = await accessRecordsOfPersons(services.database.app, question, end, maxRows);
        found.push(...reported.looks);
        gone.push(...reported.gone);
      }
    const newest = found.sort((one, other) => other.index - one.index).slice(0, maxRows);
    // entries after this page belong to the next page
    const last = newest.length < maxRows ? -1 : (newest.at(-2)?.index ?? -1);
    return listed(
      call,
      'reads',
      page,
      newest,
      ({ index }) => String(index),
      ({ index, leaf }) => readView(index, leaf, services),
      reportedMissing(gone.filter((index) => index > last)),
    );
  },
});

/**
 * Access records of persons only. Calls without a person are logged under the same operation, and must not push records of persons off the
 * page.
 * @returns `gone`: indexes of matching index entries that are no longer in the log; the reader is unknown
 */
async function accessRecordsOfPersons(
  reader: Pool,
  question: EntryQuestion,
  size: number,
  maxRows: number,
): Promise<{ readonly looks: readonly Look[]; readonly gone: readonly number[] }> {
  const looks: Look[] = [];
  const gone = new Gone();
  for (let end: number | undefined = size; end !== undefined && looks.length < maxRows;) {
    const {
      entries,
      next,
      gone: here,
    } = await newestAnswers(reader, question, end, Math.max(maxRows, portion));
    for (const index of here) gone.add(index);
    for (const { index, leaf: bytes } of entries) {
      const leaf = leafIn(bytes);
      if (leaf === undefined) gone.add(index);
      else if (leaf.actor.person !== undefined) looks.push({ index, leaf });
    }
    end = next;
  }
  return { looks, gone: gone.indexes };
}

/** The access as its entry describes it, without its results. */
function readView(index: number, leaf: Leaf, { identity }: Pick<Services, 'identity'>): Read {
  const { id, at, operation, decision, code, dataset, actor, change = {} } = leaf;
  const { person = '', department } = actor;
  const text = (name: string): string | undefined => {
    const value = change[name];
    return value === undefined ? undefined : String(value);
  };
  // at a counter, the clerk asks about the person present, under an application number
  const atCounter = operation === 'viewSubjectAtCounter';
  const [by, reason] = [atCounter ? 'subject' : text('by'), text('reason')];
  const caseNumber = text(atCounter ? 'application' : 'case');
  const entries = change[atCounter ? 'looks' : 'entries'];
  return {
    index,
    exchange: id,
    at,
    operation,
    decision,
    person,
    ...namesOfIds(identity, { person }),
    ...defined({ department, code, dataset, by, reason, case: caseNumber }),
    ...(typeof entries === 'number' ? { entries } : {}),
  };
}
