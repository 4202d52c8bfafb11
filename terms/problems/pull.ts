export const pullProblems = {
  pull_unknown: {
    status: 404,
    who: 'caller',
    text: { zh: '{dataset} 没有定时抽取', en: 'nothing is pulled for {dataset}' },
    next: {
      zh: '核对数据资源编号；抽取用 datong catalogue apply 登记',
      en: 'check the id of the dataset; datong catalogue apply registers a pull',
    },
  },
  pull_invalid: {
    status: 422,
    who: 'provider',
    text: { zh: '定时抽取不正确：{reason}', en: 'the pull is not valid: {reason}' },
    next: { zh: '按说明更正', en: 'correct it as the reason states' },
  },
  pull_source_not_allowed: {
    status: 403,
    who: 'operator',
    text: {
      zh: '枢纽不得为 {department} 连接 {host}:{port}',
      en: 'the hub may not connect to {host}:{port} for {department}',
    },
    next: {
      zh: '请运维在 hub.json 的 sources 中写明这一数据库',
      en: 'have the operator name this database under sources in hub.json',
    },
  },
  pull_source_unreachable: {
    status: 502,
    who: 'provider',
    text: { zh: '连不上该数据库：{reason}', en: 'the database is not reached: {reason}' },
    next: {
      zh: '核对地址、端口和网络；稍后自动再试',
      en: 'check its address, port and network; it is tried again by itself',
    },
  },
  pull_source_refused: {
    status: 502,
    who: 'provider',
    text: { zh: '该数据库拒绝了登录', en: 'the database refused the login' },
    next: {
      zh: '核对数据库名、用户和密码，以新密码重新登记',
      en: 'check database, user and password, and register the pull with the right one',
    },
  },
  pull_source_slow: {
    status: 502,
    who: 'provider',
    text: {
      zh: '该数据库在 {seconds} 秒内没有答完一页',
      en: 'the database did not answer a page within {seconds} seconds',
    },
    next: {
      zh: '为排序所用的列建索引，或放宽 seconds；稍后自动再试',
      en: 'give it an index on the columns of the order, or allow more seconds; it is tried again by itself',
    },
  },
  pull_source_failed: {
    status: 502,
    who: 'provider',
    text: {
      zh: '该数据库不能执行查询（SQLSTATE {sqlstate}）',
      en: 'the database cannot run the query (SQLSTATE {sqlstate})',
    },
    next: {
      zh: '以同一用户在该数据库中试运行这条查询',
      en: 'try the query in that database with the same login',
    },
  },
  pull_page_too_large: {
    status: 422,
    who: 'provider',
    text: {
      zh: '该数据库的一页数据超过 {limit} 字节',
      en: 'a page of rows of that database has more than {limit} bytes',
    },
    next: {
      zh: '查询中去掉存放文件或图片的列',
      en: 'leave columns of files and pictures out of the query',
    },
  },
  pull_source_unasked: {
    status: 502,
    who: 'provider',
    text: {
      zh: '该数据库返回的行或列多于所要的：连接已断开',
      en: 'that database answered with more rows or columns than it was asked for: the connection was ended',
    },
    next: {
      zh: '检查该地址是否为所指的数据库，中间的代理是否改写查询',
      en: 'see whether that address is the database that is meant, and whether a proxy in between rewrites queries',
    },
  },
  pull_role_writes: {
    status: 422,
    who: 'provider',
    text: {
      zh: '用户 {user} 在该数据库中可以写入：抽取只用只读用户',
      en: 'the login {user} may write in that database: a pull takes one that may only read',
    },
    next: { zh: '另建一个只有 SELECT 权限的用户', en: 'make a login that has nothing but SELECT' },
  },
  pull_key_unfit: {
    status: 422,
    who: 'provider',
    text: {
      zh: '{key} 为空或重复，不能据以逐页读取',
      en: '{key} is empty or repeated: rows cannot be read page by page in its order',
    },
    next: {
      zh: '以 key 写明能唯一确定一行、且不为空的列；只因排序规则而相等的文本，在查询中为该列写明 COLLATE "C"（PostgreSQL）或 COLLATE utf8mb4_bin（MySQL、MariaDB）',
      en: 'name key columns that distinguish every row and are never empty; where only the collation treats texts as equal, name COLLATE "C" (PostgreSQL) or COLLATE utf8mb4_bin (MySQL, MariaDB) for the column in the query',
    },
  },
  pull_order_broken: {
    status: 502,
    who: 'provider',
    text: {
      zh: '应有 {counted} 行，按顺序读到 {read} 行：来源没有遵守自己的顺序',
      en: 'there should be {counted} rows, {read} came in order: the source does not keep its own order',
    },
    next: {
      zh: '查询中不要用每次结果不同的表达式，排序列用确定的排序规则；未收入任何行',
      en: 'leave out of the query what differs each time, and order by a column with a fixed collation; no row was taken',
    },
  },
  pull_too_many_rows: {
    status: 422,
    who: 'provider',
    text: {
      zh: '有 {counted} 行，超过一次抽取的上限 {limit}',
      en: 'there are {counted} rows, more than one run may take ({limit})',
    },
    next: {
      zh: '放宽 rows；或以 changed 只读取有变化的行',
      en: 'allow more rows, or name changed so that only what changed is read',
    },
  },
  pull_window_closed: {
    status: 409,
    who: 'provider',
    text: {
      zh: '抽取时段已过，全表未读完',
      en: 'the window of the schedule closed before all rows were read',
    },
    next: {
      zh: '放宽时段；或以 changed 只读取有变化的行',
      en: 'widen the window, or name changed so that only what changed is read',
    },
  },
  pull_broken_off: {
    status: 409,
    who: 'operator',
    text: {
      zh: '抽取中断：枢纽停止，或由另一进程接手',
      en: 'the run was broken off: the hub stopped, or another process took over',
    },
    next: { zh: '无需处理，会自动重来', en: 'nothing: it is done again by itself' },
  },
  pull_batch_broken_off: {
    status: 409,
    who: 'operator',
    text: {
      zh: '已读完，但枢纽在提交批次前停止',
      en: 'the rows were read, but the hub stopped before it committed their batch',
    },
    next: {
      zh: '每个周期自动重来至多五次；之后可手动运行',
      en: 'it is repeated up to five times in its period by itself; after that, request a run',
    },
  },
  pull_paused: {
    status: 409,
    who: 'caller',
    text: { zh: '{dataset} 的定时抽取已暂停至 {until}', en: 'the pull of {dataset} is paused until {until}' },
    next: {
      zh: '到期自动恢复；提前恢复用 datong dataset pull resume',
      en: 'it continues by itself after that day; datong dataset pull resume lifts the pause earlier',
    },
  },
  pull_not_paused: {
    status: 409,
    who: 'caller',
    text: { zh: '{dataset} 的定时抽取没有暂停', en: 'the pull of {dataset} is not paused' },
    next: {
      zh: '无需恢复；状态见 datong dataset pull show',
      en: 'nothing is to be lifted; see datong dataset pull show',
    },
  },
  pull_pause_days: {
    status: 422,
    who: 'caller',
    text: {
      zh: '暂停的最后一天 {until} 应在 {today} 至 {latest} 之间',
      en: 'the last day of a pause lies between {today} and {latest}; {until} does not',
    },
    next: {
      zh: '改写日期；停用更久的，终止抽取（datong dataset pull end），以后重新登记',
      en: 'name another day; what rests for longer is ended (datong dataset pull end) and set anew later',
    },
  },
} as const;
