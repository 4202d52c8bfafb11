/** Options and arguments in Chinese, by their English text: the hub, its persons, what is registered and decided. */
export const houseTexts: Readonly<Record<string, string>> = {
  'end after the story instead of running on': '讲完故事就结束，不继续运行',
  'keep what is made (hub, files, evidence) in this folder': '把产生的内容（枢纽、文件、证据）留在这个文件夹',
  'where hub.json goes': 'hub.json 写在哪个文件夹',
  'short name of the hub; it stands in the log for ever': '枢纽短名，永久记入日志',
  'as departments reach the exchange listener, such as https://hub.example:8443':
    '各部门访问交换端口的地址，如 https://hub.example:8443',
  'postgres://…; own: a PostgreSQL of the hub’s own, for evaluation':
    'postgres://…；own：枢纽自带的 PostgreSQL，仅供评估',
  'certificate of the authority that certified the database (PEM)': '签发数据库证书的机构的证书（PEM）',
  'where the staff listener listens (default: 127.0.0.1)': '管理端口监听的地址（默认 127.0.0.1）',
  configuration: '配置文件',
  'read configuration and keys, reach the database, then end': '读配置和密钥、连数据库，然后结束',
  'say the origins as JSON': '以 JSON 输出各地址',
  'staff listener of the hub, such as https://hub.example:8445':
    '枢纽的管理地址，如 https://hub.example:8445',
  'pin of the hub, told with the invitation': '枢纽指纹（pin），随邀请告知',
  'its first line is the token, - for standard input (else DATONG_TOKEN, else asked)':
    '首行为令牌的文件，- 为标准输入（否则取 DATONG_TOKEN，再否则询问）',
  'where a profile of this name is there already': '已有同名配置时替换它',
  'what the profile is called here': '配置在本机的名称',
  'of a profile, as datong profiles lists it': '配置名称，见 datong profiles',
  'department or member of staff of the running demo': '运行中的演示里的部门或工作人员',
  'the running demo, as its operator': '运行中的演示，以运维身份',
  'profile or its file (default: ./datong.json, else the one in use)':
    '配置名称或文件（默认 ./datong.json，否则当前使用的）',
  'as a member of staff, where a department is there too': '同时有部门配置时，以工作人员身份',
  'token of a member of staff (default: that of the profile)': '工作人员的令牌（默认取配置中的）',
  'at most so many': '最多列出多少条',
  'as the hub answers it': '原样输出枢纽的答复',
  'of this department only': '只看这个部门',
  'one of them, with its mappings': '其中之一，连同它的映射',
  'versions of this one only': '只看这一个的各版本',
  'one version: its JSON Schema is printed': '某一版本，打印其 JSON Schema',
  'on this dataset only': '只看关于这个数据资源的',
  'submitted, active, suspended, superseded, revoked':
    'submitted 已提交、active 生效、suspended 暂停、superseded 被取代、revoked 已撤销',
  'to this dataset only': '只看报给这个数据资源的',
  'receiving, checking, held, published, superseded, rejected, failed, expired':
    'receiving 接收中、checking 检查中、held 搁置、published 已发布、superseded 被取代、rejected 被拒、failed 失败、expired 过期',
  'one of them, as JSON': '其中之一，以 JSON 输出',
  'member of staff of the running demo (operator, steward, security, auditor)':
    '运行中的演示里的工作人员（operator 运维、steward 数据管理员、security 安全员、auditor 审计员）',
  'the running demo, as whoever this verb is for': '运行中的演示，以这条命令所属的身份',
  'your token (default: DATONG_TOKEN)': '您的令牌（默认取 DATONG_TOKEN）',
  'profile of yours, or a file that names the hub (default: the one in use)':
    '您的配置，或写明枢纽的文件（默认当前使用的）',
  'departments whose keys you hold: they sign agreements here': '您持有其密钥的部门，在此签署共享协议',
  'signatures that departments made with datong sign': '各部门用 datong sign 做出的签名文件',
  'token of the second person, or its name in the demo (security)':
    '第二人的令牌，或其在演示中的名称（security）',
  'digest of what the document loosens today, where the approval asks for it':
    '审批要求时：该文档今日所放宽内容的摘要',
  'one JSON object a document': '每份文档一个 JSON 对象',
  'YAML documents: Department, CodeList, Purpose, Schema, Dataset, Mapping, Agreement, …':
    'YAML 文档：Department、CodeList、Purpose、Schema、Dataset、Mapping、Agreement 等',
  'open listener of the hub, such as https://hub.example:8444': '枢纽的开放地址，如 https://hub.example:8444',
  'until the token expires, 1 to 366': '令牌有效天数，1 到 366',
  'keep the token as a profile of this name instead of printing it': '把令牌存为这个名称的配置，不打印',
  'half of the invitation from whoever invited you': '邀请人给您的一半邀请码',
  'half from whoever confirmed': '确认人给您的另一半',
  'name of the operator': '运维人员姓名',
  'name of the security officer, another person': '安全员姓名，须为另一人',
  'also where somebody is an operator: when every way in was lost':
    '已有运维人员时也执行：所有登录途径都丢失时用',
  'operator, steward, security, auditor; ROLE@DEPARTMENT, or ROLE alone in the data office':
    'operator 运维、steward 数据管理员、security 安全员、auditor 审计员；写作“角色@部门”，数据主管部门只写角色',
  'where she works; without it, the data office': '所在部门；不写即数据主管部门',
  'of the person': '人员编号',
  'id of the person': '人员编号',
  'fewer than your own: operator, steward, security, auditor':
    '少于您自己的角色：operator 运维、steward 数据管理员、security 安全员、auditor 审计员',
  'until it expires, 1 to 366': '有效天数，1 到 366',
  'key-compromise, superseded, cessation, privilege-withdrawn, unspecified':
    'key-compromise 密钥泄露、superseded 被取代、cessation 停用、privilege-withdrawn 收回权限、unspecified 未说明',
  'id of the token, as told when it was issued': '令牌编号，发放时告知',
  'until it expires, 1 to 720': '有效小时数，1 到 720',
  'code of a registered department': '已登记部门的代码',
  'key-compromise (ends the signing key too), superseded (this certificate alone), cessation, privilege-withdrawn, unspecified':
    'key-compromise 密钥泄露（签名密钥一并停用）、superseded 被取代（仅此证书）、cessation 停用、privilege-withdrawn 收回权限、unspecified 未说明',
  'serial of a department certificate, hex': '部门证书的序列号，十六进制',
  'why; it stands in the log': '原因，记入日志',
  'id of the agreement': '共享协议编号',
  'department of the running demo (education, pub-security, …)':
    '运行中的演示里的部门（education、pub-security 等）',
  'where the signature goes, - for standard output (default: AGREEMENT.VERSION.DEPARTMENT.sig.json)':
    '签名写到哪里，- 为标准输出（默认 协议.版本.部门.sig.json）',
  'tell what was signed as JSON': '以 JSON 输出所签内容',
  'YAML with one Agreement or Restriction': '含一份共享协议或统一管控规则的 YAML',
  'approve what is shown; without it nothing is changed': '批准所显示的内容；不加则什么也不改',
  'approve only this text': '只批准这份文本',
  'approve only this effect': '只批准这一影响',
  'answer what was shown, or what became of it, as JSON': '以 JSON 输出所显示的内容或结果',
  'of a document (agr-…, or agr-…@VERSION), a proposal, a version of a schema, a person or a key, as datong inbox lists it':
    '文档（agr-… 或 agr-…@版本）、建议、人员或密钥的编号，见 datong inbox',
  'also those that were acknowledged': '已确认的也列出',
  'answer the finding as JSON': '以 JSON 输出该发现',
  'as datong audit findings lists it': '编号，见 datong audit findings',
  'told to the data office': '告知数据主管部门',
  'thumbprint of a key of your department, as datong inbox lists it': '本部门密钥的指纹，见 datong inbox',
  'told to whoever proposed it': '告知提出人',
  'of a proposal or a version of a schema, or thumbprint of a key, as datong inbox lists it':
    '建议编号、标准版本或密钥指纹，见 datong inbox',
  'kept with the version': '与该版本一并保存',
  'answer as JSON': '以 JSON 输出',
  'version of a code list': '代码表的版本',
  'what it is needed for': '用途',
  'the signed undertaking (承诺书); its digest goes with the request': '已签署的承诺书；其摘要随申请提交',
  'how much, how often': '数量与频次',
  'the request as it stands': '输出申请现状',
  'YAML of the agreement that is wanted (Agreement, or AutomaticAgreement for unconditional data)':
    '所申请的共享协议的 YAML（Agreement；无条件共享用 AutomaticAgreement）',
  'only those that are not ended': '只列未办结的',
  'the agreement as it stands, for datong apply FILE --sign-as':
    '输出协议现状，供 datong apply 文件 --sign-as',
  'everything as JSON': '以 JSON 输出全部',
  'req-…': '申请编号 req-…',
  'of return: all that is missing, each as "ITEM: NOTE" (一次性告知)':
    'return 时：所缺全部材料，每条写作“事项: 说明”（一次性告知）',
  'of refuse, offer, withdraw, ask-extension, supplement':
    '用于 refuse、offer、withdraw、ask-extension、supplement',
  'of refuse: what would be granted instead': 'refuse 时：可以改为提供什么',
  'of offer, or of supplement where it changes: the agreement': 'offer 时，或 supplement 有改动时：共享协议',
  'of supplement: the signed undertaking': 'supplement 时：已签署的承诺书',
  'of supplement': '用于 supplement',
  'pass, return, refuse, offer, supplement, accept, withdraw, ask-extension or agree-extension':
    'pass 通过、return 退回补正、refuse 拒绝、offer 提出方案、supplement 补正、accept 接受、withdraw 撤回、ask-extension 申请延期、agree-extension 同意延期',
  'version of a schema at the hub': '枢纽上的数据集标准版本（URN）',
  'its last day, YYYY-MM-DD, at least ninety days ahead': '最后一天，YYYY-MM-DD，至少在九十天之后',
  'the version to take instead': '改用的版本（URN）',
  'id of the dataset': '数据资源编号',
  'published version of its schema': '所用标准的已发布版本（URN）',
  'each must occur: in title, abstract, department, names of fields':
    '每个词都须出现：名称、摘要、部门、数据项',
  'id of the entry': '目录条目编号',
  'entries of this department only': '只列这个部门的条目',
  'a class and what lies below it, such as 1/12': '一个分类及其下级，如 1/12',
  'unconditional, conditional or none': 'unconditional 无条件、conditional 有条件、none 不予共享',
  'entries with a field of this semantic tag, such as cn.resident-id':
    '含此语义标签字段的条目，如 cn.resident-id',
  'with data published on this day or later, YYYY-MM-DD': '此日及以后有数据发布的，YYYY-MM-DD',
  'with this in its text: a title, a field, a semantic tag, a code list':
    '文本中含此内容的：名称、字段、语义标签、值域代码',
};
