/** The storm of `scenarios/storm` at a small size: every figure of its check holds, and the check sees what is altered. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScenarioRun, type ReceivedLine } from './scenarioRun.ts';

const run = new ScenarioRun('storm', /, ms/);
const proven = 'answers that their log entries prove';
const lost = 'warnings that six departments lost';
const confirmed = 'departments that confirmed in time, late, by the log';

const has =
  (text: string) =>
  ({ body }: ReceivedLine): boolean =>
    body.includes(text);
/** The lines of a file of answers without those whose body has this text. */
const without = (text: string) => (lines: readonly string[]) =>
  lines.filter((line) => !has(text)({ ...(JSON.parse(line) as ReceivedLine), body: bodyOf(line) }));
const bodyOf = (line: string): string =>
  Buffer.from((JSON.parse(line) as ReceivedLine).body, 'base64').toString('utf8');
const withBody = (from: string, to: string) => (line: ReceivedLine) =>
  has(from)(line) ? { ...line, body: line.body.replace(from, to) } : undefined;

test('six departments receive each warning once and in order, though the hub is killed; purpose and escalation follow the event', () => {
  run.play('--people', '500');
  assert.deepEqual(run.missed(), []);
  run.assertOnPage();
});

test('the check sees a warning that is lost, doubled, altered, late or in another order', () => {
  const first = (lines: readonly string[]): number =>
    lines.findIndex((line) => bodyOf(line).includes('M-0"'));
  assert.deepEqual(
    run.alteredLines('received-health.ndjson', (lines) => lines.toSpliced(first(lines), 1)),
    [lost],
  );
  assert.deepEqual(
    run.alteredLines('received-health.ndjson', (lines) => [...lines, lines[first(lines)] ?? '']),
    ['warnings received twice, never published', 'areas whose order was changed'],
  );
  assert.deepEqual(run.alteredAnswer('housing', withBody('暴雨黄色预警', '暴雨蓝色预警')), [
    'warnings received with other values',
    proven,
  ]);
  assert.deepEqual(
    run.alteredLines('received-transport.ndjson', (lines) => lines.toReversed()),
    ['areas whose order was changed'],
  );
  assert.ok(
    run
      .alteredTimes('received-health.ndjson', (line) => line.replace(/"at":\d+/, '"at":9000000000000'))
      .includes('publication to receipt, p99, ms (not while the hub was away)'),
  );
  assert.deepEqual(
    run.alteredJson('given.json', (given: { people: number }) => {
      given.people = 5_000;
    }),
    ['warnings published'],
  );
});

test('the check sees another outage, an escalation or confirmation that is missing or late', () => {
  assert.deepEqual(
    run.altered('outage.json', (bytes) => bytes.toString('utf8').replace('SIGKILL', 'SIGTERM')),
    ['killed by SIGKILL: received before, after'],
  );
  assert.ok(
    run
      .alteredJson('outage.json', (outage: { killed: number }) => {
        outage.killed += 60_000;
      })
      .includes('the hub was killed between the extreme warning and its deadline'),
  );
  const missed = 'storm-deadline-missed';
  assert.deepEqual(run.alteredLines('received-emergency.ndjson', without(missed)), [
    'escalations: event, department, role, deadline',
  ]);
  assert.ok(
    run
      .alteredTimes('received-emergency.ndjson', (line) =>
        line !== '' && bodyOf(line).includes(missed) ? line.replace(/"at":\d+/, '"at":9000000000000') : line,
      )
      .includes('escalations, ms after their moment'),
  );
  assert.ok(
    run
      .alteredEntries((entry) =>
        entry['operation'] === 'acknowledgeEvent' ? { ...entry, decision: 'deny' } : undefined,
      )
      .includes(confirmed),
  );
  assert.deepEqual(
    run.altered('board.json', (bytes) => bytes.toString('utf8').replace('acknowledgedLate', 'acknowledged')),
    ['departments whose state on the board differs from the log'],
  );
});

test('the check sees a purpose that was open too long, other roads, an alarm that is missing, and a reading that is not in the log', () => {
  const roads = 'closed roads, as in the DATEX II file';
  assert.deepEqual(run.alteredLines('received-emergency.ndjson', without('"road"')), [
    'purpose before, while open, after',
    roads,
  ]);
  assert.deepEqual(
    run.alteredJson('closures.json', (closures: { road: string }[]) => {
      for (const one of closures.slice(0, 1)) one.road = 'X1';
    }),
    [roads],
  );
  assert.deepEqual(run.alteredLines('received-emergency.ndjson', without('"water.alarm"')), [
    'stations that rose, and their alarms',
  ]);
  assert.deepEqual(
    run.alteredLines('levels.ndjson', (lines) => lines.slice(0, -1)),
    ['readings in the log'],
  );
});

test('the check sees a phone that was received, an entry of other fields or events, and an altered archive', () => {
  const phone = 'phone of the duty desk in received bytes';
  assert.ok(run.alteredAnswer('housing', withBody('暴雨黄色预警', '15400001234')).includes(phone));
  assert.deepEqual(
    run.alteredAnswer('housing', (line) => ({
      ...line,
      headers: [...line.headers, 'x-note', '15400001234'],
    })),
    [phone],
  );
  assert.deepEqual(
    run.alteredAnswer('housing', (line) => (has('"M-1"')(line) ? { ...line, events: 99 } : undefined)),
    ['answers whose entry has another number of events'],
  );
  assert.ok(
    run
      .alteredEntries((entry) =>
        entry['operation'] === 'pullEvents' && entry['fields'] !== undefined
          ? { ...entry, fields: { contact: 'clear' } }
          : undefined,
      )
      .includes('fields in entries'),
  );
  interface Archive {
    entries: { as: string }[];
    readonly pack: { readonly entries: { leaf: string }[] };
  }
  assert.deepEqual(
    run.alteredJson('archive.json', (archive: Archive) => {
      archive.entries = archive.entries.filter(({ as }) => as !== 'acknowledged');
    }),
    ['archive of the event: confirmations, escalations, calls under the purpose'],
  );
  assert.deepEqual(
    run.alteredJson('archive.json', ({ pack }: Archive) => {
      for (const entry of pack.entries.slice(0, 1))
        entry.leaf = Buffer.from(
          Buffer.from(entry.leaf, 'base64').toString('utf8').replace('"decision"', '"decision" '),
        ).toString('base64');
    }),
    ['archive verified without the hub, byte by byte as in the log'],
  );
  run.assertCommon('health');
});

test('each figure that requires something is missed by an alteration', () => {
  assert.deepEqual(run.neverMissed(), []);
});
