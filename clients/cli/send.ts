/**
 * `datong send FILE --dataset ID`: sends a file in signed parts, commits it, and prints the outcome of its rows; or sends every file of a
 * folder as it arrives.
 */
import type { Command } from 'commander';
import { withProfile } from './profile.ts';
import { exitCode, VerbFailure } from './verb.ts';
import { sendOne, type SendOneOptions } from './uploads/sendOne.ts';
import { watchFolder } from './uploads/watchFolder.ts';
import { wholeNumber } from './values.ts';

interface SendOptions extends SendOneOptions {
  readonly watch?: string;
  readonly every: number;
  readonly once?: boolean;
}

export function register(program: Command): void {
  withProfile(program.command('send'))
    .description('向本部门的数据资源报送文件 / submit a file to a dataset of this department')
    .argument('[file]', 'file in the format that the mapping declares; none with --watch')
    .requiredOption('--dataset <id>', 'such as pub-security.household')
    .option('--mapping <name>', 'registered mapping, name or name@version (default: the name of the dataset)')
    .option('--batch <id>', 'continue a submission that was broken off')
    .option(
      '--corrects <batch>',
      'the file holds the mended rows of this batch; its good rows are published with them',
    )
    .option('--control <file>', 'control totals of the file (对账文件): rows=…, sum.COLUMN=…, sha256=…')
    .option('--bad-rows <file>', 'write the rows that failed there: your own columns and encoding, and 错误')
    .option('--watch <folder>', 'send each file that comes to rest there, then move it to sent/ or refused/')
    .option('--every <seconds>', 'how often the folder is looked at', wholeNumber(1, 86_400), 10)
    .option('--once', 'look at the folder once and end, for a schedule of your own')
    .option('--problems <count>', 'problems of rows to show', wholeNumber(0, 1_000), 20)
    .option('--save <folder>', 'store request, reply and receipt of the commit there')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ datong send household-2026-09.csv --dataset pub-security.household --control household-2026-09.ctl
  $ datong send stations.csv --dataset ecology.air-quality-hourly --mapping prsa --as ecology
  $ datong send mended.csv --dataset pub-security.household --corrects 01890000-0000-7000-8000-000000000000
  $ datong send --watch /srv/outbox --dataset pub-security.household`,
    )
    .action(run);
}

async function run(file: string | undefined, options: SendOptions): Promise<void> {
  const { watch, batch, corrects, control, badRows } = options;
  if ((file === undefined) === (watch === undefined))
    throw new VerbFailure(exitCode.usage, {
      zh: '要么给出文件，要么用 --watch 给出文件夹',
      en: 'name a file, or a folder with --watch',
    });
  if (watch !== undefined && [batch, corrects, control, badRows].some((one) => one !== undefined))
    throw new VerbFailure(exitCode.usage, {
      zh: '--batch、--corrects、--control、--bad-rows 只用于单个文件；文件夹中与文件同名的 .ctl 即其对账文件',
      en: '--batch, --corrects, --control and --bad-rows are of one file; in a folder NAME.ctl beside NAME is its control file',
    });
  if (watch !== undefined) process.exitCode = await watchFolder(watch, options);
  else if (file !== undefined)
    process.exitCode = (await sendOne(file, options)) ? exitCode.ok : exitCode.refused;
}
