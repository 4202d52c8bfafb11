/** `datong hub migrate`: brings the database to the shape of this release. */
import type { Command } from 'commander';
import { configurationIn } from './configurationIn.ts';
import { startDatabase } from '../../hub/startDatabase.ts';
import { migrate, pendingMigrations } from '../../hub/platform/database/migrate.ts';
import { data, dataLines, exitCode, say, talk } from './verb.ts';

interface MigrateOptions {
  readonly config: string;
  readonly check?: boolean;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command('migrate')
    .description(
      '把数据库升级到本版结构（serve 也会做） / bring the database to the shape of this release (serve does it too)',
    )
    .option('--config <file>', 'configuration', 'hub.json')
    .option('--check', 'only list what is to be done; exit 1 if anything is')
    .option('--json', 'answer {applied} or {pending} as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  datong hub migrate --check\n  datong hub migrate --config /etc/datong/hub.json',
    )
    .action(run);
}

async function run(options: MigrateOptions): Promise<void> {
  const { database, stop } = await startDatabase(configurationIn(options.config));
  try {
    if (options.check === true) {
      const pending = await pendingMigrations(database);
      printMigrations(options, { pending });
      if (pending.length > 0) process.exitCode = exitCode.refused;
    } else {
      printMigrations(options, { applied: await migrate(database) });
    }
  } finally {
    await stop();
  }
}

function printMigrations(
  options: MigrateOptions,
  answer: { readonly pending?: string[]; readonly applied?: string[] },
): void {
  if (options.json === true) {
    data(JSON.stringify(answer));
    return;
  }
  const names = answer.pending ?? answer.applied ?? [];
  dataLines(names);
  if (names.length > 0) return;
  talk(say({ zh: '数据库已是最新', en: 'the database is up to date' }));
}
