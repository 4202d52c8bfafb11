export const intakeProblems = {
  not_the_provider: {
    status: 403,
    who: 'caller',
    text: {
      zh: '只有提供部门可以对该数据集报送数据',
      en: 'only the providing department may submit to this dataset',
    },
    next: { zh: '核对数据集编号与本部门代码', en: 'check the dataset id and your department code' },
  },
  dataset_unavailable: {
    status: 409,
    who: 'provider',
    text: {
      zh: '数据集 {dataset} 当前不可用（{state}）',
      en: 'dataset {dataset} is not in use now ({state})',
    },
    next: { zh: '请联系数据主管部门', en: 'ask the data office' },
  },
  batch_unknown: {
    status: 404,
    who: 'caller',
    text: { zh: '没有这个批次', en: 'there is no such batch' },
    next: { zh: '核对批次编号', en: 'check the batch id' },
  },
  batch_not_open: {
    status: 409,
    who: 'caller',
    text: { zh: '该批次已不能再上传（{state}）', en: 'this batch takes no more parts ({state})' },
    next: { zh: '新开一个批次', en: 'open a new batch' },
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
    next: { zh: '新开一个批次', en: 'open a new batch' },
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
      zh: '数据集 {dataset} 没有名为“{mapping}”的映射',
      en: 'dataset {dataset} has no mapping named "{mapping}"',
    },
    next: { zh: '先登记映射，或核对名称', en: 'register the mapping first, or check its name' },
  },
  batch_claimed: {
    status: 409,
    who: 'caller',
    text: { zh: '该批次已提交，正在处理', en: 'this batch was committed and is being processed' },
    next: { zh: '查询批次状态', en: 'ask for the state of the batch' },
  },
  batch_unreadable: {
    status: 422,
    who: 'provider',
    text: {
      zh: '无法按映射声明的格式读取该文件：{reason}',
      en: 'the file cannot be read in the format the mapping declares: {reason}',
    },
    next: {
      zh: '核对映射的格式与编码后重新提交',
      en: 'check format and encoding of the mapping, then commit again',
    },
  },
  too_many_bad_rows: {
    status: 422,
    who: 'provider',
    text: {
      zh: '问题数据 {bad} 行超过映射允许的上限，批次已搁置，未发布任何数据',
      en: '{bad} bad rows are more than the mapping allows; the batch is held and nothing was published',
    },
    next: {
      zh: '取回问题数据，改正后重新报送',
      en: 'fetch the quarantined rows, mend them and submit again',
    },
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
  batch_superseded: {
    status: 409,
    who: 'provider',
    text: { zh: '另一批次已先发布', en: 'another batch was published first' },
    next: { zh: '查询数据集的当前批次后重新报送', en: 'look at the current batch, then submit again' },
  },
} as const;
