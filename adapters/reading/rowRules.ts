/** Rules that readers report, with the sentence that a clerk sees. Rules of mapping steps are defined with their step. */
import type { Bilingual } from '../../terms/bilingual.ts';
import { fill } from '../../terms/bilingual.ts';
import type { RowProblem } from '../../terms/rowProblem.ts';

export const rowRules = {
  'encoding.invalid': {
    zh: '含有无法按声明的编码解读的字节',
    en: 'holds bytes that are not valid in the declared encoding',
  },
  'encoding.lost': {
    zh: '含有已丢失的字符（U+FFFD），请从源系统重新导出',
    en: 'holds a character that was lost before it came here (U+FFFD): export it again from its source',
  },
  'encoding.shown': {
    zh: '没有写明编码；文字本身表明是 {encoding}',
    en: 'names no encoding; its text shows that it is {encoding}',
  },
  'encoding.guessed': {
    zh: '没有写明编码，按 {encoding} 读取，但文字本身不足以证明：请在选项 encoding 中写明',
    en: 'names no encoding; it is read as {encoding}, which its text does not prove: name it in the option encoding',
  },
  'encoding.contradicted': {
    zh: '写明的编码是 {declared}，文字本身却像 {encoding}：请在选项 encoding 中写明',
    en: 'names the encoding {declared}, but its text reads as {encoding}: name the right one in the option encoding',
  },
  'encoding.mixed': {
    zh: '按 {declared} 读取，但这条记录的字节是 {encoding}：文件混用了编码，请统一编码后重新导出',
    en: 'was read as {declared}, but its bytes are {encoding}: the file mixes encodings, so export it again in one',
  },
  'encoding.mojibake': {
    zh: '含有解码错误留下的字样（如 锟斤拷、烫烫烫、Ã¤），请从源系统重新导出',
    en: 'holds what is left of text that was decoded wrongly (锟斤拷, 烫烫烫, Ã¤): export it again from its source',
  },
  'text.invisible': {
    zh: '含有看不见的字符（零宽、双向控制、软连字符或控制字符）：请在源文件中删除，或在映射中写 dropInvisible: true',
    en: 'holds characters that cannot be seen (zero width, bidi, soft hyphen or controls): delete them in the source, or write dropInvisible: true in the mapping',
  },
  'text.mark': {
    zh: '行首有字节顺序标记，已去除',
    en: 'began with a byte order mark, which was removed',
  },
  'lines.end': {
    zh: '与文件其余行的换行不同，可能是文字中的换行把一条记录断成两条：请让源系统给文字加引号，或写 lineEnds: any',
    en: 'ends, or follows a line that ends, unlike the other lines of the file: a line end inside a text may have cut a record in two. Have the source quote its texts, or say lineEnds: any in the options',
  },
  'text.nul': { zh: '含有空字符（NUL）', en: 'holds a NUL character' },
  'text.private-use': {
    zh: '含有造字（专用区字符），其他部门可能无法显示',
    en: 'holds a private-use character (user-defined glyph) that others may not be able to show',
  },
  'header.data': {
    zh: '第 {line} 行被当作表头，但像是数据：文件没有表头时，在选项中写 headerRows: []',
    en: 'line {line} was taken as the header, but looks like data: if the file has no header, say headerRows: [] in the options',
  },
  'header.repeated': {
    zh: '与表头相同，可能是几个文件接在一起：请删除该行',
    en: 'is the same as the header, so several files may have been joined: delete this line',
  },
  'header.title': {
    zh: '第 {line} 行被当作表头，但大多数列没有名称，可能是标题：在选项 headerRows 中写明表头所在行',
    en: 'line {line} was taken as the header, but most columns have no name, so it may be a title: say in the option headerRows where the header is',
  },
  'count.differs': {
    zh: '{place} 声明 {declared} 条记录，实有 {found} 条',
    en: '{place} declares {declared} records, the file holds {found}',
  },
  'count.missing': {
    zh: '选项 count 所写的 {place} 处没有数字',
    en: 'there is no number at {place}, where the option count looks for one',
  },
  'trailer.count': {
    zh: '尾记录声明 {declared} 条，实有 {found} 条：请重新导出；如计数含首尾记录，在选项 trailer 中写 counts: lines',
    en: 'the trailer declares {declared}, the file holds {found}: export it again; if the number includes header and trailer, say counts: lines in the option trailer',
  },
  'trailer.number': {
    zh: '尾记录在选项 trailer 所写的位置没有数字',
    en: 'the trailer has no number where the option trailer looks for it',
  },
  'trailer.missing': {
    zh: '最后 {records} 条记录之后没有选项 trailer 所写的尾记录，文件可能不完整：请重新导出',
    en: 'after its last {records} records the file has no trailer as the option trailer names it, so it may be cut off: export it again',
  },
  'csv.ragged': {
    zh: '列数与表头不符：应为 {expected} 列，实为 {found} 列',
    en: 'has {found} columns where the header has {expected}',
  },
  'csv.blank-block': {
    zh: '此行之前有 {rows} 个空行，其后的数据可能是另一张表：请拆成两个文件，或在选项中写 blankRows: skip',
    en: 'follows {rows} blank lines, so another table may begin here: split the file, or say blankRows: skip in the options',
  },
  'csv.separator': {
    zh: '分隔符 {separator} 与 {rival} 同样说得通，已按 {separator} 读取：请在选项 separator 中写明',
    en: 'is split as evenly by {rival} as by {separator}, by which it was read: name the right one in the option separator',
  },
  'csv.quote': { zh: '引号使用不正确', en: 'holds a quotation mark in the wrong place' },
  'csv.quote-blank': {
    zh: '引号前有空格：引号须紧跟在分隔符之后，请删除空格或重新导出',
    en: 'has a blank between a separator and a quotation mark: delete it, or export the file again',
  },
  'csv.quote-unclosed': {
    zh: '引号没有闭合',
    en: 'opens a quotation mark that is not closed',
  },
  'fixed.short': {
    zh: '行长不足：应为 {expected} 字节，实为 {found} 字节',
    en: 'is {found} bytes long, {expected} are declared',
  },
  'fixed.long': {
    zh: '行长超出：应为 {expected} 字节，实为 {found} 字节',
    en: 'is {found} bytes long, {expected} are declared',
  },
  'fixed.short-characters': {
    zh: '行长不足：应为 {expected} 个字符，实为 {found} 个',
    en: 'is {found} characters long, {expected} are declared',
  },
  'fixed.long-characters': {
    zh: '行长超出：应为 {expected} 个字符，实为 {found} 个',
    en: 'is {found} characters long, {expected} are declared',
  },
  'fixed.padded': {
    zh: '各行字符数相同（{characters} 个），字节数却不同：各列可能按字符对齐，请写 unit: characters 并按字符填写位置；如确按字节计，请写 recordLength',
    en: 'each line has {characters} characters, but not as many bytes: if columns are padded by characters, say unit: characters and count offsets so; if offsets do count bytes, say recordLength',
  },
  'copybook.number': {
    zh: '不是记录布局所声明的数字',
    en: 'is not a number as the copybook declares it',
  },
  'copybook.text': {
    zh: '含有代码页中没有的字符',
    en: 'holds bytes that have no character in the code page',
  },
  'copybook.occurs': {
    zh: 'OCCURS DEPENDING ON 的项数超出范围',
    en: 'has an OCCURS count outside its bounds',
  },
  'copybook.view': {
    zh: '此视图（REDEFINES）与字节不符，已作空值：请用 segmentRedefines 或 redefineRules 写明记录中是哪个视图，或写 views: keep',
    en: 'is a view (REDEFINES) that does not fit the bytes and was read as null: name the view that is there (segmentRedefines, redefineRules), or views: keep',
  },
  'copybook.segment': {
    zh: '选项没有说明这类记录含哪个视图，各视图均未输出',
    en: 'is of a kind that the options do not name: none of its views was read',
  },
  'copybook.short': {
    zh: '记录在此之前结束，其后各项作空值',
    en: 'is after the end of its record and was read as null',
  },
  'copybook.long': {
    zh: '记录比所描述的长，多出的字节未读取',
    en: 'is longer than the copybook describes: the rest was not read',
  },
  'copybook.sign': {
    zh: '声明为无符号的数字带有负号，已读作负数',
    en: 'has a minus sign where the picture has none and was read as negative',
  },
  'copybook.digits': {
    zh: '位数多于 PICTURE 所声明，已全部读取',
    en: 'has more digits than its picture; all were read',
  },
  'copybook.blanked': {
    zh: '含有控制字符，或代码页 common 没有的字符（请写明 codePage），已读作空格',
    en: 'holds controls, or characters that the code page «common» lacks (declare codePage); they were read as blanks',
  },
  'copybook.page': {
    zh: '含有各代码页含义不同的字符（如 ! $ # @ [ ]），已按 cp037 读取：请写明 codePage',
    en: 'holds characters on which code pages differ, such as ! $ # @ [ ], and was read as cp037: declare codePage',
  },
  'copybook.shift': {
    zh: 'SO、SI 不成对，文字可能被截断',
    en: 'has SO and SI that are no pairs: its text may be cut off',
  },
  'copybook.orphan': {
    zh: '子记录之前没有父记录',
    en: 'is a child record without a parent before it',
  },
  'dbf.number': {
    zh: '不是数字（可能在源系统中溢出）',
    en: 'is no number (it may have overflowed in its source)',
  },
  'dbf.date': { zh: '日期不存在或写法不正确', en: 'is no date' },
  'dbf.logical': { zh: '不是逻辑值', en: 'is no logical value' },
  'dbf.memo': { zh: '备注文件中没有所指的内容', en: 'points at a place that the memo file does not have' },
  'dbf.length': {
    zh: '变长文字的长度字节不正确',
    en: 'has a wrong length byte for a text of varying length',
  },
  'dbf.flag': {
    zh: '记录标志不正确，文件可能已损坏',
    en: 'has a wrong record flag: the file may be damaged',
  },
  'dbf.count': {
    zh: '文件头声明 {declared} 条，实有 {found} 条，已全部读取',
    en: 'the header declares {declared} records, the file holds {found}; all were read',
  },
  'spreadsheet.mark': {
    zh: '值外有电子表格的记号（="…"、撇号、TAB 或 0x1F），已去除；如需保留，在选项中写 spreadsheetMarks: keep',
    en: 'had marks of a spreadsheet around it (="…", apostrophe, TAB or 0x1F), which were removed; to retain them, set spreadsheetMarks: keep in the options',
  },
  'spreadsheet.mark-stored': {
    zh: '值外有电子表格的记号（="…"、撇号、TAB 或 0x1F）：请在来源中去除，确为原文时在映射中写 asWritten: true',
    en: 'has marks of a spreadsheet around it (="…", apostrophe, TAB or 0x1F): remove them in the source, or write asWritten: true in the mapping if they belong to the value',
  },
  'spreadsheet.date': {
    zh: '像是电子表格把 1-2 之类的文字变成的日期：把该列设为“文本”后重新录入，或在映射中写 asWritten: true',
    en: 'looks like a date that a spreadsheet made of a text such as 1-2: make the column text and enter it again, or write asWritten: true in the mapping',
  },
  'spreadsheet.error': {
    zh: '是电子表格的错误值或列宽不足的显示（#N/A、#REF!、####）：更正后重新导出；表示缺失时在映射中写 nullIf，确为原文时写 asWritten: true',
    en: 'is the error of a formula, or what a narrow column shows (#N/A, #REF!, ####): correct it and export it again, name it in nullIf if it means no value, or write asWritten: true in the mapping',
  },
  'text.question-marks': {
    zh: '只有问号，原文可能已在导出时丢失：从源系统重新导出；表示缺失时在映射中写 nullIf，确为原文时写 asWritten: true',
    en: 'has question marks only, so its characters may have been lost: export it again, name it in nullIf if it means no value, or write asWritten: true in the mapping',
  },
  'spreadsheet.grouped': {
    zh: '号码中有千位分隔符：把该列设为“文本”后重新导出，或在映射中写 asWritten: true',
    en: 'has separators of thousands in a number that is an identifier: make the column text and export it again, or write asWritten: true in the mapping',
  },
  'spreadsheet.point-zero': {
    zh: '号码末尾多了 .0，可能被程序当成小数：请按文本重新导出，确为原文时在映射中写 asWritten: true',
    en: 'is an identifier followed by .0, as programs write that read it as a decimal number: export it as text, or write asWritten: true in the mapping',
  },
  'dbf.more': {
    zh: '文件结束标志之后还有内容，未读取：可能是几个文件接在一起，请分开报送',
    en: 'goes on after its end mark; the rest was not read. If several files were joined, send them one by one',
  },
  'spreadsheet.exponent': {
    zh: '电子表格把长号码变成了科学计数（如 1.10101E+17），号码已损坏：把该列设为“文本”后重新录入',
    en: 'a spreadsheet turned a long number into scientific notation (1.10101E+17) and its digits are lost: make the column text and enter it again',
  },
  'spreadsheet.zeroed': {
    zh: '电子表格只保留 15 位数字，末几位已变成 0：把该列设为“文本”后重新录入',
    en: 'a spreadsheet stores 15 digits and turned the last ones into 0: format the column as text and enter it again',
  },
  'xlsx.digits-lost': {
    zh: '数字超过 15 位，电子表格只保留 15 位：把该列设为“文本”后重新录入',
    en: 'is a number of more than 15 digits, of which a spreadsheet stores 15: format the column as text and enter it again',
  },
  'xlsx.error': { zh: '单元格是公式错误', en: 'holds the error of a formula' },
  'xlsx.formula': {
    zh: '公式没有保存计算结果：在 Excel 或 WPS 中打开并保存后再报送',
    en: 'is a formula whose result was not stored: open the file in Excel or WPS, save it and send it again',
  },
  'xlsx.formula-stale': {
    zh: '公式的结果可能只是占位（文件要求打开时重新计算）：在 Excel 或 WPS 中打开并保存后再报送',
    en: 'is the result of a formula that may be a placeholder, for the file asks to be computed when it is opened: open it in Excel or WPS, save it and send it again',
  },
  'xlsx.date': { zh: '不是存在的日期或时间', en: 'is no date or time that exists' },
  'xlsx.cell': { zh: '单元格内容与其类型不符', en: 'holds what a cell of its type cannot hold' },
  'xlsx.hidden-sheets': {
    zh: '文件中有隐藏的工作表，未读取',
    en: 'the file has hidden sheets, which were not read',
  },
  'xlsx.hidden-row': {
    zh: '该行在工作表中被隐藏（或被筛选掉）：请在选项 hiddenRows 中写明读取（read）还是跳过（skip）',
    en: 'is hidden in its sheet (or filtered away): say in the option hiddenRows whether such rows are meant (read) or not (skip)',
  },
  'xlsx.further-sheets': {
    zh: '还有未读取的工作表（{sheets}）：在选项 sheet 中写明要读取的工作表',
    en: 'the file has further sheets, which were not read ({sheets}): name the sheet to read in the option sheet',
  },
  'xlsx.hidden-column': {
    zh: '{column} 列在工作表中被隐藏，但已读取：确实要报送时，在选项中写 hiddenColumns: read',
    en: 'column {column} is hidden in its sheet and was read: if it is meant, say hiddenColumns: read in the options',
  },
  'xlsx.blank-block': {
    zh: '第 {first} 至 {last} 行为空，其后还有数据，可能是另一张表：在选项 lastRow 中写明末行，或写 blankRows: skip',
    en: 'rows {first} to {last} are blank, and more rows follow, which may be another table: say in the option lastRow where the data ends, or blankRows: skip',
  },
  'xlsx.merged': {
    zh: '单元格被合并，值只在合并范围的首格：纵向合并的列写入选项 fillDown，或取消合并并逐行填写',
    en: 'is merged with another cell, which alone has the value: name the column in the option fillDown if it is merged downwards, or split the cells',
  },
  'xlsx.scaled': {
    zh: '工作表显示的是百分数或以千计的数，存储的是另一个数，已按存储的数读取：在选项中写 scaledNumbers: stored，需要换算时在映射中用 times',
    en: 'is shown as a percentage or in thousands; the stored number was read: say scaledNumbers: stored in the options, and convert it with times in the mapping',
  },
  'xlsx.date-part': {
    zh: '是只显示月日或年月的日期，可能由录入的 1-2 变成：把该列设为“文本”后重新录入，或在映射中写 asWritten: true',
    en: 'is a date of which only a part is shown, as a spreadsheet makes of 1-2: make the column text and enter it again, or write asWritten: true in the mapping',
  },
  'header.merged': {
    zh: '表头有合并单元格（{range}），可能不止一行：在选项 headerRows 中写明，如 [{rows}]',
    en: 'the header has merged cells ({range}), so it may have several rows: say so in the option headerRows, such as [{rows}]',
  },
  'xlsx.wide': { zh: '数据超出表头的列数', en: 'has cells beyond the last column of the header' },
  'hl7.stray': { zh: '消息头（MSH）之前的内容', en: 'is before any message header (MSH)' },
  'hl7.header': { zh: '消息头（MSH）不完整', en: 'has an incomplete message header (MSH)' },
  'hl7.message-type': { zh: '缺少消息类型（MSH-9）', en: 'has no message type (MSH-9)' },
  'hl7.control-id': { zh: '缺少消息控制号（MSH-10）', en: 'has no control id (MSH-10)' },
  'hl7.segment-broken': {
    zh: '段在行中断开，已与上一行接合',
    en: 'is the rest of a segment broken over two lines; it was joined',
  },
  'hl7.escape': {
    zh: '含有不认识的转义序列，已按原样保留',
    en: 'holds an escape sequence that is not known; it stays as it is written',
  },
  'hl7.line-end': {
    zh: '前面的行结束符与本消息各段不同，可能是文字中的换行：在选项 continuationLines 中写明 join，或请发送方转义',
    en: 'begins or goes on after another line end than the segments of its message, so it may be a line of a text: say continuationLines: join in the options, or have the sender escape line ends',
  },
  'hl7.count': {
    zh: '{segment} 声明的数量是 {declared}，实有 {found}',
    en: '{segment} declares {declared}, the file holds {found}',
  },
  'hl7.unclosed': {
    zh: '{open} 没有以 {close} 结束，文件可能不完整：请重新导出；如发送方从不写，在选项中写 trailers: any',
    en: '{open} has no {close} after it, so the file may be cut off: export it again, or set trailers: any in the options if its sender never writes one',
  },
  'hl7.rows': {
    zh: '没有一条消息含有选项 rows 所写的段 {rows}',
    en: 'no message has the segment {rows} that the option rows names',
  },
  'json.malformed': { zh: '不是有效的 JSON', en: 'is not valid JSON' },
  'json.repeated': {
    zh: '同一对象中有重复的成员名',
    en: 'has two members of one name in an object',
  },
  'json.shape': { zh: '不是 JSON 对象', en: 'is no JSON object' },
  'json.number': {
    zh: '数字过长，无法精确表示；请改为文字',
    en: 'has a number that cannot be held exactly: write it as text',
  },
  'json.depth': { zh: '嵌套过深', en: 'is nested too deeply' },
  'geojson.feature': {
    zh: '不是 GeoJSON 要素：须有 type: Feature、geometry、properties（可有 bbox），且 properties 中没有位置数据项',
    en: 'is no GeoJSON feature: it has type: Feature, geometry and properties (and may have bbox), and its properties do not include the place',
  },
} as const satisfies Readonly<Record<string, Bilingual>>;

export type RowRule = keyof typeof rowRules;

/** A problem of a whole record. */
export const recordProblem = (
  line: number,
  rule: RowRule,
  got: string,
  facts: Readonly<Record<string, string | number>> = {},
): RowProblem => ({
  line,
  column: 0,
  header: '',
  field: '',
  rule,
  got,
  message: fill(rowRules[rule], facts),
});
