/** Problems of changing a dataset over to a new major version of its schema (换版). */
export const changeoverProblems = {
  changeover_under_way: {
    status: 409,
    who: 'department',
    text: {
      zh: '数据资源 {dataset} 正在换版至 {schema}',
      en: 'the dataset {dataset} is going over to {schema}',
    },
    next: {
      zh: '先完成换版（datong dataset switch），或放弃换版（datong dataset abandon）',
      en: 'complete that first (datong dataset switch), or give it up (datong dataset abandon)',
    },
  },
  changeover_unknown: {
    status: 404,
    who: 'department',
    text: {
      zh: '数据资源 {dataset} 没有正在进行的换版',
      en: 'the dataset {dataset} is not going over to another version',
    },
    next: {
      zh: '用 datong dataset changeover 着手换版',
      en: 'begin with datong dataset changeover',
    },
  },
  changeover_unfit: {
    status: 409,
    who: 'department',
    text: {
      zh: '数据资源 {dataset} 不能换版至 {schema}：{reason}',
      en: 'the dataset {dataset} cannot go over to {schema}: {reason}',
    },
    next: {
      zh: '次版本用 datong dataset move；按主键合并的数据资源，用 --rows-by 指明读取现有各行的映射',
      en: 'for a minor version use datong dataset move; for a dataset merged by key, name with --rows-by the mapping that reads its rows in their current form',
    },
  },
  changeover_not_ready: {
    status: 409,
    who: 'department',
    text: {
      zh: '数据资源 {dataset} 在新版本下的行尚未备妥（{stage}）',
      en: 'the rows of {dataset} under the new version are not ready ({stage})',
    },
    next: {
      zh: '用 datong dataset changeover 查看进度与原因；停住的，以新映射重新报送文件',
      en: 'see how far it is and why with datong dataset changeover; where it has stopped, send the file by the new mapping',
    },
  },
  changeover_read_anew: {
    status: 409,
    who: 'caller',
    text: {
      zh: '数据资源 {dataset} 的换版内容已与您所读的不同',
      en: 'what {dataset} would go over to is not what you have read',
    },
    next: {
      zh: '重新读取后再同意',
      en: 'read it again, then agree',
    },
  },
  stops_unacknowledged: {
    status: 409,
    who: 'caller',
    text: {
      zh: '换版将使 {count} 份共享协议停止供数，须逐一写明知悉',
      en: 'with the new version {count} agreements stop: each has to be acknowledged by its name',
    },
    next: {
      zh: '核对所列共享协议，与需求部门商定后，在 stops 中全部列出',
      en: 'look at the agreements in findings, speak with their consumers, and name all of them in stops',
    },
  },
  bytes_of_correction: {
    status: 409,
    who: 'provider',
    text: {
      zh: '批次 {batch} 是更正，其字节只含改正的行，不能据以重新生成全部数据',
      en: 'batch {batch} is a correction: its bytes hold only the corrected rows, so the whole batch cannot be made from them',
    },
    next: {
      zh: '以新映射重新报送整份文件',
      en: 'send the whole file by the new mapping',
    },
  },
} as const;
