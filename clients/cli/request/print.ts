/** `datong request print ID`: the 审批表 as a page to print. */
import type { Command } from 'commander';
import { withStaffToken } from '../profile.ts';
import { data } from '../verb.ts';
import { approvalForm } from './approvalForm.ts';
import type { RequestOptions } from './requestCall.ts';
import { requestNamed } from './show.ts';

export function registerPrint(request: Command): void {
  withStaffToken(request.command('print'))
    .description('打印政务数据共享申请审批表（HTML） / the approval form as HTML on stdout')
    .argument('<id>', 'req-…')
    .addHelpText('after', '\nExample:\n  $ datong request print req-000000001 > form.html\n')
    .action(async (id: string, options: RequestOptions) =>
      data(approvalForm(await requestNamed(id, options))),
    );
}
