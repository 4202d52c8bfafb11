/** The mappings of one dataset, compiled against its schema and indexed by all of their names. */
import { compileMapping, type CompiledMapping } from '../../adapters/mapping/compile.ts';
import type { CodeLists } from '../../schemas/codelists/codeLists.ts';
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import type { MappingRow } from './store/mappings.ts';
import { readable } from './unavailable.ts';
import { asIs, type Bilingual } from '../../terms/bilingual.ts';

export interface LiveMapping {
  /** short name and version: `household@1` */
  readonly label: string;
  readonly digest: string;
  readonly compiled: CompiledMapping;
}

/** A mapping that does not compile with the current registrations: it translates nothing, and no older version replaces it. */
export interface UnreadableMapping {
  readonly label: string;
  readonly compiled?: never;
  readonly reason: Bilingual;
}

/** A mapping `pub-security/household` of its own dataset can be requested as `household`. */
const shortName = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

/** Every name of a version: `transport/stalls@1` is `stalls@1` too, and either without its version. */
export function mappingNames(fullName: string): readonly string[] {
  const name = fullName.slice(0, fullName.lastIndexOf('@'));
  return [name, fullName, shortName(name), shortName(fullName)];
}

/** @param rows versions of one dataset's mappings, oldest first: the newest gets the name without a version */
export function readMappings(
  rows: readonly MappingRow[],
  schema: DatasetSchema,
  codeLists: CodeLists,
): ReadonlyMap<string, LiveMapping | UnreadableMapping> {
  return new Map(
    rows.flatMap(({ name, version, digest, document }) => {
      const short = shortName(name);
      const reasons: Bilingual[] = [];
      const compiled = readable(
        () => compileMapping(JSON.parse(document), schema, codeLists),
        (reason) => reasons.push(reason),
      );
      const label = `${short}@${version}`;
      const [reason = asIs('')] = reasons;
      const mapping = compiled === undefined ? { label, reason } : { label, digest, compiled };
      return mappingNames(`${name}@${version}`).map((key): [string, LiveMapping | UnreadableMapping] => [
        key,
        mapping,
      ]);
    }),
  );
}
