/**
 * Width times height of an image, from its header alone and without decoding it: a file may be larger than memory permits, and its header
 * may come after megabytes of metadata (JPEG).
 */
import type { AttachmentType } from '../../../schemas/attachments.ts';

/** Bytes of the longest header that is read at once: WebP. */
const headerBytes = 30;
/** Bytes of a JPEG segment up to its width and height. */
const frameBytes = 9;

/** Segments of a JPEG that begin a frame: all from C0 to CF but tables (C4, CC) and a reserved one (C8). */
const beginsFrame = (mark: number): boolean =>
  mark >= 0xc0 && mark <= 0xcf && mark !== 0xc4 && mark !== 0xc8 && mark !== 0xcc;
/** Marks without a length: start of the image, restarts. */
const isBare = (mark: number): boolean => mark === 0xd8 || mark === 0x01 || (mark >= 0xd0 && mark <= 0xd7);
/** The end of the image, or the start of its scan: no header follows. */
const endsHeaders = (mark: number): boolean => mark === 0xd9 || mark === 0xda;

export class ImageSize {
  readonly isImage: boolean;
  /** undefined where the header has not been found */
  pixels: number | undefined;
  private readonly mediaType: AttachmentType;
  /** offset of the next JPEG segment; infinite once there is none */
  private next = 0;

  constructor(mediaType: AttachmentType) {
    this.mediaType = mediaType;
    this.isImage = mediaType.startsWith('image/');
  }

  /** Reads on. Windows overlap by at least `frameBytes`. @param at offset of the window in the file */
  read(window: Buffer, at: number): void {
    if (!this.isImage || this.pixels !== undefined) return;
    if (this.mediaType === 'image/jpeg') this.readSegments(window, at);
    else if (at === 0 && window.length >= headerBytes)
      this.pixels =
        this.mediaType === 'image/png' ? window.readUInt32BE(16) * window.readUInt32BE(20) : webp(window);
  }

  private readSegments(window: Buffer, start: number): void {
    for (let at = this.next - start; at + frameBytes <= window.length; at = this.next - start) {
      const mark = window[at + 1] ?? 0;
      // decoders search for the next mark too where there are bytes between two segments
      if (window[at] !== 0xff || mark === 0xff || mark === 0) this.next += 1;
      else if (isBare(mark)) this.next += 2;
      else if (endsHeaders(mark)) this.next = Infinity;
      else if (beginsFrame(mark)) {
        this.pixels = window.readUInt16BE(at + 5) * window.readUInt16BE(at + 7);
        return;
      } else this.next += 2 + window.readUInt16BE(at + 2);
    }
  }
}

/** The canvas of an extended file, or the frame of a simple one. */
function webp(head: Buffer): number | undefined {
  switch (head.toString('latin1', 12, 16)) {
    case 'VP8X':
      return (1 + head.readUIntLE(24, 3)) * (1 + head.readUIntLE(27, 3));
    case 'VP8 ':
      return (head.readUInt16LE(26) & 0x3f_ff) * (head.readUInt16LE(28) & 0x3f_ff);
    case 'VP8L': {
      const sizes = head.readUInt32LE(21);
      return (1 + (sizes & 0x3f_ff)) * (1 + ((sizes >>> 14) & 0x3f_ff));
    }
    default:
      return undefined;
  }
}
