/** `datong batch map suggest`: a draft of a mapping from a sample of a file. It is printed, never saved. */
import { Option, type Command } from 'commander';
import { parse } from 'yaml';
import { formats } from '../../../adapters/formats.ts';
import { suggestMapping, type Suggestion } from '../../../adapters/suggest/suggest.ts';
import { signText } from '../../../adapters/suggest/sign.ts';
import { shippedSurroundings } from '../../../machine/surroundings.ts';
import { openInput, readReaderOptions, schemaFrom } from '../adapt/readInput.ts';
import { jsonCall } from '../../sdk/jsonCall.ts';
import { readBoundedText } from '../boundedFile.ts';
import { withProfile } from '../profile.ts';
import { withClient, type ClientVerbOptions } from '../withClient.ts';
import { data, say, talk } from '../verb.ts';
import { defined } from '../../../terms/defined.ts';

const sampleBytes = 1024 * 1024;

export function register(program: Command): void {
  const map = program
    .command('map')
    .description('映射：从部门文件到数据集标准 / mappings from files of departments to schemas');
  map
    .command('suggest')
    .description(
      '推测文件的编码、分隔符、表头和映射，逐项说明理由 / guess encoding, separator, header and mapping of a file, with a reason for each',
    )
    .argument('<file>', 'a file, or a part of one; - for standard input')
    .requiredOption('--schema <file-or-name>', 'schema to fill: a file, or a shared one such as household@1')
    .addOption(
      new Option('--format <name>', 'format, where it is known').choices(
        formats.map((format) => format.name),
      ),
    )
    .option('--options <file>', 'reader options that are known, JSON')
    .option('--json', 'the whole suggestion, not only the mapping')
    .addHelpText(
      'after',
      '\nExample:\n  datong batch map suggest household.csv --schema household@1 > mapping.json\n',
    )
    .action(
      async (
        file: string,
        options: { schema: string; format?: string; options?: string; json?: boolean },
      ) => {
        const schema = await schemaFrom(options.schema, shippedSurroundings);
        const { codeLists } = shippedSurroundings;
        const known =
          options.options === undefined
            ? undefined
            : ((await readReaderOptions(options.options)) as Record<string, unknown>);
        const suggestion = await suggestMapping(
          await sampleOf(file, options.format),
          schema,
          codeLists,
          defined({ format: options.format, options: known }),
        );
        printSuggestion(suggestion);
        data(JSON.stringify(options.json === true ? suggestion : suggestion.mapping, null, 2));
      },
    );
  registerTry(map);
}

/** `datong batch map try`: shows the result of stored bytes under a mapping that is not registered yet. */
function registerTry(map: Command): void {
  withProfile(
    map
      .command('try')
      .description(
        '用尚未登记的映射试读已存的批次，给出结果与差异 / read a stored batch by a mapping that is not registered yet',
      ),
  )
    .argument('<mapping>', 'file with the mapping, JSON or YAML')
    .requiredOption('--dataset <id>', 'such as pub-security.household')
    .option('--batch <id>', 'whose stored bytes are read (default: the current batch)')
    .addHelpText(
      'after',
      '\nExample:\n  datong batch map try mapping.json --dataset pub-security.household\n',
    )
    .action(async (file: string, options: ClientVerbOptions & { dataset: string; batch?: string }) => {
      const document = documentOf(readBoundedText(file, sampleBytes));
      const { dataset, batch } = options;
      await withClient(options, async (client) => {
        const path = `/v1/datasets/${encodeURIComponent(dataset)}/mapping-trials`;
        const body = { document, ...defined({ batch }) };
        const { json } = await client.call(jsonCall(path, body, {}, 'required'));
        data(JSON.stringify(json, null, 2));
      });
    });
}

/** A mapping from a document of `datong catalogue apply`, or on its own. */
function documentOf(text: string): unknown {
  const read: unknown = parse(text);
  return isMappingDocument(read) ? read.document : read;
}

const isMappingDocument = (value: unknown): value is { readonly document: unknown } =>
  typeof value === 'object' && value !== null && 'document' in value;

/** The first megabyte; a workbook and a JSON document only read whole. */
async function sampleOf(file: string, format: string | undefined): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (await openInput(file)).chunks) {
    parts.push(chunk);
    size += chunk.length;
    const whole = format === 'xlsx' || (parts[0]?.[0] === 0x50 && parts[0][1] === 0x4b);
    if (!whole && size >= sampleBytes) break;
  }
  return Buffer.concat(parts);
}

function printSuggestion({ format, options, fields, missing, unused, signs }: Suggestion): void {
  const line = (name: string, value: unknown, confidence: number, reason: string): void =>
    talk(
      `${String(Math.round(confidence * 100)).padStart(4)} %  ${name}  ${typeof value === 'string' ? value : JSON.stringify(value)}  (${reason})`,
    );
  line('format', format.value, format.confidence, say(format.reason));
  for (const [name, guess] of Object.entries(options))
    line(name, guess.value, guess.confidence, say(guess.reason));
  for (const [name, guess] of Object.entries(fields))
    line(name, `← ${guess.column}`, guess.confidence, say(guess.reason));
  for (const sign of signs) talk(signText(sign));
  if (missing.length > 0)
    talk({
      zh: `没有找到来源的字段：${missing.join(', ')}`,
      en: `no source found for: ${missing.join(', ')}`,
    });
  if (unused.length > 0)
    talk({ zh: `未使用的列：${unused.join(', ')}`, en: `columns not used: ${unused.join(', ')}` });
}
