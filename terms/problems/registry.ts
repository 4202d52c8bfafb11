export const registryProblems = {
  transition_not_allowed: {
    status: 409,
    who: 'caller',
    text: {
      zh: '{what} 处于 {state} 状态，不能执行 {act}',
      en: '{what} is {state}: it does not allow "{act}"',
    },
    next: { zh: '刷新后查看当前状态', en: 'look at its present state first' },
  },
  version_exists: {
    status: 409,
    who: 'caller',
    text: {
      zh: '{what} 已登记，且内容不同；已登记的版本不可更改',
      en: '{what} is registered with other content; a registered version never changes',
    },
    next: { zh: '以新的版本号登记', en: 'register it under a new version' },
  },
  already_registered: {
    status: 409,
    who: 'caller',
    text: { zh: '{what} 已登记，且内容不同', en: '{what} is registered with other content' },
    next: { zh: '核对两份内容的差异', en: 'compare the two' },
  },
  version_not_next: {
    status: 409,
    who: 'caller',
    text: {
      zh: '{what} 的版本应为 {expected}',
      en: 'the next version of {what} is {expected}',
    },
    next: { zh: '按顺序使用版本号', en: 'use version numbers in order' },
  },
  unknown_reference: {
    status: 422,
    who: 'caller',
    text: { zh: '没有登记过的{kind}：{name}', en: 'unknown {kind}: {name}' },
    next: { zh: '先登记它，或改正引用', en: 'register it first, or mend the reference' },
  },
  code_list_invalid: {
    status: 422,
    who: 'caller',
    text: { zh: '值域代码 {name} 不正确：{reason}', en: 'code list {name} is wrong: {reason}' },
    next: { zh: '修改后重新登记', en: 'mend it and register again' },
  },
  policy_signature_missing: {
    status: 422,
    who: 'department',
    text: {
      zh: '缺少 {department} 作为{role}的签名',
      en: 'the signature of {department} as {role} is missing',
    },
    next: {
      zh: '由该部门用已登记的签名密钥签署规范文本',
      en: 'have it sign the canonical text with a registered key',
    },
  },
  policy_signature_invalid: {
    status: 422,
    who: 'department',
    text: {
      zh: '{department} 的签名无效：{reason}',
      en: 'the signature of {department} is not valid: {reason}',
    },
    next: { zh: '用已登记且有效的签名密钥重新签署', en: 'sign again with a registered key that is in force' },
  },
  four_eyes: {
    status: 403,
    who: 'data-office',
    text: { zh: '提交人不能审批自己提交的文件', en: 'whoever submitted it cannot approve it' },
    next: { zh: '由另一人审批', en: 'have another person approve it' },
  },
  sharing_not_unconditional: {
    status: 422,
    who: 'caller',
    text: {
      zh: '数据集 {dataset} 不是无条件共享，不能自动授权',
      en: 'dataset {dataset} is not shared unconditionally: no automatic agreement',
    },
    next: { zh: '提交申请，由提供部门签署', en: 'ask the provider for an agreement' },
  },
  automatic_by_hub_only: {
    status: 422,
    who: 'caller',
    text: { zh: '自动授权单只由枢纽生成', en: 'automatic agreements are written by the hub alone' },
    next: {
      zh: '提交 automatic：数据集、需求部门、用途、期限',
      en: 'submit "automatic": dataset, consumer, purpose and term',
    },
  },
  sharing_refused: {
    status: 422,
    who: 'provider',
    text: { zh: '数据集 {dataset} 不予共享', en: 'dataset {dataset} is not shared' },
    next: { zh: '请提供部门说明法律依据', en: 'ask the provider for its legal ground' },
  },
  idempotency_conflict: {
    status: 409,
    who: 'caller',
    text: {
      zh: '同一个幂等键已用于内容不同的请求',
      en: 'this idempotency key was used for a request with other bytes',
    },
    next: { zh: '为新请求使用新的键', en: 'use a new key for a new request' },
  },
  not_your_department: {
    status: 403,
    who: 'caller',
    text: { zh: '令牌不属于部门 {department}', en: 'the token does not belong to department {department}' },
    next: { zh: '由该部门的数据管理员办理', en: 'have a steward of that department do it' },
  },
  request_timeout: {
    status: 408,
    who: 'caller',
    text: { zh: '请求未在时限内送达', en: 'the request did not arrive in time' },
    next: { zh: '重新发送', en: 'send it again' },
  },
  malformed_http: {
    status: 400,
    who: 'caller',
    text: { zh: '不是有效的 HTTP/1.1 请求', en: 'this is not a valid HTTP/1.1 request' },
    next: { zh: '核对客户端或代理', en: 'check the client or proxy' },
  },
  headers_too_large: {
    status: 431,
    who: 'caller',
    text: { zh: '请求头过大或过多', en: 'the headers are too large or too many' },
    next: { zh: '减少请求头', en: 'send fewer headers' },
  },
  hub_busy: {
    status: 503,
    who: 'operator',
    text: { zh: '在途的请求正文过多', en: 'too many request bodies are on their way' },
    next: { zh: '减少并行上传，按 Retry-After 重试', en: 'upload less at once; try again after Retry-After' },
  },
} as const;
