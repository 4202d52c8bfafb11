/**
 * GET /v1/datasets/{dataset}/attachments/{attachment}: the bytes of an attachment, under the same decision as a query for the row that
 * names it.
 *
 *   decide → a row of the agreement that names it → consent → mask → entry with the digest → signed reply
 */
import type { MaskUse, Permission } from '../../../policies/decision.ts';
import { rootOf } from '../../../policies/masks/rows/fieldPath.ts';
import { storedValueMasks } from '../../../policies/masks/attachments/images.ts';
import { exchangeId } from '../../../terms/ids.ts';
import { Problem } from '../../../terms/problem.ts';
import { sent } from '../../domain/cells.ts';
import { asDepartment, ofActingDepartment, type Acting } from '../actingDepartment.ts';
import type { Call, Outcome } from '../../pipeline/call.ts';
import { releaseOperation } from '../operation.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { hostedReleased, whenAllowed, type AllowedCall } from '../release/allowedCall.ts';
import { checkCases } from '../release/checkCases.ts';
import { rangeHeaders, rangeOf } from '../release/byteRange.ts';
import { consentCheck } from '../release/consents.ts';
import { claimEffects, entryClaim, privateFact } from '../release/entryClaim.ts';
import { fetchConsented } from '../release/fetchConsented.ts';
import { tokensOf } from '../release/pagePersons.ts';
import { counted } from '../release/quotas.ts';
import { rowSourceOf } from '../release/rowSourceOf.ts';
import type { ReleaseServices } from '../release/services.ts';
import { openedBytes } from './sealing.ts';
import { attachmentById, readyAttachment, type AttachmentRow } from './store/attachments.ts';

/** Bytes of one reply; longer files are read piece by piece. */
const maxAtOnce = 4 * 1024 * 1024;

/** @throws Problem attachment_unknown, attachment_mask_unfit, range_invalid, range_wanted */
export const downloadAttachment = releaseOperation('downloadAttachment', {
  kind: 'release',
  run: (call, services) => downloaded(call, services),
});

/**
 * GET /v1/datasets/{dataset}/cases/attachments/{attachment}: the same for a person, of a case. Purpose and agreement are in the address.
 * @throws Problem acting_department_missing, rows_not_changeable, not_a_contributor, and those of downloadAttachment
 */
export const downloadCaseAttachment = releaseOperation('downloadCaseAttachment', {
  kind: 'release',
  permission: sent,
  owner: ofActingDepartment,
  run: (call, services) => {
    const { edge } = call.query;
    return downloaded(asDepartment(call, call.query), services, {
      ofCase: true,
      ...(edge === undefined ? {} : { edge: Number(edge) }),
    });
  },
});

interface Shown {
  /** only of a dataset with `intake.cases` */
  readonly ofCase?: true;
  /** pixels of the longer edge that are enough, for an image */
  readonly edge?: number;
}

type Download = Call<Acting> & { readonly params: { readonly dataset: string; readonly attachment: string } };

async function downloaded(call: Download, services: ReleaseServices, shown: Shown = {}): Promise<Outcome> {
  const { dataset, attachment } = call.params;
  // decided without the field: answer and entry are the same for an id of another field as for one that does not exist
  return whenAllowed(
    call,
    services,
    {},
    async (allowed) => {
      const released = hostedReleased(services.registry, allowed.permission);
      if (shown.ofCase === true) checkCases(released, call.caller.department);
      // looked up only now: each refusal before is the same for an id that exists and for one that does not
      const row = await attachmentById(services.pool, exchangeId(attachment));
      if (row?.dataset !== dataset || row.state !== 'ready') throw new Problem('attachment_unknown');
      return release(services, call, row, released, allowed, shown);
    },
    { change: { attachment } },
  );
}

async function release(
  services: ReleaseServices,
  call: Download,
  named: AttachmentRow,
  dataset: LiveDataset,
  { permission: whole, facts, attempt }: AllowedCall,
  { edge }: Shown,
): Promise<Outcome> {
  const fields = whole.fields.filter(({ field }) => rootOf(field) === named.field);
  const permission: Permission = { ...whole, fields, storedFields: [named.field], withheld: {} };
  const granted = maskOf(permission, named.field);
  const mask = granted && edge !== undefined ? smaller(granted, edge) : granted;
  if (mask === undefined) throw new Problem('attachment_unknown');
  const check = consentCheck(permission, [named.field], call.now);
  const source = rowSourceOf(services, dataset, call);
  const query = { fields: [named.field], limit: 1 };
  const naming: Permission = {
    ...permission,
    rowFilter: [...permission.rowFilter, { field: named.field, op: 'eq', value: named.id }],
  };
  const { page, consented } =
    check === undefined
      ? { page: await source.page(query, naming), consented: undefined }
      : await fetchConsented(services, query, naming, source, check, dataset);
  // what was checked is compared with its MAC only once the department may have it
  const row = page.rows.length === 0 ? undefined : await readyAttachment(services.pool, named.id);
  if (row === undefined) throw new Problem('attachment_unknown');
  const { bytes, sha256, read } = await represented(services, row, mask);
  const range = rangeOf(call.head, bytes, maxAtOnce);
  const body = await services.bulk.run(() => read(range.from, range.to));
  const claim = entryClaim(check, consented, source.given, call);
  return counted(
    {
      entry: 'allow',
      status: range.partial ? 206 : 200,
      contentType: row.mediaType,
      body,
      headers: {
        ...rangeHeaders(range, bytes),
        'repr-digest': `sha-256=:${sha256.toString('base64')}:`,
        'content-disposition': `attachment; filename="${row.id}"`,
        'x-content-type-options': 'nosniff',
      },
      facts: {
        ...facts,
        fields: Object.fromEntries(fields.map(({ field, mask: { name } }) => [field, name])),
        withheld: {},
        schema: dataset.schema.urn,
        rows: { delivered: 0, withheld: 0 },
        change: {
          attachment: row.id,
          field: row.field,
          mask: mask.name,
          sha256: sha256.toString('hex'),
          from: range.from,
          to: range.to,
        },
        ...privateFact(claim),
      },
      subjects: tokensOf(services, page, call.now),
      attempt,
      ...claimEffects(claim),
    },
    permission,
    call.now,
    { calls: 1, rows: 0 },
  );
}

/** The mask of the field, or of the items of its list. */
function maskOf({ fields }: Permission, field: string): MaskUse | undefined {
  const grant = fields.find((one) => one.field === field || one.field === `${field}[]`);
  // under any other mask, the attachment is as unknown as one that does not exist
  return grant !== undefined && storedValueMasks.has(grant.mask.name) ? grant.mask : undefined;
}

/** A picture that is no larger than the mask allows and the caller needs. */
function smaller({ name, params }: MaskUse, edge: number): MaskUse {
  const pixels = name === 'maxEdge' ? Math.min(edge, Number(params['pixels'])) : edge;
  return { name: 'maxEdge', params: { pixels } };
}

interface Represented {
  readonly bytes: number;
  readonly sha256: Buffer;
  readonly read: (from: number, to: number) => Promise<Buffer>;
}

/** The attachment as the mask shows it. */
async function represented(
  { attachments, sealer, renditions }: ReleaseServices,
  row: AttachmentRow,
  mask: MaskUse,
): Promise<Represented> {
  if (mask.name !== 'clear') {
    const { bytes, sha256 } = await renditions.of(row, mask, () => openedBytes(attachments, sealer, row));
    return {
      bytes: bytes.length,
      sha256,
      read: (from, to) => Promise.resolve(bytes.subarray(from, to)),
    };
  }
  return {
    bytes: row.bytes,
    sha256: Buffer.from(row.sha256),
    read: async (from, to) => {
      const body = Buffer.allocUnsafe(to - from);
      let at = 0;
      for await (const piece of openedBytes(attachments, sealer, row, from, to)) {
        body.set(piece, at);
        at += piece.length;
      }
      return body;
    },
  };
}
