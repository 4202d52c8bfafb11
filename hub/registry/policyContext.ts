import type { DepartmentKind, PolicyContext } from '../../policies/context.ts';
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import type { DepartmentRow } from '../identity/store/departments.ts';
import type { PolicyDocumentRow } from './store/policy/policyDocuments.ts';
import type { DatasetRow } from './store/datasets.ts';
import type { PurposeRow } from './store/purposes.ts';

const policyKinds: Readonly<Record<DepartmentRow['kind'], DepartmentKind>> = {
  government: 'government',
  authorised: 'authorised',
  'public-service': 'public-service',
  contractor: 'entrusted',
};

/** The registries as policy is compiled against them. */
export function policyContext(rows: {
  readonly schemas: readonly DatasetSchema[];
  readonly datasetRows: readonly DatasetRow[];
  /** those that stand as shared unconditionally while no entry of the catalogue says so: shared on conditions until one does */
  readonly unopened: ReadonlySet<string>;
  readonly documents: readonly Pick<PolicyDocumentRow, 'id' | 'state'>[];
  readonly purposes: readonly PurposeRow[];
  readonly departments: readonly DepartmentRow[];
}): PolicyContext {
  const newest = new Map<string, DatasetSchema>();
  for (const schema of rows.schemas) {
    const name = `${schema.name}@${schema.major}`;
    if ((newest.get(name)?.minor ?? -1) < schema.minor) newest.set(name, schema);
  }
  const byUrn = new Map(rows.schemas.map((schema) => [schema.urn, schema]));
  const boundTo = new Map(rows.datasetRows.map((row) => [row.id, row.schema]));
  return {
    schemas: (name) => newest.get(name),
    bound: (dataset) => byUrn.get(boundTo.get(dataset) ?? ''),
    sharing: new Map(
      rows.datasetRows.map(({ id, sharing: type, conditions }) => [
        id,
        {
          type: rows.unopened.has(id) ? 'conditional' : type,
          ...(conditions === '' ? {} : { conditions }),
        },
      ]),
    ),
    modes: new Map(rows.datasetRows.map(({ id, mode }) => [id, mode])),
    registered: rows.schemas,
    datasets: rows.datasetRows.map((row) => row.id),
    suspended: rows.documents.filter((row) => row.state === 'suspended').map((row) => row.id),
    purposes: rows.purposes.map(({ code, parent, titleZh, titleEn }) => ({
      code,
      title: { zh: titleZh, en: titleEn },
      ...(parent === null ? {} : { parent }),
    })),
    departments: rows.departments.map(({ code, kind, parent, principal, region, nameZh, nameEn }) => ({
      code,
      kind: policyKinds[kind],
      title: { zh: nameZh, en: nameEn },
      ...(parent === null ? {} : { parent }),
      ...(principal === null ? {} : { principal }),
      ...(region === null ? {} : { region }),
    })),
  };
}
