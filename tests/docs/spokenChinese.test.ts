/**
 * What people read in Chinese is Chinese: in the sentences of the program, in the answers recorded for /docs and in what the guides show
 * on a terminal, English occurs only as names, codes and commands.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/generated.ts';
import { recordedExamples } from '../../hub/platform/http/contract/curlExample.ts';
import { actWords, kindWords, roleWords, stateWords } from '../../terms/factWords/lifeWords.ts';
import { fileWords } from '../../terms/factWords/fileWords.ts';
import { houseWords } from '../../terms/factWords/houseWords.ts';
import { labelWords } from '../../terms/factWords/labelWords.ts';
import { logWords } from '../../terms/factWords.ts';
import { Problem } from '../../terms/problem.ts';
import { nonEmpty } from '../nonEmpty.ts';
import { guideSteps } from './guideSteps.ts';

/** Names of programs, formats and standards, and statements that are typed as they are. */
const names =
  /\b(?:datong|demo|openssl|chmod|git add|npm pack|REVOKE|ALTER ROLE|CREATE TABLE|AS SELECT|PARTITION OF|FROM datong|ON audit|TRUNCATE|UPDATE|OCCURS DEPENDING ON|Bearer|Micro Focus|FoxPro DBF|COBOL copybook|JSON Schema|CC BY|HTTP|deststoretype|key FILE)\b[^，。；：（）“”\p{Script=Han}]*/gu;
const english = /\b[A-Za-z][A-Za-z'’]*[a-z](?: [A-Za-z][A-Za-z'’]+)+\b/;

const foreignIn = (text: string): string | undefined => english.exec(text.replaceAll(names, ''))?.[0];
const ownFiles = (...paths: readonly string[]): readonly string[] =>
  execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...paths], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\0')
    .filter((path) => path !== '');

/** The values in a sentence are another matter: `{what}` and `${…}` are left out. */
const sentencesIn = (path: string): readonly string[] =>
  [...readFileSync(join(root, path), 'utf8').matchAll(/\bzh: (?:'([^'\n]*)'|"([^"\n]*)"|`([^`]*)`)/g)].map(
    ([, single, double, template]) =>
      (single ?? double ?? template ?? '').replaceAll(/\$\{[^}]*\}|\{\w+\}/g, '·'),
  );

test('the Chinese sentences of the program', () => {
  const files = ownFiles('adapters', 'certs', 'clients', 'hub', 'log', 'policies', 'schemas', 'terms').filter(
    (path) => path.endsWith('.ts') && !path.endsWith('.test.ts'),
  );
  const foreign = nonEmpty(files).flatMap((path) =>
    sentencesIn(path).flatMap((text) => {
      const words = foreignIn(text);
      return words === undefined ? [] : [`${path}: ${words}`];
    }),
  );
  assert.deepEqual(foreign, []);
});

test('words that fill a sentence have their Chinese', () => {
  const tables = [actWords, fileWords, houseWords, kindWords, labelWords, logWords, roleWords, stateWords];
  for (const [english, chinese] of nonEmpty(tables.flatMap((table) => Object.entries(table))))
    assert.ok(/\p{Script=Han}/u.test(chinese) && foreignIn(chinese) === undefined, `${english}: ${chinese}`);
});

test('a refusal fills its sentence in the language of the sentence', () => {
  const { text } = new Problem('transition_not_allowed', {
    what: 'Schema urn:datong:rink-permits:1.0',
    state: 'inReview',
    act: 'retire',
  });
  assert.equal(text.zh, '数据集标准 urn:datong:rink-permits:1.0 处于 审核中 状态，不能执行 退役');
  assert.equal(text.en, 'Schema urn:datong:rink-permits:1.0 is inReview: it does not allow "retire"');
  const { text: reported } = new Problem('pack_malformed', { what: 'too long' });
  assert.deepEqual(
    [reported.zh, reported.en],
    ['证据包格式不正确：过长', 'the evidence pack has the wrong form: too long'],
  );
});

test('the answers recorded for /docs', () => {
  const texts: string[] = [];
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, member] of Object.entries(value))
      if (name === 'zh' && typeof member === 'string') texts.push(member);
      else look(member);
  };
  look(recordedExamples());
  assert.deepEqual(
    nonEmpty(texts).flatMap((text) => foreignIn(text) ?? []),
    [],
  );
});

test('what the Chinese guides show on a terminal', () => {
  const shown = nonEmpty(ownFiles('docs/guides/*.zh-CN.md')).flatMap((path) =>
    guideSteps(join(root, path)).flatMap((step) => (step.kind === 'command' ? step.output : [])),
  );
  const talk = shown.filter((line) => /\p{Script=Han}/u.test(line));
  assert.deepEqual(
    nonEmpty(talk).filter((line) => foreignIn(line.replaceAll(/ {2,}/g, '·')) !== undefined),
    [],
  );
  // members and steps are printed by their names in Chinese too
  assert.deepEqual(
    shown.filter((line) => /^ *(?:[✓✗] )?[a-z][\w-]*: /.test(line)),
    [],
  );
});
