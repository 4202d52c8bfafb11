/** 不动产登记信息 / Real-estate registration: generated from urn:datong:real-estate:1.0, do not edit. */

/** 不动产登记信息 / Real-estate registration; 不动产登记簿要点；编码依据 GB/T 37346 不动产单元设定与代码编制规则 */
export interface RealEstateRecord {
  /** 不动产单元号 / Unit number */
  unit_no: string;
  /** 不动产权证号 / Certificate number */
  certificate_no: string;
  /** 权利类型 / Kind of right */
  right_kind:
    | '集体土地所有权'
    | '国家土地所有权'
    | '国有建设用地使用权'
    | '国有建设用地使用权及房屋所有权'
    | '宅基地使用权'
    | '宅基地使用权及房屋所有权'
    | '海域使用权'
    | '其他';
  /** 权利人类别 / Kind of owner */
  owner_kind: 'person' | 'organization';
  /** 权利人 / Owner */
  owner_name: string;
  /** 权利人公民身份号码 / Identity number of the owner; format: cn-resident-id */
  owner_id: string | null;
  /** 权利人统一社会信用代码 / Code of the owner; format: cn-uscc */
  owner_uscc: string | null;
  /** 共有份额 / Share */
  share: string;
  /** 坐落 / Location */
  location: string;
  /** 行政区划代码 / Administrative division; format: cn-admin-code */
  region_code: string;
  /** 建筑面积 / Floor area; format: decimal; unit: m2 */
  area: string | null;
  /** 用途 / Use */
  use: '住宅' | '商业' | '办公' | '工业' | '仓储' | '公共' | '车库' | '其他';
  /** 登记日期 / Registered on; format: date */
  registered_on: string;
  /** 是否抵押 / Mortgaged */
  mortgaged: boolean;
  /** 是否查封 / Sealed by a court */
  sealed: boolean;
}
