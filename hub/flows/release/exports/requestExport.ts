/**
 * POST /v1/datasets/{dataset}/exports: all rows an agreement gives, as a file that the hub makes in its own time.
 *
 *   decide → entry (open) → 202; then makeNextExport
 */
import { saidObligations } from '../../../../policies/obligations/saidObligations.ts';
import { Problem } from '../../../../terms/problem.ts';
import { allowed, type Call, type Outcome } from '../../../pipeline/call.ts';
import type { DepartmentCaller } from '../../../identity/authentication/caller.ts';
import { addExport, type ExportFormat } from './store/exports.ts';
import { hostedReleased, whenAllowed, type AllowedCall } from '../allowedCall.ts';
import { quotasOf } from '../quotas.ts';
import type { ReleaseServices } from '../services.ts';
import { termsDigest } from '../streamPart.ts';
import { sealAsked } from './askedExport.ts';
import { exportLife, exportView, mostExports } from './ownExport.ts';
import { releaseOperation } from '../../operation.ts';

export const requestExport = releaseOperation('requestExport', {
  kind: 'release',
  run: (call, services) => {
    const { format, ...query } = call.body;
    return whenAllowed(call, services, { ...query, export: true }, (allowed) =>
      open(services, call, format, allowed),
    );
  },
});

function open(
  { registry, sealer, exportsAsked }: ReleaseServices,
  { exchange, caller, now }: Call<DepartmentCaller>,
  format: ExportFormat,
  { request, permission, facts }: AllowedCall,
): Outcome {
  const dataset = hostedReleased(registry, permission);
  const quotas = quotasOf(permission, now, { calls: 1 });
  const asked = {
    id: exchange,
    department: caller.department,
    dataset: dataset.row.id,
    format,
    expires: new Date(now + exportLife),
  };
  const view = exportView({
    ...asked,
    state: 'waiting',
    code: null,
    parts: 0,
    rows: 0,
    bytes: 0,
    manifest: null,
  });
  const { obligations } = permission;
  const said = obligations.length === 0 ? {} : { obligations: saidObligations(obligations, now) };
  return allowed<'requestExport'>(
    202,
    { ...view, ...said },
    {
      facts: {
        ...facts,
        schema: dataset.schema.urn,
        rows: { delivered: 0, withheld: 0 },
        stream: { id: exchange, state: 'open' },
      },
      ...(quotas.length === 0 ? {} : { claims: { quotas } }),
      work: async (transaction) => {
        const added = {
          ...asked,
          request: caller.signatureHash,
          asked: sealAsked(sealer, exchange, request),
          terms: termsDigest(permission),
        };
        if (!(await addExport(transaction, added, mostExports)))
          throw new Problem(
            'exports_too_many',
            { most: mostExports },
            { headers: { 'retry-after': '3600' } },
          );
      },
      whenDurable: () => exportsAsked.add(),
    },
  );
}
