import type { Bilingual } from '../../../terms/bilingual.ts';
import { askLines } from '../output.ts';
import { exitCode, say, VerbFailure } from '../verb.ts';

export interface InitOptions {
  readonly dir: string;
  readonly name?: string;
  readonly origin?: string;
  readonly database?: string;
  readonly databaseCa?: string;
  readonly staffHost?: string;
  readonly json?: boolean;
}

/** The settings that a hub requires. */
export interface Answers {
  readonly name: string;
  readonly origin: string;
  /** `postgres://…`, or `own`: a PostgreSQL of the hub's own */
  readonly database: string;
}

const questions: Readonly<Record<keyof Answers, Bilingual>> = {
  name: {
    zh: '枢纽短名（小写字母，写进日志，以后不变，如 yunxi）：',
    en: 'short name of the hub (lower case, recorded in the log permanently, such as yunxi): ',
  },
  origin: {
    zh: '各部门访问交换端口的地址（如 https://hub.yunxi.example:8443）：',
    en: 'address at which departments reach the exchange listener (such as https://hub.yunxi.example:8443): ',
  },
  database: {
    zh: 'PostgreSQL 地址（postgres://用户:口令@主机/库；仅评估时写 own，由枢纽自带）：',
    en: 'address of PostgreSQL (postgres://user:password@host/database; own for one of the hub’s own, for evaluation): ',
  },
};

/**
 * Takes answers from the options and asks for the rest where a user sits at a terminal. @throws VerbFailure (exit 2) naming what is missing
 */
export async function answersOf(options: InitOptions): Promise<Answers> {
  const missing = (Object.keys(questions) as (keyof Answers)[]).filter((key) => options[key] === undefined);
  const answers = { name: '', origin: '', database: '', ...options };
  if (missing.length === 0) return answers;
  if (!process.stdin.isTTY) {
    const flags = missing.map((key) => `--${key}`);
    throw new VerbFailure(exitCode.usage, {
      zh: `缺少 ${flags.join('、')}`,
      en: `${flags.join(', ')} ${flags.length === 1 ? 'is' : 'are'} missing`,
    });
  }
  const given = await askLines(missing.map((key) => say(questions[key])));
  missing.forEach((key, at) => (answers[key] = given[at] ?? ''));
  return answers;
}
