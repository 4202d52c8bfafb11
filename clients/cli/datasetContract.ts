/** `datong dataset odcs ID`: a dataset as a data contract (Open Data Contract Standard 3.1), for catalogues and tools that read those. */
import { stringify } from 'yaml';
import type { Command } from 'commander';
import type { Bilingual } from '../../terms/bilingual.ts';
import { pathSegment } from './values.ts';
import { reading, withReader, type ReaderOptions } from './reading/reader.ts';
import { data } from './verb.ts';
import { defined } from '../../terms/defined.ts';

/** `DatasetView` of openapi.yaml, as far as a contract needs it. */
interface DatasetShown {
  readonly id: string;
  readonly title: Bilingual;
  readonly department: string;
  readonly schema: string;
  readonly mode: string;
  readonly sharing: { readonly type: string; readonly conditions?: string };
  readonly state: string;
}

/** A schema of the hub, or a part of one. */
interface Part {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Part>>;
  readonly required?: readonly string[];
  readonly items?: Part;
  readonly description?: string;
  readonly 'x-title'?: Bilingual;
  readonly 'x-primary-key'?: readonly string[];
  readonly 'x-sensitivity'?: string;
  readonly 'x-personal'?: string;
  readonly 'x-semantic'?: string;
  readonly 'x-unit'?: string;
  readonly 'x-code'?: { readonly list: string };
}

type Node = Readonly<Record<string, unknown>>;

export function registerContract(dataset: Command): void {
  withReader(
    dataset
      .command('odcs')
      .description(
        '数据契约（ODCS 3.1）：字段、主键、敏感级别、共享方式 / as a data contract (ODCS 3.1): fields, keys, sensitivity, sharing',
      )
      .argument('<dataset>', 'id of the dataset'),
  )
    .addHelpText('after', '\nExample:\n  datong dataset odcs pub-security.household > household.odcs.yaml\n')
    .action((id: string, options: ReaderOptions) =>
      reading(options, async (get) => {
        const { dataset: shown } = await get(`/v1/datasets/${pathSegment(id)}`);
        const bound = shown as DatasetShown;
        const { document } = await get(`/v1/schemas/${pathSegment(bound.schema)}`);
        const contract = contractOf(bound, document as Part);
        data(options.json === true ? JSON.stringify(contract) : stringify(contract).trimEnd());
      }),
    );
}

/** Names that tools use for the states of a contract. */
const states: Readonly<Record<string, string>> = { published: 'active' };

/** @param document of the schema version that the dataset is bound to @returns a contract of ODCS 3.1.0 */
export function contractOf(dataset: DatasetShown, document: Part): Node {
  const { id, title, department, schema, mode, sharing, state } = dataset;
  const [, , name = '', version = ''] = schema.split(':');
  const keys = (document['x-primary-key'] ?? []).map((pointer) => pointer.slice(1));
  return {
    apiVersion: 'v3.1.0',
    kind: 'DataContract',
    id,
    name: title.zh,
    version,
    status: states[state] ?? state,
    domain: department,
    description: {
      purpose: `${title.zh} / ${title.en}`,
      ...defined({ limitations: sharing.conditions }),
    },
    schema: [
      {
        name,
        logicalType: 'object',
        physicalName: id,
        ...titled(document),
        authoritativeDefinitions: [{ url: schema, type: 'implementation' }],
        properties: propertiesOf(document, keys),
      },
    ],
    team: { name: department },
    customProperties: [custom('sharingType', sharing.type), custom('mode', mode)],
  };
}

const custom = (property: string, value: unknown): Node => ({ property, value });

const titled = ({ 'x-title': title, description }: Part): Node => ({
  ...defined({ businessName: title?.zh }),
  ...(description === undefined && title === undefined ? {} : { description: description ?? title?.en }),
});

const propertiesOf = (part: Part, keys: readonly string[]): readonly Node[] =>
  Object.entries(part.properties ?? {}).map(([name, field]) => {
    const position = keys.indexOf(name) + 1;
    return {
      name,
      ...elementOf(field),
      required: (part.required ?? []).includes(name) && !typesOf(field).includes('null'),
      ...(position === 0 ? {} : { primaryKey: true, primaryKeyPosition: position }),
    };
  });

const typesOf = ({ type = [] }: Part): readonly string[] => (typeof type === 'string' ? [type] : type);

/** Logical types of texts with a format. */
const ofText: Readonly<Record<string, string>> = { date: 'date', 'date-time': 'timestamp', time: 'time' };
/** Limits that the standard defines for values of a logical type; the schema defines the rest. */
const limits: Readonly<Record<string, readonly string[]>> = {
  string: ['minLength', 'maxLength', 'pattern', 'format'],
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  array: ['minItems', 'maxItems', 'uniqueItems'],
};

function elementOf(field: Part): Node {
  const [type] = typesOf(field).filter((one) => one !== 'null');
  const logical = type === 'string' ? (ofText[field.format ?? ''] ?? type) : type;
  const limitsGiven = Object.entries(field).filter(([key]) => (limits[logical ?? ''] ?? []).includes(key));
  const marks = [
    custom('semanticTag', field['x-semantic']),
    custom('codeList', field['x-code']?.list),
    custom('unit', field['x-unit']),
    custom('personal', field['x-personal']),
  ].filter(({ value }) => value !== undefined);
  return {
    ...defined({ logicalType: logical }),
    ...(limitsGiven.length === 0 ? {} : { logicalTypeOptions: Object.fromEntries(limitsGiven) }),
    ...titled(field),
    ...defined({ classification: field['x-sensitivity'] }),
    ...(field.enum === undefined ? {} : { quality: [oneOf(field.enum)] }),
    ...(marks.length === 0 ? {} : { customProperties: marks }),
    ...(logical === 'object' ? { properties: propertiesOf(field, []) } : {}),
    ...(logical === 'array' && field.items !== undefined ? { items: elementOf(field.items) } : {}),
  };
}

const oneOf = (values: readonly unknown[]): Node => ({
  type: 'library',
  metric: 'invalidValues',
  mustBe: 0,
  arguments: { validValues: values },
});
