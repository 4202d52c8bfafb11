/** Rows that come by signed calls instead of files. */
export const rowsByCallProblems = {
  rows_not_by_call: {
    status: 409,
    who: 'provider',
    text: {
      zh: '{dataset} 只接收文件，不接收逐次调用送来的行',
      en: '{dataset} accepts files only, not rows by call',
    },
    next: {
      zh: '由数据管理员登记 intake.byCall（datong dataset amend --intake），或以文件报送（datong send）',
      en: 'have a steward register intake.byCall (datong dataset amend --intake), or send a file (datong send)',
    },
  },
  rows_malformed: {
    status: 400,
    who: 'caller',
    text: {
      zh: '正文不是完整的 JSON 列表，也不是每行一个对象的 NDJSON（UTF-8）',
      en: 'the body is neither a whole JSON array nor NDJSON with one object a line (UTF-8)',
    },
    next: {
      zh: '核对正文是否完整，以及 Content-Type 是 application/json 还是 application/x-ndjson',
      en: 'check that the body is whole and that Content-Type is application/json or application/x-ndjson',
    },
  },
  rows_too_many: {
    status: 422,
    who: 'caller',
    text: {
      zh: '一次调用含 1 至 {most} 行；这次有 {rows} 行',
      en: 'one call has 1 to {most} rows; this one has {rows}',
    },
    next: { zh: '分成几次调用', en: 'divide the rows among several calls' },
  },
  rows_other_count: {
    status: 422,
    who: 'caller',
    text: {
      zh: '参数 rows 写明 {declared} 行，正文有 {found} 行：没有保存任何一行',
      en: 'the parameter rows states {declared} rows and the body has {found}: none was stored',
    },
    next: { zh: '核对后把全部行再送一次', en: 'check the rows and send all of them again' },
  },
  rows_refused: {
    status: 422,
    who: 'provider',
    text: {
      zh: '{rows} 行中有 {bad} 行有问题，超过允许的数量：没有保存任何一行',
      en: '{bad} of {rows} rows are bad, more than may be: none was stored',
    },
    next: {
      zh: '按 findings 中的行号、数据项与规则改正后重新发送',
      en: 'correct the rows by index, field and rule in findings, and send them again',
    },
  },
  rows_mapping_unfit: {
    status: 422,
    who: 'caller',
    text: {
      zh: '映射 {mapping} 不是读取 JSON 记录的映射',
      en: 'the mapping {mapping} does not read JSON records',
    },
    next: {
      zh: '使用 source.format 为 json 且不指定 rows 的映射，或不写映射、按标准的数据项名称发送',
      en: 'name a mapping with source.format json and no option rows, or name none and send the fields of the schema',
    },
  },
  by_call_unfit: {
    status: 422,
    who: 'provider',
    text: { zh: 'intake.byCall 不可用：{reason}', en: 'intake.byCall cannot be used: {reason}' },
    next: { zh: '按说明更正 intake.byCall', en: 'correct intake.byCall as the reason states' },
  },
  time_field_unfit: {
    status: 422,
    who: 'provider',
    text: { zh: 'intake.timeField 不可用：{reason}', en: 'intake.timeField cannot be used: {reason}' },
    next: {
      zh: '按说明更正数据集标准或 intake.timeField',
      en: 'correct the schema or intake.timeField as the reason states',
    },
  },
  event_rule_unfit: {
    status: 422,
    who: 'provider',
    text: { zh: 'intake.eventRules 不可用：{reason}', en: 'intake.eventRules cannot be used: {reason}' },
    next: { zh: '按说明更正规则', en: 'correct the rule as the reason states' },
  },
  latest_unfit: {
    status: 422,
    who: 'caller',
    text: { zh: '不能查询最新值：{reason}', en: 'latest and asOf cannot be used here: {reason}' },
    next: {
      zh: '按说明更正查询；或请提供部门登记 intake.timeField',
      en: 'correct the query as the reason states, or ask the provider to register intake.timeField',
    },
  },
} as const;
