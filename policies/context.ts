/** What documents are compiled against: the registries as plain data, handed in by the hub or read from a folder. */
import type { Bilingual } from '../terms/bilingual.ts';
import type { DatasetSchema } from '../schemas/datasetSchema.ts';

/** One code of the tree of purposes. An agreement on a parent does not cover its children. */
export interface Purpose {
  readonly code: string;
  readonly parent?: string;
  readonly title?: Bilingual;
}

export type DepartmentKind = 'government' | 'authorised' | 'public-service' | 'entrusted';

export interface PolicyDepartment {
  readonly code: string;
  readonly kind?: DepartmentKind;
  readonly parent?: string;
  /** administrative division code, 6 digits; what the row filter own-region means for this department */
  readonly region?: string;
  /** for an entrusted party (受托单位): the department it acts for */
  readonly principal?: string;
  readonly title?: Bilingual;
}

export interface PolicyContext {
  /** `household@1` → the newest minor version of it */
  readonly schemas: (shortName: string) => DatasetSchema | undefined;
  /** the very version a dataset is bound to; absent = the newest minor version of the schema that a grant names */
  readonly bound?: (dataset: string) => DatasetSchema | undefined;
  readonly purposes: readonly Purpose[];
  readonly departments: readonly PolicyDepartment[];
  /** every dataset of the catalogue; absent = `dataset_unknown` is not told apart from `no_agreement` */
  readonly datasets?: readonly string[];
  /** ids of agreements that are suspended at the moment */
  readonly suspended?: readonly string[];
}

/** The purpose and everything above it, nearest first. A purpose that is not in the tree has no ancestors. */
export function purposeAncestors(purposes: readonly Purpose[], code: string): readonly string[] {
  const parents = new Map(purposes.map((purpose) => [purpose.code, purpose.parent]));
  const line: string[] = [];
  for (
    let at: string | undefined = code;
    at !== undefined && parents.has(at) && !line.includes(at);
    at = parents.get(at)
  ) {
    line.push(at);
  }
  return line;
}

/** The department and every department below it, the root first. */
export function departmentSubtree(departments: readonly PolicyDepartment[], root: string): readonly string[] {
  const found = [root];
  for (const code of found) {
    for (const department of departments) {
      if (department.parent === code && !found.includes(department.code)) found.push(department.code);
    }
  }
  return found;
}
