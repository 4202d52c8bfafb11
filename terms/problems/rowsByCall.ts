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
      zh: '正文须为完整的 JSON 列表、每行一个对象的 NDJSON，或 GeoJSON 的 FeatureCollection 或 Feature（UTF-8）',
      en: 'the body is no whole JSON array, no NDJSON with one object a line, and no GeoJSON FeatureCollection or Feature (UTF-8)',
    },
    next: {
      zh: '核对正文是否完整，以及 Content-Type 是 application/json、application/x-ndjson 还是 application/geo+json',
      en: 'check that the body is whole and that Content-Type is application/json, application/x-ndjson or application/geo+json',
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
  cases_unfit: {
    status: 422,
    who: 'provider',
    text: { zh: 'intake.cases 不可用：{reason}', en: 'intake.cases cannot be used: {reason}' },
    next: { zh: '按说明更正 intake.cases', en: 'correct intake.cases as the reason states' },
  },
  rollup_unfit: {
    status: 422,
    who: 'provider',
    text: { zh: 'intake.rollup 不可用：{reason}', en: 'intake.rollup cannot be used: {reason}' },
    next: {
      zh: '按说明更正数据集标准或 intake.rollup',
      en: 'correct the schema or intake.rollup as the reason states',
    },
  },
  rollup_failed: {
    status: 500,
    who: 'operator',
    text: {
      zh: '{dataset} 的汇总没有全部计算：{reason}',
      en: 'the rollup {dataset} is not computed in full: {reason}',
    },
    next: {
      zh: '按说明更正该数据资源的标准、规则或读数；其他汇总不受影响',
      en: 'correct the schema, the rules or the readings as the reason states; other rollups are not affected',
    },
  },
  rollup_computed: {
    status: 409,
    who: 'provider',
    text: {
      zh: '{dataset} 的数据由 {of} 的读数计算生成，不接收报送，也不能单独删除',
      en: '{dataset} is computed from the readings of {of}: it accepts no submissions, and its rows are not deleted on their own',
    },
    next: {
      zh: '报送或删除 {of} 的读数，汇总随之更正',
      en: 'send or delete readings of {of}: the computed rows follow',
    },
  },
  cases_by_call_only: {
    status: 409,
    who: 'provider',
    text: {
      zh: '{dataset} 的办件由多个部门办理，不接收文件',
      en: '{dataset} has cases that several departments work on, and accepts no files',
    },
    next: {
      zh: '新办件逐次调用报送（datong rows push），变更以 datong rows change',
      en: 'send new cases by call (datong rows push), and changes with datong rows change',
    },
  },
  geojson_crs: {
    status: 422,
    who: 'caller',
    text: {
      zh: 'GeoJSON 的 crs 不是 WGS 84（CRS84、EPSG 4326）或 CGCS2000（EPSG 4490）的经纬度',
      en: 'crs of the GeoJSON is not longitude and latitude in WGS 84 (CRS84, EPSG 4326) or CGCS2000 (EPSG 4490)',
    },
    next: {
      zh: '先转换坐标并去掉 crs；GCJ-02、BD-09 不写 crs，由映射转换（point: { datum }）',
      en: 'convert the coordinates and remove crs; GCJ-02 and BD-09 have no crs, and a mapping converts them (point: { datum })',
    },
  },
  geojson_without_place: {
    status: 422,
    who: 'caller',
    text: {
      zh: '{dataset} 没有位置数据项（x-geo: point），不能以 GeoJSON 交换',
      en: '{dataset} has no field with a place (x-geo: point): it cannot be exchanged as GeoJSON',
    },
    next: { zh: '改用 application/json', en: 'use application/json' },
  },
  case_subject_missing: {
    status: 409,
    who: 'caller',
    text: {
      zh: '{dataset} 的这一行没有写明所涉的人，日志无法据以查找',
      en: 'this row of {dataset} names no person, so the log cannot be searched for its readers',
    },
    next: {
      zh: '按数据资源和时间查找谁读取过',
      en: 'search by dataset and time instead',
    },
  },
  rows_not_changeable: {
    status: 409,
    who: 'provider',
    text: {
      zh: '{dataset} 没有登记 intake.cases，其行不能逐项变更',
      en: '{dataset} has not registered intake.cases: its rows cannot be changed by field',
    },
    next: {
      zh: '由提供部门登记 intake.cases，或整行报送',
      en: 'ask the provider to register intake.cases, or send whole rows',
    },
  },
  case_range_unfit: {
    status: 422,
    who: 'caller',
    text: { zh: '统计的时段不可用：{reason}', en: 'the range of the statistics cannot be used: {reason}' },
    next: { zh: '缩短或更正 from 与 until', en: 'shorten or correct from and until' },
  },
  acting_department_missing: {
    status: 400,
    who: 'caller',
    text: {
      zh: '未写明代表哪个部门办理',
      en: 'the call does not name the department that the person acts for',
    },
    next: { zh: '在地址中写明 department', en: 'name it in the address: department' },
  },
  case_notices_unfit: {
    status: 422,
    who: 'caller',
    text: {
      zh: 'notices 以时限为序，不能同时写 sort、latest 或 history，且须获准查询未脱敏的状态数据项',
      en: 'notices come in the order of their deadlines, without sort, latest or history, and need the state field without a mask',
    },
    next: {
      zh: '去掉 sort、latest 和 history，fields 中写明状态数据项；协议未给予时，请提供部门修订协议',
      en: 'leave out sort, latest and history, and ask for the state field; where the agreement does not grant it, ask the provider to amend it',
    },
  },
  not_a_contributor: {
    status: 403,
    who: 'provider',
    text: {
      zh: '本部门不在 {dataset} 的办理部门之列',
      en: 'the department is not a contributor of {dataset}',
    },
    next: {
      zh: '请提供部门把本部门写入 intake.cases.contributors',
      en: 'ask the provider to add the department to intake.cases.contributors',
    },
  },
  row_field_not_yours: {
    status: 403,
    who: 'caller',
    text: {
      zh: '数据项 {field} 不由本部门填写',
      en: 'the department may not set the field {field}',
    },
    next: {
      zh: '只填写 intake.cases 中本部门的数据项',
      en: 'set only the fields that intake.cases lists for the department',
    },
  },
  row_transition_not_allowed: {
    status: 409,
    who: 'caller',
    text: {
      zh: '本部门不能使这一办件由现状态进入所写状态',
      en: 'the department cannot move this row from its state to the given one',
    },
    next: {
      zh: '重新查询办件的现状态，按 intake.cases.transitions 办理',
      en: 'read the row again and make a transition that intake.cases.transitions lists',
    },
  },
  row_version_other: {
    status: 409,
    who: 'caller',
    text: {
      zh: '这一办件现为第 {version} 版，已在此期间变更：没有保存任何内容',
      en: 'the row is at version {version}: it changed in the meantime, and nothing was stored',
    },
    next: {
      zh: '重新查询后，按第 {version} 版再次变更',
      en: 'read the row again and make the change with version {version}',
    },
  },
  row_unchanged: {
    status: 422,
    who: 'caller',
    text: { zh: '所写内容与现有内容相同', en: 'the row already has these values' },
    next: { zh: '只写要变更的数据项', en: 'set only fields that change' },
  },
  history_unfit: {
    status: 422,
    who: 'caller',
    text: { zh: '不能查询历史：{reason}', en: 'history cannot be used here: {reason}' },
    next: { zh: '按说明更正查询', en: 'correct the query as the reason states' },
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
