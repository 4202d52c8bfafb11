import type { components } from '../../../../api/openapi.ts';
import type { Leaf } from '../../../../log/leaf.ts';
import { newestCheckpoint } from '../../../log/evidence/logAccess.ts';
import { Gone, reportedMissing } from '../../../log/evidence/entryBundle.ts';
import { allowed } from '../../../pipeline/call.ts';
import { countSubjects } from '../../../log/store/subjects.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { refuseIdentityNumbers } from './sealedSubjects.ts';
import { everywhere } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { Services } from '../../common/services.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { batchPeriod } from '../../../flows/intake/store/profiles.ts';
import { answers } from '../../../../log/entryQuestion.ts';
import { promisedBy } from '../../../log/search/promisedEntries.ts';
import { leavesAt } from '../../../log/store/entries.ts';
import { defined } from '../../../../terms/defined.ts';

/** Criteria for selecting entries. A batch is replaced by its dataset and time. */
type RequestedEntries = Omit<components['schemas']['IncidentQuestion'], 'reason' | 'case' | 'batch'>;

/** Number of entries read at once. */
const portion = 1_000;

/** An answer that released data; without a leaf, one that was destroyed. */
interface IncidentEntry {
  readonly index: number;
  readonly leaf: Leaf | undefined;
}

/**
 * Answers that released data, among the first `size` entries, newest first. For destroyed entries it is unknown whether data was released
 * and by which key; only the index matches.
 * @param requested undefined: no entries
 */
export async function* incidentEntries(
  reader: Pool,
  requested: RequestedEntries | undefined,
  size: number,
): AsyncGenerator<IncidentEntry> {
  if (requested === undefined) return;
  const { keyid, ...filter } = requested;
  const question = { ...filter, kind: 'release', decision: 'allow' };
  const read = (from: Reader, indexes: readonly number[]) => leavesAt(from, indexes, keyid);
  for await (const some of promisedBy(reader, question, size, { portion, read }))
    for (const { index, leaf, gone } of some) {
      if (gone) yield { index, leaf: undefined };
      else if (leaf !== undefined && answers(leaf, question) && hasReleased(leaf, keyid))
        yield { index, leaf };
    }
}

/** Returns whether data was released, by the given key if one is named. */
const hasReleased = ({ rows, actor, stream }: Leaf, keyid: string | undefined): boolean =>
  rows?.delivered !== 0 &&
  (stream === undefined || stream.state === 'part') &&
  (keyid === undefined || actor.keyid === keyid);

/**
 * A request as sent. Entries do not name batches, so a batch (错误或被篡改的批次: a wrong or tampered one) is replaced by its dataset and the
 * time when it was current.
 */
type Requested = Omit<components['schemas']['IncidentQuestion'], 'reason' | 'case'>;

/** Tolerance for an answer that began just before another batch arrived, and for clock differences between processes. */
const slackMs = 60_000;

interface RequestedBatch {
  /** undefined: no rows of it were released in the period */
  readonly entries: RequestedEntries | undefined;
  readonly batch?: Omit<NonNullable<components['schemas']['Incident']['batch']>, 'perhaps'>;
  /** entries of the time when only a page continued by a cursor may belong to the batch */
  readonly later?: RequestedEntries;
}

/** @throws Problem batch_unknown if there is none, or if it belongs to another dataset than the requested one */
export async function requestedBatch(
  reader: Reader,
  { batch, ...requested }: Requested,
): Promise<RequestedBatch> {
  if (batch === undefined) return { entries: requested };
  const period = await batchPeriod(reader, batch);
  if (period === undefined || (requested.dataset !== undefined && requested.dataset !== period.dataset))
    throw new Problem('batch_unknown');
  const { dataset, from, until, readUntil } = period;
  const reported = {
    id: batch,
    dataset,
    ...(from === null ? {} : { from: iso(from) }),
    ...(until === null ? {} : { until: iso(until) }),
  };
  if (from === null) return { entries: undefined, batch: reported };
  const question = { ...requested, dataset };
  const end = until === null ? undefined : until + slackMs;
  const later = end === undefined ? undefined : within(question, end, readUntil ?? undefined);
  return {
    entries: within(question, from - slackMs, end),
    batch: reported,
    ...defined({ later }),
  };
}

const iso = (at: number): string => new Date(at).toISOString();

/** The part of a request between two times; undefined if it is empty. */
function within(
  requested: RequestedEntries,
  from: number,
  until: number | undefined,
): RequestedEntries | undefined {
  const first = Math.max(from, Date.parse(requested.from));
  const end = Math.min(until ?? Infinity, Date.parse(requested.until));
  return first >= end ? undefined : { ...requested, from: iso(first), until: iso(end) };
}

type Schemas = components['schemas'];

/** Maximum number of entries named in the answer; all are counted. */
const maxNamed = 10_000;

/**
 * Reports what was released in a period: which departments received it, which fields, and of how many persons. Filters are agreement,
 * dataset, batch, department, official and key. It supports the duty to notify (PIPL art. 57).
 * @throws Problem search_identity_number, batch_unknown
 */
export const assessIncident = operation('assessIncident', {
  kind: 'inspect',
  permission: { 'office auditor': everywhere, 'office security': everywhere },
  owner: ofOffice,
  run: async (call, services) => {
    const { reason, case: caseNumber, ...requested } = call.body;
    refuseIdentityNumbers({ reason, case: caseNumber, official: requested.official });
    const { app } = services.database;
    const { size, note } = newestCheckpoint(services);
    const recipients = new Map<string, Recipient>();
    const indexes: number[] = [];
    const [gone, goneLater] = [new Gone(), new Gone()];
    const { entries, batch, later } = await requestedBatch(app, requested);
    for await (const { index, leaf } of incidentEntries(app, entries, size)) {
      if (leaf === undefined) {
        gone.add(index);
        continue;
      }
      const department = leaf.consumer ?? '';
      const recipient = recipients.get(department) ?? new Recipient();
      recipients.set(department, recipient);
      recipient.add(leaf);
      indexes.push(index);
    }
    const perhaps = await consumersOf(app, later, size, goneLater);
    const body: Schemas['Incident'] = {
      entries: indexes.length,
      indexes: indexes.sort((a, b) => a - b).slice(0, maxNamed),
      subjects: await countSubjects(app, indexes),
      recipients: [...recipients]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([department, recipient]) => ({ department, ...recipient.summary() })),
      ...titlesAndNames(recipients, services),
      ...(batch === undefined ? {} : { batch: { ...batch, perhaps } }),
      ...reportedMissing([...gone.indexes, ...goneLater.indexes]),
      checkpoint: note,
    };
    return allowed<'assessIncident'>(200, body, {
      facts: {
        change: { entries: indexes.length, subjects: body.subjects, reason, case: caseNumber },
      },
    });
  },
});

/** Titles of the fields and names of the departments, for drafts that persons outside the hub read. */
function titlesAndNames(
  recipients: ReadonlyMap<string, Recipient>,
  { registry, identity }: Pick<Services, 'registry' | 'identity'>,
): Pick<Schemas['Incident'], 'titles' | 'names'> {
  const titles: Record<string, Schemas['Bilingual']> = {};
  for (const recipient of recipients.values())
    for (const { dataset, field } of recipient.sources()) {
      const found = registry.current.datasets.get(dataset)?.schema.fields.find(({ name }) => name === field);
      const title = (found?.schema as { readonly 'x-title'?: Schemas['Bilingual'] } | undefined)?.['x-title'];
      if (title !== undefined) titles[field] ??= title;
    }
  const names: Record<string, Schemas['Bilingual']> = {};
  for (const code of recipients.keys()) {
    const { nameZh, nameEn } = identity.department(code) ?? {};
    if (nameZh !== undefined && nameEn !== undefined) names[code] = { zh: nameZh, en: nameEn };
  }
  return { titles, names };
}

/** Departments that received data. @param gone receives the entries that are no longer in the log */
async function consumersOf(
  app: Pool,
  requested: RequestedEntries | undefined,
  size: number,
  gone: Gone,
): Promise<string[]> {
  const found = new Set<string>();
  for await (const { index, leaf } of incidentEntries(app, requested, size))
    if (leaf === undefined) gone.add(index);
    else found.add(leaf.consumer ?? '');
  return [...found].sort();
}

/** Data that one department received. */
class Recipient {
  private calls = 0;
  private rows = 0;
  private readonly fields = new Set<string>();
  private readonly agreements = new Set<string>();
  private readonly officials = new Set<string>();
  private readonly cases = new Set<string>();
  private readonly released = new Map<string, { readonly dataset: string; readonly field: string }>();

  add({ rows, dataset = '', fields = {}, fact, agreement, onBehalfOf, matter }: Leaf): void {
    this.calls += 1;
    this.rows += rows?.delivered ?? 0;
    for (const [field, mask] of Object.entries(fields)) {
      this.fields.add(`${field} ${mask}`);
      this.released.set(`${dataset} ${field}`, { dataset, field });
    }
    if (fact !== undefined) this.fields.add(`${fact} fact`);
    if (agreement !== undefined) this.agreements.add(agreement);
    if (onBehalfOf !== undefined) this.officials.add(onBehalfOf);
    if (matter !== undefined) this.cases.add(matter);
  }

  /** Fields that were released, each with its dataset. */
  sources(): Iterable<{ readonly dataset: string; readonly field: string }> {
    return this.released.values();
  }

  summary(): Omit<Schemas['Incident']['recipients'][number], 'department'> {
    return {
      calls: this.calls,
      rows: this.rows,
      fields: [...this.fields].sort(),
      agreements: [...this.agreements].sort(),
      officials: this.officials.size,
      cases: this.cases.size,
    };
  }
}
