/** Nothing typed is lost, and nothing is sent twice: checked in the source of every page, so that a new one cannot omit it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';
import { writtenDay } from '../words/words.ts';

const console_ = resolve(import.meta.dirname, '../..');
const sources = new Map(
  ['src', 'own'].flatMap((folder) =>
    readdirSync(join(console_, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.tsx'))
      .map((path): [string, string] => {
        const whole = join(console_, folder, path);
        return [relative(console_, whole), readFileSync(whole, 'utf8')];
      }),
  ),
);
const codeOf = (source: string): string => source.replaceAll(/^import .*$/gm, '');

/** A line or a text to type; boxes to tick, files to choose and the address's own filters are none. */
const typedIn = (source: string): boolean =>
  /<(?:Field|TextField|textarea)\b(?!>)/.test(codeOf(source)) ||
  [...codeOf(source).matchAll(/<input\b[^]*?\/>/g)].some(
    ([tag]) => !/type="(?:checkbox|radio|file)"/.test(tag),
  );
const storing = /\buseDraft(?:Text)?\b|\bstoreClaim\b/;

/** Forms that store nothing themselves, and why. */
const storedElsewhere: Readonly<Record<string, string>> = {
  'src/parts/Field.tsx': 'the field itself: whoever shows it keeps what is typed',
  'src/parts/TextField.tsx': 'the field itself: whoever shows it keeps what is typed',
  'src/parts/PresentedFields.tsx': 'fields of a form that has them',
  'src/requests/PapersFields.tsx': 'fields of a form that has them',
  'src/requests/ReferenceFields.tsx': 'fields of a form that has them',
  'src/Finder.tsx': 'a search is not work; it may name persons, who leave no trace in the browser',
  'src/casework/CaseListPage.tsx': 'the beginning of a value to search for, which may name a person',
  'src/casework/CaseSteps.tsx': 'values of a case, which leave no trace in the browser',
  'src/events/OpenEventActs.tsx': 'a reason for an act of this moment',
  'src/dataset/TrySandbox.tsx': 'a case number made up for a trial on invented rows',
  'src/events/SubscribeCommand.tsx': 'words of a command that the page shows',
  'src/events/PlanForm.tsx': 'NewPlanPage.tsx stores the whole plan',
  'src/events/StepFields.tsx': 'NewPlanPage.tsx stores the whole plan',
  'src/parts/SearchBox.tsx': 'what is searched stands in the address',
  'src/pages/EntryList.tsx': 'what is searched stands in the address',
  'src/parts/DayChoice.tsx': 'the day stands in the address',
  'src/officer/CounterPage.tsx':
    'a person stands at the desk: all of it lives in memory until the desk is cleared',
  'src/held/BadRowTable.tsx': 'rows of persons, which leave no trace in the browser',
  'src/rows/TraceRow.tsx': 'keys of persons, which leave no trace in the browser',
  'src/rows/DeleteRows.tsx': 'keys of persons, which leave no trace in the browser',
  'src/registry/newDataset/DraftForm.tsx': 'by its page',
  'src/registry/schemaForm/FieldDetails.tsx': 'NewSchemaPage.tsx stores the whole document',
  'src/registry/schemaForm/SchemaForm.tsx': 'NewSchemaPage.tsx stores the whole document',
  'src/requests/FieldGrid.tsx': 'the form that has the grid stores the reasons',
  'src/reminders/RemindersPage.tsx': 'addresses and webhooks are secrets: they are told once',
  'src/signIn/CodeForm.tsx': 'a token and a code are secrets',
  'src/signIn/InvitationForm.tsx': 'both halves of an invitation are secrets',
};

test('every form with a text to type stores it until it is sent, or states why not', () => {
  assert.ok(sources.size > 150, `${sources.size}`);
  const typing = [...sources].filter(([, source]) => typedIn(source));
  assert.ok(typing.length > 50, `${typing.length}`);
  const losing = typing.filter(([, source]) => !storing.test(source)).map(([path]) => path);
  assert.deepEqual(losing.sort(), Object.keys(storedElsewhere).sort());
});

test('the subject of a text is in no draft: it is plain state of its page', () => {
  let seen = 0;
  for (const [path, source] of sources)
    for (const [, value = ''] of source.matchAll(
      /label=\{say\('(?:identifier|slIdentifiers)'\)\}[^]*?value=\{([\w.]+)\}/g,
    )) {
      seen += 1;
      const name = value.split('.').at(-1) ?? '';
      assert.match(source, new RegExp(`const \\[${name}, \\w+\\] = useState\\(''\\)`), `${path}: ${value}`);
    }
  assert.ok(seen >= 6, `${seen}`);
});

/** Calls that change nothing: what is asked for with a body. */
const asks = new RegExp(
  [
    ...[
      'mask-trials',
      'sandbox-trials',
      'schemas/trials',
      'policy/trials',
      'response-plans/trials',
      "log/searches'",
      "sign-in/passkey'",
      "sign-in/account'",
    ],
  ].join('|'),
);
/** Changes in a function of their own, and what calls it once. */
const guardedElsewhere: Readonly<Record<string, string>> = {
  "src/events/AcknowledgeAll.tsx '/v1/open-events/{event}/acknowledgements'": 'received, by act',
  "src/TopBar.tsx '/v1/sessions/{session}/end'": 'what ended may be ended again, and the page is left',
  "src/officer/EvidenceOnePage.tsx '/v1/log/evidence/{evidence}/answer'": 'decided, by act',
  "src/officer/SealedList.tsx '/v1/log/incidents/subjects/{evidence}/opening'": 'openList, by act',
  "src/reminders/RemindersPage.tsx '/v1/departments/{department}/reminders'": 'send, by act of its form',
  "src/reminders/RemindersPage.tsx '/v1/reminders'": 'send, by act of its form',
  "src/signIn/CodeForm.tsx '/v1/authenticator'": 'bind, by attempt',
  "src/signIn/InvitationForm.tsx '/v1/invitations/acceptances'": 'by attempt',
};

/** Addresses of `post(…)` and `put(…)` that are not inside the argument of `act(…)`, `attempt(…)` a list's `ask`, a form's `propose` or an `undo`, and how many calls there are. */
function unguarded(
  path: string,
  source: string,
): { readonly calls: number; readonly bare: readonly string[] } {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const bare: string[] = [];
  let calls = 0;
  // `act(…)`, or `doing.act(…)` where a page uses the whole object
  const nameOf = ({ expression }: ts.CallExpression): string | undefined =>
    ts.isIdentifier(expression)
      ? expression.text
      : ts.isPropertyAccessExpression(expression) && expression.name.text === 'act'
        ? 'act'
        : undefined;
  const visit = (node: ts.Node, guarded: boolean): void => {
    if (ts.isCallExpression(node)) {
      const name = nameOf(node);
      if (name === 'post' || name === 'put') {
        const address = node.arguments[0]?.getText(file) ?? '';
        if (!asks.test(address)) {
          calls += 1;
          if (!guarded) bare.push(`${path} ${address}`);
        }
      }
      if (name === 'act' || name === 'attempt') {
        // what is done afterwards, in the second argument, may be done again
        node.arguments.forEach((one, at) => visit(one, guarded || at === 0));
        return;
      }
    }
    const opens =
      (ts.isJsxAttribute(node) && ['ask', 'propose'].includes(node.name.getText(file))) ||
      // what reverses an act: the bar that offers it calls it by its own `act`
      (ts.isPropertyAssignment(node) && node.name.getText(file) === 'undo');
    node.forEachChild((child) => visit(child, guarded || opens));
  };
  visit(file, false);
  return { calls, bare };
}

test('whatever changes something is sent once, however often it is pressed', () => {
  const cases = [
    ["act(() => post('/v1/a', {}), again)", 0],
    ["act(go, again); post('/v1/a', {})", 1],
    ["act(go, () => void post('/v1/a', {}))", 1],
    ["offerUndo({ undo: () => post('/v1/a', {}), undone: again })", 0],
    ["offerUndo({ undo: go, undone: () => post('/v1/a', {}) })", 1],
    ["attempt(async () => { await x(); await put('/v1/a', {}); })", 0],
  ] as const;
  for (const [source, faults] of cases) assert.equal(unguarded('x.tsx', source).bare.length, faults, source);
  let seen = 0;
  const bare: string[] = [];
  for (const [path, source] of sources) {
    if (!/\b(?:post|put)\(/.test(source)) continue;
    const found = unguarded(path, source);
    seen += found.calls;
    bare.push(...found.bare);
  }
  assert.ok(seen > 60, `${seen}`);
  assert.deepEqual(bare.sort(), Object.keys(guardedElsewhere).sort());
});

test('a day is shown as the country writes it, never as the hub sends it', () => {
  // a column's cell, a fact, or a text between tags that is a day of an answer
  const shown =
    /(?:=> |say\('\w+'\), |[>▲·]\s*\{)\w+\.(?:due|day|sunset|ended|until|period|receivedFrom|receivedUntil)\s*[}\]]/;
  for (const bare of [
    'render: (_, one) => one.due }',
    "[say('scSunset'), schema.sunset]",
    '<b>{of.due}</b>',
    '▲ {of.due}（',
  ])
    assert.match(bare, shown);
  for (const [path, source] of sources)
    if (path.startsWith('src/')) assert.doesNotMatch(codeOf(source), shown, path);
});

test('days and moments, in both languages', () => {
  assert.equal(writtenDay('2026-11-22', 'zh-CN'), '2026年11月22日');
  assert.equal(writtenDay('2026-11-22', 'en-GB'), '22 Nov 2026');
  assert.equal(writtenDay('2026-11-22T16:30:00.000Z', 'en-GB'), '23 Nov 2026', 'the day in China');
  assert.equal(writtenDay('2028-01-01T00:00:00+08:00', 'zh-CN'), '2028年1月1日');
  for (const other of ['2026-11', '', 'every month', '2026-99-99'])
    assert.equal(writtenDay(other, 'zh-CN'), other);
});
