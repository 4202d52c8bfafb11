/** Photos of cases: small PNG files whose metadata name the reporter's phone, as the cameras of some apps write it. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

const [width, height] = [48, 32];

/** @param shade 0–255, so that photos differ @param phone written into a text chunk; absent: no metadata */
export function photoOf(shade: number, phone?: string): Uint8Array {
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

/** Writes an uploaded photo to the folder of the run, so that the check compares it with what was received. @param attachment its id */
export function noteUpload(out: string, attachment: string, photo: Uint8Array): void {
  const line = JSON.stringify({ attachment, body: Buffer.from(photo).toString('base64') });
  appendFileSync(join(out, 'sent-photos.ndjson'), `${line}\n`);
}
