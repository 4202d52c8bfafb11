/** 社会保险缴费记录 / Social insurance record: generated from urn:datong:social-insurance:1.0, do not edit. */

/** 社会保险缴费记录 / Social insurance record; 一人一险种一月的缴费；参照 LD/T 30 社会保险管理信息系统指标 */
export interface SocialInsuranceRecord {
  /** 公民身份号码 / Citizen identity number; format: cn-resident-id */
  person_id: string;
  /** 姓名 / Name */
  name: string;
  /** 单位统一社会信用代码 / Code of the employer; format: cn-uscc */
  employer_uscc: string;
  /** 险种 / Kind of insurance */
  insurance:
    '城镇职工基本养老' | '城乡居民基本养老' | '职工基本医疗' | '城乡居民基本医疗' | '失业' | '工伤' | '生育';
  /** 费款所属期 / Period */
  period: string;
  /** 缴费基数 / Contribution base; format: decimal; unit: CNY */
  base: string;
  /** 个人缴费 / Contribution of the person; format: decimal; unit: CNY */
  personal_amount: string;
  /** 单位缴费 / Contribution of the employer; format: decimal; unit: CNY */
  employer_amount: string;
  /** 缴费状态 / State */
  status: '已到账' | '欠缴' | '补缴' | '减免';
  /** 到账日期 / Paid on; format: date */
  paid_on: string | null;
  /** 参保地 / Place of insurance; format: cn-admin-code */
  region_code: string;
}
