/** What the command line says of wrong usage: one sentence, in the language of talk, with the exit code of the contract. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Command, CommanderError } from 'commander';
import { Problem } from '../../terms/problem.ts';
import { runDatong } from '../../tests/datong.ts';
import { registerAll } from '../../tests/everyVerb.ts';
import { DatongCommand } from './datongCommand.ts';
import { complaint, meaning, notes, oneLanguage, speakHelp } from './helpLanguage.ts';
import { exitCode, failureOf, findingLines, setLanguage } from './verb.ts';
import { wholeNumber } from './values.ts';

test('every verb has a description in both languages', async () => {
  const program = new Command('datong');
  await registerAll(program);
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

test('every option and argument has a description in both languages, and its help shows no other', async () => {
  setLanguage('zh');
  const program = new Command('datong');
  speakHelp(program);
  await registerAll(program);
  const all = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(all)];
  const verbs = program.commands.flatMap(all);
  const texts = new Set(
    verbs.flatMap(({ options, registeredArguments }) =>
      [...options, ...registeredArguments].map(({ description }) => description),
    ),
  );
  texts.delete('');
  assert.ok(texts.size > 300);
  const untold = [...texts].filter((text) => !/\p{Script=Han}/u.test(meaning(text)));
  assert.deepEqual(untold, [], 'clients/cli/help/ wants them in Chinese');
  assert.match(
    program.commands.find((one) => one.name() === 'logs')?.helpInformation() ?? '',
    /可选：allow、deny/,
  );
  setLanguage('en');
  for (const text of texts) assert.match(meaning(text), /[a-z]/i);
});

/** What a verb prints after its options, line by line. */
function notesOf(verb: Command): readonly string[] {
  let text = '';
  verb.emit('afterHelp', { error: false, command: verb, write: (part: string) => (text += part) });
  return text.split('\n');
}

test('the notes and examples of a help have a Chinese text, but for commands and files', async () => {
  const program = new Command('datong');
  await registerAll(program);
  const all = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(all)];
  const lines = new Set(program.commands.flatMap(all).flatMap(notesOf));
  setLanguage('zh');
  const isProse = (line: string): boolean =>
    / {3}\S| # /.test(line) || line.endsWith('.') || /^(?!datong |cat |psql )[A-Za-z]+(?: \S+){3}/.test(line);
  const prose = [...lines].filter((line) => isProse(line.trim()));
  assert.ok(prose.length > 40);
  const english = prose.map(notes).filter((line) => !/\p{Script=Han}/u.test(line));
  assert.deepEqual(english, []);
  assert.equal(notes('\nExamples:\n  datong init   # asks\n'), '\n示例：\n  datong init   # 逐项询问\n');
  assert.equal(notes('Example: datong policy test policies/'), '示例：datong policy test policies/');
  setLanguage('en');
  assert.equal(notes('Examples:'), 'Examples:');
});

function reportOf(words: readonly string[], language: 'zh' | 'en'): string {
  setLanguage(language);
  let reported = '';
  const program = new Command('datong').exitOverride();
  speakHelp(program);
  program.configureOutput({ writeErr: (text) => (reported += text) });
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
  return reported;
}

test('wrong usage is reported in one sentence and a hint', () => {
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
    assert.match(reportOf(words.split(' '), 'en'), english);
    const reported = reportOf(words.split(' '), 'zh');
    assert.match(reported, chinese);
    assert.match(reported, /加 --help 看用法/);
    assert.doesNotMatch(reported, /error|invalid/);
  }
  setLanguage('en');
  assert.equal(complaint('error: anything else'), 'error: anything else');
});

test('a failure has a sentence, its findings and an exit code', () => {
  setLanguage('en');
  const findings = [
    {
      pointer: '/body/limit',
      rule: 'maximum',
      message: { zh: '太大，不得大于 1000', en: 'too large, not above 1000' },
    },
    { path: '', code: 'shape', message: { zh: '形状不对', en: 'wrong shape' } },
  ];
  assert.deepEqual(findingLines([...findings, { by: 'office' }]), [
    '/body/limit  maximum  too large, not above 1000',
    'shape  wrong shape',
  ]);
  const refused = failureOf(new Problem('invalid_request', {}, { findings }));
  assert.deepEqual([refused.exit, refused.details?.length], [exitCode.refused, 2]);
  assert.equal(failureOf(new Problem('anchors_malformed', { what: 'root' })).exit, exitCode.local);
  const folder = failureOf(Object.assign(new Error('read'), { code: 'EISDIR' }));
  assert.deepEqual([folder.exit, folder.text.en], [exitCode.local, 'a file is wanted, not a folder']);
  const unreachable = failureOf(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));
  assert.match(unreachable.next?.zh ?? '', /datong serve/);
  for (const [code, exit, says] of [
    ['ENOENT', exitCode.local, /no such file/],
    ['ENOSPC', exitCode.local, /disk is full/],
    ['ECONNREFUSED', exitCode.network, /nothing listens there/],
    ['ENOTFOUND', exitCode.network, /name of the host/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', exitCode.network, /names another host/],
    ['ERR_INVALID_PROTOCOL', exitCode.usage, /no https address/],
    ['ERR_INVALID_URL', exitCode.usage, /no https address/],
    ['CERT_HAS_EXPIRED', exitCode.network, /has expired/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', exitCode.network, /authority/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', exitCode.network, /another port/],
    ['ERR_OSSL_UNSUPPORTED', exitCode.local, /key or certificate cannot be read/],
  ] as const) {
    const reported = failureOf(
      Object.assign(new Error(`${code}: x509 routines:: raw`), { code, path: '/x/y' }),
    );
    assert.deepEqual([reported.exit, says.test(reported.text.en)], [exit, true], code);
    for (const text of [reported.text, reported.next ?? reported.text])
      assert.doesNotMatch(`${text.zh} ${text.en}`, /ERR_|ENO|ECONN|CERT_|UNABLE_|x509|raw/, code);
  }
  assert.equal(failureOf(new SyntaxError('Unexpected token')).text.en, 'a file that was given is not JSON');
  const gone = failureOf(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));
  assert.equal(gone.exit, exitCode.network);
});

test('typical failures of a first day are sentences: no code and no words of a library, in either language', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'datong-failures-'));
  try {
    writeFileSync(join(folder, 'not.json'), '{"a": ');
    writeFileSync(join(folder, 'bad.pem'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    const hub = {
      exchange: 'https://127.0.0.1:1',
      open: 'https://127.0.0.1:1',
      ca: './bad.pem',
      keys: { keys: [] },
    };
    const profile = {
      v: 1,
      department: 'education',
      hub,
      tls: { cert: './bad.pem', key: './bad.pem' },
      signingKey: './bad.pem',
    };
    writeFileSync(join(folder, 'datong.json'), JSON.stringify(profile), { mode: 0o600 });
    const failures: readonly (readonly string[])[] = [
      ['adapt', 'absent.csv', '--format', 'csv'],
      ['apply', 'absent.yaml', '--token', 'x', '--profile', 'absent.json'],
      ['receipt', 'verify', 'absent.json', '--anchors', 'not.json'],
      ['receipt', 'verify', 'not.json', '--anchors', 'not.json'],
      ['logs'],
      ['logs', '--profile', 'not.json'],
      ['schema', 'lint', 'not.json'],
      [
        'enrol',
        'DT-X9DYX-81VZ0-BSTC8-R9PYR',
        '--dir',
        'new',
        '--hub',
        'https://127.0.0.1:1',
        '--pin',
        `sha256:${'A'.repeat(43)}`,
      ],
      ['signature', 'verify', 'not.json', '--key', 'bad.pem'],
    ];
    for (const [index, words] of failures.entries()) {
      const zh = index % 2 === 0;
      const reported = await runDatong(['--lang', zh ? 'zh' : 'en', ...words], { cwd: folder });
      assert.ok(reported.code >= 1 && reported.code <= 5, `${words.join(' ')}: ${reported.code}`);
      const output = `${reported.stdout}${reported.stderr}`;
      assert.doesNotMatch(
        output,
        /\bERR_|\bE(?:NOENT|CONN|ACCES|ISDIR|NOTDIR)|x509|Unexpected (?:token|end)|PEM routines|ASN1|未预期的错误|unexpected error/,
        words.join(' '),
      );
      if (zh) assert.match(output, /\p{Script=Han}/u, words.join(' '));
    }
    assert.ok(!existsSync(join(folder, 'new', 'datong-keys')), 'a failed enrolment leaves nothing');
    const raw = Object.assign(new Error('x509 of /home/wang is bad'), { code: 'ERR_NOBODY_KNOWS' });
    assert.doesNotMatch(JSON.stringify(failureOf(raw)), /x509|wang|ERR_/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the thumbprint of a key is a word though it begins with hyphens, and an option is an option still', () => {
  for (const beginning of ['-', '--', '-V', '-h', '--lang']) {
    const key = beginning.padEnd(43, 'Q');
    const program = new DatongCommand('datong').version('0').option('--lang <language>').exitOverride();
    const given: unknown[] = [];
    program
      .command('approve')
      .argument('<id>')
      .argument('[more...]')
      .option('--key <thumbprint>')
      .option('--yes')
      .action((...all: unknown[]) => {
        given.push(...all.slice(0, 3));
      });
    program.parse(['approve', key, '--key', key, 'a', key, '--yes'], { from: 'user' });
    assert.deepEqual(given, [key, ['a', key], { key, yes: true }]);
  }
  const strict = new DatongCommand('datong').exitOverride();
  strict.configureOutput({ writeErr: () => undefined });
  strict.command('approve').argument('<id>');
  assert.throws(() => strict.parse(['approve', '--unknown'], { from: 'user' }), CommanderError);
});
