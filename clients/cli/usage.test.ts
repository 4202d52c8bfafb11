/** What the command line says of wrong usage: one sentence, in the language of talk, with the exit code of the contract. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command, CommanderError } from 'commander';
import { Problem } from '../../terms/problem.ts';
import { complaint, oneLanguage, speakHelp } from './helpLanguage.ts';
import { exitCode, failureOf, findingLines, setLanguage } from './verb.ts';
import { registerVerbs } from './verbs.ts';
import { wholeNumber } from './wholeNumber.ts';

test('every verb says in both languages what it does', async () => {
  const program = new Command('datong');
  await registerVerbs(program, []);
  const all = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(all)];
  const verbs = program.commands.flatMap(all);
  assert.ok(verbs.length > 30);
  for (const verb of verbs) {
    setLanguage('zh');
    const chinese = oneLanguage(verb.description());
    setLanguage('en');
    const english = oneLanguage(verb.description());
    assert.match(chinese, /\p{Script=Han}/u, verb.name());
    assert.doesNotMatch(english, /\p{Script=Han}/u, verb.name());
  }
});

function toldOf(words: readonly string[], language: 'zh' | 'en'): string {
  setLanguage(language);
  let told = '';
  const program = new Command('datong').exitOverride();
  speakHelp(program);
  program.configureOutput({ writeErr: (text) => (told += text) });
  program
    .command('try')
    .argument('<file>')
    .option('--count <n>', 'how many', wholeNumber(1, 9))
    .requiredOption('--to <place>', 'where');
  try {
    program.parse(words, { from: 'user' });
  } catch (error) {
    assert.ok(error instanceof CommanderError);
  }
  return told;
}

test('wrong usage is told in one sentence and a hint', () => {
  const cases: readonly (readonly [string, RegExp, RegExp])[] = [
    ['nothing', /unknown command 'nothing'/, /错误：没有命令 nothing/],
    [
      'try f --to x --counts 3',
      /unknown option '--counts'[\s\S]*Did you mean --count/,
      /没有选项 --counts[\s\S]*是否想写 --count/,
    ],
    ['try --to x', /missing required argument 'file'/, /缺少参数 file/],
    ['try f', /required option '--to <place>' not specified/, /缺少选项 --to <place>/],
    ['try f --to', /argument missing/, /没有给出值/],
    ['try f g --to x', /too many arguments/, /参数过多，应为 1 个，实为 2 个/],
    ['try f --to x --count 0', /A whole number from 1 to 9 is wanted/, /的值 0 无效，应为 1 到 9 的整数/],
    ['try f --to x --count 1e0', /argument '1e0' is invalid/, /的值 1e0 无效/],
  ];
  for (const [words, english, chinese] of cases) {
    assert.match(toldOf(words.split(' '), 'en'), english);
    const told = toldOf(words.split(' '), 'zh');
    assert.match(told, chinese);
    assert.match(told, /加 --help 看用法/);
    assert.doesNotMatch(told, /error|invalid/);
  }
  setLanguage('en');
  assert.equal(complaint('error: anything else'), 'error: anything else');
});

test('a failure has a sentence, its findings and an exit code', () => {
  setLanguage('en');
  const findings = [
    { pointer: '/body/limit', rule: 'maximum', message: 'must be <= 1000' },
    { path: '', code: 'shape', message: { zh: '形状不对', en: 'wrong shape' } },
  ];
  assert.deepEqual(findingLines(findings), ['/body/limit  maximum  must be <= 1000', 'shape  wrong shape']);
  const refused = failureOf(new Problem('invalid_request', {}, { findings }));
  assert.deepEqual([refused.exit, refused.details?.length], [exitCode.refused, 2]);
  assert.equal(failureOf(new Problem('anchors_malformed', { what: 'v' })).exit, exitCode.local);
  const folder = failureOf(Object.assign(new Error('read'), { code: 'EISDIR' }));
  assert.deepEqual([folder.exit, folder.text.en], [exitCode.local, 'a file is wanted, not a folder']);
  const gone = failureOf(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));
  assert.equal(gone.exit, exitCode.network);
});
