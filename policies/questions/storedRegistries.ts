/**
 * Stores the registries of a decision as one text: departments, purposes, datasets, and suspended agreements. Documents and schemas are
 * stored by digest and version, and are passed in.
 */
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import { canonicalJson, type CanonicalValue } from '../../terms/canonicalJson.ts';
import type { PolicyContext, Sharing } from '../context.ts';
import type { DatasetMode } from '../datasetMode.ts';

/** The plain data of a context; schemas by their urn. */
interface StoredRegistries extends Pick<
  PolicyContext,
  'purposes' | 'departments' | 'datasets' | 'suspended' | 'distrusted'
> {
  readonly sharing?: Readonly<Record<string, Sharing>>;
  readonly modes?: Readonly<Record<string, DatasetMode>>;
  /** dataset → urn of the version it is bound to */
  readonly bound: Readonly<Record<string, string>>;
  /** `household@1` → urn of its newest minor version */
  readonly newest: Readonly<Record<string, string>>;
}

/** Canonical JSON of a context. */
export function storedRegistriesText(context: PolicyContext): string {
  const { purposes, departments, datasets = [], suspended = [], distrusted = [], sharing, modes } = context;
  const stored = {
    purposes: purposes.map(({ code, parent }) => ({ code, parent })),
    departments: departments.map(({ code, kind, parent, region, principal }) => ({
      code,
      kind,
      parent,
      region,
      principal,
    })),
    datasets: [...datasets].sort(),
    suspended: [...suspended].sort(),
    distrusted,
    sharing: Object.fromEntries(sharing ?? []),
    modes: Object.fromEntries(modes ?? []),
    bound: Object.fromEntries(
      datasets.flatMap((dataset) => {
        const urn = context.bound?.(dataset)?.urn;
        return urn === undefined ? [] : [[dataset, urn]];
      }),
    ),
    newest: Object.fromEntries(
      (context.registered ?? []).flatMap(({ name, major }) => {
        const short = `${name}@${major}`;
        const urn = context.schemas(short)?.urn;
        return urn === undefined ? [] : [[short, urn]];
      }),
    ),
  };
  // its members are texts, lists and maps of them
  return canonicalJson(stored as unknown as CanonicalValue);
}

/** Restores the context. @param schemas available ones, by urn */
export function storedContext(text: string, schemas: ReadonlyMap<string, DatasetSchema>): PolicyContext {
  const { sharing, modes, bound, newest, ...plain } = JSON.parse(text) as StoredRegistries;
  return {
    ...plain,
    schemas: (short) => schemas.get(newest[short] ?? ''),
    bound: (dataset) => schemas.get(bound[dataset] ?? ''),
    ...(sharing === undefined ? {} : { sharing: new Map(Object.entries(sharing)) }),
    ...(modes === undefined ? {} : { modes: new Map(Object.entries(modes)) }),
  };
}
