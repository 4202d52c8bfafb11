/** Coded values of an entry as the guide to compiling catalogues has them. */

export type Words = Readonly<Record<string, string>>;

export const sharingTypes: Words = {
  unconditional: '无条件共享',
  conditional: '有条件共享',
  none: '不予共享',
};
export const manners: Words = { table: '库表', file: '文件', interface: '接口' };
export const openness: Words = { open: '开放', conditional: '有条件开放', closed: '不开放' };
export const frequencies: Words = {
  realtime: '实时',
  hourly: '每小时',
  daily: '每日',
  weekly: '每周',
  monthly: '每月',
  quarterly: '每季度',
  'half-yearly': '每半年',
  yearly: '每年',
  irregular: '不定期',
};
/** The last three are read too, so that the hub can report why they are not registered. */
export const dataClasses: Words = {
  general: '一般数据',
  important: '重要数据',
  core: '核心数据',
  'work-secret': '工作秘密',
  'state-secret': '国家秘密',
};
