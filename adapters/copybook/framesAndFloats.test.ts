/** Frames, floats, edited pictures and Chinese of hosts, spoiled, against slow readers. oracle.test.ts does so for the other fields. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../terms/problem.ts';
import { random } from '../fixtures/mutated.ts';
import { assertSame, flat, spoiled, type Reported, type ReportedRecord } from '../fixtures/oracle.ts';
import type { CellGroup } from '../reading/reader.ts';
import { walkBlocks, walkHeaders, walkRecords } from './fixtures/frameOracle.ts';
import { encodeEbcdic as text } from './fixtures/hostBytes.ts';
import { ebcdicText } from './fixtures/hostOracle.ts';
import { readHost } from './fixtures/readHost.ts';

const nasty = [0x00, 0x40, 0xff, 0xf0, 0x0e, 0x0f, 0x80, 0x7f, 0x05];
type Read = Awaited<ReturnType<typeof readHost>>;
const cellsOf =
  (read: Read) =>
  (index: number): Map<string, CellGroup[string]> =>
    flat(read.records[index] as CellGroup);

/** Records of one field. @returns how many were compared */
async function oneField(
  picture: string,
  parts: readonly Buffer[],
  reported: (bytes: Buffer) => Reported | 'open',
  options: object,
  place: string,
): Promise<number> {
  const read = await readHost(`01 R.\n 05 A ${picture}.\n`, Buffer.concat(parts), options, 97);
  const records = parts.map((part, i): ReportedRecord => {
    const one = reported(part);
    return one === 'open'
      ? { line: i + 1, fields: new Map(), as: 'open' }
      : { line: i + 1, fields: new Map([['A', one]]) };
  });
  return assertSame(read, records, cellsOf(read), place).records;
}

for (const [name, walk, options, word] of [
  ['record descriptor words', walkRecords, { recordFormat: 'V', rdw: { includesHeader: true } }, 'record'],
  [
    'blocks',
    walkBlocks,
    { recordFormat: 'VB', rdw: { includesHeader: true }, bdw: { includesHeader: true } },
    'block',
  ],
  [
    'headers of their own',
    walkHeaders,
    { recordHeader: { bytes: 4, lengthAt: 1, lengthBytes: 3, form: 'ebcdic', mark: { hex: '5c' } } },
    'header',
  ],
] as const)
  test(`${name}, spoiled: the records that a walk finds, or the file is refused`, async () => {
    const copybook = '01 R.\n 05 T PIC X.\n';
    let [records, refused] = [0, 0];
    for (let seed = 1; seed <= 400; seed += 1) {
      const pick = random(seed);
      const bodies = Array.from({ length: 12 }, () => text('ABCDEFGH'.slice(0, 1 + pick(3))));
      const framed = bodies.map((body) =>
        word === 'header'
          ? Buffer.concat([text(`*00${body.length}`), body])
          : Buffer.concat([Buffer.from([0, body.length + 4, 0, 0]), body]),
      );
      const block = (parts: readonly Buffer[], long: boolean): Buffer => {
        const length = 4 + parts.reduce((sum, part) => sum + part.length, 0);
        return Buffer.concat([Buffer.from(long ? [128, 0, 0, length] : [0, length, 0, 0]), ...parts]);
      };
      const whole =
        word === 'block'
          ? Buffer.concat([block(framed.slice(0, 5), false), block(framed.slice(5), pick(2) === 0)])
          : Buffer.concat(framed);
      const bytes = pick(2) === 0 ? whole : spoiled(whole, pick, nasty);
      const walked = walk(bytes);
      const read = await readHost(copybook, bytes, options, 1 + pick(40)).catch((error: unknown) => error);
      if (walked === undefined) {
        assert.ok(read instanceof Problem, `${name}, seed ${seed}: cannot be read on`);
        refused += 1;
        continue;
      }
      assert.ok(!(read instanceof Error), `${name}, seed ${seed}: ${String(read)}`);
      const reported = walked.map(({ from, to }, i): ReportedRecord => {
        const fields = new Map([['T', ebcdicText(bytes.subarray(from, from + 1))]]);
        return { line: i + 1, fields, ...(to - from > 1 ? { as: 'doubt' } : {}) };
      });
      const all = read as Read;
      records += assertSame(all, reported, cellsOf(all), `${name}, seed ${seed}`).records;
    }
    assert.ok(records >= 2_000 && refused > 60, `${records} records, ${refused} refused`);
  });

/** Hexadecimal floats of IBM hosts: sign, power of 16 from −64, fraction. */
function hexFloat(bytes: Buffer): Reported {
  const bits = BigInt(`0x${bytes.toString('hex')}`);
  const width = bytes.length * 8;
  const negative = bits >> BigInt(width - 1) === 1n;
  const power = Number((bits >> BigInt(width - 8)) & 0x7fn) - 64;
  const fraction = bits & ((1n << BigInt(width - 8)) - 1n);
  if (fraction === 0n) return { value: 0 };
  const value = (negative ? -1 : 1) * Number(fraction) * 2 ** (power * 4 - (width - 8));
  if (bytes.length === 8) return { value };
  // the fewest digits that lie nearer to this float than to its neighbours
  const half = 2 ** (power * 4 - 25);
  const digits = [5, 6, 7, 8].find((count) => Math.abs(Number(value.toExponential(count)) - value) < half);
  return { value: Number(value.toExponential(digits)) };
}

/** IEEE 754 by its parts: sign, power of 2, fraction. */
function ieeeFloat(bytes: Buffer): Reported {
  const [powers, fractions] = bytes.length === 8 ? [11, 52] : [8, 23];
  const bits = BigInt(`0x${bytes.toString('hex')}`);
  const power = Number((bits >> BigInt(fractions)) & ((1n << BigInt(powers)) - 1n));
  const fraction = Number(bits & ((1n << BigInt(fractions)) - 1n));
  if (power === 2 ** powers - 1)
    return bytes.every((byte) => byte === 0xff) ? { value: null } : { bad: true };
  const bias = 2 ** (powers - 1) - 1;
  const size =
    power === 0
      ? fraction * 2 ** (1 - bias - fractions)
      : (1 + fraction / 2 ** fractions) * 2 ** (power - bias);
  const value = bits >> BigInt(powers + fractions) === 1n ? -size : size;
  if (bytes.length === 8) return { value };
  const digits = [5, 6, 7, 8].find((count) => Math.fround(Number(value.toExponential(count))) === value);
  return { value: Number(value.toExponential(digits)) };
}

for (const [format, reads] of [
  ['ibm', hexFloat],
  ['ieee754', ieeeFloat],
] as const)
  test(`floats of format ${format}, spoiled`, async () => {
    let records = 0;
    for (const [usage, size] of [
      ['COMP-1', 4],
      ['COMP-2', 8],
    ] as const)
      for (let seed = 1; seed <= 8; seed += 1) {
        const pick = random(seed);
        const base = Buffer.alloc(size);
        const parts = Array.from({ length: 125 }, () => {
          for (let i = 0; i < size; i += 1)
            base[i] = i === 0 ? ([0x42, 0xc2, 0x40, 0x3f][pick(4)] ?? 0) : pick(256);
          return spoiled(base, pick, nasty);
        });
        const options = { floatFormat: format, codePage: 'cp037' };
        records += await oneField(usage, parts, reads, options, `${format} ${usage}, seed ${seed}`);
      }
    assert.equal(records, 2_000);
  });

/** Everything that a picture ZZ,ZZ9.99- shows, by what it means: made by editing every number, not by reading. */
function editedTexts(): ReadonlyMap<string, string> {
  const shown = new Map<string, string>();
  for (let whole = 0; whole < 100_000; whole += whole < 2_000 ? 1 : 97)
    for (const cents of ['00', '07', '50']) {
      const digits = String(whole).padStart(5, '0');
      const most = Math.min(4, /^0*/.exec(digits)?.[0].length ?? 0);
      for (let blanks = 0; blanks <= most; blanks += 1) {
        const stored = [...digits].map((digit, i) => (i < blanks ? ' ' : digit));
        const text = [...stored.slice(0, 2), blanks >= 2 ? ' ' : ',', ...stored.slice(2)].join('');
        const value = `${whole}.${cents}`;
        shown.set(`${text}.${cents} `, value);
        shown.set(`${text}.${cents}-`, /[1-9]/.test(value) ? `-${value}` : value);
      }
    }
  return shown;
}

test('edited pictures, spoiled: what editing gives, and nothing else', async () => {
  const texts = editedTexts();
  const bases = [...texts.keys()];
  const signs = ' 0123456789.,-+*RZ';
  let [records, good] = [0, 0];
  for (let seed = 1; seed <= 10; seed += 1) {
    const pick = random(seed);
    const written: string[] = [];
    const parts = Array.from({ length: 200 }, () => {
      const one = [...(bases[pick(bases.length)] ?? '')];
      for (let faults = pick(3); faults > 0; faults -= 1)
        one[pick(one.length)] = signs[pick(signs.length)] ?? ' ';
      written.push(one.join(''));
      return text(one.join(''));
    });
    let at = 0;
    const reported = (): Reported | 'open' => {
      const one = written[at] ?? '';
      at += 1;
      if (one.trim() === '') return { value: null };
      const value = texts.get(one);
      if (value !== undefined) good += 1;
      // not every number was edited above: one that was not is well-formed by its signs
      const usual = /^[ \d]{2}[ ,][ \d]{2}\d\.\d\d[ -]$/.test(one);
      return value !== undefined ? { value } : usual ? 'open' : { bad: true };
    };
    records += await oneField(
      'PIC ZZ,ZZ9.99-',
      parts,
      reported,
      { codePage: 'cp037' },
      `edited, seed ${seed}`,
    );
  }
  assert.ok(records === 2_000 && good > 700, `${good} of ${records} good`);
});

/** Pairs of code page 935, as `iconv -t IBM935` writes them. */
const pairs = new Map([
  ['张', '5b65'],
  ['三', '54fc'],
  ['李', '50ed'],
  ['四', '5664'],
  ['王', '5796'],
  ['五', '57e4'],
  ['杭', '4dbb'],
  ['州', '5bdc'],
  ['市', '55cf'],
]);
const characters = new Map([...pairs].map(([character, hex]) => [hex, character]));

/** Single bytes of the West, and pairs between SO and SI. */
function mixedText(bytes: Buffer): Reported | 'open' {
  const hex = bytes.toString('hex');
  if (/^(?:00)+$|^(?:ff)+$/.test(hex)) return { value: null };
  let out = '';
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x0e) {
      const end = bytes.indexOf(0x0f, at);
      const inside = end < 0 ? undefined : bytes.subarray(at + 1, end);
      if (inside === undefined || inside.length % 2 > 0) return 'open'; // a shift that is cut: doubted or bad
      for (let i = 0; i < inside.length; i += 2) {
        const character = characters.get(inside.toString('hex', i, i + 2));
        if (character === undefined) return 'open';
        out += character;
      }
      at = end + 1;
      continue;
    }
    const reported = ebcdicText(Uint8Array.of(byte));
    if (byte === 0x40) out += ' ';
    else if ('value' in reported && typeof reported.value === 'string') out += reported.value;
    else return 'open';
    at += 1;
  }
  return { value: out.trim() };
}

test('Chinese between SO and SI, spoiled: what the pairs say, and no more', async () => {
  const names = [...pairs.keys()];
  let [records, judged] = [0, 0];
  for (let seed = 1; seed <= 10; seed += 1) {
    const pick = random(seed);
    const parts = Array.from({ length: 200 }, () => {
      const chosen = Array.from(
        { length: 1 + pick(3) },
        () => pairs.get(names[pick(names.length)] ?? '') ?? '',
      );
      const whole = Buffer.concat([
        text('AB'.slice(pick(3))),
        Buffer.from(`0e${chosen.join('')}0f`, 'hex'),
        text('x'),
      ]);
      const padded = Buffer.concat([whole, Buffer.alloc(14, 0x40)]).subarray(0, 14);
      return pick(2) === 0 ? padded : spoiled(padded, pick, [0x0e, 0x0f, 0x40, 0xc1, 0x5b, 0x65]);
    });
    const reported = (bytes: Buffer): Reported | 'open' => {
      const one = mixedText(bytes);
      if (one !== 'open') judged += 1;
      return one;
    };
    records += await oneField('PIC X(14)', parts, reported, { codePage: 'cp935' }, `cp935, seed ${seed}`);
  }
  assert.ok(records === 2_000 && judged > 1_000, `${judged} of ${records} judged`);
});
