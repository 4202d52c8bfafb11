export const exchangeProblems = {
  too_many_requests: {
    status: 429,
    who: 'caller',
    text: { zh: '该证书的请求过于频繁', en: 'this certificate calls too often' },
    next: { zh: '按 Retry-After 稍后重试', en: 'try again after the seconds in Retry-After' },
  },
  port_taken: {
    status: 500,
    who: 'operator',
    text: {
      zh: '{listener} 的端口 {port} 已被占用或无权使用',
      en: 'port {port} of the {listener} listener is taken or not allowed',
    },
    next: {
      zh: '在 hub.json 中换一个端口，或停止占用它的程序',
      en: 'choose another port in hub.json, or stop what uses it',
    },
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
  consent_not_on_record: {
    status: 403,
    who: 'data-office',
    text: {
      zh: '该授权要求个人同意，而枢纽没有登记任何同意',
      en: 'this agreement asks for consent, and the hub holds none',
    },
    next: { zh: '取得并登记个人同意后再查询', en: 'obtain and register the consent first' },
  },
  dataset_without_rows: {
    status: 404,
    who: 'provider',
    text: { zh: '数据集 {dataset} 尚未发布任何批次', en: 'dataset {dataset} has no published batch yet' },
    next: { zh: '等提供部门报送数据', en: 'wait for the provider to submit data' },
  },
} as const;
