import assert from 'node:assert/strict';
import { borrowedFormats, lastingFormats, decimal, uri, uuid } from './index.ts';
import { describe, test } from 'node:test';
import { stdnum } from 'stdnum';
import { Random } from '../sample/random.ts';
import { sampleFormat } from '../sample/sampleFormat.ts';
import { cnAdminCode } from './cnAdminCode.ts';
import { cnBankCard } from './cnBankCard.ts';
import { cnMobile } from './cnMobile.ts';
import { checkCharacterOf, cnResidentId, residentIdFormat } from './cnResidentId.ts';
import { cnUscc } from './cnUscc.ts';
import { date, dateTime, time } from './dateAndTime.ts';
import { nonEmpty } from '../../tests/nonEmpty.ts';

/** Each text with the part that fails; undefined where none does. */
type Vectors = Readonly<Record<string, string | undefined>>;

function assertParts(format: (text: string) => string | undefined, vectors: Vectors): void {
  for (const [text, part] of Object.entries(vectors)) assert.equal(format(text), part, text);
}

describe('formats report which part of a text is wrong', () => {
  const today = { year: 2026, month: 6, day: 15 };

  test('cn-resident-id: GB 11643, the example of its annex among them', () => {
    assertParts((text) => cnResidentId(text, today), {
      '11010519491231002X': undefined,
      '440524188001010014': undefined,
      '11010519491231002x': 'characters',
      '110105194902300021': 'date',
      '110105194912310021': 'checksum',
      '1101051949123100': 'length',
      '００1010519491231002': 'characters',
      '00010519491231002X': 'region',
      '810000199408230021': undefined,
      '830000199201300022': undefined,
      '11010520260616002X': 'date',
    });
  });

  test('cn-resident-id agrees with an independent implementation on generated numbers', () => {
    const random = new Random(3);
    for (let round = 0; round < 300; round += 1) {
      const digits = `110105${random.whole(1930, 2020)}0${random.whole(1, 9)}1${random.whole(0, 9)}${random.digits(3)}`;
      const number = `${digits}${random.chance(0.5) ? checkCharacterOf(digits) : random.digits(1)}`;
      assert.equal(
        cnResidentId(number, today) === undefined,
        stdnum['CN']?.['ric']?.validate(number).isValid,
        number,
      );
    }
  });

  test('cn-uscc: GB 32100, check characters of sum 0 included', () => {
    assertParts(cnUscc, {
      '91350100M000100Y43': undefined,
      '91990101MA00001240': undefined,
      '91350100M000100Y44': 'checksum',
      '91350100M000100Y4I': 'characters',
      '91350100m000100Y43': 'characters',
      '9135010XM000100Y43': 'region',
      '350100100000101': 'length',
    });
  });

  test('cn-admin-code, cn-mobile, cn-bank-card', () => {
    assertParts(cnAdminCode, {
      '110103': undefined,
      '110105001': undefined,
      '110105001001': undefined,
      '1101': 'length',
      '11010A': 'characters',
      '010103': 'region',
    });
    assertParts(cnMobile, {
      '15400000001': undefined,
      '12345678901': 'prefix',
      '1540000000': 'length',
      '+8615400000001': 'characters',
    });
    assertParts(cnBankCard, {
      '6222020200112233440': 'checksum',
      '4111111111111111': undefined,
      '41111111111': 'length',
      '4111-1111-1111-1111': 'characters',
    });
  });

  test('decimal, date, time, date-time with offset', () => {
    assertParts(decimal, {
      '0': undefined,
      '-12.50': undefined,
      '1e3': 'form',
      '01': 'form',
      '.5': 'form',
      '1,000': 'form',
      [`0.${'1'.repeat(38)}`]: 'digits',
    });
    assertParts(date, {
      '2024-02-29': undefined,
      '2023-02-29': 'date',
      '2023-2-1': 'form',
      '20230201': 'form',
      '0000-01-01': 'date',
    });
    assertParts(time, {
      '23:59:59+08:00': undefined,
      '23:59:59': 'offset',
      '24:00:00Z': 'time',
      '23:59:60Z': undefined,
      '12:59:60Z': 'time',
      '07:59:60+08:00': undefined,
      '12:00:00+24:00': 'offset',
    });
    assertParts(dateTime, {
      '2026-01-01T00:00:00+08:00': undefined,
      '2026-01-01T00:00:00': 'offset',
      '2026-01-01 00:00:00+08:00': 'form',
      '2026-13-01T00:00:00Z': 'date',
      '2026-01-01T25:00:00Z': 'time',
    });
  });

  test('a birth date after today is refused, and today is determined at each call', () => {
    const born = (date: string): string => `990101${date}001${checkCharacterOf(`990101${date}001`)}`;
    let today = { year: 2026, month: 3, day: 1 };
    const format = residentIdFormat(() => today);
    assert.equal(format(born('20260301')), undefined);
    assert.equal(format(born('20260302')), 'date');
    assert.equal(format(born('20270101')), 'date');
    today = { year: 2027, month: 1, day: 1 };
    assert.equal(format(born('20260302')), undefined);
    assert.equal(format(born('20270101')), undefined);
    assert.equal(cnResidentId(born('20270101'), { year: 2026, month: 12, day: 31 }), 'date');
    assert.equal(
      cnResidentId(born('29990101')),
      undefined,
      'without a date every day of the calendar passes',
    );
  });

  test('uuid is no URN, and a uri has a port of digits', () => {
    assertParts(uuid, {
      '123e4567-e89b-12d3-a456-426614174000': undefined,
      '123E4567-E89B-12D3-A456-426614174000': undefined,
      'urn:uuid:123e4567-e89b-12d3-a456-426614174000': 'length',
      '{123e4567-e89b-12d3-a456-4266141740}': 'form',
      '123e4567e89b12d3a4564266141740001234': 'form',
    });
    assertParts(uri, {
      'https://example.org/a%20b?c=d#e': undefined,
      'http://user:pw@example.org:8080/': undefined,
      'http://[2001:db8::1]:443/': undefined,
      'http://[::ffff:192.0.2.1]/': undefined,
      'urn:datong:household:1.0': undefined,
      'mailto:a@example.org': undefined,
      'file:///etc/hosts': undefined,
      'http://example.org:/': undefined,
      'http://example.org:abc/': 'port',
      'http://example.org:65536/': 'port',
      'http://[1::2::3]/': 'host',
      'http://[::256.0.0.1]/': 'host',
      'http://example.org/[1]': 'form',
      'http://example.org/a b': 'form',
      'http://example.org/%zz': 'form',
      'http://example.org/\\': 'form',
      'http://例子.example/': 'form',
      '//example.org': 'form',
      'example.org': 'form',
      '': 'form',
    });
  });

  test('a very long uri is read once', () => {
    const begun = performance.now();
    assert.equal(uri(`a://${'['.repeat(200_000)}`), 'form');
    assert.ok(performance.now() - begun < 2_000);
  });

  test('generated samples of every format are valid', () => {
    const random = new Random(5);
    for (const [name, format] of nonEmpty(Object.entries(lastingFormats))) {
      for (let round = 0; round < 50; round += 1)
        assert.equal(format(sampleFormat(name, random) ?? ''), undefined, name);
    }
    for (const name of nonEmpty(borrowedFormats)) assert.ok(sampleFormat(name, random));
  });
});
