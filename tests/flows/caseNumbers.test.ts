/** Case numbers and officials over the wire: what travels, what is refused, and that a refused text is stored nowhere. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signNow } from '../../machine/signNow.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { verifyExchange } from '../../log/receipt/verifyExchange.ts';
import { rawCall } from '../hub.ts';
import { lastLeaf } from './leaves.ts';
import { leafTexts } from '../leafTexts.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
const file = householdFile(1500, 7);
await city.publicSecurity.client.sendFile('pub-security.household', file.bytes, { mapping: 'household' });
const child = file.good.find(({ region }) => region === '990101');
assert.ok(child);
const dataset = 'pub-security.household';
const query = { filter: [{ field: 'person_id', op: 'eq' as const, value: child.id }] };
const chinese = '京教〔2026〕1号';
const headers = {
  'datong-purpose': 'school-enrolment',
  'datong-agreement': 'agr-school-enrolment',
  'datong-on-behalf-of': 'official-17',
  'datong-matter': 'YX-2026-000123',
};

/** A query of 教育局 with headers exactly as they are given. */
function send(
  changed: Partial<Record<keyof typeof headers, string>>,
  path = `/v1/datasets/${dataset}/query`,
  json: unknown = query,
): Promise<{ readonly status: number; readonly code: unknown }> {
  const body = Buffer.from(JSON.stringify(json));
  const signed = signNow({
    method: 'POST',
    targetUri: `${hub.hub.origins.exchange}${path}`,
    headers: { 'content-type': 'application/json', ...headers, ...changed },
    body,
    key: city.education.signing,
  });
  return rawCall(hub.hub.origins.exchange, hub.ca, city.education.tls, path, signed, body);
}

test('a Chinese case number is sent encoded, decided, logged and proven as it is written', async () => {
  const context = {
    purpose: 'school-enrolment',
    agreement: 'agr-school-enrolment',
    onBehalfOf: 'office:17/a',
    matter: chinese,
  };
  const { kept: stored } = await city.education.client.query(dataset, query, context);
  const leaf = await lastLeaf(database);
  assert.equal(leaf.decision, 'allow');
  assert.equal(leaf.matter, chinese);
  assert.equal(leaf.matterCode, 'enrol-primary');
  assert.equal(leaf.onBehalfOf, 'office:17/a');
  const anchors = await city.education.client.anchors();
  const check = verifyExchange(stored.receipt ?? '', {
    anchors,
    request: stored.request,
    reply: stored.reply,
  });
  assert.deepEqual(check.findings, []);
});

test('which signs are encoded, and in which case, is the same text', async () => {
  for (const [sent, text] of [
    ['YX-2026-000123', 'YX-2026-000123'],
    ['%59X%2d2026%2D000123', 'YX-2026-000123'],
    ['%e4%ba%ac%E6%95%99%E3%80%942026%E3%80%951%E5%8F%B7', chinese],
  ] as const) {
    assert.equal((await send({ 'datong-matter': sent })).status, 200, sent);
    assert.equal((await lastLeaf(database)).matter, text);
  }
});

const malformed: readonly (readonly [what: string, sent: string])[] = [
  ['encoded twice', encodeURIComponent(encodeURIComponent(chinese))],
  ['a percent sign alone', 'YX-2026-00012%'],
  ['no hex behind the percent sign', 'YX-2026-00012%G1'],
  ['bytes that are no UTF-8', 'YX-%E4%BA'],
  ['an overlong form of a slash', 'YX%C0%AF2026'],
  ['half a surrogate pair', 'YX-%ED%A0%80'],
  ['not NFC', encodeURIComponent('e\u0301-2026')],
  ['a compatibility ideograph', encodeURIComponent('\uf900-2026')],
  ['a NUL', 'YX%00'],
  ['a line break', 'YX%0D%0Adatong-purpose:x'],
  ['a bidi override', encodeURIComponent('YX\u202e2026')],
  ['a zero-width space', encodeURIComponent('YX\u200b2026')],
  ['a byte-order mark', encodeURIComponent('\ufeffYX')],
  ['full-width digits', encodeURIComponent('YX-２０２６-000123')],
  ['a space', 'YX 2026'],
  ['a plus', 'YX+2026'],
  ['101 characters', 'Y'.repeat(101)],
  ['101 encoded characters', '%59'.repeat(101)],
];
for (const [what, sent] of malformed)
  test(`a case number is refused and not stored: ${what}`, async () => {
    assert.deepEqual(await send({ 'datong-matter': sent }), { status: 400, code: 'header_text_malformed' });
    const leaf = await lastLeaf(database);
    assert.deepEqual([leaf.decision, leaf.code, leaf.matter], ['deny', 'header_text_malformed', undefined]);
    assert.deepEqual([leaf.actor.department, leaf.onBehalfOf], ['education', 'official-17']);
  });

test('an official is named by ASCII signs, never by a name', async () => {
  const { code } = await send({ 'datong-on-behalf-of': encodeURIComponent('王伟') });
  assert.equal(code, 'header_text_malformed');
  assert.equal((await lastLeaf(database)).onBehalfOf, undefined);
});

const numbers: readonly (readonly [what: string, sent: string])[] = [
  ['of 18 digits', '990101201805060011'],
  ['with its X', '11010519491231002X'],
  ['with a small x', '11010519491231002x'],
  ['of 15 digits', '110105491231002'],
  ['behind a prefix', 'YX-990101201805060011'],
  ['encoded', '%39%39%30%31%30%31%32%30%31%38%30%35%30%36%30%30%31%31'],
  ['in full-width digits', encodeURIComponent('９９０１０１２０１８０５０６００１１')],
  ['within an agreed form', encodeURIComponent('京教〔990101201805060011〕1号')],
];
for (const [what, sent] of numbers)
  for (const name of ['datong-matter', 'datong-on-behalf-of'] as const)
    test(`an identity number ${what} as ${name} is refused and enters no entry`, async () => {
      const answer = await send({ [name]: sent });
      assert.deepEqual(answer, { status: 400, code: 'header_identity_number' });
      const leaf = await lastLeaf(database);
      assert.deepEqual([leaf.decision, leaf.code], ['deny', 'header_identity_number']);
      assert.equal(name === 'datong-matter' ? leaf.matter : leaf.onBehalfOf, undefined);
      assert.equal(leaf.onBehalfOf, name === 'datong-matter' ? 'official-17' : undefined);
    });

test('a case number that no agreement has judged enters no entry', async () => {
  const caseNumber = 'zhang-san-of-dongxi';
  const headers = { 'datong-matter': caseNumber };
  const explained = await send(headers, `/v1/datasets/${dataset}/explain`, query);
  assert.equal(explained.status, 200);
  assert.equal((await lastLeaf(database)).matter, undefined, 'explain');
  for (const [purpose, expected] of [
    ['statistics', 'purpose_not_agreed'],
    ['nothing-known', 'purpose_unknown'],
  ] as const) {
    const { code } = await send({ ...headers, 'datong-purpose': purpose });
    assert.equal(code, expected);
  }
  await send(headers, '/v1/datasets/pub-security.nothing/query', query);
  assert.ok(!(await leafTexts(database)).some((text) => text.includes('zhang-san-of-dongxi')));
});

test('every refused header is left out, whichever the answer names, and whatever else refuses the call', async () => {
  const number = '990101201805060011';
  const all = {
    'datong-matter': number,
    'datong-on-behalf-of': number,
    'datong-agreement': number,
    'datong-purpose': number,
  };
  const paths = [
    [`/v1/datasets/${dataset}/query`, query],
    [`/v1/datasets/${dataset}/explain`, query],
    // needs none of these headers
    ['/v1/certificates/renewals', {}],
    [`/v1/datasets/${dataset}/batches`, {}],
    // not of the shape that is asked for
    [`/v1/datasets/${dataset}/query`, { nothing: 1 }],
  ] as const;
  for (const [path, body] of paths) {
    await send(all, path, body);
    assert.ok(!JSON.stringify(await lastLeaf(database)).includes(number), path);
  }
  assert.ok(!(await leafTexts(database)).some((text) => text.includes('990101201805060011')));
});

test('a code that is none is refused by operations that do not ask for it, too', async () => {
  const { code } = await send({ 'datong-purpose': 'Zhang San' }, `/v1/datasets/${dataset}/batches`, {});
  assert.equal(code, 'invalid_request');
  assert.equal((await lastLeaf(database)).purpose, undefined);
});
