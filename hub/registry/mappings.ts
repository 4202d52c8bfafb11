/** The mappings of one dataset, compiled against its schema and indexed by all of their names. */
import { consumerOf } from '../../policies/documents/agreement.ts';
import { compileMapping, type CompiledMapping } from '../../adapters/mapping/compile.ts';
import type { CodeLists } from '../../schemas/codelists/codeLists.ts';
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import type { MappingRow } from './store/mappings.ts';
import { readable } from './unavailable.ts';
import type { PolicyDocument } from '../../policies/documents/storedDocument.ts';
import { matterRegisterFindings, type RegisteredMatter } from '../../policies/documents/registeredMatters.ts';
import { asIs, type Bilingual } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';
import type { Reader } from '../platform/database/reader.ts';
import { mattersByCode } from './store/matters.ts';

export interface LiveMapping {
  /** `name@version` */
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
export function mappingNames(label: string): readonly string[] {
  const name = label.slice(0, label.lastIndexOf('@'));
  return [name, label, shortName(name), shortName(label)];
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

/** @throws Problem policy_does_not_compile, if it names a matter that is not in the register in this form */
export async function checkMatters(reader: Reader, document: PolicyDocument): Promise<void> {
  if (document.kind !== 'Agreement' || document.matters === undefined) return;
  const rows = await mattersByCode<Pick<RegisteredMatter, 'materials'>>(
    reader,
    document.matters.map(({ code }) => code),
  );
  const register = rows.map(({ code, departments, document: { materials }, ended }) => ({
    code,
    departments,
    materials,
    ended: ended !== null,
  }));
  const findings = matterRegisterFindings(document, consumerOf(document), register);
  if (findings.length > 0)
    throw new Problem('policy_does_not_compile', { count: findings.length }, { findings });
}
