/**
 * Decoding of images: under a mask, and once at the end of an upload. Decoding runs in the threads of the library, outside the heap; one
 * image is decoded at a time in a process. Where both wait, uploads and downloads take turns.
 */
import { LRUCache } from 'lru-cache';
import type { Sharp, default as Library } from 'sharp';
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
/** Pixels of an edge: the library cannot scale a longer one down to one pixel. */
const maxEdge = 500_000;
const maxDecodeSeconds = 60;
/** Images whose decoding lacked time or memory that are remembered. */
const maxRemembered = 1_000;
/** Uploads, and as many downloads, that wait for their image. Each waits for the others of its kind, and for the image of the other kind. */
const limits = { maxWaiting: 64, maxWaitMs: 30_000 };
/** Metadata that programs append to an image are within these bytes at its end. */
const endBytes = 65_536;

export const encodings: Readonly<Partial<Record<string, 'jpeg' | 'png' | 'webp'>>> = {
  'image/jpeg': 'jpeg',
  'image/png': 'png',
  'image/webp': 'webp',
};

type Upload = Pick<AttachmentRow, 'id' | 'mediaType' | 'bytes'>;

type Kind = 'upload' | 'download';

/** Errors of the library that are no fault of the image: the call can be repeated. */
const withoutResources = /timeout|memory|alloc|thread|temporarily/i;
/**
 * Errors that are faults of the hub: of its code, its installation, or a parameter. The library throws a plain Error without a code for an
 * image, with a text of one of its many operations.
 */
const isOfHub = (error: Error): boolean =>
  error.name !== 'Error' ||
  'code' in error ||
  /^(?:Expected .* but received|Could not load)/.test(error.message);

/** The images of one process. */
export class ImageDecoder {
  private readonly turn = new Semaphore(1);
  /** One of each kind at most waits for the turn, so that neither kind holds up the other. */
  private readonly kinds: Readonly<Record<Kind, Semaphore>> = {
    upload: new Semaphore(1),
    download: new Semaphore(1),
  };
  private readonly library: () => Promise<typeof Library>;
  /** images whose last decoding lacked time or memory */
  private readonly exhausting = new LRUCache<string, true>({ max: maxRemembered });

  constructor(library = async (): Promise<typeof Library> => (await import('sharp')).default) {
    this.library = library;
  }

  /** Runs work that decodes an image while no other is decoded. @throws Problem attachments_busy */
  inTurn<T>(kind: Kind, work: () => Promise<T>): Promise<T> {
    return this.kinds[kind].runWithin(limits, attachmentsBusy, () =>
      this.turn.runWithin(limits, attachmentsBusy, work),
    );
  }

  /**
   * Decodes an image within its limits of pixels, memory and time, in a turn.
   * @param name of the image, for its kind of use: where it lacked time or memory twice running, it is refused
   * @param unfit the refusal of an image that the library cannot decode
   * @throws Problem attachments_busy where the library has no time or memory; Error where it fails itself: the image may be good
   */
  async decoded<T>(
    name: string,
    encoded: Buffer,
    unfit: (reason: Bilingual, cause?: unknown) => Problem,
    work: (image: Sharp) => Promise<T>,
  ): Promise<T> {
    const sharp = await this.library();
    sharp.cache(false);
    try {
      const image = sharp(encoded, { failOn: 'error', limitInputPixels: maxPixels, sequentialRead: true });
      const { width, height, channels, depth, isProgressive, orientation = 1 } = await image.metadata();
      if (Math.max(width, height) > maxEdge) throw unfit(long);
      const wholeBytes = width * height * channels * (depth === 'uchar' ? 1 : 2);
      if ((isProgressive || orientation > 1) && wholeBytes > maxWholeBytes) throw unfit(large);
      const made = await work(image.timeout({ seconds: maxDecodeSeconds }));
      this.exhausting.delete(name);
      return made;
    } catch (cause) {
      if (cause instanceof Problem || !(cause instanceof Error)) throw cause;
      if (withoutResources.test(cause.message)) {
        if (this.exhausting.has(name)) throw unfit(exhausting, cause);
        this.exhausting.set(name, true);
        throw attachmentsBusy(cause);
      }
      throw isOfHub(cause) ? cause : unfit(damaged, cause);
    }
  }

  /**
   * Decodes an uploaded image once, so that a file that is cut off or damaged is not accepted. Of a larger one than masks accept only the
   * end is checked. Other files are not read.
   * @param read the bytes of the upload
   * @throws Problem attachment_content_refused, attachments_busy; Error where the library fails itself
   */
  async check(upload: Upload, read: () => AsyncIterable<Uint8Array>): Promise<void> {
    if (encodings[upload.mediaType] === undefined) return;
    if (upload.bytes > maxImageBytes) {
      if (!(await endsWhole(upload, read()))) throw refused(damaged);
      return;
    }
    await this.inTurn('upload', async () => {
      const encoded = await readWhole(upload, read());
      // each line contributes to the one pixel
      await this.decoded(`upload ${upload.id}`, encoded, refused, (image) =>
        image.resize(1, 1, { fit: 'fill' }).raw().toBuffer(),
      );
    });
  }
}

const damaged: Bilingual = {
  zh: '图片不完整或已损坏，无法解码',
  en: 'the image is cut off or damaged: it cannot be decoded',
};
const large: Bilingual = {
  zh: '图片为隔行、渐进式或需旋转，解码须超过 256 MiB 内存',
  en: 'the image is interlaced, progressive or turned, and takes more than 256 MiB to decode',
};

const long: Bilingual = {
  zh: '图片有一边超过 500000 像素',
  en: 'an edge of the image has more than 500,000 pixels',
};
const exhausting: Bilingual = {
  zh: '图片两次未能在 60 秒和可用内存内解码',
  en: 'twice the image could not be decoded within 60 s and the memory that is available',
};

const refused = (reason: Bilingual, cause?: unknown): Problem =>
  new Problem('attachment_content_refused', { reason }, { cause });

/** The encoded bytes of an image of at most `maxImageBytes`. */
export async function readWhole(
  { bytes }: Pick<Upload, 'bytes'>,
  chunks: AsyncIterable<Uint8Array>,
): Promise<Buffer> {
  const whole = Buffer.allocUnsafe(bytes);
  let at = 0;
  for await (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
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
