export const intakeProblems = {
  not_the_provider: {
    status: 403,
    who: 'caller',
    text: {
      zh: '只有提供部门可以对该数据资源报送数据',
      en: 'only the providing department may submit to this dataset',
    },
    next: { zh: '核对数据资源编号与本部门代码', en: 'check the dataset id and your department code' },
  },
  signed_only: {
    status: 403,
    who: 'provider',
    text: {
      zh: '{dataset} 只接收由部门密钥签名的报送，不能在浏览器中报送',
      en: '{dataset} takes only what the department’s own key has signed: it is not sent in a browser',
    },
    next: {
      zh: '用 datong send 报送；或由数据管理员去掉登记中的 intake.signedOnly',
      en: 'send it with datong send, or have a steward register the dataset without intake.signedOnly',
    },
  },
  template_not_possible: {
    status: 409,
    who: 'provider',
    text: {
      zh: '映射 {mapping} 没有可以填写的模板（{format}）',
      en: 'there is no template to fill in for the mapping {mapping} ({format})',
    },
    next: {
      zh: '模板只适用于 CSV 或 XLSX、一行表头、按列名取数的映射',
      en: 'templates are for mappings of CSV or XLSX with one line of headings and columns by name',
    },
  },
  dataset_unavailable: {
    status: 409,
    who: 'provider',
    text: {
      zh: '数据资源 {dataset} 当前不可用（{state}{since}）',
      en: 'dataset {dataset} is not in use now ({state}{since})',
    },
    next: { zh: '请联系{whom}', en: 'contact {whom}' },
  },
  batch_unknown: {
    status: 404,
    who: 'caller',
    text: { zh: '没有这个批次', en: 'there is no such batch' },
    next: { zh: '核对批次编号', en: 'check the batch id' },
  },
  rereads_busy: {
    status: 429,
    who: 'caller',
    text: {
      zh: '正在为其他查询（或您的另一次查询）重读原始文件，暂不能受理',
      en: 'stored files are being read again for other questions, or for another one of yours; this one has not begun',
    },
    next: {
      zh: '等前一次查询答复后，按 Retry-After 重试',
      en: 'wait for the answer to the one before, and try again after Retry-After',
    },
  },
  too_many_open_batches: {
    status: 429,
    who: 'caller',
    text: {
      zh: '本部门已有 {batches} 个未提交的批次（{bytes} 字节），不能再开新批次',
      en: 'your department has {batches} batches open ({bytes} bytes) and may open no more',
    },
    next: {
      zh: '提交已上传的批次；未提交的批次在若干天后自动过期',
      en: 'commit the ones you have sent; those never committed expire after some days',
    },
  },
  retirement_outdated: {
    status: 409,
    who: 'operator',
    text: { zh: '批次 {batch} 已有变化，不再销毁', en: 'the batch {batch} has changed and is not destroyed' },
    next: { zh: '无需处理，作业会重新检查', en: 'nothing: the job checks it again' },
  },
  deletion_by_leaving_out: {
    status: 422,
    who: 'provider',
    text: {
      zh: '{dataset} 按快照更新：下一份文件中没有的行即被删除',
      en: '{dataset} is a snapshot: what the next file leaves out is gone',
    },
    next: { zh: '报送不含这些行的完整文件', en: 'submit the whole file without these rows' },
  },
  deletion_takes_two: {
    status: 403,
    who: 'provider',
    text: {
      zh: '{dataset} 待核批次须两人核定，或数据只增不改：不能由一人在浏览器中删除',
      en: 'held batches of {dataset} are decided by two, or its rows are only added to: one person deletes none of them alone in a browser',
    },
    next: {
      zh: '用 datong batch delete 由部门密钥签名删除',
      en: 'delete them by the department’s own key (datong batch delete)',
    },
  },
  raw_bytes_gone: {
    status: 409,
    who: 'provider',
    text: { zh: '批次 {batch} 的原始字节已销毁', en: 'the raw bytes of the batch {batch} are destroyed' },
    next: { zh: '换一个较新的批次', en: 'name a newer batch' },
  },
  row_unknown: {
    status: 404,
    who: 'provider',
    text: { zh: '{dataset} 当前没有该主键的行', en: '{dataset} has no row with this key now' },
    next: {
      zh: '核对主键；所在行可能有问题未收，见问题数据',
      en: 'check the key; its row may be in quarantine',
    },
  },
  key_unfit: {
    status: 422,
    who: 'provider',
    text: {
      zh: '每个主键须恰有这些字段，且类型相符：{key}',
      en: 'each key has exactly these fields, each of its type: {key}',
    },
    next: {
      zh: '按主键字段写明是哪些行',
      en: 'name rows by the fields of their primary key',
    },
  },
  batch_not_open: {
    status: 409,
    who: 'caller',
    text: { zh: '该批次已不能再上传（{state}）', en: 'this batch takes no more parts ({state})' },
    next: { zh: '新开一个批次', en: 'open a new batch' },
  },
  code_page_without_table: {
    status: 422,
    who: 'department',
    text: {
      zh: '报送时带了 DBF 表的代码页，映射 {mapping} 读的却是 {format}',
      en: 'the submission names the code page of a DBF table, but the mapping {mapping} reads {format}',
    },
    next: { zh: '换用读 DBF 的映射', en: 'use a mapping that reads DBF' },
  },
  part_offset_mismatch: {
    status: 409,
    who: 'caller',
    text: { zh: '下一段应从第 {expected} 字节开始', en: 'the next part begins at byte {expected}' },
    next: { zh: '从该位置继续上传', en: 'go on from there' },
  },
  part_differs: {
    status: 409,
    who: 'caller',
    text: { zh: '该位置已存有不同的内容', en: 'other bytes are already stored at this offset' },
    next: { zh: '新开一个批次或附件', en: 'open a new batch or attachment' },
  },
  part_empty: {
    status: 400,
    who: 'caller',
    text: { zh: '上传的分段没有内容', en: 'the part has no bytes' },
    next: { zh: '至少上传一个字节', en: 'send at least one byte' },
  },
  batch_too_large: {
    status: 413,
    who: 'caller',
    text: { zh: '批次超过 {limit} 字节', en: 'the batch is larger than {limit} bytes' },
    next: { zh: '把文件分成多个批次', en: 'split the file into several batches' },
  },
  batch_incomplete: {
    status: 409,
    who: 'caller',
    text: {
      zh: '已收到 {received} 字节，而提交声明为 {declared} 字节',
      en: '{received} bytes have arrived, the commit declares {declared}',
    },
    next: { zh: '补传缺少的分段', en: 'send the missing parts' },
  },
  batch_digest_mismatch: {
    status: 422,
    who: 'caller',
    text: {
      zh: '收到的内容与声明的 SHA-256 不符',
      en: 'the bytes received do not have the declared SHA-256',
    },
    next: { zh: '重新计算摘要，或新开批次重传', en: 'compute the digest again, or open a new batch' },
  },
  mapping_unknown: {
    status: 404,
    who: 'caller',
    text: {
      zh: '数据资源 {dataset} 没有名为“{mapping}”的映射',
      en: 'dataset {dataset} has no mapping named "{mapping}"',
    },
    next: { zh: '先登记映射，或核对名称', en: 'register the mapping first, or check its name' },
  },
  mapping_waits: {
    status: 409,
    who: 'provider',
    text: {
      zh: '数据资源 {dataset} 的映射“{mapping}”已登记，等待 {owner} 的另一人确认（该部门没有数据管理员的，由数据主管部门确认）',
      en: 'the mapping "{mapping}" of dataset {dataset} is registered and waits for approval by another person of {owner} (by the data office where {owner} has no steward)',
    },
    next: {
      zh: '由该人确认后重试：datong review approve {proposal}',
      en: 'have that person approve it, then try again: datong review approve {proposal}',
    },
  },
  mapping_unreadable: {
    status: 409,
    who: 'provider',
    text: {
      zh: '数据资源 {dataset} 的映射“{mapping}”按目前登记的标准和值域无法编译，不能使用',
      en: 'the mapping "{mapping}" of dataset {dataset} does not compile with the schemas and code lists as they are registered now',
    },
    next: { zh: '登记该映射的新版本', en: 'register a new version of the mapping' },
  },
  batch_claimed: {
    status: 409,
    who: 'caller',
    text: { zh: '该批次已提交，正在处理', en: 'this batch was committed and is being processed' },
    next: { zh: '查询批次状态', en: 'ask for the state of the batch' },
  },
  decider_unfit: {
    status: 422,
    who: 'caller',
    text: {
      zh: '{person} 不能核定该部门的批次：须为本部门在岗的数据管理员或数据安全管理员',
      en: '{person} may not decide batches of this department: name an active steward or security officer of it',
    },
    next: {
      zh: '另选一人：datong review deputy persons',
      en: 'choose another one: datong review deputy persons',
    },
  },
  intake_rule_idle: {
    status: 422,
    who: 'provider',
    text: {
      zh: '规则 {rule} 对按 {mode} 方式更新的数据资源不起作用',
      en: 'the rule {rule} would do nothing for a dataset with mode {mode}',
    },
    next: { zh: '去掉该规则，或改用另一更新方式', en: 'leave it out, or choose the other mode' },
  },
  control_totals_missing: {
    status: 422,
    who: 'provider',
    text: {
      zh: '{dataset} 要求随文件报送对账数据（行数、合计、摘要），本次没有',
      en: '{dataset} takes a file only with its control totals (rows, sums, digest), and there are none',
    },
    next: {
      zh: '以 --control 附上对账文件后重新提交',
      en: 'commit again with the control file: datong send --control',
    },
  },
  control_digest_mismatch: {
    status: 422,
    who: 'provider',
    text: {
      zh: '对账文件中的摘要与所报送文件的摘要不同',
      en: 'the digest of the control file is not that of the file that was sent',
    },
    next: { zh: '核对两份文件是否同一期', en: 'check whether both files are of the same period' },
  },
  control_field_unknown: {
    status: 422,
    who: 'provider',
    text: {
      zh: '对账合计中有 {dataset} 没有的数值列',
      en: 'a control sum names a column that {dataset} has no numbers for',
    },
    next: {
      zh: '合计以字段名或文件列名标识，且该字段须为数值',
      en: 'name sums by field, or by the column of the file that the mapping reads it from; it must hold numbers',
    },
  },
  cross_rule_unfit: {
    status: 422,
    who: 'provider',
    text: { zh: '跨字段规则不可用：{reason}', en: 'the rule across fields cannot be used: {reason}' },
    next: { zh: '按说明更正 intake.crossRules', en: 'correct intake.crossRules as the reason states' },
  },
  reference_unfit: {
    status: 422,
    who: 'provider',
    text: { zh: '引用规则不可用：{reason}', en: 'the reference cannot be used: {reason}' },
    next: { zh: '按说明更正 intake.references', en: 'correct intake.references as the reason states' },
  },
  batch_outdated: {
    status: 409,
    who: 'provider',
    text: {
      zh: '该批次按数据集标准 {schema} 检查，数据资源现已采用另一版本',
      en: 'this batch was checked under the schema {schema}, and its dataset has another version now',
    },
    next: { zh: '重新报送文件', en: 'submit the file again' },
  },
  deletion_would_return: {
    status: 409,
    who: 'provider',
    text: {
      zh: '该批次之后，已按个人请求删除 {persons} 人的数据；恢复它会使这些数据重新可见',
      en: 'data of {persons} persons was deleted at their wish since that batch; put back, it would be seen again',
    },
    next: { zh: '报送不含这些数据的文件', en: 'send a file without them' },
  },
  batch_not_current: {
    status: 409,
    who: 'provider',
    text: {
      zh: '只能按另一映射重新处理 {dataset} 的当前批次（快照方式）；该批次不是，或其间已有新批次',
      en: 'only the current batch of a snapshot dataset can be read again by another mapping ({dataset}): this one is not current, or another one has arrived since',
    },
    next: { zh: '用 datong batch list 查看当前批次', en: 'look for the current one with datong batch list' },
  },
  batch_not_held: {
    status: 409,
    who: 'caller',
    text: { zh: '批次状态为 {state}，不在搁置中', en: 'the batch is {state}; only a held one is compared' },
    next: { zh: '用 datong batch list --state held 查找', en: 'look at datong batch list --state held' },
  },
  batch_not_former: {
    status: 409,
    who: 'caller',
    text: {
      zh: '只能恢复 {dataset} 当前批次的前一批次（快照方式）',
      en: 'only the batch before the current one of a snapshot dataset can be put back ({dataset})',
    },
    next: { zh: '用 datong batch list 查看批次', en: 'look at the batches with datong batch list' },
  },
  reason_identifies: {
    status: 422,
    who: 'caller',
    text: {
      zh: '理由中有身份证件号码，不能写入日志',
      en: 'the reason holds an identity number, which the log must not store',
    },
    next: { zh: '改写理由，不写个人信息', en: 'say it without a person’s data' },
  },
  sealed_bytes_damaged: {
    status: 500,
    who: 'operator',
    text: {
      zh: '封存的原始数据无法解封，可能被改动或密钥不符',
      en: 'sealed raw bytes do not open: they were changed, or the key is another',
    },
    next: { zh: '检查封存密钥与数据库备份', en: 'check the sealing key and the backup of the database' },
  },
} as const;
