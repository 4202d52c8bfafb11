/**
 * Seeded fuzz of pseudonyms: each is the HMAC of the canonical value, made here a second time from the documents alone; nothing of the
 * value occurs in it, and pseudonyms of neighbouring values are as far apart as chance puts them.
 */
import { shippedSurroundings } from '../../../machine/surroundings.ts';
import assert from 'node:assert/strict';
import { createHmac, hkdfSync } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { SchemaField } from '../../../schemas/datasetSchema.ts';
import { sharedSchema } from '../../../machine/shippedSchemas.ts';
import { compileMasking, type Masking } from '../rows/compileMasking.ts';
import { anyText } from '../fixtures/anyText.ts';
import { pseudonymKeys } from './pseudonymKey.ts';
import { readMaskRule } from '../readMaskRule.ts';
import { defined } from '../../../terms/defined.ts';

const seed = 811;
const master = new Uint8Array(32).map((_, i) => i * 7 + 1);
const changed = Date.parse('2026-05-01T00:00:00+08:00');
const keys = pseudonymKeys(master, [
  { epoch: 2, from: 0 },
  { epoch: 3, from: changed },
]);
const household = sharedSchema('household@1');
const address = household.fields.find(({ name }) => name === 'address') ?? assert.fail();
/** Fields without a format, so that any text and any whole number may lie in them. */
const fields = {
  string: { ...address, name: 'a' },
  number: { ...address, name: 'a', type: 'integer', schema: { type: 'integer' } },
} as const;
const maskings = new Map<string, Masking>();

interface Use {
  readonly consumer: string;
  readonly domain: string;
  readonly algorithm: 'sha256' | 'sm3';
  readonly epoch: number | undefined;
  readonly now: number;
}

/** The product's pseudonym of a value. */
function pseudonymOf(value: string | number, use: Use): string {
  const { now, ...uses } = use;
  const type = typeof value === 'string' ? 'string' : 'number';
  const id = JSON.stringify([type, uses]);
  const masking = maskings.get(id) ?? maskingOf(fields[type], uses);
  maskings.set(id, masking);
  const masked = masking.mask({ a: value }, masking.begin(now))['a'];
  assert.ok(typeof masked === 'string');
  return masked;
}

function maskingOf(field: SchemaField, { consumer, epoch, ...rest }: Omit<Use, 'now'>): Masking {
  const read = readMaskRule({ mask: 'pseudonym', ...rest, ...defined({ epoch }) });
  assert.ok('use' in read);
  const schema = { ...household, digest: `open-${field.type}`, fields: [field] };
  return compileMasking(
    [{ field: 'a', mask: read.use, floors: [] }],
    schema,
    keys,
    consumer,
    shippedSurroundings,
  );
}

/** Two spellings of one identifier are one value: the rule as the document has it. */
function canonical(text: string): string {
  const visible = text.replaceAll(/[\p{Cf}\p{Variation_Selector}]/gu, '');
  const narrow = visible.normalize('NFKC').trim();
  if (!/^[ -~]*$/.test(narrow))
    return visible
      .normalize('NFC')
      .replaceAll(/[•・．‧⋅·]/g, '·')
      .trim();
  return /^[0-9]{17}x$/.test(narrow) ? `${narrow.slice(0, 17)}X` : narrow;
}

function expected(value: string | number, { consumer, domain, algorithm, epoch, now }: Use): string {
  const issued = epoch ?? (now < changed ? 2 : 3);
  const info = ['datong-pseudonym-1', consumer, domain, issued].join('\n');
  // an empty text is no value
  if (value === '') return '';
  const key = Buffer.from(hkdfSync('sha256', master, '', info, 32));
  const mac = createHmac(algorithm, key)
    .update(canonical(String(value)), 'utf8')
    .digest('base64url');
  return `p${issued}.${mac.slice(0, 22)}`;
}

/** What follows the epoch. */
const codeOf = (pseudonym: string): string => pseudonym.slice(pseudonym.indexOf('.') + 1);

/** Whether four characters of a value are together in a text. */
function shares(value: string, text: string): boolean {
  for (let at = 0; at + 4 <= value.length; at += 1) if (text.includes(value.slice(at, at + 4))) return true;
  return false;
}

describe('pseudonyms', () => {
  test('10,000 values: the HMAC of the canonical value and nothing else', () => {
    const use = fc.record({
      consumer: fc.constantFrom('education', 'transport'),
      domain: fc.constantFrom('person', 'company'),
      algorithm: fc.constantFrom('sha256' as const, 'sm3' as const),
      epoch: fc.constantFrom(undefined, undefined, 1, 9999),
      now: fc.constantFrom(changed - 1, changed),
    });
    const value = fc.oneof(
      { weight: 5, arbitrary: anyText },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          '11010519491231002x',
          '',
          ' \u3000',
          '\u200b',
          ' ﹒ ',
          '\ud800',
          'é',
          'e\u0301',
          '欧阳•娜',
        ),
      },
      { weight: 1, arbitrary: fc.maxSafeInteger() },
      { weight: 1, arbitrary: fc.string({ minLength: 60, maxLength: 400 }) },
    );
    let alike = 0;
    fc.assert(
      fc.property(value, use, (one, by) => {
        const masked = pseudonymOf(one, by);
        assert.match(masked, /^(?:p[1-9][0-9]{0,3}\.[A-Za-z0-9_-]{22})?$/);
        if (masked !== '' && shares(String(one), codeOf(masked))) alike += 1;
        assert.equal(masked, expected(one, by));
      }),
      { seed, numRuns: 10_000 },
    );
    // four given characters of 64 are at one of 19 places once in 883,000 codes: a few by chance, no more
    assert.ok(alike <= 3, `${alike} pseudonyms hold four characters of their value`);
  });

  const by: Use = { consumer: 'education', domain: 'person', algorithm: 'sha256', epoch: 1, now: 0 };

  test('numbers that differ in one digit have pseudonyms that differ in half of their bits', () => {
    const bits = (pseudonym: string): bigint =>
      [...Buffer.from(`${codeOf(pseudonym)}AA`, 'base64url')].reduce(
        (all, byte) => (all << 8n) | BigInt(byte),
        0n,
      );
    let differing = 0;
    const pairs = 2000;
    for (let n = 0; n < pairs; n += 1) {
      const id = `3301061990${String(n * 4).padStart(8, '0')}`;
      const place = n % 18;
      const other = `${id.slice(0, place)}${(Number(id[place]) + 1) % 10}${id.slice(place + 1)}`;
      const unlike = bits(pseudonymOf(id, by)) ^ bits(pseudonymOf(other, by));
      differing += [...unlike.toString(2)].filter((bit) => bit === '1').length;
    }
    // 132 bits: 66 on average, with a standard error of 0.13 over 2,000 pairs
    const mean = differing / pairs;
    assert.ok(Math.abs(mean - 66) < 0.6, `${mean} bits`);
  });

  test('of consecutive numbers every character of the pseudonym is as frequent as any other, at every place', () => {
    const values = 6400;
    const counts = Array.from({ length: 22 }, () => new Map<string, number>());
    for (let n = 0; n < values; n += 1)
      for (const [at, sign] of [...codeOf(pseudonymOf(String(110_105_000_000 + n), by))].entries())
        counts[at]?.set(sign, (counts[at].get(sign) ?? 0) + 1);
    const even = values / 64;
    for (const [at, signs] of counts.entries()) {
      const squares = [...signs.values()].reduce((sum, count) => sum + (count - even) ** 2, 0);
      const chi = (squares + (64 - signs.size) * even ** 2) / even;
      // 63 degrees of freedom: mean 63, standard deviation 11
      assert.ok(chi < 63 + 5 * 11.3, `place ${at}: ${chi}`);
    }
  });

  test('one value has unlike pseudonyms for every consumer, domain, epoch and algorithm', () => {
    const codes = new Set<string>();
    for (const consumer of ['education', 'transport', 'health'])
      for (const domain of ['person', 'company'])
        for (const epoch of [1, 2, 11])
          for (const algorithm of ['sha256', 'sm3'] as const)
            codes.add(
              codeOf(pseudonymOf('330106199001010017', { ...by, consumer, domain, epoch, algorithm })),
            );
    assert.equal(codes.size, 36);
    assert.equal(new Set([...codes].map((code) => code.slice(0, 6))).size, 36);
  });
});
