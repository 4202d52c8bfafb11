import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SourceFault } from '../../../machine/sources/sqlSource.ts';
import { Problem } from '../../../terms/problem.ts';
import { LiveFailure } from '../../sdk/liveConnection.ts';
import { OwnReason, sourceReason } from './sourceReason.ts';

const logged = { isLogged: true };
const shown = { isLogged: false };

test('a reason of this program and a problem of a reader are given in both languages, with the next step', () => {
  const text = { zh: '有问题', en: 'it is bad' };
  const next = { zh: '更正', en: 'mend it' };
  const own = new LiveFailure('query_failed', { cause: new OwnReason(text, next) });
  const findings = [{ rule: 'encoding.lost', message: text }];
  const problem = new Problem('file_empty', {}, { findings, cause: new Error('of a library') });
  for (const kind of [logged, shown]) {
    assert.deepEqual(sourceReason(own, kind), { text, findings: [], next });
    assert.deepEqual(sourceReason(problem, kind), { text: problem.text, findings, next: problem.next });
  }
});

test('the message of a database or a library is not logged', () => {
  const fault = new SourceFault('failed', '22P02', new Error('invalid input: "secret"'));
  assert.equal(sourceReason(fault, logged).text.en, '22P02');
  assert.equal(sourceReason(fault, shown).text.zh, 'invalid input: "secret"');
  assert.equal(sourceReason(new TypeError('secret'), logged).text.zh, 'TypeError');
});

test('an error of the file system has a sentence in both languages', () => {
  const missing = Object.assign(new Error('ENOENT: open'), { code: 'ENOENT', path: '/x' });
  const error = new LiveFailure('query_failed', { cause: missing });
  assert.equal(sourceReason(error, logged).text.zh, '没有这个文件或文件夹');
  assert.equal(sourceReason(error, shown).text.en, '/x: there is no such file or folder');
});
