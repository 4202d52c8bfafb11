/** A text from a link of another person cannot run a command in the line that a reader copies. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { shellWord } from './shellWord.ts';

test('any text is one word to a shell', () => {
  for (const text of [
    'household',
    'urn:datong:household:1.0',
    '户籍 信息',
    '0;echo evil',
    '$(echo evil)',
    '`echo evil`',
    '"; echo evil; "',
    "'; echo evil; '",
    '| sh',
    '~',
    '*',
    '-x',
  ])
    assert.equal(execFileSync('sh', ['-c', `printf %s: ${shellWord(text)}`]).toString(), `${text}:`, text);
  assert.equal(shellWord('a\nb'), "'a b'");
  // zsh replaces =ls by the path of ls
  assert.equal(shellWord('=ls'), "'=ls'");
  assert.deepEqual(['pub-security.household', 'req-000000002', '户籍'].map(shellWord), [
    'pub-security.household',
    'req-000000002',
    '户籍',
  ]);
});
