/** Persons of the staff: invitations, sessions, passkeys, tokens. */
export const personProblems = {
  token_missing: {
    status: 401,
    who: 'caller',
    text: { zh: '缺少令牌', en: 'a token is missing' },
    next: { zh: '用 Authorization: Bearer dtg_… 携带令牌', en: 'send it as Authorization: Bearer dtg_…' },
  },
  token_invalid: {
    status: 401,
    who: 'caller',
    text: { zh: '令牌无效', en: 'the token is not valid' },
    next: {
      zh: '用仍有效的令牌签发新的（datong hub token issue），或请运维重新邀请',
      en: 'issue another with one still in force (datong hub token issue), or ask to be invited again',
    },
  },
  session_ended: {
    status: 401,
    who: 'caller',
    text: { zh: '登录已失效', en: 'the session has ended' },
    next: { zh: '重新登录', en: 'sign in again' },
  },
  session_unknown: {
    status: 404,
    who: 'caller',
    text: { zh: '没有这个登录会话', en: 'there is no such session' },
    next: { zh: '刷新会话列表后再试', en: 'look at the list of sessions again' },
  },
  own_session_ended: {
    status: 401,
    who: 'caller',
    text: { zh: '本次查看已结束', en: 'this visit has ended' },
    next: { zh: '从原来的应用重新进入', en: 'open the page again from the app that you came from' },
  },
  own_code_invalid: {
    status: 401,
    who: 'caller',
    text: {
      zh: '进入代码无效、已用过或已过期',
      en: 'the code that opens the page is wrong, was used or has expired',
    },
    next: { zh: '从原来的应用重新进入', en: 'open the page again from the app that you came from' },
  },
  own_page_off: {
    status: 404,
    who: 'operator',
    text: { zh: '本枢纽没有开通本人页面', en: 'this hub has no page for persons' },
    next: {
      zh: '请运维在 hub.json 中配置 listeners.citizen',
      en: 'ask the operator to configure listeners.citizen in hub.json',
    },
  },
  own_self_only: {
    status: 403,
    who: 'caller',
    text: { zh: '网上只能由本人表示同意', en: 'here persons consent only for themselves' },
    next: { zh: '监护人或代理人请到窗口办理', en: 'a guardian or agent goes to a counter' },
  },
  two_credentials: {
    status: 400,
    who: 'caller',
    text: { zh: '同时出示了令牌和登录会话', en: 'a token and a session came in one call' },
    next: { zh: '只出示其中一种', en: 'send one of the two' },
  },
  cross_site_call: {
    status: 403,
    who: 'caller',
    text: { zh: '调用不是从本控制台的页面发出的', en: 'the call does not come from a page of this console' },
    next: {
      zh: '在控制台自己的地址打开页面；程序请改用令牌',
      en: "open the page at the console's own address; programs use a token",
    },
  },
  authenticator_missing: {
    status: 403,
    who: 'caller',
    text: { zh: '还没有绑定动态口令', en: 'no authenticator is bound yet' },
    next: { zh: '用令牌绑定动态口令后再登录', en: 'bind an authenticator with the token, then sign in' },
  },
  authenticator_present: {
    status: 409,
    who: 'caller',
    text: { zh: '已经绑定了动态口令', en: 'an authenticator is bound already' },
    next: { zh: '用已绑定的动态口令登录', en: 'sign in with the one that is bound' },
  },
  code_invalid: {
    status: 401,
    who: 'caller',
    text: { zh: '动态口令不对，或者已经用过', en: 'the code is wrong, or was used before' },
    next: { zh: '等下一个动态口令；核对手机时间', en: "wait for the next code; check the telephone's clock" },
  },
  code_locked: {
    status: 429,
    who: 'caller',
    text: { zh: '动态口令连续错误过多，暂停验证', en: 'too many wrong codes: no code is checked for now' },
    next: {
      zh: '15 分钟后再试；不是您本人所为时请运维吊销令牌',
      en: 'try again in 15 minutes; if it was not you, have the token revoked',
    },
  },
  passkey_invalid: {
    status: 401,
    who: 'caller',
    text: { zh: '通行密钥未通过验证', en: 'the passkey was not accepted' },
    next: {
      zh: '换一个已登记的通行密钥，或改用令牌加动态口令',
      en: 'use a registered one, or a token and a code',
    },
  },
  challenge_invalid: {
    status: 401,
    who: 'caller',
    text: { zh: '挑战已过期或已用过', en: 'the challenge is too old, or was answered before' },
    next: { zh: '重新开始', en: 'begin again' },
  },
  accounts_not_used: {
    status: 404,
    who: 'operator',
    text: { zh: '本枢纽未接入统一身份认证', en: 'this hub has no identity provider' },
    next: {
      zh: '用通行密钥，或令牌加动态口令登录；需要接入时在 hub.json 写 signIn',
      en: 'sign in with a passkey, or a token and a code; to have one, set signIn in hub.json',
    },
  },
  account_invalid: {
    status: 401,
    who: 'caller',
    text: {
      zh: '统一身份认证的回应未通过核验',
      en: 'what came back from the identity provider does not hold',
    },
    next: { zh: '重新登录；仍不行请告知运维', en: 'start again; if the error remains, notify the operator' },
  },
  account_unknown: {
    status: 401,
    who: 'caller',
    text: {
      zh: '这个统一身份认证账号没有绑定本处的人员',
      en: 'this account is not bound to a person here',
    },
    next: {
      zh: '先用通行密钥或令牌加动态口令登录，在“会话”页绑定账号；没有人员身份请运维邀请',
      en: 'sign in with a passkey or a code and bind it on the page Sessions; a person without an account here must be invited',
    },
  },
  identity_provider_unavailable: {
    status: 503,
    who: 'operator',
    text: { zh: '统一身份认证暂时没有应答', en: 'the identity provider does not answer' },
    next: {
      zh: '稍后再试，或用通行密钥登录；运维请核对 hub.json 的 signIn.issuer 及其证书',
      en: 'try again later, or use a passkey; operators: check signIn.issuer in hub.json and its certificate',
    },
  },
  demo_only: {
    status: 403,
    who: 'caller',
    text: { zh: '演示身份只在演示中可用', en: 'persons can be picked in a demo alone' },
    next: { zh: '用通行密钥，或令牌加动态口令登录', en: 'sign in with a passkey, or a token and a code' },
  },
  token_expired: {
    status: 401,
    who: 'caller',
    text: { zh: '令牌已过期', en: 'the token has expired' },
    next: {
      zh: '用仍有效的令牌签发新的（datong hub token issue），或请运维重新邀请',
      en: 'issue another with one still in force (datong hub token issue), or ask to be invited again',
    },
  },
  token_revoked: {
    status: 401,
    who: 'caller',
    text: { zh: '令牌已被收回', en: 'the token has been revoked' },
    next: {
      zh: '用仍有效的令牌签发新的（datong hub token issue），或请运维重新邀请',
      en: 'issue another with one still in force (datong hub token issue), or ask to be invited again',
    },
  },
  token_unknown: {
    status: 404,
    who: 'operator',
    text: { zh: '没有这个令牌编号', en: 'there is no token with this id' },
    next: { zh: '核对令牌编号', en: 'check the token id' },
  },
  token_request_invalid: {
    status: 422,
    who: 'operator',
    text: { zh: '令牌申请不正确：{reason}', en: 'the token asked for is not possible: {reason}' },
    next: { zh: '修改后重试', en: 'correct it and try again' },
  },
  person_invalid: {
    status: 422,
    who: 'operator',
    text: { zh: '人员信息不正确：{reason}', en: 'the person is not described correctly: {reason}' },
    next: {
      zh: '姓名 2 到 60 个字；角色为 operator（只属于主管部门）、steward、security、auditor、clerk、leader',
      en: 'a name of 2 to 60 characters; roles are operator (of the data office only), steward, security, auditor, clerk, leader',
    },
  },
  roles_apart: {
    status: 409,
    who: 'operator',
    text: {
      zh: '运维、数据安全管理员、审计员必须是三个不同的人（{roles}）',
      en: 'operator, security officer and auditor are three different persons ({roles})',
    },
    next: {
      zh: '把这个角色授予另一个人',
      en: 'grant it to another person',
    },
  },
  stand_in_unfit: {
    status: 422,
    who: 'caller',
    text: { zh: '代办或AB角不成立：{reason}', en: 'this appointment as deputy is not possible: {reason}' },
    next: {
      zh: '由同一部门的在岗人员代办；代办写明截止时间，AB角不写',
      en: 'name a person who works there; a deputy with an end day, a permanent second steward without',
    },
  },
  person_unknown: {
    status: 404,
    who: 'operator',
    text: { zh: '没有这个人员编号', en: 'there is no person with this id' },
    next: {
      zh: '编号见 datong inbox（待办）或 datong review deputy persons（本部门人员）',
      en: 'see datong inbox, or datong review deputy persons',
    },
  },
  invitation_invalid: {
    status: 403,
    who: 'caller',
    text: { zh: '邀请码无效', en: 'the invitation is not valid' },
    next: {
      zh: '核对两段邀请码：一段来自邀请人，一段来自确认人',
      en: 'check both halves: one comes from the person who invited you, one from the person who confirmed',
    },
  },
  invitation_waits: {
    status: 409,
    who: 'data-office',
    text: { zh: '邀请尚未由另一人确认', en: 'the invitation is not confirmed yet' },
    next: {
      zh: '请另一人确认：datong review approve 人员编号',
      en: 'have another person confirm it: datong review approve PERSON',
    },
  },
  invitation_used: {
    status: 403,
    who: 'caller',
    text: { zh: '邀请码已被使用过', en: 'the invitation has been used already' },
    next: {
      zh: '若不是您使用的，请立即告知数据主管部门',
      en: 'if that was not you, notify the data office at once',
    },
  },
  invitation_expired: {
    status: 403,
    who: 'caller',
    text: { zh: '邀请码已过期', en: 'the invitation has expired' },
    next: { zh: '请重新邀请', en: 'ask to be invited again' },
  },
  scope_missing: {
    status: 403,
    who: 'operator',
    text: { zh: '没有所需的角色：{scope}', en: 'a role is missing: {scope}' },
    next: { zh: '由具有该角色的人办理', en: 'have a person do it who has that role' },
  },
} as const;
