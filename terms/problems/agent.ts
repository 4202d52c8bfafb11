/** Problems of `datong client agent`, on the machine of a department: these calls did not reach the hub. */
export const agentProblems = {
  agent_host_refused: {
    status: 421,
    who: 'caller',
    text: { zh: '请求的 Host 不是代理的地址', en: 'the Host of the request is not the address of the agent' },
    next: { zh: '用代理启动时显示的地址访问', en: 'call the address that the agent prints when it starts' },
  },
  agent_browser_refused: {
    status: 403,
    who: 'caller',
    text: { zh: '代理不接受浏览器页面发来的请求', en: 'the agent answers no page of a browser' },
    next: { zh: '由业务系统的后端调用代理', en: "call it from an application's own server" },
  },
  agent_token_refused: {
    status: 401,
    who: 'caller',
    text: {
      zh: '没有令牌，或令牌不在代理的令牌文件中',
      en: 'there is no token, or one that is not in the token file of the agent',
    },
    next: {
      zh: '在 Authorization: Bearer 中给出令牌文件里的令牌',
      en: 'send one of its tokens as Authorization: Bearer',
    },
  },
  agent_tokens_unusable: {
    status: 503,
    who: 'operator',
    text: {
      zh: '代理的令牌文件缺失或无法使用，拒绝所有应用的请求',
      en: 'the token file of the agent is gone or cannot be used: no application is let in',
    },
    next: {
      zh: '恢复令牌文件（仅本用户可读）；代理随即放行，无需重启',
      en: "bring the file back, its user's alone; the agent goes on at once, without a restart",
    },
  },
  agent_busy: {
    status: 503,
    who: 'caller',
    text: {
      zh: '代理同时处理的请求已达上限（{limit}）',
      en: 'the agent has as many requests of all applications under way as it takes ({limit})',
    },
    next: { zh: '按 Retry-After 稍后再试', en: 'try again after Retry-After' },
  },
  agent_application_busy: {
    status: 429,
    who: 'caller',
    text: {
      zh: '本应用同时进行的请求已达上限（{limit}）；其他应用不受影响',
      en: 'this application has as many requests under way as one may have ({limit}); others go on',
    },
    next: {
      zh: '等前面的请求答复后再发，或按 Retry-After 再试',
      en: 'wait for an answer to an earlier one, or try again after Retry-After',
    },
  },
  agent_address_unknown: {
    status: 404,
    who: 'caller',
    text: {
      zh: '代理只转交 /v1/ 之下的 GET、POST、PUT',
      en: 'the agent passes on GET, POST and PUT below /v1/ alone',
    },
    next: { zh: '核对方法与地址', en: 'check method and address' },
  },
  agent_own_call: {
    status: 403,
    who: 'caller',
    text: {
      zh: '此操作只由持有密钥的机器自己调用，代理不替应用转交',
      en: 'only the machine that holds the keys makes this call; the agent passes it on for no application',
    },
    next: {
      zh: '证书由代理自动换发；连接器用 datong client provide',
      en: 'the agent renews its certificate by itself; datong client provide is the connector',
    },
  },
  agent_not_kept: {
    status: 507,
    who: 'operator',
    text: {
      zh: '枢纽已答复且核验通过，但代理存不下这次交换，答复没有转交',
      en: "the hub's reply holds, but the agent cannot store the exchange, so it was not passed on",
    },
    next: { zh: '检查 --save 文件夹的空间与权限', en: 'check space and rights of the folder of --save' },
  },
  agent_reply_untrusted: {
    status: 502,
    who: 'operator',
    text: {
      zh: '枢纽的答复未通过核验（{code}），没有转交',
      en: "the hub's reply does not hold ({code}) and was not passed on",
    },
    next: {
      zh: '运行 datong client diagnose；联系运维',
      en: 'run datong client diagnose; notify the operator',
    },
  },
  agent_reply_unsigned: {
    status: 502,
    who: 'caller',
    text: {
      zh: '枢纽在验证签名之前拒绝了请求（{status}），答复没有签名，没有转交',
      en: 'the hub refused the request before its application ({status}); that reply is not signed and was not passed on',
    },
    next: {
      zh: '核对地址与请求头；运行 datong client diagnose',
      en: 'check address and headers; run datong client diagnose',
    },
  },
  agent_hub_unreachable: {
    status: 504,
    who: 'operator',
    text: { zh: '连不上枢纽', en: 'the hub cannot be reached' },
    next: {
      zh: '检查网络与证书；运行 datong client diagnose',
      en: 'check network and certificate; run datong client diagnose',
    },
  },
} as const;
