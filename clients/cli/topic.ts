/** `datong topic list|show`: topics that departments publish events to. `datong catalogue apply` registers them. */
import type { Command } from 'commander';
import { printList, reading, text, title, withReader, type ReaderOptions } from './reading/reader.ts';
import { data } from './verb.ts';

interface ListOptions extends ReaderOptions {
  readonly department?: string;
}

export function register(program: Command): void {
  const topic = program
    .command('topic')
    .description('事件主题：列出、查看 / topics that departments publish events to: list, show');
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
}
