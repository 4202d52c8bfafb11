/** 行政区划 / Administrative region: generated from urn:datong:admin-region:1.0, do not edit. */

/** 行政区划 / Administrative region; 行政区划及其变更；代码依据 GB/T 2260、GB/T 10114 */
export interface AdminRegionRecord {
  /** 区划代码 / Code; format: cn-admin-code */
  code: string;
  /** 名称 / Name */
  name: string;
  /** 简称 / Short name */
  short_name: string | null;
  /** 级别 / Level */
  level: '省级' | '地级' | '县级' | '乡级' | '村级';
  /** 上级代码 / Code of the parent; format: cn-admin-code */
  parent_code: string | null;
  /** 设立日期 / Established on; format: date */
  established_on: string;
  /** 撤销日期 / Abolished on; format: date */
  abolished_on: string | null;
  /**
   * 替代代码 / Replaced by
   *
   * Items: format: cn-admin-code
   */
  replaced_by: string[];
  /** 面积 / Area; unit: km2 */
  area: number | null;
  /** 常住人口 / Resident population */
  population: number | null;
  /** 驻地 / Seat */
  seat: string | null;
}
