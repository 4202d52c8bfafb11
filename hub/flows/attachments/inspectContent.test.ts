/** What a file must not contain, in bytes that are made for each case; everything else is accepted. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, test } from 'node:test';
import { deflateSync } from 'node:zlib';
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

/** A PDF with these bytes among its objects, after more than one block of others. */
const pdfOf = (...parts: readonly (string | Buffer)[]): Buffer =>
  Buffer.concat([
    Buffer.from(`%PDF-1.7\n%${'x'.repeat(4_070)}\n`),
    ...parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)),
    Buffer.from('\n%%EOF\n'),
  ]);
const pdf = (text: string): Buffer => pdfOf(`7 0 obj\n${text}\nendobj`);
const image = (width: number, height: number, format: 'jpeg' | 'png' | 'webp'): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: { r: 20, g: 90, b: 160 } } })
    .toFormat(format)
    .toBuffer();

const sizes = [7, 64, 4_096] as const;
const refusedPdf = async (
  bytes: Buffer,
  reason: RegExp,
  chunks: readonly number[] = sizes,
): Promise<void> => {
  for (const chunk of chunks)
    assert.match(
      await verdict(bytes, 'application/pdf', chunk),
      reason,
      `${bytes.subarray(4_080).toString('latin1').slice(0, 200)} by ${chunk}`,
    );
};
const acceptedPdf = async (bytes: Buffer): Promise<void> => {
  for (const chunk of sizes) assert.equal(await verdict(bytes, 'application/pdf', chunk), 'accepted');
};

describe('a PDF', () => {
  for (const [text, reason] of [
    ['<< /S /JavaScript /JS (app.alert(1)) >>', 'JavaScript'],
    ['<</S/JavaScript/JS(app.alert(1))>>', 'JavaScript'],
    ['<< /S%c\n%c\r/J#61vaScript >>', 'JavaScript'],
    ['<< /#53 /#4a#61#76#61#53#63#72#69#70#74 >>', 'JavaScript'],
    ['<< /S /La#75nch /F (calc.exe) >>', 'starts a program'],
    ['<< /S /GoToE /T << /R /C >> >>', 'opens another file'],
    ['<< /S /GoToR /F (\\\\\\\\host\\\\share) >>', 'opens another file'],
    ['<< /S /SubmitForm /F (https://host/) >>', 'submits or imports'],
    ['<< /S /ImportData /F (a.fdf) >>', 'submits or imports'],
    ['<< /S /Sound /Sound 5 0 R >>', 'plays media'],
    ['<< /S /Movie >>', 'plays media'],
    ['<< /Type /Annot /Subtype /Movie >>', 'plays media'],
    ['<< /Subtype /Sound >>', 'plays media'],
    ['<< /S /Rendition >>', 'plays media'],
    ['<< /S /GoTo3DView >>', '3D model'],
    ['<< /Subtype /3D >>', '3D model'],
    ['<< /Subtype /RichMedia >>', 'rich media'],
    ['<< /S /RichMediaExecute >>', 'rich media'],
    ['<< /Type /EmbeddedFile >>', 'another file'],
    ['<< /EmbeddedFiles 7 0 R >>', 'another file'],
    ['<< /Type /Filespec /EF << /F 5 0 R >> >>', 'another file'],
    ['<< /Subtype /FileAttachment >>', 'another file'],
    ['<< /XFA [ (template) 5 0 R ] >>', 'XFA form'],
    ['<< /XFA%c\n[ ] >>', 'XFA form'],
    ['<< /XFA\0[ ] >>', 'XFA form'],
    ['<< /#58F#41<< >> >>', 'XFA form'],
    ['<< /Annots [ << /A << /T (a) /S /Launch >> >> ] >>', 'starts a program'],
    ['<< /T (a\\) b (c) \\\\) /S /Launch >>', 'starts a program'],
    ['<< /T <28> /S /Launch >>', 'starts a program'],
    // the kind of an action in another object
    ['<< /S 9 0 R /JS (app.alert(1)) >>', 'damaged or unusual'],
    ['<< /Subtype 9 0 R >>', 'damaged or unusual'],
    ['['.repeat(600), 'damaged or unusual'],
    ['<SCRIPT>alert(1)</SCRIPT>', '<script'],
    ['<?PHP system($_GET[0]); ?>', '<\\?php'],
  ] as const)
    test(`with ${JSON.stringify(text.slice(0, 60))} is refused, also where a boundary divides it`, () =>
      refusedPdf(pdf(text), new RegExp(reason)));

  for (const text of [
    ...['<< /XFAB 1 >>', '<< /xfa [ ] >>', '<< /XFA1 5 >>', '<?phpx', '<scrip', '<< /S /Java#53 >>'],
    // actions and annotations of usual documents
    '<< /S /URI /URI (https://host/S/JavaScript /S /Launch /EmbeddedFiles /XFA) >>',
    '<< /S /GoTo /D [ 3 0 R /Fit ] >> % /S /JavaScript',
    '<< /T (\\(/S /Launch) /Border << /S /S >> /OpenAction << /S /Named /N /NextPage >> >>',
    '<< /FT /Tx /T (name) /AA << /F 5 0 R >> /DA (/Helv 0 Tf) /MK << >> /Subtype /Widget >>',
    '<< /Type /Sig /SubFilter /adbe.pkcs7.detached /ByteRange [ 0 9 9 9 ] /Contents <2f53202f4c61756e6368> >>',
    '<< /Type /Font /Subtype /TrueType /FontDescriptor 5 0 R /BaseFont /Launch >>',
    '<< /Type /Outlines /First 4 0 R /Last 5 0 R /Count 2 >>',
    '<< /Length 40 /Filter /DCTDecode >>\nstream\n<< /S /JavaScript /EF 1 /Movie >>\nendstream',
    '(the object that is meant: obj << ))) (',
  ])
    test(`with ${text.slice(0, 60)} is accepted`, () => acceptedPdf(pdf(text)));

  test('of random bytes is accepted', async () => {
    const bytes = pdf('').subarray(0, 4_000);
    assert.equal(
      await verdict(Buffer.concat([bytes, randomBytes(20_000_000)]), 'application/pdf', 262_144),
      'accepted',
    );
  });

  test('that people have is accepted', async () => {
    // Bulletin of Visual FoxPro, from a package of the tests: 1.4, fonts, outlines and links
    const bytes = readFileSync(
      resolve(import.meta.dirname, '../../../node_modules/dbffile/doc/vfp9-bs1.pdf'),
    );
    await acceptedPdf(bytes);
  });

  test('that hides an object in a string, a comment or a stream, where a reader finds it by its offset, is refused', async () => {
    const hidden = '8 0 obj << /S /Launch /F (calc.exe) >> endobj';
    await refusedPdf(pdf(`<< /T (${hidden}) >>`), /starts a program/);
    await refusedPdf(pdf(`<< /T (unclosed ${hidden}`), /starts a program/);
    await refusedPdf(pdf(`<< >> % ${hidden}`), /starts a program/);
    await refusedPdf(pdf(`<< /Length 90 >>\nstream\n${hidden}\nendstream`), /starts a program/);
    await refusedPdf(pdf(`<< /T (8 0 obj \\() /S /Launch /U (a) >>`), /starts a program/);
    for (const begin of ['8 0%c\nobj', '8\n0\tobj', '8 0obj', '8 0 obj%c\r'])
      await refusedPdf(pdfOf(`${begin}<</S/Launch>>`), /starts a program/);
    await refusedPdf(pdfOf('trailer\n<< /Root 1 0 R /Encrypt 5 0 R >>'), /encrypted/);
    await refusedPdf(pdf('<< /Type /XRef /Encrypt 5 0 R /Length 4 >> stream\nabcd\nendstream'), /encrypted/);
  });

  test('whose objects do not end, or are nested, is refused once they would be read again and again', async () => {
    const unclosed = (count: number): Buffer =>
      pdfOf(Array.from({ length: count }, (_, n) => `${n} 0 obj << /T (a) `).join(''));
    await acceptedPdf(unclosed(4));
    await refusedPdf(unclosed(5), /damaged or unusual/);
    const nested = `${'1 0 obj [ '.repeat(400)}${'] '.repeat(400)}`;
    const begin = performance.now();
    await refusedPdf(pdfOf(nested.repeat(3_000)), /damaged or unusual/, [262_144]);
    await refusedPdf(unclosed(300_000), /damaged or unusual/, [262_144]);
    assert.ok(performance.now() - begin < 10_000);
  });
});

describe('an object stream of a PDF', () => {
  interface Written {
    readonly dictionary?: string;
    readonly count?: number;
    /** of the objects, from the first of them */
    readonly offsets?: readonly number[];
    readonly packed?: (text: string) => Buffer;
  }
  const objectStream = (objects: readonly string[], written: Written = {}): Buffer => {
    const text = objects.join('\n');
    let end = 0;
    const starts = objects.map((one) => {
      const start = end;
      end += one.length + 1;
      return start;
    });
    const offsets = written.offsets ?? starts;
    const head = `${offsets.map((offset, nth) => `${nth + 20} ${offset}`).join(' ')} `;
    const bytes = (written.packed ?? deflateSync)(head + text);
    const keys = `/Type /ObjStm /N ${written.count ?? offsets.length} /First ${head.length}`;
    const dictionary = (written.dictionary ?? '{keys} /Filter /FlateDecode').replace('{keys}', keys);
    return pdfOf(
      `7 0 obj\n<< ${dictionary} /Length ${bytes.length} >>\nstream\r\n`,
      bytes,
      '\nendstream\nendobj',
    );
  };
  const usual = [
    '<< /Type /Page /Parent 2 0 R >>',
    '[ 1 2 (x) ]',
    '5',
    '/Name',
    '(a (b) \\) c)',
    '<< /S /URI /URI (https://host/ /S /Launch) >>',
  ];
  const launch = '<< /S /#4caunch >>';

  test('of usual objects is accepted, as programs write it', async () => {
    await acceptedPdf(objectStream(usual));
    for (const dictionary of [
      '/Filter[/FlateDecode]{keys}',
      '{keys}/Extends 9 0 R/Filter/Fl',
      '/Length 9 0 R /Filter /FlateDecode {keys}',
      '{keys} /X (1 0 obj \\() /Filter /FlateDecode',
    ])
      await acceptedPdf(objectStream(usual, { dictionary }));
    const many = Array.from(
      { length: 20_000 },
      (_, n) => `<< /Type /StructElem /S /P /P ${n} 0 R /K [ 0 1 ] >>`,
    );
    assert.equal(await verdict(objectStream(many), 'application/pdf', 262_144), 'accepted');
  });

  test('with an action is refused, wherever it is', async () => {
    await refusedPdf(objectStream([launch]), /starts a program/);
    await refusedPdf(objectStream([...usual, launch]), /starts a program/);
    await refusedPdf(objectStream(['<< /A << /S /Launch']), /starts a program/);
    await refusedPdf(objectStream(['(a << /S /Launch >>)'], { offsets: [3] }), /starts a program/);
    await refusedPdf(objectStream([`${'%'.repeat(70_000)}\n${launch}`]), /starts a program/);
  });

  test('that cannot be unpacked or read is refused', async () => {
    const damaged = /damaged or unusual/;
    const hex = (text: string): Buffer => Buffer.from(deflateSync(text).toString('hex'), 'latin1');
    for (const dictionary of [
      '{keys}',
      '{keys} /Filter /LZWDecode',
      '{keys} /Filter [ /ASCIIHexDecode /FlateDecode ]',
      '{keys} /Filter [ /FlateDecode /FlateDecode ]',
      '{keys} /Filter [ /FlateDecode 9 0 R ]',
      '{keys} /Filter 9 0 R',
      '{keys} /Filter /FlateDecode /DecodeParms << /Predictor 12 >>',
      '{keys} /Filter /FlateDecode /#46irst 0',
      '{keys} /Filter /FlateDecode /N 1',
      '/N 1 /First 9 0 R /Filter /FlateDecode',
      '/N 1 /First -1 /Filter /FlateDecode',
      '/A [ >> >> stream ] {keys} /Filter /LZWDecode',
      '/A /LZW /B /LZW /C /LZW /D /LZW {keys} /Filter /FlateDecode',
    ])
      await refusedPdf(objectStream(usual, { dictionary }), damaged);
    await refusedPdf(objectStream(usual, { packed: hex }), damaged);
    await refusedPdf(objectStream(usual, { packed: (text) => deflateSync(text).subarray(0, -9) }), damaged);
    await refusedPdf(objectStream(usual, { packed: (text) => deflateSync(`%${text}`) }), damaged);
    await refusedPdf(objectStream(usual, { count: 7 }), damaged);
    await refusedPdf(objectStream(Array.from({ length: 100_001 }, () => '5')), damaged, [262_144]);
    // an offset that is written twice is read once; many offsets into one object are not followed
    const text = `(${'a'.repeat(9_000)})`;
    const accepted = objectStream([text], { offsets: [0, 0] });
    assert.equal(await verdict(accepted, 'application/pdf'), 'accepted');
    await refusedPdf(objectStream([text], { offsets: [0, 1, 2, 3] }), damaged);
    await refusedPdf(objectStream(usual).subarray(0, -30), damaged);
  });

  test('that unpacks to gigabytes, or sends a reader into one object again and again, is refused in time', async () => {
    const begin = performance.now();
    const bomb = objectStream(['0'.repeat(17_000_000)]);
    assert.ok(bomb.length < 100_000);
    await refusedPdf(bomb, /damaged or unusual/, [262_144]);
    const largest = objectStream([`(${'a'.repeat(16_000_000)})`]);
    await refusedPdf(
      Buffer.concat(Array.from({ length: 5 }, () => largest)),
      /damaged or unusual/,
      [262_144],
    );
    const offsets = Array.from({ length: 100_000 }, (_, n) => n);
    await refusedPdf(
      objectStream([`${' '.repeat(100_000)}(${'a'.repeat(100_000)})`], { offsets }),
      /damaged or unusual/,
      [262_144],
    );
    const empty = objectStream([], { dictionary: '/N 0 /First 0 /Type /ObjStm /Filter /FlateDecode' });
    await refusedPdf(
      Buffer.concat(Array.from({ length: 20_000 }, () => empty)),
      /damaged or unusual/,
      [262_144],
    );
    assert.ok(performance.now() - begin < 25_000);
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

describe('text in a picture', () => {
  test('that a browser would run, or that makes it an archive, is refused at any place', async () => {
    for (const [text, reason] of [
      ['<html><head>', /web page/],
      ['<!DOCTYPE  html>', /web page/],
      ['<BODY onload="x()">', /web page/],
      ['<iframe src="https://host/">', /web page/],
      ['<svg width="9" xmlns="http://www.w3.org/2000/svg">', /web page/],
      ['<img src=x onerror=alert(1)>', /HTML event/],
      ['<svg/onload=alert(1)>', /HTML event/],
      ['<a title="x"onmouseover = "alert(1)">', /HTML event/],
      ['<script>', /<script/],
      ['Rar!\u001a\u0007\0', /RAR or 7z/],
      ['Rar!\u001a\u0007\u0001', /RAR or 7z/],
      ['7z\u00bc\u00af\u0027\u001c', /RAR or 7z/],
    ] as const)
      for (const [format, type] of [
        ['jpeg', 'image/jpeg'],
        ['png', 'image/png'],
        ['webp', 'image/webp'],
      ] as const) {
        const bytes = Buffer.concat([
          await image(90, 60, format),
          Buffer.alloc(5_000),
          Buffer.from(text, 'latin1'),
          Buffer.alloc(900),
        ]);
        for (const chunk of sizes) assert.match(await verdict(bytes, type, chunk), reason, `${text} ${type}`);
      }
  });

  test('of metadata, as cameras and programs write it, is accepted', async () => {
    const xmp = `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" photoshop:Instructions="once = only" /></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`;
    const bytes = await sharp({ create: { width: 64, height: 48, channels: 3, background: 'grey' } })
      .withXmp(xmp)
      .jpeg()
      .toBuffer();
    assert.ok(bytes.includes('xmpmeta'));
    assert.equal(await verdict(bytes, 'image/jpeg'), 'accepted');
  });

  test('of random bytes is accepted', async () => {
    const bytes = Buffer.concat([await image(90, 60, 'jpeg'), randomBytes(20_000_000)]);
    assert.equal(await verdict(bytes, 'image/jpeg', 262_144), 'accepted');
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
