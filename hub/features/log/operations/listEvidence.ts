import { listEvidence as requestsIn } from '../../../log/store/evidence.ts';
import { listed, names, oneMore, pageAsked } from '../../common/listing.ts';
import { evidenceView } from './evidenceView.ts';
import { everywhere } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** GET /v1/log/evidence: who asked for evidence, why, for which case, and who released it. @throws Problem cursor_invalid */
export const listEvidence = operation('listEvidence', {
  kind: 'inspect',
  permission: { 'office auditor': everywhere, 'office security': everywhere },
  owner: ofOffice,
  run: async (call, { database, identity }) => {
    const page = pageAsked(call.query, names.uuid);
    const { state, evidence } = call.query;
    const rows = await requestsIn(
      database.app,
      {
        ...(state === undefined ? {} : { state }),
        ...(evidence === undefined ? {} : { id: evidence }),
        ...(page.after === undefined ? {} : { before: page.after }),
      },
      oneMore(page).most,
    );
    return listed(
      call,
      'evidence',
      page,
      rows,
      ({ id }) => id,
      (row) => evidenceView(row, identity),
    );
  },
});
