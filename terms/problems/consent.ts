/** Consents and the duties that follow from them. */
export const consentProblems = {
  consent_invalid: {
    status: 422,
    who: 'department',
    text: { zh: '个人同意凭证不正确：{reason}', en: 'the consent is not valid: {reason}' },
    next: { zh: '按说明重新取得或签署', en: 'have it given or signed again as the reason says' },
  },
  duty_unknown: {
    status: 404,
    who: 'department',
    text: { zh: '没有本部门的这一数据使用义务', en: 'your department has no such duty' },
    next: { zh: '用 datong consent duty list 查看', en: 'see datong consent duty list' },
  },
  duty_still_open: {
    status: 409,
    who: 'department',
    text: {
      zh: '数据使用义务 {duty} 所涉的日期尚未结束，其间还可能收到数据',
      en: 'the days of duty {duty} are not over: more data may still come',
    },
    next: { zh: '在 {until} 之后再作声明', en: 'state it after {until}' },
  },
  statement_invalid: {
    status: 422,
    who: 'department',
    text: { zh: '声明不正确：{reason}', en: 'the statement is not valid: {reason}' },
    next: { zh: '按说明重新签署', en: 'sign it again as the reason says' },
  },
  ticket_invalid: {
    status: 422,
    who: 'department',
    text: { zh: '校核或异议不成立：{reason}', en: 'the ticket is not valid: {reason}' },
    next: { zh: '按说明改正后再提', en: 'correct what the reason names and open it again' },
  },
  ticket_open_already: {
    status: 409,
    who: 'department',
    text: { zh: '同一问题已经提出，尚未答复', en: 'the same ticket is open already' },
    next: { zh: '用 datong ticket list --open 查看', en: 'see datong ticket list --open' },
  },
  tickets_full: {
    status: 429,
    who: 'department',
    text: { zh: '一天内提出的校核与异议超过 {most} 件', en: 'more than {most} tickets within a day' },
    next: {
      zh: '明天再提；成批的问题请直接联系提供部门',
      en: 'continue tomorrow; contact the provider directly about errors in many rows',
    },
  },
  ticket_batch_unfit: {
    status: 422,
    who: 'provider',
    text: {
      zh: '改正批次应属于同一数据资源，已发布，且晚于提出之时',
      en: 'the batch must be one of the same dataset, published after the ticket was opened',
    },
    next: { zh: '报送改正的数据后写明其批次', en: 'submit the corrected data and name its batch' },
  },
  assertion_invalid: {
    status: 422,
    who: 'department',
    text: { zh: '身份核验断言不正确：{reason}', en: 'the assertion of identity is not valid: {reason}' },
    next: { zh: '重新核验身份后再签署', en: 'prove the identity again and sign a new one' },
  },
  assertion_used: {
    status: 409,
    who: 'department',
    text: { zh: '身份核验断言已用过', en: 'the assertion of identity was used before' },
    next: { zh: '每次查询签署一份新的', en: 'sign a new one for each look' },
  },
  not_person_service: {
    status: 403,
    who: 'data-office',
    text: {
      zh: '{department} 未被指定为面向个人的服务部门',
      en: '{department} is not appointed to serve persons',
    },
    next: {
      zh: '由数据主管部门两人指定：datong subject service {department}',
      en: 'two persons of the data office appoint it: datong subject service {department}',
    },
  },
  delay_invalid: {
    status: 422,
    who: 'caller',
    text: { zh: '暂缓告知不正确：{reason}', en: 'the delay is not valid: {reason}' },
    next: { zh: '按说明更正', en: 'correct it as the reason states' },
  },
} as const;
