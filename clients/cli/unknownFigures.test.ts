/** What the hub does not know is written in words of both languages, never as a zero or a sign. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agreementUnread } from '../../terms/duty.ts';
import type { Duty } from '../sdk/duties.ts';
import type { Touched } from '../sdk/types.ts';
import { dutyLine } from './duty/duties.ts';
import { impactLines, type SchemaImpact } from './schema/impact.ts';
import { touchedLines } from './touchedLines.ts';
import { currentLanguage, setLanguage } from './verb.ts';
import { defined } from '../../terms/defined.ts';

const consumer = { department: 'education', name: { zh: '教育局', en: 'Education' }, contacts: ['Ann'] };
const touches: Touched = { datasets: [], mappings: [], agreements: [], consumers: [consumer] };

for (const [language, unknown, none] of [
  ['zh', '调用次数暂不可知，检索索引正在重建', '30 天内调用 0 次'],
  ['en', 'calls not known: the search index is being made anew', '0 calls in 30 days'],
] as const)
  test(`uncounted calls are not shown as none: ${language}`, (context) => {
    const before = currentLanguage();
    setLanguage(language);
    context.after(() => {
      setLanguage(before);
    });
    const lines = (calls: number | undefined, lastCall?: string): string => {
      const one = {
        ...consumer,
        ...defined({ calls, lastCall }),
      };
      const reached = { ...touches, consumers: [one] };
      const [line = ''] = touchedLines(reached, (text) => text[language]);
      const impact = {
        schema: 'urn:datong:x:1.1',
        state: 'inReview',
        compatibility: 'BACKWARD',
        digest: 'd',
        needsOfficer: false,
        changes: [],
        touches: reached,
      } as unknown as SchemaImpact;
      assert.ok(impactLines(impact).includes(line), 'the same where a version is looked at');
      return line;
    };
    assert.ok(lines(undefined).includes(unknown), lines(undefined));
    assert.doesNotMatch(lines(undefined), /\d/);
    assert.ok(lines(0).includes(none));
    assert.ok(!lines(0).includes(unknown));
    assert.match(lines(3, '2026-10-01T00:00:00.000Z'), /3 .*2026-10-01T00:00:00.000Z/);
  });

for (const [language, word] of [
  ['zh', '协议不明'],
  ['en', 'agreement unknown'],
] as const)
  test(`a duty whose agreement its entry does not tell any more says so: ${language}`, (context) => {
    const before = currentLanguage();
    setLanguage(language);
    context.after(() => {
      setLanguage(before);
    });
    const duty: Duty = {
      id: 'd-1',
      consumer: 'education',
      provider: 'pub-security',
      dataset: 'pub-security.household',
      agreement: agreementUnread,
      purpose: 'school-meals',
      receivedFrom: '2026-10-01',
      receivedUntil: '2026-10-01',
      due: '2026-10-16',
      exchanges: 1,
      obligation: 'delete-withdrawn',
      state: 'due',
      states: 'deleted',
      consent: 'meals-1',
    };
    assert.equal(dutyLine(duty)[6], word);
    assert.equal(dutyLine({ ...duty, agreement: 'agr-1' })[6], 'agr-1');
  });
