export const schemaProblems = {
  schema_invalid: {
    status: 422,
    who: 'department',
    text: {
      zh: '数据集标准有 {count} 处不符合规范，第一处在 {at}：{first}',
      en: 'the schema breaks the profile in {count} places, first at {at}: {firstEn}',
    },
    next: {
      zh: '按 findings 逐条修改后重新提交；运行 datong schema lint 可在本地检查',
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
      zh: '按 findings 修改，或以新的主版本号发布',
      en: 'mend what findings name, or publish it as a new major version',
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
