/**
 * Reads the bytes of an upload once: their digest, their type by the first bytes, and what a file of that type must not contain. A file
 * that is valid in two formats (a polyglot) could pass one check and be read as the other.
 */
import { createHash } from 'node:crypto';
import { fileTypeFromBuffer } from 'file-type';
import type { AttachmentType } from '../../../schemas/attachments.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { Problem } from '../../../terms/problem.ts';
import { ImageSize } from './imageSize.ts';
import { PdfContent } from './pdf/pdfContent.ts';

/** Bytes from which the type is recognised. */
const headBytes = 4_100;
/** A ZIP archive ends with its directory and a comment of at most 65,535 bytes. */
const tailBytes = 22 + 65_535;
/** Pixels of an image: a small file may unpack to gigabytes. */
export const maxPixels = 100_000_000;

const named = (zh: string, en: string): Bilingual => ({ zh, en });

interface Mark {
  readonly pattern: RegExp;
  readonly reason: Bilingual;
}
/**
 * Texts that make a file active in some reader, at any place in it. What follows each makes a chance sequence of compressed bytes
 * unlikely: a hundred megabytes of them contain one in less than one of a thousand files.
 */
const anyFile: readonly Mark[] = [
  { pattern: /<script/i, reason: named('含有脚本（<script）', 'it contains a script (<script)') },
  { pattern: /<\?php\s/i, reason: named('含有脚本（<?php）', 'it contains a script (<?php)') },
  {
    pattern: /Rar!\u001a\u0007[\0\u0001]|7z\u00bc\u00af\u0027\u001c/,
    reason: named('同时是 RAR 或 7z 压缩包', 'it is a RAR or 7z archive too'),
  },
];
const webPage = named('同时是网页或 SVG', 'it is a web page or an SVG too');
/** The texts of a PDF may be about these, and comments in it are written with some of them. */
const otherThanPdf: readonly Mark[] = [
  {
    pattern: /<(?:html|body|iframe)[\s>]|<!doctype\s+html|<svg\s[^<>]{0,200}xmlns/i,
    reason: webPage,
  },
  {
    pattern:
      /<[a-z]{1,20}[\s/](?:[^<>]{0,200}[\s/"'])?on(?:load|error|click|focus|toggle|begin|mouse[a-z]{2,5}|pointer[a-z]{2,5}|animation[a-z]{3,9})\s{0,9}=/i,
    reason: named('含有脚本（HTML 事件）', 'it contains a script (an HTML event)'),
  },
];
const maxMarkBytes = 256;

const markIn = (text: string, marks: readonly Mark[]): Bilingual | undefined =>
  marks.find(({ pattern }) => pattern.test(text))?.reason;

export interface Declared {
  readonly mediaType: AttachmentType;
  readonly sha256: Uint8Array;
}

/**
 * @param chunks valid until the next is requested
 * @throws Problem attachment_digest_mismatch, attachment_type_wrong, attachment_content_refused
 */
export async function inspectContent(chunks: AsyncIterable<Uint8Array>, declared: Declared): Promise<void> {
  const { mediaType } = declared;
  const hash = createHash('sha256');
  const isPdf = mediaType === 'application/pdf';
  const marks = isPdf ? anyFile : [...anyFile, ...otherThanPdf];
  const pdf = new PdfContent();
  const size = new ImageSize(mediaType);
  let [head, tail]: [Buffer, Buffer] = [Buffer.alloc(0), Buffer.alloc(0)];
  let found: Bilingual | undefined;
  let bytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    if (head.length < headBytes) head = Buffer.concat([head, chunk.subarray(0, headBytes - head.length)]);
    const window = Buffer.concat([tail.subarray(-maxMarkBytes), chunk]);
    const text = window.toString('latin1');
    found ??= markIn(text, marks);
    if (isPdf) await pdf.read(text.slice(window.length - chunk.length));
    bytes += chunk.length;
    size.read(window, bytes - window.length);
    tail = chunk.length >= tailBytes ? Buffer.from(chunk.subarray(-tailBytes)) : ending(tail, chunk);
  }
  await pdf.end();
  if (!hash.digest().equals(declared.sha256)) throw new Problem('attachment_digest_mismatch');
  await checkType(head, mediaType);
  const reason = found ?? pdf.fault ?? secondFormat(head, { tail, bytes }, mediaType) ?? oversized(size);
  if (reason !== undefined) throw new Problem('attachment_content_refused', { reason });
}

const ending = (tail: Buffer, chunk: Uint8Array): Buffer => Buffer.concat([tail, chunk]).subarray(-tailBytes);

/** @throws Problem attachment_type_wrong */
async function checkType(head: Buffer, declared: AttachmentType): Promise<void> {
  const mime = (await fileTypeFromBuffer(head))?.mime;
  if (mime === declared) return;
  throw new Problem('attachment_type_wrong', {
    declared,
    found: mime ?? { zh: '无法识别的类型', en: 'a type that is not recognised' },
  });
}

interface Ending {
  readonly tail: Buffer;
  /** of the whole file */
  readonly bytes: number;
}

/** Marks of formats whose readers accept other bytes before or after them. */
function secondFormat(head: Buffer, end: Ending, mediaType: AttachmentType): Bilingual | undefined {
  const first = head.subarray(0, 1024).toString('latin1').toLowerCase();
  if (mediaType !== 'application/pdf' && first.includes('%pdf-'))
    return { zh: '同时是 PDF 文件', en: 'it is a PDF file too' };
  if (mediaType === 'application/pdf' && !first.startsWith('%pdf-'))
    return { zh: 'PDF 标记之前有其他内容', en: 'other bytes precede the PDF mark' };
  if (first.includes('<html') || first.includes('<svg') || first.includes('<!doctype')) return webPage;
  return endsAsZip(end) ? { zh: '同时是 ZIP 压缩包', en: 'it is a ZIP archive too' } : undefined;
}

const zipEnd = Buffer.from('PK\u0005\u0006', 'latin1');
const zip64End = Buffer.from('PK\u0006\u0007', 'latin1');

/** Whether the last record of a ZIP archive is at the end of the file, and its directory before it. */
function endsAsZip({ tail, bytes }: Ending): boolean {
  for (let at = tail.lastIndexOf(zipEnd); at >= 0;) {
    if (at + 22 <= tail.length && at + 22 + tail.readUInt16LE(at + 20) <= tail.length) {
      const directory = tail.readUInt32LE(at + 12) + tail.readUInt32LE(at + 16);
      const isLarge = at >= 20 && tail.subarray(at - 20, at - 16).equals(zip64End);
      if (isLarge || directory <= bytes - tail.length + at) return true;
    }
    at = at === 0 ? -1 : tail.lastIndexOf(zipEnd, at - 1);
  }
  return false;
}

/** Images of more pixels than any camera makes. */
function oversized(size: ImageSize): Bilingual | undefined {
  if (!size.isImage) return undefined;
  // an image without an area has no size
  if (!size.pixels) return { zh: '读不出图片的尺寸', en: 'the width and height of the image cannot be read' };
  return size.pixels > maxPixels
    ? { zh: `图片超过 ${maxPixels} 像素`, en: `the image has more than ${maxPixels} pixels` }
    : undefined;
}
