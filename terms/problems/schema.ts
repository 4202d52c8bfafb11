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
      en: 'mend the findings and submit again; datong schema lint checks it on your own machine',
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
      zh: '按所列问题修改，或以新的主版本号发布',
      en: 'mend what findings name, or publish it as a new major version',
    },
  },
  compatibility_fixed: {
    status: 409,
    who: 'department',
    text: {
      zh: '该主版本的兼容方式已定为 {mode}',
      en: 'the versions of this major promise one another {mode}: that is said with the first of them',
    },
    next: {
      zh: '去掉 compatibility，或以新的主版本号发布',
      en: 'leave compatibility away, or publish it as a new major version',
    },
  },
  schema_in_review: {
    status: 409,
    who: 'department',
    text: { zh: '{what} 正在审核，审核期间文本不得更改', en: '{what} is in review: its text stays as it is' },
    next: {
      zh: '先退回（datong refuse），再提交修改后的文本',
      en: 'have it returned first (datong refuse), then submit the other text',
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
    next: { zh: '该日之后再退役', en: 'retire it after that day' },
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
  rebind_unfit: {
    status: 409,
    who: 'department',
    text: {
      zh: '数据资源 {dataset} 不能移至 {schema}：已存的行或映射不适用，未作任何更改',
      en: 'the dataset {dataset} cannot go over to {schema}: stored rows or mappings do not go with it; nothing has moved',
    },
    next: {
      zh: '按所列各项修改标准或映射；改变类型、主键或主版本的，请登记新的数据资源',
      en: 'mend the schema or the mapping as findings say; for another type, key or major version register a new dataset',
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
  code_list_invalid: {
    status: 422,
    who: 'data-office',
    text: { zh: '值域代码“{list}”不可用：{reason}', en: 'the code list "{list}" cannot be used: {reasonEn}' },
    next: { zh: '修改代码表后重新登记', en: 'mend the list and register it again' },
  },
} as const;
