/** docs/roles.md and docs/roles.zh-CN.md, whole, from the permissions of the operations. */
import { cellOf, holders, type Cell, type Holder } from '../hub/domain/permissions.ts';
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
  en: { act: 'yes', propose: 'proposes', refuse: '–' },
  zh: { act: '可以', propose: '提议', refuse: '–' },
} as const;

const introductions = {
  en: `# Who may do what

[中文](roles.zh-CN.md)

Generated from the \`permission\` of each operation (\`hub/operations/staffOperations.ts\` lists them). Every call of the staff listener is
checked against it before anything of the operation runs. What it does not name is refused. A test calls each cell
(\`hub/operations/roles.test.ts\`).

A role is held at a place: in a department, or in the data office (also: in the department that is registered as \`dataOffice\`). A cell says
first what persons may do to things of their own place, then to things of others. A party of an agreement counts as its owner. No person
approves or confirms what they wrote, invited or granted themselves, whatever their roles: persons are compared, not tokens
([registering](registry.md#four-eyes)).
`,
  zh: `# 谁可以做什么

[English](roles.md)

由各操作的 \`permission\` 生成（\`hub/operations/staffOperations.ts\` 列出全部操作）。管理端口的每次调用在执行之前都先与之核对，表中没有的一律拒绝。
每一格都有测试（\`hub/operations/roles.test.ts\`）。

角色属于某处：某个部门，或数据主管部门（登记为 \`dataOffice\` 的部门也是）。每格先写对本处事物可以做什么，再写对他处的。
共享协议的任何一方都算其所有者。任何人都不能审批或确认自己提交、邀请或授予的内容，无论有什么角色：比较的是人，不是令牌
（[登记](registry.zh-CN.md#双人复核)）。
`,
} as const;

export function rolesDocuments(): Map<string, string> {
  return new Map([
    ['docs/roles.md', page('en')],
    ['docs/roles.zh-CN.md', page('zh')],
  ]);
}

function page(language: 'en' | 'zh'): string {
  const heads = holders.map((holder) => (language === 'en' ? holder : zhHolders[holder]));
  const first = language === 'en' ? 'operation' : '操作';
  const rows = Object.values(staffOperations).map(({ id, permission }) =>
    row([`\`${id}\``, ...holders.map((holder) => cellText(cellOf(permission, holder), language))]),
  );
  const rule = row(['---', ...holders.map(() => '---')]);
  return `${introductions[language]}\n${[row([first, ...heads]), rule, ...rows].join('\n')}\n`;
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function cellText([own, other]: Cell, language: 'en' | 'zh'): string {
  const [mine, theirs] = [words[language][own], words[language][other]];
  return own === other ? mine : `${mine} / ${theirs}`;
}
