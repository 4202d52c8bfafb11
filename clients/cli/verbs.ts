/**
 * The command line: nouns with verbs (`datong dataset list`), short forms for daily use, and former verbs as hidden aliases. Each file
 * below clients/cli registers one command under its former name; the table of nouns has its current place. Only the files of the verb in
 * use are loaded, so that start-up stays short.
 */
import type { Command } from 'commander';
import { aliasNote, nouns, shortForms, topHelp, type Part } from './nouns.ts';
import { oneLanguage } from './helpLanguage.ts';
import type { Register } from './verb.ts';

/** By former verb. */
const files: Readonly<Record<string, () => Promise<{ readonly register: Register }>>> = {
  demo: () => import('./demo/demo.ts'),
  init: () => import('./init/init.ts'),
  serve: () => import('./serve.ts'),
  login: () => import('./profiles/login.ts'),
  profiles: () => import('./profiles/profiles.ts'),
  use: () => import('./profiles/use.ts'),
  departments: () => import('./reading/departments.ts'),
  areas: () => import('./reading/areas.ts'),
  catalogue: () => import('./catalogue/catalogue.ts'),
  matter: () => import('./matter.ts'),
  dataset: () => import('./dataset.ts'),
  datasets: () => import('./reading/datasets.ts'),
  schemas: () => import('./reading/schemas.ts'),
  uses: () => import('./reading/uses.ts'),
  agreements: () => import('./reading/lists.ts'),
  batches: () => import('./reading/batches.ts'),
  certificates: () => import('./reading/certificates.ts'),
  apply: () => import('./apply/apply.ts'),
  documents: () => import('./mappingFile.ts'),
  accept: () => import('./accept/accept.ts'),
  authority: () => import('./authority/authority.ts'),
  admin: () => import('./admin/admin.ts'),
  sign: () => import('./sign/sign.ts'),
  approve: () => import('./approve/approve.ts'),
  inbox: () => import('./approve/inbox.ts'),
  reminder: () => import('./reminder.ts'),
  object: () => import('./approve/decide.ts'),
  refuse: () => import('./approve/refuse.ts'),
  urge: () => import('./approve/urge.ts'),
  withdraw: () => import('./approve/withdraw.ts'),
  request: () => import('./request/request.ts'),
  demand: () => import('./demand/demand.ts'),
  mandate: () => import('./mandate/mandate.ts'),
  deputy: () => import('./deputy/deputy.ts'),
  dispute: () => import('./dispute/dispute.ts'),
  adapt: () => import('./adapt/adapt.ts'),
  map: () => import('./map/map.ts'),
  enrol: () => import('./enrol/enrol.ts'),
  schema: () => import('./schema.ts'),
  policy: () => import('./policy/policy.ts'),
  mask: () => import('./mask.ts'),
  migrate: () => import('./migrate.ts'),
  backup: () => import('./backup.ts'),
  restore: () => import('./restore.ts'),
  'verify-backup': () => import('./verifyBackup.ts'),
  figures: () => import('./figures.ts'),
  signature: () => import('./signature.ts'),
  conformance: () => import('./conformance/conformance.ts'),
  diagnose: () => import('./diagnose.ts'),
  send: () => import('./send.ts'),
  delete: () => import('./delete.ts'),
  rows: () => import('./rows.ts'),
  batch: () => import('./batch/batch.ts'),
  pull: () => import('./pull/pull.ts'),
  live: () => import('./live/live.ts'),
  agent: () => import('./agent/agent.ts'),
  provide: () => import('./provide/provide.ts'),
  quarantine: () => import('./quarantine/quarantine.ts'),
  sandbox: () => import('./sandbox/sandbox.ts'),
  fetch: () => import('./fetch.ts'),
  explain: () => import('./explain.ts'),
  export: () => import('./export.ts'),
  topic: () => import('./topic.ts'),
  rule: () => import('./rule.ts'),
  event: () => import('./event/event.ts'),
  listen: () => import('./listen/listen.ts'),
  aggregate: () => import('./aggregate.ts'),
  check: () => import('./check.ts'),
  consent: () => import('./consent/consent.ts'),
  duty: () => import('./duty/duty.ts'),
  ticket: () => import('./ticket/ticket.ts'),
  subject: () => import('./subject/subject.ts'),
  witness: () => import('./witness/witness.ts'),
  logs: () => import('./logs.ts'),
  receipt: () => import('./receipt.ts'),
  audit: () => import('./audit/audit.ts'),
};

const isFile = (name: string): boolean => Object.hasOwn(files, name);

/** Commands that a file registers, with the settings of the program. */
async function commandsOf(program: Command, file: string): Promise<readonly Command[]> {
  const load = files[file];
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

/** Every noun with all its verbs, every short form and every former verb. For checks of texts. @internal */
export async function registerAll(program: Command): Promise<void> {
  for (const name of Object.keys(nouns)) await addNoun(program, name);
  for (const name of Object.keys(files)) if (!Object.hasOwn(nouns, name)) await addFormer(program, name);
}

/** The former verbs, by which tests know the hidden aliases. @internal */
export const formerVerbs: readonly string[] = Object.keys(files).filter(
  (name) => !shortForms.includes(name) && !Object.hasOwn(nouns, name),
);
