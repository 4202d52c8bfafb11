/**
 * Photos of cases, small PNG and JPEG files in turn. The metadata of a report name the reporter's phone, as some apps write it; those of a JPEG
 * also have the position of the reporter's home, as a camera writes it.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import type { Position } from '../../schemas/places/point.ts';

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

const [width, height] = [48, 32];

/** @param shade 0–255, so that photos differ @param phone written into a text chunk; absent: no metadata */
export function pngOf(shade: number, phone?: string): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // 8 bits of red, green and blue
  header.set([8, 2, 0, 0, 0], 8);
  const line = Buffer.concat([Buffer.of(0), Buffer.alloc(width * 3, shade)]);
  const lines = Buffer.concat(Array.from({ length: height }, () => line));
  const text = phone === undefined ? [] : [chunk('tEXt', Buffer.from(`Author\0${phone}`, 'latin1'))];
  return Buffer.concat([
    Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    ...text,
    chunk('IDAT', deflateSync(lines)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** What the metadata of a photo reveal. */
export interface Photographer {
  readonly phone: string;
  /** where they live */
  readonly home: Position;
}

/** Pixels of the edge of a block that JPEG encodes alone, and its shades. */
const blockEdge = 8;
const [dark, light] = [55, 200];

/** A fraction of a degree, as EXIF writes it. */
const fractions = 10_000_000;
const degrees = (value: number): string => `${Math.round(value * fractions)}/${fractions} 0/1 0/1`;

/** @param number up to 24 bits, each a dark or light block @param by absent: no metadata */
export function jpegOf(number: number, by?: Photographer): Promise<Uint8Array> {
  const columns = width / blockEdge;
  const shades = Array.from({ length: width * height }, (_, i) => {
    const block =
      Math.floor(Math.floor(i / width) / blockEdge) * columns + Math.floor((i % width) / blockEdge);
    return ((number >>> block) & 1) === 1 ? light : dark;
  });
  const pixels = Buffer.from(shades.flatMap((shade) => [shade, shade, shade]));
  const image = sharp(pixels, { raw: { width, height, channels: 3 } }).jpeg();
  if (by === undefined) return image.toBuffer();
  const [longitude, latitude] = by.home;
  const IFD3 = {
    ...{ GPSLatitudeRef: 'N', GPSLatitude: degrees(latitude) },
    ...{ GPSLongitudeRef: 'E', GPSLongitude: degrees(longitude) },
  };
  return image.withExif({ IFD0: { ImageDescription: by.phone }, IFD3 }).toBuffer();
}

const isJpeg = (number: number): boolean => number % 8 === 0;

/** The photo of a report. */
export const photoOfReport = async (number: number, by: Photographer): Promise<Uint8Array> =>
  isJpeg(number) ? jpegOf(number, by) : pngOf(number % 256, by.phone);

/** The photo of a repair, without metadata. */
export const photoOfRepair = async (number: number): Promise<Uint8Array> =>
  isJpeg(number) ? jpegOf(~number) : pngOf(255 - (number % 256));

/** How a photo is declared, and the end of its name. */
export const typeOf = (photo: Uint8Array): { readonly mediaType: string; readonly ending: string } =>
  photo[0] === 0xff ? { mediaType: 'image/jpeg', ending: 'jpg' } : { mediaType: 'image/png', ending: 'png' };

/** Writes an uploaded photo to the folder of the run, so that the check compares it with what was received. @param attachment its id */
export function noteUpload(out: string, attachment: string, photo: Uint8Array): void {
  const line = JSON.stringify({ attachment, body: Buffer.from(photo).toString('base64') });
  appendFileSync(join(out, 'sent-photos.ndjson'), `${line}\n`);
}
