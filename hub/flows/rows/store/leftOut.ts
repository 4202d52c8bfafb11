import { layoutOf, type Column } from '../../../domain/rowTable/layout.ts';
import type { IntakeRules } from '../../../domain/intakeRules.ts';
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';

/** Rows of a batch that a question about it leaves out: those that only delete what stands. */
export interface LeftOut {
  /** for the rows `b`, with the values as $1; empty where none are left out */
  readonly condition: string;
  readonly values: readonly (readonly string[])[];
}

export function leftOut({ deleteWhere }: Partial<IntakeRules>, schema: DatasetSchema): LeftOut {
  const column: Column | undefined = layoutOf(schema).byField.get(deleteWhere?.field ?? '');
  if (deleteWhere === undefined || column === undefined) return { condition: '', values: [] };
  return { condition: ` AND (b.${column.name}::text = ANY($1)) IS NOT TRUE`, values: [[...deleteWhere.is]] };
}
