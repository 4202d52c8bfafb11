/** docs/how-to/add-an-operation.md, done in memory: its code compiles with the contract that it declares, and no step can be left out. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import openapiTypes, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import { parse } from 'yaml';
import { contractOperations } from '../../scripts/contractOperations.ts';

const read = (path: string): string => readFileSync(path, 'utf8');
const page = read('docs/how-to/add-an-operation.md');
/** Code blocks of the page, without the indentation of their list item. */
const blocks = [...page.matchAll(/^ {3}```(?:yaml|ts)\n([\s\S]*?)^ {3}```$/gm)].map((match) =>
  (match[1] ?? '').replaceAll(/^ {3}/gm, ''),
);
const [yaml = '', operation = '', imported = '', listed = '', target = '', itsTest = ''] = blocks;

/** @param before text that is in the file once */
function inserted(text: string, before: string, block: string): string {
  assert.equal(text.split(before).length, 2, before);
  return text.replace(before, () => `${block}${before}`);
}

const table = 'hub/operations/staffOperations.ts';
const roles = 'hub/operations/roles.test.ts';
const file = 'hub/features/registry/operations/showPurpose.ts';

/** Messages of the compiler by file, with these texts in place of the files. */
function findings(sources: ReadonlyMap<string, string>): Map<string, string[]> {
  const { config } = ts.readConfigFile('tsconfig.json', read) as { config: { compilerOptions: object } };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, '.');
  const texts = new Map([...sources].map(([path, text]) => [resolve(path), text]));
  const host = ts.createCompilerHost(options);
  const inherited = host.getSourceFile.bind(host);
  const exists = host.fileExists.bind(host);
  host.getSourceFile = (name, language) => {
    const text = texts.get(resolve(name));
    return text === undefined ? inherited(name, language) : ts.createSourceFile(name, text, language);
  };
  host.fileExists = (name) => texts.has(resolve(name)) || exists(name);
  const { tsBuildInfoFile: _unused, ...strict } = options;
  const program = ts.createProgram([...texts.keys()], { ...strict, noEmit: true, incremental: false }, host);
  return new Map(
    [...sources.keys()].map((path) => [
      path,
      program
        .getSemanticDiagnostics(program.getSourceFile(resolve(path)))
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' ')),
    ]),
  );
}

test('the steps of the page compile, and the compiler reports each that is missing', async () => {
  const contract = inserted(read('openapi.yaml'), '  /v1/uses/{kind}/{name}:\n', yaml);
  const rowOfTable = '  listSchemas,\n';
  const withImport = inserted(read(table), 'import type { ProposableOperation }', imported);
  const found = findings(
    new Map([
      ['api/openapi.ts', astToString(await openapiTypes(contract))],
      ['api/contractOperations.ts', contractOperations(parse(contract))],
      [file, operation],
      [table, inserted(withImport, rowOfTable, listed)],
      [roles, inserted(read(roles), '  listSchemas: officeOnly', target)],
      [file.replace('.ts', '.test.ts'), itsTest],
      // what is wrong
      ['hub/operations/unlisted.ts', read(table)],
      ['hub/operations/untested.test.ts', read(roles)],
      [
        'hub/features/registry/operations/wrongId.ts',
        operation.replaceAll("'showPurpose'", "'showPurposes'"),
      ],
      [
        'hub/features/registry/operations/wrongParameter.ts',
        operation.replace('params.purpose', 'params.purpos'),
      ],
      ['hub/features/registry/operations/wrongMember.ts', operation.replaceAll('{ code, ', '{ cod: code, ')],
      ['hub/features/registry/operations/wrongStatus.ts', operation.replace('200,', '201,')],
      ['hub/features/registry/operations/noOwner.ts', operation.replace('owner: self,', '')],
      ['hub/features/registry/operations/wrongOwner.ts', operation.replaceAll('self', 'ofDataset')],
    ]),
  );
  for (const path of [file, table, roles, file.replace('.ts', '.test.ts')])
    assert.deepEqual(found.get(path), [], path);
  const wrong = [...found].slice(6);
  assert.equal(wrong.length, 8);
  for (const [path, messages] of wrong) assert.notDeepEqual(messages, [], path);
});
