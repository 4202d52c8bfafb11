import type { components } from '../../../../api/openapi.ts';
import {
  type EvidenceRow,
  insertEvidence,
  answerEvidence as answerRow,
  evidenceById,
  listEvidence as requestsIn,
} from '../../../log/store/evidence.ts';
import { namesOfIds } from '../../common/namesOfIds.ts';
import type { Services } from '../../common/services.ts';
import { listEnd, refuseEnded, hashOf, refuseIdentityNumbers } from './sealedSubjects.ts';
import type { EvidenceQuestion } from '../../../../log/pack/evidenceFile.ts';
import { uuid7 } from '../../../../machine/uuid7.ts';
import { newestCheckpoint } from '../../../log/evidence/logAccess.ts';
import { tokensOf, unsearchable } from '../../../log/evidence/searchEntries.ts';
import { allowed } from '../../../pipeline/call.ts';
import { entriesOf, makeEvidence } from './makeEvidence.ts';
import { everywhere } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { Problem } from '../../../../terms/problem.ts';
import { isSamePerson } from '../../../domain/standIn.ts';
import type { ReplyOf } from '../../../pipeline/contract.ts';
import { listed, names, oneMore, requestedPage } from '../../common/listing.ts';
import { defined, present } from '../../../../terms/defined.ts';

/** The current state of an evidence request: `EvidenceRequested` of openapi.yaml. It names no person whose data were read. */
export const evidenceView = (
  row: EvidenceRow,
  identity: Services['identity'],
): components['schemas']['EvidenceRequested'] => ({
  id: row.id,
  state: row.state,
  reason: row.reason,
  case: row.caseNumber,
  askedBy: row.askedBy,
  askedAt: new Date(row.askedAt).toISOString(),
  subject: row.tokens !== null,
  // a sealed list is described by its own members
  ...(row.subjects === null
    ? { question: JSON.parse(row.question) as components['schemas']['EvidenceQuestion'] }
    : { list: { subjects: row.subjects, until: new Date(listEnd(row)).toISOString() } }),
  ...present({ answeredBy: row.answeredBy }),
  ...namesOfIds(identity, { askedBy: row.askedBy, answeredBy: row.answeredBy }),
});

/**
 * Requests evidence about a range, a case, an agreement, a search, or a person. For a person, another staff member must decide, and the
 * request identifies the person only by their log tokens.
 * @throws Problem search_identity_number, unknown_reference, evidence_too_large
 */
export const askEvidence = operation('askEvidence', {
  kind: 'management',
  permission: { 'office auditor': everywhere },
  owner: ofOffice,
  run: async (call, services) => {
    const { reason, case: caseNumber, question } = call.body;
    const { subject, ...filter } = question;
    const { official, matter } = filter;
    refuseIdentityNumbers({ reason, case: caseNumber, official, matter });
    const found =
      subject === undefined ? undefined : await tokensOf(services, hashOf(subject, services), call.now);
    const requested = {
      ...filter,
      ...defined({ subject: subject?.dataset }),
      // stored with the question, because the evidence is read later, also by others
      ...unsearchable(found?.lost),
    } as EvidenceQuestion;
    const row: EvidenceRow = {
      id: uuid7(call.now),
      question: JSON.stringify(requested),
      reason,
      caseNumber,
      tokens: found?.tokens ?? null,
      attempts: found?.attempts ?? null,
      size: newestCheckpoint(services).size,
      askedBy: call.caller.person,
      askedAt: call.now,
      state: found === undefined ? 'released' : 'waiting',
      answeredBy: null,
      subjects: null,
    };
    // evidence that cannot be released is refused now, not after two persons have decided
    const { chosen } = await makeEvidence(services, row);
    return allowed<'askEvidence'>(201, evidenceView(row, services.identity), {
      facts: {
        change: {
          evidence: row.id,
          by: Object.keys(question).sort().join(' '),
          entries: chosen.length,
          reason,
          case: caseNumber,
          ...unsearchable(found?.lost),
        },
      },
      work: (transaction) => insertEvidence(transaction, row),
    });
  },
});

/**
 * Records the second person's decision on evidence about a person: release or refusal.
 * @throws Problem not_found, four_eyes, list_closed, transition_not_allowed
 */
export const answerEvidence = operation('answerEvidence', {
  kind: 'management',
  permission: { 'office auditor': everywhere, 'office security': everywhere },
  owner: ofOffice,
  run: async (call, { database, identity }) => {
    const { answer } = call.body;
    const id = call.params.evidence;
    const row = await evidenceById(database.app, id);
    if (row === undefined) throw new Problem('not_found');
    const by = call.caller.person;
    if (isSamePerson(call.caller, row.askedBy)) throw new Problem('four_eyes');
    refuseEnded(row, call.now);
    const refused = (): Problem =>
      new Problem('transition_not_allowed', { what: `evidence ${id}`, state: row.state, act: answer });
    if (row.state !== 'waiting') throw refused();
    const state = answer === 'release' ? 'released' : 'refused';
    return allowed<'answerEvidence'>(200, evidenceView({ ...row, state, answeredBy: by }, identity), {
      facts: { change: { evidence: id, act: answer, reason: row.reason, case: row.caseNumber } },
      work: async (transaction) => {
        if (!(await answerRow(transaction, { id, by, state }))) throw refused();
      },
    });
  },
});

/** Returns released evidence as one document. Each retrieval is logged. @throws Problem not_found, evidence_not_released */
export const getEvidence = operation('getEvidence', {
  kind: 'management',
  permission: { 'office auditor': everywhere },
  owner: ofOffice,
  run: async (call, services) => {
    const row = await evidenceById(services.database.app, call.params.evidence);
    // a sealed list can be opened, but never released as a folder
    if (row === undefined || row.subjects !== null) throw new Problem('not_found');
    if (row.state !== 'released')
      throw new Problem('evidence_not_released', { evidence: row.id, state: row.state });
    const file = await makeEvidence(services, row);
    return allowed<'getEvidence'>(200, file as ReplyOf<'getEvidence', 200>, {
      facts: { change: { evidence: row.id, entries: file.chosen.length, reason: row.reason } },
    });
  },
});

/** Whether the caller requested it and the second person has not released it. */
const isOwnUndecided = (caller: Parameters<typeof isSamePerson>[0], row: EvidenceRow): boolean =>
  row.state !== 'released' && isSamePerson(caller, row.askedBy);

/**
 * GET /v1/log/evidence: returns who requested evidence, why, for which case, with which question, and who released it. A request that is
 * read by its id also has the number of entries, which the second person compares with the question. The person who requested it does not
 * receive the number before the decision: it would answer the question.
 * @throws Problem cursor_invalid, evidence_too_large
 */
export const listEvidence = operation('listEvidence', {
  kind: 'inspect',
  permission: { 'office auditor': everywhere, 'office security': everywhere },
  owner: ofOffice,
  run: async (call, services) => {
    const { database, identity } = services;
    const page = requestedPage(call.query, names.uuid);
    const { state, evidence } = call.query;
    const rows = await requestsIn(
      database.app,
      defined({ state, id: evidence, before: page.after }),
      oneMore(page).maxRows,
    );
    const [only] = evidence === undefined ? [] : rows;
    const counted =
      only === undefined || only.subjects !== null || isOwnUndecided(call.caller, only)
        ? undefined
        : await entriesOf(services, only);
    return listed(
      call,
      'evidence',
      page,
      rows,
      ({ id }) => id,
      (row) => ({
        ...evidenceView(row, identity),
        ...defined({ entries: counted }),
      }),
    );
  },
});
