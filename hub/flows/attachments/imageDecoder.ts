/**
 * Decoding of images: under a mask, and once at the end of an upload. Decoding runs in the threads of the library, outside the heap; one
 * image is decoded at a time in a process.
 */
import type { Sharp } from 'sharp';
import { Semaphore } from '../../../machine/semaphore.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { Problem } from '../../../terms/problem.ts';
import { attachmentsBusy } from './attachmentsBusy.ts';
import { maxPixels } from './inspectContent.ts';
import type { AttachmentRow } from './store/attachments.ts';

/** Encoded bytes of an image that is decoded: it is read as a whole. */
export const maxImageBytes = 32 * 1024 * 1024;
/** Decoded bytes of an image that is not decoded line by line: an interlaced, progressive or turned one is in memory as a whole. */
const maxWholeBytes = 256 * 1024 * 1024;
const maxDecodeSeconds = 60;
/** Calls that wait for their image, and the milliseconds that each waits. */
const maxWaiting = 64;
const maxWaitMs = 30_000;
/** Metadata that programs append to an image are within these bytes at its end. */
const endBytes = 65_536;

export const encodings: Readonly<Partial<Record<string, 'jpeg' | 'png' | 'webp'>>> = {
  'image/jpeg': 'jpeg',
  'image/png': 'png',
  'image/webp': 'webp',
};

type Upload = Pick<AttachmentRow, 'mediaType' | 'bytes'>;

/** The images of one process. */
export class ImageDecoder {
  private readonly turn = new Semaphore(1);

  /** Runs work that decodes an image while no other is decoded. @throws Problem attachments_busy */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.turn.runWithin({ maxWaitMs, maxWaiting }, attachmentsBusy, work);
  }

  /**
   * Decodes an uploaded image once, so that a file that is cut off or damaged is not accepted. Of a larger one than masks accept only the
   * end is checked. Other files are not read.
   * @param read the bytes of the upload @throws Problem attachment_content_refused, attachments_busy
   */
  async check(upload: Upload, read: () => AsyncIterable<Uint8Array>): Promise<void> {
    if (encodings[upload.mediaType] === undefined) return;
    if (upload.bytes > maxImageBytes) {
      if (!(await endsWhole(upload, read()))) throw refused(damaged);
      return;
    }
    await this.inTurn(async () => {
      const encoded = await readWhole(upload, read());
      try {
        const image = await openedImage(encoded);
        // each line contributes to the one pixel
        await image.resize(1, 1, { fit: 'fill' }).raw().toBuffer();
      } catch (cause) {
        if (cause instanceof Problem) throw cause;
        throw refused(cause instanceof Error && cause.message.includes('timeout') ? slow : damaged, cause);
      }
    });
  }
}

const damaged: Bilingual = {
  zh: '图片不完整或已损坏，无法解码',
  en: 'the image is cut off or damaged: it cannot be decoded',
};
const slow: Bilingual = {
  zh: `图片在 ${maxDecodeSeconds} 秒内未能解码`,
  en: `the image is not decoded within ${maxDecodeSeconds} seconds`,
};
const large: Bilingual = {
  zh: '图片为隔行、渐进式或需旋转，解码须超过 256 MiB 内存',
  en: 'the image is interlaced, progressive or turned, and takes more than 256 MiB to decode',
};

const refused = (reason: Bilingual, cause?: unknown): Problem =>
  new Problem('attachment_content_refused', { reason }, { cause });

/** The encoded bytes of an image of at most `maxImageBytes`. */
export async function readWhole({ bytes }: Upload, chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const whole = Buffer.allocUnsafe(bytes);
  let at = 0;
  for await (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/**
 * An image within the limits of pixels, memory and time. Its pixels are not decoded yet.
 * @throws Problem attachment_content_refused; Error where its header is damaged
 */
export async function openedImage(encoded: Buffer): Promise<Sharp> {
  const { default: sharp } = await import('sharp');
  sharp.cache(false);
  const image = sharp(encoded, { failOn: 'error', limitInputPixels: maxPixels, sequentialRead: true });
  const { width, height, channels, depth, isProgressive, orientation = 1 } = await image.metadata();
  const wholeBytes = width * height * channels * (depth === 'uchar' ? 1 : 2);
  if ((isProgressive || orientation > 1) && wholeBytes > maxWholeBytes) throw refused(large);
  return image.timeout({ seconds: maxDecodeSeconds });
}

const jpegEnd = Buffer.from([0xff, 0xd9]);
const pngEnd = Buffer.from('IEND\u00ae\u0042\u0060\u0082', 'latin1');

/** Whether the mark of the end of the image is at the end of the file. A WebP file states its length. */
async function endsWhole({ mediaType, bytes }: Upload, chunks: AsyncIterable<Uint8Array>): Promise<boolean> {
  let head: Buffer = Buffer.alloc(0);
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (head.length < 12) head = Buffer.concat([head, chunk.subarray(0, 12 - head.length)]);
    tail = Buffer.concat([tail, chunk]).subarray(-endBytes);
  }
  if (mediaType === 'image/webp') return head.length === 12 && head.readUInt32LE(4) + 8 <= bytes;
  return tail.includes(mediaType === 'image/png' ? pngEnd : jpegEnd);
}
