/**
 * Help and usage errors in the language of the user. A description written as `中文 / English` is printed in one of them. The Chinese text of
 * options, arguments and notes is in `help/`, by their English text.
 */
import { Help, type Command, type Option } from 'commander';
import { exchangeTexts } from './help/exchangeTexts.ts';
import { hubTexts } from './help/hubTexts.ts';
import { noteTexts } from './help/noteTexts.ts';
import { toolTexts } from './help/toolTexts.ts';
import { commanderOutput, writeHelp } from './output.ts';
import { currentLanguage, say } from './verb.ts';

const titles: Readonly<Record<string, string>> = {
  'Usage:': '用法：',
  'Arguments:': '参数：',
  'Options:': '选项：',
  'Global Options:': '通用选项：',
  'Commands:': '命令：',
};

/** The library's messages about wrong usage, and their translations. */
const complaints: readonly (readonly [RegExp, string])[] = [
  [/^error: unknown option '(.*)'/, '错误：没有选项 $1'],
  [/^error: unknown command '(.*)'/, '错误：没有命令 $1'],
  [/^error: missing required argument '(.*)'/, '错误：缺少参数 $1'],
  [/^error: required option '(.*)' not specified/, '错误：缺少选项 $1'],
  [/^error: option '(.*)' argument missing/, '错误：选项 $1 没有给出值'],
  [
    /^error: option '(.*)' argument '(.*)' is invalid\. Allowed choices are (.*)\./,
    '错误：选项 $1 的值 $2 无效，可选：$3',
  ],
  [/^error: option '(.*)' argument '(.*)' is invalid\. /, '错误：选项 $1 的值 $2 无效，'],
  [
    /^error: too many arguments.*Expected (\d+) arguments? but got (\d+)\./,
    '错误：参数过多，应为 $1 个，实为 $2 个',
  ],
  [/\(Did you mean (.*)\?\)/, '（是否想写 $1？）'],
];

/** One language of a text that may be written in both. */
export function oneLanguage(text: string): string {
  const [, zh, en] = /^([^/]*\p{Script=Han}.*?) \/ (.+)$/su.exec(text) ?? [];
  return zh === undefined || en === undefined ? text : say({ zh, en });
}

const chinese: ReadonlyMap<string, string> = new Map(
  [hubTexts, toolTexts, exchangeTexts, noteTexts].flatMap((texts) => Object.entries(texts)),
);

/** `answer {…} as JSON`: the members are the same in every language. */
const shape = /^(?:answer )?([[{].*[\]}])(?: as JSON)?$/;

/** The description of an option or an argument, in the language of the user. */
export const meaning = (text: string): string =>
  currentLanguage() === 'zh'
    ? (chinese.get(text) ?? (shape.test(text) ? text.replace(shape, '以 JSON 输出 $1') : oneLanguage(text)))
    : oneLanguage(text);

/** In the library's format, with choices and default at the end. */
function optionMeaning({ description, argChoices, defaultValue, defaultValueDescription }: Option): string {
  const more = [
    argChoices === undefined
      ? undefined
      : say({ zh: `可选：${argChoices.join('、')}`, en: `choices: ${argChoices.join(', ')}` }),
    defaultValue === undefined || defaultValue === false
      ? undefined
      : say({
          zh: `默认：${defaultValueDescription ?? JSON.stringify(defaultValue)}`,
          en: `default: ${defaultValueDescription ?? JSON.stringify(defaultValue)}`,
        }),
  ].filter((one) => one !== undefined);
  const reported = meaning(description);
  if (more.length === 0) return reported;
  return say({ zh: `${reported}（${more.join('；')}）`, en: `${reported} (${more.join(', ')})` });
}

/** A line of a note after the options: the words at its beginning, a command or a part of a file, and a comment at its end. */
const noteLine = /^(\s*)(Examples?:(?= )|Now:)?(.*?)(?:(\s+)(#(?: .*)|(?<= {4})\S.*))?$/su;
const noteHeads: Readonly<Record<string, string>> = {
  'Example:': '示例：',
  'Examples:': '示例：',
  'Now:': '现在用：',
};

/** Help with its notes in the language of the user. A line without a Chinese text stays as it is. */
export const notes = (text: string): string =>
  currentLanguage() === 'zh' ? text.split('\n').map(chineseLine).join('\n') : text;

function chineseLine(line: string): string {
  const whole = chinese.get(line.trim());
  if (whole !== undefined) return line.replace(line.trim(), () => whole);
  const [, indent = '', head, body = '', space = '', comment = ''] = noteLine.exec(line) ?? [];
  const begin = head === undefined ? '' : (noteHeads[head] ?? head);
  return `${indent}${begin}${head === undefined ? body : body.trimStart()}${space}${chinese.get(comment) ?? comment}`;
}

export const complaint = (text: string): string =>
  currentLanguage() === 'en'
    ? text
    : complaints.reduce((reported, [sentence, zh]) => reported.replace(sentence, zh), text);

/** To be called before verbs are registered: they inherit it. */
export function speakHelp(program: Command): void {
  const usual = new Help();
  program
    .configureHelp({
      showGlobalOptions: true,
      styleTitle: (title) => (currentLanguage() === 'zh' ? (titles[title] ?? title) : title),
      commandDescription: (command) => oneLanguage(usual.commandDescription(command)),
      optionDescription: optionMeaning,
      argumentDescription: ({ description }) => meaning(description),
      subcommandDescription: (command) => oneLanguage(usual.subcommandDescription(command)),
    })
    .configureOutput({
      ...commanderOutput,
      writeOut: (text) => writeHelp(notes(text)),
      outputError: (text, write) => write(complaint(text)),
    })
    .showHelpAfterError(say({ zh: '加 --help 看用法', en: 'add --help to see how it is used' }));
}
