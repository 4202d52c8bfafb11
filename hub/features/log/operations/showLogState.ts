import type { components } from '../../../../api/openapi.ts';
import { toBase64 } from '../../../../log/base64.ts';
import { newestCheckpoint } from '../../../log/evidence/logAccess.ts';
import { openPass } from '../../../log/evidence/reverifyPortion.ts';
import { allowed } from '../../../pipeline/call.ts';
import { witnessStates } from '../../../log/store/cosignatures.ts';
import { standingFindings } from '../../../log/store/findings.ts';
import { stateOfJob } from '../../../platform/jobs/store/stateOfJob.ts';
import { moment } from '../../common/listing.ts';
import { everywhere } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** GET /v1/log/state: what an officer asks first: how long the log is, what its root is, who has checked that, and until where. */
export const showLogState = operation('showLogState', {
  kind: 'inspect',
  permission: {
    operator: everywhere,
    'office security': everywhere,
    'office auditor': everywhere,
    security: everywhere,
    auditor: everywhere,
  },
  owner: self,
  run: async (_call, services) => {
    const { app } = services.database;
    const { origin, size, root, note } = newestCheckpoint(services);
    const job = await stateOfJob(app, 'reverifyLog');
    const pass = openPass(job?.state, services.keys.headMac);
    const { count } = await standingFindings(app);
    const body: components['schemas']['LogState'] = {
      ...{
        origin,
        open: services.hub.openOrigin,
        size,
        root: toBase64(root),
        checkpoint: note,
        findings: count,
      },
      ...(pass === undefined
        ? {}
        : {
            verification: {
              ...{ pass: pass.number, read: pass.next, of: pass.goal.size },
              ...(typeof job?.succeededAt !== 'number' ? {} : { at: moment(job.succeededAt) }),
            },
          }),
      witnesses: (await witnessStates(app)).map(({ name, size: seen, cosignedAt, trouble }) => ({
        ...{ name, size: seen },
        ...(cosignedAt === null ? {} : { cosignedAt: moment(cosignedAt) }),
        ...(trouble === null ? {} : { trouble }),
      })),
    };
    return allowed<'showLogState'>(200, body, { facts: {} });
  },
});
