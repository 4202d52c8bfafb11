/** Options and arguments in Chinese, by their English text: the hub, its persons, registrations and decisions. */
export const hubTexts: Readonly<Record<string, string>> = {
  'in a domain that the operator has named': '运维写明的域名中的邮箱',
  'https, on a host that the operator has named': '运维写明的主机上的 https 地址',
  'answer of GET /v1/figures as JSON': '以 JSON 输出 GET /v1/figures 的答复',
  'no more': '停止提醒',
  'of the item': '事项类别',
  'of the item, as the list shows it; of a file that did not come, its dataset':
    '事项编号，见清单；未到的报送为其数据资源',
  'the urged item, or {items, cut}, as JSON': '以 JSON 输出所督办的事项，或 {items, cut}',
  'of the next page, as the page before showed it': '下一页的位置，见上一页的输出',
  'those of your department instead of your own': '本部门的，而不是本人的',
  'ids as dead-letters shows them; all if none is given': 'dead-letters 所列的编号；不写即全部',
  'row or table, as the list names it': '行或表，名称与清单中的一致',
  'compare the rows of this dataset now': '立即比对这个数据资源的行',
  'row or table, as datong audit altered lists it': '行或表，见 datong audit altered',
  'it is as it should be': '现状正确',
  'remove the row, or accept that it is gone': '删除该行，或认可它已不存在',
  'of what datong audit altered showed': 'datong audit altered 所示内容的摘要',
  'of the department': '部门代码',
  'end after the story instead of running on': '讲完故事就结束，不继续运行',
  'services and webhooks of hub.json, to try endpoints of your own with the demo':
    'hub.json 的 services 和 webhooks，用演示环境试用自己的接收端或接口',
  'store what is made (hub, files, evidence) in this folder':
    '把产生的内容（枢纽、文件、证据）留在这个文件夹',
  'where hub.json goes': 'hub.json 写在哪个文件夹',
  'short name of the hub; recorded in the log permanently': '枢纽短名，永久记入日志',
  'as departments reach the exchange listener, such as https://hub.example:8443':
    '各部门访问交换端口的地址，如 https://hub.example:8443',
  'postgres://…; own: a PostgreSQL of the hub’s own, for evaluation':
    'postgres://…；own：枢纽自带的 PostgreSQL，仅供评估',
  'certificate of the authority that certified the database (PEM)': '签发数据库证书的机构的证书（PEM）',
  'where the staff listener listens (default: 127.0.0.1)': '管理端口监听的地址（默认 127.0.0.1）',
  configuration: '配置文件',
  'processes that share the ports of this machine (default: 1); more than one needs database.url':
    '在本机共用端口的进程数（默认 1）；多于一个时须配置 database.url',
  'run the checks of a start and write no data, then end': '执行启动时的全部检查，不写入任何数据，然后结束',
  'say the origins as JSON': '以 JSON 输出各地址',
  'staff listener of the hub, such as https://hub.example:8445':
    '枢纽的管理地址，如 https://hub.example:8445',
  'pin of the hub, given with the invitation': '枢纽指纹（pin），随邀请告知',
  'its first line is the token, - for standard input (else DATONG_TOKEN, else asked)':
    '首行为令牌的文件，- 为标准输入（否则取 DATONG_TOKEN，再否则询问）',
  'where a profile of this name is there already': '已有同名配置时替换它',
  'what the profile is called here': '配置在本机的名称',
  'of a profile, as datong client profiles lists it': '配置名称，见 datong client profiles',
  'department or member of staff of the running demo': '运行中的演示里的部门或工作人员',
  'the running demo, as its operator': '运行中的演示，以运维身份',
  'profile or its file (default: ./datong.json, else the one in use)':
    '配置名称或文件（默认 ./datong.json，否则当前使用的）',
  'as a member of staff, where a department is there too': '同时有部门配置时，以工作人员身份',
  'token of a member of staff (default: that of the profile)': '工作人员的令牌（默认取配置中的）',
  'at most so many': '最多列出多少条',
  'also who else can act on each': '同时列出每项还有谁可以办理',
  'only of this kind, as --json names them': '只看这一类，名称与 --json 输出中的一致',
  'as the hub answers it': '原样输出枢纽的答复',
  'of this department only': '只看这个部门',
  'one of them, with its mappings': '其中之一，连同它的映射',
  'versions of this one only': '只看这一个的各版本',
  'one version: its JSON Schema is printed': '某一版本，打印其 JSON Schema',
  'on this dataset only': '只看关于这个数据资源的',
  'the version whose text has this SHA-256': '正文 SHA-256 为此值的版本',
  'submitted, active, suspended, superseded, revoked':
    'submitted 已提交、active 生效、suspended 暂停、superseded 被取代、revoked 已撤销',
  'to this dataset only': '只看报给这个数据资源的',
  'receiving, checking, held, prepared, published, superseded, rejected, failed, expired':
    'receiving 接收中、checking 检查中、held 搁置、prepared 已备妥、published 已发布、superseded 被取代、rejected 被拒、failed 失败、expired 过期',
  'published version of another major: begin': '另一主版本的已发布版本：着手换版',
  'next version of each mapping that goes along, as JSON or YAML':
    '随之换版的各映射的下一版本，JSON 或 YAML 文件',
  'for rows that are merged by key: which mapping reads the current rows':
    '按主键合并的行：其中哪个映射读取现有各行',
  'of what you have read': '您所读内容的摘要',
  'its title in Chinese': '中文名称',
  'its title in English': '英文名称',
  'how often a file is expected: day, workday, week:2, month:5, quarter:10, none':
    '报送周期：day、workday、week:2、month:5、quarter:10（第几个工作日之前）、none',
  'with --expect: periods from this day on, YYYY-MM-DD (default: as registered)':
    '与 --expect 合用：自此日起的周期，YYYY-MM-DD（未写明的，同已登记的）',
  'days that raw bytes and quarantined rows are retained, or hub for the setting of the hub':
    '原始字节和问题数据的保存天数；hub 表示按枢纽的设置',
  'id of the person who decides on held batches, or none': '待核批次由其核定的人员编号，或 none（不指定）',
  'all of its rules as JSON or YAML; rules not given take their defaults':
    '全部报送规则，JSON 或 YAML；未写明的取默认值',
  'every agreement that stops, separated by commas': '将停止的每一份共享协议，以逗号分隔',
  'one of them, as JSON': '其中之一，以 JSON 输出',
  'member of staff of the running demo (operator, steward, security, auditor)':
    '运行中的演示里的工作人员（operator 运维、steward 数据管理员、security 安全员、auditor 审计员）',
  'the running demo, in the role that this verb needs': '运行中的演示，以这条命令所属的身份',
  'your token (default: DATONG_TOKEN)': '您的令牌（默认取 DATONG_TOKEN）',
  'profile of yours, or a file that names the hub (default: the one in use)':
    '您的配置，或写明枢纽的文件（默认当前使用的）',
  'departments whose keys you hold: they sign agreements here': '您持有其密钥的部门，在此签署共享协议',
  'signatures that departments made with datong policy sign': '各部门用 datong policy sign 做出的签名文件',
  'token of the second person, or its name in the demo (security)':
    '第二人的令牌，或其在演示中的名称（security）',
  'digest of what the document loosens today, where the approval requires it':
    '审批要求时：该文档今日所放宽内容的摘要',
  'one JSON object a document': '每份文档一个 JSON 对象',
  'send nothing: what would be registered, what it opens, who has to sign and approve':
    '不提交任何内容，只列出将登记什么、放开什么、由谁签署和审批',
  'agreements and restrictions (YAML)': '共享协议与管控规则（YAML）',
  'YAML documents: Department, CodeList, Purpose, Schema, Dataset, Mapping, Agreement, …':
    'YAML 文档：Department、CodeList、Purpose、Schema、Dataset、Mapping、Agreement 等',
  'open listener of the hub, such as https://hub.example:8444': '枢纽的开放地址，如 https://hub.example:8444',
  'until the token expires, 1 to 366': '令牌有效天数，1 到 366',
  'store the token as a profile of this name instead of printing it': '把令牌存为这个名称的配置，不打印',
  'first code, from the person who invited you': '邀请人给您的一半邀请码',
  'YAML of kind Approval: number, resource, paper, dataset, fields, from, until, agreement':
    'kind 为 Approval 的 YAML：number 文号、resource 资源代码、paper 批复文件、dataset、fields、from、until、agreement',
  'id of a request or a ticket': '申请或校核的编号',
  'agree, escalate, decide, accept, appeal or record':
    'agree 同意、escalate 提交主管部门、decide 裁定、accept 接受、appeal 提请政府、record 记录政府决定',
  'what is said; it names no person': '说明；不写明是谁',
  'the document of this step; its digest is stored': '这一步的文件，留存其摘要',
  'the current state of the dispute': '争议现状',
  'the approval as you have it': '您手中的批复原件',
  'of the proposal; required where consumers get no answers for a time':
    '提议的摘要：会有一段时间没有应答时须写明',
  'second code, from the person who confirmed the invitation': '确认人给您的另一半',
  'name of the operator': '运维人员姓名',
  'name of the security officer, another person': '安全员姓名，须为另一人',
  'also where the hub has an operator; for the case that every login was lost':
    '已有运维人员时也执行：所有登录途径都丢失时用',
  'operator, steward, security, auditor, clerk, leader; ROLE@DEPARTMENT, or ROLE alone in the data office':
    'operator 运维、steward 数据管理员、security 安全员、auditor 审计员、clerk 报送员、leader 领导；写作“角色@部门”，数据主管部门只写角色',
  'department of the person; default: the data office': '所在部门；不写即数据主管部门',
  'file that datong policy mandate give wrote': 'datong policy mandate give 写出的文件',
  'mdt-…, see datong policy mandate list': 'mdt-…，见 datong policy mandate list',
  'id of the person, see datong review deputy persons': '人员编号，见 datong review deputy persons',
  'of the passkey, as the page of the person or datong policy mandate passkeys shows':
    '其通行密钥的指纹，见本人的页面或 datong policy mandate passkeys',
  'address at which the person signs, such as https://hub.example:8445':
    '签署所在的控制台地址，如 https://hub.example:8445',
  'the side that the person signs for: provider, consumer or data-office':
    '代表哪一方：provider 提供部门、consumer 需求部门、data-office 数据主管部门',
  'only agreements on these; without it, on any': '只限关于这些数据资源的共享协议；不写即不限',
  'RFC 3339, within 366 days': 'RFC 3339 时间，366 日以内',
  'where it goes, - for standard output (default: DEPARTMENT.PERSON.mandate.json)':
    '写到哪里，- 为标准输出（默认：部门.人员.mandate.json）',
  'what datong review approve ID --json wrote': 'datong review approve 编号 --json 的输出',
  'of the person': '人员编号',
  'id of the person': '人员编号',
  'fewer than your own: operator, steward, security, auditor, clerk, leader':
    '少于您自己的角色：operator 运维、steward 数据管理员、security 安全员、auditor 审计员、clerk 报送员、leader 领导',
  'until it expires, 1 to 366': '有效天数，1 到 366',
  'key-compromise, superseded, cessation, privilege-withdrawn, unspecified':
    'key-compromise 密钥泄露、superseded 被取代、cessation 停用、privilege-withdrawn 收回权限、unspecified 未说明',
  'id of the token, as printed when it was issued': '令牌编号，发放时告知',
  'until it expires, 1 to 720': '有效小时数，1 到 720',
  'code of a registered department': '已登记部门的代码',
  'key-compromise (ends the signing key too), superseded (this certificate alone), cessation, privilege-withdrawn, unspecified':
    'key-compromise 密钥泄露（签名密钥一并停用）、superseded 被取代（仅此证书）、cessation 停用、privilege-withdrawn 收回权限、unspecified 未说明',
  'serial of a department certificate, hex': '部门证书的序列号，十六进制',
  'reason; it is recorded in the log': '原因，记入日志',
  'id of the agreement': '共享协议编号',
  'department of the running demo (education, pub-security, …)':
    '运行中的演示里的部门（education、pub-security 等）',
  'where the signature goes, - for standard output (default: AGREEMENT.VERSION.DEPARTMENT.sig.json)':
    '签名写到哪里，- 为标准输出（默认 协议.版本.部门.sig.json）',
  'print what was signed as JSON': '以 JSON 输出所签内容',
  'YAML with one Agreement or Restriction': '含一份共享协议或统一管控规则的 YAML',
  'approve what is shown; without it nothing is changed': '批准所显示的内容；不加则什么也不改',
  'agree to what is shown; without it the second person changes nothing':
    '同意所显示的内容；不加则第二人什么也不改',
  'agree to this alone, which was shown before': '只同意先前显示的这一份',
  'approve only this text': '只批准这份文本',
  'approve only this effect': '只批准这一影响',
  'answer what was shown, or what became of it, as JSON': '以 JSON 输出所显示的内容或结果',
  'of a document (agr-…, or agr-…@VERSION), a proposal, a version of a schema, a person or a key, as datong inbox lists it':
    '文档（agr-… 或 agr-…@版本）、建议、人员或密钥的编号，见 datong inbox',
  'also those that were acknowledged': '已确认的也列出',
  'answer the finding as JSON': '以 JSON 输出该发现',
  'as datong audit findings lists it': '编号，见 datong audit findings',
  'reported to the data office': '告知数据主管部门',
  'thumbprint of a key of your department, as datong inbox lists it': '本部门密钥的指纹，见 datong inbox',
  'shown to the proposer': '告知提出人',
  'of a proposal or a version of a schema, or thumbprint of a key, as datong inbox lists it':
    '建议编号、标准版本或密钥指纹，见 datong inbox',
  'stored with the version': '与该版本一并保存',
  'answer as JSON': '以 JSON 输出',
  'version of a code list': '代码表的版本',
  'only those of this code list': '只列这张代码表的',
  'what it is needed for': '用途',
  'the signed undertaking (承诺书); its digest goes with the request': '已签署的承诺书；其摘要随申请提交',
  'how much, how often': '数量与频次',
  'the current state of the request': '输出申请现状',
  'YAML of the agreement that is wanted (Agreement, or AutomaticAgreement for unconditional data)':
    '所申请的共享协议的 YAML（Agreement；无条件共享用 AutomaticAgreement）',
  'only those that are not ended': '只列未办结的',
  'only those whose last run met a problem': '只列最近一次抽取出了问题的',
  'the last day without runs, such as 2026-10-08; 92 days on at the latest':
    '暂停的最后一天，如 2026-10-08；最长 92 天',
  'of one department': '只列一个部门的',
  'answer {pulls} as JSON': '以 JSON 输出 {pulls}',
  'office, assigned, met, refused or withdrawn':
    'office 待主管部门办理、assigned 已交办、met 已满足、refused 不能满足或 withdrawn 已撤回',
  'that asks or that it is assigned to': '提出或承办部门',
  'only what waits for you, the nearest deadline first': '只列等您办理的，期限近的在前',
  'the current agreement, for datong catalogue apply FILE --sign-as':
    '输出协议现状，供 datong catalogue apply 文件 --sign-as',
  'everything as JSON': '以 JSON 输出全部',
  'req-…': '申请编号 req-…',
  'of return: all that is missing, each as "ITEM: NOTE" (一次性告知)':
    'return 时：所缺全部材料，每条写作“事项: 说明”（一次性告知）',
  'of pass, accept, agree-extension: number of events as datong request show has printed it; refused where there are more by now':
    'pass、accept、agree-extension 时：datong request show 所显示的经过条数；其后又有办理的，拒绝',
  'what data, in a few words': '需要什么数据，几个字',
  'which needs it': '提出需求的部门代码',
  'what it has to hold': '需要的数据项',
  'purpose it serves': '使用场景代码',
  'why; it names no person': '理由；不写明是谁',
  'the current state of the demand': '数据需求现状',
  'its id, dem-…': '编号 dem-…',
  'assign, refuse, decline, meet or withdraw':
    'assign 交办、refuse 答复不能满足、decline 退回主管部门、meet 已有目录条目、withdraw 撤回',
  'of assign: the department': 'assign 时：承办部门代码',
  'of meet: the catalogue entry that offers it': 'meet 时：满足该需求的目录条目',
  'of hand-on: id of the colleague': 'hand-on 时：接办人的人员编号',
  'id of the deputy, see datong review deputy persons': '代办人的人员编号，见 datong review deputy persons',
  'id of the steward who is represented': '被代办的数据管理员的人员编号',
  'department of the steward; default: the data office': '所在部门代码；不写为主管部门',
  'RFC 3339; without it, from now on': 'RFC 3339 时间；不写自现在起',
  'RFC 3339: of a deputy, within 366 days of its beginning':
    '代办的截止时间（RFC 3339），自开始起 366 日以内',
  'std-…, see datong review deputy list': '编号 std-…，见 datong review deputy list',
  'of refuse, offer, hand-on, withdraw, ask-extension, supplement':
    '用于 refuse、offer、hand-on、withdraw、ask-extension、supplement',
  'of refuse: what would be granted instead': 'refuse 时：可以改为提供什么',
  'of offer, or of supplement where it changes: the agreement': 'offer 时，或 supplement 有改动时：共享协议',
  'the text that the basis cites; its digest goes with the request': '依据的文本；其摘要随申请提交',
  'of supplement: the text that the basis cites': 'supplement 时：依据的文本',
  'of supplement: the signed undertaking': 'supplement 时：已签署的承诺书',
  'of supplement': '用于 supplement',
  'pass, return, refuse, offer, hand-on, supplement, accept, withdraw, ask-extension or agree-extension':
    'pass 通过、return 退回补正、refuse 拒绝、offer 提出方案、hand-on 转办、supplement 补正、accept 接受、withdraw 撤回、ask-extension 申请延期、agree-extension 同意延期',
  'version of a schema at the hub': '枢纽上的数据集标准版本（URN）',
  'semantic tag, such as cn.mobile': '数据元标签，如 cn.mobile',
  'elements that come from this department': '以该部门为数源的数据元',
  'code-list, element or schema': 'code-list（代码表）、element（数据元）或 schema（标准）',
  'id of a code list, a semantic tag, or the name of a schema': '代码表编号、数据元标签，或标准的名称',
  'another version of its schema': '其标准的另一版本',
  'beginning, such as 2026-11-01T00:00:00+08:00; 30 days before --until':
    '起点，如 2026-11-01T00:00:00+08:00；不写为 --until 之前 30 天',
  'end, not included; now where it is not named': '终点，不含该时刻；不写为现在',
  'how many rows, 100000 where it is not named': '核验多少行，不写为 100000',
  'version of a schema at the hub whose text is restored': '枢纽上的数据集标准版本，恢复其文本',
  'its last day, YYYY-MM-DD, at least ninety days ahead': '最后一天，YYYY-MM-DD，至少在九十天之后',
  'the version to take instead': '改用的版本（URN）',
  'id of the dataset': '数据资源编号',
  'published version of its schema': '所用标准的已发布版本（URN）',
  'each must occur in its titles or codes or those of its papers': '每个词都须出现在名称、编码或材料名称中',
  'matters that this department handles': '该部门办理的事项',
  'current or ended': 'current（在办）或 ended（已终止）',
  'code of the matter': '事项代码',
  'stored with the matter': '与事项一并留存',
  'only for this matter': '只看用于该事项的',
  'current or withdrawn': 'current（可用）或 withdrawn（已撤回）',
  'last day of the version of today, YYYY-MM-DD; replies say it': '现版本的最后一天，YYYY-MM-DD；答复中写明',
  'code of the template': '模板代码',
  'your department': '本部门代码',
  'the name that the agreement gets': '共享协议的编号',
  'stored with the template': '与模板一并留存',
  'each must occur: in title, abstract, department, names of fields':
    '每个词都须出现：名称、摘要、部门、数据项',
  'id of the entry': '目录条目编号',
  'as a workbook, with -o': '写成工作簿，与 -o 同用',
  'as DCAT 3 (JSON-LD), for another catalogue': '写成 DCAT 3（JSON-LD），供别的目录收录',
  'file of the workbook; one that is there already is refused': '工作簿的文件名；已存在的不覆盖',
  'workbook of datong catalogue template or export': 'datong catalogue template 或 export 写出的工作簿',
  'say by line what it would do, and change nothing': '逐行说明会怎样，不作任何更改',
  'sheet that holds the entries (default: 目录, else the first)':
    '条目所在的工作表（默认“目录”，否则第一个）',
  'one JSON object': '一个 JSON 对象',
  'entries of this department only': '只列这个部门的条目',
  'linked: has data now; awaited: should have, and has none': 'linked 已挂接数据；awaited 应挂接而未挂接',
  'a class with its subclasses, such as 1/12': '一个分类及其下级，如 1/12',
  'unconditional, conditional or none': 'unconditional 无条件、conditional 有条件、none 不予共享',
  'entries with a field of this semantic tag, such as cn.resident-id':
    '含此语义标签字段的条目，如 cn.resident-id',
  'update cycle, such as daily or monthly': '更新周期，如 daily、monthly',
  'class of its data: general or important': '数据分级：general 或 important',
  'with data published on this day or later, YYYY-MM-DD': '此日及以后有数据发布的，YYYY-MM-DD',
  'with this in its text: a title, a field, a semantic tag, a code list':
    '文本中含此内容的：名称、字段、语义标签、值域代码',
  'short name of the hub, as datong init takes it': '枢纽短名，与 datong init 所用的相同',
  'a folder that is not there yet': '尚不存在的文件夹',
  'answer {pin, folder} as JSON': '以 JSON 输出 {pin, folder}',
  'where the request goes': '证书申请写到哪个文件夹',
  'where the key is to lie: of a running hub its key folder (default: --out)':
    '私钥放在哪个文件夹：运行中的枢纽为其密钥目录（默认与 --out 相同）',
  'answer {id, request, key} as JSON': '以 JSON 输出 {id, request, key}',
  'made by datong hub authority request; left out: the revocation list alone':
    'datong hub authority request 生成的申请；不写则只更新吊销列表',
  'with the key, certificate and revocation list of the root': '存有根的私钥、证书和吊销列表的文件夹',
  'the key opens with what is in it alone; repeated: a part of each person':
    '文件中的口令，没有它打不开私钥；可写多次，每人一份',
  'of the root’s key, as it was made; repeated: part by part': '根的私钥的口令，与建根时相同；分几份就写几次',
  'with --renew: also before it is time, when the authority of the hub was stolen':
    '与 --renew 一起：未到时候也换发，用于枢纽的签发机构失窃之后',
  'of a root with another key, whose certificate is stored there too':
    '换成另一把密钥的根，文件夹里须有该根的证书',
  'what datong hub authority sign wrote': 'datong hub authority sign 写出的文件夹',
  'what goes to the hub': '要带回枢纽的文件写到哪个文件夹',
  'with the key and certificate of the root': '存有根的私钥和证书的文件夹',
  'what goes to the hub and to the departments': '要带回枢纽并发给各部门的证书写到哪个文件夹',
  'from when the hub signs with it: tomorrow, now (the first one, or after a theft), or a date such as 2027-01-05':
    '枢纽何时开始用它签发：tomorrow（明天）、now（第一次，或失窃之后），或日期，如 2027-01-05',
  'certificate of an intermediate authority that counts no more (may be repeated)':
    '不再有效的中间机构的证书（可重复）',
  'answer {id, serial, notBefore, notAfter, revoked} as JSON':
    '以 JSON 输出 {id, serial, notBefore, notAfter, revoked}',
  'with the files that datong hub authority made; the key of the root is then never stored on this machine':
    'datong hub authority 所制作的文件夹：根的私钥从不放在这台机器上',
};
