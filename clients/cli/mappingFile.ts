import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import type { Bilingual } from '../../terms/bilingual.ts';
import { exitCode, VerbFailure, data } from './verb.ts';
import type { Command } from 'commander';
import { documentsSchema } from '../../machine/documentsSchema.ts';

/**
 * A mapping as JSON or YAML: the document itself, or a file of `datong catalogue apply` with only this document (`kind: Mapping`).
 * @throws VerbFailure (exit 4) with file and line for any other file; the file system's error for a missing file
 */
export function mappingIn(file: string): unknown {
  const value = objectIn(file, { zh: '映射', en: 'mapping' });
  return 'kind' in value && value.kind === 'Mapping' && 'document' in value ? value.document : value;
}

/**
 * One document as JSON or YAML that is an object. @param what name of the expected document in the error
 * @throws VerbFailure (exit 4) with file and line for any other file; the file system's error for a missing file
 */
export function objectIn(file: string, what: Bilingual): object {
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(file, 'utf8'), { lineCounter: lines, uniqueKeys: true });
  const [fault] = [...document.errors, ...document.warnings];
  if (fault !== undefined) throw unreadable(file, lines.linePos(fault.pos[0]).line, what);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 0 });
  } catch {
    throw unreadable(file, 1, what);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unreadable(file, 1, what);
  return value;
}

const unreadable = (file: string, line: number, what: Bilingual): VerbFailure =>
  new VerbFailure(exitCode.local, {
    zh: `${file} 第 ${line} 行：不是 JSON 或 YAML 的${what.zh}`,
    en: `${file} line ${line}: no ${what.en} as JSON or YAML`,
  });

/** `datong catalogue documents`: the JSON Schema of every document that `datong catalogue apply` takes, for editors. */
export function register(program: Command): void {
  program
    .command('documents')
    .description(
      '登记文件的 JSON Schema，供编辑器补全和检查 / JSON Schema of what apply takes, for editors that complete and check',
    )
    .addHelpText(
      'after',
      '\nExample:\n  datong catalogue documents > datong.schema.json\n  # first line of a YAML file next to it:\n  # yaml-language-server: $schema=datong.schema.json\n',
    )
    .action(() => data(documentsSchema()));
}
