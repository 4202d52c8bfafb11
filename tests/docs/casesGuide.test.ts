/** docs/guides/cases.md in both languages, command by command; and the verbs `datong rows change` and `datong rows history` by themselves. */
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { exitCode } from '../../clients/cli/exitCode.ts';
import { problemCatalogue } from '../../terms/problemCatalogue.ts';
import type { Ran } from '../datong.ts';
import { typedDatong } from '../typedDatong.ts';
import { demoStage, type DemoStage } from './demoStage.ts';
import { guideSteps, outputPattern } from './guideSteps.ts';

const guides = resolve(import.meta.dirname, '../../docs/guides');

const datong = (words: readonly string[], { folder, env }: DemoStage): Promise<Ran> =>
  typedDatong(words, { cwd: folder, env });

/** @returns what the departments other than the provider received */
async function played(guide: string, stage: DemoStage): Promise<string> {
  let received = '';
  for (const step of guideSteps(join(guides, guide))) {
    if (step.kind === 'file') stage.write(step);
    if (step.kind !== 'command') continue;
    const { stdout, stderr } = await datong(step.command.replace(/^datong /, '').split(' '), stage);
    const reported = `${stdout}${stderr}`;
    assert.match(reported, outputPattern(step.output), `${step.command}\n${reported}`);
    if (/--as (?:transport|pub-security)/.test(step.command)) received += reported;
  }
  return received;
}

const english = await demoStage('en_GB.UTF-8');
const chinese = await demoStage('zh_CN.UTF-8');

const phones = /19900000017|19900000018/;

test('cases.md holds, from the report to the check, and no contributor receives a phone number', async () => {
  const received = await played('cases.md', english);
  assert.match(received, /荷塘街 1 号/);
  assert.doesNotMatch(received, phones);
  assert.doesNotMatch(received, /云门路/, 'a case of another department');
});

test('cases.zh-CN.md holds, from the report to the check', async () => {
  const received = await played('cases.zh-CN.md', chinese);
  assert.match(received, /荷塘街 1 号/);
  assert.doesNotMatch(received, phones);
});

test('both languages show the same files and commands, and each code exists', () => {
  const [steps, others] = ['cases.md', 'cases.zh-CN.md'].map((guide) =>
    guideSteps(join(guides, guide)).map((step) =>
      step.kind === 'command' ? step.command : step.kind === 'file' ? step.text : step.files,
    ),
  );
  assert.deepEqual(others, steps);
  const shown = guideSteps(join(guides, 'cases.md')).flatMap((step) =>
    step.kind === 'command'
      ? step.output.flatMap((line) => /^failed: .*\((\w+)\)$/.exec(line)?.[1] ?? [])
      : [],
  );
  assert.deepEqual(shown, [
    'field_not_granted',
    'row_field_not_yours',
    'row_transition_not_allowed',
    'row_unknown',
    'row_version_other',
  ]);
  for (const code of shown) assert.ok(Object.hasOwn(problemCatalogue, code), code);
});

const change = (words: readonly string[], by = 'pub-security', name = 'C-2'): Promise<Ran> =>
  datong(['rows', 'change', 'ecology.street-cases', '--as', by, '--key', `case=${name}`, ...words], english);
const history = (key: string): Promise<Ran> =>
  datong(
    [
      ...['rows', 'history', 'ecology.street-cases', '--as', 'pub-security', '--purpose', 'public-service'],
      ...['--agreement', 'agr-street-police', '--on-behalf-of', 'official-0412', '--key', key],
    ],
    english,
  );

test('rows change: text after =, JSON after :=, and the same key gets the first answer', async () => {
  const words = [
    '--set',
    'note=12.5=x',
    '--if-version',
    '1',
    '--json',
    '--idempotency-key',
    'case-c2-note-0001',
  ];
  const first = await change(words);
  assert.equal(first.code, 0, first.stderr);
  const answer = JSON.parse(first.stdout) as { readonly version: number; readonly due: object };
  const { batch, due, ...rest } = answer as typeof answer & { readonly batch: string };
  assert.deepEqual(rest, { ok: true, version: 2, fields: ['note'] });
  assert.match(batch, /^[0-9a-f-]{36}$/);
  // and `provisional`, near the end of the calendar
  assert.ok('transition' in due && 'at' in due, 'a note does not end the deadline');
  const again = await change(words);
  assert.deepEqual([again.code, again.stdout], [0, first.stdout]);
  const emptied = await change(['--set', 'note:=null', '--if-version', '2']);
  assert.deepEqual([emptied.code, emptied.stdout], [0, ''], emptied.stderr);
  assert.match(emptied.stderr, /^stored as version 3: note\naccept is due at /);
  const { stdout } = await history('case=C-2');
  const notes = stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as Version).record.note);
  assert.deepEqual(notes, [null, '12.5=x', null]);
});

interface Version {
  readonly record: { readonly note: string | null };
}

test('rows change: words that cannot be read send nothing; what the hub refuses ends with 1', async () => {
  for (const [words, message] of [
    [['--set', 'note', '--if-version', '3'], /--set is written as field=text or field:=JSON/],
    [['--set', 'note:={', '--if-version', '3'], /--set is written as/],
    [['--set', 'note=a', '--set', 'note=b', '--if-version', '3'], /once for each field/],
    [['--set', 'note=a', '--key', 'case=C-1', '--if-version', '3'], /--key is written as/],
    [['--set', 'note=a', '--if-version', '0'], /if-version/],
    [['--set', 'note=a'], /if-version/],
    [['--if-version', '3'], /--set/],
  ] as const) {
    const ran = await change(words);
    assert.deepEqual([ran.code, ran.stdout], [exitCode.usage, ''], `${words.join(' ')}: ${ran.stderr}`);
    assert.match(ran.stderr, message, words.join(' '));
  }
  for (const [words, code, by] of [
    [['--set', 'note:=5', '--if-version', '3'], 'rows_refused', 'pub-security'],
    [['--set', 'note:=null', '--if-version', '3'], 'row_unchanged', 'pub-security'],
    [['--set', 'phone=1', '--if-version', '3'], 'row_field_not_yours', 'pub-security'],
    [['--set', 'note=a', '--if-version', '3'], 'row_unknown', 'transport'],
  ] as const) {
    const ran = await change(words, by);
    assert.equal(ran.code, exitCode.refused, `${words.join(' ')}: ${ran.stderr}`);
    assert.match(ran.stderr, new RegExp(`\\(${code}\\)`));
    assert.doesNotMatch(ran.stderr, phones);
  }
  assert.match((await history('case=C-2')).stderr, /^3 versions$/m, 'nothing was stored');
});

test('rows history: a key that is not the key of the dataset, or cannot be read', async () => {
  const unfit = await history('status=open');
  assert.equal(unfit.code, exitCode.refused, unfit.stderr);
  assert.match(unfit.stderr, /\(history_unfit\)/);
  const unreadable = await history('case');
  assert.deepEqual([unreadable.code, unreadable.stdout], [exitCode.usage, '']);
  const none = await history('case=C-9');
  assert.deepEqual([none.code, none.stdout], [0, ''], none.stderr);
});
