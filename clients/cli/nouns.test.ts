/** Nouns with verbs, the short forms of every day, and former verbs as hidden aliases. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runDatong } from '../../tests/datong.ts';
import { formerVerbs } from '../../tests/everyVerb.ts';
import { nonEmpty } from '../../tests/nonEmpty.ts';
import { DatongCommand } from './datongCommand.ts';
import { speakHelp } from './helpLanguage.ts';
import { newForms, nouns, shortForms, topHelp } from './nouns.ts';
import { textWidth } from './printedText.ts';
import { setLanguage } from './verb.ts';
import { registerVerbs } from './verbs.ts';

const named = async (...words: readonly string[]): Promise<DatongCommand> => {
  const program = new DatongCommand('datong').exitOverride();
  speakHelp(program);
  await registerVerbs(program, words);
  return program;
};

/** The command that the words name. */
async function found(words: readonly string[]): Promise<DatongCommand | undefined> {
  let command: DatongCommand | undefined = await named(...words);
  for (const word of words) command = command?.commands.find((one) => one.name() === word);
  return command;
}

const shape = (command: DatongCommand | undefined): unknown => [
  command?.description(),
  command?.options.map(({ flags }) => flags),
  command?.commands.map((one) => one.name()),
];

test('the help of a single one leaves out the options of its list', async () => {
  const help = async (...words: readonly string[]) => (await found(words))?.helpInformation() ?? '';
  for (const noun of ['dataset', 'schema']) {
    assert.match(await help(noun, 'list'), /--limit/);
    assert.match(await help(noun, 'show'), /--json/);
    assert.doesNotMatch(await help(noun, 'show'), /--limit|--department|--search|--name </);
  }
});

test('help fits one screen in both languages', () => {
  for (const language of ['zh', 'en'] as const) {
    setLanguage(language);
    const lines = topHelp().trimEnd().split('\n');
    assert.ok(lines.length <= 24, `${lines.length} lines`);
    for (const line of lines) assert.ok(textWidth(line) <= 80, `${textWidth(line)}: ${line}`);
    for (const name of [...Object.keys(nouns), ...shortForms])
      assert.match(topHelp(), new RegExp(`\\b${name}\\b`));
  }
  setLanguage('en');
});

test('there are at most 15 nouns, each lists its verbs, and no other', async () => {
  assert.ok(Object.keys(nouns).length <= 15, Object.keys(nouns).join(' '));
  for (const name of Object.keys(nouns)) {
    const program = await named(name);
    assert.deepEqual(
      program.commands.map((one) => one.name()),
      [name],
    );
    const noun = program.commands[0] ?? assert.fail(name);
    const verbs = noun.commands.map((one) => one.name());
    assert.ok(verbs.length > 2, name);
    assert.equal(new Set(verbs).size, verbs.length, name);
    const help = noun.helpInformation();
    for (const verb of verbs) {
      assert.match(help, new RegExp(`^ {2}${verb}\\b`, 'm'), `${name} ${verb}`);
      // the same verb where it alone is typed, and its files alone are loaded
      assert.deepEqual(
        shape(await found([name, verb])),
        shape(noun.commands.find((one) => one.name() === verb) as DatongCommand),
        `${name} ${verb}`,
      );
    }
  }
});

test('every former verb is a hidden alias of a verb with the same options', async () => {
  assert.ok(formerVerbs.length > 45);
  for (const former of formerVerbs) {
    const program = await named(former);
    const command = program.commands.find((one) => one.name() === former);
    assert.ok(command !== undefined, former);
    assert.doesNotMatch(
      program
        .createHelp()
        .visibleCommands(program)
        .map((one) => one.name())
        .join(' '),
      new RegExp(former),
    );
    const forms = newForms(former);
    assert.ok(forms.length > 0, `${former} has no noun`);
    for (const form of forms) {
      const [noun = '', verb = ''] = form.split(' ');
      if (verb === '…' || verb.includes('|')) {
        // a group whose verbs moved up
        for (const one of command.commands.filter(
          (each) => verb === '…' || verb.split('|').includes(each.name()),
        ))
          if (verb !== '…' || !['suspend', 'resume'].includes(one.name()))
            assert.deepEqual(shape(await found([noun, one.name()])), shape(one), `${noun} ${one.name()}`);
      } else if (verb !== 'show') assert.deepEqual(shape(await found([noun, verb])), shape(command), form);
    }
  }
});

test('short forms are verbs of a noun too', async () => {
  for (const name of nonEmpty(shortForms.filter((one) => one !== 'demo'))) {
    const [form = ''] = newForms(name);
    assert.deepEqual(shape(await found(form.split(' '))), shape(await found([name])), form);
  }
});

test('the help of an alias shows its present name; an unknown command suggests one', async () => {
  const help = await runDatong(['approve', '--help']);
  assert.equal(help.code, 0);
  assert.match(help.stdout, /^Now: datong review approve\n/);
  const chinese = await runDatong(['--lang', 'zh', 'admin', '--help']);
  assert.match(chinese.stdout, /^现用 datong policy suspend\|resume、datong hub …\n/);
  const unknown = await runDatong(['datset', 'list']);
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /unknown command 'datset'\n\(Did you mean dataset\?\)/);
  const verb = await runDatong(['dataset', 'lst']);
  assert.equal(verb.code, 2);
  assert.match(verb.stderr, /Did you mean list\?/);
  const top = await runDatong(['--help']);
  assert.deepEqual([top.code, top.stdout], [0, topHelp()]);
  assert.equal((await runDatong(['dataset', 'show'])).code, 2, 'show needs an id');
});
