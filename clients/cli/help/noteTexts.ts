/** Chinese texts of the notes and examples after the options of `--help`, line by line. Commands and files of the examples stay as they are. */
export const noteTexts: Readonly<Record<string, string>> = {
  'Examples:': '示例：',
  'Example:': '示例：',
  '# asks; the second person is shown what goes': '# 先看；第二人会看到将销毁的内容',
  '# the second person agrees to it': '# 第二人同意',
  '# first line of a YAML file next to it:': '# 同一文件夹中 YAML 文件的首行：',
  'records of a GBK or UTF-8 file': 'GBK 或 UTF-8 文件的记录',
  'Exit: 0 all records read, 1 some were not (see --problems) or the file, its reader options or the mapping were refused, 2 no format is known or an option of the command line has no effect, 4 the file cannot be opened.':
    '退出码：0 全部读出，1 有记录未读出（见 --problems），或文件、其读取选项或映射被拒绝，2 格式不明或命令行有选项不起作用，4 文件打不开。',
  'Exit: 0 ended by Ctrl-C or SIGTERM, 1 refused by the hub or the broker, 4 the configuration or the buffer. Nothing is lost: what waits is sent':
    '退出码：0 由 Ctrl-C 或 SIGTERM 结束，1 被枢纽或消息服务器拒绝，4 配置或缓冲有误。数据不会丢失：未发送的，',
  'after the next start.': '下次启动后发送。',
  'One line of JSON on stdout for each answer that was taken over: {watermark, put, gone, more, exchange}.':
    '每个已应用的答复在 stdout 输出一行 JSON：{watermark, put, gone, more, exchange}。',
  'Exit: 0 ended by Ctrl-C or in step (--once), 1 refused by the hub, 3 network (--once), 4 the copy or its place.':
    '退出码：0 由 Ctrl-C 结束或已同步（--once），1 被枢纽拒绝，3 网络（--once），4 副本或其位置有误。',
  'It is safe to publish a file again: an event that was stored before is counted as repeated.':
    '同一文件可以再次发布：已存储的事件计为重复。',
  'Exit: 0 stored, 1 refused by the hub, 3 network, 4 the file.':
    '退出码：0 已存储，1 被枢纽拒绝，3 网络，4 文件有误。',
  'A pattern has no --agreement: each topic is decided under its own, and topics that are registered later take part by themselves.':
    '通配订阅不写 --agreement：每个主题按各自的共享协议决定，以后登记的主题自动加入。',
  'stdout is the id of the subscription, for datong event listen. With --url the secret of the webhook is shown once, on stderr.':
    'stdout 输出订阅编号，供 datong event listen 使用。写 --url 的，其密钥在 stderr 只显示一次。',
  'An event counts as received when its file is written, its command ends with 0 or the service answers with 2xx; until then it comes again, under the same id.':
    '文件写成、命令以 0 结束或服务答复 2xx，事件才算收到；在此之前以同一编号再次送达。',
  'One line of JSON on stdout for each answer: {events, type, exchange}; with --exec stdout is that of the command.':
    '每个答复在 stdout 输出一行 JSON：{events, type, exchange}；用 --exec 时 stdout 属于该命令。',
  'Exit: 0 ended by Ctrl-C or nothing left (--once), 1 refused by the hub, 3 network (--once), 4 folder, command or service (--once).':
    '退出码：0 由 Ctrl-C 结束或已取完（--once），1 被枢纽拒绝，3 网络（--once），4 文件夹、命令或服务有误（--once）。',
  'Exit: 0 ended by Ctrl-C or SIGTERM, 1 refused by the hub or the broker, 4 the configuration. Nothing is lost: what is not acknowledged comes':
    '退出码：0 由 Ctrl-C 或 SIGTERM 结束，1 被枢纽或消息服务器拒绝，4 配置有误。数据不会丢失：未确认的，',
  'again, under the same id.': '以同一编号再次送达。',
  'test sends one message at once: a challenge until the endpoint has answered one, then a test event. If the endpoint takes it, events that':
    'test 立即发送一条消息：接收端尚未通过验证的，发送验证；已通过的，发送测试事件。接收端接受后，',
  'wait for their next attempt are sent at once, unless the webhook is paused. resume sends them without a test.':
    '等待重试的事件立即发送，已暂停的除外。resume 不经测试即发送。',
  'Exit: 0 done, 1 refused by the hub or not taken by the endpoint, 3 network.':
    '退出码：0 完成，1 被枢纽拒绝或接收端未接受，3 网络。',
  'stdout is the new secret.': 'stdout 输出新密钥。',
  'They are sent at once, and so are events that wait for their next attempt; those of a paused webhook when it is resumed.':
    '这些事件和等待重试的事件立即发送；已暂停的，恢复后发送。',
  'Exit code 1 when signatures are needed: something is added or loosened, or a reason for a field changes.':
    '退出码 1：需要签名，即有新增、放宽，或数据项的理由改变。',
  'Exit code 1 when an answer would differ.': '退出码 1：有答复将不同。',
  'Exit code 1 when something is added or loosened, or a call would be answered otherwise.':
    '退出码 1：有新增或放宽，或有调用将得到不同答复。',
  '# shows': '# 显示',
  '# shows and approves': '# 显示并同意',
  '# several, one after the other': '# 多件，依次办理',
  'Exit codes: 0 everything holds, 5 something does not, 4 a file cannot be read.':
    '退出码：0 全部成立，5 有不成立的，4 文件读不出。',
  'Every search is an entry of the log; one about a person names its reason and its case.':
    '每次查找都记入日志；查某个人的，须写明事由和办件编号。',
  'Exit code 5: something is found': '退出码 5：有发现',
  'Evidence about a person is released by a second person: datong audit evidence release ID.':
    '关于某个人的证据由第二人放行：datong audit evidence release 编号。',
  'Each query of this command is itself an exchange. With --follow its own queries are not shown.':
    '本命令每次查询也是一次交换；用 --follow 时不显示其自身的查询。',
  'For request, reply and receipt it is shown what was present and how far it was checked.':
    '对请求、答复和回执，逐项说明有什么、核验到哪里。',
  'Exit codes: 0 it holds, 5 it does not, 4 a file cannot be read.':
    '退出码：0 成立，5 不成立，4 文件读不出。',
  'Exit codes: 0 no alarm, 5 there are alarms.': '退出码：0 没有告警，5 有告警。',
  'Stop every process of the hub first.': '先停止枢纽的所有进程。',
  'Copy the new file to the key folder of every other process before the second person accepts.':
    '第二人接受之前，把新文件复制到其他各进程的密钥文件夹。',
  'Copy the new key to the key folder of every process before its first moment.':
    '新密钥启用之前，把它复制到各进程的密钥文件夹。',
  '# asks': '# 逐项询问',
  'The archive opens only with backup.key of the key folder, which is not part of it: store the key folder separately.':
    '备份只能用密钥文件夹中的 backup.key 打开，而备份不含该文件：密钥文件夹须另行保存。',
  'Stop the hub first. The whole archive is checked before anything is written.':
    '先停止枢纽。写入之前先核验整个备份。',
  'Without log-high-water.json in the state folder --accept-older is required.':
    '状态文件夹中没有 log-high-water.json 的，须加 --accept-older。',
  'The hub may serve at the same time. Its database and its state folder are not changed.':
    '枢纽可以同时运行。其数据库和状态文件夹不会更改。',
  '--restore needs the programs of PostgreSQL, and free space for the whole database in the folder for temporary files (TMPDIR).':
    '--restore 需要 PostgreSQL 的程序，以及临时文件夹（TMPDIR）中容纳整个数据库的空间。',
  'It exits 5 if the archive cannot be read, its log does not continue what was signed, or a row was changed past the hub.':
    '退出码 5：备份读不出，其日志没有延续已签署的内容，或有行被绕过枢纽更改。',
  'It exits 5 if the archive cannot be read, its log does not continue what was signed, a row was changed past the hub, or the bucket lost attachments.':
    '退出码 5：备份读不出，其日志没有延续已签署的内容，有行被绕过枢纽更改，或存储桶丢失附件。',
  '# of a running hub': '# 运行中的枢纽',
  '# before the hub is there': '# 枢纽尚未建立时',
  '# from cron, once a day: does nothing until it is time': '# 由 cron 每天执行一次：未到换发时间不做任何事',
  'agent.header: one line, authorization: Bearer and a token of the file (chmod 600; every user of the machine can read a command line)':
    'agent.header：一行，authorization: Bearer 加文件中的一个令牌（chmod 600；本机任何用户都能看到命令行）',
  '# or url: postgres://reader@localhost/his, mysql://reader@localhost/his':
    '# 或 url: postgres://reader@localhost/his、mysql://reader@localhost/his',
  '# names a row; rows come in its order': '# 标识一行；行按其顺序返回',
  'Exit: 0 ended by Ctrl-C or checked, 1 refused by the hub or --check found something, 3 the hub is not there (--check), 4 the configuration.':
    '退出码：0 由 Ctrl-C 结束或核验通过，1 被枢纽拒绝或 --check 有发现，3 连不上枢纽（--check），4 配置有误。',
  'display help for command': '显示命令的用法',
  'output the version number': '显示版本号',
  'language of talk (default: LANG)': '提示语言（默认取 LANG）',
};
