/** `datong request`: asking for data, and answering who asks. */
import type { Command } from 'commander';
import { registerAnswer } from './answer.ts';
import { registerImport } from './import.ts';
import { registerList } from './list.ts';
import { registerNew } from './new.ts';
import { registerPrint } from './print.ts';
import { registerShow } from './show.ts';
import { registerTemplate } from './template.ts';

export function register(program: Command): void {
  const request = program
    .command('request')
    .description(
      '共享申请：提出、查看、办理、打印审批表、申请模板 / requests for data: make, look, answer, print; templates',
    );
  registerNew(request);
  registerList(request);
  registerShow(request);
  registerAnswer(request);
  registerPrint(request);
  registerImport(request);
  registerTemplate(request);
}
