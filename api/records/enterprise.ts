/** 企业登记信息 / Enterprise: generated from urn:datong:enterprise:1.0, do not edit. */

/** 企业登记信息 / Enterprise; 市场主体登记；代码依据 GB 32100、GB/T 2260、GB/T 4754 */
export interface EnterpriseRecord {
  /** 统一社会信用代码 / Unified social credit code; format: cn-uscc */
  uscc: string;
  /** 名称 / Name */
  name: string;
  /** 市场主体类型 / Kind of entity */
  kind:
    | '有限责任公司'
    | '股份有限公司'
    | '个人独资企业'
    | '合伙企业'
    | '全民所有制'
    | '集体所有制'
    | '外商投资企业'
    | '个体工商户'
    | '农民专业合作社'
    | '其他';
  /** 法定代表人 / Legal representative */
  legal_person: string;
  /** 注册资本 / Registered capital; format: decimal; unit: CNY */
  registered_capital: string | null;
  /** 成立日期 / Date of establishment; format: date */
  established_on: string;
  /** 营业期限至 / Term ends on; format: date */
  valid_until: string | null;
  /** 行业代码 / Industry */
  industry: string;
  /** 住所行政区划 / Division of the seat; format: cn-admin-code */
  region_code: string;
  /** 住所 / Seat */
  address: string;
  /** 经营范围 / Scope of business */
  scope: string;
  /** 登记状态 / Status */
  status: '存续' | '在业' | '吊销' | '注销' | '迁出' | '停业' | '清算';
  /** 登记机关 / Registration authority */
  authority: string;
}
