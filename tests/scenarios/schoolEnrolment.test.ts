/** The enrolment of `scenarios/school-enrolment` at the size of its guide: every answer is the truth, and the check sees what is altered. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapedDigit, guidedWords, replaced, ScenarioRun, type ReceivedLine } from './scenarioRun.ts';

const run = new ScenarioRun('school-enrolment', /, s$/);
const facts = 'applications × facts as in the truth';
const entries = 'questions due = calls = entries';
const raw = 'answers other than yes, no, unknown, and fields released';
const proven = 'answers that their log entries prove';

test('each fact of each application is the truth of the city; a withdrawn consent is not used', () => {
  run.play(...guidedWords('school-enrolment'));
  assert.deepEqual(run.missed(), []);
  run.assertOnPage();
  assert.match(run.read('school-enrolment.html'), /<svg [^>]+aria-label="免交的材料 \/ papers spared"/);
});

const flipped =
  (fact: string) =>
  (line: ReceivedLine): object | undefined =>
    line['fact'] === fact && line.body.includes('"yes"')
      ? { ...line, body: line.body.replace('"yes"', '"no"') }
      : undefined;

test('the check sees an answer that was altered, lost or doubled, and one that the log does not prove', () => {
  assert.deepEqual(run.alteredAnswer('education', flipped('paid-in-month')), [
    facts,
    'papers spared',
    proven,
  ]);
  assert.ok(run.alteredAnswer('school-office', flipped('measles-twice')).includes(facts));
  const first = (lines: readonly string[]): number => lines.findIndex((line) => line.includes('"born-by"'));
  assert.ok(
    run
      .alteredLines('received-education.ndjson', (lines) => lines.toSpliced(first(lines), 1))
      .includes(entries),
  );
  assert.deepEqual(
    run.alteredLines('received-education.ndjson', (lines) => [...lines, lines[first(lines)] ?? '']),
    [entries],
  );
  assert.ok(
    run
      .alteredAnswer('education', (line) =>
        line['fact'] === 'born-by' ? { ...line, fact: 'registered-as' } : undefined,
      )
      .includes(entries),
    'a fact that was asked twice',
  );
  assert.ok(
    run
      .alteredLines('received-school-office.ndjson', (lines) => lines.slice(1))
      .includes('applications asked by the program in Python'),
  );
  assert.deepEqual(run.alteredAnswer('education', flipped('on-benefits')), [
    'answers while the consent applied, as in the truth',
    proven,
  ]);
  run.assertCommon('education');
});

test('the check sees a name or a field that was received, and a use after the withdrawal', () => {
  const [family] = JSON.parse(run.read('families.json')) as readonly { readonly child: string }[];
  assert.ok(family !== undefined);
  const identities = 'identity numbers and names in the received bytes';
  assert.deepEqual(
    run.alteredAnswer('education', (line) => ({
      ...line,
      headers: [...line.headers, 'x-note', family.child],
    })),
    [identities],
  );
  assert.deepEqual(
    run.alteredAnswer('education', (line) =>
      line.status === 200
        ? { ...line, body: line.body.replace('{', `{"name":"${family.child}",`) }
        : undefined,
    ),
    [raw, identities, proven],
  );
  assert.deepEqual(
    run.alteredAnswer('education', (line) =>
      line.status === 200
        ? { ...line, body: line.body.replace('{', '{"notes":["born in 1990"],') }
        : undefined,
    ),
    [raw, proven],
  );
  assert.ok(
    run
      .alteredAnswer('education', (line) =>
        line.body.includes('"yes"')
          ? { ...line, body: line.body.replace('"yes"', '"2019-03-01"') }
          : undefined,
      )
      .includes(raw),
  );
  const escaped = escapedDigit(family.child);
  assert.ok(
    run
      .alteredAnswer('education', (line) =>
        line.status === 200 ? { ...line, body: line.body.replace('{', `{"name":"${escaped}",`) } : undefined,
      )
      .includes(identities),
  );
  for (const name of ['education', 'school-office'])
    assert.ok(run.withoutReceipts(name).includes(identities));
  assert.deepEqual(
    run.alteredAnswer('education', (line) =>
      line.body.includes('consent_missing')
        ? { ...line, body: line.body.replaceAll('consent_missing', 'yes') }
        : undefined,
    ),
    ['uses of a consent after its withdrawal', proven],
  );
});

test('the check sees a query of rows that was answered, not made, or not refused by the log', () => {
  const rows = 'queries of rows that were refused, by bytes and log';
  const isQuery = (line: ReceivedLine): boolean => line['rows'] === 'housing.lease';
  assert.deepEqual(
    run.alteredAnswer('education', (line) =>
      isQuery(line) ? { ...line, body: line.body.replace('{', '{"records":[],') } : undefined,
    ),
    [rows, proven],
  );
  assert.deepEqual(
    run.alteredLines('received-education.ndjson', (lines) =>
      lines.filter((line) => !isQuery(JSON.parse(line) as ReceivedLine)),
    ),
    [rows],
  );
  assert.ok(
    run
      .alteredEntries((entry) =>
        entry['operation'] === 'queryDataset' ? { ...entry, decision: 'allow' } : undefined,
      )
      .includes(rows),
  );
});

test('the check sees another file, register, department or size', () => {
  const rows = 'records of seven files, and rows of the log';
  const digest = 'files whose digest is in the log';
  for (const [file, more] of [
    ['sent-payments.ebcdic.bin', Buffer.alloc(100, 0xf1)],
    ['sent-vaccination.hl7', Buffer.from('RXA|0|1\r')],
    ['sent-household.gb18030.csv', Buffer.from('1,2\n')],
  ] as const)
    assert.deepEqual(
      run.altered(file, (bytes) => Buffer.concat([bytes, more])),
      [rows, digest],
    );
  for (const [file, from, to] of [
    ['sent-licences.xml', '</REGISTER>', '<LICENCE/></REGISTER>'],
    ['sent-benefits.json', '"items":[', '"items":[{},'],
  ] as const)
    assert.deepEqual(run.altered(file, replaced(from, to)), [rows, digest]);
  assert.deepEqual(
    run.altered('sent-real-estate.cp936.dbf', (bytes) => {
      const other = Buffer.from(bytes);
      // the first record, marked as deleted
      other.write('*', bytes.readUInt16LE(8), 'latin1');
      return other;
    }),
    [rows, digest],
  );
  assert.deepEqual(
    run.altered('sent-licences.xml', (bytes) => Buffer.concat([bytes, Buffer.of(10)])),
    [digest],
  );
  assert.deepEqual(
    run.altered('sent-leases.xlsx', (bytes) => bytes.subarray(1)),
    [rows, digest, 'formats, by the content of the files'],
  );
  assert.ok(
    run
      .alteredEntries((entry) =>
        entry['operation'] === 'registerDepartment' ? { ...entry, decision: 'deny' } : undefined,
      )
      .includes('departments registered, and sending or asking, by the log'),
  );
  assert.ok(
    run
      .alteredJson('given.json', (given: { people: number }) => {
        given.people += 20;
      })
      .includes('applications'),
  );
  assert.ok(
    run
      .alteredTimes('received-education.ndjson', (line) => line.replace(/"at":\d+/, '"at":9000000000000'))
      .includes('first answer to last, s'),
  );
});

test('the check sees a truth without one of the three answers', () => {
  interface Family {
    doses: number | null;
    registered: boolean;
    readonly dwelling: { state: string };
    readonly work: { state: string };
  }
  assert.ok(
    run
      .alteredJson('families.json', (families: Family[]) => {
        for (const family of families) {
          family.doses ??= 0;
          family.registered = true;
          for (const one of [family.dwelling, family.work]) if (one.state === 'absent') one.state = 'fails';
        }
      })
      .includes('yes, no, unknown in the truth'),
  );
});

test('each figure that requires something is missed by an alteration', () => {
  assert.deepEqual(run.neverMissed(), []);
});
