/** 户籍人口 / Household member: generated from urn:datong:household:1.0, do not edit. */

/** 户籍人口 / Household member; 户籍登记中的一名成员；字段参照 GA/T 214 常住人口登记与 GB/T 2260、GB/T 2261 */
export interface HouseholdRecord {
  /** 公民身份号码 / Citizen identity number; format: cn-resident-id */
  person_id: string;
  /** 姓名 / Name */
  name: string;
  /** 性别 / Sex */
  sex: string;
  /** 出生日期 / Date of birth; format: date */
  birth_date: string;
  /** 户号 / Household number */
  household_no: string;
  /** 与户主关系 / Relation to the head of household */
  relation:
    '户主' | '配偶' | '子' | '女' | '孙子女或外孙子女' | '父母' | '祖父母或外祖父母' | '兄弟姐妹' | '其他';
  /** 住址 / Address */
  address: string;
  /** 行政区划代码 / Administrative division; format: cn-admin-code */
  region_code: string;
  /** 手机号码 / Mobile number; format: cn-mobile */
  mobile: string | null;
  /** 监护人公民身份号码 / Identity number of the guardian; format: cn-resident-id */
  guardian_id: string | null;
  /** 迁入日期 / Date of moving in; format: date */
  move_in_date: string | null;
  /** 家庭年收入 / Yearly income of the household; format: decimal; unit: CNY */
  income: string | null;
}
