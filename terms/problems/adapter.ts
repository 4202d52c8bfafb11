/** Why a file, a mapping or a set of options is rejected as a whole. Faults of single rows are row problems, not these. */
export const adapterProblems = {
  format_unknown: {
    status: 422,
    who: 'department',
    text: { zh: '没有名为“{format}”的文件格式', en: 'there is no file format named "{format}"' },
    next: { zh: '可用的格式：{known}', en: 'formats that can be read: {known}' },
  },
  sample_unfit: {
    status: 422,
    who: 'department',
    text: { zh: '不能由该文件起草：{reason}', en: 'nothing can be drafted from the file: {reason}' },
    next: {
      zh: '给出带表头的样例、字段清单或 CREATE TABLE 语句',
      en: 'give a sample with a header, a list of columns or CREATE TABLE statements',
    },
  },
  format_refused: {
    status: 422,
    who: 'department',
    text: { zh: '不支持 {found} 文件', en: 'a {found} file cannot be read' },
    next: { zh: '另存为 {instead} 后重新报送', en: 'save it as {instead} and send it again' },
  },
  adapter_options_invalid: {
    status: 422,
    who: 'department',
    text: { zh: '{format} 格式的读取选项不正确', en: 'the options of the {format} reader are wrong' },
    next: { zh: '按所列位置修改选项', en: 'correct the places named in the findings' },
  },
  mapping_invalid: {
    status: 422,
    who: 'department',
    text: { zh: '映射文件不正确', en: 'the mapping document is wrong' },
    next: {
      zh: '按所列位置修改映射；待接受的提议请撤回或拒绝，另行提出改正后的映射',
      en: 'correct the places named in the findings; where a proposal waits, withdraw or refuse it and propose the corrected mapping',
    },
  },
  mapping_column_missing: {
    status: 422,
    who: 'department',
    text: {
      zh: '文件缺少映射所需的列：{columns}',
      en: 'the file lacks columns that the mapping reads: {columns}',
    },
    next: {
      zh: '核对文件表头是否改名；文件现有列：{found}',
      en: 'check whether columns were renamed; the file has: {found}',
    },
  },
  mapping_column_doubled: {
    status: 422,
    who: 'department',
    text: { zh: '文件中列名重复，无法区分：{columns}', en: 'doubled column names in the file: {columns}' },
    next: {
      zh: '映射改用列号（from: 数字），或修改表头',
      en: 'let the mapping name column numbers (from: number)',
    },
  },
  encoding_unknown: {
    status: 422,
    who: 'department',
    text: { zh: '不认识的字符编码“{encoding}”', en: 'the character encoding "{encoding}" is not known' },
    next: {
      zh: '常用值：auto、utf-8、gb18030、utf-16le、iso-8859-1',
      en: 'try auto, utf-8, gb18030, utf-16le or iso-8859-1',
    },
  },
  file_encoding_wrong: {
    status: 422,
    who: 'department',
    text: {
      zh: '第 {line} 行（字节 {byte}）的内容不是 {encoding} 编码',
      en: 'line {line} (byte {byte}) is not {encoding}',
    },
    next: {
      zh: '把文件另存为 {encoding}，或请数据管理员登记写明真实编码的映射（source.options.encoding）',
      en: 'save the file as {encoding}, or ask a steward for a mapping that declares its real encoding (source.options.encoding)',
    },
  },
  file_binary: {
    status: 422,
    who: 'department',
    text: {
      zh: '文件内容不像文本：第 {line} 行（字节 {byte}）起有二进制数据',
      en: 'the file does not look like text: binary data at line {line} (byte {byte})',
    },
    next: { zh: '核对文件格式与 --format', en: 'check the file and its declared format' },
  },
  file_empty: {
    status: 422,
    who: 'department',
    text: { zh: '文件没有内容', en: 'the file is empty' },
    next: { zh: '重新导出后报送', en: 'export it again' },
  },
  file_header_missing: {
    status: 422,
    who: 'department',
    text: {
      zh: '第 {line} 行应为表头，文件中没有',
      en: 'line {line} should be a header row, but the file has none',
    },
    next: { zh: '核对 headerRows，或给出 columns', en: 'check headerRows, or give columns' },
  },
  file_record_too_long: {
    status: 422,
    who: 'department',
    text: {
      zh: '第 {line} 行（字节 {byte}）起的记录超过 {limit} 字节',
      en: 'the record at line {line} (byte {byte}) is longer than {limit} bytes',
    },
    next: {
      zh: '核对换行符与格式，或调大 maxRecordBytes',
      en: 'check line ends and format, or raise maxRecordBytes',
    },
  },
  file_rows_too_large: {
    status: 422,
    who: 'department',
    text: {
      zh: '第 {line} 行附近的记录所成的行占用内存过多',
      en: 'the rows of the records around line {line} need too much memory',
    },
    next: {
      zh: '缩短映射中的固定文字（const、default、code 的取值）；段数过多的 HL7 消息请分拆',
      en: 'shorten the texts that the mapping adds (const, default, values of code); divide HL7 messages with very many segments',
    },
  },
  file_truncated: {
    status: 422,
    who: 'department',
    text: {
      zh: '文件不完整：第 {record} 条记录（字节 {byte}）处应有 {expected} 字节，只有 {received}',
      en: 'the file is cut short: record {record} (byte {byte}) needs {expected} bytes, {received} are there',
    },
    next: { zh: '重新导出或重新传输文件', en: 'export or transfer the file again' },
  },
  file_doubtful: {
    status: 422,
    who: 'department',
    text: {
      zh: '整份文件存疑（{rule}）：读取时须猜测，严格方式不予接收',
      en: 'the whole file is in doubt ({rule}): it can only be read by guessing, which is refused',
    },
    next: {
      zh: '按所列问题在选项中写明；或在映射中写 doubts: tell（adapt 用 --no-strict），照收并计数',
      en: 'declare in the options what the findings report; or accept and count doubts: doubts: tell in the mapping, --no-strict for adapt',
    },
  },
  file_limit_exceeded: {
    status: 422,
    who: 'department',
    text: {
      zh: '{place}：{what} 超过上限 {limit}',
      en: '{place}: {what} is over the limit of {limit}',
    },
    next: { zh: '拆分文件，或核对其是否被篡改', en: 'split the file, or check where it came from' },
  },
  file_line_over_limit: {
    status: 422,
    who: 'department',
    text: {
      zh: '第 {line} 行：超过选项 {option} 的上限 {limit}',
      en: 'line {line}: over the limit of the option {option}, {limit}',
    },
    next: {
      zh: '核对文件来源；确属正常时提高该选项',
      en: 'check where the file came from; if it is right, raise the option',
    },
  },
  copybook_invalid: {
    status: 422,
    who: 'department',
    text: {
      zh: '记录布局第 {line} 行无法识别：{what}',
      en: 'line {line} of the copybook cannot be read: {what}',
    },
    next: {
      zh: '核对记录布局；COPY 须先展开',
      en: 'check the copybook; COPY must be written out first',
    },
  },
  copybook_reference: {
    status: 422,
    who: 'department',
    text: {
      zh: '记录布局或选项引用了不存在的字段 {name}',
      en: 'the copybook or the options name a field that does not exist: {name}',
    },
    next: {
      zh: '核对字段名；重名字段用“名 OF 组”限定',
      en: 'check the name; qualify doubled names as NAME OF GROUP',
    },
  },
  file_framing_wrong: {
    status: 422,
    who: 'department',
    text: {
      zh: '第 {record} 条记录（字节 {byte}）的长度字段不可信：{what} = {found}',
      en: 'record {record} (byte {byte}) has an impossible length: {what} = {found}',
    },
    next: {
      zh: '核对 recordFormat、rdw（bigEndian、includesHeader）与文件头字节数；可用 adapt --preview 查看十六进制',
      en: 'check recordFormat, rdw (bigEndian, includesHeader) and header bytes; adapt --preview shows the hex',
    },
  },
  dbf_header_wrong: {
    status: 422,
    who: 'department',
    text: {
      zh: 'DBF 文件头不可信：{what}（字节 {byte}）',
      en: 'the DBF header cannot be trusted: {what} (byte {byte})',
    },
    next: {
      zh: '用原系统重新导出或修复该文件',
      en: 'export or repair the file with the program that made it',
    },
  },
  dbf_memo_missing: {
    status: 422,
    who: 'department',
    text: {
      zh: '该 DBF 含备注字段，缺少备注文件（.dbt 或 .fpt）',
      en: 'this DBF has memo fields, but the memo file (.dbt, .fpt) was not given',
    },
    next: {
      zh: '一并提供备注文件，或设 memo: ignore 不读备注',
      en: 'give the memo file too, or set memo: ignore to leave memos out',
    },
  },
  xml_malformed: {
    status: 422,
    who: 'department',
    text: {
      zh: 'XML 第 {line} 行第 {column} 列有误：{what}',
      en: 'the XML is broken at line {line}, column {column}: {what}',
    },
    next: {
      zh: '由生成该文件的系统修正后重新导出',
      en: 'correct it in the source system and export again',
    },
  },
  xml_doctype: {
    status: 422,
    who: 'department',
    text: {
      zh: 'XML 第 {line} 行含 DOCTYPE，出于安全不予读取',
      en: 'the XML has a DOCTYPE at line {line}; for safety it is not read',
    },
    next: {
      zh: '去掉 DOCTYPE 与实体定义后重新报送',
      en: 'send it again without DOCTYPE and entity definitions',
    },
  },
  file_protected: {
    status: 422,
    who: 'department',
    text: { zh: '文件有密码保护，无法读取', en: 'the file is protected with a password and cannot be read' },
    next: { zh: '去掉密码后另存，再重新报送', en: 'save it without a password and send it again' },
  },
  xlsx_damaged: {
    status: 422,
    who: 'department',
    text: { zh: '不是完整的 xlsx 文件：{what}', en: 'this is no whole xlsx file: {what}' },
    next: {
      zh: '用电子表格软件打开并另存后重新报送',
      en: 'open it in a spreadsheet program, save it again and send that',
    },
  },
  xlsx_sheet_missing: {
    status: 422,
    who: 'department',
    text: { zh: '没有可读的工作表“{sheet}”', en: 'there is no sheet "{sheet}" to read' },
    next: { zh: '文件中的工作表：{found}', en: 'sheets of the file: {found}' },
  },
  hl7_without_header: {
    status: 422,
    who: 'department',
    text: { zh: '文件中没有 HL7 消息头（MSH）', en: 'the file holds no HL7 message header (MSH)' },
    next: {
      zh: '核对文件格式；每条消息须以 MSH 段开头',
      en: 'check the format: every message begins with an MSH segment',
    },
  },
  json_malformed: {
    status: 422,
    who: 'department',
    text: {
      zh: 'JSON 有误：第 {line} 行（字节 {byte}）',
      en: 'the JSON is broken at line {line} (byte {byte})',
    },
    next: {
      zh: '由生成该文件的系统修正后重新导出',
      en: 'correct it in the source system and export again',
    },
  },
  json_rows_missing: {
    status: 422,
    who: 'department',
    text: { zh: 'JSON 中没有位于“{rows}”的列表', en: 'the JSON has no list at "{rows}"' },
    next: { zh: '核对选项 rows', en: 'check the option rows' },
  },
  json_rows_repeated: {
    status: 422,
    who: 'department',
    text: {
      zh: 'JSON 第 {line} 行再次出现“{rows}”：无法确定以哪一个为准',
      en: 'the JSON names "{rows}" again at line {line}: which one is meant is not certain',
    },
    next: {
      zh: '由生成该文件的系统修正，使每个名称只出现一次，重新导出',
      en: 'correct it in the source system, so that each name is there once, and export again',
    },
  },
  xml_rows_missing: {
    status: 422,
    who: 'department',
    text: {
      zh: 'XML 中没有与“{rows}”相符的元素，一条记录也没有',
      en: 'the XML has no element that {rows} matches: it holds no record',
    },
    next: {
      zh: '核对选项 rows，或看该文件是不是一条出错信息；允许没有记录的文件，用选项 count 写明其声明条数的位置',
      en: 'check the option rows, and whether the file is an error message; for files that may hold no record, name in the option count where they say how many they hold',
    },
  },
} as const;
