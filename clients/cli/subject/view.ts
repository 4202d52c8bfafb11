/** `datong subject view`: who looked at one person's data, for that person, in an appointed department's service. */
import { Option, type Command } from 'commander';
import type { AskedView } from '../../sdk/subjects.ts';
import { identifierFrom } from '../consent/identifier.ts';
import { withProfile } from '../profile.ts';
import { wholeNumber } from '../wholeNumber.ts';
import { keep, withClient, type ClientVerbOptions } from '../withClient.ts';
import { presenterOption, tellView, type ShownOptions } from './tellView.ts';

interface ViewOptions extends ClientVerbOptions, ShownOptions {
  readonly person: string;
  readonly presentedBy: AskedView['presentedBy'];
  readonly assurance: AskedView['assurance'];
  readonly before?: string;
  readonly limit?: number;
}

export function registerView(subject: Command): void {
  withProfile(subject.command('view'))
    .description('本人查询：谁查过我 / who looked at a person’s data, for that person')
    .requiredOption('--person <file>', 'file with the identifier of the person, - for standard input')
    .addOption(presenterOption())
    .addOption(
      new Option('--assurance <level>', 'how the service proved who she is: substantial or high')
        .choices(['substantial', 'high'])
        .default('high'),
    )
    .option('--before <exchange>', 'the page behind this exchange')
    .option('--limit <number>', 'at most so many', wholeNumber(1, 1_000))
    .option('--print', 'as HTML to print')
    .option('--save <folder>', 'keep request, reply and receipt there')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong subject view --as pub-security --person child.txt --presented-by guardian',
    )
    .action(view);
}

async function view(options: ViewOptions): Promise<void> {
  const { person, presentedBy, assurance, before, limit } = options;
  const asked = {
    ...{ person: identifierFrom(person), presentedBy, assurance },
    ...(before === undefined ? {} : { before }),
    ...(limit === undefined ? {} : { limit }),
  };
  await withClient(options, async (client) => {
    const { json, kept } = await client.viewSubject(asked);
    await keep(options, kept);
    tellView(json, options);
  });
}
