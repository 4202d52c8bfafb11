/**
 * Uploads of attachments: opened with a description, sent in signed parts, and finished once their content was checked. The entry of the
 * end records digest, size and type. Until then no row may name the attachment.
 *
 *   open → parts (sealed) → finish: digest, type, content → entry + ready
 */
import { createHash } from 'node:crypto';
import { uuid7 } from '../../../machine/uuid7.ts';
import { attachmentFields, type AttachmentType } from '../../../schemas/attachments.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { datasetId, exchangeId, providerOf } from '../../../terms/ids.ts';
import { Problem } from '../../../terms/problem.ts';
import { isContributor, maySet } from '../../domain/cases.ts';
import { receives } from '../../domain/dataset.ts';
import { holdsIdentityNumber } from '../../domain/holdsIdentityNumber.ts';
import { asDepartment, ofActingDepartment, type Acting } from '../actingDepartment.ts';
import { sent } from '../../domain/cells.ts';
import { anyOf, type Owners } from '../../pipeline/ownership.ts';
import { checkSigned, type Sender } from '../intake/sender.ts';
import {
  allowed,
  DecideAfresh,
  denied,
  final,
  withFacts,
  unlogged,
  type Announced,
  type Call,
  type Outcome,
} from '../../pipeline/call.ts';
import { withTransaction, type Transaction } from '../../platform/database/transaction.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { intakeRulesOf } from '../../registry/store/datasets.ts';
import { unavailable } from '../../registry/unavailable.ts';
import { hostedDataset } from '../hostedDataset.ts';
import type { IntakeServices } from '../intake/services.ts';
import { intakeOperation } from '../operation.ts';
import { inspectContent } from './inspectContent.ts';
import { scanContent } from './scanContent.ts';
import { openedBytes, sealedPieces, sealedSize } from './sealing.ts';
import { partBytes, pieceBytes } from './store/storage.ts';
import {
  addAttachment,
  advanceUpload,
  attachmentById,
  endUpload,
  finishUpload,
  openUploads,
  partDigest,
  partTags,
  type AttachmentRow,
} from './store/attachments.ts';

/** Unfinished uploads of one department. */
const maxOpen = 100;

/** `Attachment` of openapi.yaml: for its department alone. */
const view = (row: AttachmentRow) => ({
  attachment: row.id,
  dataset: row.dataset,
  field: row.field,
  name: row.name,
  mediaType: row.mediaType,
  bytes: row.bytes,
  sha256: Buffer.from(row.sha256).toString('hex'),
  offset: row.received,
  state: row.state,
});

const factsOf = ({ dataset }: Pick<AttachmentRow, 'dataset'>) => ({
  dataset,
  provider: providerOf(datasetId(dataset)),
});

/**
 * A department uploads for the fields that it may set in some row: the provider for all, a contributor (`intake.cases`) for those of its
 * rules. Which row names the file is checked when the row changes.
 * @throws Problem not_the_provider, row_field_not_yours
 */
function checkUploader({ row, schema }: LiveDataset, field: string, department: string): void {
  if (row.department === department) return;
  const { cases } = intakeRulesOf(row);
  if (cases === undefined || !isContributor(cases, department)) throw new Problem('not_the_provider');
  if (!maySet(cases, schema, field, { department, provider: row.department }))
    throw new Problem('row_field_not_yours', { field }, { at: '/body/field' });
}

/**
 * POST /v1/datasets/{dataset}/attachments
 * @throws Problem acting_department_missing, not_the_provider, row_field_not_yours, dataset_unknown, signed_only, attachment_field_unknown, attachment_type_refused, attachment_too_large,
 * attachment_empty, attachment_name_invalid, attachment_name_open, too_many_open_attachments, attachment_bytes_unnamed
 */
export const openAttachment = intakeOperation('openAttachment', {
  kind: 'intake',
  permission: sent,
  owner: ofActingDepartment,
  run: (call, services) => {
    const dataset = datasetId(call.params.dataset);
    const acting = asDepartment(call);
    return withFacts({ dataset, provider: providerOf(dataset) }, () => opened(acting, services, dataset));
  },
});

async function opened(
  { body, caller, now }: Call<Acting, 'openAttachment'>,
  { database, registry, attachments }: IntakeServices,
  id: ReturnType<typeof datasetId>,
): Promise<Outcome> {
  const live = hostedDataset(registry, id);
  const { row: dataset, schema } = live;
  checkUploader(live, body.field, caller.department);
  const facts = { dataset: id, provider: providerOf(id) };
  if (!receives(dataset.state)) return denied(unavailable(dataset), facts);
  checkSigned(caller, dataset);
  const { field, name, mediaType, bytes, sha256 } = body;
  const rules = attachmentFields(schema).find((one) => one.field === field);
  if (rules === undefined) throw new Problem('attachment_field_unknown', { dataset: id, field });
  checkName(name);
  if (!(rules.mediaTypes as readonly string[]).includes(mediaType))
    throw new Problem('attachment_type_refused', { field, mediaType, allowed: rules.mediaTypes.join(', ') });
  if (bytes === 0) throw new Problem('attachment_empty');
  if (bytes > rules.maxBytes)
    throw new Problem('attachment_too_large', { field, bytes, most: rules.maxBytes });
  const { current } = attachments;
  const attachment = uuid7(now);
  const described: AttachmentRow = {
    id: attachment,
    dataset: id,
    department: caller.department,
    field,
    name,
    mediaType: mediaType as AttachmentType,
    bytes,
    sha256: Buffer.from(sha256, 'hex'),
    received: 0,
    state: 'receiving',
    storage: current.name,
    upload: '',
  };
  // a refused upload is not begun in the storage
  const { maxUnnamedBytes } = attachments;
  await withTransaction(database.app, (transaction) =>
    checkOpenUploads(transaction, described, maxUnnamedBytes),
  );
  const row: AttachmentRow = { ...described, upload: await current.begin(attachment) };
  return allowed<'openAttachment'>(201, view(row), {
    facts: { ...facts, schema: schema.urn, change: { attachment, field, state: 'receiving' } },
    // runs in the entry's transaction, so that uploads opened at once are counted too
    work: async (transaction) => {
      await checkOpenUploads(transaction, row, maxUnnamedBytes);
      await addAttachment(transaction, row, now);
    },
  });
}

/** @throws Problem attachment_name_open, too_many_open_attachments, attachment_bytes_unnamed */
async function checkOpenUploads(
  transaction: Transaction,
  row: AttachmentRow,
  maxUnnamedBytes: number,
): Promise<void> {
  const { attachments: open, waitingBytes, same } = await openUploads(transaction, row);
  if (same !== undefined) throw new Problem('attachment_name_open', { field: row.field, attachment: same });
  if (open >= maxOpen) throw new Problem('too_many_open_attachments', { attachments: open, most: maxOpen });
  if (waitingBytes + row.bytes > maxUnnamedBytes)
    throw new Problem('attachment_bytes_unnamed', { bytes: waitingBytes, most: maxUnnamedBytes });
}

/** Control characters and marks of direction are refused in any body. @throws Problem attachment_name_invalid */
function checkName(name: string): void {
  const reason = nameFault(name);
  if (reason !== undefined) throw new Problem('attachment_name_invalid', { reason }, { at: '/body/name' });
}

function nameFault(name: string): Bilingual | undefined {
  if (name.trim() === '') return { zh: '没有文字', en: 'it is blank' };
  if (/[/\\]/.test(name) || /^\.{1,2}$/.test(name.trim()))
    return { zh: '含有路径', en: 'it contains a path' };
  return holdsIdentityNumber(name)
    ? {
        zh: '含有公民身份号码，而文件名会留存',
        en: 'it contains an identity number, and file names are stored',
      }
    : undefined;
}

/** The department that uploads an attachment: of a person, their role there is checked before the operation runs. */
const ofUpload = async (
  { params }: Pick<Announced<Sender>, 'params'>,
  { database }: Pick<IntakeServices, 'database'>,
): Promise<Owners> =>
  anyOf((await attachmentById(database.app, exchangeId(params['attachment'] ?? '')))?.department);

/** The attachment of the call's path, if the caller's department uploads it. @throws Problem attachment_unknown */
async function ownAttachment(
  { database }: Pick<IntakeServices, 'database'>,
  { params, caller }: Announced<Sender>,
): Promise<AttachmentRow> {
  const row = await attachmentById(database.app, params['attachment'] ?? '');
  const isForeign = caller.kind === 'department' && row?.department !== caller.department;
  if (row === undefined || isForeign || row.state === 'removed') throw new Problem('attachment_unknown');
  return row;
}

/** The same, where the department may still upload it. @throws Problem attachment_unknown, signed_only, and those of checkUploader */
async function ownUpload(
  services: Pick<IntakeServices, 'database' | 'registry'>,
  call: Announced<Sender>,
): Promise<AttachmentRow> {
  const row = await ownAttachment(services, call);
  const dataset = hostedDataset(services.registry, datasetId(row.dataset));
  checkUploader(dataset, row.field, row.department);
  checkSigned(call.caller, dataset.row);
  return row;
}

/** GET /v1/attachments/{attachment}: how far an upload is. @throws Problem attachment_unknown */
export const getAttachment = intakeOperation('getAttachment', {
  kind: 'inspect',
  permission: sent,
  owner: ofUpload,
  run: async (call, services) => {
    const row = await ownAttachment(services, call);
    return allowed<'getAttachment'>(200, view(row), { facts: factsOf(row) });
  },
});

/**
 * PUT /v1/attachments/{attachment}/parts/{offset}: recorded by the entry of the end; denials get their own entries.
 * @throws Problem attachment_unknown, row_field_not_yours, signed_only, attachment_not_open, part_offset_mismatch, attachment_part_length, part_differs
 */
export const putAttachmentPart = intakeOperation('putAttachmentPart', {
  kind: 'intake',
  permission: sent,
  owner: ofUpload,
  // bytes of an attachment that is not open are not read
  admit: async (call, services) => {
    const row = await ownUpload(services, call);
    checkPlace(row, Number(call.params.offset));
  },
  run: async (call, services) => {
    const at = Number(call.params.offset);
    const plain = call.bytes;
    const sha256 = createHash('sha256').update(plain).digest();
    const place = async (): Promise<Outcome | undefined> => {
      const row = await ownUpload(services, call);
      checkPlace(row, at);
      if (at < row.received) return repeated(services, row, at, sha256);
      const expected = Math.min(partBytes, row.bytes - at);
      if (plain.length !== expected)
        throw new Problem('attachment_part_length', { at, expected, found: plain.length });
      const stored = await services.attachments
        .named(row.storage)
        .put(
          row,
          { first: at / pieceBytes, sealed: () => sealedPieces(services.sealer, row, at, plain) },
          (transaction, tag) => advanceUpload(transaction, row.id, { at, length: plain.length, sha256 }, tag),
        );
      return stored ? received(at + plain.length) : undefined;
    };
    // if another part was stored first, checks again: it may be the same one
    const outcome = (await place()) ?? (await place());
    if (outcome === undefined) throw new Problem('part_offset_mismatch', { expected: at });
    return outcome;
  },
});

/** @throws Problem attachment_not_open, part_offset_mismatch */
function checkPlace({ received: expected, state, bytes }: AttachmentRow, at: number): void {
  if (at < expected) return; // a repeated part: only its bytes show whether it is the same
  if (state !== 'receiving') throw new Problem('attachment_not_open');
  if (at > expected || at >= bytes) throw new Problem('part_offset_mismatch', { expected });
}

async function repeated(
  { database }: Pick<IntakeServices, 'database'>,
  row: AttachmentRow,
  at: number,
  sha256: Buffer,
): Promise<Outcome> {
  const stored = await partDigest(database.app, row.id, at);
  if (stored === undefined) throw new Problem('part_offset_mismatch', { expected: row.received });
  if (!sha256.equals(stored)) throw new Problem('part_differs');
  return received(row.received);
}

const received = (offset: number): Outcome => unlogged<'putAttachmentPart'>(200, { offset });

/**
 * POST /v1/attachments/{attachment}/finish: checks the content, and lets rows name the attachment. Content that is refused ends the
 * upload.
 * @throws Problem attachment_unknown, row_field_not_yours, signed_only, attachment_incomplete, attachment_parts_differ,
 * attachments_busy, and those of inspectContent, ImageDecoder.check and scanContent
 */
export const finishAttachment = intakeOperation('finishAttachment', {
  kind: 'intake',
  permission: sent,
  owner: ofUpload,
  run: async (call, services) => {
    const row = await ownUpload(services, call);
    return withFacts(factsOf(row), () => finished(call, services, row));
  },
});

async function finished(
  { now }: Call<Sender, 'finishAttachment'>,
  services: IntakeServices,
  row: AttachmentRow,
): Promise<Outcome> {
  const { database, sealer, attachments, scanner } = services;
  const { id, bytes, field, mediaType } = row;
  const sha256 = Buffer.from(row.sha256).toString('hex');
  const effects = {
    facts: { ...factsOf(row), change: { attachment: id, field, state: 'ready', mediaType, bytes, sha256 } },
  };
  const ready = view({ ...row, state: 'ready' });
  if (row.state === 'ready') return allowed<'finishAttachment'>(200, ready, effects);
  if (row.received < bytes) throw new Problem('attachment_incomplete', { bytes, received: row.received });
  try {
    await attachments.inspected(id, async () => {
      const tags = await partTags(database.app, id);
      await attachments.named(row.storage).complete(row, tags, sealedSize(bytes));
      await inspectContent(openedBytes(attachments, sealer, row), row);
      await attachments.images.check(row, () => openedBytes(attachments, sealer, row));
      if (scanner !== undefined) await scanContent(openedBytes(attachments, sealer, row), scanner);
    });
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500) throw error;
    await endUpload(database.app, id);
    return final(denied(error, { ...factsOf(row), change: { attachment: id, field, state: 'refused' } }));
  }
  return allowed<'finishAttachment'>(200, ready, {
    ...effects,
    work: async (transaction) => {
      if (!(await finishUpload(transaction, row, now))) throw new DecideAfresh();
    },
  });
}
