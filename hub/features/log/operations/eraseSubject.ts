import { createHash } from 'node:crypto';
import type { components } from '../../../../api/openapi.ts';
import { leastYears, yearsBefore } from '../../../../log/retention.ts';
import { Problem } from '../../../../terms/problem.ts';
import { erasedSubject, erasureKind, listDigest, planErasure } from '../../../log/erasure.ts';
import { tokensOf, unsearchable } from '../../../log/evidence/searchEntries.ts';
import { holdsIdentityNumber } from '../../../domain/holdsIdentityNumber.ts';
import { DecideAfresh } from '../../../pipeline/call.ts';
import { eraseRows, subjectsWithTokens } from '../../../log/store/erasures.ts';
import { digestOf, registered } from '../../registry/operations/registration.ts';
import type { Services } from '../../common/services.ts';
import { heldAgainst } from '../../../log/head.ts';
import { blockNewHolds } from '../../../log/store/legalHolds.ts';
import { hashOf } from './sealedSubjects.ts';
import { own } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';
import { defined } from '../../../../terms/defined.ts';

type Requested = components['schemas']['SubjectErasureAsked'];

/** The erasure that waits for the second person. It identifies the subject only by a keyed hash. */
export type StoredErasure = Omit<Requested, 'subject'> & { readonly subjectHash: string };

/** The request in the form that may be stored. @throws Problem unknown_reference */
function storedErasure(
  { subject, ...others }: Requested,
  services: Pick<Services, 'registry' | 'keys'>,
): StoredErasure {
  return { ...others, subjectHash: Buffer.from(hashOf(subject, services)).toString('hex') };
}

/**
 * Erases the tokens and salts of one person for entries before a given time. The reason is the statutory term or a named decision. The
 * entries and their proofs stay. A second person accepts. Under legal hold nothing is erased. The entry names years whose key is missing.
 * @throws Problem erasure_invalid, under_legal_hold, unknown_reference
 */
export const eraseSubject = proposable('eraseSubject', {
  permission: { 'office steward': own, 'office security': own },
  owner: ofOffice,
  secondPerson: true,
  bodyToStore: (call, services) => storedErasure(call.body, services),
  run: async (call, services, actingPersons) => {
    const { app } = services.database;
    const body = call.body;
    const {
      before,
      reason,
      case: caseNumber,
      decision,
      subjectHash,
    } = 'subject' in body ? storedErasure(body, services) : body;
    // the log stores them permanently
    if ([caseNumber, decision ?? ''].some(holdsIdentityNumber))
      throw invalid(
        '案件编号或决定中不得有身份证件号码',
        'case and decision must not contain an identity number',
      );
    const end = Date.parse(before);
    const term = yearsBefore(call.now, leastYears);
    if (end > call.now) throw invalid('截止时间应已过去', 'its moment has to be in the past');
    if (end > term && decision === undefined)
      throw invalid(
        `${leastYears} 年以内的记录须写明决定文书（decision）`,
        `entries younger than ${leastYears} years are erased only by a decision, which has to be named`,
      );
    const subject = Buffer.from(subjectHash, 'hex');
    const { tokens, attempts, lost } = await tokensOf(services, subject, call.now);
    const years = lost.join(' ');
    const subjectTokens = new Set(
      [...tokens, ...attempts].map((token) => Buffer.from(token).toString('hex')),
    );
    const rows = await subjectsWithTokens(app, [...tokens, ...attempts], end);
    if (rows.length === 0)
      throw lost.length === 0
        ? invalid('此前没有涉及该主体的条目', 'no entry before that moment concerns the person')
        : invalid(
            `此前没有涉及该主体的条目；以下年份的密钥不在此处，未查：${years}`,
            `no entry before that moment concerns the person; of these years the key is not here, they were not searched: ${years}`,
          );
    const held = await heldAgainst(app, subjectHash, rows);
    if (held !== undefined) throw new Problem('under_legal_hold', { what: held });
    const { list, remaining } = planErasure(rows, (_row, token) =>
      subjectTokens.has(Buffer.from(token).toString('hex')),
    );
    const requested = { subjectHash, before, reason, case: caseNumber, decision: decision ?? '' };
    const digest = digestOf(requested);
    const id = `erasure-${createHash('sha256').update(digest).digest('hex').slice(0, 16)}`;
    const outcome = registered({
      kind: erasureKind,
      id,
      digest,
      registered: undefined,
      versioned: false,
      work: async (transaction) => {
        const erasure = {
          id: call.exchange,
          exchange: call.exchange,
          before: end,
          subject: erasedSubject(services.keys.subject, subject),
        };
        const asRead = await eraseRows(transaction, erasure, list, remaining);
        await blockNewHolds(transaction);
        if (!asRead || (await heldAgainst(transaction, subjectHash, rows)) !== undefined)
          throw new DecideAfresh();
      },
      change: {
        before,
        reason,
        case: caseNumber,
        ...defined({ decision }),
        // without the key of a year its tokens are not found, so they remain
        ...unsearchable(lost),
        ...(actingPersons.approver === null ? {} : { entries: list.length, erased: listDigest(list) }),
      },
    });
    // written before the reply: restoring an older database must not restore the person's tokens
    return actingPersons.approver === null
      ? outcome
      : { ...outcome, whenDurable: () => services.keepErasures() };
  },
});

const invalid = (zh: string, en: string): Problem => new Problem('erasure_invalid', { reason: { zh, en } });
