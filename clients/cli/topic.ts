/** `datong topic list|show|asyncapi`: topics that departments publish events to. `datong catalogue apply` registers them. */
import type { Command } from 'commander';
import { printList, reading, text, title, withReader, type ReaderOptions } from './reading/reader.ts';
import { defined } from '../../terms/defined.ts';
import { pathWith } from '../sdk/jsonCall.ts';
import { withProfile } from './profile.ts';
import { data } from './verb.ts';
import { withClient, type ClientVerbOptions } from './withClient.ts';

interface ListOptions extends ReaderOptions {
  readonly department?: string;
}

export function register(program: Command): void {
  const topic = program
    .command('topic')
    .description(
      '事件主题：列出、查看、AsyncAPI / topics that departments publish events to: list, show, AsyncAPI',
    );
  withReader(topic.command('list').description('已登记的主题及其事件类型 / topics and their types of event'))
    .option('--department <code>', 'of one department')
    .addHelpText('after', '\nExample:\n  $ datong topic list --department ecology')
    .action(({ department, ...options }: ListOptions) =>
      printList(options, {
        path: '/v1/topics',
        member: 'topics',
        query: { department },
        line: (item) => [
          ...[text(item['id']), title(item['title'])],
          (item['types'] as readonly { type: string }[]).map(({ type }) => type).join(' '),
          text(item['events']),
        ],
      }),
    );
  withReader(
    topic
      .command('show')
      .description('一个主题的事件类型、标准和留存天数 / types, schemas and retention of a topic'),
  )
    .argument('<topic>', 'such as ecology.air-warnings')
    .addHelpText('after', '\nExample:\n  $ datong topic show ecology.air-warnings')
    .action((id: string, options: ReaderOptions) =>
      reading(options, async (get) => {
        const shown = await get(`/v1/topics/${encodeURIComponent(id)}`);
        data(JSON.stringify(shown, undefined, options.json === true ? undefined : 2));
      }),
    );
  withProfile(
    topic
      .command('asyncapi')
      .description(
        '本部门从主题接收或向其发布什么的 AsyncAPI 文档 / a topic as your department receives it, as AsyncAPI',
      ),
  )
    .argument('<topic>', 'such as ecology.air-warnings')
    .option('--agreement <id>', 'where the department has several')
    .option('--purpose <code>', 'where an agreement has several')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong topic asyncapi ecology.air-warnings --as education > topic.json',
    )
    .action((id: string, { agreement, purpose, ...options }: ContractOptions) =>
      withClient(options, async (client) => {
        const path = pathWith(
          `/v1/topics/${encodeURIComponent(id)}/asyncapi`,
          defined({ agreement, purpose }),
        );
        const { json } = await client.call({ method: 'GET', path, receipt: 'required' });
        data(JSON.stringify(json, undefined, 2));
      }),
    );
}

interface ContractOptions extends ClientVerbOptions {
  readonly agreement?: string;
  readonly purpose?: string;
}
