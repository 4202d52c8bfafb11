/** `datong subject counter`: the same at a counter, by a clerk who has checked a document. */
import { Option, type Command } from 'commander';
import { bodyOf } from '../approve/waiting.ts';
import { asSteward } from '../request/requestCall.ts';
import type { CounterView as Asked, SignedSubjectView } from '../../sdk/subjects.ts';
import { identifierFrom } from '../consent/identifier.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { presenterOption, tellView, type ShownOptions } from './tellView.ts';

interface CounterOptions extends StaffOptions, ShownOptions {
  readonly person: string;
  readonly document: Asked['document'];
  readonly presentedBy: Asked['presentedBy'];
  readonly application: string;
  readonly before?: string;
}

export function registerCounter(subject: Command): void {
  withStaffToken(subject.command('counter'))
    .description('窗口查询：核对证件后查询、打印 / at a counter, after a document was checked')
    .requiredOption('--person <file>', 'file with the identifier of the person, - for standard input')
    .addOption(
      new Option('--document <kind>', 'the document you compared with whoever stands before you')
        .choices(['resident-id', 'household-book', 'passport', 'residence-permit'])
        .makeOptionMandatory(),
    )
    .addOption(presenterOption())
    .requiredOption('--application <number>', 'number of the application form; it stands in the log')
    .option('--before <exchange>', 'the page behind this exchange')
    .option('--print', 'as HTML to print')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong subject counter --person child.txt --document household-book --presented-by guardian --application CK-2026-0031 --print > view.html',
    )
    .action(counter);
}

async function counter(options: CounterOptions): Promise<void> {
  const { person, document, presentedBy, application, before } = options;
  const asked: Asked = {
    ...{ subject: { kind: 'person', value: identifierFrom(person) }, document, presentedBy, application },
    ...(before === undefined ? {} : { before }),
  };
  await asSteward(options, async (client) => {
    const reply = await client.post('/v1/subject-views/at-counter', asked);
    tellView(bodyOf(reply) as unknown as SignedSubjectView, options);
  });
}
