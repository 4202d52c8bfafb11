import type { DatasetRow } from '../../registry/store/datasets.ts';

const majorOf = (urn: string): string => urn.replace(/\.\d+$/, '');

/** Whether a dataset went over to a new major version since a call was decided: its rows lie otherwise now, and mean something else. */
export const otherMajor = (
  decided: Pick<DatasetRow, 'schema'>,
  now: Pick<DatasetRow, 'schema'> | undefined,
): boolean => now !== undefined && majorOf(now.schema) !== majorOf(decided.schema);
