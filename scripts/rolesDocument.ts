/** docs/roles.md and docs/roles.zh-CN.md, whole, from the permissions of the operations. */
import { cellOf, holders, type Cell, type Holder, type Permission } from '../hub/domain/permissions.ts';
import { staffOperations } from '../hub/operations/staffOperations.ts';

const zhHolders: Readonly<Record<Holder, string>> = {
  operator: '运维',
  'office steward': '主管部门 数据管理员',
  'office security': '主管部门 数据安全管理员',
  'office auditor': '主管部门 审计',
  'office clerk': '主管部门 报送员',
  'office leader': '主管部门 领导',
  steward: '部门 数据管理员',
  security: '部门 数据安全管理员',
  auditor: '部门 审计',
  clerk: '部门 报送员',
  leader: '部门 领导',
};

const words = {
  en: { propose: 'proposes', own: 'own place', all: 'everyone', none: 'no staff role', join: ', ' },
  zh: { propose: '提议', own: '限本处', all: '所有角色', none: '无', join: '、' },
} as const;

const introductions = {
  en: `# Roles and permissions

[中文](roles.zh-CN.md)

Generated from the \`permission\` of each operation (\`hub/operations/staffOperations.ts\`), which the hub checks at every call of the staff listener.

A person holds a role in a department or in the data office. A department registered as \`dataOffice\` counts as the data office.

| Note | Meaning |
|---|---|
| none | the role may perform the operation on any department's data |
| own place | only on the data of their own department or office; a party of an agreement counts as its owner. Sessions and tokens (\`endSession\`, \`revokeToken\`) of other persons are ended only by operators and security officers; all other roles end their own |
| proposes | another person must accept the proposal |
| A / B | A applies to their own place, B to other places |

No person may approve or confirm what they wrote, invited or granted themselves. The hub compares persons, not tokens ([four eyes](registry.md#four-eyes)).
`,
  zh: `# 角色与权限

[English](roles.md)

本页由各操作的 \`permission\` 生成（\`hub/operations/staffOperations.ts\` 列出全部操作）。管理端口的每次调用在执行前都与之核对，没有允许的一律拒绝。

角色属于某个部门或数据主管部门。登记为 \`dataOffice\` 的部门视同数据主管部门。

| 注 | 含义 |
|---|---|
| 无注 | 可以对任何部门的事项执行 |
| 限本处 | 只对本部门（本单位）的事项；共享协议的任何一方都算所有者。他人的会话和令牌（\`endSession\`、\`revokeToken\`）只由运维和数据安全管理员终止，其他角色只能终止自己的 |
| 提议 | 须由另一人同意 |
| 甲 / 乙 | 甲适用于本处，乙适用于他处 |

任何人不得审批或确认自己提交、邀请或授予的内容。枢纽比较的是人，不是令牌（[双人复核](registry.zh-CN.md#双人复核)）。
`,
} as const;

export function rolesDocuments(): Map<string, string> {
  return new Map([
    ['docs/roles.md', page('en')],
    ['docs/roles.zh-CN.md', page('zh')],
  ]);
}

/** Operations with the same permissions share a row. */
function page(language: 'en' | 'zh'): string {
  const groups = new Map<string, string[]>();
  for (const { id, permission } of Object.values(staffOperations)) {
    const who = whoMay(permission, language);
    groups.set(who, [...(groups.get(who) ?? []), `\`${id}\``]);
  }
  const head = { en: ['Operations', 'Who'], zh: ['操作', '由谁'] }[language];
  const rows = [...groups].map(([who, operations]) => row([operations.join(' '), who]));
  return `${introductions[language]}\n${[row(head), row(['---', '---']), ...rows].join('\n')}\n`;
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** The roles that may act, with the same note together: `operator, office steward; steward (own place)`. */
function whoMay(permission: Permission, language: 'en' | 'zh'): string {
  const { all, none, join } = words[language];
  const byNote = new Map<string, Holder[]>();
  for (const holder of holders) {
    const note = noteOf(cellOf(permission, holder), language);
    if (note !== undefined) byNote.set(note, [...(byNote.get(note) ?? []), holder]);
  }
  if (byNote.get('')?.length === holders.length) return all;
  const name = (holder: Holder): string => (language === 'en' ? holder : zhHolders[holder]);
  const parts = [...byNote].map(
    ([note, named]) => `${named.map(name).join(join)}${note === '' ? '' : ` (${note})`}`,
  );
  return parts.length === 0 ? none : parts.join('; ');
}

/** Undefined where the role may do nothing, empty where it may act everywhere. */
function noteOf([own, other]: Cell, language: 'en' | 'zh'): string | undefined {
  if (own === 'refuse' && other === 'refuse') return undefined;
  const { propose, own: here } = words[language];
  const text = { act: language === 'en' ? 'acts' : '可以', propose, refuse: '–' };
  if (own === other) return own === 'act' ? '' : text[own];
  if (own === 'act' && other === 'refuse') return here;
  return `${text[own]} / ${text[other]}`;
}
