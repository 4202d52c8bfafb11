/** Images that are not whole are refused at the end of their upload; decoding stays within its limits. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import type { AttachmentType } from '../../../schemas/attachments.ts';
import { Problem } from '../../../terms/problem.ts';
import { nonEmpty } from '../../../tests/nonEmpty.ts';
import { ImageDecoder, maxImageBytes } from './imageDecoder.ts';
import { Renditions } from './rendition.ts';
import type { AttachmentRow } from './store/attachments.ts';

const decoder = new ImageDecoder();

/** 'accepted', or why the image is refused. */
async function verdict(bytes: Buffer, mediaType: AttachmentType): Promise<string> {
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 65_536)
      yield await Promise.resolve(bytes.subarray(at, at + 65_536));
  };
  try {
    await decoder.check({ id: '', mediaType, bytes: bytes.length }, chunks);
    return 'accepted';
  } catch (error) {
    assert.ok(error instanceof Problem && error.code === 'attachment_content_refused', String(error));
    return (error.facts['reason'] as { readonly en: string }).en;
  }
}

const noise = sharp(randomBytes(300 * 200 * 3), { raw: { width: 300, height: 200, channels: 3 } });
const images: readonly (readonly [AttachmentType, string, Promise<Buffer>])[] = [
  ['image/jpeg', 'baseline', noise.clone().jpeg().toBuffer()],
  ['image/jpeg', 'progressive', noise.clone().jpeg({ progressive: true }).toBuffer()],
  ['image/png', 'plain', noise.clone().png().toBuffer()],
  ['image/png', 'interlaced', noise.clone().png({ progressive: true }).toBuffer()],
  ['image/png', 'palette', noise.clone().png({ palette: true }).toBuffer()],
  ['image/webp', 'lossy', noise.clone().webp().toBuffer()],
  ['image/webp', 'lossless', noise.clone().webp({ lossless: true }).toBuffer()],
];

describe('an image', () => {
  for (const [mediaType, kind, made] of images)
    test(`${mediaType}, ${kind}: accepted as a whole, refused where it is cut off`, async () => {
      const bytes = await made;
      assert.equal(await verdict(bytes, mediaType), 'accepted');
      for (const share of [0.02, 0.3, 0.5, 0.9, 0.98]) {
        const cut = bytes.subarray(0, Math.floor(bytes.length * share));
        assert.match(await verdict(cut, mediaType), /cut off or damaged/, String(share));
      }
      assert.match(await verdict(Buffer.from([0]), mediaType), /cut off or damaged/);
    });

  test('a PNG with a wrong check sum is refused, a JPEG with text after its end is accepted', async () => {
    const png = Buffer.from((await images[2]?.[2]) ?? []);
    png[png.length - 30] = (png[png.length - 30] ?? 0) ^ 0xff;
    assert.match(await verdict(png, 'image/png'), /cut off or damaged/);
    const jpeg = (await images[0]?.[2]) ?? Buffer.alloc(0);
    assert.equal(await verdict(Buffer.concat([jpeg, Buffer.alloc(5_000)]), 'image/jpeg'), 'accepted');
  });

  test('another file is not decoded', async () => {
    assert.equal(await verdict(Buffer.from('%PDF-1.7'), 'application/pdf'), 'accepted');
  });
});

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
};
/** A black image in few bytes. @param interlaced its lines are not in order, so it is decoded as a whole */
function flat(width: number, height: number, interlaced: boolean): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, interlaced ? 1 : 0], 8);
  const lines = interlaced ? Buffer.alloc(64) : Buffer.alloc((1 + width * 3) * height);
  const parts = [chunk('IHDR', header), chunk('IDAT', deflateSync(lines)), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...parts]);
}

describe('limits', () => {
  test('a small file with many pixels is decoded line by line, within a bounded memory', async () => {
    const bytes = flat(9_000, 6_000, false);
    assert.ok(bytes.length < 1_000_000);
    const before = process.memoryUsage().rss;
    assert.equal(await verdict(bytes, 'image/png'), 'accepted');
    const grown = process.memoryUsage().rss - before;
    assert.ok(grown < 100 * 2 ** 20, `${Math.round(grown / 2 ** 20)} MiB for 162 MB of pixels`);
  });

  test('more pixels than the limit are refused, and so is an interlaced image beyond the memory of one image', async () => {
    assert.match(await verdict(flat(20_000, 10, false), 'image/png'), /accepted/);
    assert.match(await verdict(flat(1, 500_000, false), 'image/png'), /accepted/);
    for (const [width, height] of [
      [1, 500_001],
      [1, 1_500_000],
      [1_500_000, 1],
    ] as const)
      assert.match(
        await verdict(flat(width, height, false), 'image/png'),
        /edge .* more than 500,000 pixels/,
      );
    assert.match(await verdict(flat(11_000, 10_000, true), 'image/png'), /cut off or damaged/);
    assert.match(await verdict(flat(9_900, 9_900, true), 'image/png'), /interlaced.*more than 256 MiB/);
  });

  test('of an image that masks do not accept either, the end is checked', async () => {
    const size = maxImageBytes + 1;
    const filled = (start: Buffer, end: Buffer): Buffer =>
      Buffer.concat([start, Buffer.alloc(size - start.length - end.length), end]);
    const none = Buffer.alloc(0);
    const jpeg = Buffer.from('ffd8ff', 'hex');
    assert.equal(await verdict(filled(jpeg, Buffer.from('ffd900', 'hex')), 'image/jpeg'), 'accepted');
    assert.match(await verdict(filled(jpeg, none), 'image/jpeg'), /cut off/);
    const end = chunk('IEND', none);
    assert.equal(await verdict(filled(none, end), 'image/png'), 'accepted');
    assert.match(await verdict(filled(none, end.subarray(0, -1)), 'image/png'), /cut off/);
    const riff = (length: number): Buffer => {
      const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
      head.writeUInt32LE(length, 4);
      return head;
    };
    assert.equal(await verdict(filled(riff(size - 8), none), 'image/webp'), 'accepted');
    assert.match(await verdict(filled(riff(size), none), 'image/webp'), /cut off/);
  });

  test('one image is decoded at a time', async () => {
    const order: number[] = [];
    await Promise.all(
      [0, 1, 2].map((nth) =>
        decoder.inTurn('upload', async () => {
          order.push(nth);
          await new Promise((resolve) => setTimeout(resolve, 5));
          order.push(nth);
        }),
      ),
    );
    assert.deepEqual(order, [0, 0, 1, 1, 2, 2]);
  });

  for (const [crowd, other] of [
    ['upload', 'download'],
    ['download', 'upload'],
  ] as const)
    test(`many ${crowd}s hold up no ${other}: at most 64 wait, and one ${other} is next`, async () => {
      const turns = new ImageDecoder();
      const order: string[] = [];
      let open = (): void => undefined;
      const opened = new Promise<void>((resolve) => {
        open = resolve;
      });
      const decodes = (kind: 'upload' | 'download', name: string): Promise<void> =>
        turns.inTurn(kind, async () => {
          order.push(name);
          await opened;
        });
      const all = Array.from({ length: 65 }, (_, nth) => decodes(crowd, `${crowd} ${nth}`));
      await assert.rejects(decodes(crowd, 'one too many'), { code: 'attachments_busy' });
      const others = Array.from({ length: 65 }, (_, nth) => decodes(other, `${other} ${nth}`));
      await assert.rejects(decodes(other, 'one too many'), { code: 'attachments_busy' });
      open();
      await Promise.all([...all, ...others]);
      assert.equal(order.length, 130);
      const ofOther = order.flatMap((name, nth) => (name.startsWith(other) ? [nth] : []));
      assert.ok(
        nonEmpty(ofOther).every((at, nth) => at <= 2 * nth + 2),
        ofOther.slice(0, 5).join(),
      );
    });
});

describe('a fault of the library', () => {
  type Library = typeof sharp;
  const failing = (message: string): Library =>
    Object.assign(() => ({ metadata: () => Promise.reject(new Error(message)) }), {
      cache: () => undefined,
    }) as unknown as Library;
  const row = { id: 'a', mediaType: 'image/png' as const, bytes: 3 };
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(Buffer.from('abc'));
  }
  /** The code, or the message, by which an upload and a download are refused. */
  async function refusals(
    library: () => Promise<Library>,
    images = new ImageDecoder(library),
  ): Promise<readonly string[]> {
    const download = row as AttachmentRow;
    return Promise.all(
      [
        () => images.check(row, bytes),
        () => new Renditions(images).of(download, { name: 'stripMetadata', params: {} }, bytes),
      ].map((work) =>
        work().then(
          () => 'accepted',
          (error: unknown) => (error instanceof Problem ? error.code : String(error)),
        ),
      ),
    );
  }

  test('without time, memory or threads the call is repeated', async () => {
    for (const message of [
      'timeout: 12% complete',
      'vips_tracked: out of memory -- size == 300MB',
      'Input buffer has corrupt header: VipsJpeg: Insufficient memory (case 4)',
      'std::bad_alloc',
      'unable to create thread',
    ])
      assert.deepEqual(
        await refusals(() => Promise.resolve(failing(message))),
        ['attachments_busy', 'attachments_busy'],
        message,
      );
  });

  test('an image that lacks time or memory twice running is refused', async () => {
    let message = 'timeout: 12% complete';
    const library = (): Promise<Library> => Promise.resolve(failing(message));
    const images = new ImageDecoder(library);
    assert.deepEqual(await refusals(library, images), ['attachments_busy', 'attachments_busy']);
    const unfit = ['attachment_content_refused', 'attachment_mask_unfit'];
    assert.deepEqual(await refusals(library, images), unfit);
    message = 'vips_tracked: out of memory -- size == 300MB';
    assert.deepEqual(await refusals(library, images), unfit);
    const other = images.check({ ...row, id: 'b' }, bytes);
    await assert.rejects(other, { code: 'attachments_busy' }, 'another one has its first attempt');
  });

  test('a time limit that is reached is one', async () => {
    const error = await sharp({ create: { width: 8_000, height: 8_000, channels: 3, background: 'red' } })
      .timeout({ seconds: 1 })
      .blur(200)
      .png({ effort: 10, compressionLevel: 9 })
      .toBuffer()
      .then(
        () => undefined,
        (reason: unknown) => reason,
      );
    assert.match(String(error), /timeout/);
  });

  test('only an error of decoding refuses the image; another one is a fault of the hub', async () => {
    for (const message of [
      'vipspng: libpng read error',
      'Unknown error',
      'webp2vips: unable to read pixels',
      'reducev: parameter vshrink not set',
      'Processed image is too large for the JPEG format',
    ])
      assert.deepEqual(
        await refusals(() => Promise.resolve(failing(message))),
        ['attachment_content_refused', 'attachment_mask_unfit'],
        message,
      );
    const missing = 'Could not load the "sharp" module';
    for (const library of [() => Promise.reject(new Error(missing)), () => Promise.resolve(failing(missing))])
      assert.deepEqual(await refusals(library), [`Error: ${missing}`, `Error: ${missing}`]);
    const parameter = 'Expected positive integer for width but received 0 of type number';
    assert.deepEqual(await refusals(() => Promise.resolve(failing(parameter))), [
      `Error: ${parameter}`,
      `Error: ${parameter}`,
    ]);
  });

  test('images with altered bits are accepted, or refused by an error of decoding', async () => {
    let decided = 0;
    for (const [mediaType, , made] of images) {
      const whole = await made;
      for (let nth = 0; nth < 60; nth += 1) {
        const copy = Buffer.from(whole);
        for (let at = 0; at <= nth % 4; at += 1) {
          const place = (nth * 7_919 + at * 104_729) % (nth % 2 === 0 ? 200 : copy.length);
          copy[place] = (copy[place] ?? 0) ^ (1 << ((nth + at) % 8));
        }
        // fails for another error
        await verdict(copy, mediaType);
        decided += 1;
      }
    }
    assert.equal(decided, images.length * 60);
  });
});
