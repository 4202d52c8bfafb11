export const attachmentProblems = {
  attachment_unknown: {
    status: 404,
    who: 'caller',
    text: {
      zh: '没有这个附件，或没有向本部门提供',
      en: 'there is no such attachment, or it is not provided to this department',
    },
    next: {
      zh: '核对附件编号：它是刚刚查询到的行中该数据项的取值',
      en: 'check the id: it is the value of the field in a row that was just queried',
    },
  },
  attachment_field_unknown: {
    status: 422,
    who: 'caller',
    text: { zh: '{dataset} 没有附件数据项 {field}', en: '{dataset} has no attachment field {field}' },
    next: {
      zh: '核对数据集标准中带 x-attachment 的数据项',
      en: 'check the fields of the schema that have x-attachment',
    },
  },
  attachment_type_refused: {
    status: 415,
    who: 'caller',
    text: {
      zh: '数据项 {field} 不接收 {mediaType}，只接收 {allowed}',
      en: 'the field {field} does not take {mediaType}, only {allowed}',
    },
    next: { zh: '先转换为所列的类型', en: 'convert the file to one of these types first' },
  },
  attachment_too_large: {
    status: 413,
    who: 'caller',
    text: {
      zh: '文件 {bytes} 字节，数据项 {field} 至多 {most} 字节',
      en: 'the file has {bytes} bytes, and the field {field} takes at most {most}',
    },
    next: { zh: '缩小文件后再上传', en: 'make the file smaller and send it again' },
  },
  attachment_empty: {
    status: 422,
    who: 'caller',
    text: { zh: '文件没有内容（0 字节）', en: 'the file is empty (0 bytes)' },
    next: { zh: '核对文件后再上传', en: 'check the file and send it again' },
  },
  attachment_name_invalid: {
    status: 422,
    who: 'caller',
    text: {
      zh: '文件名不能接收：{reason}',
      en: 'the name of the file is refused: {reason}',
    },
    next: {
      zh: '改用不含个人信息的文件名，只写文件名本身，不含 /、\\ 和 ..',
      en: 'give the name of the file alone, without /, \\ and .., and without personal data',
    },
  },
  attachment_name_open: {
    status: 409,
    who: 'caller',
    text: {
      zh: '同名文件正在上传到数据项 {field}（附件 {attachment}）',
      en: 'a file of the same name is being uploaded to the field {field} (attachment {attachment})',
    },
    next: {
      zh: '继续该次上传（GET /v1/attachments/{attachment} 给出偏移），或换一个文件名',
      en: 'continue that upload (GET /v1/attachments/{attachment} returns its offset), or use another name',
    },
  },
  attachment_other: {
    status: 409,
    who: 'caller',
    text: {
      zh: '附件 {attachment} 是另一个文件的上传：{member} 不同',
      en: 'the attachment {attachment} is the upload of another file: {member} differs',
    },
    next: {
      zh: '给出开始上传时的文件与数据项，或重新开始上传',
      en: 'give the file and the field that the upload was begun with, or begin a new upload',
    },
  },
  too_many_open_attachments: {
    status: 429,
    who: 'caller',
    text: {
      zh: '本部门已有 {attachments} 个未完成的附件上传，至多 {most} 个',
      en: 'the department has {attachments} unfinished uploads of attachments, at most {most}',
    },
    next: {
      zh: '先完成它们；未完成的上传一天后自动取消',
      en: 'finish them first; an unfinished upload ends by itself after a day',
    },
  },
  attachment_bytes_unnamed: {
    status: 429,
    who: 'caller',
    text: {
      zh: '本部门还没有行写到的附件已有 {bytes} 字节，加上这个文件超过 {most} 字节',
      en: 'attachments of the department that no row has named yet have {bytes} bytes; with this one they are more than {most}',
    },
    next: {
      zh: '先报送写有这些附件的行；没有行写到的附件一天后删除',
      en: 'send the rows that name them first; an attachment that no row names is removed after a day',
    },
  },
  attachment_not_open: {
    status: 409,
    who: 'caller',
    text: {
      zh: '该附件的上传已结束，不再接收分段',
      en: 'the upload of this attachment has ended and takes no more parts',
    },
    next: { zh: '重新开始上传', en: 'begin a new upload' },
  },
  attachment_part_length: {
    status: 422,
    who: 'caller',
    text: {
      zh: '从第 {at} 字节开始的分段应有 {expected} 字节，收到 {found} 字节',
      en: 'the part that begins at byte {at} must have {expected} bytes; {found} were received',
    },
    next: {
      zh: '除最后一段外，每段 8388608 字节',
      en: 'every part but the last has 8388608 bytes',
    },
  },
  attachment_incomplete: {
    status: 409,
    who: 'caller',
    text: {
      zh: '附件共 {bytes} 字节，只收到 {received} 字节',
      en: 'the attachment has {bytes} bytes; {received} were received',
    },
    next: { zh: '从该位置继续上传', en: 'go on from there' },
  },
  attachment_digest_mismatch: {
    status: 422,
    who: 'caller',
    text: {
      zh: '收到的字节与声明的 SHA-256 不符；上传已取消',
      en: 'the bytes differ from the declared SHA-256; the upload was ended',
    },
    next: { zh: '重新上传', en: 'upload the file again' },
  },
  attachment_parts_differ: {
    status: 409,
    who: 'caller',
    text: {
      zh: '同一分段被同时上传了两次，存储中的与记录的不符；上传已取消',
      en: 'a part was sent twice at once, and the stored one is not the recorded one; the upload was ended',
    },
    next: { zh: '重新上传', en: 'upload the file again' },
  },
  attachment_type_wrong: {
    status: 422,
    who: 'caller',
    text: {
      zh: '文件内容不是声明的类型 {declared}，而是 {found}；上传已取消',
      en: 'the content is not of the declared type {declared}, but {found}; the upload was ended',
    },
    next: {
      zh: '按实际类型声明，或先转换文件',
      en: 'declare the type that the file has, or convert it first',
    },
  },
  attachment_content_refused: {
    status: 422,
    who: 'caller',
    text: {
      zh: '文件内容不被接收：{reason}；上传已取消',
      en: 'the content is refused: {reason}; the upload was ended',
    },
    next: {
      zh: '用制作该文件的软件重新导出一份普通文件',
      en: 'export a plain file from the program that made it',
    },
  },
  attachment_infected: {
    status: 422,
    who: 'caller',
    text: {
      zh: '病毒扫描发现 {found}；上传已取消',
      en: 'the scanner found {found}; the upload was ended',
    },
    next: { zh: '清除后再上传', en: 'clean the file and send it again' },
  },
  scanner_unavailable: {
    status: 503,
    who: 'operator',
    text: {
      zh: '病毒扫描暂不可用，附件没有通过',
      en: 'the scanner does not answer; the attachment was not accepted',
    },
    next: {
      zh: '稍后再结束上传，已上传的字节仍在',
      en: 'finish the upload later; its bytes are still there',
    },
  },
  attachment_mask_unfit: {
    status: 409,
    who: 'provider',
    text: {
      zh: '共享协议的脱敏 {mask} 不能用于该附件（{mediaType}）',
      en: 'the mask {mask} of the agreement cannot be applied to this attachment ({mediaType})',
    },
    next: {
      zh: '提供部门重新上传一张普通的图片，或与需求部门改签不带该脱敏的协议',
      en: 'the provider uploads a plain image, or the parties agree on another mask',
    },
  },
  attachment_bytes_missing: {
    status: 503,
    who: 'operator',
    text: {
      zh: '附件 {attachment} 的字节不在附件存储中',
      en: 'the bytes of the attachment {attachment} are not in the storage of attachments',
    },
    next: {
      zh: '由运维核对附件存储，恢复其副本；无法恢复时由报送部门重新上传并报送写有它的行',
      en: 'the operator checks the storage of attachments and restores a copy of it; where there is none, the provider uploads the file again and sends its row',
    },
  },
  attachment_objects_missing: {
    status: 503,
    who: 'operator',
    text: {
      zh: '存储桶缺少 {of} 个附件中 {missing} 个的字节：{first}',
      en: 'the bucket lacks the bytes of {missing} of {of} attachments: {first}',
    },
    next: {
      zh: '恢复存储桶的副本，其时间不早于数据库；此后已删除的文件无须处理',
      en: 'restore a copy of the bucket that is not older than the database; files that were removed since need nothing',
    },
  },
  attachments_busy: {
    status: 503,
    who: 'operator',
    text: {
      zh: '正在检查或处理的附件过多',
      en: 'too many attachments are being checked or masked',
    },
    next: { zh: '按 Retry-After 重试', en: 'try again after Retry-After' },
  },
  attachment_storage_unavailable: {
    status: 503,
    who: 'operator',
    text: { zh: '附件存储暂不可用', en: 'the storage of attachments is not available now' },
    next: { zh: '稍后再试', en: 'try again later' },
  },
  attachment_storage_differs: {
    status: 503,
    who: 'operator',
    text: {
      zh: '附件存储桶不是本枢纽使用的：标记对象 hub 缺失，或是另一枢纽的',
      en: 'the bucket of attachments is not the one of this hub: its marker, the object hub, is missing or of another hub',
    },
    next: {
      zh: '核对 hub.json 中的 attachments.s3；恢复之后执行 datong hub restore --claim-bucket；迁移存储桶见 docs/attachments.md',
      en: 'check attachments.s3 in hub.json; after a restore run datong hub restore --claim-bucket; see docs/attachments.md for how to move a bucket',
    },
  },
} as const;
