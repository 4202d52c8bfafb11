import type { Profile } from '../../sdk/profile.ts';
import { talk } from '../verb.ts';
import { keptProfile, profileNames } from './profileHome.ts';

/** For whom a department's verb speaks, where the profile in use was taken: neither a word typed nor the folder says it. */
export function tellDepartment(name: string, { department, hub }: Profile): void {
  talk({
    zh: `代表部门 ${department}，枢纽 ${hub.exchange}（使用中的配置 ${name}）`,
    en: `for department ${department} at ${hub.exchange} (the profile in use, ${name})`,
  });
}

/** As whom a verb of staff acts, where several could be meant and the profile in use was taken. */
export function tellStaff(name: string, origin: string): void {
  if (!profileNames().some((other) => other !== name && keptProfile(other)?.kind === 'staff')) return;
  talk({
    zh: `以配置 ${name} 的身份，枢纽 ${origin}（使用中的配置）`,
    en: `as ${name} at ${origin} (the profile in use)`,
  });
}
