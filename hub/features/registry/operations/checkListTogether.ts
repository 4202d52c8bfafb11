import { compileMapping } from '../../../../adapters/mapping/compile.ts';
import type { CodeList } from '../../../../schemas/codelists/codeList.ts';
import { lintCodes } from '../../../../schemas/lint/lintSchema.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { Problem } from '../../../../terms/problem.ts';
import { registeredSchemas } from '../../../registry/registeredSchemas.ts';
import { listCodeLists } from '../../../registry/store/codeLists.ts';
import { listDatasets } from '../../../registry/store/datasets.ts';
import { listMappings, type MappingRow } from '../../../registry/store/mappings.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import type { Services } from '../../common/services.ts';
import { daysAhead, listsOn } from './checkAhead.ts';

type Change =
  { readonly add: CodeList } | { readonly without: { readonly id: string; readonly version: string } };

/**
 * Checks that schemas and mappings still work with another set of code lists, on each day on which a version takes effect. A list affects
 * everything that names it on that date, without any person involved.
 * @throws Problem code_list_unfit with what would not go on
 */
export async function checkListTogether({ database }: Services, change: Change): Promise<void> {
  const { app } = database;
  const current = (await listCodeLists(app)).map(({ document }) => JSON.parse(document) as CodeList);
  const lists =
    'add' in change
      ? [...current, change.add]
      : current.filter(({ id, version }) => id !== change.without.id || version !== change.without.version);
  const registry = await readRegistry(app);
  const today = dayInChina(database.now());
  const findings = [today, ...daysAhead(lists, today)].flatMap((day) => {
    // faults that exist already do not block a correction
    const before = new Set(unfit(registry, current, day).map(({ code, at }) => `${code} ${at}`));
    return unfit(registry, lists, day).filter(({ code, at }) => !before.has(`${code} ${at}`));
  });
  const [first] = findings;
  if (first === undefined) return;
  const { id, version } = 'add' in change ? change.add : change.without;
  throw new Problem(
    'code_list_unfit',
    { name: `${id}@${version}`, at: first.at, day: first.day },
    { findings },
  );
}

interface Registered {
  readonly schemas: ReadonlyMap<string, DatasetSchema>;
  readonly mappings: readonly { readonly row: MappingRow; readonly schema: DatasetSchema }[];
}

async function readRegistry(reader: Reader): Promise<Registered> {
  const schemas = await registeredSchemas(reader);
  const boundTo = new Map((await listDatasets(reader)).map((row) => [row.id, schemas.get(row.schema)]));
  const mappings = (await listMappings(reader)).flatMap((row) => {
    const schema = boundTo.get(row.dataset);
    return schema === undefined ? [] : [{ row, schema }];
  });
  return { schemas, mappings };
}

interface Unfit {
  readonly code: string;
  /** the schema with the place in it, or the mapping */
  readonly at: string;
  readonly day: string;
}

function unfit({ schemas, mappings }: Registered, lists: readonly CodeList[], day: string): Unfit[] {
  const codeLists = listsOn(lists, day);
  const inSchemas = [...schemas].flatMap(([urn, { document }]) =>
    lintCodes(document, codeLists).map(({ code, path }) => ({ code, at: `${urn}#${path}`, day })),
  );
  const inMappings = mappings.flatMap(({ row, schema }) => {
    const code = faultOf(() => compileMapping(JSON.parse(row.document), schema, codeLists));
    return code === undefined ? [] : [{ code, at: `${row.name}@${row.version}`, day }];
  });
  return [...inSchemas, ...inMappings];
}

function faultOf(compile: () => unknown): string | undefined {
  try {
    compile();
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}
