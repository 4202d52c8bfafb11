/** Persons are shown the rows of cases only, and only for a department that works on them. Other agreements do not change this. */
import { Problem } from '../../../terms/problem.ts';
import { isContributor } from '../../domain/cases.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { intakeRulesOf } from '../../registry/store/datasets.ts';

/** @throws Problem rows_not_changeable, not_a_contributor */
export function checkCases({ row }: LiveDataset, department: string): void {
  const { cases } = intakeRulesOf(row);
  if (cases === undefined) throw new Problem('rows_not_changeable', { dataset: row.id });
  if (row.department !== department && !isContributor(cases, department))
    throw new Problem('not_a_contributor', { dataset: row.id });
}
