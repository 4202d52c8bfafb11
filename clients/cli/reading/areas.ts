/** `datong catalogue areas`: lists the registered areas; filters by place name them. */
import type { Command } from 'commander';
import { printList, text, title, withReader, type ReaderOptions } from './reader.ts';

export function register(program: Command): void {
  withReader(
    program
      .command('areas')
      .description('已登记的区域 / registered areas')
      .option('--list <id>', 'only those of this code list'),
  ).action((options: ReaderOptions & { readonly list?: string }) =>
    // the exchange listener has no list of areas
    printList(
      { ...options, staff: true },
      {
        path: '/v1/areas',
        member: 'features',
        query: { list: options.list },
        line: ({ properties }) => {
          const { list, version, code, zh, en = zh } = properties as Readonly<Record<string, unknown>>;
          return [`${text(list)}/${text(code)}`, text(version), title({ zh, en })];
        },
      },
    ),
  );
}
