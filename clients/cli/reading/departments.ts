/** `datong catalogue departments`: the departments of this hub. */
import type { Command } from 'commander';
import { printList, text, title, withReader, type ReaderOptions } from './reader.ts';

export function register(program: Command): void {
  withReader(program.command('departments').description('本枢纽的部门 / the departments of this hub')).action(
    (options: ReaderOptions) =>
      printList(options, {
        path: '/v1/departments',
        member: 'departments',
        line: ({ code, name, kind, dataOffice }) => [
          text(code),
          text(kind),
          dataOffice === true ? 'data-office' : '',
          title(name),
        ],
      }),
  );
}
