/** The request of an export, stored until the export is deleted. It is sealed because a filter may name persons. */
import type { DecisionRequest } from '../../../../policies/decision.ts';
import type { Sealer } from '../../rows/store/sealedParts.ts';
import { Problem } from '../../../../terms/problem.ts';
import { type Call, allowed, type Outcome } from '../../../pipeline/call.ts';
import type { DepartmentCaller } from '../../../identity/authentication/caller.ts';
import {
  addExport,
  exportById,
  exportLife,
  isOver,
  type ExportFormat,
  type ExportRow,
} from './store/exports.ts';
import type { ReleaseServices } from '../services.ts';
import { describedObligations } from '../../../../policies/obligations/describedObligations.ts';
import { hostedReleased, whenAllowed, type AllowedCall } from '../allowedCall.ts';
import { quotasOf } from '../quotas.ts';
import { termsDigest } from '../streamPart.ts';
import { releaseOperation } from '../../operation.ts';
import { rangeHeaders, rangeOf } from '../byteRange.ts';
import { exportBytes } from '../../rows/store/exportChunks.ts';
import { contentTypes } from './exportFile.ts';

const contextOf = (id: string): string => `export ${id} asked`;

/** What is sealed: the request, and the terms under which the file is made. */
interface Asked extends DecisionRequest {
  /** base64; absent in a request of an earlier release */
  readonly terms?: string;
}

const sealAsked = (sealer: Sealer, id: string, requested: DecisionRequest, terms: Buffer): Uint8Array => {
  const asked: Asked = { ...requested, terms: terms.toString('base64') };
  return sealer.seal(Buffer.from(JSON.stringify(asked), 'utf8'), contextOf(id));
};

/**
 * The request of an export. Department, dataset and terms of the row are those of the request: a database administrator could give the file to
 * another department, or have it pass under later terms.
 * @throws Problem sealed_bytes_damaged
 */
export function openAsked(
  sealer: Sealer,
  row: Pick<ExportRow, 'id' | 'department' | 'dataset' | 'asked' | 'terms'>,
): DecisionRequest {
  // JSON has no undefined: a missing member represents it
  const absent = {
    agreement: undefined,
    purpose: undefined,
    onBehalfOf: undefined,
    matter: undefined,
    fields: undefined,
    limit: undefined,
  };
  const text = Buffer.from(sealer.open(row.asked, contextOf(row.id))).toString('utf8');
  const { terms, ...requested } = JSON.parse(text) as Asked;
  const isOwn = requested.consumer === row.department && requested.dataset === row.dataset;
  if (!isOwn || (terms !== undefined && terms !== Buffer.from(row.terms).toString('base64')))
    throw new Problem('sealed_bytes_damaged');
  return { ...absent, ...requested };
}

/* An export as its department sees it. An export of another department is reported as unknown. */

/** Maximum number of files that a department may have at the hub at once. */
export const maxExports = 8;

interface ExportView {
  readonly id: string;
  readonly dataset: string;
  readonly format: ExportRow['format'];
  readonly state: ExportRow['state'];
  readonly code?: string;
  readonly parts: number;
  readonly rows: number;
  readonly bytes: number;
  readonly manifest?: string;
  readonly expires: string;
}

function exportView(row: Omit<ExportRow, 'department' | 'request' | 'asked' | 'terms'>): ExportView {
  const { id, dataset, format, state, code, parts, rows, bytes, manifest, expires } = row;
  return {
    id,
    dataset,
    format,
    state,
    parts,
    rows,
    bytes,
    ...(code === null ? {} : { code }),
    ...(manifest === null ? {} : { manifest }),
    expires: expires.toISOString(),
  };
}

/** @throws Problem export_unknown */
async function ownExport(
  { params, caller, now }: Call<DepartmentCaller>,
  { pool }: ReleaseServices,
): Promise<ExportRow> {
  const { export: id = '', dataset } = params;
  const row = await exportById(pool, id);
  if (row?.department === caller.department && row.dataset === dataset && !isOver(row, now)) return row;
  throw new Problem('export_unknown');
}

/**
 * POST /v1/datasets/{dataset}/exports: all rows an agreement grants, as a file that the hub generates in the background.
 *
 *   decide → entry (open) → 202; then makeNextExport
 */
export const requestExport = releaseOperation('requestExport', {
  kind: 'release',
  run: (call, services) => {
    const { format, ...query } = call.body;
    return whenAllowed(call, services, { ...query, export: true }, (allowed) =>
      requestExportOpen(services, call, format, allowed),
    );
  },
});

function requestExportOpen(
  { registry, sealer, exportsAsked: requestedExports }: ReleaseServices,
  { exchange, caller, now }: Call<DepartmentCaller>,
  format: ExportFormat,
  { request, permission, facts }: AllowedCall,
): Outcome {
  const dataset = hostedReleased(registry, permission);
  const quotas = quotasOf(permission, now, { calls: 1 });
  const requested = {
    id: exchange,
    department: caller.department,
    dataset: dataset.row.id,
    format,
    expires: new Date(now + exportLife),
  };
  const view = exportView({
    ...requested,
    state: 'waiting',
    code: null,
    parts: 0,
    rows: 0,
    bytes: 0,
    manifest: null,
  });
  const { obligations } = permission;
  const described = obligations.length === 0 ? {} : { obligations: describedObligations(obligations, now) };
  return allowed<'requestExport'>(
    202,
    { ...view, ...described },
    {
      facts: {
        ...facts,
        schema: dataset.schema.urn,
        rows: { delivered: 0, withheld: 0 },
        stream: { id: exchange, state: 'open' },
      },
      ...(quotas.length === 0 ? {} : { claims: { quotas } }),
      work: async (transaction) => {
        const terms = termsDigest(permission);
        const added = {
          ...requested,
          request: caller.signatureHash,
          asked: sealAsked(sealer, exchange, request, terms),
          terms,
        };
        if (!(await addExport(transaction, added, maxExports)))
          throw new Problem('exports_too_many', { most: maxExports }, { headers: { 'retry-after': '3600' } });
      },
      whenDurable: () => requestedExports.add(),
    },
  );
}

/** GET /v1/datasets/{dataset}/exports/{export}: the progress of a file; its manifest once it is complete. */
export const showExport = releaseOperation('showExport', {
  kind: 'inspect',
  run: async (call, services) => {
    const row = await ownExport(call, services);
    return allowed<'showExport'>(200, exportView(row), { facts: { dataset: row.dataset, repeatOf: row.id } });
  },
});

/*
 * GET /v1/datasets/{dataset}/exports/{export}/file: bytes of a complete file, from the reader's offset.
 *
 *   decide again, under the same terms as when it was generated → open the sealed bytes → entry → signed reply
 */

/** Bytes of one reply; longer files are read piece by piece. */
const maxAtOnce = 8 << 20;

export const downloadExport = releaseOperation('downloadExport', {
  kind: 'release',
  run: async (call, services) => {
    const row = await ownExport(call, services);
    const requested = openAsked(services.sealer, row);
    return whenAllowed(
      call,
      services,
      requested,
      async ({ permission, facts }) => {
        if (row.state !== 'ready') throw new Problem('export_not_ready', { state: row.state });
        if (!termsDigest(permission).equals(row.terms)) throw new Problem('export_void');
        const range = rangeOf(call.head, row.bytes, maxAtOnce);
        const body = await services.bulk.run(() =>
          exportBytes(services.pool, services.sealer, row.id, range),
        );
        if (body === undefined) throw new Problem('export_void');
        return {
          entry: 'allow',
          status: range.partial ? 206 : 200,
          contentType: contentTypes[row.format],
          body,
          headers: rangeHeaders(range, row.bytes),
          facts: { ...facts, rows: { delivered: 0, withheld: 0 } },
        };
      },
      { repeatOf: row.id },
    );
  },
});
