/** The command line: one file per verb below clients/cli, listed in verbs.ts. */
import { Command, CommanderError, Option } from 'commander';
import { exitCode, failureOf, say, setLanguage } from './verb.ts';
import { registerVerbs } from './verbs.ts';

// `datong … | head` closes the pipe early: that is no failure
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const program = new Command('datong')
  .description('打通 Datong: departments exchange data without losing control of it')
  .version('0.1.0 (datong-sig-1)')
  .addOption(new Option('--lang <language>', 'language of talk (default: LANG)').choices(['zh', 'en']))
  .configureHelp({ showGlobalOptions: true })
  .showHelpAfterError()
  .exitOverride()
  .hook('preAction', (_program, action) => {
    const { lang } = action.optsWithGlobals<{ lang?: 'zh' | 'en' }>();
    if (lang !== undefined) setLanguage(lang);
  });

await registerVerbs(program);
try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? exitCode.ok : exitCode.usage;
  } else {
    const failure = failureOf(error);
    process.stderr.write(`${say({ zh: '失败：', en: 'failed: ' })}${say(failure.text)}\n`);
    if (failure.next !== undefined)
      process.stderr.write(`${say({ zh: '怎么办：', en: 'next: ' })}${say(failure.next)}\n`);
    process.exitCode = failure.exit;
  }
}
