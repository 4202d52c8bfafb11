/** Departments (部门): organisations with a code. */
import { sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import {
  bySound,
  itself,
  pageRows,
  type ListOrder,
  type OrderedPage,
  type PageRows,
} from '../../platform/database/pages.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { momentOf, readMoment, narrowed } from '../../platform/database/values.ts';

/** 政府部门, 授权组织, 公共服务企业, 受托单位 */
export const departmentKinds = ['government', 'authorised', 'public-service', 'contractor'] as const;
export type DepartmentKind = (typeof departmentKinds)[number];

/** 国家, 省, 市, 县 (区), 乡镇 (街道) */
export const departmentLevels = ['national', 'province', 'city', 'county', 'township'] as const;
export type DepartmentLevel = (typeof departmentLevels)[number];

export interface DepartmentRow {
  readonly code: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly kind: DepartmentKind;
  /** the department that a contractor works for; null for every other kind */
  readonly principal: string | null;
  /** the department above, null at the top */
  readonly parent: string | null;
  readonly level: DepartmentLevel | null;
  /** administrative division code */
  readonly region: string | null;
  /** 政务数据共享主管部门: manages the rules of the hub */
  readonly dataOffice: boolean;
}

const departmentColumns =
  'code, name_zh AS "nameZh", name_en AS "nameEn", kind, principal, parent, level, region, data_office AS "dataOffice"';

export const listDepartments = (reader: Reader): Promise<DepartmentRow[]> =>
  sealedRows<DepartmentRow>(
    reader,
    'department',
    `SELECT ${departmentColumns} FROM department ORDER BY code`,
  );

/**
 * @param exchange id of the entry that registers it
 * @returns false when the code is taken
 */
export async function insertDepartment(
  reader: Reader,
  row: DepartmentRow,
  exchange: string,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `INSERT INTO department (code, name_zh, name_en, kind, principal, parent, level, region, data_office, registered_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (code) DO NOTHING`,
    [
      row.code,
      row.nameZh,
      row.nameEn,
      row.kind,
      row.principal,
      row.parent,
      row.level,
      row.region,
      row.dataOffice,
      exchange,
    ],
  );
  return rowCount === 1;
}

interface DepartmentsQuery extends OrderedPage {
  readonly kind: string | undefined;
  readonly parent: string | undefined;
}

/** Departments by code, each with its time of registration (Unix milliseconds). */
export async function pageDepartments(
  reader: Reader,
  { kind, parent, ...page }: DepartmentsQuery,
): Promise<PageRows<DepartmentRow & { readonly registeredAt: number }>> {
  return pageRows(
    reader,
    {
      columns: `${departmentColumns}, ${momentOf('registered_at')} AS moment`,
      order,
      narrow: (rows) => void narrowed(rows, { kind, parent }),
    },
    page,
    ({ moment, ...row }: DepartmentRow & { readonly moment: string }) => ({
      ...row,
      registeredAt: readMoment(moment),
    }),
  );
}

const order: ListOrder = {
  table: 'department',
  id: ['code'],
  sorts: {
    code: itself,
    name: (row) => [bySound(`${row}.name_zh`)],
    registered: (row) => [`${row}.registered_at`],
  },
  usual: 'code',
};

/** What a caller may use to identify itself. */
export type Named = 'certificate' | 'key' | 'token';

const queries: Readonly<Record<Named, string>> = {
  certificate: 'SELECT 1 FROM certificate WHERE serial = $1',
  key: 'SELECT 1 FROM signing_key WHERE keyid = $1',
  token: 'SELECT 1 FROM credential WHERE id = $1',
};

/** Whether a certificate's serial, a signing key's id or a token's id is in the database by now. */
export async function isRegistered(reader: Reader, what: Named, id: string): Promise<boolean> {
  const { rows } = await reader.query(queries[what], [id]);
  return rows.length > 0;
}
