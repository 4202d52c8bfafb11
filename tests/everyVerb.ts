/** All that the command line takes, for checks of its texts. */
import type { Command } from 'commander';
import { nouns, shortForms } from '../clients/cli/nouns.ts';
import { verbFiles } from '../clients/cli/verbFiles.ts';
import { registerVerbs } from '../clients/cli/verbs.ts';

/** Every noun with all its verbs, every short form and every former verb. */
export async function registerAll(program: Command): Promise<void> {
  for (const name of new Set([...Object.keys(nouns), ...Object.keys(verbFiles)]))
    await registerVerbs(program, [name]);
}

/** Verbs that are hidden aliases today. */
export const formerVerbs: readonly string[] = Object.keys(verbFiles).filter(
  (name) => !shortForms.includes(name) && !Object.hasOwn(nouns, name),
);
