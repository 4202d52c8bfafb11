import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePlan } from '../events/planDraft.ts';
import { mappingsIn } from '../registry/mappingsIn.ts';
import type { Spoken } from '../words/words.ts';
import { readJson } from './readJson.ts';

const say: Spoken['say'] = (word, facts) => `${word} ${JSON.stringify(facts)}`;

test('a number whose digits would be lost is named, and is not sent as another one', () => {
  const read = (text: string) => readJson(text, say, 'scNotJson');
  assert.deepEqual(read('{"maximum": 1e21, "a": "12345678901234567890"}'), {
    value: { maximum: 1e21, a: '12345678901234567890' },
  });
  assert.deepEqual(read('{"maximum": 12345678901234567890}'), {
    fault: 'numberRounded {"number":"12345678901234567890","rounded":"12345678901234567000"}',
  });
  const { fault } = read('{') as { fault: string };
  assert.match(fault, /^scNotJson \{"what":".+"\}$/);
});

test('mappings and response plans with such a number are not used', () => {
  const mapping = (number: string): string => `[{"limits": {"maxBad": ${number}}}]`;
  assert.ok('documents' in mappingsIn(mapping('2'), say));
  assert.deepEqual(mappingsIn(mapping('0.12345678901234567'), say), {
    fault: 'numberRounded {"number":"0.12345678901234567","rounded":"0.12345678901234566"}',
  });
  const plan = (number: string): string =>
    `{"id":"a.b","type":"c.d","title":{"zh":"甲","en":"a"},"maxHours":${number},"steps":[]}`;
  assert.equal(parsePlan(plan('72'))?.maxHours, 72);
  assert.equal(parsePlan(plan('72.00000000000000001')), undefined);
});
