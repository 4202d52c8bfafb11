/** 一数一源: elements that a department offers as its own, which the data office may have decided to come from another one. */
import { Problem } from '../../../terms/problem.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import type { Reader } from '../../store/database/reader.ts';
import { sourcesOf } from '../../store/registry/elementSources.ts';

interface Marks {
  readonly 'x-semantic'?: string;
  readonly 'x-subject-key'?: string;
  readonly 'x-source'?: string;
}

/** Elements of datasets with the department that each is said to come from, where it is said. A field that names whom or what a row is about claims nothing. */
function claimed(datasets: readonly LiveDataset[]): readonly { element: string; from: string | undefined }[] {
  return datasets.flatMap(({ schema }) =>
    schema.fields.flatMap((field) => {
      const marks = field.schema as Marks;
      const element = marks['x-semantic'];
      const key = marks['x-subject-key'] !== undefined || schema.primaryKey.includes(field.name);
      return element === undefined || key ? [] : [{ element, from: marks['x-source'] }];
    }),
  );
}

/** @throws Problem element_source: one of them comes from another department, and the office has not decided that this one may offer it too */
export async function checkElements(
  reader: Reader,
  department: string,
  datasets: readonly LiveDataset[],
): Promise<void> {
  const elements = claimed(datasets);
  const decided = await sourcesOf(reader, [...new Set(elements.map(({ element }) => element))]);
  const foreign = decided.filter(
    ({ element, department: source, also }) =>
      source !== department &&
      !also.includes(department) &&
      elements.some((one) => one.element === element && one.from !== source),
  );
  const [first] = foreign;
  if (first === undefined) return;
  throw new Problem(
    'element_source',
    { element: first.element, department: first.department },
    { findings: foreign.map(({ element, department: source }) => ({ element, department: source })) },
  );
}
