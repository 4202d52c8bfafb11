/** 居住证信息 / Residence permit: generated from urn:datong:residence-permit:1.0, do not edit. */

/** 居住证信息 / Residence permit; 居住证持有人；参照《居住证暂行条例》与 GB 11643（含港澳台居民居住证号码） */
export interface ResidencePermitRecord {
  /** 居住证编号 / Permit number */
  permit_no: string;
  /** 公民身份号码 / Citizen identity number; format: cn-resident-id */
  person_id: string;
  /** 姓名 / Name */
  name: string;
  /** 证件种类 / Kind of permit */
  kind: '居住证' | '港澳台居民居住证';
  /** 户籍地 / Home division; format: cn-admin-code */
  home_region: string | null;
  /** 居住地 / Division of residence; format: cn-admin-code */
  region_code: string;
  /** 居住地址 / Address of residence */
  address: string;
  /** 申领事由 / Basis */
  basis: '合法稳定就业' | '合法稳定住所' | '连续就读';
  /** 联系电话 / Mobile number; format: cn-mobile */
  mobile: string | null;
  /** 签发日期 / Issued on; format: date */
  issued_on: string;
  /** 有效期至 / Valid until; format: date */
  valid_until: string;
  /** 签发机关 / Issuing office */
  station: string;
  /** 状态 / State */
  status: '有效' | '过期' | '注销';
}
