/**
 * Reads of sealed tables in the source of the hub: no read that checks seals is cut by a LIMIT before the check, and the tables whose rows
 * no read checks are those that docs/audit.md lists.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { nonEmpty } from '../../../../tests/nonEmpty.ts';
import { isSealed, sealedNames, type SealedName } from './rules.ts';

const hub = join(import.meta.dirname, '../../..');
const sources = readdirSync(hub, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.includes('authenticated'))
  .map((path) => ({ path, text: readFileSync(join(hub, path), 'utf8') }));

interface Read {
  readonly path: string;
  /** the arguments of the call, as source */
  readonly text: string;
}

/** Calls of a function, each with its arguments. */
const callsOf = (name: string): readonly Read[] =>
  sources.flatMap(({ path, text }) =>
    [...text.matchAll(new RegExp(`\\b${name}(?:<|\\()`, 'g'))].map(({ index }) => ({
      path,
      text: argumentsFrom(text, index + name.length),
    })),
  );

/** Source between the parentheses of a call, after its type arguments. */
function argumentsFrom(text: string, at: number): string {
  let begin = at;
  for (let open = 0; begin < text.length; begin += 1) {
    const sign = text[begin] ?? '';
    if (sign === '(' && open === 0) break;
    if (sign === '<' || sign === '{') open += 1;
    if (sign === '}' || (sign === '>' && text[begin - 1] !== '=')) open -= 1;
  }
  let end = begin;
  for (let open = 0; end < text.length; end += 1) {
    if (text[end] === '(') open += 1;
    if (text[end] === ')' && (open -= 1) === 0) break;
  }
  return text.slice(begin + 1, end);
}

const readers = ['sealedRow', 'sealedRows', 'allSealedRows', 'firstSealedRows'];
const checking = [
  ...readers,
  'limitedSealedRows',
  'unalteredRows',
  'keyedRows',
  'hasKeyedRow',
  'unalteredRow',
  'comparedTable',
  'refuseAlteredRows',
  'refuseUnauthentic',
];

test('no read checks the seals of rows that a LIMIT has chosen before', () => {
  for (const { path, text } of nonEmpty(readers.flatMap(callsOf)))
    assert.doesNotMatch(
      text,
      /\bLIMIT\b|\.limit\(/,
      `${path}: use firstSealedRows, which reads on past rows without a seal`,
    );
});

test('docs/audit.md lists the tables whose rows are compared by the job alone', () => {
  const checked = new Set(
    nonEmpty(checking.flatMap(callsOf)).flatMap(({ text }) =>
      [...text.matchAll(/'([a-z_]+)'/g)].flatMap(([, name = '']) => (isSealed(name) ? [name] : [])),
    ),
  );
  const rest = sealedNames.filter((name) => !checked.has(name));
  for (const language of ['', '.zh-CN']) {
    const page = readFileSync(join(hub, `../docs/audit${language}.md`), 'utf8');
    const [, listed = ''] = /<!-- compared by the job alone -->\n(.*)\n/.exec(page) ?? [];
    assert.deepEqual([...listed.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name).sort(), [...rest].sort());
  }
});

/** Tables whose rows open a session, a connection or a role. */
const access = [
  ...['person', 'credential', 'role_grant', 'stand_in', 'invitation', 'staff_session', 'authenticator'],
  ...['certificate', 'signing_key', 'enrolment_code', 'own_session', 'person_service', 'view_delay'],
] as const satisfies readonly SealedName[];

/** Other statements that name them. */
const unchecked: Readonly<Record<string, string>> = {
  'identity/store/authorities.ts certificate': 'whether there is any',
  'identity/store/certificates.ts certificate':
    'certificates that expire soon, for a report; the named one of a change, which is compared',
  'identity/store/departments.ts certificate':
    'whether the directory is read again, which compares the seals',
  'identity/store/departments.ts credential': 'the same',
  'identity/store/departments.ts signing_key': 'the same',
  'identity/store/endPerson.ts person': 'those that an end of a person has just ended',
  'identity/store/keyApprovals.ts signing_key': 'counts for the inbox',
  'identity/store/persons.ts role_grant': 'a guard that is removed with the last role that has it',
  'identity/store/sessions.ts credential': 'the credential of a session is read again with its seal',
};

test('rows that give access are read by checked reads, which compute the conditions from the row again', () => {
  const named = new RegExp(`(?<!DELETE )\\b(?:FROM|JOIN)\\s+(${access.join('|')})\\b(?![.(_])`, 'g');
  const checkedTexts = checking.flatMap(callsOf);
  const found = sources.flatMap(({ path, text }) => {
    const rest = checkedTexts
      .filter((read) => read.path === path)
      .reduce((before, read) => before.replace(read.text, () => ''), text);
    return [...rest.replaceAll(/^ *(?:\*|\/\/|\/\*\*).*$/gm, '').matchAll(named)].map(
      ([, name = '']) => `${path} ${name}`,
    );
  });
  assert.deepEqual([...new Set(found)].sort(), Object.keys(unchecked).sort());
});
