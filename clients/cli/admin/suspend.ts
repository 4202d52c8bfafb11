/** `datong admin suspend AGREEMENT`: no call is allowed under it any more, from the next one on. */
import type { Command } from 'commander';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { data, talk } from '../verb.ts';
import { callStaff } from './callStaff.ts';

interface SuspendOptions extends StaffOptions {
  readonly reason: string;
  readonly json?: boolean;
}

export function registerSuspend(admin: Command): void {
  withStaffToken(
    admin
      .command('suspend')
      .argument('<agreement>', 'id of the agreement')
      .description(
        '暂停生效的版本；只有新版本能恢复共享 / suspend the version in force; only a new version ends that',
      ),
  )
    .requiredOption('--reason <text>', 'why; it stands in the log')
    .option('--json', 'answer {id, version, state, …} as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  datong admin suspend agr-school-enrolment --reason 投诉核查 --as security\n',
    )
    .action(suspend);
}

async function suspend(agreement: string, options: SuspendOptions): Promise<void> {
  const path = `/v1/policy/documents/${encodeURIComponent(agreement)}/suspension`;
  const suspended = (await callStaff(options, path, { reason: options.reason })) as {
    version: number;
    changed: boolean;
  };
  if (options.json === true) data(JSON.stringify(suspended));
  const name = `${agreement}@${suspended.version}`;
  talk(
    suspended.changed
      ? { zh: `${name} 已暂停，自下一次调用起生效`, en: `${name} is suspended from the next call on` }
      : { zh: `${name} 先前已暂停`, en: `${name} was suspended before` },
  );
}
