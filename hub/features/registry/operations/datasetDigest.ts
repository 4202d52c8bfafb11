import type { DatasetRow } from '../../../registry/store/datasets.ts';
import { digestOf } from './registration.ts';

/** Of a dataset as a file would register it now: the same file again changes nothing. */
export const datasetDigest = (
  row: Pick<
    DatasetRow,
    'id' | 'titleZh' | 'titleEn' | 'schema' | 'mode' | 'sharing' | 'conditions' | 'intake' | 'rawDays'
  >,
): string =>
  digestOf({
    id: row.id,
    title: { zh: row.titleZh, en: row.titleEn },
    schema: row.schema,
    mode: row.mode,
    sharing: { type: row.sharing, ...(row.conditions === '' ? {} : { conditions: row.conditions }) },
    ...(Object.keys(row.intake).length === 0 ? {} : { intake: row.intake }),
    ...(row.rawDays === null ? {} : { retention: { rawDays: row.rawDays } }),
  });
