/** Names of schema versions: `urn:datong:<name>:<major>.<minor>`, in short `<name>@<major>`. */
export interface SchemaUrn {
  readonly name: string;
  readonly major: number;
  readonly minor: number;
}

/** First parts of `urn:datong:` that are reserved for other things than schemas. */
const reservedSchemaNames: ReadonlySet<string> = new Set(['dept', 'dataset', 'code', 'meta', 'problem']);

const shape = /^urn:datong:([a-z][a-z0-9]*(?:-[a-z0-9]+)*):(\d{1,4})\.(\d{1,4})$/;

/** Reads the `$id` of a schema; undefined when it has another form or a reserved name. */
export function parseSchemaUrn(text: string): SchemaUrn | undefined {
  const match = shape.exec(text);
  if (match === null) return undefined;
  const [, name = '', major = '', minor = ''] = match;
  return name.length > 60 || reservedSchemaNames.has(name)
    ? undefined
    : { name, major: Number(major), minor: Number(minor) };
}
