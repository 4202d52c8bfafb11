export const reminderProblems = {
  reminder_place_not_allowed: {
    status: 403,
    who: 'operator',
    text: {
      zh: '枢纽不得向 {place} 发送待办提醒',
      en: 'the hub may send no reminders to {place}',
    },
    next: {
      zh: '请运维在 hub.json 的 reminders 中写明这一邮件域名或主机',
      en: 'have the operator name this domain of mail, or this host, under reminders in hub.json',
    },
  },
  reminder_unreachable: {
    status: 502,
    who: 'operator',
    text: {
      zh: '接收提醒的服务器连接不上：{reason}',
      en: 'the server that takes reminders is not reached: {reason}',
    },
    next: {
      zh: '核对 hub.json 的 reminders、网络和对方证书；稍后自动再试',
      en: 'check reminders in hub.json, the network and the other side’s certificate; it is tried again by itself',
    },
  },
  reminder_refused: {
    status: 502,
    who: 'department',
    text: {
      zh: '接收提醒的服务器拒收，应答代码 {status}',
      en: 'the server that takes reminders refused one with status {status}',
    },
    next: {
      zh: '核对地址与登录；稍后自动再试',
      en: 'check the address and the login; it is tried again by itself',
    },
  },
} as const;
