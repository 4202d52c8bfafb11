export const logProblems = {
  log_unavailable: {
    status: 503,
    who: 'operator',
    text: { zh: '日志暂不可写入，本次交换未发生', en: 'the log cannot be written; nothing was exchanged' },
    next: {
      zh: '稍后重试；运维请检查数据库',
      en: 'try again later; the operator should look at the database',
    },
  },
  log_busy: {
    status: 503,
    who: 'caller',
    text: {
      zh: '枢纽的日志正忙，这次调用没有记入日志，也没有存储任何内容',
      en: 'the log of the hub is busy: this call was not recorded, and nothing was stored',
    },
    next: {
      zh: '稍后再发送同一调用，或再执行同一命令；此前已完成的不会重复。程序请减少同时发送的请求',
      en: 'send the same call, or run the same command, again after a moment; what was done before is not done twice. A program sends fewer requests at once',
    },
  },
  log_behind: {
    status: 503,
    who: 'operator',
    text: {
      zh: '数据库中的日志（{size} 条）比已签发的检查点（{known} 条）旧，枢纽拒绝提供服务',
      en: 'the log in the database ({size} entries) is older than the checkpoint already signed ({known} entries): the hub does not serve',
    },
    next: {
      zh: '恢复更新的备份；若确认接受丢失的条目，用 datong hub restore --accept-older 记录此决定',
      en: 'restore a newer backup, or accept the loss with datong hub restore --accept-older, which is itself logged',
    },
  },
  rows_unauthenticated: {
    status: 503,
    who: 'operator',
    text: {
      zh: '表 {table} 中的行不是枢纽写入的：数据库被绕过枢纽改动，本次操作未执行',
      en: 'rows of the table {table} were not written by the hub: the database was changed past it, and nothing was done',
    },
    next: {
      zh: '运维和审计员查看 /v1/log/findings；处理办法见 docs/audit.md',
      en: 'operator and auditor should read /v1/log/findings; docs/audit.md says what to do',
    },
  },
  restoration_invalid: {
    status: 422,
    who: 'caller',
    text: {
      zh: '不能这样处理被改动的数据：{reason}',
      en: 'this decision about the altered data is not possible: {reason}',
    },
    next: {
      zh: '用 datong audit altered 重新查看，再提出',
      en: 'show it again with datong audit altered, then propose',
    },
  },
  verifications_busy: {
    status: 429,
    who: 'caller',
    text: {
      zh: '正在为其他人（或您的另一次请求）比对数据，这一次尚未开始',
      en: 'rows are being compared for others, or for another request of yours; this one has not begun',
    },
    next: {
      zh: '等前一次答复后，按 Retry-After 重试',
      en: 'wait for the answer to the one before, and try again after Retry-After',
    },
  },
  search_identity_number: {
    status: 400,
    who: 'caller',
    text: {
      zh: '检索的 {member} 中有身份证件号码，日志不得永久留存',
      en: 'the {member} of the search holds an identity number, which the log must not store',
    },
    next: {
      zh: '写明事由和案件编号，不写个人标识；标识只放在 subject.value',
      en: 'give reason and case number without the identifier, which belongs in subject.value alone',
    },
  },
  hold_invalid: {
    status: 422,
    who: 'caller',
    text: { zh: '法律保全不正确：{reason}', en: 'the legal hold is not valid: {reason}' },
    next: { zh: '按说明更正', en: 'correct it as the reason states' },
  },
  erasure_invalid: {
    status: 422,
    who: 'caller',
    text: { zh: '主体标识销毁不正确：{reason}', en: 'the erasure is not valid: {reason}' },
    next: { zh: '按说明更正', en: 'correct it as the reason states' },
  },
  retention_invalid: {
    status: 422,
    who: 'caller',
    text: { zh: '留存期限或销毁不正确：{reason}', en: 'the rule or the destruction is not valid: {reason}' },
    next: {
      zh: '按说明更正；现行规则见 datong audit retention',
      en: 'correct it as the reason states; datong audit retention shows the rules',
    },
  },
  under_legal_hold: {
    status: 409,
    who: 'data-office',
    text: {
      zh: '{what} 处于法律保全之下，不得销毁',
      en: '{what} is under legal hold: nothing of it is destroyed',
    },
    next: {
      zh: '保全到期或由两人解除后再试：datong audit holds',
      en: 'try again when the hold has ended, or two persons lifted it: datong audit holds',
    },
  },
  evidence_too_large: {
    status: 400,
    who: 'caller',
    text: {
      zh: '证据包含 {entries} 条，一份至多 {most} 条',
      en: 'the evidence would hold {entries} entries; one holds at most {most}',
    },
    next: {
      zh: '分成几份：用 first 与 last（或起止时间）；点名交换的，每份少列几个',
      en: 'take it in several: by first and last or by time; where exchanges are named, fewer in each',
    },
  },
  evidence_not_released: {
    status: 409,
    who: 'data-office',
    text: {
      zh: '涉及个人的证据 {evidence} 尚未由另一人放行（{state}）',
      en: 'the evidence {evidence} is about a person and not released by another one ({state})',
    },
    next: {
      zh: '请另一位审计或数据安全人员处理：datong audit evidence release {evidence}',
      en: 'another auditor or security officer decides: datong audit evidence release {evidence}',
    },
  },
  list_closed: {
    status: 409,
    who: 'data-office',
    text: { zh: '封存名单 {list} 未打开：{reason}', en: 'the sealed list {list} stays closed: {reason}' },
    next: {
      zh: '由两名审计或数据安全人员办理：一人生成并打开，另一人放行（datong audit evidence release {list}）',
      en: 'two auditors or security officers: one makes it and opens it, another one releases it (datong audit evidence release {list})',
    },
  },
  saved_searches_full: {
    status: 409,
    who: 'caller',
    text: { zh: '已保存 {most} 个检索', en: '{most} searches are stored already; no more are allowed' },
    next: { zh: '先删去一个', en: 'drop one of them first' },
  },
  log_shorter: {
    status: 409,
    who: 'operator',
    text: {
      zh: '日志只有 {known} 条，没有 {size} 条',
      en: 'the log has {known} entries, not {size}',
    },
    next: {
      zh: '若持有本枢纽日志公钥签名的更大检查点，请交给审计部门：日志被截短或分叉',
      en: "anyone with a larger checkpoint signed by this log's key should show it to the auditor: the log was truncated or forked",
    },
  },
  job_taken_over: {
    status: 503,
    who: 'operator',
    text: { zh: '作业 {job} 已由另一进程接手', en: 'the job {job} was taken over by another process' },
    next: { zh: '无需处理', en: 'nothing: the other process does it' },
  },
  state_of_other_hub: {
    status: 503,
    who: 'operator',
    text: {
      zh: '状态目录 {folder} 属于枢纽“{name}”，不属于“{other}”',
      en: 'the state folder {folder} belongs to the hub {name}, not to {other}',
    },
    next: {
      zh: '在配置中把 name 改回“{name}”，或为“{other}”另设状态目录、密钥目录和数据库',
      en: 'set name in the configuration back to {name}, or give {other} another state folder, key folder and database',
    },
  },
  log_inconsistent: {
    status: 503,
    who: 'operator',
    text: { zh: '日志自相矛盾：{what}', en: 'the log contradicts itself: {what}' },
    next: {
      zh: '停止服务，保留数据库现场，用 datong audit verify 定位被改动的条目',
      en: 'stop, keep the database as it is, and find the altered entry with datong audit verify',
    },
  },
  log_entry_missing: {
    status: 503,
    who: 'operator',
    text: {
      zh: '日志缺少第 {index} 条，无法给出经过它的证明；其余照常',
      en: 'entry {index} of the log is missing, so no proof that leads past it can be made; everything else is answered',
    },
    next: {
      zh: '保留数据库现场，从备份取回该条目；datong audit verify 会指明全部缺失',
      en: 'keep the database as it is and bring the entry back from a backup; datong audit verify names all that are missing',
    },
  },
  made_by_unread: {
    status: 503,
    who: 'operator',
    text: {
      zh: '日志中已读不出这是谁办的、替谁办的（条目缺失、被改动，或并非该事项的条目），不能由第二人据以决定',
      en: 'the log no longer shows on whose behalf this was made, because its entry is missing, altered or of another act; no second person can decide on it',
    },
    next: {
      zh: '保留数据库现场，从备份取回该条目，datong audit verify 会指明；或撤回后由原经办人重新提出，再由第二人决定',
      en: 'keep the database as it is and bring the entry back from a backup, datong audit verify names it; or have it taken back and made anew, and decided then',
    },
  },
  entry_destroyed: {
    status: 410,
    who: 'data-office',
    text: {
      zh: '该次交换的日志条目已于 {day} 按期限规则（{rules}）销毁，见日志第 {entry} 条',
      en: 'the entry of this exchange was destroyed on {day} under the rules {rules}, as entry {entry} of the log records',
    },
    next: {
      zh: '已留存的回执仍可核验：datong audit receipt verify；销毁前导出的条目在数据主管部门',
      en: 'a stored receipt still verifies (datong audit receipt verify); the data office has the export made before the destruction',
    },
  },
  log_entry_invalid: {
    status: 500,
    who: 'operator',
    text: { zh: '日志条目不合规：{what}', en: 'the entry cannot be logged: {what}' },
    next: { zh: '请把交换编号告知运维人员', en: 'give the exchange id to the operator' },
  },
  leaf_malformed: {
    status: 400,
    who: 'caller',
    text: {
      zh: '日志条目的字节不是规范形式：{what}',
      en: 'the bytes of the entry have the wrong form: {what}',
    },
    next: {
      zh: '取回原始字节；不要重新格式化',
      en: 'fetch the original bytes again; do not reformat them',
    },
  },
  note_malformed: {
    status: 400,
    who: 'caller',
    text: { zh: '签名文本格式不正确：{what}', en: 'the signed note has the wrong form: {what}' },
    next: {
      zh: '取回原件；换行须保持原样',
      en: 'fetch the original again; line ends must stay as they were',
    },
  },
  note_key_unknown: {
    status: 400,
    who: 'caller',
    text: {
      zh: '签名文本没有所信任密钥的签名',
      en: 'no signature on the note is by a key that is trusted here',
    },
    next: { zh: '核对日志公钥（vkey）', en: "compare with the log's public key (vkey)" },
  },
  note_key_ended: {
    status: 400,
    who: 'caller',
    text: {
      zh: '{size} 条的检查点只有旧日志密钥的签名，而该密钥自 {from} 条起已由新密钥接替',
      en: 'the checkpoint of {size} entries is signed by an old log key alone, which the new one replaced from {from} entries on',
    },
    next: {
      zh: '不要采信：旧密钥可能已被盗用；请告知枢纽运维与审计员',
      en: 'do not rely on it: the old key may be stolen; notify the operator and the auditors of the hub',
    },
  },
  log_rotation_invalid: {
    status: 400,
    who: 'caller',
    text: {
      zh: '日志密钥的更换声明不成立：{what}',
      en: 'a statement that the log changed its key does not hold: {what}',
    },
    next: {
      zh: '仍以原来的公钥为准，并经其他渠道向枢纽核对日志公钥',
      en: "go on with the key you had, and compare the log's key with the hub by another channel",
    },
  },
  note_signature_invalid: {
    status: 400,
    who: 'caller',
    text: {
      zh: '密钥 {name} 的签名不成立：文本已被改动',
      en: 'the signature by {name} does not hold: the text was altered',
    },
    next: { zh: '不要采信此文件；取回原件', en: 'do not rely on this file; fetch the original' },
  },
  vkey_malformed: {
    status: 400,
    who: 'caller',
    text: { zh: '日志公钥（vkey）格式不正确：{what}', en: 'the log key (vkey) has the wrong form: {what}' },
    next: { zh: '应为“名称+编号+base64”', en: 'expected name+id+base64' },
  },
  checkpoint_malformed: {
    status: 400,
    who: 'caller',
    text: { zh: '检查点格式不正确：{what}', en: 'the checkpoint has the wrong form: {what}' },
    next: { zh: '从枢纽重新取得检查点', en: 'fetch the checkpoint from the hub again' },
  },
  proof_malformed: {
    status: 400,
    who: 'caller',
    text: { zh: '存在证明格式不正确：{what}', en: 'the proof has the wrong form: {what}' },
    next: { zh: '从枢纽重新取得回执', en: 'fetch the receipt from the hub again' },
  },
  receipt_malformed: {
    status: 400,
    who: 'caller',
    text: { zh: '回执格式不正确：{what}', en: 'the receipt has the wrong form: {what}' },
    next: {
      zh: '使用 datong-receipt 响应头的原文，或重新取得回执',
      en: 'use the datong-receipt header as it came, or fetch the receipt again',
    },
  },
  pack_malformed: {
    status: 400,
    who: 'caller',
    text: { zh: '证据包格式不正确：{what}', en: 'the evidence pack has the wrong form: {what}' },
    next: { zh: '重新导出证据包', en: 'export the pack again' },
  },
  anchors_malformed: {
    status: 400,
    who: 'caller',
    text: { zh: '信任锚文件格式不正确：{what}', en: 'the anchors file has the wrong form: {what}' },
    next: {
      zh: '从枢纽的公开端口重新下载，并与另一渠道核对',
      en: "download it again from the hub's open listener and compare it by another channel",
    },
  },
} as const;
