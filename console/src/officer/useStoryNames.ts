import type { StoryNames } from '../../../log/story.ts';
import type { Entry } from '../api/leaf.ts';
import { operationName } from '../parts/OperationText.tsx';
import { useDatasetNames } from '../parts/useDatasetNames.ts';
import { useFieldNames } from '../parts/useFieldNames.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { usePurposes } from '../requests/usePurposes.ts';
import { useWords } from '../words/words.ts';

/** Names of what entries and questions name by code: departments, persons, purposes, operations, datasets and their delivered fields. */
export function useStoryNames(
  entries: readonly Pick<Entry, 'leaf'>[],
  more: {
    /** by id, as the hub returns them with the entries */
    readonly persons?: Readonly<Record<string, string>> | undefined;
    /** of questions */
    readonly datasets?: readonly string[];
  } = {},
): StoryNames {
  const { pick, when } = useWords();
  const departments = useDepartments();
  const purposes = usePurposes();
  const leaves = entries.map(({ leaf }) => leaf);
  const datasetName = useDatasetNames([
    ...(more.datasets ?? []),
    ...leaves.flatMap(({ dataset, synthetic }) =>
      [dataset, synthetic?.dataset].filter((one) => one !== undefined),
    ),
  ]);
  const fieldName = useFieldNames(
    leaves.flatMap(({ fields, schema }) => (fields === undefined || schema === undefined ? [] : [schema])),
  );
  return {
    when,
    nameOf: (kind, code) => {
      switch (kind) {
        case 'department':
          return departments.name(code);
        case 'purpose':
          return purposes.name(code);
        case 'operation':
          return pick(operationName(code)) || undefined;
        case 'person':
          return more.persons?.[code];
        case 'dataset':
          return datasetName(code);
      }
    },
    fieldName,
  };
}
