/** `datong dataset openapi|types ID`: a dataset as the calling department may query it, with the fields that it receives. */
import type { Command } from 'commander';
import type { JsonSchema } from '../../schemas/datasetSchema.ts';
import { pathWith } from '../sdk/jsonCall.ts';
import type { ReceivedContract } from '../sdk/types.ts';
import { withProfile } from './profile.ts';
import { data, exitCode, VerbFailure } from './verb.ts';
import { withClient, type ClientVerbOptions } from './withClient.ts';
import { defined } from '../../terms/defined.ts';

interface Options extends ClientVerbOptions {
  readonly agreement?: string;
  readonly purpose?: string;
}

export function registerReceived(dataset: Command): void {
  register(
    dataset,
    'openapi',
    '本部门可怎样查询它的 OpenAPI 文档 / how this department may ask for it, as OpenAPI',
    (contract) => JSON.stringify(contract, undefined, 2),
  );
  register(
    dataset,
    'types',
    '本部门收到的行的 TypeScript 类型 / the TypeScript type of the rows that this department gets',
    typesOf,
  );
}

function register(
  dataset: Command,
  verb: string,
  description: string,
  print: (contract: ReceivedContract) => string | Promise<string>,
): void {
  withProfile(dataset.command(verb))
    .description(description)
    .argument('<dataset>', 'such as pub-security.household')
    .option('--agreement <id>', 'where the department has several')
    .option('--purpose <code>', 'where an agreement has several')
    .option('--json', 'answer as JSON')
    .addHelpText('after', `\nExample:\n  datong dataset ${verb} pub-security.household --as education\n`)
    .action(async (id: string, options: Options) => {
      await withClient(options, async (client) => {
        const { agreement, purpose } = options;
        const path = pathWith(
          `/v1/datasets/${encodeURIComponent(id)}/openapi`,
          defined({ agreement, purpose }),
        );
        const { json } = await client.call({ method: 'GET', path, receipt: 'required' });
        const text = await print(json as ReceivedContract);
        data(options.json === true && verb === 'types' ? JSON.stringify({ types: text }) : text);
      });
    });
}

/** @throws VerbFailure where nothing but facts is granted */
async function typesOf({ info, components }: ReceivedContract): Promise<string> {
  const { Record: record } = components['schemas'] as Readonly<Record<string, JsonSchema>>;
  if (record === undefined)
    throw new VerbFailure(exitCode.refused, {
      zh: '共享协议只给核验，不给行',
      en: 'the agreement gives facts, and no rows',
    });
  // loaded where it is used: it brings a formatter along
  const { schemaTypes } = await import('../../machine/schemaTypes.ts');
  const [consumer = '', agreement = '', , urn = ''] = info.description.split(' · ');
  const [zh = '', en = ''] = info.title.split(' / ');
  const name = urn.split(':')[2] ?? '';
  return schemaTypes({
    name: `${name}-for-${consumer}`,
    urn: `${urn}, ${agreement}`,
    title: { zh, en },
    document: record,
  });
}
