/** 电子证照信息 / Licence: generated from urn:datong:licence:1.0, do not edit. */

/** 电子证照信息 / Licence; 电子证照目录信息；参照 GB/T 36903、GB/T 36904 电子证照系列标准 */
export interface LicenceRecord {
  /** 电子证照标识 / Licence identifier */
  licence_oid: string;
  /** 证照类型代码 / Kind code */
  kind_code: string;
  /** 证照名称 / Name of the licence */
  name: string;
  /** 证照号码 / Licence number */
  licence_no: string;
  /** 持证主体类别 / Kind of holder */
  holder_kind: 'person' | 'organization';
  /** 持证主体 / Holder */
  holder_name: string;
  /** 持证人公民身份号码 / Identity number of the holder; format: cn-resident-id */
  holder_id: string | null;
  /** 持证单位统一社会信用代码 / Code of the holder; format: cn-uscc */
  holder_uscc: string | null;
  /** 颁发机构 / Issuer */
  issuer: string;
  /** 颁发机构统一社会信用代码 / Code of the issuer; format: cn-uscc */
  issuer_uscc: string;
  /** 颁发日期 / Issued on; format: date */
  issued_on: string;
  /** 有效期起始 / Valid from; format: date */
  valid_from: string;
  /** 有效期截止 / Valid until; format: date */
  valid_until: string | null;
  /** 状态 / State */
  status: '有效' | '吊销' | '注销' | '过期' | '暂扣';
  /** 许可范围 / Scope */
  scope: string | null;
  /** 颁发地 / Place of issue; format: cn-admin-code */
  region_code: string;
}
