import type { Bilingual } from '../../../terms/bilingual.ts';
import { exitCode, VerbFailure } from '../verb.ts';
import { keptProfile, profileNames, type ProfileKind } from './profileHome.ts';

const how: Readonly<Record<ProfileKind, Bilingual>> = {
  department: {
    zh: '部门先运行 datong enrol；工作人员先运行 datong client accept（第一次）或 datong login；演示环境用 --as 部门代码',
    en: 'a department runs datong enrol first, staff datong client accept (the first time) or datong login; with the demo use --as DEPARTMENT',
  },
  staff: {
    zh: '先运行 datong client accept（第一次）或 datong login；演示环境用 --as 名称或 --demo',
    en: 'run datong client accept (the first time) or datong login first; with the demo use --as NAME or --demo',
  },
};

const what: Readonly<Record<ProfileKind, Bilingual>> = {
  department: { zh: '没有指明代表哪个部门', en: 'no department is named to speak for' },
  staff: { zh: '没有指明工作人员身份', en: 'no member of staff is named to act as' },
};

/** A verb that was told of no profile guesses none: it says which there are. */
export function nothingNamed(kind: ProfileKind): VerbFailure {
  const names = profileNames().filter((name) => keptProfile(name)?.kind === kind);
  if (names.length === 0) return new VerbFailure(exitCode.local, what[kind], how[kind]);
  return new VerbFailure(exitCode.local, what[kind], {
    zh: `已有配置：${names.join('、')}；用 --profile 名称，或 datong client use 名称`,
    en: `there are the profiles ${names.join(', ')}: name one with --profile NAME, or datong client use NAME`,
  });
}

/** A name that nobody has, with those there are. */
export function unknownProfile(name: string): VerbFailure {
  const names = profileNames();
  return new VerbFailure(
    exitCode.usage,
    { zh: `没有名为“${name}”的配置`, en: `there is no profile "${name}"` },
    names.length === 0
      ? { zh: '先运行 datong login 或 datong enrol', en: 'run datong login or datong enrol first' }
      : { zh: `可用：${names.join('、')}`, en: `known: ${names.join(', ')}` },
  );
}
