/** The table of nouns: the meaning of `datong NOUN VERB`, the file that implements it, and the help that lists the nouns by user. */
import { say } from './verb.ts';

/** A file of clients/cli, by the former verb that it registers. */
export interface Part {
  readonly file: string;
  /** the verb's name under the noun; absent: the verbs of the file's own group */
  readonly as?: string;
  /** `中文 / English`, in place of the file's own; its argument must be given under this name */
  readonly aboutOne?: string;
  /** options without effect under this name, which its help leaves out */
  readonly listOptions?: readonly string[];
  readonly only?: readonly string[];
  readonly without?: readonly string[];
}

export interface Noun {
  /** `中文 / English` */
  readonly about: string;
  readonly parts: readonly Part[];
}

const asNamed = (...files: readonly string[]): readonly Part[] => files.map((file) => ({ file, as: file }));

/** Commands typed daily, so without a noun. Each exists under a noun too. */
export const shortForms: readonly string[] = [
  ...['demo', 'init', 'serve', 'login', 'enrol', 'inbox', 'send', 'fetch'],
];

export const nouns: Readonly<Record<string, Noun>> = {
  dataset: {
    about: '数据资源：查看、契约、更改、换版、拉取、退役 / datasets: list, contract, change, pull, retire',
    parts: [
      { file: 'datasets', as: 'list' },
      {
        file: 'datasets',
        as: 'show',
        aboutOne: '一个数据资源的详情 / one dataset: its schema, rules and periods',
        listOptions: ['--department', '--limit'],
      },
      { file: 'dataset' },
      ...asNamed('pull', 'live'),
    ],
  },
  schema: {
    about:
      '数据集标准与值域代码：起草、检查、比较、登记版本 / schemas, code lists: draft, lint, diff, versions',
    parts: [
      { file: 'schemas', as: 'list' },
      {
        file: 'schemas',
        as: 'show',
        aboutOne: '一个版本的 JSON Schema / the JSON Schema of one version',
        listOptions: ['--name', '--search', '--limit'],
      },
      { file: 'schema' },
      ...asNamed('uses', 'withdraw'),
    ],
  },
  catalogue: {
    about: '目录：检索、登记、事项、部门、区域 / the catalogue: search, register, departments, areas',
    parts: [{ file: 'catalogue' }, ...asNamed('apply', 'documents', 'departments', 'areas', 'matter')],
  },
  batch: {
    about: '报送：发送、进度、搁置、问题数据、映射 / submissions: send, state, held, quarantine, mapping',
    parts: [
      { file: 'batch' },
      { file: 'batches', as: 'sent' },
      ...asNamed('send', 'delete', 'quarantine', 'adapt', 'map'),
    ],
  },
  rows: {
    about: '供数：取数、报送、导出、同步、统计、核验 / rows: fetch, push, export, listen, statistics, facts',
    parts: [
      { file: 'rows' },
      ...asNamed('fetch', 'explain', 'export', 'listen', 'aggregate', 'check', 'sandbox'),
    ],
  },
  event: {
    about: '事件：主题、发布、订阅、接收、规则 / events: topics, publish, subscribe, listen, rules',
    parts: [{ file: 'event' }, ...asNamed('topic', 'rule')],
  },
  request: {
    about: '共享申请与需求：提出、办理、打印 / requests for data and demands: make, answer, print',
    parts: [{ file: 'request' }, ...asNamed('demand')],
  },
  policy: {
    about: '共享协议与管控规则：查看、签署、授权、检查 / agreements, restrictions: list, sign, mandate, test',
    parts: [
      { file: 'agreements', as: 'list' },
      { file: 'agreements', as: 'show', aboutOne: '一份共享协议的各版本 / the versions of one agreement' },
      { file: 'policy' },
      { file: 'admin', only: ['suspend', 'resume'] },
      ...asNamed('sign', 'mandate', 'mask'),
    ],
  },
  consent: {
    about: '个人同意与义务：提交、撤回、义务 / consents and duties: give, withdraw, list, duty',
    parts: [{ file: 'consent' }, ...asNamed('duty')],
  },
  subject: {
    about: '谁查过我的数据：查看、服务窗口、暂不告知 / access records of a person: view, counter, delay',
    parts: [{ file: 'subject' }],
  },
  ticket: {
    about: '数据校核、异议与争议 / corrections and disputes: open, list, answer, dispute',
    parts: [{ file: 'ticket' }, ...asNamed('dispute')],
  },
  review: {
    about:
      '待办与审批：待办、同意、拒绝、代理、督办 / what waits for you: inbox, approve, refuse, deputy, urge',
    parts: asNamed('inbox', 'approve', 'refuse', 'object', 'deputy', 'reminder', 'urge'),
  },
  audit: {
    about: '审计日志：检索、核验、证据、回执、见证 / the log: search, verify, evidence, receipt, witness',
    parts: [{ file: 'audit' }, ...asNamed('logs', 'receipt', 'witness')],
  },
  hub: {
    about: '枢纽运维：人员、令牌、证书、备份、密钥 / the hub: persons, tokens, certificates, backup, keys',
    parts: [
      { file: 'admin', without: ['suspend', 'resume'] },
      ...asNamed('init', 'serve', 'migrate', 'backup', 'restore', 'verify-backup', 'authority', 'figures'),
    ],
  },
  client: {
    about: '本机：入网、配置、代理、连接器、诊断 / this machine: enrol, profiles, agent, connector, diagnose',
    parts: [
      ...asNamed('enrol', 'login', 'accept', 'profiles', 'use', 'certificates'),
      ...asNamed('agent', 'provide', 'diagnose', 'signature', 'conformance'),
    ],
  },
};

/** Nouns by their main users. */
const users: readonly (readonly [string, readonly string[]])[] = [
  ['数据管理员 / Data steward', ['dataset', 'schema', 'catalogue', 'review']],
  ['部门 / Department', ['batch', 'rows', 'event', 'request', 'policy', 'client']],
  ['市民服务 / Citizen service', ['consent', 'subject', 'ticket']],
  ['审计、运维 / Audit, operation', ['audit', 'hub']],
];

const half = (text: string): string => {
  const [zh = '', en = ''] = text.split(' / ');
  return say({ zh, en });
};

/** `datong --help`: one screen. */
export function topHelp(): string {
  return [
    say({
      zh: '打通：部门交换数据而不失去控制。\n用法：datong [--lang zh|en] 命令；动词见 datong 命令 --help',
      en: 'Datong: departments exchange data without losing control of it.\nUsage: datong [--lang zh|en] COMMAND; for its verbs: datong COMMAND --help',
    }),
    '',
    `${half('每天 / Every day')}  ${shortForms.join(' ')}`,
    ...users.flatMap(([user, names]) => [
      half(user),
      ...names.map((name) => `  ${name.padEnd(10)}${half(nouns[name]?.about ?? '')}`),
    ]),
    say({
      zh: '退出码：0 成功，1 被拒绝，2 用法，3 网络，4 本地文件或密钥，5 核验未通过',
      en: 'Exit: 0 ok, 1 refused, 2 usage, 3 network, 4 local file or key, 5 not verified',
    }),
    '',
  ].join('\n');
}

/** Current commands of a file: `dataset list`; a group's own verbs: `hub …`. */
export const newForms = (file: string): readonly string[] =>
  Object.entries(nouns).flatMap(([noun, { parts }]) =>
    parts
      .filter((part) => part.file === file)
      .map(({ as, only }) => `${noun} ${as ?? (only === undefined ? '…' : only.join('|'))}`),
  );

/** First line of a former verb's help. */
export function aliasNote(file: string): string {
  const forms = newForms(file).map((form) => `datong ${form}`);
  return say({ zh: `现用 ${forms.join('、')}`, en: `Now: ${forms.join(', ')}` });
}
