/** Why the database, or its clock, is not reliable. */
export const databaseProblems = {
  database_unavailable: {
    status: 503,
    who: 'operator',
    text: { zh: '数据库不可用：{reason}', en: 'the database is unavailable: {reason}' },
    next: {
      zh: '检查数据库后重试；本次未交换任何数据',
      en: 'check the database and try again; nothing was exchanged',
    },
  },
  storage_full: {
    status: 503,
    who: 'operator',
    text: {
      zh: '数据库所在磁盘已满，本次操作未发生',
      en: 'the disk of the database is full; nothing was done',
    },
    next: {
      zh: '稍后重试；运维请扩容或清理磁盘（见 docs/operations.md）',
      en: 'try again later; the operator must make room on the disk (docs/operations.md)',
    },
  },
  storage_short: {
    status: 507,
    who: 'operator',
    text: {
      zh: '数据库所在磁盘的余量容不下这份 {bytes} 字节的文件，未接收任何内容',
      en: 'the disk of the database has no room for this file of {bytes} bytes; nothing of it was taken',
    },
    next: {
      zh: '请运维扩容或清理磁盘（见 docs/operations.md），之后再报送',
      en: 'send it again once the operator has made room on the disk (docs/operations.md)',
    },
  },
  database_grants_missing: {
    status: 503,
    who: 'operator',
    text: {
      zh: '数据库登录账号 {login} 权限不足：{what}',
      en: 'the login {login} of the database has too few privileges: {what}',
    },
    next: {
      zh: '由数据库管理员执行一次：{statements}',
      en: 'let an administrator of the database run once: {statements}',
    },
  },
  database_session: {
    status: 503,
    who: 'operator',
    text: {
      zh: '数据库连接不符合枢纽的要求：{what}',
      en: 'a connection to the database is not as the hub needs it: {what}',
    },
    next: { zh: '{next}', en: '{next}' },
  },
  database_not_durable: {
    status: 503,
    who: 'operator',
    text: {
      zh: '数据库不保证已提交的数据在断电后仍在：{settings}',
      en: 'the database may lose what it has committed when the machine fails: {settings}',
    },
    next: {
      zh: '把这些参数设为 on；仅用于评估的数据库可在 hub.json 中声明 database.durable: false',
      en: 'set them to on; a database for evaluation may be declared with database.durable: false in hub.json',
    },
  },
  standby_missing: {
    status: 503,
    who: 'operator',
    text: {
      zh: '配置要求同步备库，而数据库的提交不等待任何备库：主备切换会丢失已答复的内容，枢纽不能启动，运行中的枢纽五秒内停止提供服务',
      en: 'the configuration requires a synchronous standby, and commits of this server wait for none: a failover would lose what was answered, so the hub does not start, and stops serving within five seconds',
    },
    next: {
      zh: '在数据库上设置 synchronous_standby_names（且 max_wal_senders 大于 0），或把 database.requireSynchronousStandby 设为 false',
      en: 'set synchronous_standby_names on the server (max_wal_senders above 0), or set database.requireSynchronousStandby to false',
    },
  },
  migration_waits: {
    status: 503,
    who: 'operator',
    text: {
      zh: '另一个进程正在迁移数据库，{seconds} 秒内没有结束',
      en: 'another process is migrating the database and has not ended within {seconds} s',
    },
    next: {
      zh: '等它结束后重新启动；若那个进程已不在，请结束持有锁的数据库会话',
      en: 'start again when it has ended; if that process is gone, end the session of the database that holds the lock',
    },
  },
  database_too_old: {
    status: 503,
    who: 'operator',
    text: {
      zh: '数据库是 PostgreSQL {found}，需要 15 或更高版本',
      en: 'the database is PostgreSQL {found}; 15 or later is needed',
    },
    next: { zh: '升级数据库', en: 'upgrade the database' },
  },
  database_not_empty: {
    status: 503,
    who: 'operator',
    text: {
      zh: '这个数据库里已有不属于枢纽的表（{tables}）',
      en: 'the database holds tables that are not a hub’s ({tables})',
    },
    next: {
      zh: '为枢纽新建一个空数据库，并在 database.url 中写明',
      en: 'make an empty database for the hub and name it in database.url',
    },
  },
  made_by_later_release: {
    status: 422,
    who: 'operator',
    text: {
      zh: '{file} 由更新版本的程序写成：其格式版本为 {version}，本版本只认识 {known}',
      en: '{file} was made by a later release: its format version is {version}, this release knows {known}',
    },
    next: { zh: '改用写成它的版本或更新的版本', en: 'use the release that made it, or a later one' },
  },
  format_version_malformed: {
    status: 422,
    who: 'operator',
    text: {
      zh: '{file} 的格式版本（v）不是版本号',
      en: 'the format version (v) of {file} is not a version',
    },
    next: {
      zh: '文件已损坏或被改动：从备份恢复，或重新生成',
      en: 'the file is damaged or was edited: restore it from a backup, or have it made again',
    },
  },
  database_newer: {
    status: 503,
    who: 'operator',
    text: {
      zh: '数据库已由更新版本的程序迁移过（{migration}）',
      en: 'the database was migrated by a newer release ({migration})',
    },
    next: { zh: '改用较新的版本运行', en: 'run the newer release' },
  },
  database_release_too_old: {
    status: 503,
    who: 'operator',
    text: {
      zh: '数据库或备份早于 {release} 版：只有 {all} 项迁移中的 {found} 项',
      en: 'the database or archive is older than release {release}: it has {found} of {all} migrations',
    },
    next: {
      zh: '先用 {release} 版运行 datong hub migrate，再使用本版；备份请先用 {release} 版恢复，再重新备份',
      en: 'run datong hub migrate of release {release} first, then this release; restore an archive with release {release} and make a new one',
    },
  },
  database_schema_differs: {
    status: 503,
    who: 'operator',
    text: {
      zh: '数据库的结构与 {release} 版不一致（{objects}），未作任何更改',
      en: 'the schema of the database is not that of release {release} ({objects}); nothing was changed',
    },
    next: {
      zh: '先用 {release} 版运行 datong hub migrate；如有人改过这些对象，请恢复后再启动',
      en: 'run datong hub migrate of release {release} first; if these objects were altered, restore them and start again',
    },
  },
  clock_jumped: {
    status: 503,
    who: 'operator',
    text: {
      zh: '数据库时钟跳变了 {seconds} 秒且没有可认定的原因，枢纽暂停服务',
      en: 'the clock of the database jumped by {seconds} s and nothing explains it: the hub does not serve',
    },
    next: {
      zh: '校准数据库时钟，枢纽会自行恢复；若新的时间才是正确的，请重新启动枢纽（见 docs/operations.md）',
      en: 'set the clock of the database right and the hub goes on by itself; if the new time is the right one, start the hub again (docs/operations.md)',
    },
  },
  clock_behind_log: {
    status: 503,
    who: 'operator',
    text: {
      zh: '数据库时钟比日志中最新的条目早 {seconds} 秒，枢纽拒绝提供服务',
      en: 'the clock of the database is {seconds} s earlier than the newest entries of the log: the hub does not serve',
    },
    next: {
      zh: '校准数据库时钟；若先前的时间是错的，用 datong hub accept-clock 记录此决定',
      en: 'set the clock of the database right; if the earlier time was wrong, decide so with datong hub accept-clock, which is itself logged',
    },
  },
  clock_skew: {
    status: 503,
    who: 'operator',
    text: {
      zh: '本机时钟与数据库时钟相差 {seconds} 秒，超过 2 秒',
      en: 'this clock and the clock of the database differ by {seconds} s, more than 2 s',
    },
    next: { zh: '校准时钟（NTP）后重新启动', en: 'set the clocks right (NTP) and start again' },
  },
} as const;
