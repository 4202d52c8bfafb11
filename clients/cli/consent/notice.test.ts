import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runDatong } from '../../../tests/datong.ts';

const folder = mkdtempSync(join(tmpdir(), 'datong-notice-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const document = (text: string): string =>
  `kind: Notice\nreference: some-notice\nowner: education\nlanguage: zh\npurposes: [school-meals]\ntext: |\n  ${text}\n`;

async function noticeOf(content: string) {
  const file = join(folder, 'notice.yaml');
  writeFileSync(file, content);
  const { code, stdout, stderr } = await runDatong(['consent', 'notice', file]);
  return { code, stdout, stderr };
}

test('the digest is that of the text of the one notice in the file', async () => {
  const { code, stdout } = await noticeOf(`# a comment\n${document('为办理资助')}`);
  assert.deepEqual([code, stdout], [0, `${createHash('sha256').update('为办理资助\n').digest('hex')}\n`]);
});

test('a file with several notices, with none or with one without a text is refused', async () => {
  const one = document('one');
  for (const content of [
    `${one}---\n${one}`,
    'kind: Purpose\ncode: school-meals\n',
    'kind: Notice\nreference: some-notice\n',
  ]) {
    const { code, stdout, stderr } = await noticeOf(content);
    assert.deepEqual([code, stdout], [4, ''], content);
    assert.match(stderr, /exactly one document of kind Notice/);
  }
});
