import { surroundingsWith } from '../../../machine/surroundings.ts';
import type { CodeList } from '../../../schemas/codelists/codeList.ts';
import { compileSchema } from '../../../schemas/compile.ts';
import type { JsonSchema } from '../../../schemas/datasetSchema.ts';
import { readSchema } from '../../../schemas/parse.ts';
import type { DatongClient } from '../../sdk/datongClient.ts';
import { pathSegment } from '../pathSegment.ts';
import { exitCode, VerbFailure } from '../verb.ts';
import type { ProvidedDataset } from './rowProvider.ts';

/**
 * A live dataset as the hub has it registered, with the schema that its rows must have.
 * @param lists code lists beside those that ship
 * @throws DatongProblem; VerbFailure where its rows lie in the hub
 */
export async function providedDataset(
  client: Pick<DatongClient, 'call'>,
  id: string,
  lists: readonly CodeList[],
): Promise<ProvidedDataset> {
  const get = async (path: string): Promise<unknown> =>
    (await client.call({ method: 'GET', path, receipt: 'optional' })).json;
  const { dataset } = (await get(`/v1/datasets/${pathSegment(id)}`)) as {
    readonly dataset: { readonly mode: string; readonly schema: string };
  };
  if (dataset.mode !== 'live')
    throw new VerbFailure(exitCode.refused, {
      zh: `${id} 的数据在枢纽中（mode: ${dataset.mode}），不由连接器供给`,
      en: `the rows of ${id} lie in the hub (mode: ${dataset.mode}); no connector serves them`,
    });
  const { document } = (await get(`/v1/schemas/${pathSegment(dataset.schema)}`)) as {
    readonly document: JsonSchema;
  };
  const surroundings = surroundingsWith(lists);
  const schema = readSchema(document, surroundings.resolve);
  return { id, schema, compiled: () => compileSchema(schema, surroundings) };
}
