/** Topics, publishing and subscriptions. */
export const eventProblems = {
  dataset_of_events: {
    status: 409,
    who: 'caller',
    text: {
      zh: '数据资源 {dataset} 是事件类型，没有可以查询、报送或导出的数据行',
      en: 'dataset {dataset} is a type of event: it has no rows to query, send or export',
    },
    next: {
      zh: '提供部门用 datong event publish 发布事件；使用部门订阅其主题',
      en: 'its provider publishes with datong event publish; a consumer subscribes to its topic',
    },
  },
  topic_unknown: {
    status: 404,
    who: 'caller',
    text: { zh: '没有登记主题 {topic}', en: 'there is no topic {topic}' },
    next: {
      zh: '用 datong topic list 查看已登记的主题',
      en: 'datong topic list shows those that are registered',
    },
  },
  topic_unfit: {
    status: 422,
    who: 'caller',
    text: {
      zh: '主题 {topic} 不能这样登记：{reason}',
      en: 'topic {topic} cannot be registered like this: {reason}',
    },
    next: { zh: '按说明改正文件后再登记', en: 'correct the document as stated and register it again' },
  },
  topic_not_owned: {
    status: 403,
    who: 'caller',
    text: {
      zh: '主题 {topic} 属于另一个部门，只有该部门可以发布事件',
      en: 'topic {topic} belongs to another department, which alone publishes to it',
    },
    next: { zh: '登记本部门自己的主题', en: 'register a topic of your own department' },
  },
  event_invalid: {
    status: 422,
    who: 'caller',
    text: {
      zh: '{count} 个事件有误，这次发布的事件均未存储',
      en: '{count} events are wrong; no event of this call was stored',
    },
    next: {
      zh: '按 findings 中的位置和规则改正后重新发布；id 可以不变',
      en: 'correct them at the places in findings and publish again, under the same ids',
    },
  },
  event_id_reused: {
    status: 409,
    who: 'caller',
    text: {
      zh: '同一来源和编号（source、id）的另一事件内容不同，已发布或在同一次调用中',
      en: 'another event with this source and id, published before or in the same call, has other content',
    },
    next: {
      zh: '不同的事件使用不同的 id；更正也是一个新的事件',
      en: 'give another event another id; a correction is a new event too',
    },
  },
  subscription_types: {
    status: 422,
    who: 'caller',
    text: { zh: '主题 {topic} 没有事件类型 {type}', en: 'the topic {topic} has no type {type}' },
    next: { zh: '用 datong topic show 查看主题的类型', en: 'datong topic show shows the types of a topic' },
  },
  subscriptions_full: {
    status: 409,
    who: 'caller',
    text: { zh: '本部门已有 {most} 个订阅', en: 'your department has {most} subscriptions already' },
    next: { zh: '先终止不再使用的订阅', en: 'end those that are not used any more' },
  },
  pattern_empty: {
    status: 409,
    who: 'caller',
    text: {
      zh: '没有与 {pattern} 匹配且本部门可以接收的主题：{topics}',
      en: 'no topic that matches {pattern} can be received by your department now: {topics}',
    },
    next: {
      zh: '用 datong topic list 查看主题；须有交付 events 且允许该使用场景的协议',
      en: 'datong topic list shows topics; an agreement that delivers events for this purpose is needed',
    },
  },
  subscription_unknown: {
    status: 404,
    who: 'caller',
    text: { zh: '本部门没有这个订阅', en: 'your department has no such subscription' },
    next: { zh: '用 datong event subscriptions 查看', en: 'datong event subscriptions lists them' },
  },
  subscription_has_sink: {
    status: 409,
    who: 'caller',
    text: {
      zh: '该订阅的事件由枢纽推送到 webhook，不能再取回',
      en: 'the events of this subscription are delivered to its webhook and cannot be fetched',
    },
    next: {
      zh: '需要取回时，另建一个不带 sink 的订阅',
      en: 'make another subscription without a sink to fetch events',
    },
  },
  subscription_of_pattern: {
    status: 409,
    who: 'caller',
    text: {
      zh: '该订阅针对多个主题，不能在浏览器中实时查看',
      en: 'this subscription is to a pattern of topics and cannot be watched in a browser',
    },
    next: {
      zh: '另建一个针对单个主题的订阅，查看该订阅',
      en: 'make a subscription to one topic, and watch that',
    },
  },
  subscription_without_sink: {
    status: 409,
    who: 'caller',
    text: {
      zh: '该订阅没有 webhook，事件由本部门取回',
      en: 'this subscription has no webhook: its events are fetched',
    },
    next: {
      zh: '需要推送时，另建一个带 sink 的订阅',
      en: 'make another subscription with a sink to have events delivered',
    },
  },
  webhook_url_invalid: {
    status: 422,
    who: 'caller',
    text: {
      zh: 'webhook 的地址应为完整、规范的 https 地址，不含用户名和片段',
      en: 'the address of a webhook is a whole https address in its normal form, without user and fragment',
    },
    next: {
      zh: '写成浏览器地址栏中显示的样子，如 https://events.example.gov/hook。枢纽只经 TLS 推送，http:// 不可用；试用时可自签证书，由运维写入 hub.json 中 services 的 caFile',
      en: 'write it as a browser shows it, such as https://events.example.gov/hook. The hub delivers over TLS only, not to http://. For a trial make a certificate, which the operator names as caFile in services of hub.json',
    },
  },
  subscription_ended: {
    status: 410,
    who: 'caller',
    text: { zh: '该订阅已终止', en: 'the subscription has ended' },
    next: { zh: '需要时重新订阅', en: 'subscribe again where it is needed' },
  },
  plan_unfit: {
    status: 422,
    who: 'caller',
    text: {
      zh: '预案 {plan} 不能这样登记：{reason}',
      en: 'response plan {plan} cannot be registered like this: {reason}',
    },
    next: { zh: '按说明改正文件后再登记', en: 'correct the document as stated and register it again' },
  },
  plan_changed: {
    status: 409,
    who: 'caller',
    text: {
      zh: '预案 {plan} 目前的修订是 {revision}，basedOn 须写明这个修订',
      en: 'Response plan {plan} is at revision {revision} now. basedOn must name this revision.',
    },
    next: {
      zh: '读取目前的修订，把修改合并进去，basedOn 写该修订号（新预案不写）后重新提议',
      en: 'read the newest revision, merge your change, name that revision in basedOn (a new plan names none), and propose it again',
    },
  },
  event_unknown: {
    status: 404,
    who: 'caller',
    text: {
      zh: '没有贵部门须确认或所发布的这个联动事件',
      en: 'there is no open event of this id that your department published or must acknowledge',
    },
    next: { zh: '用 datong event board 查看', en: 'datong event board lists them' },
  },
  event_closed: {
    status: 409,
    who: 'caller',
    text: {
      zh: '该联动事件已关闭，不能再确认或关闭',
      en: 'the event is closed: it can no longer be acknowledged or closed',
    },
    next: {
      zh: '用 datong event board --state closed 查看结果',
      en: 'datong event board --state closed shows its outcome',
    },
  },
  event_role: {
    status: 403,
    who: 'caller',
    text: { zh: '预案没有要求您的角色确认此事件', en: 'the plan does not name your role for this event' },
    next: {
      zh: '请预案写明的角色，或本部门的机器确认',
      en: 'a role that the plan names, or the machine of your department, acknowledges it',
    },
  },
  event_grade_again: {
    status: 409,
    who: 'caller',
    text: {
      zh: '贵部门已作过这一级确认',
      en: 'your department has already acknowledged the event with this grade',
    },
    next: {
      zh: '无需再作；情况有进展时，作更高一级的确认：received（已收到）< accepted（已受理）< done（已办结）',
      en: 'nothing more is due for it; when there is progress, acknowledge with a higher grade: received < accepted < done',
    },
  },
  open_events_full: {
    status: 409,
    who: 'caller',
    text: {
      zh: '预案 {plan} 已有 {most} 个未关闭的事件',
      en: 'plan {plan} has {most} open events already',
    },
    next: { zh: '先关闭已处置的事件，再发布', en: 'close those that are dealt with, then publish again' },
  },
  purpose_closed: {
    status: 403,
    who: 'caller',
    text: {
      zh: '使用场景仅在预案的事件进行期间可用，目前没有进行中的事件',
      en: 'the purpose is usable only while an event of its response plan is open, and none is',
    },
    next: {
      zh: '等待发布部门发布事件；平时请用其他使用场景和协议',
      en: 'wait for the event of the publisher; until then use another purpose and agreement',
    },
  },
  live_pages_too_many: {
    status: 429,
    who: 'caller',
    text: {
      zh: '您同时打开的实时页面已达上限（每人 {most} 个）',
      en: 'too many live pages are open; one person may have {most}',
    },
    next: {
      zh: '关闭不用的页面；页面会改为定时刷新',
      en: 'close pages that you do not need; until then read the list from time to time',
    },
  },
} as const;
