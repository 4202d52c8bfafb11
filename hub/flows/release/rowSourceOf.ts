import type { Call } from '../../pipeline/call.ts';
import type { Acting } from '../actingDepartment.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { hostedRows } from './hostedRows.ts';
import { liveRows } from './liveRows.ts';
import type { RowSource } from './rowSource.ts';
import type { ReleaseServices } from './services.ts';

/** Selects the source of a dataset's rows for a call. */
export const rowSourceOf = (
  services: ReleaseServices,
  dataset: LiveDataset,
  call: Call<Acting>,
): RowSource =>
  dataset.row.mode === 'live'
    ? liveRows(services, dataset, call)
    : hostedRows(services, dataset, call.caller.department);
