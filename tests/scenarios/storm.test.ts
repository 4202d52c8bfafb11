/** The storm of `scenarios/storm` at a small size: every figure of its check holds, and the check sees what is altered. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replaced, ScenarioRun, type ReceivedLine } from './scenarioRun.ts';

const run = new ScenarioRun('storm', /, ms|^duration/);
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
    ['warnings received twice, never published', 'areas whose warnings arrived in another order'],
  );
  assert.deepEqual(run.alteredAnswer('housing', withBody('暴雨黄色预警', '暴雨蓝色预警')), [
    'warnings received with other values',
    proven,
  ]);
  assert.deepEqual(
    run.alteredLines('received-transport.ndjson', (lines) => lines.toReversed()),
    ['areas whose warnings arrived in another order'],
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
    'recipients of correct escalations',
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
  assert.deepEqual(run.alteredAnswer('meteorology', withBody('acknowledgedLate', 'acknowledged')), [
    'departments whose state on the board differs from the log',
    proven,
  ]);
});

test('the check reads the CAP message and the DATEX II file, and sees another value of any field', () => {
  const extreme = 'departments whose extreme warning is that of the CAP message';
  for (const [from, to] of [
    ['暴雨红色预警', '暴雨橙色预警'],
    ['<contact>1', '<contact>2'],
    ['<expires>2', '<expires>3'],
    ['<value>990101', '<value>990102'],
  ] as const)
    assert.deepEqual(run.altered('warning.cap.xml', replaced(from, to)), [extreme]);
  assert.ok(run.alteredAnswer('health', withBody('暴雨红色预警', '暴雨橙色预警')).includes(extreme));
  const roads = 'closed roads, each field as in the DATEX II file that was sent';
  const digest = 'DATEX II files whose digest is in the log';
  for (const [from, to] of [
    ['>high<', '>low<'],
    ['积水封闭', '施工封闭'],
    ['<overallStartTime>2', '<overallStartTime>3'],
    ['<roadNumber>G', '<roadNumber>X'],
  ] as const)
    assert.deepEqual(run.altered('sent-closures.xml', replaced(from, to)), [roads, digest]);
  assert.deepEqual(
    run.altered('sent-closures.xml', (bytes) => Buffer.concat([bytes, Buffer.of(10)])),
    [digest],
  );
  assert.deepEqual(run.alteredAnswer('emergency', withBody('积水封闭', '施工封闭')), [roads, proven]);
});

test('the check sees a purpose that was open too long, other roads, an alarm that is missing, and a reading that is not in the log', () => {
  assert.deepEqual(run.alteredLines('received-emergency.ndjson', without('"road"')), [
    'purpose before, while open, after',
    'closed roads, each field as in the DATEX II file that was sent',
  ]);
  assert.deepEqual(run.alteredLines('received-emergency.ndjson', without('"water.alarm"')), [
    'stations that rose, and their alarms',
  ]);
  assert.deepEqual(
    run.alteredLines('levels.ndjson', (lines) => lines.slice(0, -1)),
    ['readings in the log'],
  );
});

test('the check sees a phone that was received, and an entry of other fields or events', () => {
  const phone = 'phone of the duty desk in received bytes';
  assert.ok(run.alteredAnswer('housing', withBody('暴雨黄色预警', '15400001234')).includes(phone));
  assert.deepEqual(
    run.alteredAnswer('housing', (line) => ({
      ...line,
      headers: [...line.headers, 'x-note', '15400001234'],
    })),
    [phone],
  );
  assert.ok(
    run.alteredAnswer('housing', withBody('暴雨黄色预警', String.raw`\u00315400001234`)).includes(phone),
    'also where it is escaped',
  );
  // what was searched must have been sent
  assert.deepEqual(
    run.alteredJson('published.json', ([first]: { readonly data: { contact?: string } }[]) => {
      delete first?.data.contact;
    }),
    [phone],
  );
  assert.ok(run.withoutReceipts('housing').includes(phone));
  assert.ok(
    run
      .alteredEntries((entry) =>
        entry['operation'] === 'pullEvents' ? { ...entry, rows: { delivered: 99 } } : undefined,
      )
      .includes('answers whose entry has another number of events'),
  );
  assert.ok(
    run
      .alteredEntries((entry) =>
        entry['operation'] === 'pullEvents' && entry['fields'] !== undefined
          ? { ...entry, fields: { ...(entry['fields'] as object), contact: 'clear' } }
          : undefined,
      )
      .includes('fields of warnings in entries: granted, phone of the duty desk'),
  );
  run.assertCommon('health');
});

test('the check sees an archive without an act, of another entry, or of another place in the log', () => {
  interface Archive {
    entries: { as: string }[];
    readonly pack: { checkpoint: string; readonly entries: { leaf: string; readonly proof: string[] }[] };
  }
  const altered = (change: (archive: Archive) => void): readonly string[] =>
    run.alteredAnswer('auditor', (line) => {
      const archive = JSON.parse(line.body) as Archive;
      change(archive);
      return { ...line, body: JSON.stringify(archive) };
    });
  const verified = 'archive verified without the hub, by the command line';
  const placed = 'entries of the archive whose place in the log is proven, byte by byte';
  assert.deepEqual(
    altered((archive) => {
      archive.entries = archive.entries.filter(({ as }) => as !== 'acknowledged');
    }),
    ['archive of the event: confirmations, escalations, calls under the purpose', verified],
  );
  assert.deepEqual(
    altered(({ pack }) => {
      for (const entry of pack.entries.slice(0, 1))
        entry.leaf = Buffer.from(
          Buffer.from(entry.leaf, 'base64').toString('utf8').replace('"decision"', '"decision" '),
        ).toString('base64');
    }),
    [placed, verified],
  );
  assert.deepEqual(
    altered(({ pack }) => {
      for (const { proof } of pack.entries.slice(0, 1)) proof.reverse();
    }),
    [placed, verified],
  );
  assert.deepEqual(
    altered(({ pack }) => {
      pack.checkpoint = pack.checkpoint.replace(/.{7}=\n$/, 'AAAAAAA=\n');
    }),
    [placed, verified],
  );
  assert.deepEqual(
    run.alteredJson('archive-verified.json', (verdict: { ok: boolean }) => {
      verdict.ok = false;
    }),
    [verified],
  );
});

test('each figure that requires something is missed by an alteration', () => {
  assert.deepEqual(run.neverMissed(), []);
});
