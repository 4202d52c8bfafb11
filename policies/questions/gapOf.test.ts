import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agreement, set } from '../fixtures/smallSets.ts';
import { compilePlans } from '../plans.ts';
import { gapOf, gapSentence } from './gapOf.ts';

const day = (text: string): string => `${text}T00:00:00+08:00`;
const written = (version: number, from: string, until: string) => {
  const text = agreement({ version }).replace(
    /^valid: .*$/m,
    `valid: { from: '${day(from)}', until: '${day(until)}' }`,
  );
  const { documents, context } = set(text);
  const [document] = documents;
  assert.ok(document);
  return { document, plans: compilePlans(documents, context) };
};
const { plans } = written(1, '2026-03-01', '2027-03-01');
const gap = (from: string, until: string, now: string) =>
  gapOf(plans, written(2, from, until).document, Date.parse(day(now)));

test('a gap is what was answered and is no more', () => {
  assert.deepEqual(gap('2026-12-01', '2027-12-01', '2026-11-01'), { version: 1, until: day('2026-12-01') });
  assert.equal(gap('2026-12-01', '2027-12-01', '2026-12-01'), undefined, 'it begins');
  assert.equal(gap('2027-06-01', '2028-03-01', '2027-03-01'), undefined, 'the one in force is over anyhow');
  assert.equal(gap('2026-02-01', '2027-12-01', '2026-01-01'), undefined, 'it begins before the other would');
  assert.deepEqual(gap('2026-04-01', '2027-12-01', '2026-01-01'), { version: 1, until: day('2026-04-01') });
  assert.deepEqual(gap('2026-04-01', '2026-10-01', '2026-11-01'), { version: 1 }, 'its own term is over');
});

test('of a version that is suspended it says so, for nothing breaks off', () => {
  const { documents, context } = set(agreement());
  const stopped = compilePlans(documents, { ...context, suspended: ['agr-a'] });
  const { document } = written(2, '2026-12-01', '2027-12-01');
  const found = gapOf(stopped, document, Date.parse(day('2026-11-01')));
  assert.deepEqual(found, { version: 1, until: day('2026-12-01'), stopped: true });
  const { zh, en } = gapSentence(found);
  assert.match(`${zh}\n${en}`, /已暂停的第 1 版.*\nversion 1, which is suspended, .*resumed or not$/);
});

test('a document of another number leaves none', () => {
  const { documents } = set(agreement({ id: 'agr-b' }));
  const [other] = documents;
  assert.ok(other);
  assert.equal(gapOf(plans, other, Date.parse(day('2026-11-01'))), undefined);
});
