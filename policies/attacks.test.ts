/**
 * What someone tries against the policy engine, and the answer each attempt must get. Rows of the attack table that need a hub (rates,
 * nonces, the log, approvals) are tested where the hub is.
 */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { registryFile } from './cases/sampleContext.ts';
import { decide } from './decide.ts';
import type { Decision, DecisionRequest, FieldGrant, FilterTerm, MaskUse } from './decision.ts';
import { parseAgreement, parsePolicyDocument } from './documents/parseDocument.ts';
import { compileMasking, type Masking } from './masks/compileMasking.ts';
import { acceptedEpochs, epochOf, issuedEpoch } from './masks/pseudonymEpochs.ts';
import { pseudonymKeys } from './masks/pseudonymKey.ts';
import { readMaskRule } from './masks/readMaskRule.ts';
import { compilePlans, type Plans } from './plans.ts';
import { readPolicySet } from './policySet.ts';
import { explain } from './explain.ts';
import { parseDatasetSchema } from '../schemas/parse.ts';
import { sharedSchema } from '../schemas/sharedSchemas.ts';
import { Problem } from '../terms/problem.ts';

const now = Date.parse('2026-06-01T09:00:00+08:00');
const household = sharedSchema('household@1');
const keys = pseudonymKeys(new Uint8Array(32).fill(1));
const secretId = '11010519491231002X';
const fullWidth = (ascii: string): string =>
  Array.from(ascii, (sign) => String.fromCodePoint(sign.charCodeAt(0) + 0xfee0)).join('');

const text = (grant: string): string => `kind: Agreement
id: agr-a
version: 1
provider: pub-security
consumer: education
purposes: [school-enrolment]
basis: { type: statutory, reference: 义务教育法 }
valid: { from: '2026-01-01T00:00:00+08:00', until: '2027-01-01T00:00:00+08:00' }
grants:
  - dataset: pub-security.household
    schema: household@1
${grant}`;
function plansOf(grant: string): Plans {
  const { documents, context, findings } = readPolicySet([
    registryFile,
    { name: 'a.yaml', text: text(grant) },
  ]);
  assert.deepEqual(findings, []);
  return compilePlans(documents, context);
}
const masked = plansOf(`    lookupBy: [person_id]
    filterBy: [region_code]
    fields:
      person_id: { mask: idCard }
      name: { mask: personName }
      mobile: { mask: phone }
      birth_date: { mask: dateTrunc, to: year }
      income: { mask: floorTo, step: 1000 }
      region_code: { mask: clear }
`);
const request: DecisionRequest = {
  consumer: 'education',
  dataset: 'pub-security.household',
  agreement: 'agr-a',
  purpose: 'school-enrolment',
  onBehalfOf: undefined,
  matter: undefined,
  fields: undefined,
  filter: [],
  sort: [],
  limit: undefined,
};
const ask = (changes: Partial<DecisionRequest>, plans = masked): Decision =>
  decide({ ...request, ...changes }, plans, now);
const codeOf = (decision: Decision): string => (decision.effect === 'deny' ? decision.code : 'allow');

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
  return compileMasking(grants, schema, keys, consumer);
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

describe('questions instead of answers', () => {
  test('a masked field is no question: no operator, no order, no prefix', () => {
    const terms: FilterTerm[] = ['person_id', 'name', 'mobile', 'birth_date', 'income'].flatMap((field) => [
      { field, op: 'in', value: ['1'] },
      { field, op: 'range', value: { gte: '1', lt: '2' } },
      ...(field === 'person_id' ? [] : [{ field, op: 'eq' as const, value: '1' }]),
    ]);
    for (const term of terms)
      assert.equal(codeOf(ask({ filter: [term] })), 'filter_on_masked_field', term.field);
    for (const field of ['name', '-mobile', 'income']) {
      assert.equal(codeOf(ask({ sort: [field] })), 'filter_on_masked_field');
    }
  });

  test('finding four hidden digits by halving takes fourteen questions; none of them is answered', () => {
    const answered = Array.from({ length: 14 }, (_, question) => {
      const filter: FilterTerm[] = [
        { field: 'mobile', op: 'range', value: { gte: `1380000${Math.floor(10_000 / 2 ** question)}` } },
      ];
      return ask({ filter });
    }).filter(({ effect }) => effect === 'allow');
    assert.deepEqual(answered, []);
  });

  test('looking up by a full value needs lookupBy, and one value at a time', () => {
    const lookup = (field: string): FilterTerm => ({ field, op: 'eq', value: secretId });
    assert.equal(codeOf(ask({ filter: [lookup('person_id')] })), 'allow');
    assert.equal(codeOf(ask({ filter: [lookup('guardian_id')] })), 'filter_not_granted');
    assert.equal(codeOf(ask({ filter: [lookup('person_id'), lookup('person_id')] })), 'lookup_ambiguous');
    assert.equal(
      codeOf(ask({ filter: [{ field: 'person_id', op: 'eq', value: '' }] })),
      'filter_value_invalid',
    );
  });

  test('a purpose is a code of the agreement: no free text, no parent, no child, no other spelling', () => {
    for (const purpose of ['招生', 'School-Enrolment', 'school-enrolment ', '__proto__', 'constructor']) {
      assert.equal(codeOf(ask({ purpose })), 'purpose_unknown');
    }
    for (const purpose of ['public-service', 'school-meals'])
      assert.equal(codeOf(ask({ purpose })), 'purpose_not_agreed');
  });

  test('denials say the same whether a thing exists for others or not at all', () => {
    const other = ask({ consumer: 'transport', agreement: 'agr-a' });
    const nothing = ask({ consumer: 'transport', agreement: 'agr-none' });
    assert.deepEqual(other, nothing);
  });

  test('names that objects inherit are fields that do not exist', () => {
    for (const name of [
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'Name',
      'name ',
      'name\u0000',
      '',
    ]) {
      assert.equal(codeOf(ask({ fields: [name] })), 'unknown_field', name);
      assert.equal(codeOf(ask({ filter: [{ field: name, op: 'eq', value: 'x' }] })), 'unknown_field');
      assert.equal(codeOf(ask({ sort: [name] })), 'unknown_field');
    }
    for (const hostile of ['__proto__', 'constructor']) {
      assert.equal(codeOf(ask({ agreement: hostile })), 'agreement_unknown');
      assert.equal(codeOf(ask({ consumer: hostile })), 'no_agreement');
      assert.equal(codeOf(ask({ dataset: hostile })), 'dataset_unknown');
    }
  });

  test('a value where a name belongs is not repeated', () => {
    const decision = ask({ fields: [secretId] });
    assert.ok(!JSON.stringify(decision).includes(secretId));
    const explained = explain(
      { ...request, filter: [{ field: 'name', op: 'eq', value: '欧阳娜' }] },
      masked,
      now,
      'auditor',
    );
    assert.ok(!JSON.stringify(explained).includes('欧阳娜'));
  });

  test('filter values have the type of their field, and are storable text', () => {
    const plans = plansOf(`    filterBy: [birth_date, name]
    fields: { birth_date: { mask: clear }, name: { mask: clear } }
`);
    const bad: FilterTerm[] = [
      { field: 'name', op: 'eq', value: 1 },
      { field: 'name', op: 'eq', value: null },
      { field: 'name', op: 'eq', value: '\ud800' },
      { field: 'name', op: 'eq', value: 'a\u0000b' },
      { field: 'name', op: 'in', value: [] },
      { field: 'name', op: 'in', value: Array.from({ length: 1001 }, String) },
      { field: 'name', op: 'range', value: {} },
      { field: 'name', op: 'range', value: { gte: 'a', gt: 'b' } },
      { field: 'name', op: 'range', value: JSON.parse('{"__proto__": {"gte": "a"}}') },
      { field: 'name', op: 'like' as 'eq', value: '欧%' },
      { field: 'birth_date', op: 'eq', value: '2019-02-30' },
      { field: 'birth_date', op: 'eq', value: '２０１９-01-01' },
    ];
    for (const term of bad)
      assert.equal(codeOf(ask({ filter: [term] }, plans)), 'filter_value_invalid', JSON.stringify(term));
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
      dictionary: { list: () => list, entries },
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
    assert.throws(
      () =>
        parsePolicyDocument(
          text("    fields: { address: { mask: redactText, patterns: ['(\\\\d+)+$'] } }\n"),
        ),
      { code: 'policy_invalid' },
    );
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
    const day = 86_400_000;
    const schedule = [
      { epoch: 2, from: now },
      { epoch: 1, from: 0 },
    ];
    assert.deepEqual(
      [now - 1, now].map((at) => issuedEpoch(schedule, at)),
      [1, 2],
    );
    assert.deepEqual(acceptedEpochs(schedule, now + day - 1, day), [2, 1]);
    assert.deepEqual(acceptedEpochs(schedule, now + day, day), [2]);
    assert.deepEqual(acceptedEpochs([], now, day), [1]);
    const grants: FieldGrant[] = [{ field: 'person_id', mask: useOf(person), floors: [] }];
    const masking = compileMasking(
      grants,
      household,
      pseudonymKeys(new Uint8Array(32), schedule),
      'education',
    );
    const at = (time: number): number | undefined => {
      const row = masking.mask({ person_id: secretId }, masking.begin(time));
      assert.ok(masking.check(row));
      return epochOf(String(row['person_id']));
    };
    assert.deepEqual([at(now - 1), at(now)], [1, 2]);
    assert.equal(epochOf('p0.x'), undefined);
  });

  test('a master too short to be a key is refused', () => {
    assert.throws(() => pseudonymKeys(new Uint8Array(16)), RangeError);
  });
});

describe('clocks and versions', () => {
  test('times carry an offset and are real; half-open', () => {
    const valid = (from: string, until: string): string =>
      text('    fields: { name: { mask: clear } }\n').replace(
        /valid: .*/,
        `valid: { from: '${from}', until: '${until}' }`,
      );
    for (const time of [
      '2026-01-01',
      '2026-01-01T00:00:00',
      '2026-02-30T00:00:00+08:00',
      '2026-01-01T25:00:00Z',
      '2026-01-01T00:00:00+24:00',
      'now',
    ]) {
      assert.throws(
        () => parseAgreement(valid(time, '2027-01-01T00:00:00+08:00')),
        { code: 'policy_invalid' },
        time,
      );
    }
    assert.throws(() => parseAgreement(valid('2027-01-01T00:00:00+08:00', '2027-01-01T00:00:00+08:00')), {
      code: 'policy_invalid',
    });
    const dst = parseAgreement(valid('2026-03-29T02:30:00+01:00', '2026-03-29T02:30:00.001+01:00'));
    assert.equal(dst.valid.from, '2026-03-29T02:30:00+01:00');
  });

  test('every decision carries the digest of its set; order and spelling of the text do not change it', () => {
    const grant = '    fields: { name: { mask: clear }, sex: { mask: clear } }\n';
    const same = '    fields:\n      sex: { mask: "clear" } # 性别\n      name: { mask: clear }\n';
    assert.equal(plansOf(grant).digest, plansOf(same).digest);
    assert.notEqual(plansOf(grant).digest, masked.digest);
    assert.equal(ask({}).policy, masked.digest);
    assert.equal(ask({ purpose: 'x' }).policy, masked.digest);
  });

  test('two versions of one document are never in force together', () => {
    const { documents, context } = readPolicySet([
      registryFile,
      { name: 'a.yaml', text: text('    fields: { name: { mask: clear } }\n') },
    ]);
    assert.throws(() => compilePlans([...documents, ...documents], context), {
      code: 'policy_does_not_compile',
    });
  });

  test('documents with a lone surrogate, a prototype or endless nesting are refused', () => {
    const good = JSON.parse(
      parseAgreement(text('    fields: { name: { mask: clear } }\n')).canonical,
    ) as Record<string, unknown>;
    const nested: unknown = JSON.parse(`${'['.repeat(50)}${']'.repeat(50)}`);
    const bad: unknown[] = [
      { ...good, title: { zh: '\ud800', en: 'x' } },
      { ...good, version: 1.5 },
      { ...good, version: '1' },
      JSON.parse('{"kind": "Agreement", "__proto__": {"id": "x"}}'),
      { ...good, grants: nested },
      ...[null, 'kind: Agreement', [], 7, '', '- a', '{"kind": "Agreement", "kind": "Restriction"}'],
    ];
    for (const value of bad)
      assert.throws(() => parsePolicyDocument(value), { code: 'policy_invalid' }, JSON.stringify(value));
  });
});
