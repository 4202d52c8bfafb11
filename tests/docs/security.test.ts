/** Every hole that was ever found has its row in tests/attacks/README.md. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { text } from './namedTests.ts';

const rows = text('tests/attacks/README.md')
  .split('\n')
  .filter((line) => line.startsWith('| '));

/** Holes that were found by attacking a hub, in the order they were reported; each is a row. */
const holes: readonly (readonly [what: string, row: RegExp])[] = [
  ['a stale version revives', /approves an old, looser version after a newer one/],
  [
    'schemas, lists and mappings without owners',
    /registers versions of a schema, list or mapping of another owner/,
  ],
  ['a breaking version is registered', /registers a version that breaks others or reveals more/],
  ['the second person is a second token', /approves their own document/],
  ['scopes', /reads or acts beyond their department/],
  ['personal data without a subject', /declares personal data without a subject/],
  ['words without effect', /uses a word that has no effect/],
  ['staff verbs fall back to any demo', /reaches any running demo with a real token/],
  ['identity numbers as case or official', /writes an identity number into a signed header/],
  ['nobody re-verifies', /changes entries, search columns or subject tokens/],
  ['snapshots replaced without a guard', /sends a snapshot that lost its rows/],
  ['raw parts for ever', /leaves open batches and raw bytes forever/],
  ['explain says allow', /relies on/],
  ['one operator is both sides', /enrols both sides of an agreement and signs as both/],
  ['a suspension is undone by the other side', /lifts a suspension of another side by a new version/],
  ['a floor is evaded by a purpose', /avoids a restriction with a purpose below another one/],
  ['a code list that none sorts above', /blocks intake with a code list that sorts above all others/],
  ['one missing entry disables all evidence', /removes one entry to disable all evidence/],
  ['a trigger that drops entries', /adds a trigger, rule or row security that drops or changes entries/],
  ['strangers and stalled uploads', /opens thousands of connections without a certificate/],
  ['jumps of the clock', /sets the clock ahead and back to replay a request/],
  ['durability is not enforced', /sets `synchronous_commit = off`/],
  ['a frozen database', /calls that hang/],
  ['a policy text is edited', /edits a policy text or removes a restriction/],
  ['the union of two agreements', /combines fields of several agreements to a whole number/],
  ['requests that two readers read in two ways', /smuggles requests/],
  ['generated types hold foreign code', /uses a title that becomes code in generated types/],
  ['altered stored messages', /alters a stored request or reply/],
  ['clients written from the documents', /accepts an unsigned or altered reply/],
  ['a revoked token makes a new one', /makes a new token at another process/],
  ['a pooler that drops options', /drops the connection’s parameters/],
  ['a missing grant', /lacks a GRANT/],
  ['copied key folders diverge', /copies key folders, and each process makes its own yearly key/],
  ['a process far behind stalls all others', /blocks the others while it reads the log/],
];

for (const [what, row] of holes)
  test(`the table of threats has a row: ${what}`, () => {
    assert.ok(
      rows.some((one) => row.test(one)),
      what,
    );
  });

test('what the pages say of case numbers and of keys of departments names problems that exist, in both languages the same', () => {
  const problems = text('docs/api-problems.md');
  for (const [page, heading] of [
    ['docs/audit.md', '**Case numbers and officials**'],
    ['docs/audit.zh-CN.md', '**办件号和经办人**'],
    ['docs/keys.md', '## Keys of departments'],
    ['docs/keys.zh-CN.md', '## 部门的密钥'],
  ] as const) {
    const from = text(page).indexOf(heading);
    assert.ok(from >= 0, `${page} has lost ${heading}`);
    const section = text(page).slice(
      from,
      text(page).indexOf(heading.startsWith('##') ? '\n## ' : '\n\n', from + 4),
    );
    const codes = [...section.matchAll(/`((?:header|matter|search|key|keys|objection)_[a-z_]+)`/g)].map(
      ([, code = '']) => code,
    );
    const named = codes.filter((code) => !/^keys_(waiting|objected)$/.test(code));
    assert.ok(named.length >= 3, `${page}: ${named.join(' ')}`);
    for (const code of named) assert.ok(problems.includes(`\`${code}\``), `${page}: ${code}`);
  }
});
