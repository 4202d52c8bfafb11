import type { Command } from 'commander';
import { staffClient, type StaffClient } from '../apply/staffCall.ts';
import { openStaffAccess, withStaffToken, type StaffOptions } from '../profile.ts';

interface VerbOptions extends StaffOptions {
  readonly json?: boolean;
}

/** A sub-verb about one thing at the hub, with the token of whoever looks after it (in the demo: the steward). */
export function withStaff<Options extends VerbOptions>(
  command: Command,
  example: string,
  work: (client: StaffClient, named: string, options: Options) => Promise<void>,
): void {
  withStaffToken(command)
    .option('--json', 'answer as JSON')
    .addHelpText('after', `\nExample:\n  ${example}\n`)
    .action(async (named: string, options: Options) => {
      const client = staffClient(openStaffAccess(options, 'steward'));
      try {
        await work(client, named, options);
      } finally {
        client.close();
      }
    });
}
