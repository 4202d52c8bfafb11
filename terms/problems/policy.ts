/** Problems of the policy engine: outcomes of `decide`, reasons for rejecting a claim, and faults of documents. */
const askProvider = {
  zh: '核对共享协议；如确有需要，向提供部门申请变更',
  en: 'check the agreement; where it is needed, ask the provider to change it',
} as const;

export const policyProblems = {
  dataset_unknown: {
    status: 404,
    who: 'caller',
    text: { zh: '没有这个数据资源', en: 'there is no such dataset' },
    next: { zh: '在目录中核对数据资源编号', en: 'check its id in the catalogue' },
  },
  several_agreements: {
    status: 409,
    who: 'caller',
    text: {
      zh: '该数据资源有多份共享协议可用：{choices}',
      en: 'several agreements grant data of this dataset: {choices}',
    },
    next: { zh: '用 agreement 和 purpose 选定一项', en: 'choose one with agreement and purpose' },
  },
  no_agreement: {
    status: 403,
    who: 'department',
    text: { zh: '本部门没有该数据资源的共享协议', en: 'your department has no agreement on this dataset' },
    next: { zh: '向提供部门提出共享申请', en: 'request it from the department that provides it' },
  },
  agreement_unreadable: {
    status: 503,
    who: 'data-office',
    text: {
      zh: '共享协议 {document} 已签署，但枢纽目前不能采用',
      en: 'the agreement {document} is signed, but this hub cannot use it now',
    },
    next: {
      zh: '不必重新申请：请数据主管部门由运维按就绪检查 policy 或 datong serve --check 查明原因',
      en: 'a new request is not needed: the data office has its operator find the reason in the readiness check policy or with datong serve --check',
    },
  },
  agreement_missing: {
    status: 400,
    who: 'caller',
    text: { zh: '请求没有写明共享协议', en: 'the request names no agreement' },
    next: { zh: '在签名的 datong-agreement 头中写明', en: 'name it in the signed header datong-agreement' },
  },
  agreement_unknown: {
    status: 403,
    who: 'caller',
    text: { zh: '本部门没有这份共享协议', en: 'your department holds no such agreement' },
    next: { zh: '核对共享协议编号', en: "check the agreement's id" },
  },
  agreement_not_in_force: {
    status: 403,
    who: 'department',
    text: { zh: '共享协议尚未生效或已到期', en: 'the agreement is not in force yet, or has ended' },
    next: { zh: '核对有效期，到期前申请续期', en: 'check its term; ask for a renewal before it ends' },
  },
  agreement_suspended: {
    status: 403,
    who: 'data-office',
    text: { zh: '共享协议已暂停', en: 'the agreement is suspended' },
    next: {
      zh: '由{whom}暂停；理由见本部门的待办和协议页',
      en: 'suspended by {whom}; the reason is in your department’s inbox and on the page of the agreement',
    },
  },
  already_stopped: {
    status: 409,
    who: 'caller',
    text: {
      zh: '贵方（{side}）自 {since} 起已暂停该协议，另一理由未予记入',
      en: 'your side ({side}) suspended the agreement on {since}; the new reason was not stored',
    },
    next: {
      zh: '原理由见协议页面；须换理由的，先由另一方暂停，再解除并以新理由暂停',
      en: 'the page of the agreement shows the stored reason. To change it, let another side suspend the agreement too, then lift your suspension and suspend it again',
    },
  },
  dataset_not_agreed: {
    status: 403,
    who: 'caller',
    text: { zh: '该共享协议不包含此数据资源', en: 'the agreement does not cover this dataset' },
    next: askProvider,
  },
  purpose_missing: {
    status: 400,
    who: 'caller',
    text: { zh: '请求没有写明使用场景', en: 'the request names no purpose' },
    next: { zh: '在签名的 datong-purpose 头中写明', en: 'name it in the signed header datong-purpose' },
  },
  purpose_unknown: {
    status: 400,
    who: 'caller',
    text: { zh: '使用场景不在使用场景目录中', en: 'there is no such purpose in the tree of purposes' },
    next: {
      zh: '填使用场景目录中的代码，不要写自由文本；sandbox 只用于 sandbox-query（datong rows sandbox）',
      en: 'use a code of the tree, not free text; the purpose sandbox is only for sandbox-query (datong rows sandbox)',
    },
  },
  purpose_not_agreed: {
    status: 403,
    who: 'caller',
    text: { zh: '共享协议不允许用于此使用场景', en: 'the agreement does not allow this purpose' },
    next: askProvider,
  },
  policy_unverified: {
    status: 503,
    who: 'operator',
    text: {
      zh: '涉及该数据的全市限制无法核实，暂不提供任何数据',
      en: 'a restriction that reaches this data cannot be verified; nothing is released',
    },
    next: {
      zh: '请运维按就绪检查 policy 的提示核查该文档',
      en: 'the operator checks the document that the readiness check named policy reports',
    },
  },
  on_behalf_of_missing: {
    status: 400,
    who: 'caller',
    text: { zh: '缺少经办人标识', en: 'the request names no official' },
    next: {
      zh: '在签名的 datong-on-behalf-of 头中写明经办人的假名标识',
      en: "put the official's pseudonymous id into the signed header datong-on-behalf-of",
    },
  },
  matter_missing: {
    status: 400,
    who: 'caller',
    text: { zh: '缺少办件号', en: 'the case number is missing' },
    next: { zh: '在签名的 datong-matter 头中写明办件号', en: 'put it into the signed header datong-matter' },
  },
  matter_not_agreed: {
    status: 403,
    who: 'caller',
    text: {
      zh: '办件号不属于共享协议所列的办理事项',
      en: 'the case number belongs to none of the matters of the agreement',
    },
    next: {
      zh: '核对办件号；其格式写在共享协议的 matters[].cases 中',
      en: 'check the case number; matters[].cases of the agreement states its form',
    },
  },
  unknown_field: {
    status: 400,
    who: 'caller',
    text: { zh: '数据资源没有这个数据项', en: 'the dataset has no such field' },
    next: { zh: '按数据集标准核对数据项名称', en: 'check its name in the schema' },
  },
  fields_empty: {
    status: 400,
    who: 'caller',
    text: { zh: '请求的数据项列表是空的', en: 'the list of fields is empty' },
    next: {
      zh: '写出数据项，或省略 fields 以取得全部已授予的数据项',
      en: 'name fields, or leave fields out to get all that are granted',
    },
  },
  field_not_granted: {
    status: 403,
    who: 'caller',
    text: { zh: '共享协议没有授予这个数据项', en: 'the agreement does not grant this field' },
    next: askProvider,
  },
  filter_on_masked_field: {
    status: 403,
    who: 'caller',
    text: {
      zh: '脱敏的数据项不能用于筛选或排序',
      en: 'a masked field cannot be filtered or sorted by',
    },
    next: {
      zh: '改用共享协议列出的筛选项，或用完整值按 lookupBy 精确查询',
      en: 'use fields of filterBy, or a full value where lookupBy allows it',
    },
  },
  filter_not_granted: {
    status: 403,
    who: 'caller',
    text: { zh: '共享协议不允许按此数据项筛选', en: 'the agreement does not allow filtering by this field' },
    next: askProvider,
  },
  filter_value_invalid: {
    status: 400,
    who: 'caller',
    text: { zh: '筛选值的类型或形式不正确', en: 'the filter value has the wrong type or form' },
    next: { zh: '按数据项的类型书写筛选值', en: "write the value in the field's own type" },
  },
  filter_area_unknown: {
    status: 400,
    who: 'caller',
    text: {
      zh: '没有这个区域：值域代码或其中的代码未登记，或该代码没有登记边界',
      en: 'there is no such area: the code list or the code is not registered, or the code has no outline',
    },
    next: {
      zh: '核对代码表标识与代码，或改用 bbox、center',
      en: 'check the list and the code, or use bbox or center',
    },
  },
  sort_not_granted: {
    status: 403,
    who: 'caller',
    text: { zh: '共享协议不允许按此数据项排序', en: 'the agreement does not allow sorting by this field' },
    next: askProvider,
  },
  lookup_missing: {
    status: 400,
    who: 'caller',
    text: {
      zh: '共享协议只允许按完整值查询一个主体，请求没有给出',
      en: 'the agreement only allows looking up one subject by a full value; the request names none',
    },
    next: { zh: '加上一个 lookupBy 数据项的等值条件', en: 'add an eq filter on a lookupBy field' },
  },
  lookup_ambiguous: {
    status: 400,
    who: 'caller',
    text: {
      zh: '一次只能查询一个主体',
      en: 'a call may look up one subject; the request has several lookup filters',
    },
    next: { zh: '每次请求只保留一个等值查询条件', en: 'repeat the call with one lookup filter' },
  },
  limit_invalid: {
    status: 400,
    who: 'caller',
    text: { zh: '行数上限必须是正整数', en: 'the limit must be a positive whole number' },
    next: { zh: '改为 1 或更大的整数', en: 'use a whole number from 1' },
  },
  limit_too_high: {
    status: 400,
    who: 'caller',
    text: {
      zh: '一次所取超过共享协议的上限（{most}）',
      en: 'one call asks for more than the agreement allows ({most})',
    },
    next: {
      zh: '减小 limit，用游标分页；批量查询按此数分批',
      en: 'lower the limit and page with the cursor; split a batch query into parts of that size',
    },
  },
  rows_not_granted: {
    status: 403,
    who: 'caller',
    text: { zh: '该共享协议只允许核验，不提供数据行', en: 'the agreement allows only facts, not rows' },
    next: { zh: '改用核验接口（checkFact）', en: 'call checkFact' },
  },
  delivery_not_agreed: {
    status: 403,
    who: 'caller',
    text: { zh: '共享协议没有约定这种提供方式', en: 'the agreement does not allow this way of delivery' },
    next: {
      zh: '改用逐页查询，或向提供部门申请在 deliveries 中增加',
      en: 'query page by page, or ask the provider to add it to deliveries',
    },
  },
  lookups_too_many_rows: {
    status: 413,
    who: 'caller',
    text: {
      zh: '这些主体的数据行超过一次批量查询的 {most} 行上限',
      en: 'the subjects have more than {most} rows, the limit of one batch query',
    },
    next: { zh: '分几次查询，每次少一些主体', en: 'divide the subjects among several calls' },
  },
  fact_not_agreed: {
    status: 403,
    who: 'caller',
    text: { zh: '共享协议没有这一核验项', en: 'the agreement has no such fact' },
    next: { zh: '用 explain 查看共享协议列出的核验项', en: 'explain lists the facts of the agreement' },
  },
  fact_question_invalid: {
    status: 400,
    who: 'caller',
    text: { zh: '核验请求与核验项不符', en: 'the question does not fit the fact' },
    next: {
      zh: '主体须写完整标识；核验项要求日期（on）或比对值（value）时须给出，其他情况不得给出',
      en: 'name the subject in full; give a day (on) or a value only where the fact asks for it',
    },
  },
  lookups_limited: {
    status: 429,
    who: 'department',
    text: { zh: '逐个查询过多，已暂缓：{reason}', en: 'too many single look-ups: {reason}' },
    next: {
      zh: '按 Retry-After 再试；核对所查标识的来源。确有需要的，请数据主管部门调高 hub.json 的 lookups',
      en: 'check where the values come from, and try again after Retry-After. If the look-ups are needed, the data office raises lookups in hub.json',
    },
  },
  quota_exhausted: {
    status: 429,
    who: 'department',
    text: {
      zh: '今日限额（次数、行数、字节或对同一主体的次数）已用完',
      en: "today's limit under this agreement (calls, rows, bytes, or calls about one subject) is used up",
    },
    next: {
      zh: '按 Retry-After 到次日再试，或申请提高限额',
      en: 'try again after Retry-After, at midnight in China, or ask for a higher limit',
    },
  },
  mask_type_errors: {
    status: 500,
    who: 'provider',
    text: {
      zh: '有 {count} 个值的类型与数据集标准不符，本次未提供任何数据',
      en: '{count} values do not have the type of the schema; nothing was released',
    },
    next: { zh: '请提供部门校核数据后重新报送', en: 'the provider must correct and submit the data again' },
  },
  masked_row_invalid: {
    status: 500,
    who: 'operator',
    text: {
      zh: '脱敏结果不符合推导出的数据集标准，本次未提供任何数据',
      en: 'a masked row does not match the masked schema; nothing was released',
    },
    next: { zh: '请把交换编号告知运维人员', en: 'give the exchange id to the operator' },
  },
  aggregate_not_agreed: {
    status: 403,
    who: 'caller',
    text: { zh: '共享协议没有这一统计', en: 'the agreement has no such aggregate' },
    next: { zh: '用 explain 查看共享协议列出的统计', en: 'explain lists the aggregates of the agreement' },
  },
  aggregate_fixed: {
    status: 409,
    who: 'provider',
    text: {
      zh: '当前批次的统计已按此前的约定固定，新的约定不能再从这一批次统计：两次答复相减可得到个体',
      en: 'the statistics of the current batch are fixed by the former agreement; the difference of two answers could disclose single rows',
    },
    next: {
      zh: '等提供部门报送下一批次后再查询',
      en: 'ask again after the next batch of the provider',
    },
  },
  aggregate_too_fine: {
    status: 409,
    who: 'provider',
    text: {
      zh: '统计维度的取值组合超过 {most} 个，分组太细',
      en: 'the dimensions have more than {most} combinations: the groups are too fine',
    },
    next: { zh: '请提供部门减少统计维度', en: 'ask the provider for an agreement with fewer dimensions' },
  },
  policy_invalid: {
    status: 422,
    who: 'department',
    text: { zh: '策略文档 {document} 不正确', en: 'the policy document {document} is not valid' },
    next: { zh: '按所列位置修改', en: 'correct the places named in the findings' },
  },
  approval_by_import_only: {
    status: 422,
    who: 'department',
    text: {
      zh: '写明上级批复的共享协议只能由批复导入产生',
      en: 'an agreement that names an approval of an upper platform can only come from the import of that approval',
    },
    next: { zh: '用 datong request import', en: 'use datong request import' },
  },
  approval_unfit: {
    status: 422,
    who: 'department',
    text: { zh: '与批复不符：{reason}', en: 'it differs from the approval: {reason}' },
    next: { zh: '按批复原文改正', en: 'correct it to match the approval' },
  },
  policy_does_not_compile: {
    status: 422,
    who: 'department',
    text: {
      zh: '策略文档无法一起生效（{count} 处）',
      en: 'the policy documents do not compile together ({count} findings)',
    },
    next: { zh: '按所列位置修改', en: 'correct the places named in the findings' },
  },
  pseudonym_format: {
    status: 422,
    who: 'caller',
    text: {
      zh: '{what} 以假名提供数据，却没有写明 format: 2：其假名会与其他提供部门的假名相同',
      en: '{what} releases pseudonyms without format: 2, so they would equal those of other providers',
    },
    next: {
      zh: '写明 format: 2，各提供部门的假名即互不相同；确需关联的写入 linkages，由各提供部门分别签署',
      en: 'write format: 2, so that pseudonyms differ by provider; declare needed joins in linkages, which every provider signs',
    },
  },
  linkage_ended: {
    status: 409,
    who: 'caller',
    text: {
      zh: '关联 {linkage} 已随 {ended} 终止，其假名不再使用',
      en: 'the linkage {linkage} ended with {ended}: its pseudonyms are not issued again',
    },
    next: {
      zh: '各提供部门以新的期号（epoch）写明该关联',
      en: 'every provider names the linkage with a new epoch',
    },
  },
  mask_unknown: {
    status: 422,
    who: 'department',
    text: {
      zh: '没有名为 {name} 的脱敏算法，或参数不正确',
      en: 'there is no mask {name}, or its parameters are wrong',
    },
    next: {
      zh: '运行 datong policy mask --list 查看目录',
      en: 'see the catalogue: datong policy mask --list',
    },
  },
} as const;
