/** Uploads a file for a field of a case. A row names it when the change is saved. */
import { post, put } from '../api/call.ts';
import { digestOf } from '../send/digest.ts';
import { pathAndQuery, type CaseDataset } from './acting.ts';

/** Bytes of each part except the last, as the hub takes them. */
const partBytes = 8 << 20;

/** Characters of a file's name, as the hub takes them. */
const maxName = 200;

/** Names differ by upload: a field takes no second open upload of one name, and an interrupted one stays open for a day. */
function uniqueName(name: string): string {
  const prefix = `${crypto.randomUUID().slice(0, 8)}-`;
  return prefix + [...name].slice(prefix.length - maxName).join('');
}

/** @returns the id of the attachment @throws Refused, Unreachable; DOMException once it is aborted */
export async function uploadFile(
  set: Pick<CaseDataset, 'dataset' | 'department'>,
  field: string,
  file: File,
  signal: AbortSignal,
): Promise<string> {
  const sha256 = await digestOf(file, signal, () => undefined);
  const opening = { field, name: uniqueName(file.name), mediaType: file.type, bytes: file.size, sha256 };
  const { attachment } = await post('/v1/datasets/{dataset}/attachments', opening, {
    ...pathAndQuery(set),
    key: crypto.randomUUID(),
  });
  for (let at = 0; at < file.size; at += partBytes)
    await put('/v1/attachments/{attachment}/parts/{offset}', file.slice(at, at + partBytes), {
      at: { attachment, offset: String(at) },
      signal,
    });
  await post('/v1/attachments/{attachment}/finish', undefined, {
    at: { attachment },
    key: crypto.randomUUID(),
  });
  return attachment;
}
