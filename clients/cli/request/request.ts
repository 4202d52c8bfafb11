/** `datong request`: asking for data, and answering who asks. */
import type { Command } from 'commander';
import { registerAnswer } from './answer.ts';
import { registerImport } from './import.ts';
import { registerList } from './list.ts';
import { registerNew } from './new.ts';
import { registerPaper } from './paper.ts';
import { registerPrint } from './print.ts';
import { registerRenew } from './renew.ts';
import { registerShow } from './show.ts';
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
