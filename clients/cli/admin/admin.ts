/** `datong hub`: what the operator of a hub does. */
import type { Command } from 'commander';
import { registerCode, registerCertificate, registerRotateLogKey, registerAcceptClock } from './staffActs.ts';
import { registerBootstrap } from './bootstrap.ts';
import { registerPerson } from './person.ts';
import { registerReplaceAuthority } from './replaceAuthority.ts';
import { registerSuspend } from './suspend.ts';
import { registerToken } from './token.ts';

export function register(program: Command): void {
  const admin = program
    .command('admin')
    .description(
      '新枢纽的头两个人、人员与角色、令牌、入网码、吊销、暂停与恢复、确认时钟、更换日志密钥与中间机构 / the first two persons of a new hub, persons and roles, tokens, enrolment codes, revocation, suspension and resumption, the clock, the key of the log, the intermediate authority',
    );
  registerBootstrap(admin);
  registerPerson(admin);
  registerToken(admin);
  registerCode(admin);
  registerCertificate(admin);
  registerSuspend(admin);
  registerAcceptClock(admin);
  registerRotateLogKey(admin);
  registerReplaceAuthority(admin);
}
