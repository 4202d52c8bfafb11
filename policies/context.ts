/** The context for compiling documents: the registries as plain data, passed in by the hub or read from a folder. */
import type { Bilingual } from '../terms/bilingual.ts';
import type { DatasetSchema } from '../schemas/datasetSchema.ts';
import type { DatasetMode } from './datasetMode.ts';
import type { Distrusted } from './plans/distrusted.ts';
import type { Purpose } from './meetsCondition.ts';

export type DepartmentKind = 'government' | 'authorised' | 'public-service' | 'entrusted';

export interface PolicyDepartment {
  readonly code: string;
  readonly kind?: DepartmentKind;
  readonly parent?: string;
  /** administrative division code, 6 digits; the value of the row filter own-region for this department */
  readonly region?: string;
  /** for an entrusted party (受托单位): the department it acts for */
  readonly principal?: string;
  readonly title?: Bilingual;
}

/** 共享类型, with the conditions (共享条件) of 有条件共享. */
export interface Sharing {
  readonly type: 'unconditional' | 'conditional' | 'none';
  readonly conditions?: string;
}

export interface PolicyContext {
  /** `household@1` → the newest minor version of it */
  readonly schemas: (shortName: string) => DatasetSchema | undefined;
  /** the exact version a dataset is bound to; absent = the newest minor version of the schema that a grant names */
  readonly bound?: (dataset: string) => DatasetSchema | undefined;
  readonly purposes: readonly Purpose[];
  readonly departments: readonly PolicyDepartment[];
  /** every dataset of the catalogue; absent = `dataset_unknown` is not distinguished from `no_agreement` */
  readonly datasets?: readonly string[];
  /** how each dataset is shared (共享类型); absent = unknown */
  readonly sharing?: ReadonlyMap<string, Sharing>;
  /** how each dataset receives its rows; absent = unknown */
  readonly modes?: ReadonlyMap<string, DatasetMode>;
  /** every registered schema version; absent = whether a restriction names real fields is not checked */
  readonly registered?: readonly DatasetSchema[];
  /** restrictions in force that cannot be relied on: what they cover is denied */
  readonly distrusted?: readonly Distrusted[];
  /** true where the compiled set answers with synthetic rows; otherwise the purpose `sandbox` has no plan */
  readonly sandbox?: true;
  /** ids of agreements that are suspended at present */
  readonly suspended?: readonly string[];
}

/**
 * The department and every department below it, the root first. An entrusted party is none of them, wherever it is registered: it receives
 * what the agreement names for it.
 */
export function departmentSubtree(departments: readonly PolicyDepartment[], root: string): readonly string[] {
  const found = [root];
  for (const code of found) {
    for (const department of departments) {
      const isBelow = department.parent === code && department.kind !== 'entrusted';
      if (isBelow && !found.includes(department.code)) found.push(department.code);
    }
  }
  return found;
}
