import type { Schemas } from '../api/call.ts';

/** Whether files are sent to a dataset and its rows are in the hub: not of live datasets, and not of types of event. */
export const holdsRows = ({ mode }: Pick<Schemas['DatasetView'], 'mode'>): boolean =>
  mode === 'snapshot' || mode === 'upsert';
