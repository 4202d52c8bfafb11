export const generalProblems = {
  malformed_identifier: {
    status: 400,
    who: 'caller',
    text: { zh: '标识符“{what}”的格式不正确', en: 'the identifier "{what}" has the wrong form' },
    next: { zh: '按接口文档核对该标识符的写法', en: 'compare its form with the API documentation' },
  },
  invalid_request: {
    status: 400,
    who: 'caller',
    text: { zh: '请求不符合接口约定', en: 'the request does not match the contract' },
    next: { zh: '按所列位置修改', en: 'correct the places named in the findings' },
  },
  malformed_json: {
    status: 400,
    who: 'caller',
    text: { zh: '请求正文不是有效的 JSON', en: 'the body is not valid JSON' },
    next: { zh: '发送 UTF-8 编码、成员名不重复的 JSON', en: 'send UTF-8 JSON without doubled member names' },
  },
  unsupported_media_type: {
    status: 415,
    who: 'caller',
    text: { zh: '不接受该正文类型或内容编码', en: 'this content type or content coding is not accepted' },
    next: { zh: '使用 {expected}，不加压缩', en: 'send {expected}, uncompressed' },
  },
  body_too_large: {
    status: 413,
    who: 'caller',
    text: { zh: '请求正文超过 {limit} 字节', en: 'the body is larger than {limit} bytes' },
    next: { zh: '缩小请求；文件请分段上传', en: 'make it smaller; upload files in parts' },
  },
  not_found: {
    status: 404,
    who: 'caller',
    text: { zh: '没有这个地址或对象', en: 'there is no such address or object' },
    next: { zh: '核对路径与监听端口', en: 'check the path and the listener' },
  },
  item_not_overdue: {
    status: 409,
    who: 'caller',
    text: { zh: '该事项尚未逾期，不能督办', en: 'the item is not overdue, so it cannot be urged' },
    next: { zh: '期限过后再督办', en: 'urge it after its deadline' },
  },
  item_urged_today: {
    status: 409,
    who: 'caller',
    text: {
      zh: '该事项本工作日已督办过',
      en: 'the item was urged on this working day already',
    },
    next: { zh: '下一个工作日再督办', en: 'urge it on the next working day' },
  },
  method_not_allowed: {
    status: 405,
    who: 'caller',
    text: { zh: '该地址不支持此方法', en: 'this address does not take that method' },
    next: { zh: '核对接口文档', en: 'compare with the API documentation' },
  },
  internal_error: {
    status: 500,
    who: 'operator',
    text: { zh: '枢纽内部错误', en: 'an internal error of the hub' },
    next: { zh: '请把交换编号告知运维人员', en: 'give the exchange id to the operator' },
  },
  configuration_invalid: {
    status: 500,
    who: 'operator',
    text: { zh: '配置项 {key} 不正确：{reason}', en: 'configuration key {key} is wrong: {reason}' },
    next: { zh: '修改 {source} 后重新启动', en: 'correct {source} and start again' },
  },
} as const;
