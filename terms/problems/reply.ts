/** Faults that a client finds in a reply. */
export const replyProblems = {
  reply_signature_missing: {
    status: 502,
    who: 'operator',
    text: { zh: '答复没有枢纽签名', en: "the reply does not carry the hub's signature" },
    next: {
      zh: '不要使用该答复；确认所连的是枢纽的交换端口',
      en: 'do not use the reply; check that this is the exchange listener of the hub',
    },
  },
  reply_signature_invalid: {
    status: 502,
    who: 'operator',
    text: { zh: '答复的签名不成立：{reason}', en: "the reply's signature does not hold: {reason}" },
    next: {
      zh: '不要使用该答复；保留证据并告知运维',
      en: 'do not use the reply; store it and notify the operator',
    },
  },
  reply_not_bound: {
    status: 502,
    who: 'operator',
    text: { zh: '答复没有绑定到所发的请求', en: 'the reply is not bound to the request that was sent' },
    next: {
      zh: '不要使用该答复；保留证据并告知运维',
      en: 'do not use the reply; store it and notify the operator',
    },
  },
  reply_certificate_invalid: {
    status: 502,
    who: 'operator',
    text: {
      zh: '枢纽返回的证书不是为本机密钥签发的',
      en: 'the certificate the hub returned is not for the key of this machine',
    },
    next: {
      zh: '保留原证书并告知运维',
      en: 'use the old certificate further and notify the operator',
    },
  },
  reply_receipt_missing: {
    status: 502,
    who: 'operator',
    text: { zh: '成功的答复没有回执', en: 'the successful reply carries no receipt' },
    next: {
      zh: '不要使用该答复；保留证据并告知运维',
      en: 'do not use the reply; store it and notify the operator',
    },
  },
  reply_receipt_invalid: {
    status: 502,
    who: 'operator',
    text: { zh: '答复的回执不成立：{reason}', en: "the reply's receipt does not hold: {reason}" },
    next: {
      zh: '不要使用该答复；保留证据并告知审计部门',
      en: 'do not use the reply; store it and notify the auditor',
    },
  },
  reply_type_unexpected: {
    status: 502,
    who: 'operator',
    text: {
      zh: '答复的类型是 {type}，应为 {expected}',
      en: 'the type of the reply is {type}, not {expected}',
    },
    next: {
      zh: '枢纽的版本可能较旧，不支持该格式；升级枢纽，或改用 JSON 查询',
      en: 'an older hub may not support this format: update the hub, or query in JSON',
    },
  },
  reply_stream_truncated: {
    status: 502,
    who: 'operator',
    text: {
      zh: '数据流没有以签名的结束行结束：不完整，已核验 {rows} 行',
      en: 'the stream ended without its signed last line: it is not complete, {rows} rows were verified',
    },
    next: {
      zh: '丢弃，或只使用已核验的部分；重新打开数据流',
      en: 'discard it, or use what was verified alone; open the stream again',
    },
  },
  reply_stream_invalid: {
    status: 502,
    who: 'operator',
    text: { zh: '数据流的签名不成立：{reason}', en: 'the signatures of the stream do not hold: {reason}' },
    next: {
      zh: '不要使用未核验的行；保留证据并告知运维',
      en: 'do not use the rows that were not verified; store them and notify the operator',
    },
  },
  reply_log_forked: {
    status: 502,
    who: 'operator',
    text: {
      zh: '枢纽的日志与本方留存的检查点不一致：留存 {kept} 条，出示 {shown} 条，两者出自不同的历史',
      en: "the hub's log does not continue the checkpoint stored here: {kept} entries were stored, {shown} are shown, and they are of different histories",
    },
    next: {
      zh: '不要使用该答复；两份签名检查点已保存在 {place}，请交给审计部门。若主管部门已书面说明并接受了日志的缺失，删除该留存文件后重新开始',
      en: 'do not use the reply; both signed checkpoints are in {place}: give them to the auditor. Where the data office has accepted a loss in writing, remove the stored file to begin again',
    },
  },
  reply_log_unproven: {
    status: 502,
    who: 'operator',
    text: {
      zh: '自 {since} 起枢纽未能证明其日志延续本方留存的检查点（{kept} 条）',
      en: 'since {since} the hub has not proven that its log continues the checkpoint stored here ({kept} entries)',
    },
    next: {
      zh: '核对公开端口 /v1/log/consistency 是否可达；若可达，请告知审计部门',
      en: 'check that /v1/log/consistency of the open listener can be reached; if it can, notify the auditor',
    },
  },
} as const;
