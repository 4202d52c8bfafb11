/**
 * Names of the same field in the files of departments. One line a meaning; compared without case, spaces and marks. Data elements of GB/T
 * 31075 and the everyday headers of exports.
 */
const groups: readonly string[] = [
  '公民身份号码 身份证 身份证号 身份证号码 公民身份证号码 居民身份证号 证件号码 idcard idno sfzh sfzhm personid',
  '监护人公民身份号码 监护人身份号码 监护人身份证 监护人身份证号 监护人身份证号码 guardianid',
  '姓名 名字 人员姓名 name xm xingming',
  '性别 sex gender xb',
  '出生日期 出生年月日 出生年月 生日 birthdate birthday dateofbirth csrq birth',
  '民族 nation ethnicgroup mz',
  '手机号码 手机 手机号 移动电话 联系电话 电话 mobile phone tel sjh lxdh',
  '住址 地址 家庭住址 户籍地址 详细地址 居住地址 address dz zz',
  '户号 户编号 户口簿号 户口本号 householdno hh',
  '与户主关系 户主关系 关系 relation yhzgx',
  '行政区划代码 行政区划 区划代码 区县代码 区县 regioncode region xzqh xzqhdm areacode',
  '家庭年收入 年收入 收入 全年收入 income annualincome nsr',
  '迁入日期 迁入时间 moveindate qrrq',
  '统一社会信用代码 社会信用代码 信用代码 机构代码 uscc creditcode tyshxydm',
  '单位名称 企业名称 机构名称 公司名称 orgname companyname dwmc qymc',
  '银行卡号 银行账号 卡号 账号 bankcard cardno yhkh',
  '更新时间 修改时间 更新日期 updatedat updatetime gxsj',
  '站点 监测站 站名 测站 station stationname zdmc',
  '时间 监测时间 观测时间 time datetime sj',
  '风向 winddirection wd',
  '风速 windspeed wspm ws',
  '气温 温度 temperature temp',
  '气压 pressure pres',
  '露点 露点温度 dewpoint dewp',
  '降水 降水量 雨量 precipitation rain',
];

/** A name in its form for comparison: no case, no marks, half width; units and remarks in brackets are removed. */
export const comparable = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[（(［[【].*?[）)\]］】]/g, '')
    .replaceAll(/[^\p{L}\p{N}]/gu, '');

const groupOf = new Map<string, number>();
for (const [index, group] of groups.entries())
  for (const word of group.split(' ')) groupOf.set(comparable(word), index);

/** Whether two names are on the same line of the list. */
export function areSynonyms(a: string, b: string): boolean {
  const group = groupOf.get(comparable(a));
  return group !== undefined && group === groupOf.get(comparable(b));
}
