import type { Command } from 'commander';
import { guardedLint } from '../../../machine/guardedLint.ts';
import { noQueue } from '../../../machine/turns.ts';
import { exitCode, reportFindings } from '../verb.ts';
import { readJsonFile } from './files.ts';
import { surroundingsOf } from './schemaArgument.ts';

export function register(schema: Command): void {
  schema
    .command('lint')
    .description('检查数据集标准是否符合规范 / check a schema against the profile')
    .argument('<file>', 'schema (JSON)')
    .option('--json', 'findings as JSON')
    .option('--with <file...>', 'schemas that it refers to by URN')
    .addHelpText('after', '\nExample: datong schema lint household.json')
    .action(async (file: string, options: { json?: boolean; with?: string[] }) => {
      const findings = await guardedLint(noQueue, readJsonFile(file), surroundingsOf(options.with ?? []));
      reportFindings(
        findings.map(({ code, path, message, mend }) => ({
          code,
          path: path === '' ? '/' : path,
          message: { zh: `${message.zh}。${mend.zh}`, en: `${message.en}; ${mend.en}` },
          mend,
        })),
        {
          json: options.json === true,
          failure: exitCode.refused,
          passed: { zh: '符合规范', en: 'the schema is inside the profile' },
        },
      );
    });
}
