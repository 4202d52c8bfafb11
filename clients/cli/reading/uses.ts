/** `datong uses KIND NAME`: where a code list, an element or a shared schema stands, and which datasets that reaches. */
import type { Command } from 'commander';
import { pathSegment } from '../pathSegment.ts';
import { told } from '../told.ts';
import { printList, text, withReader, type ReaderOptions } from './reader.ts';

export function register(program: Command): void {
  withReader(
    program
      .command('uses')
      .argument('<kind>', 'code-list, element or schema')
      .argument('<name>', 'id of a code list, a semantic tag, or the name of a schema')
      .description(
        '代码表、数据元或共用标准用在哪里 / where a code list, an element or a shared schema stands',
      ),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  datong uses code-list gbt2261\n  datong uses element cn.mobile\n  datong uses schema address\n',
    )
    .action((kind: string, name: string, options: ReaderOptions) =>
      printList(options, {
        path: `/v1/uses/${pathSegment(kind)}/${pathSegment(name)}`,
        member: 'uses',
        query: {},
        line: (item) => [
          ...[text(item['schema']), told('state', text(item['state']))],
          (item['places'] as readonly string[]).join(' '),
          (item['datasets'] as readonly string[]).join(' '),
        ],
      }),
    );
}
