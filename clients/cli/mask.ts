/** `datong policy mask NAME`: one mask tried on values, a line each. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { shippedSurroundings } from '../../machine/surroundings.ts';
import { pseudonymKeys } from '../../policies/masks/pseudonyms/pseudonymKey.ts';
import { maskCatalogue } from '../../policies/masks/catalogue.ts';
import { paramsSchema } from '../../policies/masks/params.ts';
import type { MaskEnvironment, MaskRun } from '../../policies/masks/mask.ts';
import { readMaskRule } from '../../policies/masks/readMaskRule.ts';
import { valueMasker } from '../../policies/masks/rows/valueMasker.ts';
import { linesOf } from './linesOf.ts';
import { columns } from './printedText.ts';
import { writeFileContent } from './output.ts';
import { data, dataLines, exitCode, say, talk, VerbFailure } from './verb.ts';
import { timeOf } from './policy/policyFolder.ts';
import { defined } from '../../terms/defined.ts';
import { isObject } from '../../terms/isObject.ts';

interface Options {
  readonly params?: string;
  readonly key?: string;
  readonly consumer: string;
  readonly at?: string;
  readonly json?: boolean;
  readonly list?: boolean;
}

export function register(program: Command): void {
  program
    .command('mask')
    .description('试用一个脱敏算法（每行一个值） / try a mask: a value a line in, a value a line out')
    .argument('[name]', 'name of the mask')
    .option('--params <json>', 'parameters')
    .option('--key <file>', 'master key of pseudonyms: 32 bytes or more, or their hex')
    .option('--consumer <code>', 'department a pseudonym is made for', 'consumer')
    .option('--at <time>', 'time for masks that need one (default: now)')
    .option('--json', 'lines are JSON values, in and out')
    .option('--list', 'the catalogue: names, parameters, what is still revealed')
    .addHelpText(
      'after',
      '\nExample: echo 11010519491231002X | datong policy mask idCard --params \'{"head":6,"tail":0}\'',
    )
    .action((name: string | undefined, options: Options) => run(name, options));
}

async function run(name: string | undefined, options: Options): Promise<void> {
  if (options.list === true) {
    list(options.json === true);
    return;
  }
  if (name === undefined) {
    throw new VerbFailure(exitCode.usage, {
      zh: '请给出脱敏算法的名称，或 --list',
      en: 'name a mask, or use --list',
    });
  }
  const read = readMaskRule({ ...paramsOf(options.params), mask: name });
  if (!('mask' in read)) throw new VerbFailure(exitCode.usage, read.message);
  if (name === 'pseudonym' && options.key === undefined) {
    throw new VerbFailure(exitCode.usage, { zh: '假名需要 --key FILE', en: 'pseudonyms need --key FILE' });
  }
  const environment: MaskEnvironment = {
    consumer: options.consumer,
    keys: pseudonymKeys(options.key === undefined ? new Uint8Array(32) : keyFrom(options.key)),
    dictionary: shippedSurroundings.codeLists,
    path: 'value',
  };
  const masker = valueMasker(read.mask, read.use.params, environment);
  const state: MaskRun = { now: timeOf(options.at), typeErrors: 0, memo: new Map() };
  for await (const line of linesOf(process.stdin)) {
    const masked = masker(options.json === true ? jsonLine(line) : line, state) ?? null;
    const text = options.json !== true && typeof masked === 'string' ? masked : JSON.stringify(masked);
    await writeFileContent(`${text}\n`);
  }
  if (state.typeErrors > 0) {
    talk({
      zh: `${state.typeErrors} 个值的类型不适用，已置空`,
      en: `${state.typeErrors} values of a wrong type became null`,
    });
    process.exitCode = exitCode.refused;
  }
}

function paramsOf(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value) && !Object.hasOwn(value, 'mask')) return value;
  } catch {
    // reported below
  }
  throw new VerbFailure(exitCode.usage, {
    zh: '--params 应为 JSON 对象',
    en: '--params takes a JSON object',
  });
}

function keyFrom(file: string): Uint8Array {
  const bytes = readFileSync(file);
  const text = bytes.toString('latin1').trim();
  const key = /^(?:[0-9a-fA-F]{2}){32,}$/.test(text) ? Buffer.from(text, 'hex') : bytes;
  if (key.length >= 32) return key;
  throw new VerbFailure(exitCode.local, {
    zh: `${file} 不足 32 字节`,
    en: `${file} has fewer than 32 bytes`,
  });
}

function jsonLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new VerbFailure(exitCode.local, { zh: '有一行不是 JSON 值', en: 'a line is no JSON value' });
  }
}

function list(json: boolean): void {
  if (json) {
    const masks = maskCatalogue.map(({ name, title, types, formats, params }) => ({
      name,
      title,
      types,
      ...defined({ formats }),
      params: paramsSchema(params),
    }));
    data(JSON.stringify({ masks }));
    return;
  }
  const rows = maskCatalogue.map(({ name, title, types, params }) => [
    name,
    say(title),
    types.join('|'),
    Object.keys(params).join(', '),
  ]);
  dataLines(columns(rows));
}
