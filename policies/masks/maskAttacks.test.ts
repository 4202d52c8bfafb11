/** Rows and texts that are not what they seem, and pseudonyms: what a mask must answer to each. */
import { shippedSurroundings } from '../../machine/surroundings.ts';
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { parseDatasetSchema } from '../../schemas/parse.ts';
import { sharedSchema } from '../../machine/shippedSchemas.ts';
import { Problem } from '../../terms/problem.ts';
import type { FieldGrant, MaskUse } from '../decision.ts';
import { compileMasking, type Masking } from './rows/compileMasking.ts';
import { issuedEpoch } from './pseudonyms/pseudonym.ts';
import { pseudonymKeys } from './pseudonyms/pseudonymKey.ts';
import { readMaskRule } from './readMaskRule.ts';

const now = Date.parse('2026-06-01T09:00:00+08:00');
const household = sharedSchema('household@1');
const keys = pseudonymKeys(new Uint8Array(32).fill(1));
const secretId = '11010519491231002X';
const fullWidth = (ascii: string): string =>
  Array.from(ascii, (sign) => String.fromCodePoint(sign.charCodeAt(0) + 0xfee0)).join('');

function useOf(rule: Readonly<Record<string, unknown>>): MaskUse {
  const read = readMaskRule(rule as { mask: string });
  assert.ok('use' in read);
  return read.use;
}
function maskingOf(
  rules: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  schema = household,
  consumer = 'education',
): Masking {
  const grants: FieldGrant[] = Object.entries(rules).map(([field, rule]) => ({
    field,
    mask: useOf(rule),
    floors: [],
  }));
  return compileMasking(grants, schema, keys, consumer, shippedSurroundings);
}
/** One masked text. */
function mask(
  rule: Readonly<Record<string, unknown>>,
  value: unknown,
  field = 'name',
  consumer = 'education',
): unknown {
  return maskingOf({ [field]: rule }, household, consumer).mask({ [field]: value })[field];
}

describe('a consumer that calls every day', () => {
  test('sees a band of age change on 1 January only, whatever the birthday and the width', () => {
    const day = 86_400_000;
    for (const width of [2, 5, 7, 10]) {
      const masking = maskingOf({ birth_date: { mask: 'ageBand', width, top: width * 10 } });
      for (const birth of ['1987-06-02', '1988-02-29', '1990-01-01', '1999-12-31']) {
        let former: unknown;
        for (let at = Date.parse('2026-01-01T00:00:00+08:00'), i = 0; i < 800; i += 1, at += day) {
          const shown = masking.mask({ birth_date: birth }, masking.begin(at))['birth_date'];
          const isNewYear = new Date(at + 8 * 3_600_000).toISOString().slice(5, 10) === '01-01';
          if (i > 0 && !isNewYear) assert.equal(shown, former, `${birth} in bands of ${width}`);
          former = shown;
        }
      }
    }
  });
});

describe('rows that are not what they seem', () => {
  const clearName = maskingOf({ name: { mask: 'clear' } });

  test('what is not granted has no way out: extra, renamed, nested or inherited members', () => {
    const hostile: unknown[] = [
      { name: '张三', Name: 'x', income: '1', extra: { name: 'y' } },
      JSON.parse('{"name": "张三", "__proto__": {"income": "1"}, "constructor": {"prototype": {}}}'),
      Object.assign(Object.create({ income: '1' }) as object, { name: '张三' }),
    ];
    for (const row of hostile) {
      const out = clearName.mask(row as Record<string, unknown>);
      assert.deepEqual(Object.keys(out), ['name']);
      assert.equal(Object.getPrototypeOf(out), Object.prototype);
      assert.equal(out['income'], undefined);
      assert.ok(clearName.check(out));
    }
    assert.equal(({} as Record<string, unknown>)['income'], undefined, 'nothing was put on Object.prototype');
  });

  test('a number where an identifier belongs is null, counted, and stops the exchange', () => {
    const masking = maskingOf({ person_id: { mask: 'idCard' }, name: { mask: 'clear' } });
    const run = masking.begin(now);
    assert.deepEqual(masking.mask({ person_id: 310115199001011230, name: ['张'] }, run), {
      person_id: null,
      name: null,
    });
    assert.equal(run.typeErrors, 2);
    assert.throws(
      () => masking.settle(run),
      (error: unknown) => error instanceof Problem && error.code === 'mask_type_errors',
    );
    assert.throws(() => masking.mask({ person_id: 1 }), { code: 'mask_type_errors' });
    const grants = [{ field: 'person_id', mask: useOf({ mask: 'idCard' }), floors: [] }];
    const tolerant = compileMasking(grants, household, keys, 'education', shippedSurroundings, {
      maskTypeErrors: 1,
    });
    const tolerated = tolerant.begin(now);
    tolerant.mask({ person_id: 1 }, tolerated);
    tolerant.settle(tolerated);
    tolerant.mask({ person_id: 2 }, tolerated);
    assert.throws(() => tolerant.settle(tolerated), { code: 'mask_type_errors' }, 'so many and no more');
  });

  test('absent stays absent, null stays null, an empty text stays empty', () => {
    const masking = maskingOf({
      name: { mask: 'personName' },
      mobile: { mask: 'phone' },
      guardian_id: { mask: 'nullify' },
      income: { mask: 'presence' },
      address: { mask: 'drop' },
    });
    assert.deepEqual(masking.mask({}), { guardian_id: null, income: false });
    assert.deepEqual(masking.mask({ name: '', mobile: null, guardian_id: 'x', income: '1', address: 'x' }), {
      name: '',
      mobile: null,
      guardian_id: null,
      income: true,
    });
  });

  test('an empty text under a pseudonym stays empty, and is let out where the field’s own schema has one', () => {
    const rule = { mask: 'pseudonym', domain: 'person' };
    const field = (words: object): Masking => {
      const place = { 'x-title': { zh: '码', en: 'code' }, 'x-sensitivity': 'L1', type: 'string', ...words };
      const schema = parseDatasetSchema({
        ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: 'urn:datong:free:1.0' },
        'x-title': { zh: '自由', en: 'Free' },
        'x-class': 'general',
        type: 'object',
        additionalProperties: false,
        required: ['code'],
        properties: { code: place },
      });
      return maskingOf({ code: rule }, schema);
    };
    const free = field({ maxLength: 9 });
    assert.deepEqual(free.mask({ code: '' }), { code: '' });
    assert.match(String(free.mask({ code: 'x' })['code']), /^p1\.[\w-]{22}$/);
    assert.ok(free.check(free.mask({ code: 'x' })));
    assert.equal(free.check({ code: 'x' }), false, 'a value without its pseudonym');
    const allowed = (words: object): boolean => field(words).check({ code: '' });
    assert.deepEqual(
      [
        {},
        { maxLength: 9, minLength: 0 },
        { maxLength: 9, pattern: '^[A-Z]*$' },
        { enum: ['', 'A'] },
        { type: ['string', 'null'] },
      ].map((words) => allowed({ maxLength: 9, ...words })),
      [true, true, true, true, true],
    );
    assert.deepEqual(
      [{ minLength: 1 }, { pattern: '^[A-Z]+$' }, { enum: ['A'] }, { format: 'uuid' }].map((words) =>
        allowed({ maxLength: 11, ...words }),
      ),
      [false, false, false, false],
    );
  });

  test('a mask that throws stops the exchange, and what it threw goes no further', () => {
    const entries = (): never => {
      throw new Error(`secret ${secretId}`);
    };
    const schema = household;
    const grants: FieldGrant[] = [
      { field: 'address', mask: useOf({ mask: 'address', by: 'region_code' }), floors: [] },
    ];
    const list = { id: 'gbt2260', version: '1', title: { zh: '', en: '' }, entries: [] };
    const masking = compileMasking(grants, schema, keys, 'education', {
      ...shippedSurroundings,
      codeLists: { ...shippedSurroundings.codeLists, list: () => list, entries },
    });
    assert.throws(
      () => masking.mask({ address: 'x', region_code: '110105' }),
      (error: unknown) =>
        error instanceof Problem &&
        error.code === 'masked_row_invalid' &&
        error.cause === undefined &&
        !error.message.includes(secretId),
    );
  });

  test('objects and arrays leave only by their own rules', () => {
    const schema = parseDatasetSchema({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'urn:datong:nested:1.0',
      'x-title': { zh: '嵌套', en: 'Nested' },
      'x-class': 'general',
      type: 'object',
      additionalProperties: false,
      properties: {
        tags: {
          'x-title': { zh: '标签', en: 'Tags' },
          type: 'array',
          maxItems: 5,
          items: { type: 'string', maxLength: 9, 'x-sensitivity': 'L1' },
          'x-sensitivity': 'L1',
        },
        home: {
          'x-title': { zh: '住处', en: 'Home' },
          type: 'object',
          additionalProperties: false,
          properties: {
            street: { type: 'string', maxLength: 9, 'x-sensitivity': 'L3' },
            city: { type: 'string', maxLength: 9, 'x-sensitivity': 'L1' },
          },
          'x-sensitivity': 'L3',
        },
      },
    });
    const masking = maskingOf(
      { 'tags[]': { mask: 'keep', head: 1, tail: 0 }, 'home.city': { mask: 'clear' } },
      schema,
    );
    assert.deepEqual(masking.mask({ tags: ['ab', 'c'], home: { street: 's', city: 'x', more: 1 } }), {
      tags: ['a*', '*'],
      home: { city: 'x' },
    });
    for (const wrong of [{ tags: 'ab' }, { tags: [['a']] }, { home: ['x'] }, { home: 'x' }]) {
      assert.throws(() => masking.mask(wrong), { code: 'mask_type_errors' });
    }
    assert.throws(() => maskingOf({ home: { mask: 'clear' } }, schema), { code: 'mask_unknown' });
    assert.throws(() => maskingOf({ 'home.zip': { mask: 'clear' } }, schema), { code: 'masked_row_invalid' });
  });
});

describe('texts that are not what they seem', () => {
  test('lengths and positions are code points: no half of a character ever leaves', () => {
    assert.equal(mask({ mask: 'personName' }, '𠮷野家'), '𠮷**');
    assert.equal(mask({ mask: 'keep', head: 1, tail: 1 }, '𠮷野𠮷'), '𠮷*𠮷');
    for (const rule of [
      { mask: 'personName' },
      { mask: 'keep', head: 2, tail: 2 },
      { mask: 'email' },
      { mask: 'idCard' },
      { mask: 'plate' },
    ]) {
      for (const value of ['𠮷𠮷𠮷', 'a𠮷', '\ud842', 'x\udfb7y']) {
        const out = mask(rule, value);
        assert.ok(
          typeof out === 'string' && (out.isWellFormed() || !value.isWellFormed()),
          `${rule.mask} ${value}`,
        );
      }
    }
  });

  test('a form that is not the expected one is stars throughout', () => {
    const full = fullWidth(secretId);
    for (const value of [
      full,
      `${secretId}\u200b`,
      ` ${secretId}`,
      secretId.replace('X', 'Ⅹ'),
      '1101051949123100２X',
    ]) {
      assert.match(String(mask({ mask: 'idCard', head: 6, tail: 4 }, value, 'address')), /^\*+$/);
    }
    for (const value of ['１３８００００１２３４', '138 0000 1234', '13800001234\u200d', '+8613800001234a']) {
      assert.match(String(mask({ mask: 'phone' }, value, 'address')), /^\*+$/);
    }
    assert.match(String(mask({ mask: 'bankCard' }, '6222 0000 0000 0000', 'address')), /^\*+$/);
    assert.match(String(mask({ mask: 'plate' }, '沪a12345', 'address')), /^\*+$/);
  });

  test('spellings of one value have one pseudonym; masks never change what they show', () => {
    const name = (value: string, field = 'name'): unknown =>
      mask({ mask: 'pseudonym', domain: 'person' }, value, field);
    const groups = [
      [secretId, secretId.toLowerCase(), fullWidth(secretId), `${secretId}\u200b`, ` ${secretId} `],
      ['买买提·艾则孜', '买买提•艾则孜', '买买提・艾则孜', '买买提．艾则孜', '买买提·艾则孜\ufe0f'],
      ['é', 'e\u0301'],
    ];
    for (const [first, ...others] of groups)
      for (const other of others) assert.equal(name(other), name(first ?? ''), other);
    assert.notEqual(name('张三'), name('张叁'));
    assert.equal(mask({ mask: 'personName' }, 'e\u0301a'), 'e**');
  });

  test('free text: no patterns by authors, a cap on length, full-width digits and joints seen through', () => {
    assert.ok(!('use' in readMaskRule({ mask: 'redactText', patterns: ['(\\d+)+$'] })));
    const redacted = (value: string): unknown =>
      mask({ mask: 'redactText', patterns: ['phone', 'id', 'card', 'email', 'plate'] }, value, 'address');
    assert.equal(redacted('电话13800001234，证件11010519491231002X。'), '电话***，证件***。');
    assert.equal(redacted('１３８-００００-１２３４ / 138 0000 1234 / 1\u200b3800001234'), '*** / *** / ***');
    assert.equal(redacted('寄 zhang.san@example.com 或 沪A·12345'), '寄 *** 或 ***');
    assert.equal(redacted('3号楼2单元，1990年'), '3号楼2单元，1990年');
    assert.equal(redacted('a'.repeat(10_001)), '***');
    assert.equal(
      redacted(`${'a1'.repeat(4999)}@`),
      `${'a1'.repeat(4999)}@`,
      'a long run without a host is looked over once',
    );
  });

  test('addresses by dictionary: house numbers never survive', () => {
    const address = (value: string): unknown => mask({ mask: 'address', level: 'county' }, value, 'address');
    assert.equal(address('浙江省杭州市西湖区文三路100号'), '浙江省杭州市西湖区***');
    for (const value of ['世纪大道100号阳光小区3号楼', '某某开发区7号', '西湖区x', '']) {
      assert.ok(!/\d/.test(String(address(value))), value);
    }
    assert.equal(address('东莞市南城街道莞太路1号开发区'), '东莞市***');
  });
});

describe('pseudonyms', () => {
  const person = { mask: 'pseudonym', domain: 'person' };
  test('the value is HMAC under a key of consumer, domain and epoch, by either algorithm', () => {
    for (const algorithm of ['sha256', 'sm3']) {
      const expected = createHmac(algorithm, keys.pseudonym('education', 'person', 3))
        .update(secretId)
        .digest('base64url');
      assert.equal(
        mask({ ...person, epoch: 3, algorithm }, secretId, 'person_id'),
        `p3.${expected.slice(0, 22)}`,
      );
    }
    const long = '长'.repeat(50);
    const expected = createHmac('sha256', keys.pseudonym('education', 'person', 1))
      .update(long)
      .digest('base64url');
    assert.equal(mask(person, long), `p1.${expected.slice(0, 22)}`, 'long texts too');
  });

  test('unlinkable across consumers, domains and epochs', () => {
    const names = [
      mask(person, secretId, 'person_id'),
      mask(person, secretId, 'person_id', 'transport'),
      mask({ ...person, domain: 'household' }, secretId, 'person_id'),
      mask({ ...person, epoch: 2 }, secretId, 'person_id'),
    ];
    assert.equal(new Set(names).size, 4);
  });

  test('rotation: only the newest epoch is issued, the one before is accepted for the overlap', () => {
    const schedule = [
      { epoch: 2, from: now },
      { epoch: 1, from: 0 },
    ];
    assert.deepEqual(
      [now - 1, now].map((at) => issuedEpoch(schedule, at)),
      [1, 2],
    );
    const grants: FieldGrant[] = [{ field: 'person_id', mask: useOf(person), floors: [] }];
    const masking = compileMasking(
      grants,
      household,
      pseudonymKeys(new Uint8Array(32), schedule),
      'education',
      shippedSurroundings,
    );
    const at = (time: number): string | undefined => {
      const row = masking.mask({ person_id: secretId }, masking.begin(time));
      assert.ok(masking.check(row));
      return /^(p\d+)\.[\w-]{22}$/.exec(String(row['person_id']))?.[1];
    };
    assert.deepEqual([at(now - 1), at(now)], ['p1', 'p2']);
  });

  test('a master too short to be a key is refused', () => {
    assert.throws(() => pseudonymKeys(new Uint8Array(16)), RangeError);
  });
});
