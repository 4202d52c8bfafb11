/** Until when each thing of an inbox is to be done: every section, exact days, and what a city changes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chinaWorkingCalendar } from '../../terms/calendar/chinaWorkingCalendar.ts';
import { dueBy, describedDue } from './inboxClock.ts';
import { usualWaitingDays, type WaitingClock } from './requests/requestLife.ts';
import { nonEmpty } from '../../tests/nonEmpty.ts';
import { reminderKeyMembers, itemIdentity, type ReminderSection } from './reminder.ts';
import { decree809, type ProcedureClock } from './requests/procedure.ts';

const sections = Object.keys(reminderKeyMembers) as ReminderSection[];
const cityClocks = Object.keys(usualWaitingDays) as WaitingClock[];
const noon = (day: string): number => Date.parse(`${day}T12:00:00+08:00`);
const at = (day: string, clock?: ProcedureClock): Parameters<typeof describedDue>[2] => ({
  now: noon(day),
  clock,
  calendar: chinaWorkingCalendar,
});
/** A Thursday: the Mid-Autumn Festival follows, then three days of work, then the National Day week and its make-up Saturday, 10 October. */
const since = '2026-09-24T15:59:59.000Z';

/** A thing of each section, as the section itself says it, and its day where no city says anything. */
const items: Readonly<Record<ReminderSection, readonly [thing: object, due: string | undefined]>> = {
  requests: [{ id: 'r', since }, '2026-10-15'],
  documents: [{ id: 'd', version: 1, since }, '2026-10-15'],
  proposals: [{ proposal: 'p', operation: 'registerPurpose', since }, '2026-10-09'],
  schemas: [{ urn: 'urn:datong:a:1.1', since }, '2026-10-15'],
  changeovers: [{ dataset: 'a.b', since }, '2026-10-15'],
  retirements: [{ dataset: 'a.b', due: '2026-10-01' }, '2026-10-01'],
  persons: [{ person: 'p', since }, '2026-10-09'],
  batches: [{ batch: 'b', since }, '2026-09-29'],
  silent: [{ dataset: 'a.b', due: '2026-09-08' }, '2026-09-08'],
  dueCases: [{ dataset: 'a.b', transition: 't', deadline: '2026-09-25T16:00:00.000Z' }, '2026-09-25'],
  events: [{ event: 'e', step: 's', deadline: '2026-09-25T16:00:00.000Z' }, '2026-09-25'],
  pulls: [{ dataset: 'a.b', since }, '2026-09-29'],
  tickets: [{ id: 't', due: '2026-10-20' }, '2026-10-20'],
  disputes: [{ id: 'd', since }, '2026-10-15'],
  demands: [{ id: 'd', due: '2026-10-21' }, '2026-10-21'],
  duties: [{ id: 'd', due: '2026-10-22' }, '2026-10-22'],
  keys: [{ keyid: 'k', since }, '2026-10-09'],
  codes: [{ code: 'c', expires: '2026-09-25T16:00:00.001Z' }, '2026-09-26'],
  expiring: [{ agreement: 'a@1', until: '2026-09-25T16:00:00.000Z' }, '2026-09-25'],
  stops: [{ agreement: 'a@1', since }, '2026-10-29'],
  seconds: [{ steward: 's' }, undefined],
  risks: [{ id: 'r', due: '2026-10-23' }, '2026-10-23'],
  evidence: [{ id: 'e', since }, '2026-10-09'],
  catalogue: [{ name: 'e', clock: 'retired', due: '2026-10-24' }, '2026-10-24'],
  certificates: [{ what: 'root', ends: '2026-11-01T00:00:00.000Z' }, '2026-11-01'],
};

test('every section has a day, over the holidays and their make-up Saturday, or is named with the reason why it has none', () => {
  assert.deepEqual(Object.keys(dueBy).sort(), sections.toSorted());
  for (const section of nonEmpty(sections)) {
    const [item, due] = items[section];
    assert.equal(describedDue(section, item, at('2026-09-24')).due, due, section);
  }
  const without = sections.flatMap((section) =>
    dueBy[section].flatMap((rule) => (typeof rule === 'object' && 'none' in rule ? [section] : [])),
  );
  assert.deepEqual(
    without.sort(),
    ['keys', 'seconds'],
    'a key that needs no decision, and the approvals of a place',
  );
  assert.deepEqual(
    [...new Set(sections.flatMap((section) => dueBy[section]))]
      .flatMap((rule) => (typeof rule === 'object' && 'city' in rule ? [rule.city] : []))
      .sort(),
    cityClocks.toSorted(),
    'and every clock of a city is some section’s',
  );
});

test('a setting of a city for one section moves its day, and no other section’s', () => {
  for (const name of nonEmpty(cityClocks)) {
    const clock = { ...decree809.clock, waiting: { [name]: 6 } };
    for (const section of nonEmpty(sections)) {
      const [item, due] = items[section];
      const described = describedDue(section, item, at('2026-09-24', clock)).due;
      assert.equal(described, section === name ? '2026-10-10' : due, `${name} of ${section}`);
    }
  }
});

test('an agreement has the days of the provider’s answer, a change of the catalogue those of the catalogue', () => {
  const clock = { ...decree809.clock, answerDays: 3, catalogueDays: 6, waiting: { proposals: 1 } };
  const due = (section: ReminderSection, item: object): string | undefined =>
    describedDue(section, item, at('2026-09-24', clock)).due;
  assert.equal(due('documents', { since }), '2026-09-30');
  assert.equal(due('proposals', { operation: 'registerCatalogueEntry', since }), '2026-10-10');
  assert.equal(due('proposals', { operation: 'importCatalogue', since }), '2026-10-10');
  assert.equal(due('proposals', { operation: 'registerPurpose', since }), '2026-09-28');
});

test('an item is overdue after its day, not on it; a day after the announced holidays is provisional', () => {
  const of = (day: string): object => describedDue('persons', { since }, at(day));
  assert.deepEqual(of('2026-10-09'), { due: '2026-10-09', provisional: false, overdue: false });
  assert.deepEqual(of('2026-10-10'), { due: '2026-10-09', provisional: false, overdue: true });
  const late = describedDue('stops', { since: '2026-12-14T01:00:00Z' }, at('2026-12-14'));
  // 1 January is off in each year
  assert.deepEqual(late, { due: '2027-01-12', provisional: true, overdue: false });
  const reported = describedDue('tickets', { due: '2026-09-01', overdue: false }, at('2026-09-24'));
  assert.deepEqual(reported, { due: '2026-09-01', overdue: false }, 'a ticket that was answered is not late');
});

test('what lapses by itself has that day, and not the city’s', () => {
  const due = (section: ReminderSection, item: object): object =>
    describedDue(section, item, at('2026-09-24'));
  assert.deepEqual(due('batches', { heldUntil: '2026-09-30T16:00:00.000Z', since }), {
    due: '2026-09-30',
    overdue: false,
  });
  const year = { until: '2026-12-31T16:00:00.000Z' };
  const expiring = (now: number): object => describedDue('expiring', year, { ...at('2026-12-31'), now });
  assert.deepEqual(
    expiring(Date.parse(year.until) - 1),
    { due: '2026-12-31', overdue: false },
    'its last day is the last of the year',
  );
  assert.deepEqual(expiring(Date.parse(year.until)), { due: '2026-12-31', overdue: true }, 'it has ended');
  assert.deepEqual(due('stops', { until: '2026-10-08', provisional: false, since }), {
    due: '2026-10-08',
    overdue: false,
  });
  assert.deepEqual(due('pulls', { until: '2026-09-23' }), { due: '2026-09-23', overdue: true });
  assert.deepEqual(due('keys', { keyid: 'k', state: 'active' }), {});
});

test('what is overdue by now is notified once more, in every section; what is not remains the item that was notified before', () => {
  for (const section of nonEmpty(sections)) {
    const [item] = items[section];
    const reported = itemIdentity(section, { ...item, overdue: false });
    assert.notDeepEqual(itemIdentity(section, { ...item, overdue: true }), reported, section);
  }
  assert.deepEqual(itemIdentity('documents', { id: 'd', version: 1, overdue: false }), ['d', 1]);
});
