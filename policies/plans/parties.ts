import { departmentSubtree, type PolicyContext } from '../context.ts';
import type { Agreement, Limits } from '../documents/agreement.ts';
import { rootOf } from '../masks/rows/fieldPath.ts';
import type { Report } from './report.ts';
import { defined } from '../../terms/defined.ts';

/** A department that may call under an agreement: its consumer, one below it, or a party entrusted by it. */
export interface Party {
  readonly consumer: string;
  readonly principal?: string;
  readonly region: string | undefined;
  /** narrower limits of an entrusted party */
  readonly limits?: Limits;
  /** a subset of the granted fields */
  readonly fields?: readonly string[];
}

/** All parties that may call under an agreement. An entrusted party must be registered as acting for this consumer. */
export function partiesOf(agreement: Agreement, context: PolicyContext, report: Report): readonly Party[] {
  const { consumer } = agreement;
  const root = typeof consumer === 'string' ? consumer : consumer.department;
  const known = new Map(context.departments.map((department) => [department.code, department]));
  if (!known.has(agreement.provider)) unknownDepartment(report, '/provider');
  if (!known.has(root)) unknownDepartment(report, '/consumer');
  const codes = typeof consumer === 'string' ? [root] : departmentSubtree(context.departments, root);
  const parties: Party[] = codes.map((code) => ({ consumer: code, region: known.get(code)?.region }));
  for (const [i, entrusted] of (agreement.entrusted ?? []).entries()) {
    checkEntrusted(agreement, i, entrusted, known.get(entrusted.department), root, report);
    parties.push({
      consumer: entrusted.department,
      principal: root,
      region: known.get(root)?.region,
      ...defined({ limits: entrusted.limits, fields: entrusted.fields }),
    });
  }
  return parties;
}

function checkEntrusted(
  agreement: Agreement,
  i: number,
  entrusted: NonNullable<Agreement['entrusted']>[number],
  department: PolicyContext['departments'][number] | undefined,
  root: string,
  report: Report,
): void {
  if (agreement.entrusted?.findIndex((one) => one.department === entrusted.department) !== i) {
    report.error(
      'duplicate_party',
      `/entrusted/${i}/department`,
      '同一受托单位写了两次',
      'the same party occurs twice',
    );
  }
  for (const [j, name] of (entrusted.fields ?? []).entries()) {
    if (agreement.grants.some(({ fields }) => Object.keys(fields).some((path) => rootOf(path) === name)))
      continue;
    report.error(
      'field_not_granted',
      `/entrusted/${i}/fields/${j}`,
      '共享协议没有授予这个数据项',
      'the agreement grants no such field',
    );
  }
  if (department === undefined) {
    unknownDepartment(report, `/entrusted/${i}`);
  } else if (department.kind !== 'entrusted' || department.principal !== root) {
    report.error(
      'not_entrusted',
      `/entrusted/${i}/department`,
      '该单位没有登记为需求部门的受托单位',
      'the department is not registered as entrusted by this consumer',
    );
  }
}

function unknownDepartment(report: Report, path: string): void {
  report.error('unknown_department', path, '没有这个部门', 'there is no such department');
}
