import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { exitCode } from '../../verb.ts';
import { showMakeUpDays } from './requestDeadlines.ts';

test('the demo names the Saturdays that the calendar makes up, and ends where it makes up none', () => {
  const reported: string[] = [];
  const narrator = {
    detail: (text: string | Bilingual): void => {
      reported.push(typeof text === 'string' ? text : text.en);
    },
  };
  showMakeUpDays(10, narrator);
  assert.match(
    reported.join(),
    /answered by 2026-03-03;.* Saturdays 02-14 and 02-28 do \(without them: 2026-03-05\)/,
  );
  const one = { ...chinaWorkingCalendar, on: new Set(['2026-02-28']) };
  showMakeUpDays(10, narrator, one);
  assert.match(reported[1] ?? '', /answered by 2026-03-04;.* Saturdays 02-28 do/);
  const none = { ...chinaWorkingCalendar, on: new Set<string>() };
  assert.throws(() => showMakeUpDays(10, narrator, none), { exit: exitCode.verification });
  assert.equal(reported.length, 2);
});
