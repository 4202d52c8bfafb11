/** `datong subject`: for persons who ask who accessed their data (谁查过我). */
import { type Command, Option } from 'commander';
import { registerDelays, registerDelay, registerEnd } from './delays.ts';
import { registerService } from './service.ts';
import { registerVerify } from './verify.ts';
import type { RequestedView, CounterView as Asked, SignedSubjectView } from '../../sdk/subjects.ts';
import { identifierFrom } from '../consent/consents.ts';
import { withProfile, withStaffToken, type StaffOptions } from '../profile.ts';
import { wholeNumber } from '../values.ts';
import { storeEvidence, withClient, type ClientVerbOptions } from '../withClient.ts';
import { presenterOption, printView, type ShownOptions } from './printView.ts';
import { bodyOf } from '../approve/waiting.ts';
import { asSteward } from '../request/requestCall.ts';
import { defined } from '../../../terms/defined.ts';

/** `datong subject view`: who accessed one person's data, for that person, in an appointed department's service. */
interface ViewOptions extends ClientVerbOptions, ShownOptions {
  readonly person: string;
  readonly presentedBy: RequestedView['presentedBy'];
  readonly assurance: RequestedView['assurance'];
  readonly before?: string;
  readonly limit?: number;
}

function registerView(subject: Command): void {
  withProfile(subject.command('view'))
    .description('本人查询：谁查过我 / who accessed a person’s data, for that person')
    .requiredOption('--person <file>', 'file with the identifier of the person, - for standard input')
    .addOption(presenterOption())
    .addOption(
      new Option(
        '--assurance <level>',
        'how reliably the service proved the identity of the person: substantial or high',
      )
        .choices(['substantial', 'high'])
        .default('high'),
    )
    .option('--before <exchange>', 'entries older than this exchange')
    .option('--limit <number>', 'at most so many', wholeNumber(1, 1_000))
    .option('--print', 'as HTML to print')
    .option('--save <folder>', 'store request, reply and receipt there')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong subject view --as pub-security --person child.txt --presented-by guardian',
    )
    .action(view);
}

async function view(options: ViewOptions): Promise<void> {
  const { person, presentedBy, assurance, before, limit } = options;
  const requested = {
    person: identifierFrom(person),
    presentedBy,
    assurance,
    ...defined({ before, limit }),
  };
  await withClient(options, async (client) => {
    const { json, kept: stored } = await client.viewSubject(requested);
    await storeEvidence(options, stored);
    printView(json, options);
  });
}

/** `datong subject counter`: the same at a counter, by a clerk who has checked a document. */
interface CounterOptions extends StaffOptions, ShownOptions {
  readonly person: string;
  readonly document: Asked['document'];
  readonly presentedBy: Asked['presentedBy'];
  readonly application: string;
  readonly before?: string;
}

function registerCounter(subject: Command): void {
  withStaffToken(subject.command('counter'))
    .description('窗口查询：核对证件后查询、打印 / at a counter, after a document was checked')
    .requiredOption('--person <file>', 'file with the identifier of the person, - for standard input')
    .addOption(
      new Option('--document <kind>', 'the document you compared with the person at the counter')
        .choices(['resident-id', 'household-book', 'passport', 'residence-permit'])
        .makeOptionMandatory(),
    )
    .addOption(presenterOption())
    .requiredOption('--application <number>', 'number of the application form; recorded in the log')
    .option('--before <exchange>', 'entries older than this exchange')
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
  const requested: Asked = {
    subject: { kind: 'person', value: identifierFrom(person) },
    document,
    presentedBy,
    application,
    ...defined({ before }),
  };
  await asSteward(options, async (client) => {
    const reply = await client.post('/v1/subject-views/at-counter', requested);
    printView(bodyOf(reply) as unknown as SignedSubjectView, options);
  });
}

export function register(program: Command): void {
  const subject = program
    .command('subject')
    .description(
      '谁查过我：本人查询、窗口查询、核验、暂缓告知 / who accessed my data: view, counter, verify, delays',
    );
  registerView(subject);
  registerCounter(subject);
  registerVerify(subject);
  registerService(subject);
  registerDelay(subject);
  registerDelays(subject);
  registerEnd(subject);
}
