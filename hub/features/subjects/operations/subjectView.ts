/**
 * What a person is shown about the use of their data (谁查过我) and about their consents. Answered and refused calls are listed with caller,
 * purpose and ground.
 */
import type { components } from '../../../../api/openapi.ts';
import { signDetached } from '../../../../certs/detachedJws.ts';
import { subjectViewType } from '../../../../certs/jws.ts';
import type { Leaf } from '../../../../log/leaf.ts';
import type { Agreement } from '../../../../policies/documents/agreement.ts';
import type { CanonicalValue } from '../../../../terms/canonicalJson.ts';
import { entriesAbout, type EntryAbout } from '../../../log/evidence/entriesAbout.ts';
import { consentsOfSubject } from '../../consents/store/consents.ts';
import { agreementHistory, type FormerAgreement } from '../../../registry/store/policy/agreements.ts';
import { listPurposes } from '../../../registry/store/purposes.ts';
import { delayedDepartments } from '../store/viewDelays.ts';
import { titledDepartment } from './titledDepartment.ts';
import { consentView } from '../../consents/operations/listConsents.ts';
import type { Services } from '../../common/services.ts';
import { dutyOfText } from '../../../../policies/obligations/obligations.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { statedNotices, type NoticeDay } from '../../duties/store/duties.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { defined } from '../../../../terms/defined.ts';

/** Whether a recipient owes the person notice of what it received: by law, by its agreement, and whether it stated that it gave it. */
type NoticeOwed = components['schemas']['NoticeOwed'];

/** An office that handles personal information for its statutory duty must still notify the person (PIPL art. 35). */
const byLaw = { law: '中华人民共和国个人信息保护法', clause: '第三十五条' };

/**
 * The notices owed for each access record, in order; undefined where none is owed.
 * @param accessRecords entries with the ground that applied when they were answered; undefined for one that returned no data
 */
async function noticesOwed(
  reader: Reader,
  accessRecords: readonly ({ readonly leaf: Leaf; readonly basis: Agreement['basis'] } | undefined)[],
): Promise<readonly (NoticeOwed | undefined)[]> {
  const days: NoticeDay[] = [];
  const found = accessRecords.map((record) => {
    if (record === undefined) return undefined;
    const { leaf, basis } = record;
    const { consumer, agreement, dataset, purpose, obligations = [] } = leaf;
    const day = dayInChina(Date.parse(leaf.at));
    const due = obligations
      .map((text) => dutyOfText(text, day))
      .find((duty) => duty?.obligation === 'notify-subject');
    const law = basis.type === 'statutory' ? byLaw : {};
    const isKnown =
      consumer !== undefined && agreement !== undefined && dataset !== undefined && purpose !== undefined;
    if (due === undefined || !isKnown) return basis.type === 'statutory' ? { law } : undefined;
    const at = days.push({ consumer, agreement, dataset, purpose, day }) - 1;
    return { law, until: due.due, at };
  });
  const stated = await statedNotices(reader, days);
  return found.map((one) =>
    one === undefined
      ? undefined
      : {
          ...one.law,
          ...(one.at === undefined ? {} : { until: one.until, stated: stated[one.at] === true }),
        },
  );
}

type Schemas = components['schemas'];
type AccessRecord = Schemas['SubjectLook'];

/** maximum number of consents returned at once: above what any person has given */
const maxConsents = 1_000;

/** A page of what a person is shown. */
export interface RequestedView {
  /** the rows' `_subject` */
  readonly subject: Uint8Array;
  readonly commitment: string;
  readonly before?: string | undefined;
  readonly limit?: number | undefined;
  /** the exchange that asks, and its time (Unix milliseconds) */
  readonly exchange: string;
  readonly now: number;
}

/** The view and the hub's signature over it. */
export async function subjectView(
  services: Services,
  requested: RequestedView,
): Promise<Schemas['SignedSubjectView']> {
  const { database, hub, keys } = services;
  const { subject, commitment, before, limit = 100, exchange, now } = requested;
  const delayed = await delayedDepartments(database.app, subject, now);
  const isReported = visibilityExcept(services, delayed);
  const found = await entriesAbout(services, { subject, before, limit, isReported }, now);
  const consents = await consentsOfSubject(database.app, subject, maxConsents);
  const accessRecords = await accessRecordsOf(services, found.entries, new Set(consents.map(({ id }) => id)));
  const last = found.more ? accessRecords.at(-1)?.exchange : undefined;
  const view = {
    v: 1 as const,
    hub: hub.publicOrigin,
    at: new Date(now).toISOString(),
    exchange,
    subject: { kind: 'person' as const, commitment },
    looks: accessRecords,
    consents: consents.map(consentView) as Schemas['ConsentView'][],
    ...defined({ next: last }),
    // the department of a missing record is unknown: with a delay it may be one that the person must not see
    ...(found.missing === 0 || delayed.size > 0 ? {} : { missing: found.missing }),
    ...(found.lost.length === 0 ? {} : { unsearchableYears: [...found.lost] }),
  };
  const typ = { typ: subjectViewType };
  return { view, signature: signDetached(view, keys.hubSigning, typ) };
}

/** Whether the person is shown an entry about them: all, except those of departments whose notice is delayed. */
export async function entryVisibilityOf(
  services: Services,
  subject: Uint8Array,
  now: number,
): Promise<(leaf: Leaf) => boolean> {
  return visibilityExcept(services, await delayedDepartments(services.database.app, subject, now));
}

const visibilityExcept =
  (services: Services, delayed: ReadonlySet<string>) =>
  (leaf: Leaf): boolean =>
    !isDelayed(services, delayed, leaf);

/** Access by a delayed department, or by a person who works for it. */
function isDelayed(services: Services, delayed: ReadonlySet<string>, leaf: Leaf): boolean {
  if (delayed.size === 0) return false;
  const { identity } = services;
  const by = actingDepartmentOf(services, leaf);
  if (by === undefined) return false;
  return delayed.has(by) || delayed.has(identity.department(by)?.principal ?? by);
}

async function accessRecordsOf(
  services: Services,
  entries: readonly EntryAbout[],
  own: ReadonlySet<string>,
): Promise<AccessRecord[]> {
  const { database, registry } = services;
  const named = new Set(entries.flatMap(({ leaf }) => leaf.agreement ?? []));
  const history = await agreementHistory(database.app, [...named]);
  const purposes = new Map(
    (await listPurposes(database.app)).map(({ code, titleZh, titleEn }) => [
      code,
      { zh: titleZh, en: titleEn },
    ]),
  );
  const restsOf = ({ agreement, at }: Leaf): Agreement | undefined =>
    agreement === undefined ? undefined : inForceAt(history, agreement, Date.parse(at));
  const notices = await noticesOwed(
    database.app,
    entries.map(({ leaf, attempt }) => {
      const basis = attempt || leaf.code !== undefined ? undefined : restsOf(leaf)?.basis;
      return basis === undefined ? undefined : { leaf, basis };
    }),
  );
  return entries.map(({ leaf, attempt, private: opened }, place): AccessRecord => {
    const { id, at, operation, code, dataset, purpose, agreement, matter, fact, obligations } = leaf;
    const live = dataset === undefined ? undefined : registry.current.datasets.get(dataset);
    const rests = restsOf(leaf);
    const notice = notices[place];
    const consents = consentsIn(opened?.value).filter((consent) => own.has(consent));
    const outcome = code !== undefined ? 'refused' : attempt ? 'nothing' : 'answered';
    return {
      exchange: id,
      at,
      operation,
      outcome,
      ...departmentOf(services, leaf),
      ...defined({ code }),
      ...(dataset === undefined ? {} : { dataset: titled(dataset, live && titleOf(live.row)) }),
      ...(purpose === undefined ? {} : { purpose: titled(purpose, purposes.get(purpose)) }),
      ...defined({ basis: rests?.basis, notice, agreement, matter }),
      ...(fact === undefined ? {} : { fact: titled(fact, factTitle(rests, fact)) }),
      ...(obligations === undefined ? {} : { obligations: [...obligations] }),
      // a refusal's entry names the fields that would have been released
      ...(leaf.fields === undefined || outcome !== 'answered'
        ? {}
        : {
            fields: Object.entries(leaf.fields).map(([field, mask]) => ({
              ...titled(field, live?.schema.fields.find(({ name }) => name === field)?.title),
              mask,
            })),
          }),
      ...(consents.length === 0 ? {} : { consents }),
    };
  });
}

type Titled = Schemas['TitledCode'];
const titled = (code: string, title: Titled['title']): Titled => ({
  code,
  ...(title === undefined ? {} : { title: { zh: title.zh, en: title.en } }),
});

const titleOf = ({ titleZh, titleEn }: { readonly titleZh: string; readonly titleEn: string }) => ({
  zh: titleZh,
  en: titleEn,
});

function departmentOf(services: Services, leaf: Leaf): { readonly department?: Titled } {
  const code = actingDepartmentOf(services, leaf);
  return code === undefined ? {} : { department: titledDepartment(services.identity, code) };
}

/**
 * The code of the department that acted. For data it is the consumer, otherwise that of the proven caller. The data office's own persons act
 * for it.
 */
function actingDepartmentOf({ identity }: Pick<Services, 'identity'>, { kind, consumer, actor }: Leaf) {
  const named = (kind === 'release' ? consumer : undefined) ?? actor.department;
  if (named !== undefined || actor.person === undefined) return named;
  return identity.departments().find((one) => one.dataOffice)?.code;
}

/** The version in force at a time: the oldest that had not ended. */
function inForceAt(history: readonly FormerAgreement[], id: string, at: number): Agreement | undefined {
  const row = history.find((one) => one.id === id && (one.endedAt === null || one.endedAt > at));
  return row && (JSON.parse(row.text) as Agreement);
}

const factTitle = (agreement: Agreement | undefined, fact: string): Titled['title'] =>
  agreement?.grants.flatMap(({ facts = [] }) => facts).find(({ id }) => id === fact)?.title;

/** Ids of the consents that an answer was based on, including those of other persons. */
function consentsIn(value: CanonicalValue | undefined): readonly string[] {
  const consents =
    typeof value === 'object' && value !== null && 'consents' in value ? value.consents : undefined;
  return Array.isArray(consents) ? consents.filter((one): one is string => typeof one === 'string') : [];
}
