#!/usr/bin/env node
/**
 * Recomputes `datong dataset cases` from an export of the log. It uses nothing of the hub.
 *
 *   datong audit export --as auditor --from 0 --to 5000 -o pack.json
 *   node statistics.mjs ecology.street-cases 2026-11-01T00:00:00+08:00 2026-12-01T00:00:00+08:00 pack.json
 *
 * Verify the packs first: datong audit verify pack.json
 */
import { readFileSync } from 'node:fs';

const [dataset, from, until, ...packs] = process.argv.slice(2);
const entries = new Map();
for (const pack of packs) {
  const { entries: some = [], ranges = [] } = JSON.parse(readFileSync(pack, 'utf8'));
  for (const { index, leaf } of some) entries.set(index, leaf);
  for (const { first, leaves } of ranges) leaves.forEach((leaf, nth) => entries.set(first + nth, leaf));
}
const seconds = (begin, end) => (Date.parse(end) - Date.parse(begin)) / 1000;
const median = (values) => {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

let opened = 0;
let openedAndClosed = 0;
const whole = [];
const steps = {};
const missed = {};
for (const text of entries.values()) {
  const leaf = JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
  const { at, change } = leaf;
  if (leaf.dataset !== dataset || leaf.decision !== 'allow' || change === undefined) continue;
  if (Date.parse(at) < Date.parse(from) || Date.parse(at) >= Date.parse(until)) continue;
  if (leaf.operation === 'pushRows') opened += change.opened ?? 0;
  if (leaf.operation === 'noticeDeadlines' && change.act === 'miss') {
    const name = `${change.transition} ${change.departments}`;
    missed[name] = (missed[name] ?? 0) + change.count;
  }
  if (leaf.operation !== 'changeRow' || change.transition === undefined) continue;
  const name = `${change.transition} ${leaf.actor.department}`;
  steps[name] ??= { seconds: [], inTime: 0, late: 0 };
  steps[name].seconds.push(seconds(change.since, at));
  if (change.late === true) steps[name].late += 1;
  if (change.late === false) steps[name].inTime += 1;
  if (change.closes !== true) continue;
  whole.push(seconds(change.opened, at));
  if (Date.parse(change.opened) >= Date.parse(from)) openedAndClosed += 1;
}

const byName = (table) => Object.entries(table).sort(([one], [other]) => (one < other ? -1 : 1));
const figures = {
  opened,
  closed: whole.length,
  openedAndClosed,
  ...(whole.length === 0 ? {} : { medianSecondsToClose: median(whole) }),
  steps: byName(steps).map(([name, one]) => ({
    transition: name.split(' ')[0],
    department: name.split(' ')[1],
    made: one.seconds.length,
    inTime: one.inTime,
    late: one.late,
    medianSeconds: median(one.seconds),
  })),
  missed: byName(missed).map(([name, cases]) => ({
    transition: name.slice(0, name.indexOf(' ')),
    departments: name.slice(name.indexOf(' ') + 1),
    cases,
  })),
};
process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`);
