/**
 * Reads the bytes of an upload once: their digest, their type by the first bytes, and what a file of that type must not contain. A file
 * that is valid in two formats (a polyglot) could pass one check and be read as the other.
 */
import { createHash } from 'node:crypto';
import { fileTypeFromBuffer } from 'file-type';
import type { AttachmentType } from '../../../schemas/attachments.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { Problem } from '../../../terms/problem.ts';

/** Bytes from which the type is recognised. */
const headBytes = 4_100;
/** A ZIP archive ends with its directory and a comment of at most 65,535 bytes. */
const tailBytes = 22 + 65_535;
/** Pixels of an image: a small file may unpack to gigabytes. */
export const maxPixels = 100_000_000;

/** Texts that make a file active in some reader. Longer than any chance sequence of compressed bytes. */
const active: readonly (readonly [needle: string, meaning: Bilingual])[] = [
  ['<script', { zh: '含有脚本（<script）', en: 'it contains a script (<script)' }],
  ['<?php', { zh: '含有脚本（<?php）', en: 'it contains a script (<?php)' }],
];
const activeInPdf: typeof active = [
  ['/javascript', { zh: 'PDF 含有 JavaScript', en: 'the PDF contains JavaScript' }],
  ['/launch', { zh: 'PDF 含有启动程序的动作', en: 'the PDF contains an action that starts a program' }],
];
const maxNeedleBytes = 16;

export interface Declared {
  readonly mediaType: AttachmentType;
  readonly sha256: Uint8Array;
}

/**
 * @param chunks valid until the next is requested
 * @throws Problem attachment_digest_mismatch, attachment_type_wrong, attachment_content_refused
 */
export async function inspectContent(chunks: AsyncIterable<Uint8Array>, declared: Declared): Promise<void> {
  const hash = createHash('sha256');
  const needles = declared.mediaType === 'application/pdf' ? [...active, ...activeInPdf] : active;
  let head: Buffer = Buffer.alloc(0);
  let tail: Buffer = Buffer.alloc(0);
  let found: Bilingual | undefined;
  for await (const chunk of chunks) {
    hash.update(chunk);
    if (head.length < headBytes) head = Buffer.concat([head, chunk.subarray(0, headBytes - head.length)]);
    found ??= needleIn(Buffer.concat([tail.subarray(-maxNeedleBytes), chunk]), needles);
    tail = Buffer.concat([tail, chunk.subarray(-tailBytes)]).subarray(-tailBytes);
  }
  if (!hash.digest().equals(declared.sha256)) throw new Problem('attachment_digest_mismatch');
  await checkType(head, declared.mediaType);
  const reason = found ?? secondFormat(head, tail, declared.mediaType) ?? oversized(head, declared.mediaType);
  if (reason !== undefined) throw new Problem('attachment_content_refused', { reason });
}

function needleIn(bytes: Buffer, needles: typeof active): Bilingual | undefined {
  // latin1 in lower case: the length of the text is that of the bytes
  const text = bytes.toString('latin1').toLowerCase();
  return needles.find(([needle]) => text.includes(needle))?.[1];
}

/** @throws Problem attachment_type_wrong */
async function checkType(head: Buffer, declared: AttachmentType): Promise<void> {
  const mime = (await fileTypeFromBuffer(head))?.mime;
  if (mime === declared) return;
  throw new Problem('attachment_type_wrong', {
    declared,
    found: mime ?? { zh: '无法识别的类型', en: 'a type that is not recognised' },
  });
}

/** Marks of formats whose readers accept other bytes before or after them. */
function secondFormat(head: Buffer, tail: Buffer, mediaType: AttachmentType): Bilingual | undefined {
  const first = head.subarray(0, 1024).toString('latin1').toLowerCase();
  if (mediaType !== 'application/pdf' && first.includes('%pdf-'))
    return { zh: '同时是 PDF 文件', en: 'it is a PDF file too' };
  if (mediaType === 'application/pdf' && !first.startsWith('%pdf-'))
    return { zh: 'PDF 标记之前有其他内容', en: 'other bytes precede the PDF mark' };
  if (first.includes('<html') || first.includes('<svg') || first.includes('<!doctype'))
    return { zh: '同时是网页或 SVG', en: 'it is a web page or an SVG too' };
  return endsAsZip(tail) ? { zh: '同时是 ZIP 压缩包', en: 'it is a ZIP archive too' } : undefined;
}

/** Whether the end-of-directory record of a ZIP archive is the last thing in the file. */
function endsAsZip(tail: Buffer): boolean {
  for (let at = tail.lastIndexOf('PK\u0005\u0006', undefined, 'latin1'); at >= 0;) {
    if (at + 22 <= tail.length && at + 22 + tail.readUInt16LE(at + 20) <= tail.length) return true;
    at = at === 0 ? -1 : tail.lastIndexOf('PK\u0005\u0006', at - 1, 'latin1');
  }
  return false;
}

/** Images of more pixels than any camera makes. The header of PNG has a fixed place; other formats are limited where they are decoded. */
function oversized(head: Buffer, mediaType: AttachmentType): Bilingual | undefined {
  if (mediaType !== 'image/png' || head.length < 24) return undefined;
  const pixels = head.readUInt32BE(16) * head.readUInt32BE(20);
  return pixels > maxPixels
    ? { zh: `图片超过 ${maxPixels} 像素`, en: `the image has more than ${maxPixels} pixels` }
    : undefined;
}
