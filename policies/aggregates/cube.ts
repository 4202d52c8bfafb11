/**
 * The one cube that a consumer's statistics on a dataset are read from. Its dimensions are those of all its aggregates together, so that
 * two answers about one batch cannot be subtracted from each other. A cell that is hidden for one is hidden for all.
 */
import { canonicalText } from '../../schemas/readJson.ts';
import { documentName, type PolicyDocument } from '../documents/storedDocument.ts';
import type { Cube, RowCondition } from '../decision.ts';
import { Report } from '../plans/report.ts';
import type { PolicyFinding } from '../finding.ts';
import type { Plan } from '../plans/plan.ts';

/** Maximum number of dimensions of a dataset's statistics for one consumer: with more, hardly a cell could be shown. */
const maxDimensions = 3;

export const cubeKey = (consumer: string, dataset: string): string => `${consumer} ${dataset}`;

/** Consumer whose statistics are combined. */
export const groupOf = ({ ref }: Plan): string => ref.principal ?? ref.consumer;

/** The cubes of all plans; aggregates that do not fit in one cube are a finding. */
export function cubesOf(
  plans: readonly Plan[],
  documents: readonly PolicyDocument[],
  findings: PolicyFinding[],
): ReadonlyMap<string, Cube> {
  const groups = new Map<string, Plan[]>();
  for (const plan of plans) {
    if (plan.aggregates.size === 0) continue;
    const key = cubeKey(groupOf(plan), plan.ref.dataset);
    groups.set(key, [...(groups.get(key) ?? []), plan]);
  }
  const reported = new Set<string>();
  return new Map(
    [...groups].map(([key, group]): [string, Cube] => {
      const cube = cubeOf(group);
      const fault = faultOf(cube, group);
      const last = group.at(-1);
      const document = documents.find(({ id }) => id === last?.agreement.id);
      if (fault !== undefined && last !== undefined && document !== undefined) {
        const path = `/grants/${last.grantIndex}/aggregates`;
        const [code, zh, en] = fault;
        if (!reported.has(documentName(document) + path + code))
          new Report(document, findings).error(code, path, zh, en);
        reported.add(documentName(document) + path + code);
      }
      return [key, cube];
    }),
  );
}

function cubeOf(group: readonly Plan[]): Cube {
  const [first] = group;
  if (first === undefined) throw new TypeError('a cube is made of plans');
  const all = group.flatMap(({ aggregates }) => [...aggregates.values()]);
  const used = (names: readonly string[]): readonly string[] =>
    first.schema.fields.map(({ name }) => name).filter((name) => names.includes(name));
  return Object.freeze({
    dataset: first.ref.dataset,
    consumer: groupOf(first),
    dimensions: used(all.flatMap(({ by }) => by)),
    sums: used(all.flatMap(({ sum = [] }) => sum)),
    minGroup: Math.max(...all.map(({ minGroup }) => minGroup)),
    rowFilter: first.whole.rowFilter,
  });
}

function faultOf(
  { dimensions, rowFilter }: Cube,
  group: readonly Plan[],
): readonly [string, string, string] | undefined {
  if (dimensions.length > maxDimensions)
    return [
      'aggregate_dimensions',
      `同一需求部门对同一数据资源的统计维度合计不得超过 ${maxDimensions} 个`,
      `a consumer's statistics on one dataset have ${maxDimensions} dimensions at most, taken together`,
    ];
  if (group.some(({ whole }) => rowsText(whole.rowFilter) !== rowsText(rowFilter)))
    return [
      'aggregate_rows',
      '同一需求部门对同一数据资源的统计须针对相同的行，否则两个答复相减可得到个体',
      "a consumer's statistics on one dataset are of the same rows: of different ones, two answers could be subtracted",
    ];
  return undefined;
}

/** The same text for the same rows: the order of conditions, repeated ones, and the order of listed values do not change them. */
export function rowsText(rowFilter: readonly RowCondition[]): string {
  const texts = rowFilter.map(({ field, op, value }) => {
    if (op !== 'in' || !Array.isArray(value)) return canonicalText({ field, op, value });
    const values = [...new Set(value.map((one) => canonicalText(one)))].sort();
    return values.length === 1
      ? canonicalText({ field, op: 'eq', value: value[0] as unknown })
      : canonicalText({ field, op, value: values });
  });
  return canonicalText([...new Set(texts)].sort());
}

/** Whether a cube that was made earlier, and is the only one of its batch, answers what is asked of another. */
export const serves = (
  made: Omit<Cube, 'dataset' | 'consumer'>,
  wanted: Pick<Cube, 'dimensions' | 'sums' | 'minGroup' | 'rowFilter'>,
): boolean =>
  wanted.dimensions.every((name) => made.dimensions.includes(name)) &&
  wanted.sums.every((name) => made.sums.includes(name)) &&
  made.minGroup >= wanted.minGroup &&
  rowsText(made.rowFilter) === rowsText(wanted.rowFilter);
