/** 自然人基本信息 / Person: generated from urn:datong:person:1.0, do not edit. */

/** 自然人基本信息 / Person; 自然人基本信息；代码依据 GB 11643、GB/T 2260、GB/T 2261.1、GB/T 2261.2、GB/T 3304、GB/T 4658 */
export interface PersonRecord {
  /** 公民身份号码 / Citizen identity number; format: cn-resident-id */
  person_id: string;
  /** 姓名 / Name */
  name: string;
  /** 性别 / Sex */
  sex: string;
  /** 民族 / Nationality */
  nation: string;
  /** 出生日期 / Date of birth; format: date */
  birth_date: string;
  /** 婚姻状况 / Marital status (GB/T 2261.2) */
  marital_status: '10' | '20' | '21' | '22' | '23' | '30' | '40' | '90';
  /** 学历 / Education (GB/T 4658) */
  education: '10' | '20' | '30' | '40' | '50' | '60' | '70' | '80' | '90';
  /** 户籍地行政区划 / Division of the registered residence; format: cn-admin-code */
  region_code: string;
  /** 户籍地址 / Registered address */
  address: string;
  /** 手机号码 / Mobile number; format: cn-mobile */
  mobile: string | null;
  /** 死亡日期 / Date of death; format: date */
  deceased_on: string | null;
}
