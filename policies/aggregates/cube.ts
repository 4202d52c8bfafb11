/**
 * The cubes of statistics. All statistics of one consumer on one dataset are read from one cube, which has the dimensions of all aggregates.
 * So two answers about one batch cannot be subtracted from each other, and a cell that is hidden in one answer is hidden in all.
 */
import { canonicalText } from '../../schemas/readJson.ts';
import { documentName, type PolicyDocument } from '../documents/storedDocument.ts';
import type { Cube, RowCondition } from '../decision.ts';
import { Report } from '../plans/report.ts';
import type { PolicyFinding } from '../finding.ts';
import type { Plan } from '../plans/plan.ts';

/** With more dimensions nearly all cells would be too small to be shown. */
const maxDimensions = 3;

export const cubeKey = (consumer: string, dataset: string): string => `${consumer} ${dataset}`;

/** The consumer whose statistics share a cube: the principal, if one entrusted the consumer. */
export const cubeConsumer = ({ ref }: Plan): string => ref.principal ?? ref.consumer;

/** The cubes of all plans; aggregates that do not fit in one cube are a finding. */
export function cubesOf(
  plans: readonly Plan[],
  documents: readonly PolicyDocument[],
  findings: PolicyFinding[],
): ReadonlyMap<string, Cube> {
  const groups = new Map<string, Plan[]>();
  for (const plan of plans) {
    if (plan.aggregates.size === 0) continue;
    const key = cubeKey(cubeConsumer(plan), plan.ref.dataset);
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
        const finding = `${documentName(document)} ${path} ${fault.code}`;
        if (!reported.has(finding))
          new Report(document, findings).error(fault.code, path, fault.zh, fault.en);
        reported.add(finding);
      }
      return [key, cube];
    }),
  );
}

function cubeOf(group: readonly Plan[]): Cube {
  const [first] = group;
  if (first === undefined) throw new TypeError('a cube is made of plans');
  const all = group.flatMap(({ aggregates }) => [...aggregates.values()]);
  const inSchemaOrder = (names: readonly string[]): readonly string[] =>
    first.schema.fields.map(({ name }) => name).filter((name) => names.includes(name));
  return Object.freeze({
    dataset: first.ref.dataset,
    consumer: cubeConsumer(first),
    dimensions: inSchemaOrder(all.flatMap(({ by }) => by)),
    sums: inSchemaOrder(all.flatMap(({ sum = [] }) => sum)),
    minGroup: Math.max(...all.map(({ minGroup }) => minGroup)),
    rowFilter: first.whole.rowFilter,
  });
}

function faultOf(
  { dimensions, rowFilter }: Cube,
  group: readonly Plan[],
): { readonly code: string; readonly zh: string; readonly en: string } | undefined {
  if (dimensions.length > maxDimensions)
    return {
      code: 'aggregate_dimensions',
      zh: `同一需求部门对同一数据资源的统计维度合计不得超过 ${maxDimensions} 个`,
      en: `a consumer's statistics on one dataset have ${maxDimensions} dimensions at most, taken together`,
    };
  if (group.some(({ whole }) => rowsText(whole.rowFilter) !== rowsText(rowFilter)))
    return {
      code: 'aggregate_rows',
      zh: '同一需求部门对同一数据资源的统计须针对相同的行，否则两个答复相减可得到个体',
      en: "a consumer's statistics on one dataset are of the same rows: of different ones, two answers could be subtracted",
    };
  return undefined;
}

/** A canonical text of a filter. The order of conditions and of listed values, and repetitions of both, do not change it. */
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

/** Whether a cube that was made earlier contains everything that is asked of another. A batch has one cube only. */
export const canAnswer = (
  made: Omit<Cube, 'dataset' | 'consumer'>,
  wanted: Pick<Cube, 'dimensions' | 'sums' | 'minGroup' | 'rowFilter'>,
): boolean =>
  wanted.dimensions.every((name) => made.dimensions.includes(name)) &&
  wanted.sums.every((name) => made.sums.includes(name)) &&
  made.minGroup >= wanted.minGroup &&
  rowsText(made.rowFilter) === rowsText(wanted.rowFilter);
