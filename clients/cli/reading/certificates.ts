/** `datong client certificates`: a department's own; for authorised persons, all. */
import type { Command } from 'commander';
import { say } from '../verb.ts';
import { printList, text, withReader, type ReaderOptions } from './reader.ts';
import { counted } from '../../../terms/counted.ts';

export function register(program: Command): void {
  withReader(
    program
      .command('certificates')
      .description('客户端证书及其有效期 / client certificates and until when they hold'),
  ).action((options: ReaderOptions) =>
    printList(options, {
      path: '/v1/certificates',
      member: 'certificates',
      line: ({ serial, department, state, notAfter, renewFrom, daysLeft }) => [
        text(serial),
        text(department),
        text(state),
        `– ${text(notAfter)}`,
        text(renewFrom) === '' ? '' : `(${text(renewFrom)})`,
        typeof daysLeft === 'number'
          ? say({ zh: `剩 ${daysLeft} 天`, en: `${counted(daysLeft, 'day')} left` })
          : '',
      ],
    }),
  );
}
