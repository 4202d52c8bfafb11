/** Problems of the hub's own infrastructure: PostgreSQL, clock, keys, backup. They concern the operator, not a caller. */
export const infrastructureProblems = {
  postgres_missing: {
    status: 503,
    who: 'operator',
    text: { zh: '找不到可用的 PostgreSQL：{reason}', en: 'there is no PostgreSQL to start: {reason}' },
    next: {
      zh: '安装 PostgreSQL 15 或更高版本，或用 DATABASE_URL 指定数据库',
      en: 'install PostgreSQL 15 or later, or name a database by DATABASE_URL',
    },
  },
  postgres_failed: {
    status: 503,
    who: 'operator',
    text: { zh: 'PostgreSQL 未能启动：{reason}', en: 'PostgreSQL did not start: {reason}' },
    next: { zh: '查看 {log}', en: 'look at {log}' },
  },
  postgres_no_user: {
    status: 503,
    who: 'operator',
    text: {
      zh: '当前用户编号 {uid} 不在用户表中，PostgreSQL 无法以该身份启动',
      en: 'the user id {uid} has no entry in the user table: PostgreSQL cannot run as it',
    },
    next: {
      zh: '用 DATABASE_URL 指定数据库，或为该用户编号添加用户',
      en: 'name a database by DATABASE_URL, or give that id a user',
    },
  },
  postgres_other_major: {
    status: 503,
    who: 'operator',
    text: {
      zh: '数据目录由 PostgreSQL {made} 创建，现有程序是 {found}',
      en: 'the data folder was made by PostgreSQL {made}, the programs found are {found}',
    },
    next: {
      zh: '安装 PostgreSQL {made}，或按 docs/operations.md 先备份再恢复到新目录',
      en: 'install PostgreSQL {made}, or back up and restore into a new folder (docs/operations.md)',
    },
  },
  keys_missing: {
    status: 503,
    who: 'operator',
    text: { zh: '缺少密钥文件 {file}', en: 'the key file {file} is missing' },
    next: {
      zh: '新枢纽：先运行 datong hub bootstrap；已有枢纽：从密钥备份恢复该目录，不要重新生成（见 docs/keys.md）',
      en: 'for a new hub run datong hub bootstrap; else restore the folder from your copy of the keys, never make new ones (docs/keys.md)',
    },
  },
  keys_differ: {
    status: 503,
    who: 'operator',
    text: {
      zh: '密钥 {file} 不是本枢纽使用的密钥，此进程不提供服务',
      en: 'the key {file} is not the key that this hub uses: this process does not serve',
    },
    next: {
      zh: '从密钥备份，或从正常运行的进程的密钥目录，放回该文件后重新启动；不要重新生成（见 docs/keys.md）',
      en: 'restore that file from your copy of the keys, or from a process that serves, then start again; never make a new one (docs/keys.md)',
    },
  },
  keys_unsafe: {
    status: 503,
    who: 'operator',
    text: {
      zh: '密钥文件 {file} 对其他用户开放（权限 {mode}）',
      en: 'the key file {file} is open to other users (mode {mode})',
    },
    next: { zh: '执行 chmod go-rwx {file}', en: 'run chmod go-rwx {file}' },
  },
  keys_unreadable: {
    status: 503,
    who: 'operator',
    text: {
      zh: '密钥文件 {file} 属于其他用户，本进程（用户编号 {uid}）无权读取',
      en: 'the key file {file} belongs to another user: this process (user id {uid}) may not read it',
    },
    next: {
      zh: '以 root 执行 chown -R {uid}:{group} {folder}，再启动',
      en: 'as root run chown -R {uid}:{group} {folder}, then start again',
    },
  },
  keys_malformed: {
    status: 503,
    who: 'operator',
    text: { zh: '密钥文件 {file} 无法读取：{reason}', en: 'the key file {file} cannot be read: {reason}' },
    next: { zh: '从密钥备份恢复该文件', en: 'restore the file from your copy of the keys' },
  },
  authority_malformed: {
    status: 400,
    who: 'operator',
    text: { zh: '{what}不是恰好一份 PEM', en: 'the {what} is not exactly one PEM' },
    next: {
      zh: '原样使用 datong hub authority sign 写出的文件',
      en: 'take the files as datong hub authority sign wrote them',
    },
  },
  authority_foreign: {
    status: 409,
    who: 'operator',
    text: { zh: '{what}不是本枢纽的根签发的', en: 'the {what} was not signed by the root of this hub' },
    next: {
      zh: '用创建本枢纽时的根重新签发（见 docs/keys.md）',
      en: 'have it signed by the root that this hub began with (docs/keys.md)',
    },
  },
  authority_unsuitable: {
    status: 409,
    who: 'operator',
    text: { zh: '不能用作中间机构：{what}', en: 'it cannot serve as the intermediate authority: {what}' },
    next: {
      zh: '用 datong hub authority request 与 datong hub authority sign 重新制作（见 docs/keys.md）',
      en: 'make it again with datong hub authority request and datong hub authority sign (docs/keys.md)',
    },
  },
  authority_ended: {
    status: 503,
    who: 'operator',
    text: {
      zh: '中间机构的{what}已于 {ended} 失效，此后任何证书都无法通过核验',
      en: 'the {what} of the intermediate authority ended at {ended}: no certificate verifies any more',
    },
    next: {
      zh: '由根重新签发，按 docs/keys.md「更换中间机构」放入密钥目录后启动',
      en: 'have the root sign anew, put it into the key folder (docs/keys.md, "Replacing the intermediate authority"), then start',
    },
  },
  backup_unreadable: {
    status: 422,
    who: 'operator',
    text: { zh: '备份文件无法读取：{reason}', en: 'the archive cannot be read: {reason}' },
    next: {
      zh: '确认文件完整，并使用制作备份时的密钥目录',
      en: 'make sure that the file is whole and that the keys are those it was made with',
    },
  },
  restore_refused: {
    status: 409,
    who: 'operator',
    text: { zh: '不能恢复：{reason}', en: 'cannot restore: {reason}' },
    next: { zh: '按 docs/operations.md「恢复」操作', en: 'follow docs/operations.md, "Restore"' },
  },
} as const;
