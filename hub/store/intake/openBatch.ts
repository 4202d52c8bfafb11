import type { Reader } from '../database/reader.ts';

/** A submission begins: nothing of it has come yet. */
export async function openBatch(
  reader: Reader,
  batch: {
    readonly id: string;
    readonly dataset: string;
    readonly department: string;
    readonly fileName?: string | undefined;
    readonly codePage?: string | undefined;
    /** bytes that its sender says will come */
    readonly declared?: number | undefined;
  },
): Promise<void> {
  const { id, dataset, department, fileName, codePage, declared } = batch;
  await reader.query(
    `INSERT INTO batch (id, dataset, department, state, file_name, code_page, declared)
     VALUES ($1, $2, $3, 'receiving', $4, $5, $6)`,
    [id, dataset, department, fileName ?? null, codePage ?? null, declared ?? null],
  );
}
