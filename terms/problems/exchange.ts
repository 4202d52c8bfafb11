export const exchangeProblems = {
  hub_not_founded: {
    status: 403,
    who: 'data-office',
    text: {
      zh: '本枢纽的两名负责人尚未都加入，只提供使用场景 sandbox 的合成数据',
      en: 'the two founders of this hub have not both accepted their invitations: it returns only invented rows, for the purpose sandbox',
    },
    next: {
      zh: '两人各用自己的邀请码执行 datong client accept（见 datong hub bootstrap）',
      en: 'each person accepts their own invitation: datong client accept (see datong hub bootstrap)',
    },
  },
  sandbox_purpose: {
    status: 400,
    who: 'caller',
    text: {
      zh: '合成数据只按使用场景 sandbox 提供',
      en: 'invented rows are given for the purpose sandbox alone',
    },
    next: {
      zh: '在签名的 datong-purpose 头中写明 sandbox；要取真实数据，用 /query 并写明协议的使用场景',
      en: 'sign datong-purpose: sandbox; for real rows ask /query, for the purpose of the agreement',
    },
  },
  sandbox_reserved: {
    status: 422,
    who: 'caller',
    text: {
      zh: '使用场景 sandbox 专供合成数据，共享协议不得写它',
      en: 'the purpose sandbox is for invented rows: no agreement names it',
    },
    next: {
      zh: '从 purposes 中删去 sandbox；联调无需协议，用 datong rows sandbox',
      en: 'take sandbox out of purposes; invented rows need no agreement: datong rows sandbox',
    },
  },
  sandbox_without_fields: {
    status: 403,
    who: 'department',
    text: {
      zh: '数据资源 {dataset} 没有可向尚未申请的部门展示的数据项',
      en: 'dataset {dataset} has no field that is shown to a department which has not asked for it',
    },
    next: {
      zh: '先提出共享申请：提交后即可按所申请的数据项联调',
      en: 'make a request: once it is made, the twin answers with the fields that it asks for',
    },
  },
  sandbox_impossible: {
    status: 409,
    who: 'provider',
    text: {
      zh: '无法按标准 {schema} 造出合成数据',
      en: 'no record of the schema {schema} can be made up',
    },
    next: {
      zh: '请标准管理人用 datong schema sample 检查该标准',
      en: 'its steward tries the schema with datong schema sample',
    },
  },
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
      zh: '端口 {port}（hub.json 中的 {listener}）已被占用或无权使用',
      en: 'port {port} of the {listener} listener is taken or not allowed',
    },
    next: {
      zh: '换一个端口（init 时用 --origin，此后在 hub.json 中），或停止占用它的程序',
      en: 'choose another port (--origin of init, later in hub.json), or stop what uses it',
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
      zh: '游标无效：它属于别的查询、共享协议或策略版本',
      en: 'the cursor is not valid: it belongs to another query, agreement or policy version',
    },
    next: { zh: '从第一页重新查询', en: 'start again from the first page' },
  },
  cursor_too_long: {
    status: 422,
    who: 'caller',
    text: {
      zh: '本页止于一个过长的排序值，游标超过 {most} 字节，无法给出',
      en: 'the page ends at a value that is too long to sort by: its cursor would exceed {most} bytes',
    },
    next: { zh: '改按其他数据项排序，或改用其他页长', en: 'sort by another field, or use another limit' },
  },
  cursor_expired: {
    status: 410,
    who: 'caller',
    text: {
      zh: '自读取前面的行以来，所在批次已被替换，或有数据期间被销毁',
      en: 'since the rows before were read, their batch has been replaced or a period of rows destroyed',
    },
    next: { zh: '从第一页重新查询', en: 'start again from the first page' },
  },
  consent_missing: {
    status: 403,
    who: 'department',
    text: {
      zh: '没有此人对该使用场景的有效同意；答复不说明此人是否在数据中',
      en: 'there is no valid consent of this person for this purpose; the answer does not say whether the person is in the data',
    },
    next: {
      zh: '请此人（或其监护人）在采集部门的应用或窗口同意后再查询',
      en: 'have the person (or the guardian) consent in the app or at the counter of a collecting department first',
    },
  },
  consent_unknown: {
    status: 404,
    who: 'caller',
    text: { zh: '没有这份同意', en: 'there is no such consent' },
    next: { zh: '核对同意编号', en: 'check its id' },
  },
  consent_offer_changed: {
    status: 409,
    who: 'caller',
    text: {
      zh: '所征询的内容与本人所见的不同，未作同意',
      en: 'something else is asked for than the person was shown: nothing was agreed to',
    },
    next: { zh: '刷新页面，重新阅读后再决定', en: 'read the page again, then decide' },
  },
  notice_purposes_differ: {
    status: 409,
    who: 'caller',
    text: {
      zh: '提供部门 {department} 已登记同一份告知书，使用场景与此不同',
      en: 'the provider {department} has registered the same notice for other purposes',
    },
    next: {
      zh: '按提供部门登记的使用场景填写，或另拟一份告知书',
      en: 'name the purposes that the provider names, or write another notice',
    },
  },
  notice_unknown: {
    status: 422,
    who: 'caller',
    text: {
      zh: '提供、接收和采集部门都没有登记过这份告知书',
      en: 'neither provider, recipient nor collector has registered a notice with this digest',
    },
    next: {
      zh: '先登记告知书（datong catalogue apply），再取得同意',
      en: 'register the notice first (datong catalogue apply), then have it agreed to',
    },
  },
  streams_too_many: {
    status: 429,
    who: 'caller',
    text: {
      zh: '本部门（或在该共享协议下）同时打开的数据流已达 {most} 个',
      en: 'this department has {most} streams open already, at the hub or under this agreement',
    },
    next: {
      zh: '先读完或关闭一个数据流，再按 Retry-After 重试',
      en: 'read one of them to its end or close it; then try again after Retry-After',
    },
  },
  export_unknown: {
    status: 404,
    who: 'caller',
    text: { zh: '没有这个导出文件，或已到期', en: 'there is no such export, or its time is over' },
    next: { zh: '重新申请导出', en: 'ask for the export again' },
  },
  export_not_ready: {
    status: 409,
    who: 'caller',
    text: { zh: '导出文件不可下载：{state}', en: 'the export cannot be downloaded: {state}' },
    next: {
      zh: '查看其状态，完成后再下载；失败的重新申请',
      en: 'ask for its state and download it once it is ready; ask anew where it failed',
    },
  },
  export_void: {
    status: 410,
    who: 'caller',
    text: {
      zh: '导出文件生成后约定已变，文件作废',
      en: 'what the agreement allows has changed since the file was made, which is void',
    },
    next: { zh: '按新的约定重新申请导出', en: 'ask for an export under the new terms' },
  },
  export_too_large: {
    status: 422,
    who: 'caller',
    text: { zh: '导出文件超过上限 {most}', en: 'the export is larger than {most}' },
    next: { zh: '加过滤条件，或改用 csv、ndjson 或数据流', en: 'filter, or take csv, ndjson or a stream' },
  },
  exports_too_many: {
    status: 429,
    who: 'caller',
    text: {
      zh: '本部门在枢纽已有 {most} 个导出文件',
      en: 'this department has {most} exports at the hub already',
    },
    next: { zh: '等其中一个到期（24 小时）', en: 'wait until one of them goes, after 24 hours' },
  },
  range_invalid: {
    status: 416,
    who: 'caller',
    text: {
      zh: 'Range 不在文件的 {bytes} 字节之内',
      en: 'the range is not within the {bytes} bytes of the file',
    },
    next: {
      zh: '写成 bytes=起点-终点、bytes=起点- 或 bytes=-末尾字节数，起点小于文件长度',
      en: 'write bytes=FROM-TO, bytes=FROM- or bytes=-LAST with a start before the end of the file',
    },
  },
  range_wanted: {
    status: 416,
    who: 'caller',
    text: {
      zh: '文件有 {bytes} 字节，一次最多 {most} 字节',
      en: 'the file has {bytes} bytes; one reply holds {most} at most',
    },
    next: { zh: '用 Range: bytes=起点- 分段下载', en: 'download it piece by piece with Range: bytes=FROM-' },
  },
  changes_not_filtered: {
    status: 400,
    who: 'caller',
    text: {
      zh: '变化的首份副本不能带 filter：副本包含共享协议给予的全部数据行',
      en: 'the first copy of a feed of changes takes no filter: it has all rows that the agreement gives',
    },
    next: { zh: '去掉 filter 再取', en: 'leave out the filter' },
  },
  changes_watermark_unknown: {
    status: 409,
    who: 'caller',
    text: {
      zh: 'acknowledge 中的 watermark 不是最近一次答复的 watermark：其后已有更新的答复，或者已经重新开始',
      en: 'the watermark in `acknowledge` is not that of the newest answer: a newer one was given since, or the copy was begun again',
    },
    next: {
      zh: '去掉 acknowledge 再调用一次：枢纽从贵部门最近一次确认之后重新给出变化；本地副本已丢失或不可信的，写 "restart": true 从头开始',
      en: 'call again without the member `acknowledge`: the hub returns the changes since the last watermark that it knows from you. If your copy is lost or in doubt, send "restart": true to begin again',
    },
  },
  stream_terms_changed: {
    status: 409,
    who: 'caller',
    text: {
      zh: '数据流打开后，共享协议的内容已经改变',
      en: 'what the agreement allows has changed since the stream was opened',
    },
    next: {
      zh: '丢弃或保留已核验的部分，按新的约定重新打开数据流',
      en: 'keep or discard what was verified; open a new stream under the new terms',
    },
  },
  stream_aborted: {
    status: 502,
    who: 'caller',
    text: { zh: '枢纽提前结束了数据流：{code}', en: 'the hub ended the stream before its rows did: {code}' },
    next: {
      zh: '已收到的部分都经过签名核验，但不完整；按原因处理后重新打开数据流',
      en: 'what came was signed and verified, but is not all; see to the reason and open a new stream',
    },
  },
  hub_stopping: {
    status: 503,
    who: 'operator',
    text: { zh: '枢纽正在停止', en: 'the hub is stopping' },
    next: { zh: '稍后重新打开数据流', en: 'open the stream again later' },
  },
  dataset_live: {
    status: 409,
    who: 'caller',
    text: {
      zh: '数据资源 {dataset} 为实时供数，数据留在提供部门，枢纽中没有它的批次、数据流、文件和统计',
      en: 'dataset {dataset} is live: its rows stay with their provider, so the hub has no batches, streams, files or statistics of it',
    },
    next: {
      zh: '逐页查询、批量查询或核验；数据由提供部门的 datong client provide 供给',
      en: 'ask page by page, for many subjects at once, or for facts; its provider serves it with datong client provide',
    },
  },
  live_lookup_needed: {
    status: 422,
    who: 'caller',
    text: {
      zh: '这一数据资源由提供部门的接口实时供给，接口按 {fields} 的完整值查询，一次最多 {most} 个',
      en: 'this dataset is asked of a service of its provider, by full values of {fields}, at most {most} in one call',
    },
    next: {
      zh: '在 filter 中以 eq 或 in 给出 {fields} 的值',
      en: 'name values of {fields} in the filter, with eq or in',
    },
  },
  live_service_unknown: {
    status: 404,
    who: 'caller',
    text: { zh: '{dataset} 没有登记接口', en: 'no service is registered for {dataset}' },
    next: {
      zh: '核对数据资源编号；接口用 datong catalogue apply 登记',
      en: 'check the id of the dataset; datong catalogue apply registers a service',
    },
  },
  live_service_invalid: {
    status: 422,
    who: 'provider',
    text: { zh: '接口的登记不正确：{reason}', en: 'the service is not valid: {reason}' },
    next: { zh: '按说明更正', en: 'correct it as the reason states' },
  },
  live_service_not_allowed: {
    status: 403,
    who: 'operator',
    text: {
      zh: '枢纽不得为 {department} 连接 {origin}',
      en: 'the hub may not connect to {origin} for {department}',
    },
    next: {
      zh: '请运维在 hub.json 的 services 中写明这一接口（演示环境：datong demo --config 文件）',
      en: 'have the operator name this service under services in hub.json (with the demo: datong demo --config FILE)',
    },
  },
  live_order: {
    status: 422,
    who: 'caller',
    text: {
      zh: '数据资源 {dataset} 为实时供数，行按提供部门的顺序返回，不能另行排序',
      en: 'dataset {dataset} is live: its rows come in the order of their provider and cannot be sorted otherwise',
    },
    next: { zh: '去掉 sort 再查询', en: 'ask without sort' },
  },
  dataset_hosted: {
    status: 409,
    who: 'caller',
    text: {
      zh: '数据资源 {dataset} 的数据在枢纽中，不由连接器供给',
      en: 'the rows of dataset {dataset} are stored in the hub; no connector serves them',
    },
    next: {
      zh: '从连接器的配置中去掉它，或另行登记 mode: live 的数据资源',
      en: 'leave it out of the configuration of the connector, or register a dataset with mode: live',
    },
  },
  connectors_too_many: {
    status: 429,
    who: 'caller',
    text: {
      zh: '本部门在这个枢纽进程上的连接器已达 {most} 个',
      en: 'this department has {most} connectors at this process of the hub already',
    },
    next: {
      zh: '先停掉一个，再按 Retry-After 重试',
      en: 'stop one of them; then try again after Retry-After',
    },
  },
  connectors_one_process: {
    status: 409,
    who: 'operator',
    text: {
      zh: '这个枢纽以多个进程运行，不支持连接器',
      en: 'this hub runs as several processes, which serve no connectors',
    },
    next: {
      zh: '以 LiveService 登记接口，或不用 --workers 启动枢纽',
      en: 'register a LiveService, or start the hub without --workers',
    },
  },
  decided_anew: {
    status: 409,
    who: 'caller',
    text: {
      zh: '查询期间共享协议已改变，提供部门的答复不再合用，没有交付任何内容',
      en: 'the agreement changed while the provider was asked; its answer does not fit any more, and nothing of it was released',
    },
    next: { zh: '重新查询', en: 'ask again' },
  },
  upgrade_refused: {
    status: 400,
    who: 'caller',
    text: {
      zh: '这个地址只接受 WebSocket（RFC 6455，版本 13），其他地址不接受协议升级',
      en: 'this address takes a WebSocket (RFC 6455, version 13) and nothing else; no other address takes one',
    },
    next: { zh: '用 datong client provide 连接', en: 'connect with datong client provide' },
  },
  provider_unavailable: {
    status: 503,
    who: 'provider',
    text: {
      zh: '数据资源 {dataset} 的提供部门此刻没有给出答复',
      en: 'the provider of dataset {dataset} gives no answer at the moment',
    },
    next: {
      zh: '按 Retry-After 重试；若持续如此，请联系提供部门',
      en: 'try again after Retry-After; if it lasts, ask the provider',
    },
  },
  provider_answer_invalid: {
    status: 502,
    who: 'provider',
    text: {
      zh: '提供部门对数据资源 {dataset} 的答复不能采信，没有交付任何内容',
      en: 'what the provider of dataset {dataset} answered cannot be relied on; nothing of it was released',
    },
    next: {
      zh: '请提供部门查看 datong client provide 的提示或 datong dataset live show：其中写明位置和规则',
      en: 'the provider finds place and rule in the output of datong client provide or datong dataset live show',
    },
  },
  dataset_without_rows: {
    status: 404,
    who: 'provider',
    text: { zh: '数据资源 {dataset} 尚未发布任何批次', en: 'dataset {dataset} has no published batch yet' },
    next: { zh: '等提供部门报送数据', en: 'wait for the provider to submit data' },
  },
} as const;
