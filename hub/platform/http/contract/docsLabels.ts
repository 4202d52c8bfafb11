/**
 * The labels of Swagger UI in Chinese: it has no other language than English. Whatever it draws is read once and a text that is one of
 * these labels is replaced; texts of the contract, code and examples stay as they are.
 */
export const labelsInChinese: Readonly<Record<string, string>> = {
  Servers: '服务地址',
  'Computed URL:': '完整地址：',
  'Server variables': '地址变量',
  Authorize: '授权',
  Schemas: '数据结构',
  Schema: '结构',
  Parameters: '参数',
  'No parameters': '没有参数',
  Name: '名称',
  Description: '说明',
  'Request body': '请求正文',
  'Example Value': '示例',
  Examples: '示例',
  Responses: '答复',
  Code: '状态码',
  Links: '链接',
  'No links': '没有链接',
  Headers: '答复头',
  'Media type': '媒体类型',
  'Parameter content type': '参数的媒体类型',
  'Expand all': '全部展开',
  'Collapse all': '全部收起',
  'Default value': '默认值',
  'Available values': '可用值',
  required: '必填',
  path: '路径',
  query: '查询参数',
  header: '请求头',
  object: '对象',
  string: '文本',
  integer: '整数',
  boolean: '真假值',
  Default: '默认值',
  Enum: '可选值',
  Items: '各项',
  Properties: '成员',
  'Additional properties': '其他成员',
  'One of': '其中之一',
  'Any of': '任一',
  'All of': '全部',
};

/** Texts of which a part is the contract's: pattern and what stands in its place. */
const patterns: readonly (readonly [string, string])[] = [
  ['^\\[(\\d+), (\\d+)\\] characters$', '$1 至 $2 个字符'],
  ['^([≤≥<>]) (\\d+) characters$', '$1 $2 个字符'],
  ['^(\\d+) characters$', '$1 个字符'],
  ['^\\[(\\d+), (\\d+)\\] items$', '$1 至 $2 项'],
  ['^([≤≥<>]) (\\d+) items$', '$1 $2 项'],
  ['^([≤≥<>]) (\\d+) properties$', '$1 $2 个成员'],
  ['^matches (.*)$', '形如 $1'],
];

/** A script of the page: nothing of it comes from a caller. */
export const labelsScript = `const labels = new Map(Object.entries(${JSON.stringify(labelsInChinese)}));
const patterns = ${JSON.stringify(patterns)}.map(([from, to]) => [new RegExp(from, 's'), to]);
const kept = 'pre, code, .markdown, .renderedMarkdown, .json-schema-2020-12__title, td .parameter__name, .opblock-tag, option';
function tell(text) {
  if (text.parentElement === null || text.parentElement.closest(kept) !== null) return;
  const said = (text.nodeValue ?? '').trim();
  const label = labels.get(said) ?? patterns.flatMap(([from, to]) => (from.test(said) ? [said.replace(from, to)] : []))[0];
  if (label !== undefined) text.nodeValue = label;
}
function tellIn(node) {
  if (node.nodeType === Node.TEXT_NODE) return tell(node);
  const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) tell(texts.currentNode);
}
new MutationObserver((changes) => {
  for (const { type, target, addedNodes } of changes) type === 'characterData' ? tellIn(target) : addedNodes.forEach(tellIn);
}).observe(document.getElementById('ui'), { childList: true, characterData: true, subtree: true });
`;
