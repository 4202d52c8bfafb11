import type { KeyObject } from 'node:crypto';
import type { CompiledMapping } from '../../../../adapters/mapping/compile.ts';
import type { CompanionFiles } from '../../../../adapters/reading/reader.ts';
import type { CodeList } from '../../../../schemas/codelists/codeList.ts';
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';

/** The complete input of a translation except the bytes; can be sent to another thread. */
export interface CopyTask {
  readonly schema: DatasetSchema;
  readonly mapping: CompiledMapping;
  /** what was sent with the file */
  readonly companions?: CompanionFiles;
  readonly subjectKey: KeyObject;
  /**
   * Number of keys of a file that are held in memory while it is read, 25 MB a million; absent: all. Later keys are compared once the rows
   * are stored, and repeated ones are read again (rereadRecords.ts).
   */
  readonly rememberedKeys?: number;
  /** 32 random bits, new for each file, with which the hashes of its keys begin in all threads; absent: 0 */
  readonly keySalt?: number;
  /** lists registered in the hub, which another thread does not know; equal digests mean equal lists */
  readonly codeLists: { readonly digest: string; readonly lists: readonly CodeList[] };
}
