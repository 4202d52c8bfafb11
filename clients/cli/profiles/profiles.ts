/** `datong client profiles`: whom this user can speak for, and who is meant where nobody is named. */
import type { Command } from 'commander';
import { columns } from '../textWidth.ts';
import { data, dataLines, say, talk } from '../verb.ts';
import { inUse, keptProfile, profileHome, profileNames } from './profileHome.ts';

export function register(program: Command): void {
  program
    .command('profiles')
    .description('本机的配置：各个枢纽、部门与工作人员 / profiles on this machine: hubs, departments, staff')
    .option('--json', 'answer [{name, kind, hub or department, file, inUse}] as JSON')
    .addHelpText('after', '\nExample:\n  datong client profiles\n  datong client use education\n')
    .action(profiles);
}

function profiles(options: { readonly json?: boolean }): void {
  const current = inUse();
  const found = profileNames().flatMap((name) => {
    const profile = keptProfile(name);
    if (profile === undefined) return [];
    const place =
      profile.kind === 'staff'
        ? { hub: profile.hub.staff }
        : { department: profile.department, file: profile.file };
    return [{ name, kind: profile.kind, ...place, inUse: current[profile.kind] === name }];
  });
  if (options.json === true) {
    data(JSON.stringify(found));
    return;
  }
  const rows = found.map((one) => [
    one.inUse ? '*' : ' ',
    one.name,
    one.kind === 'staff' ? say({ zh: '工作人员', en: 'staff' }) : say({ zh: '部门', en: 'department' }),
    'hub' in one ? one.hub : `${one.department}  ${one.file}`,
  ]);
  dataLines(columns(rows));
  if (found.length === 0) talk({ zh: `${profileHome()} 中没有配置`, en: `no profiles in ${profileHome()}` });
}
