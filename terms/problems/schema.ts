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
  schema_meaning_changed: {
    status: 409,
    who: 'department',
    text: {
      zh: '与 {against} 相比，字段的含义或可见范围改变了，第一处在 {at}；同一主版本内不得改变',
      en: 'compared with {against}, what a field means or who may see it changed, first at {at}: it may not within a major version',
    },
    next: {
      zh: '恢复所列标记，或以新的主版本号发布',
      en: 'put back the marks that findings name, or publish it as a new major version',
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
