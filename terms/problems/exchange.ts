export const exchangeProblems = {
  too_many_requests: {
    status: 429,
    who: 'caller',
    text: { zh: '该证书的请求过于频繁', en: 'this certificate calls too often' },
    next: { zh: '按 Retry-After 稍后重试', en: 'try again after the seconds in Retry-After' },
  },
  hub_draining: {
    status: 503,
    who: 'operator',
    text: { zh: '枢纽正在停机，不再接受新的请求', en: 'the hub is shutting down and takes no new call' },
    next: { zh: '稍后重试', en: 'try again shortly' },
  },
  cursor_invalid: {
    status: 400,
    who: 'caller',
    text: {
      zh: '游标无效：它属于别的查询、授权或政策版本',
      en: 'the cursor is not valid: it belongs to another query, agreement or policy version',
    },
    next: { zh: '从第一页重新查询', en: 'start again from the first page' },
  },
  cursor_expired: {
    status: 410,
    who: 'caller',
    text: { zh: '游标对应的批次已被替换', en: 'the batch behind this cursor has been replaced' },
    next: { zh: '从第一页重新查询', en: 'start again from the first page' },
  },
  filter_value_invalid: {
    status: 400,
    who: 'caller',
    text: {
      zh: '筛选条件的值与数据项 {field} 的类型不符',
      en: 'the filter value does not have the type of field {field}',
    },
    next: { zh: '按数据集标准给出该数据项的值', en: 'give a value of the type the schema names' },
  },
  masked_answer_invalid: {
    status: 500,
    who: 'data-office',
    text: {
      zh: '脱敏结果不符合脱敏后的数据集标准，未提供任何数据',
      en: 'the masked answer does not fit the masked schema; nothing was released',
    },
    next: { zh: '请把交换编号告诉数据主管部门', en: 'give the exchange id to the data office' },
  },
  dataset_without_rows: {
    status: 404,
    who: 'provider',
    text: { zh: '数据集 {dataset} 尚未发布任何批次', en: 'dataset {dataset} has no published batch yet' },
    next: { zh: '等提供部门报送数据', en: 'wait for the provider to submit data' },
  },
} as const;
