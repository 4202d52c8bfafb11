/** Attachments: files that rows name by id. Uploaded in parts by the department that provides the rows, downloaded under its agreements. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { components } from '../../api/openapi.ts';
import { exchangeId } from '../../terms/ids.ts';
import { Problem } from '../../terms/problem.ts';
import type { ExportReading } from './exports.ts';
import { contextHeaders, jsonCall } from './jsonCall.ts';
import { PartReader } from './partReader.ts';
import { largestPart } from './sendFile.ts';
import { signedCall, type CallServices } from './signedCall.ts';
import type { Answer, CallContext } from './types.ts';

export type Attachment = components['schemas']['Attachment'];

export interface AttachmentUpload {
  /** a field of the dataset's schema with `x-attachment` */
  readonly field: string;
  readonly mediaType: string;
  /** shown to the department itself; default the path's last part */
  readonly name?: string;
  /** an upload that was begun before, to be continued */
  readonly attachment?: string;
  /** called when the upload has begun, and after every part */
  readonly onProgress?: (progress: {
    readonly attachment: string;
    readonly sent: number;
    readonly size: number;
  }) => void;
}

/** The attachments of a department's own datasets, and those that rows given to it name. */
export class Attachments {
  private readonly services: CallServices;

  constructor(services: CallServices) {
    this.services = services;
  }

  /**
   * Uploads a file. Rows may name its id from then on.
   * @param source bytes, or the path of a file
   * @throws Problem attachment_other where the upload to be continued is of another file
   */
  async put(
    dataset: string,
    source: Uint8Array | string,
    { field, mediaType, name, attachment, onProgress }: AttachmentUpload,
  ): Promise<Answer<Attachment>> {
    const reader = await PartReader.open(source);
    try {
      const described = { field, mediaType, bytes: reader.size, sha256: await reader.sha256() };
      const begin = async (): Promise<Answer<Attachment>> => {
        const opening = {
          ...described,
          name: name ?? (typeof source === 'string' ? basename(source) : 'file'),
        };
        return (await this.call(jsonCall(pathOf(dataset), opening, {}, 'required'))) as Answer<Attachment>;
      };
      const begun = attachment === undefined ? await begin() : await this.state(attachment);
      refuseOther(begun.json, { dataset, ...described });
      // the hub chose this id, and it is part of the addresses that are signed from here on
      const id = exchangeId(begun.json.attachment);
      let { offset } = begun.json;
      onProgress?.({ attachment: id, sent: offset, size: reader.size });
      while (offset < reader.size) {
        const body = await reader.read(offset, largestPart);
        const put = { method: 'PUT' as const, path: `/v1/attachments/${id}/parts/${offset}`, body };
        await this.call({
          ...put,
          headers: { 'content-type': 'application/octet-stream' },
          receipt: 'optional',
        });
        offset += body.length;
        onProgress?.({ attachment: id, sent: offset, size: reader.size });
      }
      return (await this.call({
        method: 'POST',
        path: `/v1/attachments/${id}/finish`,
        receipt: 'required',
      })) as Answer<Attachment>;
    } finally {
      await reader.close();
    }
  }

  /** How far an upload of this department is. */
  async state(attachment: string): Promise<Answer<Attachment>> {
    const path = `/v1/attachments/${encodeURIComponent(attachment)}`;
    return (await this.call({ method: 'GET', path, receipt: 'required' })) as Answer<Attachment>;
  }

  /**
   * Returns the bytes of an attachment that a row named, each piece signed and with a receipt. Once all are read, they are the file whose
   * digest the hub signed; otherwise it throws.
   * @throws Problem reply_stream_invalid, and as a call
   */
  async *bytes(
    dataset: string,
    attachment: string,
    context: CallContext,
    { from = 0, hash = createHash('sha256') }: ExportReading = {},
  ): AsyncGenerator<Uint8Array, void> {
    const path = `${pathOf(dataset)}/${encodeURIComponent(attachment)}`;
    let digest: string | undefined;
    let size = from + 1;
    for (let at = from; at < size;) {
      const headers = { ...contextHeaders(context), range: `bytes=${at}-` };
      const answer = await this.call({ method: 'GET', path, headers, receipt: 'required' });
      const { body, headers: reported, status } = answer;
      const [, first, last, whole] =
        /^bytes (\d+)-(\d+)\/(\d+)$/.exec(reported.get('content-range') ?? '') ?? [];
      const reportedDigest = reported.get('repr-digest');
      const isNext = Number(first) === at && Number(last) === at + body.length - 1 && body.length > 0;
      if (
        status !== 206 ||
        !isNext ||
        reportedDigest === undefined ||
        (digest !== undefined && reportedDigest !== digest)
      )
        throw new Problem('reply_stream_invalid', { reason: 'other bytes than asked for' });
      digest = reportedDigest;
      size = Number(whole);
      hash.update(body);
      at += body.length;
      yield body;
    }
    if (digest !== `sha-256=:${hash.digest('base64')}:`)
      throw new Problem('reply_stream_invalid', { reason: 'other bytes than asked for' });
  }

  private call(input: Parameters<typeof signedCall>[0]): Promise<Answer<unknown>> {
    return signedCall(input, this.services);
  }
}

/** @throws Problem attachment_other */
function refuseOther(
  begun: Attachment,
  described: Pick<Attachment, 'dataset' | 'field' | 'mediaType' | 'bytes' | 'sha256'>,
): void {
  const differing = Object.entries(described).find(
    ([name, value]) => begun[name as keyof Attachment] !== value,
  );
  if (differing !== undefined)
    throw new Problem('attachment_other', { attachment: begun.attachment, member: differing[0] });
}

const pathOf = (dataset: string): string => `/v1/datasets/${encodeURIComponent(dataset)}/attachments`;
