/** The enrolment of `scenarios/school-enrolment` at the size of its guide: every answer is the truth, and the check sees what is altered. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import type { Figure } from '../../scenarios/pack.ts';

const root = resolve(import.meta.dirname, '../..');
const out = mkdtempSync(join(tmpdir(), 'datong-enrolment-'));
after(() => rmSync(out, { recursive: true, force: true }));

/** Figures that a busy machine can miss: `npm run scenario school-enrolment` judges them. */
const ofTime = /^seconds|duration|memory/;
const check = (): readonly Figure[] =>
  JSON.parse(
    execFileSync('python3', [join(root, 'scenarios/school-enrolment/check.py'), out], { encoding: 'utf8' }),
  ) as readonly Figure[];
const missed = (): readonly string[] =>
  check().flatMap(({ figure, held }) => (held || ofTime.test(figure) ? [] : [figure]));

/** Changes a file of the run and puts it back. */
function altered(file: string, change: (lines: readonly string[]) => readonly string[]): readonly string[] {
  const path = join(out, file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, `${change(text.trimEnd().split('\n')).join('\n')}\n`);
  try {
    return missed();
  } finally {
    writeFileSync(path, text);
  }
}

/** Changes the first line of a file that has this text. */
const firstWith =
  (text: string, change: (line: string) => string) =>
  (lines: readonly string[]): readonly string[] => {
    const at = lines.findIndex((line) => line.includes(text));
    assert.notEqual(at, -1, text);
    return lines.with(at, change(lines[at] ?? ''));
  };

test('each fact of each application is the truth of the city; a withdrawn consent is not used', () => {
  const line = /^npm run scenario -- (school-enrolment .*) --out \S+$/m;
  const guides = ['docs/scenarios.md', 'docs/scenarios.zh-CN.md'].map(
    (page) => line.exec(readFileSync(join(root, page), 'utf8'))?.[1],
  );
  const [words] = guides;
  assert.ok(words !== undefined);
  assert.equal(guides[1], words);
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['scripts/run.mjs', 'scenarios/run.ts', ...words.split(' '), '--out', out],
    { cwd: root, encoding: 'utf8' },
  );
  assert.ok(status !== null && status < 2, stderr);
  assert.match(stdout, /entries proven without the hub/, stderr);
  assert.ok(check().length >= 14);
  assert.deepEqual(missed(), []);
  assert.match(
    readFileSync(join(out, 'school-enrolment.html'), 'utf8'),
    /<svg [^>]+aria-label="papers spared"/,
  );
});

test('the check sees an answer that was altered, lost or doubled, a name that was received, and a use after the withdrawal', () => {
  const facts = 'applications × facts as in the truth';
  const entries = 'entries = calls';
  const flip = (line: string): string =>
    line.includes('\\"yes\\"')
      ? line.replace('\\"yes\\"', '\\"no\\"')
      : line.replace('\\"no\\"', '\\"yes\\"');
  assert.ok(altered('received-education.ndjson', firstWith('paid-in-month', flip)).includes(facts));
  assert.ok(altered('received-school-office.ndjson', firstWith('measles', flip)).includes(facts));
  assert.ok(altered('received-education.ndjson', (lines) => lines.slice(1)).includes(entries));
  assert.deepEqual(
    altered('received-education.ndjson', (lines) => [...lines, lines[0] ?? '']),
    [entries],
  );
  const [family] = JSON.parse(readFileSync(join(out, 'families.json'), 'utf8')) as readonly {
    readonly child: string;
  }[];
  assert.ok(family !== undefined);
  const leaks = (line: string): string =>
    line.replace('\\"answer\\"', `\\"name\\":\\"${family.child}\\",\\"answer\\"`);
  assert.deepEqual(altered('received-education.ndjson', firstWith('born-by', leaks)), [
    'raw fields and identifiers that were released',
  ]);
  const uses = (line: string): string => line.replaceAll('consent_missing', 'yes');
  assert.deepEqual(altered('received-education.ndjson', firstWith('consent_missing', uses)), [
    'uses of a consent after its withdrawal',
  ]);
  assert.deepEqual(
    altered('sent.json', ([text = '']) => [text.replace(/"records":(\d+)/, '"records":1$1')]),
    ['records of seven files, and rows of the log'],
  );
});
