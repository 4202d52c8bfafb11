import type { DatasetSchema } from '../../../schemas/datasetSchema.ts';
import type { CompiledSchema } from '../../../schemas/compile.ts';
import type { LiveAsk, LiveRows } from '../../sdk/liveConnection.ts';

/** Where a connector has the rows of one dataset from. */
export interface RowProvider {
  /** @throws LiveFailure; any other error is told to the hub as query_failed */
  rows(ask: Pick<LiveAsk, 'fields' | 'filter' | 'limit' | 'after' | 'patience'>): Promise<LiveRows>;
  close(): Promise<void>;
}

/** What a provider must know of its dataset. */
export interface ProvidedDataset {
  readonly id: string;
  readonly schema: DatasetSchema;
  /** compiled when it is first needed: a query alone needs no code lists */
  readonly compiled: () => CompiledSchema;
}
