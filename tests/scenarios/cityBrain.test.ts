/** The city brain of `scenarios/city-brain` at the size of its guide: every reading is accounted for, and the check sees what is altered. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { longScenario } from '../leftToNightly.ts';
import { noMosquitto } from '../mosquitto.ts';
import { guidedWords, ScenarioRun, type ReceivedLine } from './scenarioRun.ts';

const run = new ScenarioRun('city-brain', /, ms|passages a minute|^duration/);
const proven = 'answers that their log entries prove';
const lost = 'readings that were lost';
const unwanted = 'alarms without a crossing, raised twice, received twice';

interface Page {
  readonly records: readonly Readonly<Record<string, unknown>>[];
}
/** Alters the records of the first page that answers a question with records. */
const withRecords =
  (asked: string, change: (records: Page['records']) => Page['records']) =>
  (line: ReceivedLine): object | undefined => {
    if (line['asked'] !== asked) return undefined;
    const page = JSON.parse(line.body) as Page;
    return { ...line, body: JSON.stringify({ ...page, records: change(page.records) }) };
  };
const records = (
  consumer: string,
  asked: string,
  change: (records: Page['records']) => Page['records'],
): readonly string[] => run.alteredAnswer(consumer, withRecords(asked, change));
/** When the last receipt of passages came. */
const lastCall = (): number =>
  Math.max(
    ...run
      .read('passage-calls.ndjson')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { readonly at: number }).at),
  );
const withFirst =
  (change: object) =>
  ([first, ...others]: Page['records']): Page['records'] => [{ ...first, ...change }, ...others];

describe('city brain', { skip: longScenario || noMosquitto }, () => {
  test('the command of the guide accounts for every reading, though the hub is killed', () => {
    run.play(...guidedWords('city-brain'));
    assert.deepEqual(run.missed(), []);
    run.assertOnPage();
  });

  test('the check sees a reading that was lost, doubled or altered, and an alarm or a minute that is missing', () => {
    assert.deepEqual(
      records('emergency', 'stored', (all) => all.slice(1)),
      [lost, proven],
    );
    assert.deepEqual(
      records('emergency', 'stored', (all) => [...all, all[0] ?? {}]),
      ['readings stored twice, or never sent', proven],
    );
    assert.deepEqual(records('emergency', 'stored', withFirst({ pm25: 1 })), [
      'readings stored with other values',
      proven,
    ]);
    assert.deepEqual(
      records('emergency', 'minutes', (all) => all.slice(1)),
      ['minutes that differ from their readings', proven],
    );
    assert.deepEqual(
      records('emergency', 'latest', (all) => all.slice(1)),
      ['stations whose latest reading differs', proven],
    );
    const alarm = ({ body }: ReceivedLine): boolean => body.includes('"rule"');
    assert.deepEqual(
      run.alteredAnswer('emergency', (line) =>
        alarm(line) ? { ...line, body: line.body.replace(/"value":/, '"value":9') } : undefined,
      ),
      ['alarms with another value than their reading', proven],
    );
    assert.deepEqual(
      run.alteredAnswer('emergency', (line) =>
        alarm(line) ? { ...line, body: '{"events":[]}' } : undefined,
      ),
      ['crossings without their alarm', proven],
    );
    assert.ok(
      run
        .alteredAnswer('emergency', (line) =>
          alarm(line)
            ? { ...line, body: line.body.replace(/"station":"s\d+"/, '"station":"s0001"') }
            : undefined,
        )
        .includes(unwanted),
    );
    assert.deepEqual(
      run.alteredLines('received-emergency.ndjson', (lines) => {
        const first = lines.find((text) => {
          const { body } = JSON.parse(text) as ReceivedLine;
          return Buffer.from(body, 'base64').includes('"rule"');
        });
        return [...lines, first ?? assert.fail('no alarm')];
      }),
      [unwanted],
      'an alarm that was delivered again',
    );
  });

  test('the check sees another number of readings, an outage that was none, and times that are late', () => {
    const rows = 'sent = stored + quarantined, by the log';
    const size = 'stations, readings sent';
    const [first = ''] = run.read('sent.ndjson').split('\n');
    assert.ok(run.alteredLines('sent.ndjson', (lines) => lines.slice(1)).includes(size));
    assert.ok(run.alteredLines('sent.ndjson', (lines) => [...lines, first]).includes(size));
    assert.ok(
      run
        .alteredEntries((entry) =>
          entry['operation'] === 'pushRows' && entry['dataset'] === 'ecology.air'
            ? { ...entry, batch: { ...(entry['batch'] as object), rows: 9_999 } }
            : undefined,
        )
        .includes(rows),
    );
    assert.deepEqual(
      run.altered('outage.json', (bytes) => bytes.toString('utf8').replace('SIGKILL', 'SIGTERM')),
      ['killed by SIGKILL: received before, after'],
    );
    const late = (line: string): string => line.replace(/"at":\d+/, '"at":9000000000000');
    assert.ok(
      run
        .alteredTimes('received-emergency.ndjson', late)
        .includes('threshold to alarm, p95, ms (not while the hub was away)'),
    );
    const lag = 'passage to receipt, p95, ms (not before those that waited are sent)';
    const slow = run.alteredTimes('passage-calls.ndjson', (line) => line.replace(/"lag":\d+/, '"lag":60000'));
    for (const name of [lag, 'restart until the passages that waited are sent, ms'])
      assert.ok(slow.includes(name), name);
    // passages of the outage do not count for the lag: it may not take up the run, nor a tenth of a minute or longer
    const outage = run.read('outage.json');
    const earlier = (ms: number): string =>
      outage.replace(/"killed":(\d+)/, (_, killed: string) => `"killed":${Number(killed) - ms}`);
    const minute = (line: string): string => line.replace(/"seconds":\d+/, '"seconds":60');
    assert.ok(
      run
        .alteredTimes('outage.json', () =>
          earlier(60_000).replace(/"again":\d+/, `"again":${lastCall() - 500}`),
        )
        .includes(lag),
    );
    writeFileSync(join(run.out, 'outage.json'), earlier(4_000));
    assert.ok(run.alteredTimes('given.json', minute).includes(lag));
    writeFileSync(join(run.out, 'outage.json'), outage);
    assert.ok(
      run
        .alteredTimes('traffic.json', (line) => line.replace(/"took":\d+/, '"took":9000000'))
        .includes('passages a minute'),
    );
    assert.deepEqual(
      run.altered('traffic.json', (bytes) => bytes.toString('utf8').replace(/"passages":/, '"passages":9')),
      ['passages: offered, sent = stored, by the log'],
    );
  });

  test('the check sees a passage that is missing, a plate that joins without a linkage, and one in clear', () => {
    const page = (consumer: string, asked: string): Page => {
      const line = run
        .read(`received-${consumer}.ndjson`)
        .split('\n')
        .find((text) => text.includes(`"asked":"${asked}"`));
      const { body } = JSON.parse(line ?? '') as ReceivedLine;
      return JSON.parse(Buffer.from(body, 'base64').toString('utf8')) as Page;
    };
    const { plate: pseudonym } = page('planning', 'traffic').records[0] ?? {};
    const [passage = ''] = run.read('passages.ndjson').split('\n');
    const { plate: raw } = JSON.parse(passage) as { readonly plate: string };
    for (const consumer of ['emergency', 'planning'])
      assert.ok(
        records(consumer, 'traffic', (all) => all.slice(1)).includes(
          `passages and entries that ${consumer} did not get once`,
        ),
      );
    assert.deepEqual(records('planning', 'parking', withFirst({ plate: pseudonym })), [
      'passages that planning can join with a car park (not linked)',
      proven,
    ]);
    for (const consumer of ['emergency', 'planning'])
      assert.ok(
        records(consumer, 'parking', withFirst({ plate: raw })).includes(
          `number plates that ${consumer} received`,
        ),
      );
    assert.ok(
      records('emergency', 'traffic', (all) => all.map((row) => ({ ...row, plate: 'other' }))).includes(
        'passages that emergency can join with a car park (linked)',
      ),
    );
    assert.deepEqual(
      records(
        'planning',
        'traffic',
        withFirst({ plate: page('emergency', 'traffic').records[0]?.['plate'] }),
      ),
      ['pseudonyms that both consumers have', proven],
    );
    const plates = 'number plates that planning received';
    const shown = (text: string) =>
      run.alteredAnswer('planning', (line) =>
        line['asked'] === 'parking'
          ? { ...line, body: line.body.replace(/"plate":"[^"]+"/, `"plate":"${text}"`) }
          : undefined,
      );
    assert.ok(shown(String.raw`\u6d59I12345`).includes(plates), 'escaped');
    const known = new Set((run.read('passages.ndjson') + run.read('entries.json')).match(/浙I\d{5}/g));
    const other = ['浙I00000', '浙I00001'].find((text) => !known.has(text)) ?? '浙I00002';
    assert.ok(shown(other).includes(plates), 'a plate of another vehicle');
    assert.ok(run.withoutReceipts('planning').includes(plates));
    run.assertCommon('planning');
  });

  test('each figure that requires something is missed by an alteration', () => {
    assert.deepEqual(run.neverMissed(), []);
  });
});
