/**
 * Shared by all verbs: the exit codes of the command line contract, the streams for data and messages, and how a refusal is reported. A
 * verb is one file that exports `register(program)`; stdout is for data, stderr for messages.
 */
import type { Touched } from '../sdk/types.ts';
import { momentsInChina } from '../../terms/civilDate.ts';
import { escapeLine } from '../../terms/controlText.ts';
import { exitCode, exitOfProblem, type ExitCode } from './exitCode.ts';
import { writeData, writeTalk, type Text } from './output.ts';
import { touchedLines } from './touchedLines.ts';
import type { Command } from 'commander';
import { languageOf, type Bilingual, type Language } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';
import { fileFault, isKeyFault, networkFault } from '../../terms/faultWords.ts';
import { defined } from '../../terms/defined.ts';

export type Register = (program: Command) => void;

export { exitCode, type ExitCode };

/** Thrown by a verb to end with a sentence and an exit code. */
export class VerbFailure extends Error {
  readonly exit: ExitCode;
  readonly text: Bilingual;
  readonly next: Bilingual | undefined;
  /** lines between the sentence and the next step */
  readonly details: readonly string[];

  constructor(exit: ExitCode, text: Bilingual, next?: Bilingual, details: readonly string[] = []) {
    super(text.en);
    this.name = 'VerbFailure';
    this.exit = exit;
    this.text = text;
    this.next = next;
    this.details = details;
  }
}

/** --lang, else the locale of the environment. Set once by main before a verb runs. */
let language: Language = languageOf(process.env);
export const setLanguage = (chosen: Language): void => {
  language = chosen;
};
export const currentLanguage = (): Language => language;
export const say = (text: Bilingual): string => text[language];

/** One line of talk on stderr. */
export function talk(text: Bilingual | string): void {
  writeTalk(typeof text === 'string' ? text : say(text));
}

/** Writes data to stdout. Hidden characters are escaped; content that must not change a byte takes `writeFileContent`. */
export const data: (text: Text) => void = writeData;

/**
 * Lines of data for people on stdout. A line end inside one is escaped, so that a text of others cannot add a line. Moments are in the time
 * of mainland China, with the zone.
 */
export function dataLines(lines: Iterable<string>): void {
  for (const line of lines) writeData(escapeLine(momentsInChina(line)));
}

/** A finding of a checking verb (lint, validate, verify, test). */
export interface CheckFinding {
  readonly code: string;
  readonly path?: string;
  readonly line?: number;
  readonly message: Bilingual;
}

/**
 * Prints `{ok, findings}` or a readable list, and sets the exit code (1, or 5 for verification).
 * @param options.facts further members of the JSON: what was checked
 */
export function reportFindings(
  findings: readonly CheckFinding[],
  options: {
    readonly json: boolean;
    readonly failure: ExitCode;
    readonly passed: Bilingual;
    readonly facts?: object;
  },
): void {
  const ok = findings.length === 0;
  if (options.json) {
    data(JSON.stringify({ ok, findings, ...options.facts }));
  } else if (ok) {
    talk(options.passed);
  } else {
    for (const finding of findings) {
      const place = [finding.path, finding.line === undefined ? undefined : `:${finding.line}`]
        .filter(Boolean)
        .join('');
      data(`${finding.code}${place === '' ? '' : `  ${place}`}  ${say(finding.message)}`);
    }
  }
  process.exitCode = ok ? exitCode.ok : options.failure;
}

const maxFindings = 20;

/** Findings of a refusal, one a line. Those of lint, of the contract and of the policies module have these members in common. */
export const findingLines = (findings: readonly unknown[]): readonly string[] =>
  findings.slice(0, maxFindings).flatMap((finding) => {
    const { pointer, path, key, index, field, code, rule, message, witness, touches } = finding as Readonly<
      Record<string, unknown>
    >;
    const words =
      typeof message === 'object' && message !== null
        ? (message as Readonly<Record<string, unknown>>)[language]
        : message;
    // rows of a call are counted from 0
    const row = typeof index === 'number' ? say({ zh: `第 ${index + 1} 行`, en: `row ${index + 1}` }) : '';
    const line = [row, pointer ?? path ?? key ?? field, code ?? rule, words]
      .filter((part) => typeof part === 'string' && part !== '')
      .join('  ');
    return [
      // a finding without a sentence is for programs
      ...(line === '' ? [] : [line]),
      ...(witness === undefined
        ? []
        : [`  ${say({ zh: '反例', en: 'counter-example' })}: ${JSON.stringify(witness)}`]),
      ...(touches === undefined ? [] : touchedLines(touches as Touched, say).map((one) => `  ${one}`)),
    ];
  });

/** Failure of a verb. */
export interface Failure {
  readonly exit: ExitCode;
  readonly text: Bilingual;
  readonly next?: Bilingual;
  readonly details?: readonly string[];
}

/** Reports what went wrong, where, and what to do. */
export function reportFailedCall({ text, details = [], next }: Failure): void {
  talk(`${say({ zh: '失败：', en: 'failed: ' })}${say(text)}`);
  for (const line of details) talk(`  ${line}`);
  if (next !== undefined) talk(`${say({ zh: '处理建议：', en: 'next: ' })}${say(next)}`);
}

/** Turns whatever a verb threw into a sentence on stderr and an exit code. Never prints a stack. */
export function failureOf(error: unknown): Failure {
  if (error instanceof VerbFailure) {
    const { exit, text, next, details } = error;
    return { exit, text, details, ...defined({ next }) };
  }
  if (error instanceof Problem) {
    return {
      exit: exitOfProblem(error),
      text: { zh: `${error.text.zh}（${error.code}）`, en: `${error.text.en} (${error.code})` },
      next: error.next,
      details: findingLines(error.extras.findings ?? []),
    };
  }
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    const failure = systemFailure(error.code, 'path' in error ? error.path : undefined);
    if (failure !== undefined) return { ...failure, details: namesShown(error) };
  }
  if (error instanceof SyntaxError) {
    return {
      exit: exitCode.local,
      text: { zh: '给出的文件不是 JSON', en: 'a file that was given is not JSON' },
    };
  }
  // a library's message is for developers of this program: it may name files, addresses or data, and has no Chinese text
  return {
    exit: exitCode.refused,
    text: { zh: '本程序出现未预期的错误', en: 'an unexpected error of this program' },
    next: {
      zh: '设 DATONG_DEBUG=1 再执行一次，把所见连同所执行的命令报告给开发者',
      en: 'run it again with DATONG_DEBUG=1 and report the output and the command to the developers',
    },
  };
}

/** For a certificate of another host (`ERR_TLS_CERT_ALTNAME_INVALID`): the host that was wanted, and the names that it has. */
function namesShown(error: Error): readonly string[] {
  const { host, cert } = error as {
    readonly host?: unknown;
    readonly cert?: { readonly subjectaltname?: unknown };
  };
  const names = cert?.subjectaltname;
  if (typeof host !== 'string' || typeof names !== 'string') return [];
  const shown = names.slice(0, 300);
  return [
    say({
      zh: `地址中的主机名：${host}；证书所列：${shown}`,
      en: `host of the address: ${host}; names in the certificate: ${shown}`,
    }),
  ];
}

/** Failure by an error code of Node or OpenSSL; undefined for a code that no verb expects. @param path that the error names */
function systemFailure(code: string, path: unknown): Failure | undefined {
  if (code === 'EISDIR')
    return {
      exit: exitCode.local,
      text: { zh: '需要文件，给出的是文件夹', en: 'a file is wanted, not a folder' },
    };
  if (code === 'ERR_INVALID_PROTOCOL' || code === 'ERR_INVALID_URL')
    return {
      exit: exitCode.usage,
      text: { zh: '枢纽的地址不是 https 地址', en: 'the address of the hub is no https address' },
      next: {
        zh: '写成 https://主机:端口：与枢纽的连接只用 TLS',
        en: 'write it as https://HOST:PORT: the hub is reached over TLS only',
      },
    };
  const file = fileFault(code);
  if (file !== undefined) {
    const named = typeof path === 'string' ? ` ${path}` : '';
    return {
      exit: exitCode.local,
      text: {
        zh: `无法读写文件${named}：${file.zh}`,
        en: `cannot read or write the file${named}: ${file.en}`,
      },
    };
  }
  const network = networkFault(code);
  if (network !== undefined)
    return {
      exit: exitCode.network,
      text: { zh: `网络或 TLS 失败：${network.zh}`, en: `network or TLS failure: ${network.en}` },
      next:
        code === 'ECONNREFUSED'
          ? {
              zh: '看枢纽是否在运行（datong serve），地址与端口是否写对',
              en: 'check that the hub is running (datong serve), and that address and port are correct',
            }
          : {
              zh: '核对地址、端口与证书；部门可运行 datong client diagnose',
              en: 'check address, port and certificate; a department can try datong client diagnose',
            },
    };
  if (!isKeyFault(code)) return undefined;
  return {
    exit: exitCode.local,
    text: { zh: '密钥或证书读不出来', en: 'a key or certificate cannot be read' },
    next: {
      zh: '核对配置中写的密钥与证书文件是否完整',
      en: 'check that the key and certificate files that the profile names are complete',
    },
  };
}
