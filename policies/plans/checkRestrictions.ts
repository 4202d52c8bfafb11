/**
 * Checks that a Restriction can take effect: the purposes, datasets and fields it names must exist, and together they must describe at
 * least one field. (Tags are a closed vocabulary: they may be restricted before a schema has them.)
 */
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import type { PolicyContext } from '../context.ts';
import type { Restriction } from '../documents/documentChecks.ts';
import type { PolicyFinding } from '../finding.ts';
import { pathsOf } from '../masks/rows/fieldPath.ts';
import { Report } from './report.ts';
import { bites, tagsOf } from './scope.ts';

export function checkRestrictions(
  restrictions: readonly Restriction[],
  context: PolicyContext,
  findings: PolicyFinding[],
): void {
  const purposes = new Set(context.purposes.map((purpose) => purpose.code));
  const datasets = context.datasets && new Set(context.datasets);
  for (const restriction of restrictions) {
    const report = new Report(restriction, findings);
    const { when } = restriction;
    const before = findings.length;
    for (const member of ['purposeUnder', 'purposeNotUnder'] as const) {
      unknown(when[member], purposes, (i) => {
        report.error(
          'unknown_purpose',
          `/when/${member}/${i}`,
          '使用场景不在使用场景目录中',
          'the purpose is not in the tree of purposes',
        );
      });
    }
    unknown(when.dataset, datasets, (i) => {
      report.error('unknown_dataset', `/when/dataset/${i}`, '没有这个数据资源', 'there is no such dataset');
    });
    const schemas = schemasOf(when.dataset, context);
    if (schemas === undefined || findings.length > before) continue;
    unknown(when.field, new Set(schemas.flatMap((schema) => pathsOf(schema).map(nameOf))), (i) => {
      report.error('unknown_field', `/when/field/${i}`, '没有这个数据项', 'there is no such field');
    });
    if (findings.length > before || describesSomething(restriction, schemas)) continue;
    report.error(
      'restriction_never_bites',
      '/when',
      '没有任何数据项同时符合这些条件',
      'there is no field that all of these words describe',
    );
  }
}

function unknown(
  names: readonly string[] | undefined,
  known: ReadonlySet<string> | undefined,
  found: (index: number) => void,
): void {
  for (const [i, name] of (names ?? []).entries()) if (known?.has(name) === false) found(i);
}

/** The schemas that a Restriction can cover: those of the datasets it names, else all; undefined where the context does not state them. */
function schemasOf(
  datasets: readonly string[] | undefined,
  { bound, registered }: PolicyContext,
): readonly DatasetSchema[] | undefined {
  const named = datasets?.map((dataset) => bound?.(dataset));
  const all = named?.filter((schema) => schema !== undefined);
  return all !== undefined && all.length === named?.length ? all : registered;
}

/** A restriction by tags alone may precede the first schema that has them. */
function describesSomething(restriction: Restriction, schemas: readonly DatasetSchema[]): boolean {
  const { dataset, purposeUnder: _under, purposeNotUnder: _notUnder, ...when } = restriction.when;
  if (when.field === undefined && dataset === undefined) return true;
  const anywhere = { ...restriction, when };
  return schemas.some((schema) =>
    pathsOf(schema).some((path) => {
      const tags = tagsOf(schema, path);
      return tags !== undefined && bites(anywhere, tags, '', []);
    }),
  );
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1).replaceAll('[]', '');
