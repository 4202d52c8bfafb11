/** `datong policy suspend|resume AGREEMENT`: each side stops an agreement for itself, from the next call on, and lifts its own stop. */
import type { Command } from 'commander';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { rolesTold } from '../../../terms/factWords.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { data, talk } from '../verb.ts';
import { callStaff } from './staffActs.ts';

interface SuspendOptions extends StaffOptions {
  readonly reason: string;
  readonly json?: boolean;
}

interface Stopped {
  readonly version: number;
  readonly changed: boolean;
  readonly stopped?: readonly string[];
}

export function registerSuspend(admin: Command): void {
  withReason(
    admin
      .command('suspend')
      .argument('<agreement>', 'id of the agreement')
      .description('为己方暂停生效的版本 / stop the version in force for your side'),
    'datong policy suspend agr-school-enrolment --reason 投诉核查',
  ).action((agreement: string, options: SuspendOptions) => move(agreement, 'suspension', options));
  withReason(
    admin
      .command('resume')
      .argument('<agreement>', 'id of the agreement')
      .description(
        '解除己方的暂停；数据主管部门可解除任何一方的 / lift the stop of your side; the data office lifts any',
      ),
    'datong policy resume agr-school-enrolment --reason 核查完毕',
  ).action((agreement: string, options: SuspendOptions) => move(agreement, 'resumption', options));
}

const withReason = (command: Command, example: string): Command =>
  withStaffToken(command)
    .requiredOption(
      '--reason <text>',
      'reason; it is recorded in the log and shown to both parties and the data office',
    )
    .option('--json', 'answer {id, version, state, stopped, …} as JSON')
    .addHelpText('after', `\nExample:\n  ${example}\n`);

async function move(
  agreement: string,
  act: 'suspension' | 'resumption',
  options: SuspendOptions,
): Promise<void> {
  const path = `/v1/policy/documents/${encodeURIComponent(agreement)}/${act}`;
  const moved = (await callStaff(options, path, { reason: options.reason })) as Stopped;
  if (options.json === true) data(JSON.stringify(moved));
  talk(reported(`${agreement}@${moved.version}`, moved));
}

function reported(name: string, { changed, stopped = [] }: Stopped): Bilingual {
  const sides = { zh: rolesTold(stopped).zh, en: stopped.join(', ') };
  if (!changed)
    return { zh: `${name} 先前已暂停（${sides.zh}）`, en: `${name} was stopped before (${sides.en})` };
  return stopped.length === 0
    ? { zh: `${name} 自下一次调用起恢复`, en: `${name} is in force again from the next call on` }
    : {
        zh: `${name} 自下一次调用起暂停（${sides.zh}）`,
        en: `${name} is stopped from the next call on (${sides.en})`,
      };
}
