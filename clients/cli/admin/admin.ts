/** `datong admin`: what the operator of a hub does. */
import type { Command } from 'commander';
import { registerBootstrap } from './bootstrap.ts';
import { registerCertificate } from './certificate.ts';
import { registerCode } from './code.ts';
import { registerSuspend } from './suspend.ts';
import { registerToken } from './token.ts';

export function register(program: Command): void {
  const admin = program
    .command('admin')
    .description(
      '新枢纽的首个令牌、工作人员令牌、入网码、吊销、暂停 / first token of a new hub, tokens of staff, enrolment codes, revocation, suspension',
    );
  registerBootstrap(admin);
  registerToken(admin);
  registerCode(admin);
  registerCertificate(admin);
  registerSuspend(admin);
}
