/** What caller and worker say to each other. The worker asks for bytes and hands over batches; neither runs ahead of the other. */
import type { CodeList } from '../../schemas/codelists/codeList.ts';
import type { JsonSchema } from '../../schemas/datasetSchema.ts';
import type { Beside } from '../reader.ts';
import type { TranslatedBatch } from '../translate.ts';

export interface WorkerTask {
  /** a mapping document */
  readonly mapping: unknown;
  /** a schema document, and the others it refers to */
  readonly schema: JsonSchema;
  readonly references?: readonly JsonSchema[];
  /** code lists that are registered in the caller but not shipped */
  readonly codeLists?: readonly CodeList[];
  readonly beside?: Beside;
}

export type ToWorker =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' }
  | { readonly kind: 'next' };

export type FromWorker =
  | { readonly kind: 'more' }
  | { readonly kind: 'batch'; readonly batch: TranslatedBatch }
  | { readonly kind: 'done' }
  | {
      readonly kind: 'failed';
      readonly code?: string;
      readonly facts?: Readonly<Record<string, string | number>>;
      readonly findings?: readonly unknown[];
      readonly message: string;
    };
