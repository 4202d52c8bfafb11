/**
 * The bytes of an attachment under a mask. The picture is decoded, turned upright, scaled where the mask says so, and encoded without any
 * metadata.
 */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { MaskUse } from '../../../policies/decision.ts';
import { Problem } from '../../../terms/problem.ts';
import { encodings, maxImageBytes, readWhole, type ImageDecoder } from './imageDecoder.ts';
import type { AttachmentRow } from './store/attachments.ts';

export interface Rendition {
  readonly bytes: Buffer;
  readonly sha256: Buffer;
}

/** Memory that a rendition takes in addition to its bytes. */
const overhead = 1_024;
/** Memory of renditions: the ranges of one download follow each other. The largest one fits. */
const cachedBytes = maxImageBytes + overhead;

/** Masked images of one process. */
export class Renditions {
  private readonly cache = new LRUCache<string, Rendition>({
    maxSize: cachedBytes,
    sizeCalculation: ({ bytes }) => bytes.length + overhead,
  });
  private readonly images: ImageDecoder;

  constructor(images: ImageDecoder) {
    this.images = images;
  }

  /**
   * @param read the bytes of the attachment as it was uploaded
   * @throws Problem attachment_mask_unfit where it is no image, or one that cannot be decoded; attachments_busy; Error where the library fails itself
   */
  async of(row: AttachmentRow, mask: MaskUse, read: () => AsyncIterable<Uint8Array>): Promise<Rendition> {
    const name = `${row.id} ${mask.name} ${JSON.stringify(mask.params)}`;
    const known = this.cache.get(name);
    if (known !== undefined) return known;
    return this.images.inTurn('download', async () => {
      // made while this download waited
      const since = this.cache.get(name);
      if (since !== undefined) return since;
      const bytes = await masked(this.images, row, mask, read);
      const made = { bytes, sha256: createHash('sha256').update(bytes).digest() };
      this.cache.set(name, made);
      return made;
    });
  }
}

async function masked(
  images: ImageDecoder,
  row: AttachmentRow,
  mask: MaskUse,
  read: () => AsyncIterable<Uint8Array>,
): Promise<Buffer> {
  const { mediaType } = row;
  const encoding = encodings[mediaType];
  const unfit = (cause?: unknown): Problem =>
    new Problem('attachment_mask_unfit', { mask: mask.name, mediaType }, { cause });
  if (encoding === undefined || row.bytes > maxImageBytes) throw unfit();
  const original = await readWhole(row, read());
  const pixels = mask.name === 'maxEdge' ? Number(mask.params['pixels']) : undefined;
  const made = await images.decoded(
    `download ${row.id}`,
    original,
    (reason, cause) => unfit(cause ?? reason.en),
    (image) => {
      const upright = image.autoOrient();
      const scaled =
        pixels === undefined
          ? upright
          : upright.resize({ width: pixels, height: pixels, fit: 'inside', withoutEnlargement: true });
      return scaled.toFormat(encoding, encoding === 'png' ? {} : { quality: 90 }).toBuffer();
    },
  );
  if (made.length > maxImageBytes) throw unfit();
  return made;
}
