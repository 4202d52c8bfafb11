/** Options and arguments in Chinese, by their English text: verbs of departments at the hub, and evidence. */
export const exchangeTexts: Readonly<Record<string, string>> = {
  'such as ecology.street-cases': '如 ecology.street-cases',
  'purpose that the agreements name': '协议写明的使用场景',
  "such as ecology.air-warnings, or a pattern of topics such as 'ecology.*'":
    "如 ecology.air-warnings，或主题的模式，如 'ecology.*'",
  'ended, false-alarm, duplicate, exercise, other':
    'ended（已结束）、false-alarm（误报）、duplicate（重复）、exercise（演练）、other（其他）',
  'a field of the primary key; once for each of them': '主键的一个数据项；主键有几项就写几次',
  'a new value: text after =, JSON after := (cost:=12.5)': '新值：= 后为文本，:= 后为 JSON（cost:=12.5）',
  'version of the row as it was read': '读到的这一行的版本',
  'such as status=open; repeat for more': '如 status=open；可写多次',
  'only with a missed deadline, or also with one that is near': '只列已超过时限的，或连同临近时限的',
  'your department that works on the cases; needed where there are several':
    '您办理所在的部门；有多个时须写明',
  'agreement of the department; needed where there are several': '该部门的共享协议；有多份时须写明',
  'purpose of the agreement; needed where there are several': '协议的使用场景；有多个时须写明',
  'case number (办件号), where the agreement asks for one': '办件号，协议要求时写明',
  'the same key with the same change gets the first answer again': '同一标识、同一变更得到第一次的答复',
  'field of the schema with x-attachment': '标准中带 x-attachment 的字段',
  'media type (default: by the extension of the file)': '文件类型（默认按扩展名判断）',
  'continue an upload that was begun before': '继续以前开始的上传，写其附件编号',
  'print the attachment as JSON': '以 JSON 输出附件的说明',
  'dataset of this department, such as ecology.odour-reports': '本部门的数据资源，如 ecology.odour-reports',
  'the file': '文件',
  'such as ecology.odour-reports': '如 ecology.odour-reports',
  'the value of the field in a row': '行中该字段的取值',
  'such as ecology.air-quality-live': '如 ecology.air-quality-live',
  'only the latest row of each series, of a dataset with a time field':
    '只取每个序列的最新一行（有时间数据项的数据资源）',
  'the latest rows at this moment, such as 2026-09-01T08:00:00+08:00':
    '该时刻的最新各行，如 2026-09-01T08:00:00+08:00',
  'broker, buffer and subscriptions, YAML': '消息服务器、缓冲和订阅，YAML',
  'broker, toBroker and toHub, YAML': '消息服务器、toBroker 和 toHub，YAML',
  'seconds between two lines with figures': '两行数字之间的秒数',
  'the figures as JSON on stdout': '在标准输出以 JSON 给出数字',
  'JSON records, one a line or one array (default: standard input)':
    'JSON 记录，每行一条或一个数组（默认：标准输入）',
  'the file is a GeoJSON FeatureCollection or Feature; a geometry is the place of its row':
    '文件为 GeoJSON 的 FeatureCollection 或 Feature；几何即该行的位置',
  'registered mapping that reads JSON (default: the fields of the schema)':
    '已登记的、读取 JSON 的映射（默认：标准的数据项）',
  'what became of this exchange instead: the id of a reply, a refusal or a line of datong audit logs':
    '改为说明这次交换的结果：答复、拒绝或 datong audit logs 中的交换编号',
  'what is wrong; it names no person': '哪里有误；不写明是谁',
  'an answer that your department got': '本部门得到的一次答复（交换编号）',
  'where no exchange says it': '没有交换编号时写明数据资源',
  'the field that is wrong': '有误的数据项',
  'file with the identifier of the subject, - for standard input': '含主体标识的文件，- 为标准输入',
  'for a person: the person (self), a parent or guardian, or an agent':
    '为个人提出：本人（self）、监护人或代理人',
  'at the counter: which document was compared': '服务窗口：核对了哪种证件',
  'at the counter: number of the form': '服务窗口：申请表编号',
  'number of the form': '表格编号',
  'the scanned form; its digest goes with the consent': '表格扫描件，其摘要随同意留存',
  'the day on which it was signed, YYYY-MM-DD': '签署日期，YYYY-MM-DD',
  'your department, which has the form': '持有表格的本部门',
  'as datong inbox shows it': '编号见 datong inbox',
  'the scanned form as you have it': '您手中的扫描件',
  'only those that are not answered': '只看尚未答复的',
  'its id': '编号',
  'mend, explain or withdraw': 'mend 已改正、explain 说明理由、withdraw 撤回',
  'of mend: the submission with the corrected data': 'mend：改正数据的报送批次',
  'of explain: why nothing is wrong; of a copy or a deletion how it was done; it names no person':
    'explain：为何无误；复制或者删除的，写明如何办理；不写明是谁',
  'for a person: that data is corrected (the default), given as a copy, or deleted':
    '为个人提出：correction 更正（默认）、copy 复制、deletion 删除',
  'where the file is written; an unfinished file is FILE.part': '文件写到哪里；未完成的部分在 FILE.part',
  'one JSON file a row, below FOLDER/rows': '每行一个 JSON 文件，存于 文件夹/rows',
  'a table of your own PostgreSQL; the password may be set in PGPASSWORD':
    '本部门 PostgreSQL 中的一张表；口令可放在 PGPASSWORD',
  'with --to-sql: the table (default: after the dataset)': '与 --to-sql 同用：表名（默认按数据资源命名）',
  'POST each answer as JSON to a program of yours, which takes it over with 2xx':
    '把每次答复以 JSON POST 给本部门的程序，程序答 2xx 即为接收',
  'with --forward-to: file that stores the position': '与 --forward-to 同用：进度存放的文件',
  'how often to ask when in step': '一致时每隔多久再取一次',
  'the hub answers when something changed, or after so many seconds (1 to 30); Ctrl-C ends after that answer':
    '有变化即由枢纽答复，至多等这么多秒（1 至 30）；按 Ctrl-C 在该次答复后结束',
  'end when the copy is in step': '副本一致后结束',
  'the copy is lost or in doubt: begin from nothing': '副本丢失或不可信：从头开始',
  'which query or file each dataset comes from, YAML': '每个数据资源取自哪个查询或文件，YAML',
  'a process of the hub, once for each (default: every address of the hub’s name)':
    '枢纽的一个进程，每个进程写一次（默认：枢纽域名的每个地址）',
  'read each source once, validate its first rows against the schema, and end':
    '每个来源读取一次，用数据集标准核对前若干行，然后结束',
  'pin of the hub, given with the code': '枢纽指纹（pin），随入网码告知',
  'refuse unless the code is for this department': '入网码不属于这个部门则拒绝',
  'where datong.json is written': 'datong.json 写在哪个文件夹',
  'renew the certificate of datong.json (from half of its life; up to 30 days after its end)':
    '换发 datong.json 的证书（有效期过半起，到期后 30 天内）',
  'certify the TLS key of a .p12 or .pfx, RSA or P-256, instead of a fresh one':
    '为 .p12 或 .pfx 中的 TLS 密钥（RSA 或 P-256）发证，不另生成',
  'which key of the store, where it holds several': '密钥库中有多把时，用哪一把',
  'its first line is the password of the stores (else DATONG_KEYSTORE_PASSWORD)':
    '首行为密钥库口令的文件（否则取 DATONG_KEYSTORE_PASSWORD）',
  'write TLS key and certificate chain as .p12, for Java, IIS and others':
    '把 TLS 密钥和证书链写成 .p12，供 Java、IIS 等使用',
  'protect it with 3DES, for Windows Server 2016 and Java before 8u301':
    '用 3DES 保护，供 Windows Server 2016 和 8u301 以前的 Java 使用',
  'print the outcome as JSON': '以 JSON 输出结果',
  'enrolment code from the data office': '数据主管部门给的入网码',
  'such as pub-security.household': '数据资源，如 pub-security.household',
  'such as pub-security.household-live': '实时数据资源，如 pub-security.household-live',
  'registered mapping, name or name@version (default: the name of the dataset)':
    '已登记的映射，名称或“名称@版本”（默认与数据资源同名）',
  'continue a submission that was broken off': '接着传中断的批次',
  'the file contains the corrected rows of this batch; its good rows are published with them':
    '文件是这个批次改正后的行；其合格行随之发布',
  'lines of the newest batch in which this field is empty, or has a value again':
    '列出最新批次中该字段为空或取值重复的行号',
  'with --field: of this batch': '与 --field 同用：改看这个批次',
  'without a dataset: those of this department': '不写数据资源时：只列该部门的',
  'problems of rows to show': '显示多少条行问题',
  'store request, reply and receipt of the commit there': '把提交的请求、答复与回执存到这里',
  'file in the format that the mapping declares; none with --watch':
    '映射所声明格式的文件；用 --watch 时不写',
  'control totals of the file (对账文件): rows=…, sum.COLUMN=…, sha256=…':
    '对账文件：行数=…、合计.列名=…、sha256=…',
  'send each file that comes to rest there, then move it to sent/ or refused/':
    '报送该文件夹中每个不再变化的文件，之后移入 sent/ 或 refused/',
  'every field of the primary key with its value': '主键的每个字段及其值',
  'file with the mapping, JSON or YAML': '映射文件，JSON 或 YAML',
  'whose stored bytes are read (default: the current batch)': '读取哪个批次的原始字节（默认当前批次）',
  'write the rows that failed there: your own columns and encoding, and 错误':
    '把有问题的行写到这里：原列、原编码，另加“错误”',
  'how often the folder is looked at': '多少秒查看一次文件夹',
  'look at the folder once and end, for a schedule of your own': '只查看一次便结束，供自设的定时任务调用',
  'CSV with the fields of the primary key as its headings, a key a line': 'CSV，表头为主键字段，每行一个主键',
  'only of this dataset': '只看这个数据资源',
  'only in this state, such as held': '只看这个状态，如 held 搁置',
  'show progress until it is finished': '一直显示进度，直到检查结束',
  'the batch as JSON': '以 JSON 输出该批次',
  'of its newest version, or NAME@VERSION': '映射的名称（取最新版本），或 名称@版本',
  'the new batch as JSON': '以 JSON 输出新批次',
  'id as datong send and datong batch list show it': '批次号，见 datong send 与 datong batch list',
  'reason; it is recorded in the log, so it must not name a person': '原因；记入日志，因此不要写人名',
  'id as datong batch list shows it': '批次号，见 datong batch list',
  'port to listen on (default 8790; 0 takes a free one)': '监听端口（默认 8790；0 为任一空闲端口）',
  'address to listen on': '监听地址',
  'allow an address that other machines can reach; every holder of a token acts for the department':
    '允许其他机器可达的地址：持有令牌者即可代表本部门',
  'tokens of the applications; made where it is missing': '各应用的令牌文件；没有则新建',
  'store request, reply and receipt of every exchange there': '把每次交换的请求、答复与回执存到这里',
  'write them there instead of printing counts by rule: as CSV, or as a workbook where you sent one':
    '写入该文件，不打印按规则的计数：CSV；报送的是工作簿时为工作簿',
  'every row as JSON, one a line': '每行一个 JSON 对象',
  'every row the agreement gives, in one exchange of many parts; each part is verified before it is written, and the end':
    '协议给出的所有行，一次交换分多段送达；每段核验后才写出，结尾同样核验',
  'id of a submission of yours': '您的报送批次号',
  'id of a submission of yours, or a live dataset of yours': '您的报送批次号，或您的实时数据资源',
  'purpose that the agreement names': '共享协议写明的使用场景',
  'agreement, or requested agreement; needed where there are several':
    '共享协议的编号，或申请所求协议的编号；有多份时指明',
  'purpose that is tried; needed where there are several': '要试用的使用场景，有多个时指明',
  'one JSON document: synthetic, records, withheld, exchanges':
    '输出一个 JSON 文档：synthetic、records、withheld、exchanges',
  'agreement under which it is asked': '依据的共享协议',
  'pseudonymous id of the official (经办人)': '经办人的化名编号',
  'case number (办件号), as it is written: RX-2026-000451, 京教〔2026〕1号':
    '办件号，照原样写：RX-2026-000451、京教〔2026〕1号',
  'field=value, "field in a,b", field>=value; field:>=75 for numbers; repeatable':
    '字段=值、"字段 in 值,值"、字段>=值；数字写 字段:>=75；可多次',
  'fields wanted, separated by commas (default: all granted)': '需要的数据项，逗号分隔（默认全部已授予的）',
  'fields to sort by, -name for descending': '按哪些数据项排序，-名称 为降序',
  'rows of a page (default 100, at most 1000)': '每页行数（默认 100，最多 1000）',
  'follow the cursor to the last page; each page is a separate exchange':
    '一直取到最后一页；每页各是一次交换',
  'with --each: the field by whose full values subjects are named':
    '与 --each 同用：以哪个数据项的完整值指明主体',
  'many subjects in one exchange: a value a line (- for stdin); an outcome a line, in the same order':
    '一次交换查多个主体：每行一个值（- 为标准输入）；按同样次序每行一个结果',
  'as CSV that Excel opens: byte order mark, CRLF, no formulas':
    'Excel 可直接打开的 CSV：带 BOM、CRLF，不含公式',
  'as a workbook, with -o; long numbers retain their digits': '工作簿，须加 -o；长数字保持原样',
  'one JSON object a line (the usual)': '每行一个 JSON 对象（默认）',
  'as a GeoJSON FeatureCollection; rows with a place': 'GeoJSON FeatureCollection；用于带位置的数据行',
  'write the rows there, readable by you alone': '把数据行写到这里，只有本人可读',
  'one JSON document: records, withheld, rows, exchanges':
    '一个 JSON 文档：records、withheld、rows、exchanges',
  'identifier of the subject in full; - reads it from stdin': '主体的完整标识；- 从标准输入读取',
  'YYYY-MM-DD, where the fact requires a day': 'YYYY-MM-DD，核验项需要日期时',
  'value to compare, where the fact requires one': '核验项需要时，与之比较的值',
  'the value is a number': '该值是数字',
  'a CloudEvent, an array of them, or one a line; - for standard input':
    '一个 CloudEvent、其数组，或每行一个；- 为标准输入',
  'id as datong event subscribe shows it': '编号，见 datong event subscribe',
  'one JSON file an event, named after its id': '每个事件一个 JSON 文件，以其编号命名',
  'run for each event, which it reads as JSON on standard input':
    '为每个事件执行一次，从标准输入读取事件的 JSON',
  'POST each event there as application/cloudevents+json; a 2xx answer takes it over':
    '把每个事件以 application/cloudevents+json 提交到该地址；答复 2xx 即为已接收',
  'file to write, which must not exist': '要写入的文件，不得已存在',
  'open or closed': 'open 进行中，closed 已关闭',
  'id of the event, as it was received or as datong event board shows it':
    '事件编号，见收到的事件或 datong event board',
  'received, accepted or done; each includes those before it':
    'received 已收到、accepted 已受理、done 已办结；后一级包含前一级',
  'end when there is no further event': '没有更多事件时结束',
  'types of event, separated by commas (default: all of the topic)':
    '事件类型，逗号分隔（默认主题的全部类型）',
  'begin with the oldest event that is stored': '从所存最早的事件开始',
  'begin with the events stored since then, RFC 3339': '从该时间以来存储的事件开始，RFC 3339',
  'such as ecology.air-warnings': '主题，如 ecology.air-warnings',
  'store request, reply and receipt there': '把请求、答复与回执存到这里',
  'a fact (核验项) of the agreement, such as school-age': '共享协议的核验项，如 school-age',
  'id of your own for it: lower-case letters, digits, hyphens': '您自定的编号：小写字母、数字、连字符',
  'file with the identifier of the person the data are about, - for standard input':
    '数据所涉个人标识所在的文件，- 为标准输入',
  'file with the identifier of the parent or guardian who agreed': '同意的父母或监护人标识所在的文件',
  'department that will receive the data; never your own': '接收数据的部门；不能是本部门',
  'purposes that the notice names, separated by commas': '告知书写明的使用场景，逗号分隔',
  'fields agreed to, separated by commas': '同意的数据项，逗号分隔',
  'hex SHA-256 of the registered notice': '已登记告知书的 SHA-256，十六进制',
  'language of the notice': '告知书的语言',
  'RFC 3339 (default: now)': 'RFC 3339 时间（默认现在）',
  'RFC 3339; it holds until just before then': 'RFC 3339 时间；到此刻之前有效',
  'how often it may be used': '可使用多少次',
  'how long the recipient may retain the data, such as P180D': '接收部门可以保存多久，如 P180D',
  'how the person was asked: app, counter, letter': '征求方式：app 应用、counter 窗口、letter 书面',
  'the current state of the consent': '输出该同意的现状',
  'id of the consent': '同意的编号',
  'file with the identifier of the person, - for standard input': '个人标识所在的文件，- 为标准输入',
  'one JSON document': '一个 JSON 文档',
  'who asks: the person (self), a parent or guardian, or an agent':
    '由谁申请：self 本人、guardian 监护人、agent 受托人或近亲属',
  'how reliably the service proved the identity of the person: substantial or high':
    '核验身份的程度：substantial 两种独立方式，high 另加人脸或实体证件',
  'YAML file with one document of kind Notice': '含一份 kind 为 Notice 的文档的 YAML 文件',
  'entries older than this exchange': '早于该交换的条目',
  'as HTML to print': '输出可打印的 HTML',
  'the document you compared with the person at the counter':
    '所核对的证件：resident-id 身份证、household-book 户口簿、passport 护照、residence-permit 居住证',
  'number of the application form; recorded in the log': '申请表编号，记入日志',
  "the hub's anchors.json": '枢纽的 anchors.json',
  'the view as --json printed it': '由 --json 输出的查询结果',
  'also that it is about the person whose identifier is in this file': '并核验所述即该文件中标识之人',
  'code of the department': '部门代码',
  'it serves them no more': '不再承担',
  'department whose access records are not shown': '哪个部门的查询暂不告知',
  'law or decision that demands it': '所依据的法律或决定',
  'its article': '条款',
  'RFC 3339, within 180 days': 'RFC 3339 时间，180 日以内',
  'delay-…, see datong subject delays': '编号 delay-…，见 datong subject delays',
  'reason; it is recorded in the log': '事由，记入日志',
  'reason; it is recorded in the log and shown to both parties and the data office':
    '原因；记入日志，双方和数据主管部门都能看到',
  'the file that is compared with the digests; it stays on this machine':
    '要与摘要核对的文件；文件不离开本机',
  'only what is open and due within a week, or overdue': '只列未办且一周内到期或已逾期的',
  'the duties of a withdrawn consent, instead of ids': '已撤回同意所涉的义务，代替编号',
  'of use-reported: what the data were used for, naming no person': 'use-reported 时：数据用于什么，不写人名',
  'the current duties': '输出义务现状',
  'deleted, subjects-notified, use-reported or not-shared':
    'deleted 已删除、subjects-notified 已通知本人、use-reported 已报告使用、not-shared 未再提供',
  'ids as datong consent duty list shows them': '编号，见 datong consent duty list',
  'allowed or denied ones only': '只看允许的或拒绝的',
  'about this dataset only': '只看关于这个数据资源的',
  'of this operation only, such as queryDataset': '只看这个操作，如 queryDataset',
  'print new calls as they arrive, oldest first, until Ctrl-C':
    '新的交换到达即显示，旧的在前，按 Ctrl-C 结束',
  'with --follow: seconds between two queries': '与 --follow 同用：每隔几秒看一次',
  'one JSON object a line': '每行一个 JSON 对象',
  "the hub's anchors.json (default: those of the profile)": '枢纽的 anchors.json（默认取配置中的）',
  'reply it is about: a raw HTTP message, or the body alone': '所涉答复：原始 HTTP 报文，或仅正文',
  'request it is about: a raw HTTP message with its signature': '所涉请求：带签名的原始 HTTP 报文',
  "the department's public signing key: JWK, JWK set or PEM, as text or a file (default: signing-key.json next to the request)":
    '部门的签名公钥：JWK、JWK 集或 PEM，文本或文件（默认请求旁的 signing-key.json）',
  'public key of a witness, or a file with it: the hub is asked to prove that the witness has seen this log; may be repeated':
    '见证方公钥或含公钥的文件：请枢纽证明见证方看过此日志；可多次',
  'department of the running demo whose hub is meant': '运行中的演示里的部门，指其枢纽',
  'profile that names the hub, or its file (default: ./datong.json, else the one in use)':
    '写明枢纽的配置或其文件（默认 ./datong.json，否则当前使用的）',
  'the datong-receipt header as it came, the receipt as JSON, or a folder that --save filled':
    '原样的 datong-receipt 头、JSON 回执，或 --save 存入的文件夹',
  'write it there instead of printing it': '写到这里，不打印',
  'id of one of your own exchanges': '本部门某次交换的编号',
  "the log's public key, or a file with it; several for a log that changed keys":
    '日志公钥或含公钥的文件；换过密钥的日志给多个',
  'a checkpoint stored outside the hub; may be repeated': '在外部保存的检查点；可多次',
  'a receipt, or a folder of receipts, that came with replies': '随答复而来的回执，或存放回执的文件夹',
  "the hub's anchors.json: the log's key, and the keys that replies are signed by":
    '枢纽的 anchors.json：日志公钥与签署答复的公钥',
  'public signing key of a department whose requests were stored; may be repeated':
    '留存了其请求的部门的签名公钥；可多次',
  'of a running hub: fetch only what was appended since the last verification on this machine, which it must continue':
    '对运行中的枢纽：只取本机上次核验之后追加的，且必须与之相续',
  'pack.json, or a folder with pack.json, checkpoint and receipts/':
    'pack.json，或含 pack.json、checkpoint、receipts/ 的文件夹',
  'first entry (default: the whole log)': '起始条目（默认整个日志）',
  'last entry': '末尾条目',
  'an exchange; may be repeated': '一次交换；可多次',
  'size of a checkpoint that another party has stored; may be repeated': '有人保存的检查点的条数；可多次',
  'file to write (default: stdout)': '写到哪个文件（默认标准输出）',
  'the table as CSV': '表格写成 CSV',
  'deliver to this webhook (https) instead of being fetched': '推送到这个 webhook，不再由本部门拉取',
  'events of one message to the webhook, 1 to 1000 (default: 1)': '每次推送几个事件，1 到 1000（默认 1）',
  'pause, resume, or test': 'pause 暂停、resume 恢复、test 发送测试事件',
  'the former secret signs too for so long, 0 to 168 (default: 24)':
    '旧密钥继续签名多少小时，0 到 168（默认 24）',
  'ids of events; all dead letters if none is given': '事件编号；不写则为全部死信',
  'whose stored readings': '用哪个数据资源已存的读数',
  'a month, day or hour: 2026-09, 2026-09-01, 2026-09-01T08':
    '某月、某日或某小时：2026-09、2026-09-01、2026-09-01T08',
  'JSON or YAML with eventRules, as in intake': '含 eventRules 的 JSON 或 YAML，写法同 intake',
};
