/** `datong client use NAME`: sets the profile that verbs use by default. */
import type { Command } from 'commander';
import { talk } from '../verb.ts';
import { unknownProfile } from './profiles.ts';
import { storedProfile, useProfile } from './profileHome.ts';

export function register(program: Command): void {
  program
    .command('use')
    .argument('<name>', 'of a profile, as datong client profiles lists it')
    .description('以后默认使用这个配置 / use this profile from now on')
    .addHelpText('after', '\nExample:\n  datong client use education\n')
    .action((name: string) => {
      const profile = storedProfile(name);
      if (profile === undefined) throw unknownProfile(name);
      useProfile(name, profile.kind);
      talk(
        profile.kind === 'staff'
          ? {
              zh: `工作人员的命令从现在起使用配置 ${name}（${profile.hub.staff}）`,
              en: `verbs of staff use the profile ${name} from now on (${profile.hub.staff})`,
            }
          : {
              zh: `部门的命令从现在起使用配置 ${name}（${profile.file}）；所在文件夹有 datong.json 时以它为准`,
              en: `verbs of departments use the profile ${name} from now on (${profile.file}), except in a folder with a datong.json`,
            },
      );
    });
}
