/** The cases of `scenarios/urban-management` at a small size: the hub's figures are those of the log, and the check sees what is altered. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { jpegOf, pngOf } from '../../scenarios/urban-management/photo.ts';
import { longScenario } from '../leftToNightly.ts';
import { escapedDigit, replaced, ScenarioRun, type ReceivedLine } from './scenarioRun.ts';

const run = new ScenarioRun('urban-management', /p95|^duration/);
const proven = 'answers that their log entries prove';

const withHeader =
  (name: string, value: string) =>
  (line: ReceivedLine): object => ({ ...line, headers: [...line.headers, name, value] });

describe('urban management', { skip: longScenario }, () => {
  test('closing rate and times of the hub are those of the log; no handler of a case received the phone of its reporter', () => {
    run.play('--people', '1000');
    assert.deepEqual(run.missed(), []);
    run.assertOnPage();
    assert.match(
      run.read('urban-management.html'),
      /<svg [^>]+aria-label="每天办结的案件 \/ cases closed on each day"/,
    );
  });

  test('the check sees a phone or a name in an answer, a photo, a header and a receipt', () => {
    const [first = ''] = run.read('sent.ndjson').split('\n');
    const { phone, reporter } = JSON.parse(first) as { readonly phone: string; readonly reporter: string };
    const phones = 'phones of reporters in the bytes of contractors';
    const within = (text: string) => (line: ReceivedLine) =>
      line.body.includes('"street":"')
        ? { ...line, body: line.body.replace('"street":"', `"street":"${text}`) }
        : undefined;
    assert.deepEqual(run.alteredAnswer('sweeping', within(phone)), [phones, proven]);
    assert.deepEqual(run.alteredAnswer('sweeping', within(escapedDigit(phone))), [phones, proven]);
    assert.deepEqual(run.alteredAnswer('sweeping', within(reporter)), [
      'names of reporters in the bytes of contractors',
      proven,
    ]);
    assert.deepEqual(run.alteredAnswer('health', within(reporter)), [
      'names of reporters in the bytes of departments',
      proven,
    ]);
    assert.deepEqual(run.alteredAnswer('drains', withHeader('x-note', phone)), [phones]);
    const leaf = Buffer.from(JSON.stringify({ on: 'x'.repeat(40), note: phone })).toString('base64');
    const receipt = Buffer.from(JSON.stringify({ leaf })).toString('base64url');
    assert.deepEqual(run.alteredAnswer('drains', withHeader('x-receipt', receipt)), [phones]);
    assert.deepEqual(run.alteredAnswer('health', withHeader('x-note', phone)), [
      'phones of reporters in the bytes of departments',
    ]);
    const bare = run.withoutReceipts('drains');
    for (const name of [phones, 'names of reporters in the bytes of contractors'])
      assert.ok(bare.includes(name));
  });

  test('the check sees a case of another party', () => {
    const steps = run.read('steps.ndjson').split('\n');
    for (const [party, text] of [
      ['sweeping', 'contractors'],
      ['health', 'departments'],
    ] as const) {
      const foreign = steps.find((line) => line.includes('"to":') && !line.includes(`"to":"${party}"`)) ?? '';
      const { case: other } = JSON.parse(foreign) as { readonly case: string };
      assert.deepEqual(run.alteredAnswer(party, withHeader('x-note', other)), [
        `cases of others in the bytes of ${text}`,
      ]);
    }
  });

  /** What a photo begins with, how something is added to it that describes it, and a picture that no photo of the run has. */
  const formats = [
    {
      signature: Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
      described: (bytes: Buffer): readonly Buffer[] => {
        // a chunk of text before the last one: its length, name, content and checksum
        const text = Buffer.from('\0\0\0\x05tEXta\0bcd\0\0\0\0', 'latin1');
        return [Buffer.concat([bytes.subarray(0, -12), text, bytes.subarray(-12)])];
      },
      // the run has 100 cases
      other: () => pngOf(128),
    },
    {
      signature: Buffer.from([0xff, 0xd8, 0xff, 0xdb, 0x00, 0x43]),
      // EXIF, IPTC and a comment
      described: (bytes: Buffer): readonly Buffer[] =>
        [0xe1, 0xed, 0xfe].map((marker) =>
          Buffer.concat([bytes.subarray(0, 2), Buffer.from([0xff, marker, 0, 4, 97, 98]), bytes.subarray(2)]),
        ),
      other: () => jpegOf(0x12_34_56),
    },
  ] as const;

  test('the check sees photos with metadata, other pixels or that are missing, and parties that received nothing', async () => {
    const photos = (text: string): string =>
      `photos that ${text} received, with the uploaded pixels and no metadata`;
    for (const [party, text] of [
      ['roads', 'contractors'],
      ['urban-management', 'departments'],
    ] as const)
      for (const { signature, described, other } of formats) {
        const header = signature.toString('base64url').padEnd(40, 'A');
        assert.deepEqual(run.alteredAnswer(party, withHeader('x-photo', header)), [photos(text)]);
        /** Alters the first photo of the format that the party received. */
        const photo = (change: (bytes: Buffer) => Uint8Array | undefined): readonly string[] =>
          run.alteredLines(`received-${party}.ndjson`, (lines) => {
            const bodies = lines.map((line) =>
              Buffer.from((JSON.parse(line) as ReceivedLine).body, 'base64'),
            );
            const at = bodies.findIndex((body) => body.subarray(0, signature.length).equals(signature));
            const body = change(bodies[at] ?? assert.fail('no photo'));
            if (body === undefined) return lines.toSpliced(at, 1);
            const line = JSON.parse(lines[at] ?? '') as ReceivedLine;
            return lines.with(at, JSON.stringify({ ...line, body: Buffer.from(body).toString('base64') }));
          });
        const altered = await other();
        for (const change of [
          (bytes: Buffer) => described(bytes)[0],
          (bytes: Buffer) => described(bytes).at(1) ?? described(bytes)[0],
          (bytes: Buffer) => described(bytes).at(-1),
          (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('a note after the end')]),
          () => altered,
        ])
          assert.deepEqual(photo(change), [photos(text), proven]);
        assert.deepEqual(
          photo(() => undefined),
          [photos(text)],
        );
      }
    const control = 'uploaded photos whose metadata has the phone';
    assert.ok(
      run.alteredLines('sent-photos.ndjson', (lines) => lines.slice(lines.length / 2)).includes(control),
    );
    const elsewhere = (lines: readonly string[]): readonly string[] =>
      lines.map((line) => line.replace(/"home":\[/, '"home":[1'));
    assert.deepEqual(run.alteredLines('sent.ndjson', elsewhere), [control]);
    // cases of other names: what was searched was not there
    const unknown = (lines: readonly string[]): readonly string[] =>
      lines.map((line) => line.replace(/"case":"AJ-/, '"case":"XX-'));
    const missed = run.alteredLines('sent.ndjson', unknown);
    for (const text of ['contractors', 'departments'])
      assert.ok(missed.includes(`cases in the bytes of ${text}`));
  });

  test('the check sees figures of the hub that were altered, steps that are missing, and times that differ', () => {
    assert.deepEqual(run.altered('statistics.json', replaced(/"closed":(\d+)/, '"closed":1$1')), [
      'closing rate by the hub = by the log',
    ]);
    assert.deepEqual(run.altered('statistics.json', replaced(/"medianSeconds":/, '"medianSeconds":9')), [
      'steps of departments whose number or time differs',
    ]);
    assert.deepEqual(
      run.altered('statistics.json', replaced(/"medianSecondsToClose":/, '"medianSecondsToClose":9')),
      ['median from report to end by the hub = by the log, s'],
    );
    const steps = run.alteredLines('steps.ndjson', (lines) => lines.slice(1));
    for (const name of [
      'steps without their entry, entries without a step',
      'cases whose steps do not follow each other in the log',
    ])
      assert.ok(steps.includes(name), name);
    assert.deepEqual(run.altered('steps.ndjson', replaced(/"at":\d/, '"at":9')), [
      'times of the log that differ from the clocks of the parties',
    ]);
    assert.deepEqual(run.altered('counted.json', replaced(/"checked"/, '"done"')), [
      'closed cases as the bureau reads them',
    ]);
    assert.deepEqual(run.altered('counted.json', replaced(/"990101":\["AJ-\d+",/, '"990101":[')), [
      'cases in another district than by their place',
    ]);
    assert.deepEqual(run.altered('pushed.ndjson', replaced(/"at":\d+/, '"at":1')), [
      'times of the log that differ from the clocks of the parties',
    ]);
  });

  test('the check sees a forbidden question that was answered, not asked, or not refused by the log', () => {
    const forbidden = 'forbidden questions of contractors that were refused, by bytes and log';
    const asked = (question: string, change: (line: ReceivedLine) => object) => (line: ReceivedLine) =>
      line['asked'] === question ? change(line) : undefined;
    assert.deepEqual(
      run.alteredAnswer(
        'sweeping',
        asked('change of another', (line) => ({
          ...line,
          body: line.body.replaceAll('row_unknown', 'answered'),
        })),
      ),
      [forbidden, proven],
    );
    assert.deepEqual(
      run.alteredAnswer(
        'sweeping',
        asked('case of another', (line) => ({ ...line, body: line.body.replace('[]', '[{}]') })),
      ),
      [forbidden, proven],
    );
    assert.deepEqual(
      run.alteredAnswer(
        'roads',
        asked('its phone', (line) => ({ ...line, asked: 'own check' })),
      ),
      [forbidden],
    );
    assert.ok(
      run
        .alteredEntries((entry) =>
          entry['code'] === 'attachment_unknown' ? { ...entry, decision: 'allow' } : undefined,
        )
        .includes(forbidden),
    );
  });

  test('the check sees another size, a party that did not act, and steps that are slower than plain rows', () => {
    assert.ok(
      run
        .alteredJson('given.json', (given: { people: number }) => {
          given.people += 100;
        })
        .includes('cases, days'),
    );
    assert.ok(
      run
        .alteredEntries((entry) =>
          (entry['actor'] as { readonly department?: string }).department === 'greening'
            ? { ...entry, actor: { department: 'roads' } }
            : undefined,
        )
        .includes('departments, contractors that acted, by the log'),
    );
    assert.ok(
      run
        .alteredTimes('callbacks.ndjson', (line) => line.replace(/"ms":[\d.]+/, '"ms":0.01'))
        .includes("contractors' steps ÷ plain rows, p95"),
    );
    run.assertCommon('sweeping');
  });

  test('each figure that requires something is missed by an alteration', () => {
    assert.deepEqual(run.neverMissed(), []);
  });
});
