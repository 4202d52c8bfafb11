/** Why a readable batch is not published: the findings of the guards, and who must then decide. */
export const guardProblems = {
  too_many_bad_rows: {
    status: 422,
    who: 'provider',
    text: {
      zh: '{records} 条中有 {bad} 条问题数据，超过映射允许的上限（{limit} = {allowed}），批次已搁置，未发布任何数据',
      en: '{bad} of {records} records are bad, more than the mapping allows ({limit} = {allowed}); the batch is held and nothing was published',
    },
    next: {
      zh: '取回问题数据，改正后重新报送',
      en: 'fetch the quarantined rows, correct them and submit again',
    },
  },
  decided_by_another: {
    status: 409,
    who: 'other',
    text: {
      zh: '该数据资源的待核批次由指定人员（{person}）核定',
      en: 'held batches of this dataset are decided by the person it names, {person}',
    },
    next: {
      zh: '由其本人、代办人或AB角核定；须两人的，其意见在先。换人：datong dataset amend --decides',
      en: 'the named person or their deputy decides; where two are required, this decision comes first. To name another person: datong dataset amend --decides',
    },
  },
  batch_shrunk: {
    status: 422,
    who: 'provider',
    text: {
      zh: '本次只有 {rows} 行，此前有 {reference} 行',
      en: 'only {rows} rows came where there were {reference} before',
    },
    next: {
      zh: '核对文件是否完整；确实减少的，请数据管理员放行（datong batch release）',
      en: 'check whether the file is whole; if the rows are really gone, ask the steward to release it (datong batch release)',
    },
  },
  batch_grown: {
    status: 422,
    who: 'provider',
    text: {
      zh: '本次有 {rows} 行，最近 {batches} 批通常为 {reference} 行，增加超出该数据资源的规定',
      en: '{rows} rows came where the last batches ({batches}) usually had {reference}: more than this dataset may grow',
    },
    next: {
      zh: '核对是否重复或混入了其他文件；确实增加的，请数据管理员放行（datong batch release）',
      en: 'check for rows of another file or doubled ones; if they are right, ask the steward to release it (datong batch release)',
    },
  },
  batch_field_emptied: {
    status: 422,
    who: 'provider',
    text: {
      zh: '字段 {field} 空缺的行占 {now}%，最近 {batches} 批通常为 {before}%',
      en: 'the field {field} is empty in {now} % of the rows, where in the last batches ({batches}) it usually was in {before} %',
    },
    next: {
      zh: '核对源系统导出时是否丢了该列；确实如此的，请数据管理员放行（datong batch release）',
      en: 'check whether the export lost that column; if it is right, ask the steward to release it (datong batch release)',
    },
  },
  batch_codes_shifted: {
    status: 422,
    who: 'provider',
    text: {
      zh: '字段 {field} 的代码分布与最近 {batches} 批通常相差 {share}% 的行',
      en: 'the codes of the field {field} differ from those of the last batches ({batches}) usually in {share} % of the rows',
    },
    next: {
      zh: '核对代码对照与源系统；确实如此的，请数据管理员放行（datong batch release）',
      en: 'check the codes of the source and their table; if they are right, ask the steward to release it (datong batch release)',
    },
  },
  batch_rows_before: {
    status: 422,
    who: 'provider',
    text: {
      zh: '与现有数据不同的行，几乎都与 {day} 发布的批次 {batch} 相同，批次已搁置，可能误报了旧文件',
      en: 'nearly all rows that differ from the current ones are those of batch {batch}, published on {day}; the batch is held, for it may be an old file',
    },
    next: {
      zh: '报送本期文件；确要恢复旧内容的，请数据管理员放行',
      en: 'submit the file of this period; if the old content is really meant, ask the steward to release it',
    },
  },
  batch_rows_elsewhere: {
    status: 422,
    who: 'provider',
    text: {
      zh: '主键几乎都不在本数据资源中，而在另一数据资源中，批次已搁置，可能报错了对象',
      en: 'its keys are hardly any of this dataset, and those of another one; the batch is held, for it may be the wrong file',
    },
    next: {
      zh: '核对文件与数据资源；确属本资源的，请数据管理员放行',
      en: 'check the file and the dataset; if it is the right one, ask the steward to release it',
    },
  },
  batch_control_rows: {
    status: 422,
    who: 'provider',
    text: {
      zh: '对账文件为 {declared} 行，实际读到 {found} 行',
      en: 'the control file says {declared} rows, and {found} were read',
    },
    next: {
      zh: '核对文件是否完整；对账文件有误的，请数据管理员放行（datong batch release）',
      en: 'check whether the file is whole; if the control file is wrong, ask the steward to release it (datong batch release)',
    },
  },
  batch_control_sum: {
    status: 422,
    who: 'provider',
    text: {
      zh: '字段 {field} 的合计为 {found}，对账文件折算为 {declared}；{bad} 行问题数据未计入',
      en: 'the field {field} sums to {found}, and {declared} by the control file; {bad} rows that failed are not in the sum',
    },
    next: {
      zh: '核对文件；有问题数据的，改正后以 --corrects 报送，合计随之重算',
      en: 'check the file; where rows failed, correct them and send them with --corrects: the sum is compared again over all rows',
    },
  },
  batch_values_strayed: {
    status: 422,
    who: 'provider',
    text: {
      zh: '字段 {field} 有 {rows} 行的值超出最近各批次的范围',
      en: 'in the field {field}, {rows} rows lie outside the range of the last batches',
    },
    next: {
      zh: '核对单位与源系统；确实如此的，请数据管理员放行（datong batch release）',
      en: 'check units and the source; if they are right, ask the steward to release it (datong batch release)',
    },
  },
  batch_references_missing: {
    status: 422,
    who: 'provider',
    text: {
      zh: '{rows} 行的 {field} 在 {dataset} 中找不到（前几处在第 {lines} 行）',
      en: 'in {rows} rows, {field} does not exist in {dataset} (first in line {lines})',
    },
    next: {
      zh: '核对这些行，或先报送 {dataset}；确实如此的，请数据管理员放行（datong batch release）',
      en: 'check these rows, or send {dataset} first; if they are right, ask the steward to release it (datong batch release)',
    },
  },
  batch_attachments_missing: {
    status: 422,
    who: 'provider',
    text: {
      zh: '{rows} 行的 {field} 所写的附件不存在、尚未完成上传，或属于其他字段（前几处在第 {lines} 行）',
      en: 'in {rows} rows, {field} names attachments that do not exist, are not finished, or are of another field (first in line {lines})',
    },
    next: {
      zh: '先上传这些附件（datong rows attachment put），再报送文件',
      en: 'upload these attachments first (datong rows attachment put), then send the file again',
    },
  },
  batch_attachments_gone: {
    status: 409,
    who: 'provider',
    text: {
      zh: '{dataset} 的这一批所写的附件已被删除',
      en: 'attachments that this batch of {dataset} names have been removed',
    },
    next: { zh: '重新上传附件并报送', en: 'upload them and send the file again' },
  },
  batch_rows_rewritten: {
    status: 422,
    who: 'provider',
    text: {
      zh: '{rows} 行的主键在此前的批次中已有，而取值不同（前几处在第 {lines} 行）',
      en: '{rows} rows bring a key of earlier batches with other values (the first in line {lines})',
    },
    next: {
      zh: '去掉或改正这些行后重新报送；确应以新值替换的，请数据管理员放行（datong batch release）',
      en: 'leave these rows out or correct them, and send again; if they are to replace the former ones, ask the steward to release the batch (datong batch release)',
    },
  },
  batch_deletes_many: {
    status: 422,
    who: 'provider',
    text: {
      zh: '本批要求删除 {rows} 行，而删除之前共有 {reference} 行，超出该数据资源的规定',
      en: 'the batch deletes {rows} of the {reference} rows before it: more than this dataset may lose at once',
    },
    next: {
      zh: '核对删除标记一列；确实删除的，请数据管理员放行（datong batch release）',
      en: 'check the column of deletion marks; if they are right, ask the steward to release it (datong batch release)',
    },
  },
  batch_rule_broken: {
    status: 422,
    who: 'provider',
    text: {
      zh: '{rows} 行不合规则 {rule}（前几处在第 {lines} 行）',
      en: '{rows} rows break the rule {rule} (the first in line {lines})',
    },
    next: {
      zh: '核对这些行，改正后重新报送；确实如此的，请数据管理员放行（datong batch release）',
      en: 'check these rows, correct them and send again; if they are right, ask the steward to release the batch (datong batch release)',
    },
  },
  batch_columns_missing: {
    status: 422,
    who: 'provider',
    text: {
      zh: '文件中没有了此前的列：{columns}',
      en: 'columns of before are no longer in the file: {columns}',
    },
    next: {
      zh: '核对导出的列；确实取消的，请数据管理员放行（datong batch release）',
      en: 'check what is exported; if they are gone for good, ask the steward to release it (datong batch release)',
    },
  },
  batch_columns_added: {
    status: 422,
    who: 'provider',
    text: {
      zh: '文件中有此前没有的列，列号：{columns}',
      en: 'the file has columns that were not there before, by their numbers: {columns}',
    },
    next: {
      zh: '核对导出的列；确需新增的，请数据管理员放行，并考虑更新映射',
      en: 'check what is exported; if they are meant, ask the steward to release it, and think of the mapping',
    },
  },
  batch_columns_unread: {
    status: 422,
    who: 'provider',
    text: {
      zh: '来源中有映射没有读取的新列，列号：{columns}',
      en: 'the source has new columns that the mapping does not read, by their numbers: {columns}',
    },
    next: {
      zh: '需要这些列的，由数据管理员更新标准和映射；不需要的，可从导出中去掉',
      en: 'if they are wanted, the steward extends schema and mapping; if not, leave them out of the export',
    },
  },
  batch_columns_moved: {
    status: 422,
    who: 'provider',
    text: {
      zh: '列的次序与此前不同：{columns}',
      en: 'columns are in another order than before: {columns}',
    },
    next: {
      zh: '按列号读取的映射会读错；核对后请数据管理员放行',
      en: 'a mapping that reads by number reads the wrong ones; check, and ask the steward to release it',
    },
  },
  batch_bytes_before: {
    status: 422,
    who: 'provider',
    text: {
      zh: '这份文件与 {day} 发布的批次 {batch} 逐字节相同，批次已搁置，可能误报了旧文件',
      en: 'the file is identical to batch {batch}, published on {day}; the batch is held, because it may be an old file',
    },
    next: {
      zh: '报送本期文件；确要恢复旧内容的，请数据管理员放行',
      en: 'submit the file of this period; if the old content is really meant, ask the steward to release it',
    },
  },
  batch_bytes_elsewhere: {
    status: 422,
    who: 'provider',
    text: {
      zh: '同样的字节已作为另一数据资源的文件报送过，可能报错了对象',
      en: 'an identical file was submitted for another dataset; it may be the wrong file',
    },
    next: {
      zh: '核对文件与数据资源；确属本资源的，请数据管理员放行',
      en: 'check the file and the dataset; if it is the right one, ask the steward to release it',
    },
  },
  batch_not_correctable: {
    status: 409,
    who: 'provider',
    text: {
      zh: '要更正的批次状态为 {state}，其后已有别的数据，更正未发布',
      en: 'the batch to correct is {state}: another batch replaced it, and the corrected rows were not published',
    },
    next: {
      zh: '对当前批次更正，或重新报送全部数据',
      en: 'correct the current batch, or submit everything again',
    },
  },
  batch_correction_short: {
    status: 422,
    who: 'provider',
    text: {
      zh: '批次 {batch} 有 {bad} 行问题数据，其中 {rows} 行不在更正文件中，未发布',
      en: 'the batch {batch} had {bad} bad rows; {rows} of them are not in the correction and were not published',
    },
    next: {
      zh: '缺少的行仍需要的，改正原文件后整份重新报送',
      en: 'if the missing rows are needed, correct the original file and send the whole of it again',
    },
  },
} as const;
