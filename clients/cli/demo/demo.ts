/** `datong demo`: a hub from nothing, and a day in an invented city: 《入学季的一天》. */
import type { Command } from 'commander';
import { data, say, talk } from '../verb.ts';
import { narrator, openDemoResources } from './narrator.ts';

interface DemoOptions {
  readonly once?: boolean;
  readonly keep?: string;
  readonly config?: string;
}

export function register(program: Command): void {
  program
    .command('demo')
    .description(
      '启动带数据库的枢纽，演示虚构城市的一天 / start a hub with its own database and play a day in an invented city',
    )
    .option('--once', 'end after the story instead of running on')
    .option('--keep <folder>', 'store what is made (hub, files, evidence) in this folder')
    .option(
      '--config <file>',
      'services and webhooks of hub.json, to try endpoints of your own with the demo',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  datong demo\n  datong demo --once --keep demo\n  datong demo --config trial.json\n',
    )
    .action(demo);
}

async function demo({ once = false, keep, config }: DemoOptions): Promise<void> {
  const reported = narrator(data);
  reported.line(say({ zh: '打通 Datong · 《入学季的一天》', en: 'Datong · A day in the enrolment season' }));
  reported.line(
    say({
      zh: '虚构：云栖市和其中的人都不存在；区划代码 99xxxx、号段 154 没有分配给任何人',
      en: 'Invented (虚构): neither the city of Yunqi nor its people exist; codes 99xxxx and numbers 154… are not assigned',
    }),
  );
  const interrupted = interruption();
  const resources = await openDemoResources(keep, config);
  try {
    const { printStory } = await import('./story.ts');
    await printStory(resources, reported, { once, interrupted });
  } finally {
    await resources.close();
  }
  if (resources.isRetained) {
    talk({
      zh: `已保留：${resources.folder}（证据在 evidence/）`,
      en: `kept: ${resources.folder} (evidence in evidence/)`,
    });
  }
}

/** Resolves at Ctrl-C or SIGTERM; a second one ends at once. */
function interruption(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        process.once(signal, () => process.exit(130));
        resolve('interrupted');
      });
    }
  });
}
