export const schemaProblems = {
  schema_invalid: {
    status: 422,
    who: 'department',
    text: {
      zh: '数据集标准有 {count} 处不符合规范，第一处在 {at}：{first}',
      en: 'the schema breaks the profile in {count} places, first at {at}: {firstEn}',
    },
    next: {
      zh: '按所列问题逐条修改后重新提交；运行 datong schema lint 可在本地检查',
      en: 'correct the findings and submit again; datong schema lint checks it on your own machine',
    },
  },
  schema_unknown: {
    status: 404,
    who: 'caller',
    text: { zh: '没有名为“{name}”的数据集标准', en: 'there is no schema named "{name}"' },
    next: { zh: '核对名称与主版本号', en: 'check its name and major version' },
  },
  schema_incompatible: {
    status: 409,
    who: 'department',
    text: {
      zh: '新版本与 {against} 不兼容（{mode}），第一处在 {at}',
      en: 'the new version is not {mode}-compatible with {against}, first at {at}',
    },
    next: {
      zh: '按所列问题修改，或以新的主版本号发布；确有必要的，提交时写明豁免理由（waiver）',
      en: 'correct what the findings name, publish it as a new major version, or submit it with a waiver and its reason',
    },
  },
  waiver_idle: {
    status: 422,
    who: 'caller',
    text: {
      zh: '新版本没有破坏任何早先版本，不需要豁免',
      en: 'the version breaks no earlier one: there is nothing to waive',
    },
    next: { zh: '去掉 waiver 再提交', en: 'leave waiver away' },
  },
  waiver_not_restored: {
    status: 422,
    who: 'caller',
    text: {
      zh: '文本与 {version} 不同，不能称为恢复该版本',
      en: 'the text is not that of {version}: it does not restore it',
    },
    next: {
      zh: '除 $id 外逐字采用该版本的文本（datong schema restore），或去掉 restores',
      en: 'take its text but for $id (datong schema restore), or leave restores away',
    },
  },
  waiver_outgrown: {
    status: 409,
    who: 'caller',
    text: {
      zh: '{what} 现在破坏的内容或不符合的已存行多于豁免所载',
      en: '{what} breaks more by now, or more stored rows fail, than its waiver says',
    },
    next: {
      zh: '退回该版本，重新提交以再次核验已存的行',
      en: 'have it returned and submit it again: stored rows are examined anew',
    },
  },
  compatibility_fixed: {
    status: 409,
    who: 'department',
    text: {
      zh: '该主版本的兼容方式已定为 {mode}',
      en: 'the first version of this major fixed its compatibility: {mode}',
    },
    next: {
      zh: '去掉 compatibility，或以新的主版本号发布',
      en: 'leave compatibility away, or publish it as a new major version',
    },
  },
  checks_busy: {
    status: 429,
    who: 'caller',
    text: {
      zh: '正在检查其他（或您的另一份）数据集标准，这一份尚未开始',
      en: 'other schemas, or another one of yours, are being checked; this one has not begun',
    },
    next: {
      zh: '等前一次检查答复后，按 Retry-After 重试',
      en: 'wait for the answer to the one before, and try again after Retry-After',
    },
  },
  schema_same: {
    status: 409,
    who: 'department',
    text: {
      zh: '{what} 与上一版本 {before} 逐字相同，没有可发布的内容',
      en: '{what} has the same text as the version before it, {before}: there is nothing to publish',
    },
    next: {
      zh: '继续使用上一版本；确有改动的，改好正文后再提交',
      en: 'go on with the version before it, or make the change in the text and submit it then',
    },
  },
  schema_in_review: {
    status: 409,
    who: 'department',
    text: { zh: '{what} 正在审核，审核期间文本不得更改', en: '{what} is in review: its text stays as it is' },
    next: {
      zh: '先退回（datong review refuse），再提交修改后的文本',
      en: 'have it returned first (datong review refuse), then submit the other text',
    },
  },
  sunset_too_soon: {
    status: 422,
    who: 'caller',
    text: {
      zh: '停用日期距今不足 {days} 天',
      en: 'the last day is fewer than {days} days ahead',
    },
    next: { zh: '最早为 {least}', en: 'the earliest is {least}' },
  },
  sunset_ahead: {
    status: 409,
    who: 'caller',
    text: {
      zh: '{what} 的最后一天是 {sunset}，尚未过去',
      en: 'the last day of {what} is {sunset}, which is not over',
    },
    next: { zh: '该日之后再办理', en: 'do it after that day' },
  },
  catalogue_secret: {
    status: 422,
    who: 'department',
    text: {
      zh: '涉及国家秘密、工作秘密或核心数据（{dataClass}）的资源不得编入目录',
      en: 'data of this class ({dataClass}) is not registered in the catalogue at all',
    },
    next: {
      zh: '不要登记；如分类有误，先更正分类',
      en: 'do not register it; correct the class first if it is wrong',
    },
  },
  sharing_basis: {
    status: 422,
    who: 'department',
    text: {
      zh: '不予共享的须写明法律、行政法规或国务院决定依据，其他类型不写（这里是 {type}）',
      en: 'what is not shared names the law by which it is not, and nothing else does (it is {type})',
    },
    next: { zh: '补上或去掉 sharing.basis', en: 'add sharing.basis, or leave it away' },
  },
  element_source: {
    status: 409,
    who: 'department',
    text: {
      zh: '数据元 {element} 的数源部门是 {department}，本部门不得另行提供',
      en: 'the element {element} comes from {department}: another department does not offer it',
    },
    next: {
      zh: '向数源部门申请共享；字段取自数源部门的，在标准中写明 x-source；确需另行提供的，请主管部门在数源登记中列入 also',
      en: 'ask for it there; mark a field that was taken from there with x-source; where a second source is needed, the data office decides it (also)',
    },
  },
  element_source_own: {
    status: 422,
    who: 'caller',
    text: { zh: '部门 {department} 在数源登记中写了两次', en: 'the department {department} is listed twice' },
    next: { zh: '每个部门只写一次', en: 'name each department once' },
  },
  catalogue_duplicate: {
    status: 409,
    who: 'department',
    text: {
      zh: '{department} 的 {other} 已提供全部相同的数据元（一数一源）',
      en: '{other} of {department} already offers every one of these elements (one source for each fact)',
    },
    next: {
      zh: '直接申请共享该资源；确有必要另行编目的，用 sameData 写明理由',
      en: 'ask for that one; if a second entry is needed, say why in sameData',
    },
  },
  import_refused: {
    status: 422,
    who: 'department',
    text: {
      zh: '{entries} 个目录条目中有 {refused} 个不能登记，全部未登记',
      en: 'of {entries} entries {refused} are refused: none was registered',
    },
    next: {
      zh: '按 findings 逐条更正后重新导入',
      en: 'correct the places named in the findings and import the whole file again',
    },
  },
  entry_foreign: {
    status: 422,
    who: 'department',
    text: {
      zh: '{entry} 不属于部门 {department}',
      en: '{entry} does not belong to {department}',
    },
    next: { zh: '一次只导入一个部门的条目', en: 'import the entries of one department at a time' },
  },
  entry_twice: {
    status: 422,
    who: 'department',
    text: { zh: '{entry} 在同一次导入中出现了两次', en: '{entry} is listed twice in one import' },
    next: { zh: '每个条目只写一次', en: 'name each entry once' },
  },
  entry_contradicts: {
    status: 422,
    who: 'department',
    text: {
      zh: '目录条目与 {what} 不一致：{reason}',
      en: 'the entry and {what} say different things: {reason}',
    },
    next: {
      zh: '改正条目，或将所列的另一条目与它一并导入修订；分级和个人信息以数据集标准为准，共享属性以目录条目为准',
      en: 'correct the entry, or revise it and the other one that is named in one import; the schema states class and personal information, the entry states how the data is shared',
    },
  },
  entry_stops_agreements: {
    status: 409,
    who: 'department',
    text: {
      zh: '{dataset} 将改为不予共享，而尚有 {agreements} 份共享协议有效，未作更改',
      en: '{dataset} would be shared no more while {agreements} agreements over it are in force: nothing was changed',
    },
    next: {
      zh: '先暂停所列的共享协议，其需求部门即得知原因，再修订条目',
      en: 'suspend the agreements that are named first, so that their consumers learn the reason, and then revise the entry',
    },
  },
  entry_revives_agreements: {
    status: 409,
    who: 'department',
    text: {
      zh: '{dataset} 将恢复共享，而尚有 {agreements} 份此前因不予共享而停用的共享协议会随即恢复，未作更改',
      en: '{dataset} would be shared again, and {agreements} agreements that were idle as long as it was not would answer at once: nothing was changed',
    },
    next: {
      zh: '先暂停所列的共享协议，修订条目后再逐份恢复',
      en: 'suspend the agreements that are named first, revise the entry, and then resume each of them by its own act',
    },
  },
  entry_revised: {
    status: 409,
    who: 'department',
    text: {
      zh: '{entry} 在提议之后已有新的修订（第 {revision} 次）',
      en: '{entry} was revised after the import was proposed (revision {revision})',
    },
    next: {
      zh: '撤回这次导入，按现行条目重新导出、修改、导入',
      en: 'withdraw the import; export the entries as they are now, edit and import them again',
    },
  },
  matter_in_use: {
    status: 409,
    who: 'department',
    text: {
      zh: '事项 {matter} 仍被共享协议 {agreement} 引用，不能终止',
      en: 'matter {matter} is named by agreement {agreement}: it cannot end',
    },
    next: {
      zh: '先由各方改签或终止该共享协议',
      en: 'have the agreement amended or ended first',
    },
  },
  duplicate_material: {
    status: 422,
    who: 'department',
    text: { zh: '同一材料写了两次', en: 'the same paper is listed twice' },
    next: { zh: '每种材料只写一次，列出其全部数据项', en: 'name each paper once, with all of its fields' },
  },
  rebind_unfit: {
    status: 409,
    who: 'department',
    text: {
      zh: '数据资源 {dataset} 不能移至 {schema}：已存的行、映射、规则或主题不适用，未作任何更改',
      en: 'the dataset {dataset} cannot go over to {schema}: stored rows, mappings, rules or its topic do not go with it; nothing has moved',
    },
    next: {
      zh: '按所列各项修改标准或映射；改变类型、主键或主版本的，用 datong dataset changeover 换至新的主版本，事件类型则另登记一个类型',
      en: 'correct the schema or the mapping as the findings state; for another type or key, or a new major version, use datong dataset changeover; where it is a type of event, register another type',
    },
  },
  schema_in_use: {
    status: 409,
    who: 'department',
    text: {
      zh: '仍有 {count} 个数据资源采用 {what}，第一个是 {first}',
      en: '{count} datasets are still bound to {what}, the first is {first}',
    },
    next: {
      zh: '先将这些数据资源移至其他版本，或使其退役',
      en: 'move them to another version first, or retire them',
    },
  },
  schema_used: {
    status: 409,
    who: 'department',
    text: {
      zh: '{what} 已被采用，不能删除：{reason}',
      en: '{what} is in use or was used, and cannot be discarded: {reason}',
    },
    next: {
      zh: '登记新版本；用 datong schema deprecate 宣布停用此版本',
      en: 'register a further version, and end this one with datong schema deprecate',
    },
  },
  schema_overtaken: {
    status: 409,
    who: 'caller',
    text: {
      zh: '比较期间该标准又登记了另一版本，{what} 未登记',
      en: 'another version of the schema was registered while {what} was compared: it is not registered',
    },
    next: {
      zh: '重新提交，再与新版本比较',
      en: 'submit it again: it is then compared with that version too',
    },
  },
  code_list_unknown: {
    status: 422,
    who: 'data-office',
    text: { zh: '没有登记值域代码“{list}”', en: 'the code list "{list}" is not registered' },
    next: { zh: '先登记该值域代码，再使用此标准', en: 'register the code list first' },
  },
} as const;
