import { readFileSync, statSync, existsSync } from 'node:fs';
import type { JsonSchema } from '../../../schemas/datasetSchema.ts';
import { isSchemaObject } from '../../../schemas/jsonSchema.ts';
import { readJson, JsonFault } from '../../../schemas/readJson.ts';
import { exitCode, VerbFailure, reportFindings } from '../verb.ts';
import { sharedDocumentByShortName, sharedNames } from '../../../machine/shippedSchemas.ts';
import { surroundingsWith } from '../../../machine/surroundings.ts';
import type { Surroundings } from '../../../schemas/surroundings.ts';
import type { Command } from 'commander';
import type { Finding } from '../../../schemas/messages.ts';
import { readDocuments } from '../apply/readDocuments.ts';
import { guardedLint } from '../../../machine/guardedLint.ts';
import { noQueue } from '../../../machine/turns.ts';

/** Larger than any schema or code list worth reading whole. */
const maxBytes = 8 * 1024 * 1024;

/**
 * A JSON document from a file that a person named.
 * @throws VerbFailure with the file, the line and the error
 */
export function readJsonFile(path: string, limit = maxBytes): unknown {
  const { size } = statSync(path);
  if (size > limit) {
    throw new VerbFailure(exitCode.refused, {
      zh: `${path} 有 ${size} 字节，超过 ${limit} 字节`,
      en: `${path} has ${size} bytes, more than ${limit}`,
    });
  }
  try {
    return readJson(readFileSync(path), 256);
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    const place = error.line > 0 ? `${path}:${error.line}` : path;
    throw new VerbFailure(exitCode.refused, {
      zh: `${place} ${error.text.zh}（${error.code}）`,
      en: `${place} ${error.text.en} (${error.code})`,
    });
  }
}

/** Documents by their `$id`, out of files given by --with, for references between schemas. */
function referenceFiles(paths: readonly string[]): (urn: string) => JsonSchema | undefined {
  const byId = new Map<string, JsonSchema>();
  for (const path of paths) {
    const document = readJsonFile(path);
    if (isSchemaObject(document) && typeof document['$id'] === 'string') byId.set(document['$id'], document);
  }
  return (urn) => byId.get(urn);
}

/** Documents that a schema may refer to: those in the files of --with, then the shipped ones. */
export function surroundingsOf(paths: readonly string[]): Surroundings {
  return surroundingsWith([], referenceFiles(paths));
}

/** A schema document by the short name of a shipped one (`household@1`) or from a file. */
export function readSchemaArgument(argument: string): unknown {
  if ((sharedNames as readonly string[]).includes(argument)) return sharedDocumentByShortName(argument);
  if (/^[a-z0-9-]+@\d+$/.test(argument) && !existsSync(argument)) {
    const shipped = sharedNames.join(', ');
    throw new VerbFailure(
      exitCode.local,
      { zh: `没有名为 ${argument} 的标准`, en: `there is no schema named ${argument}` },
      { zh: `随附的标准：${shipped}；也可以给出文件`, en: `shipped are ${shipped}; or name a file` },
    );
  }
  return readJsonFile(argument);
}

export function register(schema: Command): void {
  schema
    .command('lint')
    .description('检查数据集标准是否符合规范 / check a schema against the profile')
    .argument('<file>', 'schema (JSON), or the YAML that draft writes')
    .option('--json', 'findings as JSON')
    .option('--with <file...>', 'schemas that it refers to by URN')
    .addHelpText('after', '\nExample: datong schema lint household.json')
    .action(async (file: string, options: { json?: boolean; with?: string[] }) => {
      const findings = await lintFile(file, surroundingsOf(options.with ?? []));
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

/** Checks a JSON Schema, or each document of kind Schema in a YAML file; findings have their line. */
async function lintFile(file: string, surroundings: Surroundings): Promise<Finding[]> {
  if (!/\.ya?ml$/i.test(file)) return guardedLint(noQueue, readJsonFile(file), surroundings);
  const schemas = readDocuments(file).filter(({ kind }) => kind === 'Schema');
  if (schemas.length === 0)
    throw new VerbFailure(exitCode.local, {
      zh: `${file} 中没有 kind: Schema 的文件`,
      en: `${file} holds no document of kind: Schema`,
    });
  const found: Finding[] = [];
  for (const { members, line } of schemas) {
    const findings = await guardedLint(noQueue, members['document'], surroundings);
    found.push(
      ...findings.map((one) => ({ ...one, path: `${file}:${line} ${one.path === '' ? '/' : one.path}` })),
    );
  }
  return found;
}
