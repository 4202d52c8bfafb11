/** The command line: one file per verb below clients/cli, listed in verbFiles.ts. */
import { inspect } from 'node:util';
import { CommanderError, Option } from 'commander';
import { languageOf } from '../../terms/bilingual.ts';
import { DatongCommand } from './datongCommand.ts';
import { onOutputError, writeTalk } from './output.ts';
import { speakHelp } from './helpLanguage.ts';
import { exitCode, failureOf, setLanguage, reportFailedCall } from './verb.ts';
import { registerVerbs } from './verbs.ts';

// `datong … head` closes the pipe early, which is no failure. Verbs with pending work finish it, as at Ctrl-C
onOutputError((error) => {
  if (error.code === 'EPIPE') {
    if (process.emit('SIGINT', 'SIGINT')) return;
    process.exit(0);
  }
  const failure = failureOf(error);
  reportFailedCall(failure);
  process.exit(failure.exit);
});

// before any output, usage errors included
const requested = /(?:^|\n)--lang[=\n](zh|en)(?:\n|$)/.exec(process.argv.slice(2).join('\n'))?.[1];
setLanguage(requested === 'zh' || requested === 'en' ? requested : languageOf(process.env));

const program = new DatongCommand('datong')
  .description(
    '打通：部门交换数据而不失去控制 / Datong: departments exchange data without losing control of it',
  )
  .version('0.2.0 (datong-sig-1)')
  .addOption(new Option('--lang <language>', 'language of talk (default: LANG)').choices(['zh', 'en']))
  .exitOverride();
speakHelp(program);

await registerVerbs(program);
try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? exitCode.ok : exitCode.usage;
  } else {
    const failure = failureOf(error);
    reportFailedCall(failure);
    if (process.env['DATONG_DEBUG'] === '1') writeTalk(inspect(error));
    process.exitCode = failure.exit;
  }
}
