/** A link sent by another person makes no command of the line that its reader copies. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { shellWord } from './shellWord.ts';

test('whatever is put into a line is one word of it to a shell', () => {
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
  assert.deepEqual(['pub-security.household', 'req-000000002', '户籍'].map(shellWord), [
    'pub-security.household',
    'req-000000002',
    '户籍',
  ]);
});
