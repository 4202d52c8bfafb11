import type { Leaf } from '../../../../log/leaf.ts';
import { Problem } from '../../../../terms/problem.ts';
import { uuid7 } from '../../../../machine/uuid7.ts';
import { newestCheckpoint } from '../../../log/evidence/logAccess.ts';
import { Gone, reportedMissing } from '../../../log/evidence/entryBundle.ts';
import { alteredSubjects } from '../../../log/evidence/alteredSubjects.ts';
import { sealerOf } from '../../../flows/sealer.ts';
import { allowed } from '../../../pipeline/call.ts';
import { insertEvidence, type EvidenceRow } from '../../../log/store/evidence.ts';
import { storeSealed, subjectsOfEntries } from '../../../log/store/sealedSubjects.ts';
import { evidenceView } from './evidence.ts';
import { requestedBatch, incidentEntries } from './assessIncident.ts';
import { sealContext, staysClosed, refuseIdentityNumbers } from './sealedSubjects.ts';
import { everywhere } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** Maximum number of subjects; a larger list must be split by time or department. */
const maxSubjects = 100_000;

/**
 * Creates and seals the list of an incident's subjects, as log tokens. Neither its creator nor a database administrator can read it. Like
 * evidence about a person, it waits for a second person.
 * @throws Problem search_identity_number, batch_unknown, list_closed; rows_unauthenticated where all subjects were removed past the hub
 */
export const sealSubjects = operation('sealSubjects', {
  kind: 'management',
  permission: { 'office auditor': everywhere, 'office security': everywhere },
  owner: ofOffice,
  run: async (call, services) => {
    const { reason, case: caseNumber, ...requested } = call.body;
    refuseIdentityNumbers({ reason, case: caseNumber, official: requested.official });
    const { app } = services.database;
    const { size } = newestCheckpoint(services);
    const found = new Map<number, Pick<Leaf, 'subjects'>>();
    const gone = new Gone();
    const { entries, later } = await requestedBatch(app, requested);
    for await (const { index, leaf } of incidentEntries(app, entries, size))
      if (leaf === undefined) gone.add(index);
      else found.set(index, leaf.subjects === undefined ? {} : { subjects: leaf.subjects });
    let perhaps = 0;
    for await (const { index, leaf } of incidentEntries(app, later, size))
      if (leaf === undefined) gone.add(index);
      else perhaps += 1;
    const indexes = [...found.keys()];
    const subjects = await subjectsOfEntries(app, indexes, maxSubjects + 1);
    const altered = await alteredSubjects(app, found);
    for (const index of altered) gone.add(index);
    if (subjects.length === 0 && altered.length > 0)
      throw new Problem('rows_unauthenticated', { table: 'audit_subject' });
    const id = uuid7(call.now);
    if (subjects.length === 0)
      throw staysClosed(id, {
        zh: '所问范围内没有涉及任何人员或组织的供数',
        en: 'no release in the requested range concerns a person or an organisation',
      });
    if (subjects.length > maxSubjects)
      throw staysClosed(id, {
        zh: `一份至多 ${maxSubjects} 个主体，请按时间或部门分成几份`,
        en: `one holds at most ${maxSubjects} persons or organisations: make several, by time or department`,
      });
    const row: EvidenceRow = {
      id,
      question: JSON.stringify(requested),
      reason,
      caseNumber,
      tokens: [],
      attempts: [],
      size,
      askedBy: call.caller.person,
      askedAt: call.now,
      state: 'waiting',
      answeredBy: null,
      subjects: subjects.length,
    };
    const sealed = sealerOf(services.keys.sealing).seal(
      Buffer.from(JSON.stringify(subjects)),
      sealContext(id),
    );
    const missing = reportedMissing(gone.indexes);
    const view = {
      ...evidenceView(row, services.identity),
      ...missing,
      ...(perhaps === 0 ? {} : { perhaps }),
    };
    return allowed<'sealSubjects'>(201, view, {
      facts: {
        change: { list: id, entries: indexes.length, subjects: subjects.length, reason, case: caseNumber },
      },
      work: async (transaction) => {
        await insertEvidence(transaction, row);
        await storeSealed(transaction, { id, subjects: subjects.length, sealed });
      },
    });
  },
});
