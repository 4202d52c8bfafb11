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

/** Bytes from which the type is recognised. */
const headBytes = 4_100;
/** A ZIP archive ends with its directory and a comment of at most 65,535 bytes. */
const tailBytes = 22 + 65_535;
/** Pixels of an image: a small file may unpack to gigabytes. */
export const maxPixels = 100_000_000;

const named = (zh: string, en: string): Bilingual => ({ zh, en });

/** Texts that make a file active in some reader: what follows them makes a chance sequence of compressed bytes unlikely. */
const markup = String.raw`<(?:script|\?php\s)`;
const inMarkup: Readonly<Record<string, Bilingual>> = {
  '<script': named('含有脚本（<script）', 'it contains a script (<script)'),
  '<?php': named('含有脚本（<?php）', 'it contains a script (<?php)'),
};
/** Names of PDF objects that run, open or carry something else. */
const inPdf: Readonly<Record<string, Bilingual>> = {
  '/javascript': named('PDF 含有 JavaScript', 'the PDF contains JavaScript'),
  '/launch': named('PDF 含有启动程序的动作', 'the PDF contains an action that starts a program'),
  '/rendition': named('PDF 含有播放媒体的动作', 'the PDF contains an action that plays media'),
  '/richmedia': named('PDF 含有富媒体', 'the PDF contains rich media'),
  '/embeddedfile': named('PDF 内嵌有其他文件', 'the PDF contains another file'),
  '/fileattachment': named('PDF 内嵌有其他文件', 'the PDF contains another file'),
  '/xfa': named('PDF 含有 XFA 表单', 'the PDF contains an XFA form'),
};

/** A letter of a PDF name, which may be written as `#` and its code: `/J#61vaScript`. */
const letter = (one: string): string => {
  const codes = [one, one.toUpperCase()].map((form) => form.charCodeAt(0).toString(16));
  return `(?:${one}|#${codes.join('|#')})`;
};
const pdfNames = Object.keys(inPdf)
  .filter((name) => name !== '/xfa')
  .map((name) => [...name.slice(1)].map(letter).join(''));
const active = [new RegExp(markup, 'i')];
/**
 * Names of PDF are case-sensitive. A name of three letters occurs in compressed bytes by chance, so it is found in this form only, and must
 * end like a name. Streams are not left out: text outside of an object can pretend to begin one.
 */
const xfa = /\/(?:X|#58)(?:F|#46)(?:A|#41)(?=[\t\n\f\r \0%(<[/])/;
const activeInPdf = [new RegExp(`${markup}|/(?:${pdfNames.join('|')})`, 'i'), xfa];
/** `/fileattachment` with every letter as a code, and the byte after it */
const maxMatchBytes = 48;

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
  const patterns = mediaType === 'application/pdf' ? activeInPdf : active;
  const size = new ImageSize(mediaType);
  let [head, tail]: [Buffer, Buffer] = [Buffer.alloc(0), Buffer.alloc(0)];
  let found: Bilingual | undefined;
  let bytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    if (head.length < headBytes) head = Buffer.concat([head, chunk.subarray(0, headBytes - head.length)]);
    const window = Buffer.concat([tail.subarray(-maxMatchBytes), chunk]);
    found ??= activeIn(window, patterns);
    bytes += chunk.length;
    size.read(window, bytes - window.length);
    tail = chunk.length >= tailBytes ? Buffer.from(chunk.subarray(-tailBytes)) : ending(tail, chunk);
  }
  if (!hash.digest().equals(declared.sha256)) throw new Problem('attachment_digest_mismatch');
  await checkType(head, mediaType);
  const reason = found ?? secondFormat(head, { tail, bytes }, mediaType) ?? oversized(size);
  if (reason !== undefined) throw new Problem('attachment_content_refused', { reason });
}

const ending = (tail: Buffer, chunk: Uint8Array): Buffer => Buffer.concat([tail, chunk]).subarray(-tailBytes);

function activeIn(bytes: Buffer, patterns: readonly RegExp[]): Bilingual | undefined {
  const text = bytes.toString('latin1');
  const found = patterns.map((one) => one.exec(text)?.[0]).find((one) => one !== undefined);
  if (found === undefined) return undefined;
  const plain = found
    .replaceAll(/#([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .toLowerCase()
    .trimEnd();
  return inMarkup[plain] ?? inPdf[plain];
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
  if (first.includes('<html') || first.includes('<svg') || first.includes('<!doctype'))
    return { zh: '同时是网页或 SVG', en: 'it is a web page or an SVG too' };
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
