/** Options and arguments in Chinese, by their English text: local files, schemas, policies and masks, and the operator's tools. */
export const toolTexts: Readonly<Record<string, string>> = {
  'format of the file': '文件格式',
  'reader options, JSON': '读取选项，JSON',
  'command that runs the client, or https:// address of a gateway':
    '运行客户端的命令，或网关的 https:// 地址',
  'only these cases': '只演练这些情形',
  'cases at the same time': '同时演练的情形数',
  'mapping document, JSON; or the YAML with Schema and Mapping that apply takes':
    '映射文档，JSON；或 apply 所用的含 Schema 与 Mapping 的 YAML',
  'schema that the mapping fills: a file, or a shared one such as household@1':
    '映射所填的数据集标准：文件，或共享标准如 household@1',
  'code lists of your own, YAML as apply takes them': '自有代码表，apply 所用的 YAML',
  'write problems as NDJSON {line, column, header, field, rule, got, message}':
    '把问题写成 NDJSON {line, column, header, field, rule, got, message}',
  'memo file of a DBF (.dbt, .fpt)': 'DBF 旁的备注文件（.dbt、.fpt）',
  'doubted records are problems; the default with a mapping that does not say otherwise':
    '存疑记录算作问题数据；有映射且映射未另行规定时为默认',
  'deliver doubted records, report and count them; the default without a mapping':
    '存疑记录照常给出，并提示、计数；没有映射时为默认',
  'only look at the first records; for host files with the bytes of every field':
    '只看开头几条记录；主机文件同时显示每个数据项的字节',
  'problems on stderr as NDJSON': '问题以 NDJSON 写到标准错误',
  'file to read, - for standard input': '要读的文件，- 为标准输入',
  'schema to fill: a file, or a shared one such as household@1':
    '要填的数据集标准：文件，或共享标准如 household@1',
  'format, where it is known': '已知的格式',
  'reader options that are known, JSON': '已知的读取选项，JSON',
  'the whole suggestion, not only the mapping': '输出完整建议，不只是映射',
  'a file, or a part of one; - for standard input': '文件或其一部分；- 为标准输入',
  'findings as JSON': '以 JSON 输出发现',
  'schemas that it refers to by URN': '它以 URN 引用的数据集标准',
  'rows of it (CSV, xlsx, DBF, JSON, NDJSON), a list of columns, or CREATE TABLE':
    '它的数据文件（CSV、xlsx、DBF、JSON、NDJSON）、字段清单或 CREATE TABLE',
  'code of the department that provides it': '提供部门的代码',
  'name of schema and dataset, such as food-permit': '标准与资源的名称，如 food-permit',
  'what the dataset is called, in Chinese': '资源的中文名称',
  'what the dataset is called, in English': '资源的英文名称',
  'fields that identify a row, with commas; - for none': '标识一行的数据项，以逗号分隔；- 为无',
  'field that names the person or organisation of a row, such as uscc:organization; - for none':
    '标明所涉个人或单位的数据项，如 uscc:organization；- 为无',
  'levels other than the proposed ones, such as phone=L3': '与所提议不同的级别，如 phone=L3',
  'conditional, unconditional or none': 'conditional 有条件、unconditional 无条件、none 不予共享',
  'on which conditions it is shared': '共享条件',
  'snapshot: each file replaces the one before; upsert: it adds and changes rows':
    'snapshot：每份文件替换上一份；upsert：增改各行',
  'how often a file is expected: day, workday or - (not on fixed days)':
    '多久报送一次：day 每日、workday 每个工作日、- 不定期',
  'sheet of a workbook': '工作簿中的工作表',
  'rows of it, where the file is a list of columns: for the mapping':
    '该表的数据文件：file 为字段清单时据此起草映射',
  'file to write (default: NAME.yaml)': '写出的文件（默认：名称.yaml）',
  'replace the file to write': '覆盖写出的文件',
  'register without a further question': '不再询问，直接登记',
  'code of the department that asks': '使用部门的代码',
  'what the data is used for: code of a purpose at the hub': '用途：枢纽上使用场景的代码',
  'the rule or document that it rests on': '所依据的规定或文件',
  'the clause of it': '其中的条款',
  'fields that are given, with commas (default: all but L4 and sensitive personal data)':
    '提供的数据项，以逗号分隔（默认：L4 和敏感个人信息以外的全部）',
  'fields whose full value the caller must give to find a row, with commas; they may be masked':
    '须给出完整取值才能查到一条的数据项，以逗号分隔；可以是脱敏数据项',
  'fields whose marks of a missing value, such as 无 or -, remain texts, with commas':
    '保留“无”“-”等写法原文的数据项，以逗号分隔',
  'other masks than the usual ones, such as phone=clear': '与通常不同的脱敏算法，如 phone=clear',
  'fields that may be filtered by, with commas; - for none': '可用于筛选的数据项，以逗号分隔；- 为无',
  'last day, YYYY-MM-DD': '最后一天，YYYY-MM-DD',
  'number of the agreement, such as agr-transport-food-permit': '协议编号，如 agr-transport-food-permit',
  'what the agreement is called': '协议名称',
  'file to write (default: ID.yaml)': '写出的文件（默认：编号.yaml）',
  'schema (JSON)': '数据集标准（JSON）',
  'schema (JSON), or the YAML that draft writes': '数据集标准（JSON），或 draft 写出的 YAML',
  'which way must hold': '要求哪个方向兼容',
  'read any draft from 07 on, regardless of the profile': '可读 07 起的任何草案，不论规范如何要求',
  'the comparison as JSON': '以 JSON 输出比较结果',
  'NDJSON lines {id, old, new, mode}: one answer a line': 'NDJSON 行 {id, old, new, mode}：每行一个答复',
  'schemas that they refer to by URN': '它们以 URN 引用的数据集标准',
  'OLD NEW; with more than two, NEW against every earlier one (transitive)':
    '旧 新；多于两个时，新的与之前每一个比较（传递）',
  'write every finding as NDJSON': '把每条发现写成 NDJSON',
  'schema (JSON), or the short name of a shipped one': '数据集标准（JSON），或内置标准的短名',
  'records (NDJSON)': '记录（NDJSON）',
  'as {"types": …}': '输出为 {"types": …}',
  'the masked shape that this department receives, by the documents of --policy':
    '按 --policy 的文档，该部门所收到的脱敏后形状',
  'folder of agreements and restrictions': '存放共享协议与统一管控规则的文件夹',
  'where an agreement has several': '共享协议有多个使用场景时指明一个',
  'where the department has several': '该部门有多份时指明一份',
  'drafts with confidences and reasons as JSON': '以 JSON 输出草稿及把握与理由',
  'write each draft to <dir>/<table>.json; a file that is there already is refused':
    '把每份草稿写到 <文件夹>/<表>.json；已有文件则拒绝',
  'with --out: replace files': '与 --out 同用：替换已有文件',
  'column list (xlsx, CSV), SQL DDL, or sample (CSV, xlsx, DBF, JSON, NDJSON)':
    '字段清单（xlsx、CSV）、SQL 建表语句，或样本（CSV、xlsx、DBF、JSON、NDJSON）',
  'how many': '多少条',
  'same seed, same records': '同一种子得到同样的记录',
  'records that break one rule each: {record, rule, pointer}': '每条各违反一条规则：{record, rule, pointer}',
  'as one JSON object {records}': '输出为一个 JSON 对象 {records}',
  'time for expiry (default: now)': '判断到期所用的时间（默认现在）',
  'folder of documents, or one file': '文档文件夹，或一个文件',
  'result as JSON': '以 JSON 输出结果',
  'folder of documents with cases (kind: Cases)': '含用例（kind: Cases）的文档文件夹',
  'consumer, dataset, agreement, purpose, onBehalfOf, matter, fields, filter, sort, limit, callsToday (YAML or JSON)':
    '请求文件（YAML 或 JSON）：consumer、dataset、agreement、purpose、onBehalfOf、matter、fields、filter、sort、limit、callsToday',
  'explanation as JSON': '以 JSON 输出解释',
  "decision time (default: the request's now, else the clock)": '决策时间（默认取请求的 now，否则取时钟）',
  'what may be explained': '可以透露到什么程度',
  'folder of documents': '文档文件夹',
  'folder of documents; absent with --hub': '文档文件夹；用 --hub 时不给',
  'what is in force at the hub, by your token': '枢纽上现行的内容（凭您的令牌）',
  'YAML file of one Agreement or Restriction': '含一份 Agreement 或 Restriction 的 YAML 文件',
  'number of past days': '回看的天数',
  'maximum number of log entries to examine': '最多检查多少条日志条目',
  'cells, counts and verdict as JSON': '以 JSON 输出单元、计数与结论',
  'folder of documents in force': '现行文档的文件夹',
  'folder of documents proposed': '拟议文档的文件夹',
  'of this dataset': '只看这个数据资源',
  'of this field': '只看这个数据项',
  'by this department': '只看这个部门',
  'cells as JSON': '以 JSON 输出单元',
  'whether it is in force then (default: now)': '那时是否生效（默认现在）',
  'documents that were in force: their decision is used where an answer is missing':
    '当时生效的文档：缺少的答复以其结果代替',
  'report as JSON': '以 JSON 输出报告',
  'NDJSON: {id?, at, request: {…}, answer?: {effect, code | fields}}':
    '请求记录，NDJSON：{id?, at, request: {…}, answer?: {effect, code | fields}}',
  'kind of document': '文档种类',
  parameters: '参数',
  'master key of pseudonyms: 32 bytes or more, or their hex': '化名主密钥：不少于 32 字节，或其十六进制',
  'department a pseudonym is made for': '为哪个部门生成化名',
  'time for masks that need one (default: now)': '需要时间的脱敏算法所用的时间（默认现在）',
  'lines are JSON values, in and out': '输入输出每行都是 JSON 值',
  'the catalogue: names, parameters, what is still revealed': '目录：名称、参数、仍会透露什么',
  'name of the mask': '脱敏算法名称',
  'only list what is to be done; exit 1 if anything is': '只列出待执行的；有则退出码为 1',
  'archive to write; never overwritten': '要写的归档，绝不覆盖',
  'upload to the bucket of attachments and delete there from now on; a hub that did so before no longer does; the decision is logged':
    '自此在附件存储桶中上传和删除；此前使用它的枢纽不再写入；此决定记为一条日志',
  'start although signed entries are lost; the old high-water file is retained and the decision is logged':
    '已签名的日志条目有丢失仍继续服务；旧的高水位文件保留，此决定记为一条日志',
  'archive; leave it out to accept the state that is there': '归档；不写即接受现有状态',
  'archive of datong hub backup': 'datong hub backup 写的归档',
  'restore into a temporary PostgreSQL on this machine, verify log and rows there, remove it':
    '恢复到本机的临时 PostgreSQL，核验其中的日志和行，然后删除',
  'public key: JWK, JWK set or PEM, as text or a file': '公钥：JWK、JWK 集或 PEM，文本或文件',
  'the request that the message, a reply, answers': '该消息为答复时，它所答的请求',
  'any RFC 9421 signature, not only datong-sig-1': '任何 RFC 9421 签名，不限于 datong-sig-1',
  'public origin of the hub (default: https:// and the Host of the request)':
    '枢纽公布的地址（默认 https:// 加请求的 Host）',
  'signature base made by your own code: shows the first byte that differs':
    '您自己的代码生成的签名基串：指出第一个不同的字节',
  'raw HTTP/1.1 message: start line, headers, empty line, body': '原始 HTTP/1.1 报文：起始行、头、空行、正文',
  'print the signature base as the hub computes it': '打印枢纽所算的签名基串',
  'folder of the witness': '见证方的文件夹',
  'name of its key, without spaces and plus signs: audit.yunxi.example/w1':
    '其密钥名称，不含空格和加号：audit.yunxi.example/w1',
  "the log's public key, or a file with it": '日志公钥，或含公钥的文件',
  'where the hub submits checkpoints': '枢纽提交检查点的地址',
  "origin of the hub's open listener, to be asked every so often": '枢纽开放地址，定时去问',
  "PEM of the hub's root certificate": '枢纽根证书（PEM）',
  'how often the hub is asked': '多久问一次枢纽',
  "log-keys.json or anchors.json, or a mirror's folder: read by time, for the keys that the log goes over to":
    'log-keys.json 或 anchors.json，或镜像目录：定时读取，得知日志改用的密钥',
  'with --out: YAML for datong catalogue apply, of this department: schema, dataset and mapping':
    '与 --out 同用：写成该部门的登记文件（YAML），含标准、数据资源和映射',
  'with --for: an entry of the catalogue too, to be filled in': '与 --for 同用：另起草目录条目，待填写',
  'with --for and one table: a file of it, from which its mapping is guessed':
    '与 --for 同用，限一张表：该表的一份数据文件，据以推测映射',
};
