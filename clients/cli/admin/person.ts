/**
 * `datong hub person invite|grant|end`: who works here, and in which role. A change counts once another person has confirmed it; an end
 * takes effect at once.
 */
import type { Command } from 'commander';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { data, exitCode, talk, VerbFailure } from '../verb.ts';
import { callStaff } from './staffActs.ts';
import { defined } from '../../../terms/defined.ts';

interface InviteOptions extends StaffOptions {
  readonly role: readonly string[];
  readonly department?: string;
  readonly json?: boolean;
}

interface GrantOptions extends StaffOptions {
  readonly role: string;
  readonly json?: boolean;
}

const roleHelp =
  'operator, steward, security, auditor, clerk, leader; ROLE@DEPARTMENT, or ROLE alone in the data office';

export function registerPerson(admin: Command): void {
  const person = admin.command('person').description('人员与角色 / persons and their roles');
  withStaffToken(
    person
      .command('invite')
      .argument('<name>', 'of the person')
      .description('邀请一人；须由另一人确认 / invite a person; another person confirms'),
  )
    .requiredOption('--role <roles...>', roleHelp)
    .option('--department <code>', 'department of the person; default: the data office')
    .option('--json', 'answer {person, code, expires} as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  datong hub person invite 王科 --role steward@pub-security --department pub-security\n',
    )
    .action(invite);
  withStaffToken(
    person
      .command('grant')
      .argument('<person>', 'id of the person')
      .description('再授予一个角色；须由另一人确认 / one more role; another person confirms'),
  )
    .requiredOption('--role <role>', roleHelp)
    .option('--json', 'answer {person} as JSON')
    .action(grant);
  withStaffToken(
    person
      .command('end')
      .argument('<person>', 'id of the person')
      .description(
        '人员离任：其凭证、会话和待他人确认的事项一并终止 / a person leaves: their credentials, sessions and pending approvals end',
      ),
  )
    .requiredOption(
      '--reason <text>',
      '理由，记入日志；不写个人信息 / reason; recorded in the log, no personal data',
    )
    .option('--json', 'answer {person, changed, ended} as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  datong hub person end 7k2m9x4q1a --reason 调离 --token "$DATONG_TOKEN"\n',
    )
    .action(end);
}

interface EndOptions extends StaffOptions {
  readonly reason: string;
  readonly json?: boolean;
}

/** How each number is printed. */
const endings = {
  credentials: { zh: '凭证', en: 'credentials' },
  sessions: { zh: '会话', en: 'sessions' },
  documents: { zh: '待批准的协议', en: 'documents' },
  proposals: { zh: '提议', en: 'proposals' },
  grants: { zh: '待确认的角色', en: 'roles that wait' },
  codes: { zh: '未用的入网码', en: 'unused codes' },
} as const;

async function end(person: string, options: EndOptions): Promise<void> {
  const path = `/v1/persons/${encodeURIComponent(person)}/end`;
  const answer = (await callStaff(options, path, { reason: options.reason })) as {
    changed: boolean;
    ended: Readonly<Record<keyof typeof endings, number>>;
  };
  if (options.json === true) data(JSON.stringify(answer));
  const numbers = (language: 'zh' | 'en'): string =>
    Object.entries(endings)
      .map(([name, text]) => `${text[language]} ${answer.ended[name as keyof typeof endings]}`)
      .join(language === 'zh' ? '，' : ', ');
  talk(
    answer.changed
      ? {
          zh: `${person} 已离任；一并终止：${numbers('zh')}`,
          en: `${person} has ended, and with it: ${numbers('en')}`,
        }
      : { zh: `${person} 早已离任`, en: `${person} had ended before` },
  );
}

async function invite(name: string, options: InviteOptions): Promise<void> {
  const { department, role } = options;
  const body = { name, roles: role.map(roleAt), ...defined({ department }) };
  const invited = (await callStaff(options, '/v1/persons', body)) as {
    person: string;
    code: string;
    expires: string;
  };
  data(options.json === true ? JSON.stringify(invited) : invited.code);
  talk({
    zh: `人员 ${invited.person}：前半段邀请码只显示这一次，${invited.expires} 前有效；后半段由确认人取得（datong review approve ${invited.person}）`,
    en: `person ${invited.person}: the first half is shown this once, until ${invited.expires}; the person who confirms is shown the second (datong review approve ${invited.person})`,
  });
}

async function grant(person: string, options: GrantOptions): Promise<void> {
  const path = `/v1/persons/${encodeURIComponent(person)}/roles`;
  const granted = await callStaff(options, path, roleAt(options.role));
  if (options.json === true) data(JSON.stringify(granted));
  talk({
    zh: `待另一人确认：datong review approve ${person}`,
    en: `another person confirms: datong review approve ${person}`,
  });
}

function roleAt(text: string): { readonly role: string; readonly department?: string } {
  const [role = '', department, ...more] = text.split('@');
  if (role !== '' && department !== '' && more.length === 0) {
    return { role, ...defined({ department }) };
  }
  throw new VerbFailure(exitCode.usage, {
    zh: `角色写作 steward 或 steward@部门代码：${text}`,
    en: `a role is written steward or steward@DEPARTMENT: ${text}`,
  });
}
