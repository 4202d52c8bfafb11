import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inboxPage, inboxPlace, type Sections } from './inboxPage.ts';
import { reminderKeyMembers, type ReminderSection } from './reminder.ts';

const none = Object.fromEntries(
  Object.keys(reminderKeyMembers).map((section) => [section, []]),
) as unknown as Sections;
const all: Sections = {
  ...none,
  requests: [
    { id: 'req-000000002', due: '2026-11-24' },
    { id: 'req-000000001', due: '2026-11-23' },
  ],
  expiring: [{ agreement: 'a@1', due: '2026-11-24' }],
  codes: [{ code: 'z', due: '2026-11-22' }],
  batches: [{ batch: 'b', due: '2026-12-01' }, { batch: 'a' }],
  persons: [{ person: '某' }, { person: 'p2' }],
};
const keys = (sections: Sections): string[] =>
  Object.values(sections)
    .flat()
    .map((one) => String(Object.values(one)[0]))
    .sort();

test('pages follow each other by their deadlines; what has none comes last, and each thing comes once', () => {
  const pages: string[][] = [];
  let after: string | undefined;
  do {
    const page = inboxPage(all, { after, maxItems: 3 });
    pages.push(keys(page.sections));
    assert.deepEqual(Object.keys(page.sections), Object.keys(all), 'every section is there');
    if (page.next !== undefined) assert.match(page.next, inboxPlace);
    after = page.next;
  } while (after !== undefined);
  assert.deepEqual(pages, [
    ['a@1', 'req-000000001', 'z'],
    ['a', 'b', 'req-000000002'],
    ['p2', '某'],
  ]);
});

test('what came or went between two pages moves nothing else', () => {
  const { next: after } = inboxPage(all, { after: undefined, maxItems: 3 });
  const later: Sections = { ...all, codes: [], risks: [{ id: 'r', due: '2026-11-01' }] };
  assert.deepEqual(keys(inboxPage(later, { after, maxItems: 3 }).sections), ['a', 'b', 'req-000000002']);
});

test('one kind alone', () => {
  const { sections, next } = inboxPage(all, { after: undefined, kind: 'batches', maxItems: 1 });
  assert.deepEqual(keys(sections), ['b']);
  assert.deepEqual(keys(inboxPage(all, { after: next, kind: 'batches', maxItems: 1 }).sections), ['a']);
});

test('a thing whose names are long, or of another script, has a place that an address holds', () => {
  const long = { clock: 'cycle', name: 'x'.repeat(100), dataset: '某'.repeat(100), proposal: null };
  const { next } = inboxPage(
    { ...none, catalogue: [long, { ...long, name: 'y' }] },
    { after: undefined, maxItems: 1 },
  );
  assert.match(next ?? '', inboxPlace);
  assert.ok(Buffer.from(next ?? '').toString('base64url').length <= 400);
  const section: ReminderSection = 'catalogue';
  assert.match(next ?? '', new RegExp(`^9999-12-31~${section}~`));
});
