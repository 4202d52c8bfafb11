/** `datong catalogue documents`: the JSON Schema of every document that `datong catalogue apply` takes, for editors. */
import type { Command } from 'commander';
import { documentsSchema } from '../../machine/documentsSchema.ts';
import { data } from './verb.ts';

export function register(program: Command): void {
  program
    .command('documents')
    .description(
      '登记文件的 JSON Schema，供编辑器补全和检查 / JSON Schema of what apply takes, for editors that complete and check',
    )
    .addHelpText(
      'after',
      '\nExample:\n  datong catalogue documents > datong.schema.json\n  # first line of a YAML file beside it:\n  # yaml-language-server: $schema=datong.schema.json\n',
    )
    .action(() => data(documentsSchema()));
}
