import { InvalidArgumentError, type Command } from 'commander';
import { parseDatasetSchema } from '../../../schemas/parse.ts';
import { breakRecords, sampleRecords } from '../../../schemas/sample/sampleRecords.ts';
import { data, exitCode, VerbFailure } from '../verb.ts';
import { readSchemaArgument, surroundingsOf } from './schemaFiles.ts';

const whole =
  (least: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > max)
      throw new InvalidArgumentError(`a whole number from ${least} to ${max}`);
    return value;
  };

export function register(schema: Command): void {
  schema
    .command('sample')
    .description('生成虚构样例记录 / make synthetic records, one a line')
    .argument('<schema>', 'schema (JSON), or the short name of a shipped one')
    .option('--count <n>', 'how many', whole(1, 1_000_000), 10)
    .option('--seed <n>', 'same seed, same records', whole(0, 2 ** 32 - 1), 1)
    .option('--broken', 'records that break one rule each: {record, rule, pointer}')
    .option('--json', 'as one JSON object {records}')
    .option('--with <file...>', 'schemas that it refers to by URN')
    .addHelpText('after', '\nExample: datong schema sample household@1 --count 100 --seed 7 > rows.ndjson')
    .action(
      (
        argument: string,
        options: { count: number; seed: number; broken?: boolean; json?: boolean; with?: string[] },
      ) => {
        const surroundings = surroundingsOf(options.with ?? []);
        const parsed = parseDatasetSchema(readSchemaArgument(argument), surroundings);
        try {
          const make = options.broken === true ? breakRecords : sampleRecords;
          const records = make(parsed, surroundings, { seed: options.seed, count: options.count });
          if (options.json === true) data(JSON.stringify({ records }));
          else data(records.map((record) => JSON.stringify(record)).join('\n'));
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
          throw new VerbFailure(exitCode.refused, {
            zh: '没有找到符合该标准的记录',
            en: 'no record was found that the schema accepts',
          });
        }
      },
    );
}
