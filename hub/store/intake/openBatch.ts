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
  },
): Promise<void> {
  await reader.query(
    "INSERT INTO batch (id, dataset, department, state, file_name, code_page) VALUES ($1, $2, $3, 'receiving', $4, $5)",
    [batch.id, batch.dataset, batch.department, batch.fileName ?? null, batch.codePage ?? null],
  );
}
