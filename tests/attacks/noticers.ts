/** Who notices attacks on the log, and how a row of the table of tests/attacks/README.md is written. */
import type { Bilingual } from '../../terms/bilingual.ts';

/** Who notices, by which command where it is one, and within what time. */
export const noticers = {
  reverify: {
    who: { en: 're-verification', zh: '枢纽自查' },
    within: { en: '1 min', zh: '1 分钟' },
  },
  readyz: {
    who: { en: '`/readyz`', zh: '`/readyz`' },
    within: { en: 'the next look', zh: '下一次查看' },
  },
  readBack: {
    who: { en: 'the hub, reading back what it wrote', zh: '枢纽回读所写条目' },
    within: { en: 'a second after the commit', zh: '提交后一秒' },
  },
  append: {
    who: { en: 'the hub, at its next entry', zh: '枢纽写下一个条目时' },
    within: { en: 'that call', zh: '当次调用' },
  },
  start: {
    who: { en: 'the hub, at its next start', zh: '枢纽下一次启动时' },
    within: { en: 'that start', zh: '当次启动' },
  },
  decision: {
    who: { en: 'the second person, when deciding', zh: '作为第二人作决定者' },
    within: { en: 'that call', zh: '当次调用' },
  },
  load: {
    who: { en: 'the hub, reading its registries', zh: '枢纽读入登记内容时' },
    within: { en: 'the next start or change', zh: '下一次启动或变更' },
  },
  clock: {
    who: { en: 'the hub’s clock', zh: '枢纽的时钟' },
    within: { en: '5 seconds', zh: '5 秒' },
  },
  client: {
    who: { en: 'every client that was there before', zh: '此前往来过的每个客户端' },
    within: { en: 'its next contact', zh: '下一次往来' },
  },
  reply: {
    who: { en: 'the client that gets the reply', zh: '收到答复的客户端' },
    within: { en: 'that call', zh: '当次调用' },
  },
  witness: {
    who: { en: 'a witness (`datong audit witness status`)', zh: '见证方（`datong audit witness status`）' },
    within: { en: '30 seconds', zh: '30 秒' },
  },
  verify: {
    who: { en: '`audit verify` (hub)', zh: '`audit verify`（枢纽）' },
    within: { en: 'on use', zh: '运行时' },
  },
  files: {
    who: { en: '`audit verify PATH`', zh: '`audit verify PATH`' },
    within: { en: 'on use', zh: '运行时' },
  },
  retention: {
    who: { en: '`datong audit retention`', zh: '`datong audit retention`' },
    within: { en: 'when it is run; nothing is destroyed', zh: '运行时；不销毁任何条目' },
  },
  receipt: {
    who: { en: '`datong audit receipt verify`', zh: '`datong audit receipt verify`' },
    within: { en: 'on use', zh: '运行时' },
  },
} as const satisfies Record<string, { readonly who: Bilingual; readonly within: Bilingual }>;

export type Noticer = keyof typeof noticers;

/** `reported` is the code: of a finding, a check of readiness, an alarm or a refusal. */
export interface Cell {
  readonly by: Noticer;
  readonly reported: string;
}

/** A test that shows a row: a file, and names of its tests. */
export interface Proof {
  readonly file: string;
  readonly names: readonly string[];
}

export interface Attack {
  readonly id: string;
  /** continues “Somebody …” */
  readonly does: Bilingual;
  readonly noticed: readonly Cell[];
  /** absent: `logAttacks.test.ts`, under the row’s id */
  readonly proof?: readonly Proof[];
}
