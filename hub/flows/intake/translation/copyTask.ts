import type { KeyObject } from 'node:crypto';
import type { CompiledMapping } from '../../../../adapters/mapping/compile.ts';
import type { Beside } from '../../../../adapters/reading/reader.ts';
import type { CodeList } from '../../../../schemas/codelists/codeList.ts';
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';

/** Everything a translation needs besides the bytes; can be sent to another thread. */
export interface CopyTask {
  readonly schema: DatasetSchema;
  readonly mapping: CompiledMapping;
  /** what came with the file */
  readonly beside?: Beside;
  readonly subjectKey: KeyObject;
  /**
   * Keys of a file that are remembered while it is read, 25 MB a million; absent: all. Those behind them are held against each other by
   * whoever keeps the rows, and read again where they repeat each other (rereadRecords.ts).
   */
  readonly rememberedKeys?: number;
  /** lists registered in the hub, which another thread does not know; equal digests, equal lists */
  readonly codeLists: { readonly digest: string; readonly lists: readonly CodeList[] };
}
