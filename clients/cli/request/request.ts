/** `datong request`: requests for data, and answers to them. */
import type { Command } from 'commander';
import { registerAnswer } from './answer.ts';
import { registerNew, registerRenew, registerImport } from './beginRequest.ts';
import { registerShow, registerList, registerPrint, registerPaper } from './showRequest.ts';
import { stringify } from 'yaml';
import { bodyOf } from '../approve/waiting.ts';
import { withStaffToken } from '../profile.ts';
import { printList, text, title, withReader, type ReaderOptions } from '../reading/reader.ts';
import { data, talk } from '../verb.ts';
import { asSteward, type RequestOptions } from './requestCall.ts';

/** `datong request template`: the data office's templates, and the agreement to begin a request with. `datong catalogue apply` registers them. */
interface ListOptions extends ReaderOptions {
  readonly dataset?: string;
  readonly matter?: string;
  readonly state?: string;
}

interface BeginOptions extends RequestOptions {
  readonly consumer: string;
  readonly agreement: string;
}

function registerTemplate(request: Command): void {
  const template = request
    .command('template')
    .description('申请模板：查看、据以起草、撤回 / templates of requests: list, begin with one, withdraw');
  withReader(template.command('list').description('可用的申请模板 / templates of the data office'))
    .option('--dataset <id>', 'only of this dataset')
    .option('--matter <code>', 'only for this matter')
    .option('--state <state>', 'current or withdrawn')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong request template list --dataset pub-security.household --state current\n',
    )
    .action(({ dataset, matter, state, ...options }: ListOptions) =>
      printList(options, {
        path: '/v1/request-templates',
        member: 'templates',
        query: { dataset, matter, state },
        line: (item) => [
          ...[text(item['code']), title(item['title'])],
          (item['grants'] as readonly { dataset: string }[]).map((one) => one.dataset).join(' '),
          (item['purposes'] as readonly string[]).join(' '),
          ...(item['withdrawn'] === undefined ? [] : ['withdrawn']),
          ...(item['gone'] as readonly string[]).map((one) => `✗ ${one}`),
        ],
      }),
    );
  withStaffToken(template.command('begin'))
    .description('按模板起草共享协议，输出 YAML / the agreement that a template says, as YAML')
    .argument('<code>', 'code of the template')
    .requiredOption('--consumer <code>', 'your department')
    .requiredOption('--agreement <id>', 'the name that the agreement gets')
    .option('--json', 'answer as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong request template begin school-roll --consumer education --agreement agr-roll > wanted.yaml\n  $ datong request new wanted.yaml --reason "subsidised meals" --commitment undertaking.pdf\n',
    )
    .action(begin);
  withStaffToken(template.command('withdraw'))
    .description('撤回模板；由另一人确认 / withdraw a template; another person accepts')
    .argument('<code>', 'code of the template')
    .requiredOption('--reason <text>', 'stored with the template')
    .option('--json', 'answer as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong request template withdraw school-roll --reason "merged into another"\n',
    )
    .action(withdraw);
}

async function begin(code: string, { consumer, agreement, ...options }: BeginOptions): Promise<void> {
  await asSteward(options, async (client) => {
    const requested = new URLSearchParams({ consumer, agreement }).toString();
    const path = `/v1/request-templates/${encodeURIComponent(code)}/agreement?${requested}`;
    const begun = bodyOf(await client.get(path)) as { readonly document: object };
    data(options.json === true ? JSON.stringify(begun) : stringify(begun.document).trimEnd());
    talk({
      zh: '按需修改后提出：datong request new FILE',
      en: 'change what differs, then ask: datong request new FILE',
    });
  });
}

async function withdraw(
  code: string,
  { reason, ...options }: RequestOptions & { readonly reason: string },
): Promise<void> {
  await asSteward(options, async (client) => {
    const path = `/v1/request-templates/${encodeURIComponent(code)}/withdrawal`;
    const reported = bodyOf(await client.post(path, { reason })) as { readonly proposal?: string };
    if (options.json === true) data(JSON.stringify(reported));
    talk(
      reported.proposal === undefined
        ? { zh: `模板 ${code} 早已撤回`, en: `template ${code} was withdrawn before` }
        : {
            zh: `待另一人确认：datong review approve ${reported.proposal}`,
            en: `waits for another person: datong review approve ${reported.proposal}`,
          },
    );
  });
}

export function register(program: Command): void {
  const request = program
    .command('request')
    .description(
      '共享申请：提出、续期、查看、办理、打印审批表、核对材料、申请模板 / requests for data: make, renew, look, answer, print, hold papers against it; templates',
    );
  registerNew(request);
  registerRenew(request);
  registerList(request);
  registerShow(request);
  registerAnswer(request);
  registerPrint(request);
  registerPaper(request);
  registerImport(request);
  registerTemplate(request);
}
