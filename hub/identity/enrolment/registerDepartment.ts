import type { FaultWord } from '../../../terms/factWords.ts';
import { asIs, type Bilingual } from '../../../terms/bilingual.ts';
import { departmentCode } from '../../../terms/ids.ts';
import { Problem } from '../../../terms/problem.ts';
import {
  departmentKinds,
  departmentLevels,
  insertDepartment,
  type DepartmentKind,
  type DepartmentLevel,
  type DepartmentRow,
} from '../store/departments.ts';
import type { Act, ActContext, ActDependencies } from '../act.ts';

/** As in openapi.yaml and in documents of kind Department. */
export interface DepartmentDescription {
  readonly code: string;
  readonly name: { readonly zh: string; readonly en: string };
  readonly kind: string;
  readonly principal?: string;
  readonly parent?: string;
  readonly level?: string;
  readonly region?: string;
  readonly dataOffice?: boolean;
}

/**
 * Registers a department. The same description again changes nothing; another one under the same code is rejected.
 * @throws Problem malformed_identifier, department_invalid, department_unknown (principal or parent), department_exists
 */
export function registerDepartment(
  description: DepartmentDescription,
  { exchange }: ActContext,
  { directory }: Pick<ActDependencies, 'directory'>,
): Act<{ readonly code: string; readonly unchanged: boolean }> {
  const row = parse(description);
  const above = row.parent === null ? undefined : directory.departments.get(row.parent);
  if (above !== undefined && isAbove(row, above)) {
    throw new Problem('department_invalid', {
      member: 'level',
      reason: 'a department is not above its parent',
    });
  }
  for (const other of [row.principal, row.parent]) {
    if (other !== null && !directory.departments.has(other)) {
      throw new Problem('department_unknown', { department: other });
    }
  }
  const known = directory.departments.get(row.code);
  const unchanged = known !== undefined && sameRow(known, row);
  if (known !== undefined && !unchanged) throw new Problem('department_exists', { department: row.code });
  return {
    reply: { code: row.code, unchanged },
    change: changeOf(row),
    ...(unchanged
      ? {}
      : {
          work: async (transaction) => {
            if (!(await insertDepartment(transaction, row, exchange))) {
              throw new Problem('department_exists', { department: row.code });
            }
          },
        }),
    bumpsEpoch: !unchanged,
  };
}

const invalid = (member: string, reason: FaultWord | Bilingual): Problem =>
  new Problem('department_invalid', { member, reason }, { at: `/${member}` });

function parse(description: DepartmentDescription): DepartmentRow {
  const kind = departmentKinds.find((one): one is DepartmentKind => one === description.kind);
  const level = departmentLevels.find((one): one is DepartmentLevel => one === description.level);
  if (kind === undefined) throw invalid('kind', asIs(departmentKinds.join(', ')));
  if (description.level !== undefined && level === undefined)
    throw invalid('level', asIs(departmentLevels.join(', ')));
  if ((kind === 'contractor') !== (description.principal !== undefined)) {
    throw invalid('principal', 'only a contractor has one');
  }
  refuseRegion(description.region, level);
  if (description.name.zh.trim() === '' || description.name.en.trim() === '')
    throw invalid('name', asIs('zh, en'));
  return {
    code: departmentCode(description.code),
    nameZh: description.name.zh,
    nameEn: description.name.en,
    kind,
    principal: description.principal ?? null,
    parent: description.parent ?? null,
    level: level ?? null,
    region: description.region ?? null,
    dataOffice: description.dataOffice ?? false,
  };
}

/** @throws Problem department_invalid */
function refuseRegion(region: string | undefined, level: DepartmentLevel | undefined): void {
  if (region !== undefined && !/^\d{6}$/.test(region)) throw invalid('region', 'six digits');
  if (level !== undefined && !regionOfLevel[level].test(region ?? ''))
    throw invalid('region', {
      zh: `不是 ${level} 级的行政区划代码`,
      en: `no code of a division of level ${level}`,
    });
}

/**
 * Divisions that a level can have, by their code (GB/T 2260: two digits per level). The row filter `own-region` gives a department all
 * rows below its code, so a county registered with its city's code would get the city's rows.
 */
const regionOfLevel: Readonly<Record<DepartmentLevel, RegExp>> = {
  national: /^$/,
  province: /^\d{2}0000$/,
  city: /^\d{2}(?!00)\d{2}00$/,
  county: /^\d{4}(?!00)\d{2}$/,
  township: /^\d{4}(?!00)\d{2}$/,
};

const isAbove = (row: DepartmentRow, parent: DepartmentRow): boolean =>
  row.level !== null &&
  parent.level !== null &&
  departmentLevels.indexOf(row.level) < departmentLevels.indexOf(parent.level);

function sameRow(one: DepartmentRow, other: DepartmentRow): boolean {
  return (Object.keys(other) as (keyof DepartmentRow)[]).every((member) => one[member] === other[member]);
}

function changeOf(row: DepartmentRow): Record<string, string | boolean> {
  const change: Record<string, string | boolean> = {};
  for (const [member, value] of Object.entries(row) as [string, string | boolean | null][]) {
    if (value !== null) change[member] = value;
  }
  return change;
}
