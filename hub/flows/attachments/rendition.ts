/**
 * The bytes of an attachment under a mask. The picture is decoded, turned upright, scaled where the mask says so, and encoded without any
 * metadata. Decoding runs in the threads of the library, outside the heap.
 */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { MaskUse } from '../../../policies/decision.ts';
import { Semaphore } from '../../../machine/semaphore.ts';
import { Problem } from '../../../terms/problem.ts';
import { attachmentsBusy } from './attachmentsBusy.ts';
import { maxPixels } from './inspectContent.ts';
import type { AttachmentRow } from './store/attachments.ts';

export interface Rendition {
  readonly bytes: Buffer;
  readonly sha256: Buffer;
}

/** Encoded bytes of an image that is masked, before and after: it is read and encoded as a whole. */
const maxImageBytes = 32 * 1024 * 1024;
/** Decoded bytes of an image that is not decoded line by line: an interlaced, progressive or turned one is in memory as a whole. */
const maxWholeBytes = 256 * 1024 * 1024;
/** Memory that a rendition takes in addition to its bytes. */
const overhead = 1_024;
/** Memory of renditions: the ranges of one download follow each other. The largest one fits. */
const cachedBytes = maxImageBytes + overhead;
/** Downloads that wait for their image, and the milliseconds that each waits. */
const maxWaiting = 64;
const maxWaitMs = 30_000;

const encodings: Readonly<Partial<Record<string, 'jpeg' | 'png' | 'webp'>>> = {
  'image/jpeg': 'jpeg',
  'image/png': 'png',
  'image/webp': 'webp',
};

/** Masked images of one process. One is decoded at a time. */
export class Renditions {
  private readonly cache = new LRUCache<string, Rendition>({
    maxSize: cachedBytes,
    sizeCalculation: ({ bytes }) => bytes.length + overhead,
  });
  private readonly turn = new Semaphore(1);

  /**
   * @param read the bytes of the attachment as it was uploaded
   * @throws Problem attachment_mask_unfit where it is no image, or one that cannot be decoded; attachments_busy
   */
  async of(row: AttachmentRow, mask: MaskUse, read: () => AsyncIterable<Uint8Array>): Promise<Rendition> {
    const name = `${row.id} ${mask.name} ${JSON.stringify(mask.params)}`;
    const known = this.cache.get(name);
    if (known !== undefined) return known;
    return this.turn.runWithin({ maxWaitMs, maxWaiting }, attachmentsBusy, async () => {
      // made while this download waited
      const since = this.cache.get(name);
      if (since !== undefined) return since;
      const bytes = await masked(row, mask, read);
      const made = { bytes, sha256: createHash('sha256').update(bytes).digest() };
      this.cache.set(name, made);
      return made;
    });
  }
}

async function masked(
  { mediaType, bytes: size }: AttachmentRow,
  mask: MaskUse,
  read: () => AsyncIterable<Uint8Array>,
): Promise<Buffer> {
  const encoding = encodings[mediaType];
  if (encoding === undefined || size > maxImageBytes)
    throw new Problem('attachment_mask_unfit', { mask: mask.name, mediaType });
  const original = Buffer.allocUnsafe(size);
  let at = 0;
  for await (const chunk of read()) {
    original.set(chunk, at);
    at += chunk.length;
  }
  const { default: sharp } = await import('sharp');
  sharp.cache(false);
  const pixels = mask.name === 'maxEdge' ? Number(mask.params['pixels']) : undefined;
  const encoded = async (): Promise<Buffer> => {
    const stored = sharp(original, { limitInputPixels: maxPixels, sequentialRead: true });
    const { width, height, channels, depth, isProgressive, orientation = 1 } = await stored.metadata();
    const wholeBytes = width * height * channels * (depth === 'uchar' ? 1 : 2);
    if ((isProgressive || orientation > 1) && wholeBytes > maxWholeBytes)
      throw new Error(`${wholeBytes} bytes would be decoded at once`);
    const upright = stored.autoOrient();
    const scaled =
      pixels === undefined
        ? upright
        : upright.resize({ width: pixels, height: pixels, fit: 'inside', withoutEnlargement: true });
    return scaled.toFormat(encoding, encoding === 'png' ? {} : { quality: 90 }).toBuffer();
  };
  const made = await encoded().catch((cause: unknown) => {
    throw new Problem('attachment_mask_unfit', { mask: mask.name, mediaType }, { cause });
  });
  if (made.length > maxImageBytes) throw new Problem('attachment_mask_unfit', { mask: mask.name, mediaType });
  return made;
}
