/** `datong request`: requests for data, and answers to them. */
import type { Command } from 'commander';
import { registerAnswer } from './answer.ts';
import { registerNew, registerRenew, registerImport } from './beginRequest.ts';
import { registerShow, registerList, registerPrint, registerPaper } from './showRequest.ts';
import { registerTemplate } from './template.ts';

export function register(program: Command): void {
  const request = program
    .command('request')
    .description(
      '共享申请：提出、续期、查看、办理、打印审批表、核对材料、申请模板 / requests for data: make, renew, look, answer, print, hold papers against it; templates',
    );
  registerNew(request);
  registerRenew(request);
  registerList(request);
  registerShow(request);
  registerAnswer(request);
  registerPrint(request);
  registerPaper(request);
  registerImport(request);
  registerTemplate(request);
}
