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
  dataset_id_used_up: {
    status: 409,
    who: 'caller',
    text: {
      zh: '编号 {dataset} 属于已退役的数据资源，不再使用',
      en: '{dataset} is the id of a retired dataset and cannot be used again',
    },
    next: { zh: '换一个编号登记', en: 'register it under another id' },
  },
  dataset_differs: {
    status: 409,
    who: 'caller',
    text: {
      zh: '数据资源 {dataset} 已登记，与文件所写不同（见 findings），未作更改',
      en: '{dataset} is registered and differs from the file (see findings); nothing was changed',
    },
    next: {
      zh: '按各项所写的办法更改，或使文件与所登记的一致',
      en: 'change it in the way that each finding names, or make the file match the current state',
    },
  },
  already_registered: {
    status: 409,
    who: 'caller',
    text: { zh: '{what} 已登记，且内容不同', en: '{what} is registered with other content' },
    next: { zh: '核对两份内容的差异', en: 'compare the two' },
  },
  code_list_day_taken: {
    status: 409,
    who: 'caller',
    text: {
      zh: '值域代码 {name} 的版本 {version} 也自 {from} 起启用，无法分出先后',
      en: 'version {version} of code list {name} also applies from {from}; two versions cannot begin on one day',
    },
    next: { zh: '换一个启用日期，或先撤回那个版本', en: 'name another day, or withdraw that version first' },
  },
  code_list_unfit: {
    status: 409,
    who: 'caller',
    text: {
      zh: '自 {day} 起，{at} 将无法与值域代码 {name} 的这一变化相容（见 findings）',
      en: '{at} would be incompatible with this change of code list {name} from {day} on (see findings)',
    },
    next: { zh: '先登记相容的标准或映射', en: 'register schemas and mappings that can, first' },
  },
  code_list_ahead: {
    status: 409,
    who: 'caller',
    text: {
      zh: '{what} 与自 {day} 起生效的值域代码版本不相容（见 findings）',
      en: '{what} is incompatible with the version of a code list that applies from {day} on (see findings)',
    },
    next: {
      zh: '改到与今天及以后的版本都相容，或固定其版本',
      en: 'make it fit the versions of today and of later, or pin one',
    },
  },
  owner_decides: {
    status: 403,
    who: 'provider',
    text: {
      zh: '由 {owner} 自己的人决定：该部门有数据管理员或数据安全管理员',
      en: 'persons of {owner} decide, because it has its own steward or security officer',
    },
    next: { zh: '请该部门处理', en: 'ask the department' },
  },
  retirement_read_anew: {
    status: 409,
    who: 'provider',
    text: {
      zh: '{dataset} 退役将销毁的内容与您所见的不同，或未写明所见内容的摘要',
      en: 'the data that retiring {dataset} destroys differs from what you were shown, or the digest is missing',
    },
    next: {
      zh: '重新查看该数据资源，以所示摘要再次退役',
      en: 'look at the dataset again, and retire it by the digest that it shows',
    },
  },
  dataset_read_anew: {
    status: 409,
    who: 'provider',
    text: {
      zh: '数据资源 {dataset} 已与您所读的不同，未作更改',
      en: '{dataset} is not as you read it, and nothing was amended',
    },
    next: {
      zh: '重新查看该数据资源，以所示摘要再次更改',
      en: 'look at the dataset again, and amend it by the digest that it shows',
    },
  },
  officer_decides: {
    status: 403,
    who: 'provider',
    text: {
      zh: '由数据安全管理员决定：所提事项降低防护或改变数据项含义',
      en: 'the security officer decides, because the proposal lowers protection or changes the meaning of a field',
    },
    next: {
      zh: '由该部门或数据主管部门的数据安全管理员接受',
      en: 'have a security officer of the department or of the data office accept it',
    },
  },
  keys_of_one_hand: {
    status: 403,
    who: 'data-office',
    text: {
      zh: '{departments} 双方的密钥都只经一人之手，协议不能生效',
      en: 'one person enrolled the keys of both sides ({departments}): the agreement cannot come into force',
    },
    next: {
      zh: '由另一人与部门核对指纹后确认其一：datong review approve {keyid}',
      en: 'have another person compare a thumbprint with its department: datong review approve {keyid}',
    },
  },
  mandate_invalid: {
    status: 422,
    who: 'department',
    text: { zh: '签署授权书不能登记：{reason}', en: 'the mandate cannot be registered: {reason}' },
    next: {
      zh: '由部门在密钥所在处重新出具：datong policy mandate give',
      en: 'have the department give it again where its key is: datong policy mandate give',
    },
  },
  mandate_refused: {
    status: 403,
    who: 'department',
    text: {
      zh: '不能代表 {department} 用通行密钥签署：{reason}',
      en: 'this passkey cannot sign for {department}: {reason}',
    },
    next: {
      zh: '查看授权书：datong policy mandate list；或由该部门用签名密钥签署',
      en: 'see its mandates: datong policy mandate list; or have the department sign with its key',
    },
  },
  both_sides: {
    status: 403,
    who: 'department',
    text: {
      zh: '{department} 一方已由同一人（或其代办关系人）签署，一人不得代表双方',
      en: 'the same person signed for {department}: one person cannot sign for both sides',
    },
    next: { zh: '由另一人签署或批准', en: 'have another person sign or approve' },
  },
  objection_pends: {
    status: 403,
    who: 'data-office',
    text: {
      zh: '该部门对密钥 {keyid} 提出了异议，由数据主管部门决定',
      en: 'the department objects to the key {keyid}: the data office decides',
    },
    next: {
      zh: '由主管部门的数据管理员或数据安全管理员确认或拒绝',
      en: 'a steward or security officer of the data office confirms or refuses it',
    },
  },
  proposals_full: {
    status: 429,
    who: 'caller',
    text: { zh: '您已有 {most} 项提议在等待', en: 'you have {most} proposals waiting' },
    next: {
      zh: '等待其所有者处理，或撤回一些',
      en: 'wait until their owners have decided, or take some back',
    },
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
  number_of_department: {
    status: 409,
    who: 'caller',
    text: {
      zh: '编号 {id} 以部门代码 {department} 开头，只用于该部门作为需求部门的共享协议',
      en: 'the number {id} begins with the code of {department}: it is for agreements of which that is the consumer',
    },
    next: { zh: '换一个编号', en: 'take another number' },
  },
  parties_differ: {
    status: 409,
    who: 'caller',
    text: {
      zh: '编号 {id} 属于另一份文件，其各方或种类与此不同',
      en: 'the number {id} is that of another document, of other parties or of another kind',
    },
    next: {
      zh: '换一个编号，从版本 1 开始；各方变更的协议须另立新号',
      en: 'take another number, from version 1 on; an agreement of other parties is another agreement',
    },
  },
  version_stale: {
    status: 409,
    who: 'caller',
    text: {
      zh: '{what} 写成之后生效的版本已变为 {standing}，它不再有效',
      en: '{what} was written before version {standing} came into force: it is void',
    },
    next: { zh: '以版本 {next} 重新提交', en: 'submit it again as version {next}' },
  },
  stop_not_yours: {
    status: 403,
    who: 'other',
    text: {
      zh: '暂停由 {sides} 作出，只能由其或数据主管部门解除',
      en: 'it was stopped by {sides}: only that side, or the data office, lifts it',
    },
    next: { zh: '请暂停方或数据主管部门办理', en: 'ask that side or the data office' },
  },
  stop_spent: {
    status: 409,
    who: 'data-office',
    text: {
      zh: '提供部门的暂停期限已于 {until} 届满，主管部门未予确认',
      en: "the provider's suspension expired on {until}: the data office did not confirm it",
    },
    next: {
      zh: '请主管部门暂停该协议；首次暂停满三十日后方可再次自行暂停',
      en: 'ask the data office to suspend it; the provider may suspend it again 30 days after its first suspension',
    },
  },
  unknown_reference: {
    status: 422,
    who: 'caller',
    text: { zh: '没有登记过的{kind}：{name}', en: 'unknown {kind}: {name}' },
    next: { zh: '先登记它，或改正引用', en: 'register it first, or correct the reference' },
  },
  sharing_conditions: {
    status: 422,
    who: 'caller',
    text: {
      zh: '共享类型为“{type}”：有条件共享必须写明共享条件，其他类型不得有共享条件',
      en: 'sharing is "{type}": conditional sharing must state its conditions; other types must have none',
    },
    next: { zh: '改正 sharing.conditions', en: 'correct sharing.conditions' },
  },
  code_list_invalid: {
    status: 422,
    who: 'caller',
    text: { zh: '值域代码 {name} 不正确：{reason}', en: 'code list {name} is wrong: {reason}' },
    next: { zh: '修改后重新登记', en: 'correct it and register again' },
  },
  effect_not_accepted: {
    status: 409,
    who: 'caller',
    text: {
      zh: '批准前须看过并接受它今日的影响（见 findings：合看会得到更多，或一段时间没有应答）；其摘要为 {digest}',
      en: 'what this changes today has to be seen and accepted (see findings: what the consumer puts together, or a time without answers); its digest is {digest}',
    },
    next: {
      zh: '确认可以接受后，在 effect 中写明该摘要再批准',
      en: 'approve again with that digest as effect, if this is acceptable',
    },
  },
  answers_would_break: {
    status: 409,
    who: 'caller',
    text: {
      zh: '第 {version} 版正在应答，而新版本{term}：无人看过这一影响即生效，会使应答中断',
      en: 'version {version} answers, and the term of the new one {term}: in force without a person who has seen this, it would interrupt the answers',
    },
    next: {
      zh: '枢纽自行写成的协议：期限从今天或更早开始，且尚未结束；导入的批复：先退回或撤回等待中的提议，再提议一次，由另一人看到中断后确认',
      en: 'an agreement that the hub writes: let its term begin today or before, and end later; an imported approval: refuse or withdraw the proposal that waits and propose it again, so that the second person is shown the gap',
    },
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
    who: 'other',
    text: { zh: '提交人不能审批自己提交的文件', en: 'the person who submitted it cannot approve it' },
    next: { zh: '由另一人审批', en: 'have another person approve it' },
  },
  handed_on: {
    status: 409,
    who: 'other',
    text: { zh: '该环节已转办给另一人', en: 'this stage was forwarded to another person' },
    next: { zh: '由其办理；需改由他人办理的，再次转办', en: 'that person acts; or forward it again' },
  },
  hand_on_unfit: {
    status: 422,
    who: 'caller',
    text: {
      zh: '不能转办给此人：须为本环节一方的在岗人员、具有相应角色，且未提出、也未办理过该申请',
      en: 'it cannot be forwarded to this person: the person must work at the side whose stage it is, with its role, and must neither have made the request nor decided before',
    },
    next: {
      zh: '另选一人：datong review deputy persons',
      en: 'choose another one: datong review deputy persons',
    },
  },
  demand_unfit: {
    status: 422,
    who: 'caller',
    text: { zh: '数据需求不能这样办理：{reason}', en: 'the demand cannot go on like this: {reason}' },
    next: { zh: '按说明更正', en: 'correct it as the reason states' },
  },
  return_once: {
    status: 409,
    who: 'caller',
    text: {
      zh: '{what} 已由本方退回过一次；缺什么应一次性告知',
      en: '{what} was returned by your side before: name everything that is missing in one list',
    },
    next: { zh: '审核通过、拒绝或提出可共享的范围', en: 'pass it, refuse it, or offer what you would grant' },
  },
  not_the_last_stage: {
    status: 409,
    who: 'caller',
    text: { zh: '{what} 尚未到审定环节', en: '{what} is not at its last stage' },
    next: { zh: '由审定环节提出可共享的范围', en: 'the deciding person offers what would be granted' },
  },
  offer_not_narrower: {
    status: 422,
    who: 'caller',
    text: {
      zh: '提出的范围比申请的更宽：{cell}',
      en: 'the offer discloses more than was requested: {cell}',
    },
    next: { zh: '减少数据项或采用更粗的脱敏', en: 'offer fewer fields or coarser masks' },
  },
  request_unfit: {
    status: 422,
    who: 'caller',
    text: { zh: '申请不正确：{reason}', en: 'the request is not valid: {reason}' },
    next: { zh: '按说明修改', en: 'correct it as the reason states' },
  },
  simulations_too_many: {
    status: 429,
    who: 'caller',
    text: {
      zh: '同时进行的试算已达上限：每人 {ofPerson} 次，每部门 {ofDepartment} 次',
      en: 'too many simulations at once: {ofPerson} of a person, {ofDepartment} of a department',
    },
    next: {
      zh: '等前一次试算结束，按 Retry-After 重试',
      en: 'wait until the one before has ended; try again after Retry-After',
    },
  },
  renewal_of_emergency: {
    status: 409,
    who: 'caller',
    text: {
      zh: '共享协议 {agreement} 以应急为依据，不得续期',
      en: 'agreement {agreement} rests on an emergency and is not renewed',
    },
    next: {
      zh: '改用其他依据另写协议，以 datong request new 提出',
      en: 'write the agreement on another basis, and ask with datong request new',
    },
  },
  renewal_outdated: {
    status: 409,
    who: 'caller',
    text: {
      zh: '共享协议 {agreement} 所列的下列内容已不存在：{gone}',
      en: 'agreement {agreement} refers to items that no longer exist: {gone}',
    },
    next: {
      zh: '按现有数据另写协议，以 datong request new 提出',
      en: 'write the agreement from the data as it is now, and ask with datong request new',
    },
  },
  renewal_waits: {
    status: 409,
    who: 'caller',
    text: {
      zh: '共享协议 {agreement} 的第 {version} 版已提交，尚未决定',
      en: 'version {version} of agreement {agreement} is submitted and not decided yet',
    },
    next: {
      zh: '等该版本批准或退回后再续期',
      en: 'wait until that version is approved or returned, then renew',
    },
  },
  template_outdated: {
    status: 409,
    who: 'data-office',
    text: {
      zh: '申请模板 {template} 所列的下列内容不存在：{gone}',
      en: 'request template {template} names what is not there: {gone}',
    },
    next: { zh: '请数据主管部门修订模板', en: 'the data office revises the template' },
  },
  template_withdrawn: {
    status: 409,
    who: 'caller',
    text: { zh: '申请模板 {template} 已撤回', en: 'request template {template} has been withdrawn' },
    next: { zh: '选用其他模板，或自行填写申请', en: 'choose another, or write the request yourself' },
  },
  procedure_unfit: {
    status: 422,
    who: 'data-office',
    text: { zh: '办理流程不正确：{reason}', en: 'the procedure is not valid: {reason}' },
    next: { zh: '按说明修改', en: 'correct it as the reason states' },
  },
  text_identity_number: {
    status: 422,
    who: 'caller',
    text: {
      zh: '说明文字中有身份证件号码；这些文字会长期留存',
      en: 'a text contains an identity number, and such texts are stored',
    },
    next: { zh: '写事由，不写个人', en: 'write what it is about, without naming a person' },
  },
  sharing_not_unconditional: {
    status: 422,
    who: 'caller',
    text: {
      zh: '数据资源 {dataset} 不是无条件共享，不能自动授权',
      en: 'dataset {dataset} is not shared unconditionally: no automatic agreement',
    },
    next: { zh: '提交申请，由提供部门签署', en: 'ask the provider for an agreement' },
  },
  sharing_without_entry: {
    status: 422,
    who: 'provider',
    text: {
      zh: '数据资源 {dataset} 登记为无条件共享，但没有生效的目录条目如此规定；在此之前按有条件共享办理，不能自动授权',
      en: 'dataset {dataset} is registered as shared unconditionally, and no catalogue entry in force says so: until one does it is shared on conditions, without automatic agreements',
    },
    next: {
      zh: '提供部门登记链接该数据资源的目录条目（kind: CatalogueEntry，sharing.type: unconditional），由数据安全管理员同意；在此之前可提交申请，由提供部门签署',
      en: 'the provider registers a catalogue entry that links it (kind: CatalogueEntry, sharing.type: unconditional), and the security officer agrees; until then ask the provider for an agreement',
    },
  },
  compliance_check_first: {
    status: 422,
    who: 'caller',
    text: {
      zh: '本市的办理流程要求无条件共享先经主管部门符合性审查',
      en: 'the city’s procedure has the data office check requests for unconditional data first',
    },
    next: {
      zh: '提交申请（datong request new），由主管部门审查',
      en: 'make a request (datong request new): the data office checks it',
    },
  },
  automatic_by_hub_only: {
    status: 422,
    who: 'caller',
    text: { zh: '自动共享协议只由枢纽生成', en: 'automatic agreements are written by the hub alone' },
    next: {
      zh: '提交 automatic：数据资源、需求部门、使用场景、期限',
      en: 'submit "automatic": dataset, consumer, purpose and term',
    },
  },
  sharing_refused: {
    status: 422,
    who: 'provider',
    text: { zh: '数据资源 {dataset} 不予共享', en: 'dataset {dataset} is not shared' },
    next: { zh: '请提供部门说明法律依据', en: 'ask the provider for its legal basis' },
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
  secret_shown_once: {
    status: 409,
    who: 'caller',
    text: {
      zh: '同一个幂等键的请求已由交换 {exchange} 办理；其答复含只显示一次的密钥，不再给出',
      en: 'exchange {exchange} already executed the request with this idempotency key; its answer contained a secret that is shown only once',
    },
    next: {
      zh: '查看已办理的结果；未收到密钥的，用新的键更换密钥，或作废后重新办理',
      en: 'look up what was done; if the secret did not arrive, replace it, or end it and do it again, under a new key',
    },
  },
  not_your_department: {
    status: 403,
    who: 'other',
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
    text: { zh: '在途的请求正文过多', en: 'too many request bodies are being received' },
    next: { zh: '减少并行上传，按 Retry-After 重试', en: 'upload less at once; try again after Retry-After' },
  },
} as const;
