/** What a file must not contain, in bytes that are made for each case; everything else is accepted. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import sharp from 'sharp';
import type { AttachmentType } from '../../../schemas/attachments.ts';
import { Problem } from '../../../terms/problem.ts';
import { inspectContent } from './inspectContent.ts';

/** 'accepted', or the code with its reason. @param chunk bytes that are read at once */
async function verdict(bytes: Buffer, mediaType: AttachmentType, chunk = 4_096): Promise<string> {
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += chunk)
      yield await Promise.resolve(bytes.subarray(at, at + chunk));
  };
  try {
    await inspectContent(chunks(), { mediaType, sha256: createHash('sha256').update(bytes).digest() });
    return 'accepted';
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    const reason = error.facts.reason as { readonly en: string } | undefined;
    return reason === undefined ? error.code : reason.en;
  }
}

const pdf = (text: string): Buffer =>
  Buffer.concat([Buffer.from(`%PDF-1.7\n${'x'.repeat(4_070)}`), Buffer.from(text), Buffer.from('\n%%EOF\n')]);
const image = (width: number, height: number, format: 'jpeg' | 'png' | 'webp'): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: { r: 20, g: 90, b: 160 } } })
    .toFormat(format)
    .toBuffer();

describe('a PDF', () => {
  for (const [text, reason] of [
    ['<< /S /JavaScript /JS (app.alert(1)) >>', 'JavaScript'],
    ['<< /S /J#61vaScript >>', 'JavaScript'],
    ['<< /S /#4a#61#76#61#53#63#72#69#70#74 >>', 'JavaScript'],
    ['<< /S /La#75nch /F (calc.exe) >>', 'starts a program'],
    ['<< /Type /EmbeddedFile >>', 'another file'],
    ['<< /EmbeddedFiles 7 0 R >>', 'another file'],
    ['<< /Subtype /RichMedia >>', 'rich media'],
    ['<< /S /Rendition >>', 'plays media'],
    ['<< /XFA [ (template) 5 0 R ] >>', 'XFA form'],
    ['<< /Subtype /FileAttachment >>', 'another file'],
    ['<< /XFA%c\n[ ] >>', 'XFA form'],
    ['<< /XFA\0[ ] >>', 'XFA form'],
    ['<< /#58F#41<< >> >>', 'XFA form'],
    ['<SCRIPT>alert(1)</SCRIPT>', '<script'],
    ['<?PHP system($_GET[0]); ?>', '<?php'],
  ] as const)
    test(`with ${JSON.stringify(text)} is refused, also where a boundary divides it`, async () => {
      for (const chunk of [7, 64, 4_096])
        assert.match(
          await verdict(pdf(text), 'application/pdf', chunk),
          new RegExp(reason.replace('?', '\\?')),
        );
    });

  for (const text of ['/XFAB 1', '/xfa [', '/XFA1 ', '<?phpx', '/Launcher'.slice(0, 6), '<scrip', '/Java#53'])
    test(`with ${text} is accepted`, async () => {
      assert.equal(await verdict(pdf(text), 'application/pdf'), 'accepted');
    });

  test('of random bytes is accepted', async () => {
    const bytes = pdf('').subarray(0, 4_000);
    assert.equal(
      await verdict(Buffer.concat([bytes, randomBytes(20_000_000)]), 'application/pdf', 262_144),
      'accepted',
    );
  });
});

describe('a picture', () => {
  const large = [20_000, 20_000] as const;

  test('of few pixels is accepted, in each format', async () => {
    for (const format of ['jpeg', 'png', 'webp'] as const)
      assert.equal(await verdict(await image(300, 200, format), `image/${format}`), 'accepted', format);
  });

  test('of more than 100 million pixels is refused, in each format', async () => {
    const jpeg = await image(300, 200, 'jpeg');
    const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
    jpeg.writeUInt16BE(large[0], frame + 5);
    jpeg.writeUInt16BE(large[1], frame + 7);
    const png = await image(300, 200, 'png');
    png.writeUInt32BE(large[0], 16);
    png.writeUInt32BE(large[1], 20);
    const lossy = await image(300, 200, 'webp');
    lossy.writeUInt16LE(16_383, 26);
    lossy.writeUInt16LE(16_383, 28);
    const lossless = await sharp(await image(300, 200, 'png'))
      .webp({ lossless: true })
      .toBuffer();
    lossless.writeUInt32LE(0x0f_ff_ff_ff, 21);
    const extended = await sharp(await image(300, 200, 'png'))
      .withExif({ IFD0: { Model: 'x' } })
      .webp()
      .toBuffer();
    assert.equal(extended.toString('latin1', 12, 16), 'VP8X');
    extended.writeUIntLE(large[0], 24, 3);
    extended.writeUIntLE(large[1], 27, 3);
    for (const [bytes, type] of [
      [jpeg, 'image/jpeg'],
      [png, 'image/png'],
      [lossy, 'image/webp'],
      [lossless, 'image/webp'],
      [extended, 'image/webp'],
    ] as const)
      assert.match(await verdict(bytes, type), /more than 100000000 pixels/, type);
  });

  test('without an area is refused', async () => {
    const png = await image(300, 200, 'png');
    png.writeUInt32BE(0, 20);
    assert.match(await verdict(png, 'image/png'), /cannot be read/);
  });

  test('whose size comes after megabytes of metadata is read, and one without a size is refused', async () => {
    const jpeg = await image(300, 200, 'jpeg');
    const segment = Buffer.alloc(2 + 65_000);
    segment.writeUInt16BE(0xff_ed, 0);
    segment.writeUInt16BE(65_000, 2);
    const padded = Buffer.concat([
      jpeg.subarray(0, 2),
      ...Array.from({ length: 40 }, () => segment),
      jpeg.subarray(2),
    ]);
    for (const chunk of [1_000, 65_536]) assert.equal(await verdict(padded, 'image/jpeg', chunk), 'accepted');
    const frame = padded.indexOf(Buffer.from([0xff, 0xc0]));
    padded.writeUInt16BE(60_000, frame + 5);
    padded.writeUInt16BE(60_000, frame + 7);
    assert.match(await verdict(padded, 'image/jpeg'), /more than/);
    padded[frame + 1] = 0xd9;
    assert.match(await verdict(padded, 'image/jpeg'), /cannot be read/);
  });
});

describe('the end of a file', () => {
  /** @param before bytes before it in the archive */
  const directory = (size: number, offset: number): Buffer => {
    const end = Buffer.alloc(22);
    end.write('PK\u0005\u0006', 0, 'latin1');
    end.writeUInt32LE(size, 12);
    end.writeUInt32LE(offset, 16);
    return end;
  };

  test('that is the directory of a ZIP archive is refused; a chance mark is not', async () => {
    const bytes = await image(40, 30, 'jpeg');
    const zip = (end: Buffer): Promise<string> => verdict(Buffer.concat([bytes, end]), 'image/jpeg');
    assert.match(await zip(directory(40, bytes.length - 40)), /ZIP/);
    assert.match(await zip(directory(0, 0)), /ZIP/);
    assert.equal(await zip(directory(40, bytes.length)), 'accepted');
    const locator = Buffer.concat([Buffer.from('PK\u0006\u0007', 'latin1'), Buffer.alloc(16)]);
    assert.match(await zip(Buffer.concat([locator, directory(0xffff_ffff, 0xffff_ffff)])), /ZIP/);
  });
});
