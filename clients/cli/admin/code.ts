/** `datong hub code DEPARTMENT`: a one-time code, as the command that the department's developer types. */
import type { Command } from 'commander';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { data, talk } from '../verb.ts';
import { wholeNumber } from '../wholeNumber.ts';
import { callStaff } from './callStaff.ts';

interface CodeOptions extends StaffOptions {
  readonly hours: number;
  readonly json?: boolean;
}

interface IssuedCode {
  readonly id: string;
  readonly code: string;
  readonly expires: string;
  readonly hub: string;
  readonly pin: string;
}

export function registerCode(admin: Command): void {
  withStaffToken(
    admin
      .command('code')
      .argument('<department>', 'code of a registered department')
      .description('部门入网用的一次性入网码 / a one-time code with which the department enrols'),
  )
    .option('--hours <number>', 'until it expires, 1 to 720', wholeNumber(1, 720), 72)
    .option('--json', 'answer {id, department, code, expires, hub, pin} as JSON')
    .addHelpText('after', '\nExample:\n  datong hub code education --as operator\n')
    .action(issue);
}

async function issue(department: string, options: CodeOptions): Promise<void> {
  const path = `/v1/departments/${encodeURIComponent(department)}/enrolment-codes`;
  const issued = (await callStaff(options, path, { hours: options.hours })) as IssuedCode;
  const { id, code, expires, hub, pin } = issued;
  if (options.json === true) data(JSON.stringify(issued));
  else data(`datong enrol ${code} --hub ${hub} --pin ${pin} --department ${department}`);
  talk({
    zh: `入网码 ${id} 有效至 ${expires}，只显示这一次。请当面或电话告知；地址与指纹请另行核对`,
    en: `code ${id}, until ${expires}, is shown this once. Tell it in person or by telephone; let address and pin be compared another way`,
  });
}
