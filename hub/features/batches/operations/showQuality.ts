import type { components } from '../../../../api/openapi.ts';
import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { Problem } from '../../../../terms/problem.ts';
import { isInTime } from '../../../domain/expectation.ts';
import {
  filledIn,
  graded,
  gradeOf,
  partsOf,
  weights,
  type BatchMeasures,
  type QualityParts,
} from '../../../domain/quality.ts';
import { allowed } from '../../../pipeline/call.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { profiledBatches, type ProfiledBatch, problemPlaces } from '../../../flows/intake/store/profiles.ts';
import { datasetById, intakeRulesOf, type DatasetRow } from '../../../registry/store/datasets.ts';
import { moment } from '../../common/listing.ts';
import { reachOf } from '../../common/reach.ts';
import { seenBySenders } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** Maximum number of batches in the trend, and of kinds of problems of the newest batch. */
const maxBatches = 24;
const maxKinds = 20;

const permission = seenBySenders;

/**
 * GET /v1/datasets/{dataset}/quality: returns counts and positions, never a value.
 * @throws Problem dataset_unknown, also for a dataset the caller may not read
 */
export const showQuality = operation('showQuality', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, { database }) => {
    const id = call.params.dataset;
    const row = await datasetById(database.app, id);
    if (row === undefined || reachOf(permission, call.caller)?.includes(row.department) === false)
      throw new Problem('dataset_unknown', { dataset: id });
    const found = await profiledBatches(database.app, id, maxBatches);
    const batches = found.map((one) => viewOf(one, row));
    const grade = gradeOf(batches.map(({ parts }) => parts));
    const [newest] = found;
    const answer: components['schemas']['Quality'] = {
      dataset: id,
      ...(grade === undefined ? {} : grade),
      graded,
      weights,
      batches,
      problems:
        newest === undefined
          ? []
          : (await problemPlaces(database.app, newest.batch, maxKinds)).map((one) => ({
              ...one,
              lines: [...one.lines],
            })),
    };
    return allowed<'showQuality'>(200, answer, { facts: { dataset: id, provider: row.department } });
  },
});

/** The grade of the last batches of a dataset, as showQuality has it; undefined where none was published. */
export async function datasetGrade(reader: Reader, row: DatasetRow): Promise<ReturnType<typeof gradeOf>> {
  const batches = await profiledBatches(reader, row.id, graded);
  return gradeOf(batches.map((one) => viewOf(one, row).parts));
}

/** The parts of a batch, with the expectation of files that its dataset has now. */
export function partsOfBatch(
  batch: BatchMeasures & Pick<ProfiledBatch, 'openedAt' | 'expected'>,
  row: DatasetRow,
): QualityParts {
  const { openedAt, expected } = batch;
  const { expect } = intakeRulesOf(row);
  const day = dayInChina(openedAt);
  const inTime = expect === undefined || !expected ? undefined : isInTime(expect, day, chinaWorkingCalendar);
  return partsOf(batch, inTime);
}

function viewOf(one: ProfiledBatch, row: DatasetRow): components['schemas']['Quality']['batches'][number] {
  const { batch, publishedAt, rows, bad, profile } = one;
  const { repeated } = profile;
  return {
    batch,
    publishedAt: moment(publishedAt),
    rows,
    bad,
    repeated,
    parts: partsOfBatch({ ...one, repeated, filled: filledIn(profile) }, row),
    fields: Object.entries(profile.fields).map(([field, shares]) => ({ field, ...shares })),
  };
}
