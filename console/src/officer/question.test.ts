import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineOf } from './question.ts';

test('the command of a question about a person, or of a whole range, asks for the same', () => {
  const draft = { dataset: 'a.b', consumer: 'education', first: '1', last: '9' };
  assert.equal(
    lineOf('search', draft),
    'npx datong audit search --dataset a.b --consumer education --first 1 --last 9 --as auditor',
  );
  assert.equal(
    lineOf('search', { consumer: 'education' }, { about: 'a.c' }),
    'npx datong audit search --reason … --case … --subject FILE --dataset a.c --consumer education --as auditor',
  );
  assert.equal(
    lineOf('evidence', draft, { about: 'a.b', whole: true }),
    'npx datong audit evidence --reason … --case … -o evidence --subject FILE --dataset a.b --consumer education --first 1 --last 9 --whole --as auditor',
  );
  assert.equal(
    lineOf('search', { from: '2026-11-01', until: '2026-11-08' }),
    'npx datong audit search --from 2026-11-01 --until 2026-11-09 --as auditor',
    'the page includes the last day',
  );
  assert.match(lineOf('evidence', {}, { about: '' }), / --subject FILE --dataset … /);
});
