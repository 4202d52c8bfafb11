/**
 * The command line: nouns with verbs (`datong dataset list`), short forms for daily use, and former verbs as hidden aliases. Each file
 * of `verbFiles` registers one command under its former name; the table of nouns has its current place. Only the files of the verb in use
 * are loaded, so that start-up stays short.
 */
import type { Command } from 'commander';
import { aliasNote, nouns, shortForms, topHelp, type Part } from './nouns.ts';
import { oneLanguage } from './helpLanguage.ts';
import { verbFiles } from './verbFiles.ts';

const isFile = (name: string): boolean => Object.hasOwn(verbFiles, name);

/** Commands that a file registers, with the settings of the program. */
async function commandsOf(program: Command, file: string): Promise<readonly Command[]> {
  const load = verbFiles[file];
  if (load === undefined) throw new TypeError(`no file registers ${file}`);
  const holder = program.createCommand().copyInheritedSettings(program);
  (await load()).register(holder);
  return holder.commands;
}

/** Registers a file's command at its place in the table of nouns. */
async function mount(program: Command, noun: Command, part: Part): Promise<void> {
  for (const command of await commandsOf(program, part.file))
    if (part.as === undefined) {
      for (const verb of command.commands)
        if (part.only?.includes(verb.name()) ?? !(part.without ?? []).includes(verb.name()))
          noun.addCommand(verb);
    } else {
      if (part.aboutOne !== undefined) {
        for (const argument of command.registeredArguments) argument.argRequired();
        command.description(part.aboutOne);
        for (const option of command.options)
          if (part.listOptions?.includes(option.long ?? '') === true) option.hideHelp();
      }
      noun.addCommand(command.name(part.as));
    }
}

/** Alternative words for a noun: `datong agreement check` is `datong policy check`. */
export const otherNames: Readonly<Record<string, string>> = { agreement: 'policy' };

/** A noun with its verbs; with one verb alone where that is the one typed. */
async function addNoun(program: Command, name: string, verb?: string, typed = name): Promise<void> {
  const { about, parts } = nouns[name] ?? { about: '', parts: [] };
  const noun = program.command(typed).description(about);
  const named = parts.filter((part) => part.as === verb);
  const own = parts.filter((part) => part.as === undefined);
  const wanted = verb === undefined || verb.startsWith('-') ? parts : named.length > 0 ? named : own;
  for (const part of wanted) await mount(program, noun, part);
  // a verb that does not exist: help and suggestions need the others
  if (wanted === own && verb !== undefined && !noun.commands.some((one) => one.name() === verb))
    for (const part of parts) if (!own.includes(part)) await mount(program, noun, part);
}

/** A short form, or a former verb, which help does not list. */
async function addFormer(program: Command, name: string): Promise<void> {
  const isShort = shortForms.includes(name);
  for (const command of await commandsOf(program, name)) {
    if (!isShort) command.addHelpText('before', `${aliasNote(name)}\n`);
    program.addCommand(command, { hidden: !isShort });
  }
}

/** The words from the first one that is no option of the program. */
function commandWords(argv: readonly string[]): readonly string[] {
  let at = 0;
  while (argv[at]?.startsWith('-') === true) at += argv[at] === '--lang' ? 2 : 1;
  return argv.slice(at);
}

/** Registers the command that was typed; where none is named or known, the nouns without their verbs, for help and suggestions. */
export async function registerVerbs(
  program: Command,
  argv: readonly string[] = process.argv.slice(2),
): Promise<void> {
  program.helpInformation = topHelp;
  const [first, second] = commandWords(argv);
  const [name = '', verb] = first === 'help' ? [second] : [first, second];
  const other = otherNames[name];
  if (Object.hasOwn(nouns, name)) await addNoun(program, name, verb);
  else if (other !== undefined) await addNoun(program, other, verb, name);
  else if (isFile(name)) await addFormer(program, name);
  else
    for (const one of [...Object.keys(nouns), ...shortForms])
      program.command(one).description(oneLanguage(nouns[one]?.about ?? ''));
}
