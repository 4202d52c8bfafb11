import type { ControlTotals } from '../../../domain/controlTotals.ts';
import type { Reader } from '../../../platform/database/reader.ts';

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
    /** of what it is made, where nobody sends it */
    readonly from?: {
      readonly retranslates: string;
      readonly sha256: string;
      readonly mapping: string;
      readonly control: ControlTotals | null;
    };
  },
): Promise<void> {
  const { id, dataset, department, fileName, codePage, declared, from } = batch;
  await reader.query(
    `INSERT INTO batch (id, dataset, department, state, file_name, code_page, declared, retranslates, sha256, mapping, control)
     VALUES ($1, $2, $3, 'receiving', $4, $5, $6, $7, $8, $9, $10)`,
    [
      ...[id, dataset, department, fileName ?? null, codePage ?? null, declared ?? null],
      ...[from?.retranslates ?? null, from?.sha256 ?? null, from?.mapping ?? null],
      from?.control === undefined || from.control === null ? null : JSON.stringify(from.control),
    ],
  );
}
