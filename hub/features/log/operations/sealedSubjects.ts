/** The sealed list of an incident's subjects: its content, its lifetime, and the rules for opening it. */
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { Problem } from '../../../../terms/problem.ts';
import { sealedListLifeMs } from '../../../domain/lifeCycle.ts';
import { type EvidenceRow, evidenceById } from '../../../log/store/evidence.ts';
import type { components } from '../../../../api/openapi.ts';
import { subjectToken } from '../../../log/subjects.ts';
import { sealerOf } from '../../../flows/sealer.ts';
import { allowed } from '../../../pipeline/call.ts';
import { sealedBytes, type SubjectOfEntries } from '../../../log/store/sealedSubjects.ts';
import type { Services } from '../../common/services.ts';
import { everywhere } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { holdsIdentityNumber } from '../../../domain/holdsIdentityNumber.ts';
import { subjectHash } from '../../../domain/subjectHash.ts';
import { defined } from '../../../../terms/defined.ts';

/** Context to which the seal is bound. */
export const sealContext = (id: string): string => `incident subjects ${id}`;

/** Unix milliseconds */
export const listEnd = ({ askedAt: requestedAt }: Pick<EvidenceRow, 'askedAt'>): number =>
  requestedAt + sealedListLifeMs;

export const staysClosed = (list: string, reason: Bilingual): Problem =>
  new Problem('list_closed', { list, reason });

/** @throws Problem list_closed */
export function refuseEnded(row: EvidenceRow, now: number): void {
  if (row.subjects !== null && now >= listEnd(row))
    throw staysClosed(row.id, {
      zh: '已过七天，名单已销毁，须重新生成',
      en: 'its seven days are over and it is destroyed; make another one',
    });
}

type Schemas = components['schemas'];

/**
 * Opens a sealed list that a second person released, for one of the two persons. Given identifiers from the provider's own files, it
 * reports which of them are on the list. The identifiers are converted to log tokens and discarded. Each opening is logged with its
 * reason.
 * @throws Problem not_found, list_closed, unknown_reference, search_identity_number
 */
export const openSubjects = operation('openSubjects', {
  kind: 'management',
  permission: { 'office auditor': everywhere, 'office security': everywhere },
  owner: ofOffice,
  run: async (call, services) => {
    const { reason, compare } = call.body;
    refuseIdentityNumbers({ reason });
    const { app } = services.database;
    const row = await evidenceById(app, call.params.evidence);
    if (row === undefined || row.subjects === null) throw new Problem('not_found');
    refuseOthers(row, call.caller.person);
    refuseEnded(row, call.now);
    const sealed = await sealedBytes(app, row.id);
    if (sealed === undefined) throw new Problem('not_found');
    const opened = sealerOf(services.keys.sealing).open(sealed, sealContext(row.id));
    const subjects = JSON.parse(Buffer.from(opened).toString('utf8')) as readonly SubjectOfEntries[];
    const concerned = compare === undefined ? undefined : concernedOf(subjects, compare, services);
    const body: Schemas['SealedList'] = {
      id: row.id,
      case: row.caseNumber,
      madeAt: new Date(row.askedAt).toISOString(),
      subjects: [...subjects],
      ...defined({ concerned }),
    };
    return allowed<'openSubjects'>(200, body, {
      facts: {
        change: {
          list: row.id,
          subjects: subjects.length,
          reason,
          case: row.caseNumber,
          ...(concerned === undefined
            ? {}
            : { compared: compare?.values.length ?? 0, concerned: concerned.length }),
        },
      },
    });
  },
});

/** @throws Problem list_closed unless the person requested it and another one released it, or vice versa */
function refuseOthers({ id, state, askedBy: requestedBy, answeredBy }: EvidenceRow, person: string): void {
  if (state !== 'released')
    throw staysClosed(
      id,
      state === 'waiting'
        ? { zh: '尚未由另一人放行', en: 'no second person has released it yet' }
        : { zh: '第二人已拒绝', en: 'the second person refused it' },
    );
  if (person !== requestedBy && person !== answeredBy)
    throw staysClosed(id, {
      zh: '只有生成者和放行者可以打开',
      en: 'only the person who requested it and the person who released it can open it',
    });
}

/** Positions, from 0, of the identifiers that are on the list. */
function concernedOf(
  subjects: readonly SubjectOfEntries[],
  { dataset, values }: NonNullable<Schemas['SealedListOpening']['compare']>,
  services: Services,
): number[] {
  const listed = new Set(subjects.map(({ token }) => token));
  const keys = [...new Set(subjects.map(({ year }) => year))].flatMap((year) => keyOf(year, services));
  return values.flatMap((value, place) => {
    const hash = hashOf({ dataset, value }, services);
    return keys.some((key) => listed.has(Buffer.from(subjectToken(key, hash)).toString('hex')))
      ? [place]
      : [];
  });
}

/** Empty for a year whose key is destroyed. */
function keyOf(year: number, { keys }: Pick<Services, 'keys'>): ReturnType<Services['keys']['logToken']>[] {
  try {
    return [keys.logToken(year)];
  } catch (error) {
    if (error instanceof Problem && error.code === 'keys_missing') return [];
    throw error;
  }
}

/** The permanent hash of a person or organisation; the identifier is discarded. @throws Problem unknown_reference */
export function hashOf(
  subject: { readonly dataset: string; readonly value: string },
  { registry, keys }: Pick<Services, 'registry' | 'keys'>,
): Uint8Array {
  const kind = registry.current.datasets.get(subject.dataset)?.schema.subject?.kind;
  if (kind === undefined) throw new Problem('unknown_reference', { kind: 'Dataset', name: subject.dataset });
  return Buffer.from(subjectHash(keys.subject, kind, subject.value), 'hex');
}

/** The log, or a request for evidence, stores reason, case and question permanently. @throws Problem search_identity_number */
export function refuseIdentityNumbers(texts: Readonly<Record<string, string | undefined>>): void {
  for (const [member, text] of Object.entries(texts))
    if (text !== undefined && holdsIdentityNumber(text))
      throw new Problem('search_identity_number', { member });
}
